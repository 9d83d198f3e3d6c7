"""The source is read while the destination is made ready; neither waits for the other."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.protocols import Flow, Page, Request
from engine.mapping import Mapping, ObjectMap, Pipeline, Rule, Stage
from tests.engine.tables import KEY, Tables, begin
from tests.engine.test_hanging import table
from tests.engine.world import World

SECONDS = 20.0
DEAL = table("Deal", "Stage", Stage="enum")
MAP = Mapping(
    zone="UTC",
    currency="USD",
    pipeline=(Pipeline(name="Sales", stages=(Stage(name="New"),)),),
    object={"Deal": ObjectMap(to="deal", values={"Stage": {"New": {"stage": "New"}}}, fields={
        "ID": KEY, "Name": Rule(to="title"), "Stage": Rule(values="Stage"),
    })},
)  # fmt: skip


class Slow(Tables):
    """A source whose first page comes only when the destination has been asked for something."""

    def __init__(self) -> None:
        rows = [{"ID": "7", "Name": "Kits", "Stage": "New"}, {"ID": "8", "Name": "Caps", "Stage": "Late"}]
        super().__init__([DEAL], {"Deal": rows})
        self.begun, self.other = threading.Event(), threading.Event()
        self.slow = False

    def read(self, object: str, since: str | None, at: str | None) -> Flow[Page]:
        """One page, when the destination is being made ready."""
        yield from ()
        if self.slow:
            self.begun.set()
            assert self.other.wait(SECONDS), "the reading waits for the configuration"
        return (yield from super().read(object, since, at))


@pytest.fixture
def source() -> Slow:
    return Slow()


@pytest.fixture
def world(source: Slow, tmp_path: Path) -> Iterator[World]:
    made = World(f"sqlite:///{tmp_path / 'cutover.db'}", source=source)
    yield made
    made.close()


@pytest.mark.promise("F-032")
def test_both_go_on_in_one_run_with_a_slow_one_on_either_side(world: World, source: Slow) -> None:
    """A stage is being made while a page is being read; each waits until the other has begun, and both end."""
    begin(world, MAP)
    world.migration.run()
    (question,) = world.migration.reviews()
    world.migration.resolve([question.id], "stage:Late", "")
    world.migration.approve("configuration", "")

    def meet(request: Request) -> str:
        if request.unsafe and "stages" in request.path:
            source.other.set()
            assert source.begun.wait(SECONDS), "the configuration waits for the reading"
        return ""

    world.wire.hurt, source.slow = meet, True
    source.rows["Deal"][0]["Name"] = "Kits West"
    report = world.migration.sync()
    assert report.outcome == "done"
    kinds = [e.kind for e in world.journal.log.read(kinds=["RunStarted", "RunFinished", "ExtractionFinished"])]
    assert kinds.count("ExtractionFinished") == 2
    there = world.wire.records()
    late = next(stage["id"] for stage in there["stages"] if stage["name"] == "Late")
    assert [deal["title"] for deal in there["deals"]] == ["Kits West", "Caps"]
    assert there["deals"][1]["stage_id"] == late
    assert world.journal.log.verify().ok
    assert world.journal.log.rebuild(check=True) == []
