"""What is played: a small company, its map, and the points from which the five scenarios start.

Two companies (one the other's parent), two people, a deal with a person and a guest, a note: every kind of relation
that a write can wait for, and details that take a request of their own. A point is a log and an account, copied for
each play.
"""

from functools import cache
from typing import Any, NamedTuple

import msgspec

from adapters.protocols import Identity, Link, ObjectSchema
from engine.mapping import Mapping, ObjectMap, Rule
from tests.engine.tables import KEY, Rows, Tables, begin, column
from tests.engine.world import World

COMPANY = Link(name="company", to=("Company",), id_field="Company")
PARENT = Link(name="parent", to=("Company",), id_field="Parent")
FIRST = Link(name="first", to=("Person",), id_field="First")
SECOND = Link(name="second", to=("Person",), id_field="Second")


def _object(name: str, links: tuple[Link, ...], *columns: str) -> ObjectSchema:
    fields = tuple(column(c, "number" if c in ("Worth", "Staff") else "text") for c in ("ID", *columns))
    identity = Identity(id_field="ID")
    return ObjectSchema(
        name=name, label=name, identity=identity, links=links, title=(columns[0],), fields=fields, count=1
    )


OBJECTS = (
    _object("Company", (PARENT,), "Name", "Parent", "Staff"),
    _object("Person", (COMPANY,), "Name", "Company"),
    _object("Deal", (COMPANY, FIRST, SECOND), "Name", "Company", "First", "Second", "Worth"),
    _object("Note", (COMPANY,), "Text", "Company"),
)

MAP = Mapping(
    zone="UTC",
    currency="USD",
    object={
        "Company": ObjectMap(to="organization", links={"parent": "parent_id"}, fields={
            "ID": KEY, "Name": Rule(to="name"), "Parent": Rule(link="parent"),
            "Staff": Rule(new="Staff", kind="number"),
        }),
        "Person": ObjectMap(to="person", links={"company": "org_id"}, fields={
            "ID": KEY, "Name": Rule(to="name"), "Company": Rule(link="company"),
        }),
        "Deal": ObjectMap(
            to="deal", links={"company": "org_id", "first": "person_id", "second": "participants"}, fields={
                "ID": KEY, "Name": Rule(to="title"), "Company": Rule(link="company"), "First": Rule(link="first"),
                "Second": Rule(link="second"), "Worth": Rule(to="value"),
            }, set={"currency": "USD"},
        ),
        "Note": ObjectMap(to="note", links={"company": "org_id"}, fields={
            "ID": KEY, "Text": Rule(to="content"), "Company": Rule(link="company"),
        }),
    },
)  # fmt: skip

BASE: Rows = {
    "Company": [
        {"ID": "1", "Name": "Acme Tools", "Parent": "2", "Staff": "12"},
        {"ID": "2", "Name": "Acme Holding", "Parent": "", "Staff": "3"},
    ],
    "Person": [{"ID": "1", "Name": "Ann Lee", "Company": "1"}, {"ID": "2", "Name": "Bob Roy", "Company": "2"}],
    "Deal": [{"ID": "1", "Name": "Lathe", "Company": "1", "First": "1", "Second": "2", "Worth": "4200"}],
    "Note": [{"ID": "1", "Text": "Met at the fair", "Company": "1"}],
}

DELTA: Rows = {
    "Company": [
        {"ID": "1", "Name": "Acme Tools", "Parent": "", "Staff": "14"},
        {"ID": "2", "Name": "Acme Group", "Parent": "", "Staff": "3"},
        {"ID": "3", "Name": "Borg Ltd", "Parent": "2", "Staff": ""},
    ],
    "Person": [{"ID": "1", "Name": "Ann Lee-Roy", "Company": "1"}, {"ID": "3", "Name": "Cem Oz", "Company": "3"}],
    "Deal": [{"ID": "1", "Name": "Lathe and mill", "Company": "1", "First": "3", "Second": "1", "Worth": "5100"}],
    "Note": [{"ID": "1", "Text": "Met at the fair", "Company": "1"}, {"ID": "2", "Text": "Called", "Company": "3"}],
}
"""The day after: a parent taken away, names and numbers changed, a person gone, the deal's people others, three new."""

POLICIES = {"zone": "UTC", "currency": "USD", "duplicates": "ask", "conflicts": "review", "deletions": "propagate"}


class Point(NamedTuple):
    """Where a play starts: the store's bytes (log, keys), the account's state and time, the log's head."""

    log: bytes
    keys: bytes
    account: list[Any]
    now: float
    head: int


def _world(rows: Rows) -> World:
    return World(source=Tables(OBJECTS, rows), **POLICIES)


@cache
def point(name: str) -> Point:
    """The point before the run, after it, or after the delta ("before", "moved", "delta")."""
    world = _world(BASE)
    begin(world, MAP)
    if name != "before":
        assert world.migration.run().outcome == "done"
    if name == "delta":
        world.migration.checkpoint("before-delta")
        source: Any = world.migration.ways({})[0].source
        source.rows = DELTA
        assert world.migration.sync().outcome == "done"
    connection: Any = world.journal.log._engine.raw_connection()
    log, keys = connection.driver_connection.serialize(), connection.driver_connection.serialize(name="vault")
    connection.close()
    made = Point(log, keys, msgspec.to_builtins(world.wire.sandbox.world.dump()), world.wire.sandbox.now,
                 world.journal.log.head().position)  # fmt: skip
    world.close()
    return made
