"""Times of the log, written for people and for other systems."""

from datetime import UTC, datetime


def rfc3339(at: int, *, timespec: str = "microseconds") -> str:
    """Microseconds since the epoch as RFC 3339 in UTC; `timespec` as in `datetime.isoformat`."""
    return datetime.fromtimestamp(at / 1e6, UTC).isoformat(timespec=timespec).replace("+00:00", "Z")
