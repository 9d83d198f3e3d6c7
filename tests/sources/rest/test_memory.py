"""A long list is read in flat memory, and its cursors stay small."""

import tracemalloc
from pathlib import Path
from typing import TypeVar

import pytest

from adapters.protocols import Flow, Request, Response
from adapters.sources import export
from adapters.sources.pro_sales_crm import TABLE as PRO_SALES
from adapters.sources.promoxcrm import TABLE as PROMOX
from adapters.sources.rest.source import RestSource
from adapters.sources.rest.table import Table

T = TypeVar("T")
PAGE = 500
SMALL_PAGE = 100
"""Records a page, of the API and of the export beside it: few records are several pages then."""


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


class _Beside:
    """An API with an export beside it: contacts and notes, of which the API keeps the last one back and cuts texts."""

    def __init__(self, folder: Path, count: int) -> None:
        self.count = count
        folder.mkdir()
        contacts = (f"A,{'L' * 50}{n},c{n}@x.example\n" for n in range(self.count))
        (folder / "contacts.csv").write_text("First Name,Last Name,Email\n" + "".join(contacts))
        notes = (f"note,S{n},{_text(n)},2025-01-10T09:15:00+00:00\n" for n in range(self.count))
        (folder / "activities.csv").write_text("Type,Subject,Body,At\n" + "".join(notes))
        self._folder = folder
        self.restart()

    def restart(self) -> None:
        """Go on as another process does, which knows nothing but the cursor."""
        self.source = RestSource(PRO_SALES, {}, self._folder)
        self.run(self.source.schema())

    def run(self, flow: Flow[T]) -> T:
        """Run a flow to its end."""
        try:
            request = next(flow)
            while True:
                request = flow.send(self._answer(request))
        except StopIteration as stop:
            result: T = stop.value
            return result

    def _answer(self, request: Request) -> Response:
        first = int(request.query.get("page", "0")) * SMALL_PAGE
        numbers = range(first, min(first + SMALL_PAGE, self.count - 1))
        if request.path.endswith("contacts"):
            rows = [
                {"id": f"c{n}", "first_name": "A", "last_name": f"{'L' * 50}{n}", "email": f"c{n}@x.example"}
                for n in numbers
            ]
        elif request.path.endswith("activities"):
            rows = [
                {"id": f"a{n}", "type": "note", "subject": f"S{n}", "body": f"{_text(n)[:300]}…",
                 "at": "2025-01-10T09:15:00+00:00", "contact_id": f"c{n + 1}"}
                for n in numbers
            ]  # fmt: skip
        else:
            return Response(status=200, body={"results": []})
        return Response(status=200, body={"results": rows, "total": self.count})


def _text(number: int) -> str:
    return f"{number} {'word ' * 70}end"


def _beside(folder: Path, count: int, object: str, *, restarted: bool) -> tuple[int, int, int]:
    """The peak of memory (bytes) while an object is read, its export beside it; how many records; how many uncut."""
    api = _Beside(folder, count)
    tracemalloc.start()
    at: str | None = None
    read = uncut = peak = 0
    while True:
        page = api.run(api.source.read(object, None, at))
        read += len(page.records)
        uncut += sum(str(cell).endswith(" end") for record in page.records for cell in record.values.values())
        if (at := page.next) is None:
            break
        if restarted and read >= count // 2:
            restarted = False
            peak = tracemalloc.get_traced_memory()[1]
            api.restart()
            tracemalloc.reset_peak()  # describing an export holds so many different values, and no more
    peak = max(peak, tracemalloc.get_traced_memory()[1])
    tracemalloc.stop()
    return peak, read, uncut


@pytest.mark.parametrize("restarted", [False, True], ids=["one process", "two processes"])
@pytest.mark.parametrize("object", ["Contact", "Note"])
def test_memory_does_not_grow_with_an_export_beside_the_api(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, object: str, restarted: bool
) -> None:
    """Ten times the records: what tells which records and ids the API showed, and which texts it cut, is not held."""
    monkeypatch.setattr(export, "PAGE_RECORDS", SMALL_PAGE)
    few, count, _ = _beside(tmp_path / "few", 3 * SMALL_PAGE, object, restarted=restarted)
    assert count == 3 * SMALL_PAGE  # the record that the API keeps back came from the export
    many, count, uncut = _beside(tmp_path / "many", 30 * SMALL_PAGE, object, restarted=restarted)
    assert count == 30 * SMALL_PAGE
    assert uncut == (count if object == "Note" else 0)
    assert many < 1.15 * few


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
    assert many < 1.15 * few
    assert longest < 4_000


def test_memory_does_not_grow_with_the_companies() -> None:
    """Nor does it with the different texts that companies are made of, which are in no cursor either."""
    few, _ = _peak(4, PROMOX, "Company")
    many, longest = _peak(40, PROMOX, "Company")
    assert many < 1.15 * few
    assert longest < 6_000
