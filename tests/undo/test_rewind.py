"""Rewind and rollback: the account as it was, the migration on hold, and the same end when it goes on."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.undo.dumps import Dump
from tests.undo.points import dump_of
from tests.undo.scene import Scene


def position(scene: Scene) -> int:
    """Where the log ends."""
    return int(scene.workspace.ok("status")["position"])


@pytest.mark.promise("F-186")
def test_rewind_to_a_checkpoint_leaves_the_account_as_it_was(synced: Scene, at_delta: Path, at_end: Path) -> None:
    """Field by field as at the checkpoint; and the same delta leads to the same end."""
    report = synced.workspace.ok("rewind", "before-delta", "--yes")
    assert report["held"] == 0
    assert report["impossible"] == []
    assert report["deleted"] > 0
    assert report["restored"] > 0
    assert synced.dump() == dump_of(at_delta)
    synced.workspace.check()
    synced.workspace.ok("resume")
    synced.workspace.ok("sync")
    assert synced.dump() == dump_of(at_end)
    synced.workspace.check()


@pytest.mark.promise("F-162")
@pytest.mark.promise("F-187")
def test_rollback_leaves_the_account_as_before_the_first_write(synced: Scene, empty: Dump) -> None:
    """Records, custom fields, pipelines, stages and labels: all as before, by the log alone, the source being gone."""
    synced.exports(synced.folder / "no-such-export")
    report = synced.workspace.ok("rollback", "--yes")
    assert report["held"] == 0
    assert report["impossible"] == []
    assert synced.dump() == empty
    status = synced.workspace.check()
    assert all(counts["written"] == 0 for counts in status["objects"].values())


@pytest.mark.promise("F-164")
def test_after_a_rollback_the_run_reaches_the_same_end(synced: Scene, at_end: Path) -> None:
    """Rolled back, discovered anew, resumed and run: what an account holds that was never rolled back."""
    synced.workspace.ok("discover")
    synced.workspace.ok("rollback", "--yes")
    synced.workspace.ok("discover")
    synced.workspace.ok("resume")
    synced.workspace.ok("run")
    assert synced.dump() == dump_of(at_end)
    synced.workspace.check()


def test_without_yes_nothing_changes(synced: Scene, at_end: Path) -> None:
    """The steps are shown and counted; neither account nor log change, and nothing is on hold."""
    before = position(synced)
    shown = synced.workspace.ok("rewind", "before-delta", code=3)
    assert shown["done"] is False
    assert shown["deleted"] > 0
    assert shown["restored"] > 0
    assert synced.dump() == dump_of(at_end)
    assert position(synced) == before
    done = synced.workspace.ok("rewind", "before-delta", "--yes")
    assert {k: done[k] for k in ("deleted", "restored", "recreated")} == {
        k: shown[k] for k in ("deleted", "restored", "recreated")
    }


@pytest.mark.promise("F-190")
def test_nothing_is_written_until_a_person_resumes(synced: Scene, at_end: Path) -> None:
    """run, sync, retry, sample and a tick of the daemon end with 3 and write nothing; after `resume` they go on."""
    synced.workspace.ok("rewind", "before-delta", "--yes")
    before = synced.writes()
    for command in (("run",), ("sync",), ("retry",), ("sample",), ("daemon", "--once")):
        assert synced.workspace.run(*command).code == 3, command
    assert synced.writes() == before
    synced.workspace.ok("resume")
    assert synced.workspace.run("daemon", "--once").code == 0
    assert synced.dump() == dump_of(at_end)


def test_rewind_by_position_and_by_time(moved: Scene, at_delta: Path) -> None:
    """A number and an RFC 3339 time name the same place as a checkpoint does."""
    there = position(moved)
    moment = datetime.now(UTC).isoformat()
    moved.sync()
    moved.workspace.ok("rewind", str(there), "--yes")
    assert moved.dump() == dump_of(at_delta)
    moved.workspace.ok("resume")
    moved.workspace.ok("sync")
    moved.workspace.ok("rewind", moment, "--yes")
    assert moved.dump() == dump_of(at_delta)
    moved.workspace.check()


def test_a_rewind_of_a_rewind_makes_everything_again(synced: Scene, at_end: Path, at_delta: Path) -> None:
    """Back over a delta's taking back: records are made again, linked by their new ids; and back once more."""
    synced.workspace.ok("checkpoint", "synced")
    synced.workspace.ok("rewind", "before-delta", "--yes")
    report = synced.workspace.ok("rewind", "synced", "--yes")
    assert report["recreated"] > 0
    assert synced.dump() == dump_of(at_end)
    again = synced.workspace.ok("rewind", "synced", "--yes")
    assert (again["deleted"], again["restored"], again["recreated"]) == (0, 0, 0)
    synced.workspace.ok("rewind", "before-delta", "--yes")
    assert synced.dump() == dump_of(at_delta)
    synced.workspace.check()


def test_a_rewind_of_a_rollback_makes_the_whole_account_again(synced: Scene, at_end: Path) -> None:
    """Fields, options, pipeline, stages and records come back under new ids, each linked to the new ones."""
    synced.workspace.ok("checkpoint", "synced")
    synced.workspace.ok("rollback", "--yes")
    synced.workspace.ok("rewind", "synced", "--yes")
    assert synced.dump() == dump_of(at_end)
    synced.workspace.ok("resume")
    before = synced.writes()
    synced.workspace.ok("sync")
    assert synced.writes() == before, "what was made again is what the next sync wants"
    synced.workspace.check()
