"""Where records hang: further records, stand-ins, weak twins; what cells that name something say; days with a clock."""

from collections.abc import Iterator

import msgspec
import pytest

from adapters.protocols import Identity, Link, ObjectSchema, Option, User
from engine.history import Item
from engine.lists import closed, measured
from engine.mapping import EMPTY, Mapping, ObjectMap, Rule
from tests.engine.tables import KEY, Rows, Tables, begin, column
from tests.engine.world import World


def table(name: str, *columns: str, links: tuple[Link, ...] = (), **kinds: str) -> ObjectSchema:
    """An object of a source whose columns are texts but for those of another kind."""
    fields = tuple(column(c, kinds.get(c, "text")) for c in ("ID", "Name", *columns))
    return ObjectSchema(name=name, label=name, identity=Identity(id_field="ID"), title=("Name",), links=links,
                        fields=fields, count=1)  # fmt: skip


def link(name: str, *to: str, many: bool = False) -> Link:
    """A relation by the column of its name."""
    return Link(name=name, to=to, id_field=name, many=many)


OBJECTS = (
    table("Person", "Phone", "Street", Phone="phone"),
    table("Job", "Person", links=(link("Person", "Person"),), Person="reference"),
    table("Note", "On", "By", links=(link("On", "Person", "Job", many=True),), On="reference", By="user"),
    table("Visit", "Day", "Clock", "Minutes", "Mood", Day="date", Minutes="number", Mood="multienum"),
)
MOODS = ("good", "so, so")

MAP = Mapping(
    zone="America/New_York",
    currency="USD",
    object={
        "Person": ObjectMap(to="person", similar=("Phone", "Street"), fields={
            "ID": KEY, "Name": Rule(to="name"), "Phone": Rule(to="phones"), "Street": Rule(exclude=EMPTY),
        }),
        # a job is a product there, on which no note hangs
        "Job": ObjectMap(to="product", flag="a job became a product", fields={
            "ID": KEY, "Name": Rule(to="name"), "Person": Rule(new="For", kind="text"),
        }),
        "Note": ObjectMap(to="note", links={"On": "person_id|org_id"}, needs=("On",), alone=False, fields={
            "ID": KEY, "Name": Rule(to="content"), "On": Rule(link="On", keep="Hangs on"),
            "By": Rule(owner="user_id", keep="Original owner"),
        }),
        "Visit": ObjectMap(
            to="activity",
            values={"Mood": {"good": {"as": "Good"}, "so, so": {"as": "So so"}}},
            fields={
                "ID": KEY, "Name": Rule(to="subject"), "Day": Rule(to="due_date", at="Clock"),
                "Clock": Rule(block="Clock"), "Minutes": Rule(to="duration", part="minutes"),
                "Mood": Rule(block="Mood", values="Mood"),
            },
        ),
    },
)  # fmt: skip

USERS = (
    User("u1", "Maya Ortiz", "maya.ortiz@brightpath.example", active=True),
    User("u2", "Gil Foster", "gil.foster@brightpath.example", active=False),
    User("u3", "Robot", "", active=False),
)


class Staffed(Tables):
    """A source of rows that knows its users."""

    def schema(self):  # type: ignore[no-untyped-def]
        """What it holds, and who is there."""
        found = yield from super().schema()
        rules = [{"object": "Person", "name": "R", "field": "Name", "message": "Say who", "active": True}]
        return msgspec.structs.replace(found, users=USERS, account={"validation_rules": rules})


def visit(id: int, day: str, clock: str = "", minutes: str = "", mood: str = "") -> dict[str, str]:
    """A visit."""
    return {"ID": f"v{id}", "Name": f"Visit {id}", "Day": day, "Clock": clock, "Minutes": minutes, "Mood": mood}


ROWS: Rows = {
    "Person": [
        {"ID": "p1", "Name": "Ann Lee", "Phone": "(212) 555-0100", "Street": "1 Bay Rd"},
        {"ID": "p2", "Name": "A. Lee", "Phone": "+1 212.555.0100", "Street": "1 BAY RD."},
        {"ID": "p3", "Name": "Bob Roy", "Phone": "", "Street": ""},
    ],
    "Job": [{"ID": "j1", "Name": "Roof", "Person": "p3"}],
    "Note": [
        {"ID": "n1", "Name": "Both", "On": '["p1","p3"]', "By": "u1"},
        {"ID": "n2", "Name": "By the job", "On": '["j1"]', "By": "u2"},
        {"ID": "n3", "Name": "Robot's", "On": '["p1"]', "By": "u3"},
    ],
    "Visit": [
        visit(1, "2025-02-22", "3:00 PM", "90", "good"),
        visit(2, "2025-02-22", "later"),
        visit(3, "2025-02-22", "", "", "so, so;odd"),
    ],
}


def moods(objects: tuple[ObjectSchema, ...]) -> tuple[ObjectSchema, ...]:
    """The objects, with values apart by semicolons."""
    *others, visits = objects
    fields = tuple(msgspec.structs.replace(f, format=";") if f.key == "Mood" else f for f in visits.fields)
    return (*others, msgspec.structs.replace(visits, fields=fields))


def jsoned(objects: tuple[ObjectSchema, ...]) -> tuple[ObjectSchema, ...]:
    """The objects, with lists of ids as JSON."""
    found = []
    for one in objects:
        many = {k.id_field for k in one.links if k.many}
        fields = tuple(msgspec.structs.replace(f, many=True, format="json") if f.key in many else f for f in one.fields)
        found.append(msgspec.structs.replace(one, fields=fields))
    return tuple(found)


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """Everything moved, each question answered by the fallback or as it stands."""
    told = msgspec.structs.replace(MAP, automation_owners=("Robot",))
    made = World(source=Staffed(moods(jsoned(OBJECTS)), ROWS))
    begin(made, told, answer="user:sam.whitlock@brightpath.example")
    made.migration.resolve([q.id for q in made.migration.reviews() if q.kind == "value"], "new:odd", "")
    made.migration.approve("configuration", "")
    assert made.migration.run().outcome == "done"
    yield made
    made.close()


def found(world: World, code: str) -> list[str]:
    """The keys of findings of a code."""
    return [f.key for f in world.migration.findings() if f.code == code]


def notes(world: World) -> dict[str, list[dict[str, object]]]:
    """Notes at the account, by the first line of their text."""
    rows: dict[str, list[dict[str, object]]] = {}
    for row in world.wire.records()["notes"]:
        rows.setdefault(str(row["content"]).partition("<")[0], []).append(row)
    return rows


def test_a_note_of_several_is_written_for_each(world: World) -> None:
    """Two notes of one source record: it is whole when both are there, and both go with a rollback."""
    persons = {row["name"]: row["id"] for row in world.wire.records()["persons"]}
    both = notes(world)["Both"]
    assert {note["person_id"] for note in both} == {persons["Ann Lee"], persons["Bob Roy"]}
    assert world.counts()["Note"] | {"written": 3, "pending": 0, "held": 0} == world.counts()["Note"]
    assert world.migration.reconcile().ok
    writes = len(world.wire.writes)
    assert world.migration.run().outcome == "done"
    assert len(world.wire.writes) == writes


def test_what_belongs_to_a_job_stands_in_for_it(world: World) -> None:
    """The note of a job hangs on the job's person, and names the job in words; that is told."""
    persons = {row["name"]: row["id"] for row in world.wire.records()["persons"]}
    (note,) = notes(world)["By the job"]
    assert note["person_id"] == persons["Bob Roy"]
    assert "Hangs on: Roof" in str(note["content"])
    assert found(world, "link-stands-in") == ["n2"]


def test_whose_record_somebody_else_takes_is_kept(world: World) -> None:
    """By address; not where the owner was matched; a machine is told of, and nobody is asked."""
    by = {name: str(rows[0]["content"]) for name, rows in notes(world).items()}
    assert "Original owner: gil.foster@brightpath.example" in by["By the job"]
    assert "Original owner" not in by["Both"]
    assert found(world, "automation-owner") == ["n3"]


def test_a_reference_is_a_name_in_a_text(world: World) -> None:
    """No id of the old system stands where people read."""
    (key,) = [f["key"] for f in world.wire.records()["fields"] if f["name"] == "For"]
    assert [row["custom_fields"][key] for row in world.wire.records()["products"]] == ["Bob Roy"]
    assert found(world, "flagged") == ["j1"]


def test_weak_twins_are_asked_about_and_stay_two(world: World) -> None:
    """The same phone in another form and the same street: shown, and not merged by itself."""
    (asked,) = [q for q in world.migration.reviews(None) if q.kind == "duplicate"]
    assert (asked.key, asked.proposed, asked.choice) == ("p2", "keep", "keep")
    assert "Phone and Street" in asked.question
    assert len(world.wire.records()["persons"]) == 3


def test_a_day_and_a_time_of_day_are_one_instant(world: World) -> None:
    """Three in the afternoon of New York; what is no time is told, and the day stays; minutes are a duration."""
    rows = {row["subject"]: row for row in world.wire.records()["activities"]}
    assert (rows["Visit 1"]["due_date"], rows["Visit 1"]["due_time"][:5]) == ("2025-02-22", "20:00")
    assert rows["Visit 1"]["duration"][:5] == "01:30"
    assert (rows["Visit 2"]["due_date"], rows["Visit 2"]["due_time"]) == ("2025-02-22", None)
    assert found(world, "not-a-time") == ["v2"]


def test_each_value_of_several_travels_by_itself(world: World) -> None:
    """Known ones under their labels; an unknown one was a question, and is what a person said."""
    rows = {row["subject"]: str(row["note"]) for row in world.wire.records()["activities"]}
    assert "Mood: Good" in rows["Visit 1"]
    assert "Mood: So so, odd" in rows["Visit 3"]
    (asked,) = [q for q in world.migration.reviews(None) if q.kind == "value"]
    assert asked.choices == ["as:good", "as:so, so", "new:odd"]


def test_rules_and_fields_that_filled_up_are_told(world: World) -> None:
    """What the source enforces, and what was empty when the map was made."""
    (rule,) = [f.detail for f in world.migration.findings() if f.code == "validation-rule"]
    assert rule.startswith("R: Say who")
    assert found(world, "no-longer-empty") == ["p1", "p2"]


def test_pick_lists_that_are_described_are_closed() -> None:
    """Each option under its label, whether or not a record has it; fields are counted where the source did not."""
    schema = table("Visit", "Mood", Mood="enum")
    fields = tuple(
        msgspec.structs.replace(f, filled=0, options=(Option("g", "Good"), Option("b", "")) if f.key == "Mood" else ())
        for f in schema.fields
    )
    schema = msgspec.structs.replace(schema, fields=fields)
    item = Item(object="Visit", key="v1", number=1, position=1, values={"ID": "v1", "Name": "", "Mood": "g"})
    counted = measured(schema, {"v1": item})
    assert {f.key: f.filled for f in counted.fields} == {"ID": 1, "Name": 0, "Mood": 1}
    rules = {"ID": KEY, "Name": Rule(to="subject"), "Mood": Rule(block="Mood")}
    made = closed(ObjectMap(to="activity", fields=rules), counted)
    assert made.fields["Mood"].values == "Mood"
    assert made.values == {"Mood": {"g": {"as": "Good"}, "b": {"as": "b"}}}
