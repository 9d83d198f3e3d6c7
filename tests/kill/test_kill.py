"""SIGKILL loops: whatever is killed, however often, ends as an undisturbed run does, the account full of faults."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.e2e.pairs import Pair
from tests.e2e.workspace import DELTA
from tests.kill.killing import KILLS, killed
from tests.undo.dumps import Dump
from tests.undo.points import dump_of
from tests.undo.scene import Scene, copied, playing

FAULTS = "lost=0.06,429=0.03,500=0.04,cut=0.04,503=0.02,slow=0.15,limit=40"
"""At most forty faults in all, so that the loop ends."""

LONG, SHORT = 10, 2
"""Requests between two kills, at most, of commands that send many and of those that send few."""


@contextmanager
def disturbed(original: Path, folder: Path, seed: int, pair: Pair) -> Iterator[Scene]:
    """A scene that goes on from a point, its account full of faults."""
    with copied(original, folder, pair) as scene:
        scene.control("faults", {"spec": FAULTS, "seed": seed})
        yield scene


def assert_same_end(scene: Scene, expected: Dump) -> None:
    """No record missing, none twice, every value as without disturbance; the log whole, no doubt left."""
    assert scene.dump() == expected
    assert set(scene.keys().values()) <= {1}
    scene.workspace.check()


@pytest.mark.promise("F-122")
def test_run_killed(at_run: Path, at_delta: Path, tmp_path: Path, pair: Pair) -> None:
    """`run`, killed again and again, the account killed once, too."""
    with disturbed(at_run, tmp_path / "scene", 1, pair) as scene:
        outcome = killed(scene, ("run",), 1, LONG, sandbox_too_at=4)
        assert outcome.code == 0
        assert outcome.landed == KILLS
        scene.look_ahead()
        assert_same_end(scene, dump_of(at_delta))


@pytest.mark.promise("F-188")
def test_sync_killed(at_delta: Path, at_end: Path, tmp_path: Path, pair: Pair) -> None:
    """`sync` of a new export, killed again and again."""
    with disturbed(at_delta, tmp_path / "scene", 2, pair) as scene:
        outcome = killed(scene, ("sync", "--export", str(DELTA)), 2, SHORT)
        assert outcome.code == 0
        assert outcome.landed == KILLS
        assert_same_end(scene, dump_of(at_end))


@pytest.mark.promise("F-165")
def test_rewind_killed(at_end: Path, at_delta: Path, tmp_path: Path, pair: Pair) -> None:
    """`rewind --yes` over a delta, killed again and again."""
    with disturbed(at_end, tmp_path / "scene", 3, pair) as scene:
        outcome = killed(scene, ("rewind", "before-delta", "--yes"), 3, SHORT)
        assert outcome.code == 0
        assert outcome.landed == KILLS
        assert_same_end(scene, dump_of(at_delta))


@pytest.mark.promise("F-165")
def test_rollback_killed(at_end: Path, empty: Dump, tmp_path: Path, pair: Pair) -> None:
    """`rollback --yes` of everything, killed again and again."""
    with disturbed(at_end, tmp_path / "scene", 4, pair) as scene:
        outcome = killed(scene, ("rollback", "--yes"), 4, LONG)
        assert outcome.code == 0
        assert outcome.landed == KILLS
        assert_same_end(scene, empty)


@pytest.mark.promise("F-122")
@pytest.mark.promise("F-188")
def test_run_and_sync_killed_on_postgresql(
    at_delta: Path, at_end: Path, database: str, tmp_path: Path, pair: Pair
) -> None:
    """`run`, then `sync`, killed again and again, with the log on PostgreSQL: the same contents as with SQLite."""
    with playing(tmp_path / "scene", {"CUTOVER_STORE": database}, pair) as scene:
        scene.describe()
        scene.prepare()
        scene.control("faults", {"spec": FAULTS, "seed": 5})
        assert killed(scene, ("run",), 5, LONG)[::2] == (KILLS, 0)
        scene.look_ahead()
        assert_same_end(scene, dump_of(at_delta))
        assert killed(scene, ("sync", "--export", str(DELTA)), 6, SHORT)[::2] == (KILLS, 0)
        assert_same_end(scene, dump_of(at_end))
