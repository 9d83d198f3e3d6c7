"""The small questions that the flows are made of: one record, one page, all pages; both paginations."""

from typing import Any

from adapters.protocols import Flow, Json, RefusedError, Request, Response

Row = dict[str, Any]

LIMIT = 500
"""The largest page of either version; a query may ask for a smaller one."""


def data(response: Response) -> Json:
    """The `data` of an answer that was judged to be done."""
    return response.body.get("data") if isinstance(response.body, dict) else None


def get(path: str, query: dict[str, str] | None = None) -> Flow[Json]:
    """The `data` of one GET."""
    response = yield Request(method="GET", path=path, query=query or {})
    return data(response)


def get_or_none(path: str, query: dict[str, str] | None = None) -> Flow[Json]:
    """The `data` of one GET, None where the server says that there is no such thing (404, 410)."""
    try:
        return (yield from get(path, query))
    except RefusedError as error:
        if error.verdict.status in (404, 410):
            return None
        raise


def page_v2(path: str, query: dict[str, str], cursor: str | None) -> Flow[tuple[list[Row], str | None]]:
    """One page of a v2 list and the cursor of the next."""
    query = {"limit": str(LIMIT), **query, **({"cursor": cursor} if cursor else {})}
    response = yield Request(method="GET", path=path, query=query)
    more = (response.body.get("additional_data") or {}) if isinstance(response.body, dict) else {}
    return data(response) or [], more.get("next_cursor") or None


def page_v1(path: str, query: dict[str, str], start: int) -> Flow[tuple[list[Row], int | None]]:
    """One page of a v1 list and the start of the next.

    The paging facts stand under `additional_data.pagination` or, as leads are described, right under `additional_data`.
    """
    query = {"limit": str(LIMIT), **query, "start": str(start)}
    response = yield Request(method="GET", path=path, query=query)
    rows = data(response) or []
    more = (response.body.get("additional_data") or {}) if isinstance(response.body, dict) else {}
    paging = more.get("pagination") or more
    if not paging.get("more_items_in_collection"):
        return rows, None
    return rows, int(paging.get("next_start") or start + len(rows))


def rows_v2(path: str, query: dict[str, str] | None = None) -> Flow[list[Row]]:
    """All rows of a v2 list."""
    rows: list[Row] = []
    cursor: str | None = None
    while True:
        page, cursor = yield from page_v2(path, query or {}, cursor)
        rows += page
        if cursor is None:
            return rows


def rows_v1(path: str, query: dict[str, str] | None = None) -> Flow[list[Row]]:
    """All rows of a v1 list, each once: a row that moved between two pages is not given twice."""
    rows: dict[str, Row] = {}
    start: int | None = 0
    while start is not None:
        page, start = yield from page_v1(path, query or {}, start)
        # some system fields have no id, only a key
        rows |= {str(row.get("id") or row.get("key")): row for row in page}
    return list(rows.values())
