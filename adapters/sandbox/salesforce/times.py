"""Times as Salesforce writes them. Numbers are seconds since 1970, UTC."""

import re
from datetime import UTC, datetime

_DATETIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?(?:Z|[+-]\d{2}:?\d{2})")


def seconds(text: str) -> float:
    """The time that "2025-03-14T18:00:00.000+0000" or "...Z" means. Raises ValueError for anything else."""
    if _DATETIME.fullmatch(text) is None:
        raise ValueError(f"{text!r} is no date and time with a zone")
    return datetime.fromisoformat(text).timestamp()


def rest(at: float) -> str:
    """As REST writes it: "2025-03-14T18:00:00.000+0000"."""
    return datetime.fromtimestamp(int(at), UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")


def bulk(text: str) -> str:
    """A time of REST as Bulk writes it: "2025-03-14T18:00:00.000Z"."""
    return text.removesuffix("+0000") + "Z" if text.endswith("+0000") else text
