"""A long list is read in flat memory, and its cursors stay small."""

import tracemalloc
from typing import TypeVar

from adapters.protocols import Flow, Request, Response
from adapters.sources.pro_sales_crm import TABLE as PRO_SALES
from adapters.sources.promoxcrm import TABLE as PROMOX
from adapters.sources.rest.source import RestSource
from adapters.sources.rest.table import Table

T = TypeVar("T")
PAGE = 500


def _answer(request: Request, pages: int) -> Response:
    if request.path.endswith("clients"):
        return _clients(request, pages)
    if not request.path.endswith("contacts"):
        return Response(status=200, body={"results": []})
    first = int(request.query.get("page", "0")) * PAGE
    rows = [
        {
            "id": f"c{n}",
            "first_name": "A" * 50,
            "last_name": f"L{n}",
            "email": f"e{n}@x.example",
            "tags": ["one", "two"],
        }
        for n in range(first, first + PAGE)
        if n < pages * PAGE
    ]
    return Response(status=200, body={"results": rows, "total": pages * PAGE})


def _clients(request: Request, pages: int) -> Response:
    """Each client of a company of its own."""
    page = int(request.query["page"])
    rows = [{"id": n, "company": f"Company {n} {'A' * 50}"} for n in range((page - 1) * PAGE, page * PAGE)]
    following = f"/api/v1/clients?page={page + 1}" if page < pages else None
    return Response(status=200, body={"data": rows, "links": {"next": following}, "meta": {"total": pages * PAGE}})


def _run(flow: Flow[T], pages: int) -> T:
    try:
        request = next(flow)
        while True:
            request = flow.send(_answer(request, pages))
    except StopIteration as stop:
        result: T = stop.value
        return result


def _peak(pages: int, table: Table = PRO_SALES, object: str = "Contact") -> tuple[int, int]:
    """The peak of memory while all pages are read (bytes), and the length of the longest cursor."""
    source = RestSource(table, {})
    _run(source.schema(), pages)
    tracemalloc.start()
    at: str | None = None
    longest = 0
    while True:
        page = _run(source.read(object, None, at), pages)
        at = page.next
        longest = max(longest, len(at or ""))
        if at is None:
            break
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak, longest


def test_memory_does_not_grow_with_the_records() -> None:
    """Ten times the records take no more memory."""
    few, _ = _peak(4)
    many, longest = _peak(40)
    assert many < 1.3 * few
    assert longest < 4_000


def test_memory_does_not_grow_with_the_companies() -> None:
    """Nor does it with the different texts that companies are made of, which are in no cursor either."""
    few, _ = _peak(4, PROMOX, "Company")
    many, longest = _peak(40, PROMOX, "Company")
    assert many < 1.3 * few
    assert longest < 6_000
