"""The source is read while the destination is made ready; neither waits for the other."""

import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from adapters.protocols import Flow, Page, Request
from engine.load import GateShutError
from engine.mapfile import render
from engine.mapping import Mapping, ObjectMap, Rule
from tests.engine.shapes import COMPANY
from tests.engine.tables import KEY, Tables, begin, column
from tests.engine.world import World

SECONDS = 20.0
FIRM = msgspec.structs.replace(COMPANY, fields=(column("ID"), column("Name"), column("Tier")))


def mapping(tier: Rule) -> Mapping:
    """Companies, with or without their tier."""
    fields = {"ID": KEY, "Name": Rule(to="name"), "Tier": tier}
    return Mapping(zone="UTC", currency="USD", object={"Company": ObjectMap(to="organization", fields=fields)})


class Slow(Tables):
    """A source whose first page comes only when the destination has been asked for something."""

    def __init__(self) -> None:
        super().__init__([FIRM], {"Company": [{"ID": "7", "Name": "Acme", "Tier": "Gold"}]})
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
    """A field is being made while a page is being read; each waits until the other has begun, and both end.

    The records wait until the sample of the changed map is approved.
    """
    begin(world, mapping(Rule(exclude="not yet")))
    world.migration.run()
    schema = world.migration.history().source
    world.migration.confirm(render(mapping(Rule(new="Tier", kind="text")), schema))
    world.migration.approve("configuration", "")

    def meet(request: Request) -> str:
        if request.unsafe and "Fields" in request.path:
            source.other.set()
            assert source.begun.wait(SECONDS), "the configuration waits for the reading"
        return ""

    world.wire.hurt, source.slow = meet, True
    source.rows["Company"][0]["Name"] = "Acme West"
    with pytest.raises(GateShutError, match="its sample is not approved"):
        world.migration.sync()
    assert [firm["name"] for firm in world.wire.records()["organizations"]] == ["Acme"]
    world.migration.sample(1)
    world.migration.approve("sample", "")
    assert world.migration.sync().outcome == "done"
    kinds = [e.kind for e in world.journal.log.read(kinds=["RunStarted", "RunFinished", "ExtractionFinished"])]
    assert kinds.count("ExtractionFinished") == 3
    (firm,) = world.wire.records()["organizations"]
    assert firm["name"] == "Acme West"
    assert "Gold" in firm["custom_fields"].values()
    assert world.journal.log.verify().ok
    assert world.journal.log.rebuild(check=True) == []
