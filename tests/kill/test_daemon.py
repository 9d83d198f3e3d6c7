"""The daemon as a real process: it picks up what is new, stops when told, goes on after a kill, and yields its log."""

import shutil
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.e2e.pairs import Pair
from tests.e2e.workspace import BUNDLE, DELTA, kill
from tests.processes import Forked
from tests.undo.dumps import Dump
from tests.undo.points import dump_of
from tests.undo.scene import Scene, copied

EVERY_SECONDS = 0.2
BOUND_SECONDS = 60.0
STOP_SECONDS = 10.0

SLOW = "slow=1.0"
"""Every answer takes its time, so that what is to happen in the middle happens in the middle."""


@pytest.fixture
def scene(at_delta: Path, tmp_path: Path, pair: Pair) -> Iterator[Scene]:
    """After the base run, with a ZIP as the export and a daemon that ticks often."""
    with copied(at_delta, tmp_path / "scene", pair) as found:
        shutil.copy(BUNDLE / "export.zip", tmp_path / "export.zip")
        found.exports(tmp_path / "export.zip")
        found.configure("every_seconds = ", f"every_seconds = {EVERY_SECONDS}")
        yield found


@contextmanager
def daemon(scene: Scene) -> Iterator[Forked]:
    """A daemon for the length of a block."""
    process = scene.workspace.start("daemon")
    try:
        yield process
    finally:
        if process.poll() is None:
            kill(process)


def put_new_export(tmp_path: Path) -> None:
    """A new export at the configured path, whole at once."""
    new = shutil.make_archive(str(tmp_path / "new"), "zip", DELTA)
    Path(new).replace(tmp_path / "export.zip")


def wait(what: str, is_so: Callable[[], bool]) -> None:
    """Wait for a fact."""
    end = time.monotonic() + BOUND_SECONDS
    while not is_so():
        assert time.monotonic() < end, f"waited {BOUND_SECONDS:g} seconds for: {what}"
        time.sleep(0.02)


def ended(process: Forked) -> int:
    """The exit code of a process that is to end by itself, soon; it must not have broken."""
    out, complaints = process.communicate(timeout=BOUND_SECONDS)
    assert "Traceback" not in complaints + out, complaints + out
    return process.returncode


def ticks(scene: Scene) -> int:
    """How many ticks have come to an end."""
    return len(scene.workspace.events("--kind", "RunFinished"))


def assert_same_end(scene: Scene, expected: Dump) -> None:
    """As without disturbance, nothing twice, log and fold whole."""
    assert scene.dump() == expected
    assert set(scene.keys().values()) <= {1}
    scene.workspace.check()


@pytest.mark.promise("F-188")
def test_a_new_export_is_picked_up_and_sigterm_stops(scene: Scene, at_end: Path, tmp_path: Path) -> None:
    """What is put at the configured path is moved; SIGTERM ends the daemon soon, with 0, between two writes."""
    with daemon(scene) as process:
        before = ticks(scene)
        wait("a tick", lambda: ticks(scene) > before)
        put_new_export(tmp_path)
        wait("the delta", lambda: scene.dump() == dump_of(at_end))
        process.send_signal(signal.SIGTERM)
        start = time.monotonic()
        assert ended(process) == 0
        assert time.monotonic() - start < STOP_SECONDS
    assert_same_end(scene, dump_of(at_end))


@pytest.mark.promise("F-188")
def test_sigterm_in_the_middle_of_a_delta(scene: Scene, at_end: Path, tmp_path: Path) -> None:
    """A daemon that is told to stop while it writes, and told again, leaves nothing in doubt; the next one goes on."""
    scene.control("faults", {"spec": SLOW})
    put_new_export(tmp_path)
    before = scene.writes()
    with daemon(scene) as process:
        wait("a write", lambda: scene.writes() > before)
        process.send_signal(signal.SIGTERM)
        process.send_signal(signal.SIGINT)
        start = time.monotonic()
        assert ended(process) == 0
        assert time.monotonic() - start < STOP_SECONDS
    assert scene.workspace.status()["in_doubt"] == 0
    scene.control("faults", {"spec": ""})
    with daemon(scene) as process:
        wait("the delta", lambda: scene.dump() == dump_of(at_end))
        process.send_signal(signal.SIGTERM)
        assert ended(process) == 0
    assert_same_end(scene, dump_of(at_end))


@pytest.mark.promise("F-188")
def test_it_goes_on_after_sigkill(scene: Scene, at_end: Path, tmp_path: Path) -> None:
    """Killed three times in the middle of a delta, the daemon brings it to the same end."""
    scene.control("faults", {"spec": SLOW})
    put_new_export(tmp_path)
    for _ in range(3):
        before = scene.writes()
        with daemon(scene) as process:
            wait("a write", lambda before=before: scene.writes() > before)  # type: ignore[misc]
            assert process.poll() is None
    scene.control("faults", {"spec": ""})
    with daemon(scene) as process:
        wait("the delta", lambda: scene.dump() == dump_of(at_end))
        process.send_signal(signal.SIGTERM)
        assert ended(process) == 0
    assert_same_end(scene, dump_of(at_end))


@pytest.mark.parametrize(
    "command", [("run",), ("rewind", "before-delta", "--yes"), ("daemon",)], ids=lambda command: command[0]
)
def test_a_daemon_that_is_deposed_stops(
    scene: Scene, at_delta: Path, at_end: Path, tmp_path: Path, command: tuple[str, ...]
) -> None:
    """Another command takes the log in the middle of a delta: the daemon ends with 5, and nothing is written twice."""
    scene.control("faults", {"spec": SLOW})
    put_new_export(tmp_path)
    before = scene.writes()
    with daemon(scene) as deposed:
        wait("a write", lambda: scene.writes() > before)
        other = scene.workspace.start(*command)
        try:
            assert ended(deposed) == 5
            expected = dump_of(at_delta if command[0] == "rewind" else at_end)
            if command == ("daemon",):
                wait("the delta", lambda: scene.dump() == expected)
                other.send_signal(signal.SIGTERM)
            assert ended(other) == 0
        finally:
            if other.poll() is None:
                kill(other)
    assert_same_end(scene, expected)


@pytest.mark.promise("F-190")
def test_a_daemon_waits_while_the_migration_is_on_hold(scene: Scene, at_end: Path, tmp_path: Path) -> None:
    """Started on hold it writes nothing and takes nothing from others; after `resume` it goes on."""
    put_new_export(tmp_path)
    scene.workspace.ok("rewind", "before-delta", "--yes")
    before = scene.writes()
    with daemon(scene) as process:
        assert scene.workspace.ok("rewind", "before-delta", "--yes")["deleted"] == 0
        assert scene.writes() == before
        assert process.poll() is None
        scene.workspace.ok("resume")
        wait("the delta", lambda: scene.dump() == dump_of(at_end))
        process.send_signal(signal.SIGTERM)
        assert ended(process) == 0
    assert_same_end(scene, dump_of(at_end))
