"""A made-up workbook that somebody filled."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from adapters.conformance.sources.bench import Holds, Later
from adapters.conformance.sources.benches.local import PEOPLE, LocalBench
from adapters.protocols import Source
from adapters.sources.smart_crm_online import STANDARDS, SYSTEM
from adapters.sources.workbook import Workbook, write_template
from adapters.sources.workbook.template import FIRST_ROW, library

_ROWS: dict[str, list[dict[str, Any]]] = {
    "Companies": [
        {"Company ID": "C-1", "Company Name": "Zoë & Søn", "Employees": 12, "Tags": "vip; old",
         "Created": "2025-03-14 18:00:00"},
        {"Company ID": "C-2", "Company Name": "Null", "Annual Revenue": "1,250.50"},
    ],
    "Contacts": [
        {"ID": f"p{n}", "First Name": f"First {n}", "Last Name": "Last", "Company ID": f"C-{1 + n % 2}"}
        for n in range(PEOPLE)
    ],
    "Deals": [{"Deal Name": "Roof", "Company ID": "C-1", "Value": 1200, "Probability": "35%",
               "Close Date": "2025-12-31"}],
    "Notes": [{"Attached To Type": "Deal", "Attached To": "Roof", "Note": "two\nlines"}],
}  # fmt: skip


def bench(folder: Path) -> LocalBench:
    """A workbook in a folder."""
    (folder / "filled.xlsx").write_bytes(_filled())
    counts = {"Company": 2, "Contact": PEOPLE, "Deal": 1, "Note": 1}
    return LocalBench(folder, Holds(counts=counts), _source, _later)


@cache
def _filled() -> bytes:
    with TemporaryDirectory() as name:
        folder = Path(name)
        write_template(STANDARDS, folder / "filled.xlsx", system=SYSTEM)
        _fill(folder, _ROWS)
        return (folder / "filled.xlsx").read_bytes()


def _source(folder: Path) -> Source:
    return Workbook(folder / "filled.xlsx")


def _later(folder: Path) -> Later:
    _fill(folder, {"Companies": [{"Employees": 13}, {}, {"Company ID": "C-3", "Company Name": "New"}]})
    return Later(changed={"Company": frozenset({"C-1", "C-3"})})


def _fill(folder: Path, rows: dict[str, list[dict[str, Any]]]) -> None:
    book = library().load_workbook(folder / "filled.xlsx")
    for name, records in rows.items():
        places = {cell.value: cell.column for cell in book[name][1]}
        for number, record in enumerate(records, start=FIRST_ROW):
            for header, value in record.items():
                book[name].cell(number, places[header], value)
    book.save(folder / "filled.xlsx")
