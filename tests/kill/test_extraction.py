"""`discover` is ended by SIGKILL again and again: in the end no record is missing, and none was taken twice."""

import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.e2e.pairs import PIPEDRIVE
from tests.e2e.workspace import Workspace, kill, sandboxed
from tests.pairs.sides import IMPROVEIT, PROMOX, RESULTS, SMART, Side, initialise, reached

KILLS = 7
POLL_SECONDS = 0.002


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """A workspace of its own beside a destination's sandbox; the test says which source."""
    with sandboxed(tmp_path) as (sandbox, _):
        yield Workspace(tmp_path / "ws", sandbox, pair=PIPEDRIVE)


def asked(url: str) -> int:
    """How many requests the source has been asked so far."""
    return int(httpx.get(f"{url}/sandbox/requests", timeout=30).json()["total"])


def records(workspace: Workspace) -> list[tuple[str, str, Any]]:
    """Every extracted record: what it is and what it says."""
    found = workspace.events("--kind", "RecordExtracted")
    return [(e["object"], e["key"], e["body"]["values"]) for e in found]


def kill_discover(workspace: Workspace, url: str, dice: random.Random) -> bool:
    """Start `discover` and kill it after some more requests to the source, or after a while; whether it still ran."""
    before = asked(url) if url else 0
    wanted = dice.randint(1, 40)
    process = workspace.start("discover")
    begun = time.monotonic()
    after = dice.uniform(0.02, 0.25)
    while process.poll() is None:
        if url and asked(url) - before >= wanted:
            break
        if not url and time.monotonic() - begun > after:
            break
        time.sleep(POLL_SECONDS)
    if process.poll() is not None:
        process.communicate()
        return False
    kill(process)
    return True


@pytest.mark.promise("F-028")
@pytest.mark.parametrize("side", [PROMOX, IMPROVEIT, RESULTS, SMART], ids=lambda side: side.kind)
def test_discover_killed_anywhere(side: Side, workspace: Workspace, tmp_path: Path) -> None:
    """Seven kills, in the network or in the files; then it ends, with the records of an unbroken run, each once."""
    dice = random.Random(side.kind)
    with reached(side, tmp_path / "source") as address:
        initialise(side, workspace, address)
        killed = sum(kill_discover(workspace, str(address or ""), dice) for _ in range(KILLS))
        workspace.ok("discover")
        found = records(workspace)
        whole = Workspace(tmp_path / "whole", workspace.sandbox, pair=PIPEDRIVE)
        initialise(side, whole, address)
        whole.ok("discover")
    assert killed >= 2
    subjects = [(object, key) for object, key, _ in found]
    assert len(subjects) == len(set(subjects))
    assert sorted(map(str, found)) == sorted(map(str, records(whole)))
    workspace.check()
