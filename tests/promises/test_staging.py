"""Section 5: the configuration is tried in a staging account, and the same steps make it in production."""

from collections.abc import Iterator
from typing import Any

import pytest

from adapters.destinations.pipedrive import Pipedrive
from engine.account import Account
from engine.load import GateShutError
from engine.migration import Migration
from tests.engine.world import ANSWERS, MemoryWire, World


class Place:
    """One account of a migration that has several."""

    def __init__(self, world: World, target: str) -> None:
        self.wire = MemoryWire(Pipedrive(plan="ultimate"))
        destination: Any = self.wire.destination
        account = Account(
            target=target, destination=destination, costs=destination, wire=self.wire, settle_seconds=30.0,
            visible_seconds=5.0, now=lambda: self.wire.sandbox.now, sleep=lambda _seconds: None,
        )  # fmt: skip
        first = world.migration
        self.migration = Migration(
            first.journal, first.view, account, first.ways, first.settings, first.progress, first.files
        )

    def configured(self) -> list[tuple[str, str, dict[str, Any]]]:
        """What was made of the configuration: the request's path, the subject's key and the fields, in order."""
        log = self.migration.journal.log
        bodies = [(e, log.open(e) or {}) for e in log.read(kinds=["WriteIntended"])]
        mine = [(e, b) for e, b in bodies if b["target"] == self.migration.target]
        found = [(b["entity"], str(e.key), b["fields"]) for e, b in mine if e.object in ("Field", "Pipeline", "Stage")]
        return [(entity, key, {k: v for k, v in fields.items() if k != "pipeline"}) for entity, key, fields in found]


@pytest.fixture
def world() -> Iterator[World]:
    """A discovered source with its confirmed map."""
    made = World()
    made.map()
    yield made
    made.close()


@pytest.mark.promise("F-105")
def test_the_same_steps_make_it_in_both_accounts(world: World) -> None:
    """Fields, pipelines and stages are made in staging, looked at, and made again in production by the same writes.

    An approval for one account opens no gate of the other.
    """
    staging, production = Place(world, "staging"), Place(world, "production")
    for place in (staging, production):
        place.migration.describe_destination()
    staging.migration.approve("configuration", "tried there first")
    staging.migration.sample(10)
    assert production.wire.writes == []
    with pytest.raises(GateShutError, match="configuration"):
        production.migration.sample(10)
    production.migration.approve("configuration", "it was right in staging")
    production.migration.sample(10)
    assert staging.configured() == production.configured()
    assert len(staging.configured()) > 15
    names = [{f["name"] for f in place.wire.records()["fields"]} for place in (staging, production)]
    assert names[0] == names[1]


@pytest.mark.promise("F-192")
def test_one_log_loads_two_accounts(world: World) -> None:
    """Each has its own links, read models and counts; what is taken back in one stays in the other."""
    places = {name: Place(world, name) for name in ("staging", "production")}
    # an account of more records gives other ids
    other = places["production"]
    for n in range(5):
        other.wire.one(other.wire.destination.create("organization", {"name": f"Old {n}"}))
    for place in places.values():
        place.migration.describe_destination()
        for gate in ("configuration", "data"):
            place.migration.approve(gate, "")
        place.migration.sample(10)
        place.migration.approve("sample", "")
        for question in place.migration.reviews():
            if question.blocking:
                choice = ANSWERS.get(question.kind) or question.proposed
                place.migration.resolve([question.id], choice, "test")
        place.migration.approve("configuration", "")
        assert place.migration.run().outcome == "done"
        assert place.migration.reconcile().ok
    walks = {name: {(o, k): id for o, k, _, id in place.migration.crosswalk()} for name, place in places.items()}
    assert walks["staging"].keys() == walks["production"].keys()
    assert walks["staging"]["Company", "C-1001"] != walks["production"]["Company", "C-1001"]
    assert world.view.dispositions("staging") == world.view.dispositions("production")
    places["staging"].migration.rewind(0, "rollback")
    assert places["staging"].wire.records()["organizations"] == []
    assert places["production"].migration.reconcile().ok
