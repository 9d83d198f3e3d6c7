"""The forms of time: JSON-RPC writes ISO 8601 without a colon in the offset, REST Unix seconds or an object."""

from datetime import UTC, date, datetime

from adapters.protocols import Json


def moment(seconds: float) -> datetime:
    """Seconds since 1970 as a moment, UTC."""
    return datetime.fromtimestamp(int(seconds), UTC)


def rpc(seconds: float | None) -> str | None:
    """The JSON-RPC form: 2017-12-18T09:24:41+0000."""
    return None if seconds is None else moment(seconds).strftime("%Y-%m-%dT%H:%M:%S+0000")


def unix(seconds: float | None) -> int | None:
    """The REST form of most times."""
    return None if seconds is None else int(seconds)


def spelled(seconds: float | None) -> Json:
    """The REST form of a lead's times: an object."""
    if seconds is None:
        return None
    day = moment(seconds)
    words = f"{day:%B} {day.day}, {day.year}"
    return {"absoluteLocalizedString": words, "timestamp": int(seconds), "value": words}


def read_iso(text: Json) -> float:
    """Seconds since 1970 of an ISO 8601 text; one without an offset is UTC. Raises ValueError."""
    if not isinstance(text, str):
        raise ValueError(f"{text!r} is not an ISO 8601 time")  # noqa: TRY004  one error for the caller
    found = datetime.fromisoformat(text)
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


_REACH = 60_000_000_000
"""Seconds before and after 1970 that a time may be away: into the year 3871."""


def read_unix(value: Json) -> float:
    """Seconds since 1970 from a number, a text of digits, or an object with "timestamp". Raises ValueError."""
    if isinstance(value, dict):
        value = value.get("timestamp")
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError(f"{value!r} is not a Unix time")  # noqa: TRY004  one error for the caller
    seconds = float(value)
    if not abs(seconds) <= _REACH:  # nor is a time that is no number
        raise ValueError(f"{value!r} is out of reach")
    return seconds


def read_day(text: Json) -> str:
    """A date as 2025-03-14, from that or from an ISO 8601 time. Raises ValueError."""
    if not isinstance(text, str):
        raise ValueError(f"{text!r} is not a date")  # noqa: TRY004  one error for the caller
    day = date.fromisoformat(text[:10])
    if len(text) != 10:
        read_iso(text)
    return day.isoformat()


def day_start(day: str) -> int:
    """Unix seconds of a date's midnight, UTC."""
    return int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp())
