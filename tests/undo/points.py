"""Points from which tests go on: before the first write, before the run, before and after the delta.

Each is reached once a test session, whichever worker comes first; the others copy what it left.
"""

import fcntl
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.pairs import PIPEDRIVE, Pair
from tests.undo.dumps import Dump
from tests.undo.scene import Scene, copied, playing


class Points:
    """The points of one pair in one test session, each the folder of a scene that has been stopped there."""

    def __init__(self, factory: pytest.TempPathFactory, pair: Pair = PIPEDRIVE) -> None:
        self.pair = pair
        base = factory.getbasetemp()
        self.root = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "points"
        self.root.mkdir(exist_ok=True)

    def at_run(self) -> Path:
        """The next command is `run`."""

        def make(folder: Path) -> None:
            with playing(folder, pair=self.pair) as scene:
                scene.describe()
                keep_dump(scene)
                scene.prepare()

        return self._once("at-run", make)

    def at_delta(self) -> Path:
        """The base run is done, and the position is named "before-delta"."""

        def make(folder: Path) -> None:
            with copied(self.at_run(), folder, self.pair) as scene:
                scene.move()
                keep_dump(scene)

        return self._once("at-delta", make)

    def at_end(self) -> Path:
        """The delta is done."""

        def make(folder: Path) -> None:
            with copied(self.at_delta(), folder, self.pair) as scene:
                scene.sync()
                keep_dump(scene)

        return self._once("at-end", make)

    def _once(self, name: str, make: Callable[[Path], None]) -> Path:
        """The folder of a point; the first who asks reaches it while the others wait."""
        name = f"{self.pair.kind}-{name}"
        folder, done = self.root / name, self.root / f"{name}.done"
        with (self.root / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not done.exists():
                make(folder)
                done.touch()
        return folder


def keep_dump(scene: Scene) -> None:
    """Keep what the account holds beside the scene."""
    (scene.folder / "dump.json").write_text(json.dumps(scene.dump()), encoding="utf-8")


def dump_of(folder: Path) -> Dump:
    """What the account held when a point was reached; at "at-run": before the first write."""
    found: Dump = json.loads((folder / "dump.json").read_text(encoding="utf-8"))
    return found
