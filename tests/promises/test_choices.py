"""Section 4: what a map may choose, both ways of each choice; and times and probabilities at the destination."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from adapters.protocols import Field, Identity, Link, ObjectSchema, Request
from engine.events import ReviewResolved
from engine.mapping import Ask, Mapping, ObjectMap, Pipeline, Rule, Stage
from tests.engine.tables import KEY, Rows, Tables, column
from tests.engine.world import World
from tests.promises.scenes import DESTINATIONS, labelled, of_source, opened, raw, there, through_gates

pytestmark = pytest.mark.xdist_group("choices")

PERSON = Link(name="person", to=("Person",), id_field="Person")
TAGS = Field(key="Tags", label="Tags", kind="multienum", format=";", filled=1)
OBJECTS = (
    ObjectSchema(name="Person", label="Person", identity=Identity(id_field="ID"), title=("Name",), count=1,
                 fields=(*map(column, ("ID", "Name")), TAGS)),
    ObjectSchema(name="Note", label="Note", identity=Identity(id_field="ID"), links=(PERSON,), count=1,
                 fields=tuple(map(column, ("ID", "Person", "Text", "Written")))),
)  # fmt: skip
NOTE = {"ID": KEY, "Person": Rule(link="person"), "Written": Rule(block="Written")}
ROWS: Rows = {
    "Person": [
        {"ID": "1", "Name": "Ann", "Tags": "VIP;Fair"}, {"ID": "2", "Name": "Bob", "Tags": "fair"},
        {"ID": "3", "Name": "Cem", "Tags": ""},
    ],
    "Note": [{"ID": "1", "Person": "1", "Text": "Wants a sample.", "Written": "2024-03-01"}],
}  # fmt: skip


def mapped(tags: Rule, note: ObjectMap) -> Mapping:
    """A map with a treatment of tags and of notes."""
    person = ObjectMap(to="person", fields={"ID": KEY, "Name": Rule(to="name"), "Tags": tags})
    return Mapping(zone="UTC", currency="USD", object={"Person": person, "Note": note})


AS_NOTE = ObjectMap(to="note", links={"person": "person_id"}, fields=NOTE | {"Text": Rule(to="content")})
AS_ACTIVITY = ObjectMap(
    to="activity", links={"person": "person_id"}, set={"type": "task", "subject": "Note", "done": True},
    fields=NOTE | {"Text": Rule(to="note")},
)  # fmt: skip
AS_LABEL = Rule(to="label_ids")
AS_FIELD = Rule(new="Segment", kind="multienum")


def ran(mapping: Mapping, rows: Rows = ROWS) -> World:
    """A world in which everything has been moved."""
    world = of_source(Tables(OBJECTS, rows), mapping)
    assert world.migration.run().outcome == "done"
    assert world.migration.reconcile().ok
    return world


@pytest.mark.promise("F-080")
def test_a_note_becomes_a_note() -> None:
    """By the map, with its person."""
    world = ran(mapped(AS_LABEL, AS_NOTE))
    (note,) = world.wire.records()["notes"]
    ann = next(row["id"] for row in world.wire.records()["persons"] if row["name"] == "Ann")
    assert ("Wants a sample." in note["content"], note["person_id"]) == (True, ann)
    assert world.wire.records()["activities"] == []
    world.close()


@pytest.mark.promise("F-080")
def test_a_note_becomes_an_activity() -> None:
    """By the map, with its person and the same text."""
    world = ran(mapped(AS_LABEL, AS_ACTIVITY))
    (activity,) = world.wire.records()["activities"]
    assert "Wants a sample." in activity["note"]
    assert "Written: 2024-03-01" in activity["note"]
    assert activity["done"] is True
    assert next(iter(there(world, "Note").values()))["person_id"]
    assert world.wire.records()["notes"] == []
    world.close()


def tags_of(world: World, key: str) -> dict[str, set[str]]:
    """The tags of each person in a field, by name."""
    schema = world.migration.describe_destination().object("person")
    assert schema is not None
    field = schema.field(key)
    assert field is not None
    labels = {o.id: o.label for o in field.options}
    found = there(world, "Person").values()
    return {str(v["name"]): {labels[str(id)] for id in v.get(key) or ()} for v in found}


def made_at(world: World, entity: str) -> list[int]:
    """Where the log has what was made of an entity."""
    events = world.journal.log.read(kinds=["WriteApplied"])
    return [e.position for e in events if (world.journal.log.open(e) or {})["entity"] == entity]


@pytest.mark.promise("F-082")
@pytest.mark.parametrize("choice", ["labels", "a field that takes several"])
def test_tags_become_labels_or_a_field(choice: str) -> None:
    """Labels are made before the people and attached by id; or the tags are options of a field, as the map says."""
    rule = AS_LABEL if choice == "labels" else AS_FIELD
    world = ran(mapped(rule, AS_NOTE))
    key = "label_ids" if choice == "labels" else labelled(world, "person", "Segment")
    assert tags_of(world, key) == {"Ann": {"VIP", "Fair"}, "Bob": {"fair"}, "Cem": set()}
    first = min(made_at(world, "person"))
    assert all(position < first for entity in ("field", "options") for position in made_at(world, entity))
    posted = [r.body for r in world.wire.writes if r.path.endswith("/persons") and r.body["name"] == "Ann"]
    sent = posted[0]["label_ids"] if choice == "labels" else posted[0]["custom_fields"][key]
    assert len(sent) == 2
    assert all(isinstance(id, int) for id in sent)
    world.close()


def names_tags(request: Request) -> bool:
    """Whether a request gives a record its tags."""
    body = request.body if isinstance(request.body, dict) else {}
    return body.get("method") != "newTag" and '"VIP"' in msgspec.json.encode(request.body).decode()


@pytest.mark.promise("F-081")
def test_no_tag_is_applied_before_its_record_is_made() -> None:
    """In Nutshell, too: what gives a record its tags is its own create or comes after it."""
    person = ObjectMap(to="contact", fields={"ID": KEY, "Name": Rule(to="name"), "Tags": Rule(to="tags")})
    note = ObjectMap(to="note", links={"person": "contact_id"}, fields=NOTE | {"Text": Rule(to="text")})
    mapping = Mapping(zone="UTC", currency="USD", object={"Person": person, "Note": note})
    world = of_source(Tables(OBJECTS, ROWS), mapping, "nutshell")
    assert world.migration.run().outcome == "done"
    sent = [r for r in world.wire.exchanges if r.unsafe]
    applying = [n for n, r in enumerate(sent) if names_tags(r)]
    makes = [n for n, r in enumerate(sent) if isinstance(r.body, dict) and r.body.get("method") == "newContact"]
    ann = next(n for n in makes if "Ann" in str(sent[n].body))
    assert applying
    assert min(applying) >= ann
    tags = {tag["id"]: tag["name"] for tag in world.wire.records()["tags"]}
    people = {row["name"]: {tags[id] for id in row["links"]["tags"]} for row in world.wire.records()["contacts"]}
    assert people == {"Ann": {"VIP", "Fair"}, "Bob": {"fair"}, "Cem": set()}
    world.close()


# --- instants and figures --------------------------------------------------------------------------------------------

STAMPS = (
    ("2024-01-15 09:30", "2024-01-15T14:30:00Z"), ("2024-07-15 23:45", "2024-07-16T03:45:00Z"),
    ("2024-03-10 03:00", "2024-03-10T07:00:00Z"), ("2023-12-31 23:59", "2024-01-01T04:59:00Z"),
)  # fmt: skip
DEAL = ObjectSchema(
    name="Deal", label="Deal", identity=Identity(id_field="ID"), title=("Name",), count=1,
    fields=(*map(column, ("ID", "Name")), column("Stage", "enum"), column("Chance", "number"),
            Field(key="Opened", label="Opened", kind="datetime", format="%Y-%m-%d %H:%M", filled=1)),
)  # fmt: skip
DEALS: Rows = {
    "Deal": [
        {
            "ID": str(n),
            "Name": f"Deal {n}",
            "Stage": "Asked" if n else "Offered",
            "Chance": str(20 + n),
            "Opened": local,
        }
        for n, (local, _) in enumerate(STAMPS)
    ]
}


def deals(destination: str) -> World:
    """Four deals at a destination, with the chance of their stage and the time at which they were opened."""
    title = {"pipedrive": "deal", "nutshell": "lead"}[destination]
    mapping = Mapping(
        zone="America/New_York",
        currency="USD",
        pipeline=(Pipeline(name="Doors", stages=(Stage(name="Asked"), Stage(name="Offered"))),),
        object={
            "Deal": ObjectMap(
                to=title,
                values={"Stage": {"Asked": {"stage": "Asked"}, "Offered": {"stage": "Offered"}}},
                fields={
                    "ID": KEY, "Name": Rule(to="title"), "Stage": Rule(values="Stage"),
                    "Chance": Rule(new="Stage probability", kind="number"),
                    "Opened": Rule(new="Opened", kind="datetime"),
                },
            )
        },
    )  # fmt: skip
    world = opened(Tables((DEAL,), DEALS), destination)
    if destination == "nutshell":
        stages = [{"name": name, "probability": None} for name in ("Asked", "Offered")]
        world.wire.sandbox.control("POST", "/sandbox/admin", {"make": "pipeline", "name": "Doors", "stages": stages})
    through_gates(world, world.migration.ways({})[0].source, mapping)  # type: ignore[arg-type]
    assert world.migration.run().outcome == "done"
    return world


@pytest.mark.promise("F-086")
@pytest.mark.parametrize("destination", DESTINATIONS)
def test_a_local_time_becomes_the_same_instant(destination: str) -> None:
    """Written as RFC 3339, summer time and the turn of the year included; the text that was read stays in the log."""
    world = deals(destination)
    key = labelled(world, "deal" if destination == "pipedrive" else "lead", "Opened")
    found = {id: str(values[key]) for id, values in there(world, "Deal").items()}
    for id, text in found.items():
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", text), text
        local = datetime.strptime(STAMPS[int(id)][0], "%Y-%m-%d %H:%M").replace(tzinfo=ZoneInfo("America/New_York"))
        assert datetime.fromisoformat(text) == local == datetime.fromisoformat(STAMPS[int(id)][1])
    assert {id: row["Opened"] for id, row in raw(world, "Deal").items()} == {str(n): s[0] for n, s in enumerate(STAMPS)}
    world.close()


@pytest.mark.promise("F-057")
@pytest.mark.parametrize(
    ("destination", "entity", "kind"), [("nutshell", "lead", "text"), ("pipedrive", "deal", "number")]
)
def test_the_chance_of_a_stage_is_a_field_of_its_own(destination: str, entity: str, kind: str) -> None:
    """The field is there, of numbers where the account has such, and each lead has the value of its own record."""
    world = deals(destination)
    schema = world.migration.describe_destination().object(entity)
    assert schema is not None
    (field,) = [f for f in schema.fields if f.label == "Stage probability"]
    assert (field.kind, field.custom) == (kind, True)
    found = {id: float(values[field.key]) for id, values in there(world, "Deal").items()}
    assert found == {"0": 20, "1": 21, "2": 22, "3": 23}
    world.close()


# --- quotes ----------------------------------------------------------------------------------------------------------

QUOTE = ObjectSchema(
    name="QuoteItem", label="Quote item", identity=Identity(id_field="ID"), title=("Name",), count=1,
    fields=(*map(column, ("ID", "Name")), column("Price", "money")),
)  # fmt: skip
ITEMS: Rows = {"QuoteItem": [{"ID": "1", "Name": "Window", "Price": "120"}, {"ID": "2", "Name": "Trim", "Price": "30"}]}
QUOTES = Mapping(
    zone="UTC",
    currency="USD",
    object={
        "QuoteItem": ObjectMap(
            to="product",
            ask={"Name": Ask(what="is set up for quotes, and may become a product")},
            fields={"ID": KEY, "Name": Rule(to="name"), "Price": Rule(to="prices")},
        )
    },
)


@pytest.fixture
def quoting() -> Iterator[World]:
    """Two items of a quoting set-up, right before the run."""
    made = of_source(Tables((QUOTE,), ITEMS), QUOTES)
    yield made
    made.close()


@pytest.mark.promise("F-094")
@pytest.mark.parametrize(("choice", "products"), [("keep", ["Trim", "Window"]), ("skip", [])])
def test_whether_quotes_become_products_is_decided(quoting: World, choice: str, products: list[str]) -> None:
    """Nothing is made before somebody has decided; either decision is on record with who and why."""
    assert quoting.migration.run().outcome == "gate"
    assert quoting.wire.records()["products"] == []
    asked = [q for q in quoting.migration.reviews() if q.kind == "treatment"]
    assert [q.key for q in asked] == ["1", "2"]
    quoting.migration.resolve([q.id for q in asked], choice, "as agreed on Monday")
    assert quoting.migration.run().outcome == "done"
    assert sorted(row["name"] for row in quoting.wire.records()["products"]) == products
    recorded: list[Any] = [(e.actor, b.choice, b.reason) for e, b in quoting.journal.bodies(ReviewResolved)]
    assert recorded == [("tester", choice, "as agreed on Monday")] * 2
