"""Memory and speed of an extraction: a process of its own reads a source of so many records into a fresh log.

`python -m tests.bench.extraction csv 200000 FOLDER` prints {"records", "seconds", "peak_bytes"} as JSON.
"""

import csv
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import msgspec

from adapters.protocols import Field, Flow, Identity, ObjectSchema, Page, Record, Request, Schema
from adapters.sources.smart_crm_online import SmartCrmOnline
from engine.asking import NoWire
from engine.extract import extract
from engine.journal import Journal
from engine.state import StateFold
from engine.view import View
from eventstore.log import Log
from eventstore.store import migrate, open_engine

PAGE = 2000


class Measured(msgspec.Struct, frozen=True):
    """One extraction: its records, its duration, the most memory that its process ever held."""

    records: int
    seconds: float
    peak_bytes: int


class Api:
    """A source over the network of so many records, made up as they are asked for, in pages of 2,000."""

    def __init__(self, records: int) -> None:
        self._records = records

    def schema(self) -> Flow[Schema]:
        """One object."""
        yield from ()
        fields = tuple(Field(key=key, label=key, kind="text") for key in ("Id", "Name", "Email", "Comments"))
        contact = ObjectSchema(
            name="Contact", label="Contacts", fields=fields, identity=Identity(id_field="Id"), count=self._records
        )
        return Schema(system="api", objects=(contact,))

    def read(self, object: str, since: str | None, at: str | None) -> Flow[Page]:
        """One page."""
        yield Request(method="GET", path=f"/{object}", query={"at": at or "0"})
        start = int(at or 0)
        end = min(start + PAGE, self._records)
        records = tuple(_record(number) for number in range(start, end))
        return Page(records=records, next=str(end) if end < self._records else None)


class Answered(NoWire):
    """A network that answers nothing, at once."""

    def one(self, flow: Flow[Any]) -> Any:
        """Answer every request of a flow with nothing."""
        try:
            next(flow)
            while True:
                flow.send(None)  # type: ignore[arg-type]
        except StopIteration as stop:
            return stop.value


def _record(number: int) -> Record:
    values = {
        "Id": f"{number:018d}",
        "Name": f"Person {number}",
        "Email": f"person{number}@acme{number % 5000}.example",
        "Comments": "x" * (number % 200),
    }
    return Record(values=values, id=values["Id"], raw=values)


def write_csv(path: Path, records: int) -> None:
    """A contacts file of so many rows, without ids."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("First Name", "Last Name", "Email", "Phone", "Company", "Owner", "Created"))
        for n in range(records):
            email = f"person{n}@acme{n % 5000}.example"
            phone = f"(212) 555-{n % 10000:04d}"
            rows.writerow((f"Ann{n % 997}", f"Lee{n}", email, phone, f"Acme {n % 5000}", "Maya Ortiz", "03/14/2025"))


def measure(kind: str, records: int, folder: Path) -> Measured:
    """Extract in a process of its own."""
    command = [sys.executable, "-m", "tests.bench.extraction", kind, str(records), str(folder)]
    done = subprocess.run(command, check=True, capture_output=True)
    return msgspec.json.decode(done.stdout, type=Measured)


def main(kind: str, records: int, folder: Path) -> None:
    """Extract, and say what it took."""
    folder.mkdir(parents=True, exist_ok=True)
    engine = open_engine(f"sqlite:///{folder / 'cutover.db'}")
    migrate(engine)
    log = Log(engine, "bench", folds=[StateFold()])
    numbers = iter(range(1, 1 << 62))
    journal = Journal(log, actor="bench", now=lambda: time.time_ns() // 1000, new_id=lambda: f"{next(numbers):032x}")
    view = View(engine, "bench")
    export = folder / "contacts.csv"
    if kind == "csv" and not export.exists():
        write_csv(export, records)
    started = time.perf_counter()
    if kind == "csv":
        found = extract(journal, view, SmartCrmOnline(export), lambda *_: None)
    else:
        found = extract(journal, view, Api(records), lambda *_: None, wire=Answered())
    assert found is not None and found.created == {"Contact": records}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    measured = Measured(records, round(time.perf_counter() - started, 1), peak)
    print(msgspec.json.encode(measured).decode())  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
