"""Worlds that tests start from: each is reached once, then copied for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.changes import Differ
from engine.history import History
from engine.replay import Replayed
from tests.engine.world import World


@pytest.fixture(scope="session")
def at_run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A migration whose next command is the run; not to be touched."""
    world = World(f"sqlite:///{tmp_path_factory.mktemp('at-run') / 'world.db'}")
    world.open_gates()
    yield world
    world.close()


@pytest.fixture(scope="session")
def at_rest(at_run: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A migration whose base run is done; not to be touched."""
    world = at_run.copy(tmp_path_factory.mktemp("at-rest"))
    assert world.migration.run().outcome == "done"
    yield world
    world.close()


@pytest.fixture
def ready(at_run: World, tmp_path: Path) -> Iterator[World]:
    """A migration whose next command is the run."""
    world = at_run.copy(tmp_path)
    yield world
    world.close()


@pytest.fixture
def moved(at_rest: World, tmp_path: Path) -> Iterator[World]:
    """A migration whose base run is done."""
    world = at_rest.copy(tmp_path)
    yield world
    world.close()


@pytest.fixture
def world_after_run(moved: World) -> tuple[History, Replayed, Differ]:
    """The history, its replay and the differ after the base run."""
    past, replayed = moved.migration.replayed()
    return past, replayed, moved.migration.differ(past, replayed)
