"""Sources: systems that records are read from."""

from adapters.protocols import AdapterError


class UnreadableError(AdapterError):
    """What was given cannot be read as it is. The message says what is wrong, where, and what to do about it."""


class GapError(AdapterError):
    """The source no longer knows what was deleted since then: its objects must be read whole."""


class CursorExpiredError(AdapterError):
    """The source no longer knows a cursor that it gave: its object must be read again from the start."""
