"""SIGKILL loops: whatever is killed, however often, ends as an undisturbed run does, under faults of the account, too."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kill.killing import KILLS, killed
from tests.undo.conftest import dump_of
from tests.undo.dumps import Dump, keys
from tests.undo.scene import Scene, copied

FAULTS = "lost=0.06,429=0.04,500=0.04,cut=0.04,503=0.02,slow=0.10,limit=40"
"""At most forty faults in all, so that the loop ends."""

EXPORT = ("--export",)


def disturbed(original: Path, folder: Path, seed: int) -> Iterator[Scene]:
    """A scene that goes on from a point, its account full of faults."""
    with copied(original, folder) as scene:
        scene.control("faults", {"spec": FAULTS, "seed": seed})
        yield scene


def assert_same_end(scene: Scene, expected: Dump) -> None:
    """No record missing, none twice, every value as without disturbance; the log whole, its fold right, no doubt left."""
    assert scene.dump() == expected
    assert set(keys(scene.records()).values()) <= {1}
    scene.workspace.check()


@pytest.mark.promise("F-122")
@pytest.mark.parametrize("seed", [1])
def test_run_killed(at_run: Path, at_delta: Path, tmp_path: Path, seed: int) -> None:
    """`run`, killed ten times, the account once, too."""
    for scene in disturbed(at_run, tmp_path / "scene", seed):
        outcome = killed(scene, ("run",), seed, sandbox_too_at=4)
        assert outcome.code == 0
        assert outcome.landed >= KILLS - 2
        assert_same_end(scene, dump_of(at_delta))
