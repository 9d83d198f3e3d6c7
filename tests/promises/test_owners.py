"""Sections 5 and 6: who is asked for, and each way out of the owners' queue."""

from collections.abc import Iterator

import pytest

from adapters.protocols import Field, Identity, ObjectSchema
from adapters.sandbox.pipedrive import world as account_world
from engine.events import ReviewResolved
from engine.mapping import Mapping, ObjectMap, Rule
from engine.reviews import Question
from tests.engine.tables import KEY, Rows, Tables, column
from tests.engine.world import TOKEN, World
from tests.promises.scenes import of_source

MAYA, TOM = "maya.ortiz@brightpath.example", "tom.becker@brightpath.example"
DANA = "dana.new@brightpath.example"
OBJECTS = (
    ObjectSchema(
        name="Task", label="Task", identity=Identity(id_field="ID"), title=("Name",), count=1, owner_field="Owner",
        fields=(*map(column, ("ID", "Name")), Field(key="Owner", label="Owner", kind="user", filled=1)),
    ),
)  # fmt: skip
MAP = Mapping(
    zone="UTC",
    currency="USD",
    owner_gate=("activity",),
    object={
        "Task": ObjectMap(
            to="activity", set={"type": "task"},
            fields={"ID": KEY, "Name": Rule(to="subject"), "Owner": Rule(owner="owner_id")},
        )
    },
)  # fmt: skip
OWNERS = (
    MAYA.upper(),
    "Tom Becker",
    DANA,
    "gone@brightpath.example",
    "Dana.New@brightpath.example",
)
ROWS: Rows = {"Task": [{"ID": str(n), "Name": f"Task {n}", "Owner": owner} for n, owner in enumerate(OWNERS, 1)]}


@pytest.fixture
def world() -> Iterator[World]:
    """Right before the run: of five tasks two have owners with a user, two are Dana's, one is of who has gone."""
    made = of_source(Tables(OBJECTS, ROWS), MAP)
    yield made
    made.close()


def queue(world: World) -> dict[str, Question]:
    """Who has no user, as named in the question."""
    return {q.question.split("'")[1].casefold(): q for q in world.migration.reviews() if q.kind == "owner"}


def owners(world: World) -> dict[str, int]:
    """Who has each task at the account, by id."""
    return {row["subject"]: row["owner_id"] for row in world.wire.records()["activities"]}


def user(world: World, email: str) -> int:
    """The id of a user of the account."""
    return next(int(u.id) for u in world.migration.describe_destination().users if u.email.casefold() == email)


def shut(world: World) -> None:
    """The run stops, and nothing of what waits for owners is written."""
    assert world.migration.run().outcome == "gate"
    assert world.wire.records()["activities"] == []


@pytest.mark.promise("F-101")
def test_who_has_no_user_is_asked_for_and_nobody_else(world: World) -> None:
    """Each once, with the records that wait and how to invite; those who are matched are in no list."""
    asked = queue(world)
    assert asked.keys() == {DANA, "gone@brightpath.example"}
    assert asked[DANA].blocks == ["Task/3", "Task/5"]
    assert asked["gone@brightpath.example"].blocks == ["Task/4"]
    assert all("Invite that person" in q.question for q in asked.values())
    shut(world)
    assert not [r for r in world.wire.writes if "users" in r.path]


def provision(world: World) -> None:
    """An administrator invites Dana, and the account is looked at again."""
    box = world.wire.sandbox
    (first, *_) = [change[3] for batch in box.world.dump() for change in batch if change[:2] == ["put", "users"]]
    dana = {**first, "id": 77, "name": "Dana New", "email": DANA, "is_you": False}
    box.world = account_world(
        [*box.world.dump(), [["put", "users", 77, dana]]], world.wire.settings, TOKEN, 0, "memory"
    )
    world.migration.describe_destination()
    world.migration.refresh()


@pytest.mark.promise("F-112")
@pytest.mark.parametrize("way", ["provision", "remap", "fall back", "retire"])
def test_each_way_out_of_the_queue_opens_the_gate(world: World, way: str) -> None:
    """What was done is in the log; the gate is shut before the last answer, and the records land as it says."""
    asked = queue(world)
    dana, gone = asked[DANA], asked["gone@brightpath.example"]
    world.migration.resolve([gone.id], f"user:{TOM}", "Tom has her accounts")
    shut(world)
    answers = {"remap": f"user:{MAYA}", "fall back": "migration-user", "retire": "retire"}
    if way == "provision":
        provision(world)
    else:
        world.migration.resolve([dana.id], answers[way], "as agreed")
    assert queue(world) == {}
    assert world.migration.run().outcome == "done"
    own = int(world.migration.describe_destination().account["user"]["id"])
    found = owners(world)
    expected = {"provision": lambda: user(world, DANA), "remap": lambda: user(world, MAYA)}.get(way)
    if expected:
        assert {found["Task 3"], found["Task 5"]} == {expected()}
    else:
        assert found["Task 3"] == found["Task 5"] == own
    assert (found["Task 1"], found["Task 2"], found["Task 4"]) == (
        user(world, MAYA),
        user(world, TOM),
        user(world, TOM),
    )
    recorded = [(e.actor, b.choice, b.reason) for e, b in world.journal.bodies(ReviewResolved) if b.review == dana.id]
    assert recorded == ([] if way == "provision" else [("tester", answers[way], "as agreed")])
    withdrawn = [world.journal.log.open(e) for e in world.journal.log.read(kinds=["ReviewWithdrawn"])]
    assert ({"review": dana.id} in withdrawn) == (way == "provision")
    assert world.migration.reconcile().ok


@pytest.mark.promise("F-112")
def test_who_is_retired_stays_in_words(world: World) -> None:
    """Each of the records says whose it was, and is told."""
    asked = queue(world)
    world.migration.resolve([q.id for q in asked.values()], "retire", "they have left")
    assert world.migration.run().outcome == "done"
    notes = {row["subject"]: row["note"] for row in world.wire.records()["activities"]}
    assert "Owner: gone@brightpath.example" in notes["Task 4"]
    told = [(f.key, f.code) for f in world.migration.findings() if f.code == "retired-owner"]
    assert sorted(told) == [("3", "retired-owner"), ("4", "retired-owner"), ("5", "retired-owner")]
