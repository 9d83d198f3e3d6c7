"""Rewind and rollback: the account as it was, the migration on hold, and the same end when it goes on."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.undo.conftest import dump_of
from tests.undo.dumps import Dump
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
