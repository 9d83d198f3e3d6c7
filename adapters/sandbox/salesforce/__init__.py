"""The Salesforce sandbox: a pure core that answers for an org that is read, and is as strict as the API (facts)."""

from adapters.sandbox.salesforce.account import Account, in_memory, world
from adapters.sandbox.salesforce.settings import SalesforceSettings

__all__ = ["Account", "SalesforceSettings", "in_memory", "world"]
