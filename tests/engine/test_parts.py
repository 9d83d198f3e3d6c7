"""A record that becomes several counts once, by its worst part, at every moment."""

from collections.abc import Callable, Iterator

import msgspec
import pytest

from adapters.protocols import BudgetSpentError, Cap, Flow, Identity, Link, ObjectSchema, Request, Schema
from engine.mapping import Mapping, ObjectMap, Rule
from tests.engine.tables import KEY, Rows, Tables, begin, column
from tests.engine.test_caps import Capped
from tests.engine.world import World

PARENT = Link(name="parent", to=("Company",), id_field="Parent")
OBJECTS = (
    ObjectSchema(name="Company", label="Company", identity=Identity(id_field="ID"), links=(PARENT,), title=("Name",),
                 fields=tuple(map(column, ("ID", "Name", "Parent", "Colour"))), count=1),
)  # fmt: skip
MAP = Mapping(
    zone="UTC",
    currency="USD",
    object={
        "Company": ObjectMap(to="organization", links={"parent": "parent_id"}, fields={
            "ID": KEY, "Name": Rule(to="name"), "Parent": Rule(link="parent"),
            "Colour": Rule(new="Colour", kind="text"),
        }),
    },
)  # fmt: skip


def cap(limit: int) -> Callable[[Schema], Cap]:
    """So many custom fields, none of them used."""
    return lambda _: Cap(
        code="custom-fields", entities=("field",), limit=limit, used=0, plan="lite", source="a table of 2025"
    )


def rows(number: int) -> Rows:
    """So many coloured companies."""
    return {"Company": [{"ID": str(n), "Name": f"C{n}", "Parent": "", "Colour": "red"} for n in range(1, number + 1)]}


@pytest.fixture
def world() -> Iterator[World]:
    """Three companies whose colour has no field: with one field the plan is full, and the colour goes into a note."""
    made = World(source=Tables(OBJECTS, rows(3)), destination=Capped(cap(1)))
    made.migration.start("tables", "pipedrive")
    begin(made, MAP, answer="note")
    yield made
    made.close()


def spent_at_notes(request: Request) -> str:
    """The budget is gone when a note is to be written."""
    return "spent" if request.method == "POST" and request.path == "/v1/notes" else ""


def counts(world: World) -> dict[str, int]:
    """What became of the companies, without what is none."""
    return {k: n for k, n in world.counts()["Company"].items() if n and k != "extracted"}


def test_a_record_without_its_note_is_pending_however_often(world: World) -> None:
    """The budget ends before the notes, twice: the companies stay pending, and are written when the notes are."""
    world.wire.hurt = spent_at_notes
    for _ in range(2):
        with pytest.raises(BudgetSpentError):
            world.migration.run()
        assert counts(world) == {
            "pending": 3 - sampled(world),
            **({"written": sampled(world)} if sampled(world) else {}),
        }
    world.wire.hurt = lambda _request: ""
    assert world.migration.run().outcome == "done"
    assert counts(world) == {"written": 3}
    assert world.migration.reconcile().ok


def sampled(world: World) -> int:
    """Companies that the sample has moved whole."""
    return len([n for n in world.wire.records()["notes"] if "Further fields" in n["content"]])


def test_a_conflict_is_not_hidden_by_the_note(world: World) -> None:
    """A company that waits for a person stays held, whatever its note is."""
    assert world.migration.run().outcome == "done"
    organization = next(o for o in world.wire.records()["organizations"] if o["name"] == "C1")
    world.wire.edit("organization", str(organization["id"]), name="Edited")
    world.migration.ways({})[0].source.rows["Company"][0]["Name"] = "Changed"  # type: ignore[attr-defined]
    world.migration.sync()
    assert counts(world)["held"] == 1
    assert [q.blocks for q in world.migration.reviews() if q.kind == "conflict"] == [["Company/1"]]


def test_a_refusal_is_not_hidden_by_the_note(world: World) -> None:
    """A company that is refused again stays rejected, in the server's words."""
    assert world.migration.run().outcome == "done"
    world.migration.ways({})[0].source.rows["Company"][0]["Name"] = "Changed"  # type: ignore[attr-defined]
    world.wire.hurt = lambda r: "refused" if r.method == "PATCH" else ""
    world.migration.sync()
    world.migration.retry((), "")
    assert counts(world)["rejected"] == 1
    assert len(world.migration.rejects()) == 1


def test_a_note_that_is_not_wanted_any_more_goes_alone(world: World) -> None:
    """With a larger plan the colour gets its field and the notes are deleted; no company is skipped for that."""
    assert world.migration.run().outcome == "done"
    world.account.destination.cap = cap(100)  # type: ignore[attr-defined]
    world.migration.describe_destination()
    world.migration.approve("configuration", "")
    assert world.migration.run().outcome == "done"
    assert counts(world) == {"written": 3}
    assert world.wire.records()["notes"] == []
    assert world.migration.reconcile().entities["organization"].found == 3


def test_the_crosswalk_names_the_record_itself(world: World) -> None:
    """Each company has one row, that of its organization."""
    assert world.migration.run().outcome == "done"
    assert [(key, entity) for _, key, entity, _ in world.migration.crosswalk()] == [
        (str(n), "organization") for n in (1, 2, 3)
    ]


class Noteless(Capped):
    """An account that is full, and on whose organizations no note can hang."""

    def schema(self) -> Flow[Schema]:
        """Without the link from notes to organizations."""
        schema = yield from super().schema()
        objects = tuple(
            msgspec.structs.replace(o, fields=tuple(f for f in o.fields if (o.name, f.key) != ("note", "org_id")))
            for o in schema.objects
        )
        return msgspec.structs.replace(schema, objects=objects)


def test_values_that_find_no_place_are_told() -> None:
    """Where no note can hang on the record, each value without a field is a finding."""
    world = World(source=Tables(OBJECTS, rows(2)), destination=Noteless(cap(1)))
    begin(world, MAP, answer="note")
    told = [f for f in world.migration.findings() if f.code == "over-the-cap"]
    assert len(told) == 2
    assert all("no note can hang" in f.detail for f in told)
    world.close()


def family(parent_first: bool) -> Rows:
    """A company and its parent, in either order of the file."""
    made = [
        {"ID": "1", "Name": "Child", "Parent": "2", "Colour": ""},
        {"ID": "2", "Name": "", "Parent": "", "Colour": ""},
    ]
    return {"Company": made[::-1] if parent_first else made}


@pytest.mark.parametrize("parent_first", [True, False])
def test_a_parent_that_waits_makes_its_child_wait_in_any_order(parent_first: bool) -> None:
    """Whether a parent stands before or after its child in the file is the same to both."""
    owners = msgspec.structs.replace(MAP.object["Company"], fields={
        **MAP.object["Company"].fields, "Colour": Rule(owner="owner_id"),
    })  # fmt: skip
    tables = family(parent_first)
    for row in tables["Company"]:
        row["Colour"] = "nobody@nowhere.example" if row["ID"] == "2" else "maya.ortiz@brightpath.example"
        row["Name"] = row["Name"] or "Parent"
    mapping = msgspec.structs.replace(MAP, object={"Company": owners})
    world = World(source=Tables(OBJECTS, tables))
    begin(world, mapping, answer="")
    assert world.migration.run().outcome == "gate"
    found = sorted((key, d, bool(review)) for (_, key), (d, review, _) in world.view.disposed("production").items())
    assert found == [("1", "held", True), ("2", "held", True)]
    world.close()
