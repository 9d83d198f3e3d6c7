"""Points from which tests go on: before the first write, after the run, after the delta. Each is reached once."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.undo.dumps import Dump
from tests.undo.scene import Scene, copied, playing


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Dump:
    """What an account holds before the first write."""
    with playing(tmp_path_factory.mktemp("empty")) as scene:
        return scene.dump()


@pytest.fixture(scope="session")
def at_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a migration whose next command is `run`."""
    folder = tmp_path_factory.mktemp("at-run") / "scene"
    with playing(folder) as scene:
        scene.prepare()
    return folder


@pytest.fixture(scope="session")
def at_delta(at_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a migration whose base run is done and named "before-delta"."""
    folder = tmp_path_factory.mktemp("at-delta") / "scene"
    with copied(at_run, folder) as scene:
        scene.move()
        (folder / "dump.json").write_text(json.dumps(scene.dump()), encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def at_end(at_delta: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a migration whose delta is done."""
    folder = tmp_path_factory.mktemp("at-end") / "scene"
    with copied(at_delta, folder) as scene:
        scene.sync()
        (folder / "dump.json").write_text(json.dumps(scene.dump()), encoding="utf-8")
    return folder


def dump_of(folder: Path) -> Dump:
    """What the account held when a point was reached."""
    found: Dump = json.loads((folder / "dump.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture
def moved(at_delta: Path, tmp_path: Path) -> Iterator[Scene]:
    """A scene after the base run."""
    with copied(at_delta, tmp_path / "scene") as scene:
        yield scene


@pytest.fixture
def synced(at_end: Path, tmp_path: Path) -> Iterator[Scene]:
    """A scene after the delta."""
    with copied(at_end, tmp_path / "scene") as scene:
        yield scene
