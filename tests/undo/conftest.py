"""The points from which tests go on, and scenes that go on from there."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.pairs import PIPEDRIVE, Pair
from tests.undo.dumps import Dump
from tests.undo.points import Points, dump_of
from tests.undo.scene import Scene, copied


@pytest.fixture(scope="session")
def pair() -> Pair:
    """The pair that is played."""
    return PIPEDRIVE


@pytest.fixture(scope="session")
def at_run(tmp_path_factory: pytest.TempPathFactory, pair: Pair) -> Path:
    """The folder of a migration whose next command is `run`."""
    return Points(tmp_path_factory, pair).at_run()


@pytest.fixture(scope="session")
def at_delta(tmp_path_factory: pytest.TempPathFactory, pair: Pair) -> Path:
    """The folder of a migration whose base run is done and named "before-delta"."""
    return Points(tmp_path_factory, pair).at_delta()


@pytest.fixture(scope="session")
def at_end(tmp_path_factory: pytest.TempPathFactory, pair: Pair) -> Path:
    """The folder of a migration whose delta is done."""
    return Points(tmp_path_factory, pair).at_end()


@pytest.fixture(scope="session")
def empty(at_run: Path, at_end: Path, pair: Pair) -> Dump:
    """What the account holds after a rollback: what it held before the first write, and what no API deletes."""
    before, after = dump_of(at_run), dump_of(at_end)
    return {table: after[table] if table in pair.stays else rows for table, rows in before.items()}


@pytest.fixture
def moved(at_delta: Path, tmp_path: Path, pair: Pair) -> Iterator[Scene]:
    """A scene after the base run."""
    with copied(at_delta, tmp_path / "scene", pair) as scene:
        yield scene


@pytest.fixture
def synced(at_end: Path, tmp_path: Path, pair: Pair) -> Iterator[Scene]:
    """A scene after the delta."""
    with copied(at_end, tmp_path / "scene", pair) as scene:
        yield scene
