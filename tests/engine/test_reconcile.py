"""Reconciliation: "both sides agree" is said only when everything that was read is settled, and as it is there."""

from typing import Any

import pytest

from engine.mapping import Mapping, ObjectMap, Rule
from ops.cli.move import _verdict
from tests.engine.tables import KEY, Tables, begin, migrated
from tests.engine.test_hanging import table
from tests.engine.world import World

PERSON = table("Person", "Email", Email="email")
DEAL = table("Deal", "Value", "Currency", Value="money")
ANN = {"ID": "1", "Name": "Ann", "Email": "ann@acme.example"}
BOB = {"ID": "2", "Name": "Bob", "Email": "bob@acme.example"}
PERSONS = Mapping(zone="UTC", currency="USD", object={
    "Person": ObjectMap(to="person", fields={"ID": KEY, "Name": Rule(to="name"), "Email": Rule(to="emails")}),
})  # fmt: skip


def test_a_record_that_was_refused_is_named() -> None:
    """One of two records was refused, and the server said why: what was read is not all there, which is not hidden."""
    world = World(source=Tables([PERSON], {"Person": [ANN, BOB]}))
    begin(world, PERSONS)
    world.wire.hurt = lambda request: "refused" if request.unsafe and "Bob" in str(request) else ""
    world.migration.run()
    found = world.migration.reconcile()
    assert found.entities["person"].unsettled == [{"object": "Person", "key": "2", "state": "rejected"}]
    assert _verdict(found).startswith(
        "Both sides agree on what was written; 1 records wait (held, rejected or pending)"
    )
    world.wire.hurt = lambda _request: ""
    world.migration.retry((), "")
    assert _verdict(world.migration.reconcile()) == "Both sides agree."
    world.close()


def test_a_change_that_was_read_and_not_written_is_a_difference() -> None:
    """The source has changed since the last write; until that is written the sides do not agree."""
    source = Tables([PERSON], {"Person": [ANN]})
    world = migrated(source, PERSONS)
    assert world.migration.reconcile().ok
    source.rows = {"Person": [ANN | {"Name": "Annie"}]}
    world.migration.discover()
    found = world.migration.reconcile()
    assert not found.ok
    assert found.entities["person"].unsettled == [{"object": "Person", "key": "1", "state": "pending"}]
    world.close()


@pytest.mark.parametrize("answered", [True, False], ids=["by an answer", "by policy"])
def test_a_decision_about_one_field_hides_no_other(answered: bool) -> None:
    """That a person's name stands was decided; that somebody has changed the address since was not."""
    source = Tables([PERSON], {"Person": [ANN]})
    world = migrated(source, PERSONS, conflicts="review" if answered else "destination")
    (person,) = world.wire.records()["persons"]
    world.wire.edit("person", str(person["id"]), name="Anna")
    source.rows = {"Person": [ANN | {"Name": "Annie"}]}
    world.migration.sync()
    if answered:
        (question,) = world.migration.reviews()
        world.migration.resolve([question.id], "destination", "")
        world.migration.sync()
    assert world.migration.reconcile().ok
    world.wire.edit("person", str(person["id"]), emails=[{"value": "x@else.example", "primary": True, "label": "work"}])
    found = world.migration.reconcile()
    assert not found.ok
    assert [difference.field for difference in found.entities["person"].different] == ["emails"]
    world.close()


def moved(to: str, *rows: tuple[str, str]) -> World:
    """Deals or leads with their amounts, moved."""
    currency = Rule(to="currency") if to == "deal" else Rule(to="value", part="currency")
    fields = {"ID": KEY, "Name": Rule(to="title"), "Value": Rule(to="value"), "Currency": currency}
    cells = [{"ID": str(n), "Name": f"No {n}", "Value": v, "Currency": c} for n, (v, c) in enumerate(rows, 1)]
    links: dict[str, Any] = {}
    people = Mapping(zone="UTC", currency="USD", object={"Deal": ObjectMap(to=to, fields=fields, links=links)})
    return migrated(Tables([DEAL], {"Deal": cells}), people)


def test_sums_are_of_one_currency_each() -> None:
    """A deal whose currency was changed there is in the sum of its present currency on that side."""
    world = moved("deal", ("10.10", "USD"), ("20.20", "USD"), ("5", "EUR"), ("", "EUR"))
    first = next(deal for deal in world.wire.records()["deals"] if deal["title"] == "No 1")
    world.wire.edit("deal", str(first["id"]), currency="EUR")
    found = world.migration.reconcile()
    assert not found.ok
    assert found.entities["deal"].sums == {
        "USD": {"source": 30.3, "destination": 20.2}, "EUR": {"source": 5, "destination": 15.1},
    }  # fmt: skip
    world.close()
