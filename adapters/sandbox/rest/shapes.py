"""How each vendor's API answers: the paths, the envelope around the rows, the way of paging. A table a vendor."""

from collections.abc import Mapping
from typing import Literal

import msgspec

from adapters.protocols import Json

Style = Literal["links", "page", "page-total", "page-from-0", "offset", "cursor", "next", "bare", "link"]
"""The envelopes: see `envelope`."""


class Shape(msgspec.Struct, frozen=True, kw_only=True):
    """One list.

    path: below the base. rows: the key of the rows. size: rows a page. extra: a repeated row comes on top of the page's
    own instead of pushing the others on.
    """

    path: str
    style: Style
    rows: str = "data"
    size: int = 10
    extra: bool = False


class Api(msgspec.Struct, frozen=True, kw_only=True):
    """One vendor's API. missing: how a path that is not there is answered. forbidden: paths that are refused."""

    system: str
    base: str
    shapes: tuple[Shape, ...]
    missing: Literal["page", "json"] = "page"
    forbidden: tuple[str, ...] = ()
    rate_headers: bool = True
    records: str = ""


PROMOX = Api(
    system="promoxcrm", base="/api/v1", forbidden=("reports",), records="custom-objects/{}/records",
    shapes=(
        Shape(path="clients", style="links", size=10), Shape(path="leads", style="page", size=8),
        Shape(path="projects", style="offset", rows="projects", size=9),
        Shape(path="commissions", style="page-total", size=100),
        Shape(path="tasks", style="cursor", rows="items", size=6),
        Shape(path="presentations", style="next", size=100), Shape(path="users", style="bare", size=1000),
    ),
)  # fmt: skip

PRO_SALES = Api(
    system="pro-sales-crm", base="/api", missing="json", rate_headers=False,
    shapes=(
        Shape(path="companies", style="page-from-0", rows="results"),
        Shape(path="contacts", style="page-from-0", rows="results"),
        Shape(path="deals", style="page-from-0", rows="results", extra=True),
        Shape(path="activities", style="page-from-0", rows="results"),
        *(Shape(path=path, style="bare", size=1000) for path in ("users", "stages", "custom_fields")),
    ),
)  # fmt: skip


class Window(msgspec.Struct, frozen=True):
    """Which rows a request asks for: from `start`, at most `size`; `number` of the page where pages have one."""

    start: int
    size: int
    number: int = 0


def window(shape: Shape, query: Mapping[str, str], most: int) -> Window | None:
    """The rows asked for; None where the query is nonsense. More rows than `most` are never given."""
    try:
        size = min(most, max(1, int(query.get("per_page") or query.get("limit") or most)))
        match shape.style:
            case "links" | "page" | "page-total" | "link":
                number = max(1, int(query.get("page") or 1))
                return Window((number - 1) * size, size, number)
            case "page-from-0":
                number = max(0, int(query.get("page") or 0))
                return Window(number * most, most, number)
            case "offset":
                return Window(max(0, int(query.get("offset") or 0)), size)
            case "cursor":
                mark = query.get("cursor", "")
                return Window(int(mark.removeprefix("c")) * most if mark else 0, most)
    except ValueError:
        return None
    return Window(0, 1_000_000)


def envelope(
    api: Api, shape: Shape, asked: Window, rows: list[Json], count: int, total: int, query: Mapping[str, str], *,
    stuck: bool,
) -> tuple[Json, dict[str, str]]:  # fmt: skip
    """Body and headers of an answer. count: rows that can be paged through. total: as stated."""
    pages = max(1, -(-count // asked.size))
    more = asked.start + asked.size < count
    path = f"{api.base}/{shape.path}"
    match shape.style:
        case "links":
            per_page = f"&per_page={query['per_page']}" if "per_page" in query else ""
            following = f"{path}?page={asked.number + 1}{per_page}" if more else None
            meta = {"page": asked.number, "per_page": asked.size, "total": total, "last_page": pages}
            return {shape.rows: rows, "meta": meta, "links": {"next": following}}, {}
        case "page":
            return {shape.rows: rows, "meta": {"page": asked.number, "last_page": pages}}, {}
        case "page-total":
            return {"success": True, shape.rows: rows, "total": str(total)}, {}
        case "page-from-0":
            return {shape.rows: rows, "page": asked.number, "page_count": -(-total // asked.size), "total": total}, {}
        case "offset":
            return {shape.rows: rows, "has_more": more, "total": total}, {}
        case "cursor":
            mark = f"c{asked.start // asked.size + 1}"
            if stuck:
                last = f"c{pages}"
                return {shape.rows: rows, "next_cursor": mark if asked.start < count else last}, {}
            return {shape.rows: rows, "next_cursor": mark if more else None}, {}
        case "next":
            return {shape.rows: rows, "next": None}, {}
        case "link":
            link = {"link": f'<{path}?page={asked.number + 1}>; rel="next"'} if more else {}
            return rows, link
    return rows, {}
