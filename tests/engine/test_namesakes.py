"""Namesakes and twins: nothing is merged into what is not moved, and no record takes the place of its namesake."""

from typing import Any

import pytest

from adapters.protocols import Link
from engine.mapping import Ask, Mapping, ObjectMap, Rule
from tests.engine.tables import KEY, Rows, Tables, migrated
from tests.engine.test_hanging import table
from tests.engine.world import World

PERSON = table("Person", "Email", "Odd", Email="email")


def twins(odd: str, **rules: Any) -> World:
    """Two persons with one address, twins without a question, of whom the first is odd; moved."""
    fields = {"ID": KEY, "Name": Rule(to="name"), "Email": Rule(to="emails"), "Odd": Rule(exclude="x")}
    persons = ObjectMap(to="person", duplicates="email:Email", fields=fields, **rules)
    rows = [
        {"ID": "1", "Name": "Ann Old", "Email": "ann@acme.example", "Odd": odd},
        {"ID": "2", "Name": "Ann New", "Email": "ann@acme.example", "Odd": ""},
    ]
    mapping = Mapping(zone="UTC", currency="USD", object={"Person": persons})
    return migrated(Tables([PERSON], {"Person": rows}), mapping, duplicates="merge")


@pytest.mark.parametrize(
    ("odd", "rules", "moved"),
    [
        ("became 77", {"leave": {"Odd": "the lead became a client"}}, ["Ann New"]),
        ("spam", {"ask": {"Odd": Ask(what="is odd")}}, ["Ann New"]),
        ("", {"leave": {"Odd": "the lead became a client"}}, ["Ann Old"]),
    ],
    ids=["left by the map", "left out by an answer", "moved"],
)
def test_a_twin_of_what_is_not_moved_is_moved_itself(odd: str, rules: dict[str, Any], moved: list[str]) -> None:
    """Of two twins one stands at the destination, whatever stands against the other."""
    world = twins(odd, **rules)
    assert [person["name"] for person in world.wire.records()["persons"]] == moved
    assert world.counts()["Person"]["skipped"] == 1
    world.close()


AT = Link(name="company", to=("Company",), name_field="Company")
WITH = Link(name="person", to=("Person",), name_field="Person")
OBJECTS = (
    table("Company"),
    table("Person", "Company", links=(AT,)),
    table("Deal", "Company", "Person", links=(AT, WITH)),
)
MAP = Mapping(
    zone="UTC",
    currency="USD",
    object={
        "Company": ObjectMap(to="organization", fields={"ID": KEY, "Name": Rule(to="name")}),
        "Person": ObjectMap(to="person", links={"company": "org_id"}, fields={
            "ID": KEY, "Name": Rule(to="name"), "Company": Rule(link="company"),
        }),
        "Deal": ObjectMap(to="deal", links={"company": "org_id", "person": "person_id"}, fields={
            "ID": KEY, "Name": Rule(to="title"), "Company": Rule(link="company"), "Person": Rule(link="person"),
        }),
    },
)  # fmt: skip


def smiths(*ids: str, again: str = "") -> Rows:
    """John Smith of Acme (1) and of Zenith (2), and a deal with the one of Acme; `again`: he has another number."""
    of = {"1": "Acme", "2": "Zenith", again: "Acme"}
    persons = [{"ID": id, "Name": "John Smith", "Company": of[id]} for id in (*ids, again) if id]
    return {
        "Company": [{"ID": "1", "Name": "Acme"}, {"ID": "2", "Name": "Zenith"}],
        "Person": persons,
        "Deal": [{"ID": "1", "Name": "Kits", "Company": "Acme", "Person": "John Smith"}],
    }


def buyer(world: World) -> str:
    """The company of the person of the deal."""
    there = world.wire.records()
    (deal,) = there["deals"]
    (person,) = [p for p in there["persons"] if p["id"] == deal["person_id"]]
    (company,) = [o for o in there["organizations"] if o["id"] == person["org_id"]]
    return str(company["name"])


@pytest.mark.parametrize("later", [smiths("2"), smiths("2", again="3")], ids=["gone", "there under another number"])
def test_a_namesake_does_not_take_the_place_of_who_is_gone(later: Rows) -> None:
    """John Smith of Acme is missing from the next export: his deal does not go to John Smith of Zenith."""
    source = Tables(OBJECTS, smiths("1", "2"))
    world = migrated(source, MAP)
    assert buyer(world) == "Acme"
    source.rows = later
    world.migration.sync()
    assert buyer(world) == "Acme"
    world.close()


def test_a_twin_that_stands_at_the_destination_is_not_deleted_without_a_word() -> None:
    """Two people are moved, then one gets the other's address: that one is asked about, even where twins are merged."""
    fields = {"ID": KEY, "Name": Rule(to="name"), "Email": Rule(to="emails"), "Odd": Rule(exclude="x")}
    persons = ObjectMap(to="person", duplicates="email:Email", fields=fields)
    rows = [{"ID": id, "Name": id, "Email": f"{id}@acme.example", "Odd": ""} for id in ("1", "2")]
    source = Tables([PERSON], {"Person": rows})
    world = migrated(source, Mapping(zone="UTC", currency="USD", object={"Person": persons}), duplicates="merge")
    source.rows = {"Person": [rows[0], rows[1] | {"Email": "1@acme.example"}]}
    world.migration.sync()
    assert [person["name"] for person in world.wire.records()["persons"]] == ["1", "2"]
    (question,) = world.migration.reviews()
    world.migration.resolve([question.id], "merge", "they are one")
    world.migration.sync()
    assert [person["name"] for person in world.wire.records()["persons"]] == ["1"]
    world.close()
