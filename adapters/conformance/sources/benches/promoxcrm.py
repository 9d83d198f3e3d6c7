"""A made-up account of PromoXcrm: its API, every list paged in another way; and its CSV screens alone."""

import hashlib
from pathlib import Path

import msgspec

from adapters.conformance.sources.bench import Holds, Later
from adapters.conformance.sources.benches.local import PEOPLE, LocalBench, written
from adapters.conformance.sources.benches.memory import SAMPLES, MemoryBench
from adapters.sandbox.rest import PROMOX, RestSettings, in_memory
from adapters.sandbox.rest.data import Content, Data, load
from adapters.sandbox.world import InMemory
from adapters.sources.promoxcrm import TABLE
from adapters.sources.rest.offline import ExportSource
from adapters.sources.rest.source import RestSource

_FOLDER = SAMPLES / "promoxcrm"
_ACCOUNT = {"url": "https://merch.promox.example"}
_MANNERS = RestSettings(
    rate=None, login_page=True, repeats="clients", totals="projects=-4", stuck="tasks", shifts="leads",
    first="leads=429@page:1,projects=500@offset:9,commissions=failed@page:1",
)  # fmt: skip
"""Rows come again, a list moves while it is read, a total is too small, a mark never ends."""
_SIGNATURE = "s1gnature-of-today"
_SIGNED = "/signed/wall.pdf"
_WALL = "https://boards.example/wall"


def bench(folder: Path) -> MemoryBench:
    """The account of the demonstration, with a file whose address is signed."""
    del folder
    data = _signed(load(_FOLDER))
    return MemoryBench(in_memory(PROMOX, data, _MANNERS), _holds(data), lambda: RestSource(TABLE, _ACCOUNT), _later)


def _signed(data: Data) -> Data:
    row = {"id": "d9", "title": "Wall", "download_url": f"{_ACCOUNT['url']}{_SIGNED}?signature={_SIGNATURE}",
           "filename": "wall.pdf", "project_id": 801}  # fmt: skip
    lists = {**data.lists, "presentations": [*data.lists["presentations"], row]}
    return msgspec.structs.replace(data, lists=lists, files={**data.files, _SIGNED: Content(text="%PDF-1.4 wall")})


def _holds(data: Data) -> Holds:
    addresses = {str(row["download_url"]) for row in data.lists["presentations"]} & data.files.keys()
    contents = {address: data.files[address] for address in addresses} | {"again:d9#download_url": data.files[_SIGNED]}
    objects = {"clients": "Client", "leads": "Lead", "projects": "Project", "commissions": "Commission",
               "tasks": "Task", "presentations": "Presentation",
               "custom-objects/press_proof/records": "press_proof"}  # fmt: skip
    return Holds(
        counts={object: len(data.lists[path]) for path, object in objects.items()} | {"Company": 10},
        gone={"Client": {"313": ""}},
        files={name: hashlib.sha256(file.text.encode()).hexdigest() for name, file in contents.items()},
        foreign=(_WALL,),
        secrets=(_SIGNATURE,),
    )


def _later(memory: InMemory) -> Later:
    memory.control("POST", "/sandbox/world", msgspec.to_builtins(_signed(load(_FOLDER / "delta"))))
    return Later(
        changed={"Client": frozenset({"302", "330"}), "Lead": frozenset({"51"}), "Project": frozenset({"804"}),
                 "Commission": frozenset({"32"}), "Task": frozenset({"k4", "k30"})},
        deleted={"Client": frozenset({"309"})},
    )  # fmt: skip


_FILES: dict[str, list[list[str]]] = {
    "clients.csv": [
        ["Client Name", "Email", "Phone", "Company", "Account Rep", "Supplier Tier", "Tags", "Created"],
        *(
            [f"First{n} Last{n}", f"p{n}@merch.example", f"(415) 555-{n:04d}", f"Firm {n % 7}, Inc", "Ann Ames", "Gold",
             "repeat; net30", "03/14/2025 09:00"]
            for n in range(PEOPLE)
        ),
    ],
    "leads.csv": [
        ["Name", "Email", "Phone", "Company", "Stage", "Score", "Owner"],
        ["Zoë Søn", "zoe@merch.example", "", "firm  2, inc", "Brief", "30", "ann@merch.example"],
        ["No Firm", "", "(415) 555-9999", "", "Quote Sent", "", "Ann Ames"],
        ["New Firm", "", "", "Elsewhere & Sons", "Brief", "7", ""],
    ],
    "projects.csv": [
        ["Project", "Client", "Pipeline", "Stage", "Amount", "Due", "Owner", "Fulfillment"],
        ["Mugs", "First1 Last1", "Retail", "Brief", "$1,250.50", "07/14/2025", "Ann Ames", "draft"],
        ["Bags, \"large\"", "Nobody Known", "Retail", "Quote &amp; Proof", "", "", "", ""],
    ],
    "tasks.csv": [
        ["Task", "Assignee", "Due", "Status"],
        ["Send proof", "Ann Ames", "07/14/2025", "open"], ["Send proof", "Ann Ames", "07/14/2025", "open"],
    ],
}  # fmt: skip


def bench_of_csv(folder: Path) -> LocalBench:
    """The CSV screens in a folder."""
    written(folder, _FILES)
    counts = {"Company": 8, "Client": PEOPLE, "Lead": 3, "Project": 2, "Task": 2}
    return LocalBench(folder, Holds(counts=counts), lambda path: ExportSource(TABLE, path))
