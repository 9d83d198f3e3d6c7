"""People at the destination: they change and delete records while the migration runs, and the judge remembers it."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from adapters.protocols import Request
from adapters.sandbox.world import InMemory
from tests.simulation.machine import Machine

FIELDS = {"persons": ("name", "job_title"), "organizations": ("name", "linkedin"), "deals": ("title",)}
"""What people change: fields that the map fills, and some that it leaves alone."""

UNPROTECTED = 100.0
"""Seconds before a write of ours lands in which nobody can tell that a person was faster: the API has no revision."""


class Edit(NamedTuple):
    """What a person did: `value` "" is a deletion."""

    at: float
    table: str
    id: int
    field: str
    value: str


class People:
    """Changes records by lot; knows afterwards what must still stand.

    Args:
        machine: its dice and clock. sandbox: the account.
    """

    def __init__(self, machine: Machine, sandbox: InMemory) -> None:
        self.machine = machine
        self.sandbox = sandbox
        self.edits: list[Edit] = []
        self.landed: dict[tuple[str, int, str], list[float]] = {}

    def act(self) -> None:
        """One person does one thing."""
        dice = self.machine.dice
        records = self._records()
        table = dice.choice(sorted(FIELDS))
        rows = [row for row in records[table] if not row.get("is_deleted")]
        if not rows:
            return
        row = dice.choice(rows)
        gone = dice.random() < 0.1
        field = "" if gone else dice.choice(FIELDS[table])
        value = "" if gone else f"by hand {len(self.edits) + 1}"
        what = {"entity": table, "id": row["id"]}
        if gone:
            self.sandbox.control("POST", "/sandbox/remove", what)
        else:
            self.sandbox.control("POST", "/sandbox/edit", what | {"fields": {field: value}})
        self.machine.tell("by hand", table, row["id"], field or "deleted", value)
        self.edits.append(Edit(self.machine.now, table, row["id"], field, value))

    def saw(self, request: Request) -> None:
        """A write of ours has arrived."""
        *_, table, id = request.path.split("/")
        fields = [""] if request.method == "DELETE" else list(request.body or ()) if request.unsafe else []
        for field in fields if id.isdigit() else ():
            self.landed.setdefault((table, int(id), field), []).append(self.machine.now)

    def overwritten(self) -> Iterator[str]:
        """What people put there and is not there any more, though nothing of ours was under way."""
        rows = {(table, row["id"]): row for table, found in self._records().items() for row in found if "id" in row}
        last = {(e.table, e.id, e.field): e for e in self.edits}
        for (table, id, field), edit in last.items():
            row = rows.get((table, id))
            landed = self.landed.get((table, id, field), [])
            if not field or row is None or any(0 <= at - edit.at < UNPROTECTED for at in landed):
                continue
            if row.get(field) != edit.value:
                yield f"{table} {id}: {field} was {edit.value!r} by hand and is {row.get(field)!r}"

    def gone(self) -> Iterator[str]:
        """Records that people changed and that are not there any more, though no person deleted them."""
        live = {(table, row["id"]) for table, found in self._records().items() for row in found if "id" in row}
        deleted = {(e.table, e.id) for e in self.edits if not e.field}
        for edit in self.edits:
            landed = self.landed.get((edit.table, edit.id, ""), [])
            if (edit.table, edit.id) in deleted | live or any(0 <= at - edit.at < UNPROTECTED for at in landed):
                continue
            yield f"{edit.table} {edit.id} was changed by hand and is gone"

    def _records(self) -> dict[str, list[dict[str, Any]]]:
        found: dict[str, list[dict[str, Any]]] = self.sandbox.control("GET", "/sandbox/records")
        return found
