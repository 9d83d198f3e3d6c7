"""What the tests of sources share: running a flow that needs no network, and writing small files."""

from pathlib import Path
from typing import Any, TypeVar

from adapters.protocols import Flow, Record
from adapters.sources.bundle import Table
from adapters.sources.dialect import Dialect, propose
from adapters.sources.notes import Notes
from adapters.sources.tabular import Row, rows

T = TypeVar("T")

BUNDLE = Path(__file__).parents[1] / "bundles" / "smart_crm_online"


def finish(flow: Flow[T]) -> T:
    """The result of a flow that yields nothing."""
    try:
        next(flow)
    except StopIteration as stop:
        result: T = stop.value
        return result
    raise AssertionError("the flow asked for the network")


def read_all(source: Any, object: str) -> list[Record]:
    """All records of an object, page by page."""
    records: list[Record] = []
    at: str | None = None
    while True:
        page = finish(source.read(object, None, at))
        records.extend(page.records)
        at = page.next
        if at is None:
            return records


def table(folder: Path, content: bytes | str, name: str = "contacts.csv") -> Table:
    """A file of that content, as a table."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return Table(name, path)


def taken(folder: Path, content: bytes | str, known: frozenset[str] = frozenset()) -> tuple[Dialect, list[Row], Notes]:
    """The proposed dialect of a file, its rows, and the notes on it."""
    file = table(folder, content)
    dialect = propose(file, known).dialect
    notes = Notes("Contact", file.name)
    return dialect, list(rows(file, dialect, notes)), notes
