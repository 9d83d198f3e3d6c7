"""What a person changed before our newest write of the record is theirs all the same."""

from collections.abc import Iterator
from typing import Any

import pytest

from adapters.protocols import Request
from tests.engine.tables import Tables, migrated
from tests.engine.world import World
from tests.simulation import plot

ANN = plot.BASE["Person"][0] | {"Name": "Ann Lee-Roy"}


@pytest.fixture
def world() -> Iterator[World]:
    """A small company, moved."""
    made = migrated(Tables(plot.OBJECTS, dict(plot.BASE)), plot.MAP, **plot.POLICIES)
    yield made
    made.close()


def sync(world: World) -> None:
    """Ann has another name at the source."""
    source: Any = world.migration.ways({})[0].source
    source.rows = source.rows | {"Person": [ANN, plot.BASE["Person"][1]]}
    world.migration.sync()


def ann(world: World) -> tuple[str, str] | None:
    """Her name and her job at the account."""
    rows = world.wire.records()["persons"]
    return next(((row["name"], row["job_title"]) for row in rows if row["name"].startswith("Ann")), None)


def lost(request: Request) -> str:
    """The answers to updates of persons do not come."""
    return "lost" if request.method == "PATCH" and "/persons/" in request.path else ""


@pytest.mark.promise("F-163")
@pytest.mark.parametrize("hurt", [lambda _request: "", lost], ids=["answered", "in doubt"])
def test_an_edit_before_a_delta_spares_the_record_after_it(world: World, hurt: Any) -> None:
    """Her job was entered by hand, then a delta changed her name: a rollback asks, and leaves her."""
    world.wire.edit("persons", "1", job_title="Boss")
    world.wire.hurt = hurt
    sync(world)
    world.wire.hurt = lambda _request: ""
    undoing = world.migration.rewind(0, "rollback")
    assert ["job_title" in draft.question for draft in undoing.held] == [True]
    assert ann(world) == ("Ann Lee-Roy", "Boss")


@pytest.mark.promise("F-163")
def test_an_edit_before_a_rewind_spares_the_record_after_it(world: World) -> None:
    """A rewind puts her name back and leaves her job; a rollback after it still knows that somebody entered it."""
    before = world.journal.log.head().position
    sync(world)
    world.wire.edit("persons", "1", job_title="Boss")
    assert world.migration.rewind(before, "rewind").held == []
    assert ann(world) == ("Ann Lee", "Boss")
    undoing = world.migration.rewind(0, "rollback")
    assert ["job_title" in draft.question for draft in undoing.held] == [True]
    assert ann(world) == ("Ann Lee", "Boss")
