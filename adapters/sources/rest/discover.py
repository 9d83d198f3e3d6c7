"""Finding out how a path of an unknown API pages, from its answers alone. Only ever asks.

A find counts only if the answer is JSON, names records, and the next page gives other ones.
"""

import msgspec

from adapters.protocols import Flow, Json, RefusedError, Request, Response
from adapters.sources.rest import paging
from adapters.sources.rest.answers import found_at, rows_at, total_at
from adapters.sources.rest.paging import Where
from adapters.sources.rest.table import Paging

_TOTALS = ("total", "meta.total", "total_count", "count", "meta.count", "pagination.total", "recordsTotal")
_GUESSES = (
    Paging(style="page", parameter="page", first=1),
    Paging(style="offset", parameter="offset"),
    Paging(style="offset", parameter="start"),
)
"""Ways to page that an answer may not show."""
_IDS = ("id", "_id", "uuid", "key", "guid")


class Found(msgspec.Struct, kw_only=True):
    """What one path was found to be.

    rows: where its records stand, and how many came at once. id: their id's key. paging: None where none was found out.
    proven: the next page gave other records; `whole`: the answer shows that there is no next page. total: as stated.
    """

    rows: str
    size: int
    id: str
    paging: Paging | None
    proven: bool
    whole: bool
    total: int | None
    first: Response
    records: list[dict[str, Json]]

    @property
    def known(self) -> bool:
        """Whether all records can be read as far as was seen."""
        return self.paging is not None and (self.proven or self.whole)

    def words(self) -> str:
        """What was found, for a report."""
        style = self.paging.style if self.paging else "unknown"
        how = "proven by other records on the next page" if self.proven else (
            "all on one page" if self.whole else "no other way to go on was seen"
        )  # fmt: skip
        total = "" if self.total is None else f", {self.total} stated in all"
        return f"{self.size} records at once{total}; paging: {style} ({how})"


def discover(path: str, where: Where, id: str = "") -> Flow[Found | None]:
    """How a path pages; None where its answer holds no records. Raises RefusedError where it is refused."""
    first = yield Request(method="GET", path=path)
    at = found_at(first.body)
    rows = rows_at(first.body, at) if at is not None else None
    if at is None or not rows:
        return None
    total = next((n for place in _TOTALS if (n := total_at(first.body, place)) is not None), None)
    found = Found(
        rows=at, size=len(rows), id=id or _id_of(rows), paging=paging.shown_by(first), proven=False, whole=False,
        total=total, first=first, records=rows,
    )  # fmt: skip
    if found.paging is not None:
        found.proven, found.whole = yield from _goes_on(path, found.paging, found, where)
        if found.known:
            return found
    for guess in _GUESSES:
        proven, _ = yield from _goes_on(path, guess, found, where)
        if proven:
            found.paging, found.proven = guess, True
            return found
    if total is not None and total <= len(rows):
        found.paging, found.whole = Paging(style="single"), True
    elif not found.whole:
        found.paging = None
    return found


def _goes_on(path: str, style: Paging, found: Found, where: Where) -> Flow[tuple[bool, bool]]:
    """Whether the page after the first gives other records, and whether the first one says that there is none."""
    at = paging.begin(style)
    asked = paging.request(style, path, None if style.style in ("next", "link", "cursor") else at)
    following = paging.after(style, asked, at, found.first, found.size, where)
    if following.position is None:
        return False, not following.why
    try:
        answer = yield paging.request(style, path, following.position)
    except RefusedError:
        return False, False
    here, there = (set(paging.ids_of(a.body, found.rows, found.id)) for a in (found.first, answer))
    if not there and found.total is not None and found.total <= found.size:
        return False, True
    return bool(there - here), False


def _id_of(rows: list[dict[str, Json]]) -> str:
    """The key that reads like an id and is different in every record."""
    keys = [*_IDS, *(key for key in rows[0] if key.lower().endswith("id"))]
    return next((key for key in keys if len({str(row.get(key)) for row in rows}) == len(rows)), "id")
