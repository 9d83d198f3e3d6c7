"""The Nutshell sandbox: a pure core that speaks and enforces JSON-RPC and REST over one state (facts/nutshell.md)."""

from adapters.sandbox.nutshell.account import Account, in_memory, world
from adapters.sandbox.nutshell.settings import NutshellSettings

__all__ = ["Account", "NutshellSettings", "in_memory", "world"]
