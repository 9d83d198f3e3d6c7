"""Fencing: who has been deposed sends nothing more, not even what it had ready to send."""

import signal
import time
from pathlib import Path

import pytest

from tests.e2e.pairs import Pair
from tests.e2e.workspace import kill
from tests.undo.points import dump_of
from tests.undo.scene import Scene, copied

BOUND_SECONDS = 60.0
LEAVING_SECONDS = 0.1
"""What leaves together with the first has left by then, and no answer (0.2 seconds at least) is there: all wait."""


def sent(scene: Scene, route: str) -> int:
    """How many requests to a route have arrived."""
    return int(scene.control("requests")["requests"].get(route, 0))


@pytest.mark.promise("F-188")
def test_a_writer_that_slept_through_its_deposition_writes_nothing(
    at_run: Path, at_delta: Path, tmp_path: Path, pair: Pair
) -> None:
    """A `run` stopped in the middle of a wave wakes after another has finished the work: it ends with 5, unheard."""
    with copied(at_run, tmp_path / "scene", pair) as scene:
        scene.control("faults", {"spec": "slow=1.0"})
        before = sent(scene, pair.person)
        sleeper = scene.workspace.start("run")
        try:
            end = time.monotonic() + BOUND_SECONDS
            while sent(scene, pair.person) <= before:
                assert time.monotonic() < end, "no person was ever sent"
                time.sleep(0.01)
            time.sleep(LEAVING_SECONDS)
            sleeper.send_signal(signal.SIGSTOP)
            scene.control("faults", {"spec": ""})
            scene.workspace.ok("run")
            scene.look_ahead()
            assert scene.dump() == dump_of(at_delta)
            written = scene.writes()
            sleeper.send_signal(signal.SIGCONT)
            _, complaint = sleeper.communicate(timeout=BOUND_SECONDS)
            assert sleeper.returncode == 5, complaint
            assert "Traceback" not in complaint
        finally:
            if sleeper.poll() is None:
                kill(sleeper)
        assert scene.writes() == written
        assert scene.dump() == dump_of(at_delta)
        assert set(scene.keys().values()) <= {1}
        scene.workspace.check()
