"""A made-up account of Pro-Sales CRM: its API, its CSV export alone, and both where the API keeps something back."""

import csv
import shutil
from pathlib import Path

import msgspec

from adapters.conformance.sources.bench import Holds, Later
from adapters.conformance.sources.benches.local import PEOPLE, LocalBench
from adapters.conformance.sources.benches.memory import SAMPLES, MemoryBench
from adapters.sandbox.rest import PRO_SALES, RestSettings, in_memory
from adapters.sandbox.rest.data import Data, load
from adapters.sandbox.world import InMemory
from adapters.sources.pro_sales_crm import TABLE
from adapters.sources.rest.offline import ExportSource
from adapters.sources.rest.source import RestSource

_FOLDER = SAMPLES / "pro_sales_crm"
_MANNERS = RestSettings(rate=None, page_size=4, repeats="deals", shifts="contacts", totals="companies=-7")
"""A row comes again, the list moves while it is read, and a total is too small."""
_HIDDEN = ("p2", "p3")


def bench(folder: Path) -> MemoryBench:
    """The account of the demonstration, with two contacts whose ids differ by case alone."""
    del folder
    memory = in_memory(PRO_SALES, _twins(load(_FOLDER)), _MANNERS)
    counts = {"Company": 10, "Contact": 15, "Deal": 8, "Call": 4, "Note": 4, "Task": 4}
    return MemoryBench(memory, Holds(counts=counts, gone=_GONE), lambda: RestSource(TABLE, {}), _later)


_GONE = {"Contact": {"p14": "p1"}}


def _twins(data: Data) -> Data:
    contacts = data.lists["contacts"]
    twin = {**contacts[0], "id": "P1", "first_name": "Other", "email": "other@basalt-cycling-club.example"}
    return msgspec.structs.replace(data, lists={**data.lists, "contacts": [*contacts, twin]})


def _later(memory: InMemory) -> Later:
    memory.control("POST", "/sandbox/world", msgspec.to_builtins(_twins(load(_FOLDER / "delta"))))
    return Later(
        changed={
            "Contact": frozenset({"p2", "p3", "p30"}),
            "Deal": frozenset({"x2", "x4"}),
            "Call": frozenset({"y30"}),
        },
        deleted={"Contact": frozenset({"p5"}), "Deal": frozenset({"x8"})},
    )


def _later_shown(memory: InMemory) -> Later:
    """What can be seen of it: the hidden ones have no ids."""
    later = _later(memory)
    return Later(changed={**later.changed, "Contact": later.changed["Contact"] - {*_HIDDEN}}, deleted=later.deleted)


def bench_of_csv(folder: Path) -> LocalBench:
    """The CSV export in a folder."""
    _export(folder)
    counts = {"Company": 10, "Contact": 14 + PEOPLE, "Deal": 8, "Call": 4, "Note": 4, "Task": 4}
    return LocalBench(folder, Holds(counts=counts), lambda path: ExportSource(TABLE, path))


def bench_of_both(folder: Path) -> MemoryBench:
    """An API whose key does not see all contacts, which cuts long texts, and the export beside it."""
    _export(folder)
    manners = RestSettings(rate=None, hidden=",".join(f"contacts/{id}" for id in _HIDDEN))
    counts = {"Company": 10, "Contact": 14 + PEOPLE, "Deal": 8, "Call": 4, "Note": 4, "Task": 4}
    orphans = frozenset({"Deal.contacts", "Note.contact", "Task.contact"})
    memory = in_memory(PRO_SALES, load(_FOLDER), manners)
    return MemoryBench(
        memory, Holds(counts=counts, gone=_GONE, orphans=orphans), lambda: RestSource(TABLE, {}, folder), _later_shown
    )


def _export(folder: Path) -> None:
    """The export of the demonstration, and so many more contacts that they take two pages."""
    shutil.copytree(_FOLDER / "csv", folder, dirs_exist_ok=True)
    with (folder / "contacts.csv").open("a+", newline="", encoding="utf-8") as file:
        file.seek(0)
        writer = csv.DictWriter(file, next(csv.reader(file)))
        writer.writerows(
            {"First Name": f"First{n}", "Last Name": "Last", "Email": f"m{n}@mill.example",
             "Company": "Alderbrook Roasters"}
            for n in range(PEOPLE)
        )  # fmt: skip
