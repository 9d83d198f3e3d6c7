"""From one page to the next, for every style there is. A position is what a cursor keeps of it; all of it is JSON."""

import re
from typing import NamedTuple

import msgspec

from adapters.protocols import Json, Request, Response
from adapters.sources.rest.addresses import ElsewhereError, followed
from adapters.sources.rest.answers import rows_at
from adapters.sources.rest.table import Paging, place

_NEXT = re.compile(r'<([^>]*)>\s*;[^,]*\brel="?next"?', re.IGNORECASE)
_NEXT_PLACES = ("links.next", "next", "next_url", "next_page_url", "paging.next.link", "meta.next", "_links.next.href")
_MARKS = {
    "next_cursor": "cursor", "meta.next_cursor": "cursor", "paging.cursors.after": "after", "cursor": "cursor",
    "next_page_token": "page_token", "nextPageToken": "pageToken", "paging.next.after": "after",
}  # fmt: skip
_NUMBERS = ("meta.page", "page", "current_page", "meta.current_page", "pagination.page")
_LASTS = ("meta.last_page", "last_page", "page_count", "total_pages", "meta.total_pages", "pagination.total_pages")
_MORES = ("has_more", "hasMore", "meta.has_more", "pagination.has_more")
_OFFSETS = ("offset", "start", "skip", "meta.offset")


class Where(NamedTuple):
    """The account's address, as far as it is known, and the base path of its API."""

    account: str
    base: str


class Next(msgspec.Struct, frozen=True):
    """What follows a page: a position, or None at the end; `why` the end is no proper one, where it is not."""

    position: Json
    why: str = ""
    code: str = ""


def begin(paging: Paging) -> Json:
    """The position of the first page."""
    return {"page": paging.first, "offset": 0}.get(paging.style)


def request(paging: Paging, path: str, position: Json) -> Request:
    """The request for the page at a position."""
    query: dict[str, str] = dict(paging.query) if position is None else {}
    if paging.style in ("page", "offset") or (paging.style == "cursor" and position is not None):
        query[paging.parameter] = str(position)
    elif paging.style in ("next", "link") and position is not None:
        path, query = position
    if paging.size_parameter and paging.style not in ("next", "link"):
        query[paging.size_parameter] = str(paging.size)
    return Request(method="GET", path=path, query=query)


def after(paging: Paging, asked: Request, position: Json, response: Response, rows: int, where: Where) -> Next:
    """What follows the page that was asked for at a position and came with so many rows."""
    body = response.body
    if paging.style == "single":
        return Next(None)
    if paging.style == "cursor":
        mark = place(body, paging.at)
        if mark in (None, "", False):
            return Next(None)
        if mark == position or (position is None and not rows):
            return Next(None, f"the mark {str(mark)[:40]!r} does not move on; the reading ends here", "cursor-stuck")
        return Next(mark)
    if paging.style in ("next", "link"):
        address = link_of(response) if paging.style == "link" else place(body, paging.at)
        return _followed(address, asked, position, where)
    if not rows:
        return Next(None)
    if paging.style == "offset":
        more = place(body, paging.more) if paging.more else None
        return Next(None) if more is False else Next(int(position) + rows)
    last = place(body, paging.last) if paging.last else None
    if isinstance(last, int) and not isinstance(last, bool) and int(position) >= last - 1 + paging.first:
        return Next(None)
    return Next(int(position) + 1)


def _followed(address: Json, asked: Request, position: Json, where: Where) -> Next:
    if not isinstance(address, str) or not address:
        return Next(None)
    try:
        path, query = followed(address, where.account, where.base, asked.path)
    except ElsewhereError as error:
        return Next(None, f"the address of the next page is not followed: {error}", "link-refused")
    if [path, query] == position or (path == asked.path and query == asked.query):
        return Next(None, "the address of the next page is that of this page; the reading ends here", "cursor-stuck")
    return Next([path, query])


def link_of(response: Response) -> str | None:
    """The address with rel="next" of a Link header."""
    found = _NEXT.search(response.headers.get("link", ""))
    return found.group(1) if found else None


def shown_by(response: Response) -> Paging | None:
    """The paging that an answer itself shows; None where it shows none. For APIs that nobody has described."""
    body = response.body
    if link_of(response):
        return Paging(style="link")
    for at in _NEXT_PLACES:
        found = place(body, at)
        if isinstance(found, str) and found.startswith(("/", "?", "http")):
            return Paging(style="next", at=at)
    if any(_is_there(body, at) and place(body, at) is None for at in _NEXT_PLACES):
        return Paging(style="next", at=next(at for at in _NEXT_PLACES if _is_there(body, at)))
    for at, parameter in _MARKS.items():
        if isinstance(place(body, at), str | int) and not isinstance(place(body, at), bool):
            return Paging(style="cursor", at=at, parameter=parameter)
    more = next((at for at in _MORES if isinstance(place(body, at), bool)), "")
    number = next((at for at in _NUMBERS if isinstance(place(body, at), int)), "")
    if number:
        last = next((at for at in _LASTS if isinstance(place(body, at), int)), "")
        return Paging(style="page", parameter="page", first=min(1, int(place(body, number))), last=last)
    if more or any(isinstance(place(body, at), int) for at in _OFFSETS):
        return Paging(style="offset", parameter="offset", more=more)
    return None


def _is_there(body: Json, at: str) -> bool:
    """Whether an answer names the place, empty or not."""
    head, _, last = at.rpartition(".")
    holder = place(body, head) if head else body
    return isinstance(holder, dict) and last in holder


def ids_of(body: Json, at: str, id: str) -> list[str]:
    """The ids of an answer's records, in order."""
    return [str(row.get(id)) for row in rows_at(body, at) or []]
