"""A custom field that is younger than a record at the destination: what people put there meanwhile is theirs."""

from collections.abc import Iterator

import pytest

from engine.history import source_schema
from engine.mapfile import render
from engine.mapping import Mapping, ObjectMap, Rule
from tests.engine.tables import KEY, Tables, migrated
from tests.engine.test_hanging import table
from tests.engine.world import World

PERSON = table("Person", "Role")


def mapping(role: Rule) -> Mapping:
    """Persons, with or without their role."""
    fields = {"ID": KEY, "Name": Rule(to="name"), "Role": role}
    return Mapping(zone="UTC", currency="USD", object={"Person": ObjectMap(to="person", fields=fields)})


def ann(role: str) -> dict[str, list[dict[str, str]]]:
    """One person."""
    return {"Person": [{"ID": "1", "Name": "Ann", "Role": role}]}


@pytest.fixture
def source() -> Tables:
    return Tables([PERSON], ann(""))


@pytest.fixture
def world(source: Tables) -> Iterator[World]:
    """A person is moved without a role; then the map gets a field for roles, and the account has it."""
    made = migrated(source, mapping(Rule(exclude="not yet")))
    made.migration.confirm(render(mapping(Rule(new="Role", kind="text")), source_schema(made.journal)))
    made.migration.approve("configuration", "")
    made.migration.sample(1)
    made.migration.approve("sample", "")
    assert made.migration.run().outcome == "done"
    yield made
    made.close()


def role_key(world: World) -> str:
    """The key of the field for roles."""
    person = world.migration.describe_destination().object("person")
    assert person is not None
    return next(field.key for field in person.fields if field.label == "Role")


def role(world: World) -> str:
    """The role that the person has there."""
    (person,) = world.wire.records()["persons"]
    return str(person["custom_fields"].get(role_key(world)))


def test_what_a_person_put_there_is_asked_about(world: World, source: Tables) -> None:
    """No answer of ours has ever shown the field; a role that stands there is a person's, and stays for now."""
    (person,) = world.wire.records()["persons"]
    world.wire.edit("person", str(person["id"]), custom_fields={role_key(world): "Queen"})
    source.rows = ann("Buyer")
    world.migration.sync()
    assert role(world) == "Queen"
    assert [question.kind for question in world.migration.reviews()] == ["conflict"]


def test_an_empty_field_is_filled_without_a_question(world: World, source: Tables) -> None:
    """Where nobody put anything, the source's value goes there, and so does the next one."""
    for value in ("Buyer", "Owner"):
        source.rows = ann(value)
        assert world.migration.sync().outcome == "done"
        assert role(world) == value
    assert world.migration.reviews() == []


@pytest.fixture
def theirs() -> Iterator[tuple[World, Tables]]:
    """Two persons are moved; then a person makes a field of their own and fills it at the first."""
    source = Tables([PERSON], {"Person": [{"ID": id, "Name": f"P{id}", "Role": ""} for id in "12"]})
    made = migrated(source, mapping(Rule(exclude="not yet")), deletions="propagate")
    field = {"entity": "person", "label": "Mood", "kind": "text"}
    key = made.wire.one(made.account.destination.create("field", field)).id.rpartition("/")[2]
    first = next(person for person in made.wire.records()["persons"] if person["name"] == "P1")
    made.wire.edit("person", str(first["id"]), custom_fields={key: "happy"})
    yield made, source
    made.close()


def names(world: World) -> list[str]:
    """The persons that are there."""
    return [str(person["name"]) for person in world.wire.records()["persons"]]


def test_a_record_is_not_deleted_under_what_a_person_put_into_their_own_field(theirs: tuple[World, Tables]) -> None:
    """Both persons go at the source; the one whose new field a person filled stays until somebody decides."""
    world, source = theirs
    source.rows = {"Person": []}
    world.migration.sync(force=True)
    assert names(world) == ["P1"]
    assert [question.kind for question in world.migration.reviews()] == ["conflict"]


def test_a_rollback_takes_nothing_from_a_persons_own_field(theirs: tuple[World, Tables]) -> None:
    """The untouched person goes; the other one is held, with the reason."""
    world, _ = theirs
    undoing = world.migration.rewind(0, "rollback")
    assert names(world) == ["P1"]
    assert "edited" in {draft.kind for draft in undoing.held}
