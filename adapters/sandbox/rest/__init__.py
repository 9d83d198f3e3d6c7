"""The sandbox of undocumented REST APIs: a pure core over a table of lists, with every misbehaviour as a setting."""

from adapters.sandbox.rest.account import Account, founder, in_memory
from adapters.sandbox.rest.settings import RestSettings
from adapters.sandbox.rest.shapes import PRO_SALES, PROMOX

__all__ = ["PROMOX", "PRO_SALES", "Account", "RestSettings", "founder", "in_memory"]
