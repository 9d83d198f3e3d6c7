"""Times as people type them."""

from datetime import UTC, datetime

from ops.errors import ConfigError


def time_of(text: str) -> int:
    """Microseconds of an RFC 3339 time; a time without a zone is UTC."""
    try:
        at = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        raise ConfigError(f"{text!r} is no time; write it as 2025-03-14T09:00:00Z") from None
    return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * 1_000_000)


def day_of(at: int) -> str:
    """The day of a time in microseconds, UTC: "2025-03-14"."""
    return datetime.fromtimestamp(at / 1_000_000, UTC).date().isoformat()
