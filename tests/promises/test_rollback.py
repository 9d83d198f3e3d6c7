"""Section 14, row by row and by its checks, into both destinations: what a run did can be taken back, and how."""

from collections.abc import Callable
from typing import Any

import pytest

from adapters.protocols import Identity, Link, ObjectSchema, Request
from engine.events import WriteApplied, WriteIntended
from engine.extract import describe
from engine.mapfile import render
from engine.mapping import Mapping, ObjectMap, Rule
from engine.undo import Undoing
from tests.engine.tables import KEY, Rows, Tables, column
from tests.engine.world import World
from tests.promises import scenes
from tests.promises.scenes import DESTINATIONS
from tests.undo import dumps, nutshell_dumps

LINK = Link(name="company", to=("Company",), id_field="Company")
OBJECTS = (
    ObjectSchema(
        name="Company", label="Company", identity=Identity(id_field="ID"), title=("Name",), count=1,
        fields=(column("ID"), column("Name"), column("Staff", "number")),
    ),
    ObjectSchema(
        name="Person", label="Person", identity=Identity(id_field="ID"), title=("Name",), count=1, links=(LINK,),
        fields=(column("ID"), column("Name"), column("Company")),
    ),
)  # fmt: skip
ROWS: Rows = {
    "Company": [{"ID": "1", "Name": "Acme Tools", "Staff": "12"}, {"ID": "2", "Name": "Borg Ltd", "Staff": "3"}],
    "Person": [{"ID": "1", "Name": "Ann Lee", "Company": "1"}, {"ID": "2", "Name": "Bob Roy", "Company": "2"}],
}
COMPANY = {"pipedrive": "organization", "nutshell": "account"}
PERSON = {"pipedrive": "person", "nutshell": "contact"}
TABLES = {"pipedrive": ("organizations", "persons"), "nutshell": ("accounts", "contacts")}
FIELDS = {"pipedrive": "fields", "nutshell": "custom_fields"}
EDIT = {"pipedrive": {"name": "Ann Lee-Roy"}, "nutshell": {"description": "Tom knows her"}}
DUMP = {"pipedrive": dumps.dump, "nutshell": nutshell_dumps.dump}

both = pytest.mark.parametrize("name", DESTINATIONS)


def mapped(name: str, label: str = "Staff") -> Mapping:
    """The map into a destination; `label`: what the number of people is called there."""
    parent = {"pipedrive": "org_id", "nutshell": "account_id"}[name]
    company = {"ID": KEY, "Name": Rule(to="name"), "Staff": Rule(new=label, kind="number")}
    person = {"ID": KEY, "Name": Rule(to="name"), "Company": Rule(link="company")}
    return Mapping(
        zone="UTC",
        currency="USD",
        object={
            "Company": ObjectMap(to=COMPANY[name], fields=company),
            "Person": ObjectMap(to=PERSON[name], links={"company": parent}, fields=person),
        },
    )


def opened(name: str) -> World:
    """A migration into an account in which a company and a person are people's own."""
    source: Any = Tables(OBJECTS, {obj: [dict(row) for row in rows] for obj, rows in ROWS.items()})
    world = scenes.opened(source, name)
    world.wire.one(world.account.destination.create(COMPANY[name], {"name": "Old Mill"}))
    world.wire.one(world.account.destination.create(PERSON[name], {"name": "Tom Old"}))
    return world


def begun(world: World, label: str = "Staff") -> World:
    """The same, right before its run."""
    scenes.through_gates(world, world.migration.ways({})[0].source, mapped(world.account.destination.name, label))
    return world


def run(world: World) -> World:
    """The same, moved."""
    assert world.migration.run().outcome == "done"
    return world


def rows(world: World, name: str) -> dict[str, Any]:
    """The live records of the account, every field of them."""
    records = world.wire.records()
    return {table: [r for r in records[table] if not r.get("is_deleted")] for table in TABLES[name]}


def fields(world: World, name: str) -> set[str]:
    """The names of the fields of the account."""
    return {str(f.get("title") or f["name"]) for f in world.wire.records()[FIELDS[name]]}


def rollback(world: World) -> Undoing:
    """Everything taken back."""
    return world.migration.rewind(0, "rollback")


@pytest.mark.promise("F-161")
@both
def test_live_records_equal_those_before_the_run_and_the_residue_is_as_listed(name: str) -> None:
    """Field by field; what no API takes back is said before, and exactly that is found after."""
    world = opened(name)
    before, known = rows(world, name), fields(world, name)
    run(begun(world))
    assert rows(world, name) != before
    listed = world.migration.undoing(0).residue
    undoing = rollback(world)
    assert rows(world, name) == before
    assert (undoing.residue, undoing.held, undoing.impossible) == (listed, [], [])
    left = fields(world, name) - known
    assert {r["id"].rpartition("/")[2].removeprefix("cf:") for r in listed} == left
    assert bool(left) == (name == "nutshell")
    order = [s.change.part.entity for s in undoing.steps if s.action == "delete"]
    assert order.index(PERSON[name]) < order.index(COMPANY[name])
    world.close()


@pytest.mark.promise("F-162")
@both
def test_the_old_value_of_a_record_that_existed_returns(name: str) -> None:
    """A second run changes a record that the first had left; taken back, every field is as it was."""
    world = run(begun(opened(name)))
    before = DUMP[name](world.wire.records())
    there = world.journal.log.head().position
    source: Any = world.migration.ways({})[0].source
    source.rows["Company"][0] |= {"Name": "Acme Tools and Dies", "Staff": "14"}
    assert world.migration.sync().outcome == "done"
    assert DUMP[name](world.wire.records()) != before
    undoing = world.migration.rewind(there, "rewind")
    assert undoing.count("restore") > 0
    assert DUMP[name](world.wire.records()) == before
    world.close()


@pytest.mark.promise("F-163")
@both
def test_an_edited_record_survives_and_the_list_says_who_waits(name: str) -> None:
    """What a person changed stays, with what it stands on; the rest goes; the list names it."""
    world = run(begun(opened(name)))
    ids = {key: id for obj, key, _, id in world.migration.crosswalk() if obj == "Person"}
    person = ids["1"]
    destination = world.account.destination
    world.wire.edit(PERSON[name], person, **EDIT[name])
    undoing = rollback(world)
    assert [draft.subject for draft in undoing.held] == [("Person", "1")]
    assert [(r.object, r.key) for r in world.view.reviews() if r.kind == "edited"] == [("Person", "1")]
    people = world.wire.one(destination.list(PERSON[name], None)).records
    assert len(people) == 2
    edited = world.wire.one(destination.fetch(PERSON[name], [person]))[person].values
    assert {k: edited[k] for k in EDIT[name]} == EDIT[name]
    companies = world.wire.one(destination.list(COMPANY[name], None)).records
    assert sorted(str(c.values["name"]) for c in companies) == ["Acme Tools", "Old Mill"]
    world.close()


@pytest.mark.promise("F-164")
@both
def test_after_a_rollback_a_corrected_map_ends_as_a_first_run_with_it(name: str) -> None:
    """The number of people under another label: the account is as if the first map had never been."""
    world = run(begun(opened(name)))
    rollback(world)
    source: Any = world.migration.ways({})[0].source
    schema, _ = describe(world.journal, world.view, (source, None))
    world.migration.confirm(render(mapped(name, "Employees"), schema))
    world.migration.resume("the map is right now")
    for gate in ("configuration", "data"):
        world.migration.approve(gate, "test")
    world.migration.sample(0)
    world.migration.approve("sample", "test")
    run(world)
    first = run(begun(opened(name), "Employees"))
    found, wanted = (DUMP[name](w.wire.records()) for w in (world, first))
    if name == "nutshell":  # its fields cannot be deleted, and the rollback has said so
        assert set(wanted.pop("custom_fields")) < set(found.pop("custom_fields"))
    assert found == wanted
    assert world.migration.reconcile().ok
    world.close()
    first.close()


class DeathError(BaseException):
    """The process is gone."""


def dying(world: World, at: int, *, applied: bool) -> Callable[[Request], str]:
    """The process dies at an unsafe request: before it arrives, or right after."""
    count = [0]

    def hurting(request: Request) -> str:
        count[0] += request.unsafe
        if request.unsafe and count[0] == at:
            if applied:
                world.wire.sandbox.answer(request)
            raise DeathError
        return ""

    return hurting


@pytest.mark.promise("F-165")
@pytest.mark.parametrize("applied", [False, True])
@both
def test_killed_at_any_request_of_a_rollback_the_end_is_the_same(name: str, applied: bool) -> None:
    """Run again, it ends as an undisturbed one; and each of its requests has an intent and an outcome in the log."""
    world = opened(name)
    before = rows(world, name)
    run(begun(world))
    since, sent = world.journal.log.head().position, len(world.wire.writes)
    deaths = 0
    while True:
        world.wire.hurt = dying(world, 2, applied=applied)
        try:
            rollback(world)
        except DeathError:
            deaths += 1
            continue
        break
    world.wire.hurt = lambda _request: ""
    assert deaths > 1
    assert rows(world, name) == before
    assert world.view.in_doubt() == []
    intents = [(e, b) for e, b in world.journal.bodies(WriteIntended, after=since)]
    assert len(intents) >= len(world.wire.writes) - sent  # some of a wave never left: the process was dead
    assert all(b.undoes == 0 for _, b in intents)
    done = {b.intent for _, b in world.journal.bodies(WriteApplied, after=since)}
    assert {b.id for e, b in intents if e.position in done} == {b.id for _, b in intents}
    assert {e.actor for e, _ in intents} == {"tester"}
    world.close()
