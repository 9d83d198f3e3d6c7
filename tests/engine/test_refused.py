"""Records that the destination refused: when they are tried again, and when only `retry` asks."""

from collections.abc import Iterator
from typing import Any

import pytest

from adapters.protocols import Request
from engine.events import WriteRejected
from tests.engine.tables import Tables, migrated
from tests.engine.world import World
from tests.simulation import plot


@pytest.fixture
def world() -> Iterator[World]:
    """A small company, moved."""
    made = migrated(Tables(plot.OBJECTS, dict(plot.BASE)), plot.MAP, **plot.POLICIES)
    yield made
    made.close()


def _sync(world: World, **rows: list[dict[str, str]]) -> None:
    """A delta, after the source has come to hold these."""
    source: Any = world.migration.ways({})[0].source
    source.rows = source.rows | rows
    world.migration.sync()


def _refusals(world: World) -> int:
    return sum(1 for _ in world.journal.bodies(WriteRejected))


def _no_person(request: Request) -> str:
    return "refused" if request.method == "POST" and request.path.endswith("/persons") else ""


def test_what_was_refused_is_written_once_its_source_record_is_corrected(world: World) -> None:
    """A refused person is not asked for again as long as nothing changes; corrected at the source, it is written."""
    person = {"ID": "3", "Name": "Cem", "Company": "1"}
    world.wire.hurt = _no_person
    _sync(world, Person=[*plot.BASE["Person"], person])
    _sync(world)
    assert _refusals(world) == 1
    world.wire.hurt = lambda _request: ""
    _sync(world)
    assert world.counts()["Person"]["rejected"] == 1, "nothing has changed: only `retry` asks again"
    _sync(world, Person=[*plot.BASE["Person"], person | {"Name": "Cem Oz"}])
    assert world.counts()["Person"]["rejected"] == 0
    assert "Cem Oz" in {row["name"] for row in world.wire.records()["persons"]}


def test_what_was_refused_for_want_of_a_parent_is_written_when_the_parent_comes(world: World) -> None:
    """A note without its company is refused; a delta brings the company, and the note follows by itself."""
    _sync(world, Note=[*plot.BASE["Note"], {"ID": "2", "Text": "Called", "Company": "3"}])
    assert world.counts()["Note"]["rejected"] == 1
    _sync(world, Company=[*plot.BASE["Company"], {"ID": "3", "Name": "Borg Ltd", "Parent": "", "Staff": ""}])
    assert world.counts()["Note"]["rejected"] == 0
    assert world.migration.reconcile().ok


def test_people_that_stand_already_as_the_main_person_changes_are_no_refusal(world: World) -> None:
    """The main person comes, the other stays: there is nothing to send for the others, and the deal is whole."""
    deal = plot.BASE["Deal"][0]
    _sync(world, Deal=[deal | {"First": "", "Second": "1"}])
    _sync(world, Deal=[deal | {"First": "2", "Second": "1"}])
    assert _refusals(world) == 0
    assert world.counts()["Deal"]["written"] == 1
    assert world.migration.reconcile().ok
