"""Killing: a command is started, ended by SIGKILL at a random moment, and started again, until it ends by itself."""

import random
import time
from typing import NamedTuple

import httpx

from tests.e2e.workspace import kill
from tests.undo.scene import Scene

KILLS = 5
"""Of each command here; the soak kills hundreds."""
POLL_SECONDS = 0.003
GIVEN_UP = 120.0
"""Seconds after which a command that neither ends nor sends anything fails the test."""


class Killed(NamedTuple):
    """How often a command was killed while it worked, of all its starts, and the exit code at its end."""

    landed: int
    starts: int
    code: int


class Moment(NamedTuple):
    """When to kill: so many seconds after so many requests have arrived since the start."""

    requests: int
    seconds: float


def moments(seed: int, most: int) -> list[Moment]:
    """The moments: in turn by the count of requests, by the time since the first, and by the time since the start."""
    dice = random.Random(seed)
    kinds = (
        lambda: Moment(dice.randint(1, most), 0.0),
        lambda: Moment(1, dice.uniform(0.0, 0.02 * most)),
        lambda: Moment(0, dice.uniform(0.02, 0.3 + 0.02 * most)),
    )
    return [kinds[n % 3]() for n in range(KILLS)]


def killed(scene: Scene, args: tuple[str, ...], seed: int, most: int, *, sandbox_too_at: int | None = None) -> Killed:
    """Run a command to its own end through the kills that the seed gives.

    `most`: a kill by count comes after at most so many more requests. `sandbox_too_at`: the kill that it shares.
    """
    landed = 0
    for number, moment in enumerate(moments(seed, most)):
        code = _kill_at(scene, args, moment, sandbox_too=number == sandbox_too_at)
        if code is not None:
            return Killed(landed, number + 1, code)
        landed += 1
    result = scene.workspace.run(*args, "--json", timeout=GIVEN_UP)
    return Killed(landed, KILLS + 1, result.code)


def _kill_at(scene: Scene, args: tuple[str, ...], moment: Moment, *, sandbox_too: bool) -> int | None:
    """Start a command and kill it at the moment; its exit code when it had ended by then, else None.

    The sandbox is killed before it, in the middle of the command's requests, and comes back.
    """
    with httpx.Client(base_url=scene.url, timeout=30) as client:
        before = _seen(client)
        process = scene.workspace.start(*args)
        end = time.monotonic() + GIVEN_UP
        while process.poll() is None and _seen(client) - before < moment.requests:
            assert time.monotonic() < end, f"{args} neither ends nor sends anything"
            time.sleep(POLL_SECONDS)
        later = time.monotonic() + moment.seconds
        while process.poll() is None and time.monotonic() < later:
            time.sleep(POLL_SECONDS)
        if sandbox_too:
            scene.kill_sandbox()
        if process.poll() is None:
            kill(process)
            return None
    _, complaints = process.communicate()
    assert "Traceback" not in complaints, complaints
    return process.returncode


def _seen(client: httpx.Client) -> int:
    return int(client.get("/sandbox/requests").json()["total"])
