"""Sources: systems that records are read from."""

from adapters.protocols import AdapterError


class UnreadableError(AdapterError):
    """What was given cannot be read as it is. The message says what is wrong, where, and what to do about it."""
