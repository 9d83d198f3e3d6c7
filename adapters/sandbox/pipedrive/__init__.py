"""The Pipedrive sandbox: a pure core that speaks and enforces the API (facts/pipedrive.md)."""

from adapters.sandbox.pipedrive.account import Account, in_memory, world

__all__ = ["Account", "in_memory", "world"]
