"""SOQL: literals, lists of ids, and what fits into a request line. Also the ids themselves."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from urllib.parse import quote

T = TypeVar("T")

REQUEST_LINE_MOST = 15_000
"""Characters of a path with its query: Salesforce takes 16 KB, the rest is left for the host and the method."""

IN_MOST = 200
"""Ids in one `IN (…)`."""

_ID_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_SHORT_ID = re.compile(r"[A-Za-z0-9]{15}")
_ESCAPED = str.maketrans({"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t"})


def quoted(text: str) -> str:
    """A text literal."""
    return f"'{text.translate(_ESCAPED)}'"


def among(field: str, ids: Iterable[str]) -> str:
    """A condition that the field is one of these ids."""
    return f"{field} IN ({','.join(map(quoted, ids))})"


def select(fields: Sequence[str], sobject: str, conditions: Sequence[str] = (), *, tail: str = "") -> str:
    """A query."""
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    # asked by reading alone, of names that the org itself has given; what people type is `quoted`
    return f"SELECT {','.join(fields)} FROM {sobject}{where}{f' {tail}' if tail else ''}"  # noqa: S608


def fits(path: str, soql: str) -> bool:
    """Whether a query can travel in a request line."""
    return len(path) + len("?q=") + len(quote(soql, safe="")) <= REQUEST_LINE_MOST


def batches(items: Sequence[T], size: int = IN_MOST) -> Iterator[Sequence[T]]:
    """The items, so many at once."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def instant(text: str) -> datetime:
    """An RFC 3339 time as Salesforce or a mark writes it, in UTC."""
    return datetime.fromisoformat(text).astimezone(UTC)


def literal(moment: datetime) -> str:
    """An instant as SOQL writes it, without quotes; whole seconds."""
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def earlier(mark: str, by: timedelta) -> datetime:
    """The instant so long before a mark."""
    return instant(mark) - by


def long_id(text: str) -> str:
    """An id of 15 characters with its check characters, so that it is that of the reference; any other text as it is.

    The last three characters write down which of the first fifteen are capitals, five a character.
    """
    if not _SHORT_ID.fullmatch(text):
        return text
    check = ""
    for start in (0, 5, 10):
        capitals = sum(1 << place for place, char in enumerate(text[start : start + 5]) if "A" <= char <= "Z")
        check += _ID_LETTERS[capitals]
    return text + check
