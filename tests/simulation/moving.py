"""A source that changes while it is read: between any two pages a record may be made, changed or deleted."""

from collections.abc import Sequence
from typing import Any, TypeVar

from adapters.protocols import AdapterError, Flow, ObjectSchema, Page, Record, Schema
from engine.asking import NoWire
from tests.engine.tables import Rows
from tests.simulation.machine import Machine

T = TypeVar("T")

PAGE = 2
"""Records on a page."""

OFTEN = 0.4
"""How likely something changes before a page is read."""


class Shifting:
    """The rows of a source on their way from one state to another, one record at a time, in an order by lot.

    Args:
        machine: its dice. before, after: the two states.
    """

    def __init__(self, machine: Machine, before: Rows, after: Rows) -> None:
        self.machine = machine
        self.rows = {name: {row["ID"]: row for row in rows} for name, rows in before.items()}
        wanted = {name: {row["ID"]: row for row in rows} for name, rows in after.items()}
        self._moves: list[tuple[str, str, dict[str, str] | None]] = [
            (name, id, wanted.get(name, {}).get(id))
            for name in sorted(self.rows.keys() | wanted.keys())
            for id in sorted(self.rows.get(name, {}).keys() | wanted.get(name, {}).keys())
            if self.rows.get(name, {}).get(id) != wanted.get(name, {}).get(id)
        ]
        machine.dice.shuffle(self._moves)

    @property
    def settled(self) -> bool:
        """Whether nothing changes any more."""
        return not self._moves

    def shift(self) -> None:
        """One record changes, or none does."""
        if self._moves and self.machine.dice.random() < OFTEN:
            name, id, row = self._moves.pop()
            self.machine.tell("source", name, id, "gone" if row is None else "is other")
            if row is None:
                del self.rows[name][id]
            else:
                self.rows[name][id] = row


class Moving:
    """The source as a process reads it: pages from a key on, so that what comes and goes shifts no page."""

    def __init__(self, objects: Sequence[ObjectSchema], shifting: Shifting) -> None:
        self.objects = tuple(objects)
        self.shifting = shifting

    def schema(self) -> Flow[Schema]:
        """What it holds; it is live and has no fingerprint."""
        return Schema(system="tables", objects=self.objects)
        yield

    def read(self, object: str, since: str | None, at: str | None) -> Flow[Page]:
        """The next records by id."""
        self.shifting.shift()
        rows = [row for id, row in sorted(self.shifting.rows.get(object, {}).items()) if id > (at or "")]
        page = rows[:PAGE]
        records = tuple(Record(values=row, id=row["ID"], where=f"{object} {row['ID']}") for row in page)
        return Page(records=records, next=page[-1]["ID"] if len(rows) > PAGE else None)
        yield


class Reading:
    """Its network: an answer takes a while, and the reader can die before and after it."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine

    def one(self, flow: Flow[T]) -> T:
        """Run one flow."""
        self.machine.sleep(self.machine.dice.uniform(0.02, 0.4))
        return NoWire().one(flow)

    def many(self, flows: Sequence[Flow[Any]]) -> list[Any | AdapterError]:
        """Run flows, one after the other, in an order by lot."""
        order = list(range(len(flows)))
        self.machine.dice.shuffle(order)
        found = {n: self.one(flows[n]) for n in order}
        return [found[n] for n in range(len(flows))]
