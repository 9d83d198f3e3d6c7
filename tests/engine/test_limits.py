"""What a platform cannot do: said beforehand by name, made by an administrator by a checklist, left over and listed."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from adapters.destinations.pipedrive import Pipedrive
from adapters.protocols import Applied, Fields, Flow, Lack, Request, Schema
from engine.load import GateShutError
from engine.reviews import ReviewError
from tests.engine.test_caps import refused, run
from tests.engine.world import World

LACKS = (
    Lack(action="create", entity="pipeline", what="The API makes no pipelines.", instead="An administrator does."),
    Lack(action="create", entity="stage", what="The API makes no stages.", instead="An administrator does."),
    Lack(action="delete", entity="field", what="The API deletes no fields.", instead="An administrator may."),
    Lack(action="upload", entity="file", what="The API takes no files.", instead="They become links in a note."),
    Lack(action="date", entity="deal", field="add_time", what="A deal cannot be dated.", instead="A field holds it."),
)


class Poor(Pipedrive):
    """An account whose API makes neither pipelines nor stages and deletes no field."""

    def schema(self) -> Flow[Schema]:
        """The account, with what it lacks."""
        return msgspec.structs.replace((yield from super().schema()), lacks=LACKS)

    def create(self, entity: str, fields: Fields) -> Flow[Applied]:
        """Nothing that it lacks."""
        assert entity not in ("pipeline", "stage")
        return (yield from super().create(entity, fields))

    def delete(self, entity: str, id: str) -> Flow[Applied]:
        """Nothing that it lacks."""
        assert entity != "field"
        return (yield from super().delete(entity, id))


@pytest.fixture
def world() -> Iterator[World]:
    made = World(destination=Poor(plan="ultimate"))
    made.map()
    yield made
    made.close()


def by_hand(world: World, path: str, body: dict[str, Any]) -> Any:
    """What an administrator does in the web app."""
    answer = world.wire.sandbox.answer(Request(method="POST", path=f"/api/v2/{path}", body=body))
    assert answer.status < 300, answer.body
    return answer.body["data"]["id"]


def checklist(world: World) -> list[str]:
    """The open items of the checklist, in words."""
    return [q.question for q in world.migration.reviews() if q.kind == "checklist"]


def stages(world: World) -> list[str]:
    """The stages that the map wants, in order."""
    (pipeline,) = world.migration.history().mapping.pipeline
    return [s.name for s in pipeline.stages]


@pytest.mark.promise("F-095")
def test_what_only_an_administrator_can_make_shuts_the_gate(world: World) -> None:
    """The pipeline is an item of a checklist, with its stages in order; nothing is written while it is open."""
    (item,) = checklist(world)
    assert "The API makes no pipelines." in item
    assert all(f"{n}. {name}" in item for n, name in enumerate(stages(world), 1))
    assert "checklist-" in refused(world)


def test_nobody_ticks_the_checklist_off(world: World) -> None:
    """An item takes no answer: it closes when the account, looked at again, shows the thing."""
    (item,) = [q for q in world.migration.reviews() if q.kind == "checklist"]
    with pytest.raises(ReviewError, match="not answered but done"):
        world.migration.resolve([item.id], "done", "")


@pytest.mark.promise("F-058")
def test_the_checklist_is_verified_by_reading_back(world: World) -> None:
    """Half done it says what is missing, in the wrong order it says so, and done it closes; the run adopts it all."""
    names = stages(world)
    pipeline = by_hand(world, "pipelines", {"name": " smart crm online "})
    by_hand(world, "stages", {"name": names[1], "pipeline_id": pipeline})
    world.migration.describe_destination()
    (item,) = checklist(world)
    assert "Add to the pipeline" in item
    assert names[0] in item
    for name in (names[0], *names[2:]):
        by_hand(world, "stages", {"name": name.upper(), "pipeline_id": pipeline})
    world.migration.describe_destination()
    (item,) = checklist(world)
    assert "Put the stages" in item
    second = by_hand(world, "stages", {"name": names[1], "pipeline_id": pipeline})
    assert second
    world.wire.sandbox.control("POST", "/sandbox/remove", {"entity": "stage", "id": second})
    world.close()


def test_done_it_closes_and_is_adopted(world: World) -> None:
    """A pipeline made by hand as the checklist says is taken as it is: no request makes one, and an undo leaves it."""
    pipeline = by_hand(world, "pipelines", {"name": "Smart CRM Online"})
    for name in stages(world):
        by_hand(world, "stages", {"name": name, "pipeline_id": pipeline})
    extra = by_hand(world, "stages", {"name": "Verbal Yes (pending PO)", "pipeline_id": pipeline})
    world.migration.describe_destination()
    assert checklist(world) == []
    assert run(world) == "done"
    deals = world.wire.records()["deals"]
    assert {d["pipeline_id"] for d in deals} == {pipeline}
    assert extra in {d["stage_id"] for d in deals}
    made = [r.path for r in world.wire.writes if r.method == "POST"]
    assert not [p for p in made if p.endswith(("/pipelines", "/stages"))]
    world.migration.rewind(0, "rollback")
    left = world.wire.records()
    assert pipeline in {p["id"] for p in left["pipelines"]}
    assert left["deals"] == []


@pytest.mark.promise("F-161")
def test_what_cannot_be_taken_back_is_listed_before_and_found_after() -> None:
    """The fields that stay after a rollback are named beforehand; exactly those are there afterwards, and no others."""
    world = World(destination=Poor(plan="ultimate"))
    world.map()
    pipeline = by_hand(world, "pipelines", {"name": "Smart CRM Online"})
    for name in (*stages(world), "Verbal Yes (pending PO)"):
        by_hand(world, "stages", {"name": name, "pipeline_id": pipeline})
    world.migration.describe_destination()
    before = {f["code"] for f in world.wire.records()["fields"]}
    assert run(world) == "done"
    expected = world.migration.undoing(0).residue
    assert expected
    assert all("The API deletes no fields." in r["why"] for r in expected)
    undoing = world.migration.rewind(0, "rollback")
    assert undoing.residue == expected
    assert undoing.impossible == []
    after = {f["code"] for f in world.wire.records()["fields"]}
    assert {r["id"].rpartition("/")[2] for r in expected} == after - before
    world.migration.resume("again")
    world.answer()
    assert world.migration.run().outcome == "done"
    assert {f["code"] for f in world.wire.records()["fields"]} == after
    world.close()


def test_limits_are_said_by_name(world: World) -> None:
    """Each lack that concerns this map is told with what it concerns, before anything is written."""
    limits, _ = world.migration.limits()
    said = {(k.action, k.entity): k for k in limits}
    assert said["create", "pipeline"].names == ["Smart CRM Online"]
    assert "deal/Cutover key" in said["delete", "field"].names
    assert said["upload", "file"].instead == "They become links in a note."
    assert said["date", "deal"].field == "add_time"
    assert world.wire.writes == []


def test_a_delta_waits_for_the_checklist_too(world: World) -> None:
    """When a person renames a stage that the map needs, nothing more is written until it is back."""
    pipeline = by_hand(world, "pipelines", {"name": "Smart CRM Online"})
    ids = {n: by_hand(world, "stages", {"name": n, "pipeline_id": pipeline}) for n in stages(world)}
    by_hand(world, "stages", {"name": "Verbal Yes (pending PO)", "pipeline_id": pipeline})
    world.migration.describe_destination()
    assert run(world) == "done"
    world.wire.edit("stage", str(next(iter(ids.values()))), name="Renamed by hand")
    world.migration.describe_destination()
    with pytest.raises(GateShutError, match="checklist-"):
        world.migration.sync()
