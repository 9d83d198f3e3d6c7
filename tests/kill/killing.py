"""Killing: a command is started, ended by SIGKILL at a random moment, and started again, until it ends by itself."""

import random
import time
from typing import NamedTuple

import httpx

from tests.e2e.workspace import kill
from tests.undo.scene import Scene

KILLS = 10
MOST_REQUESTS = 12
"""A kill by count comes after at most so many more requests have arrived."""
GIVEN_UP = 120.0
"""Seconds after which a command that neither ends nor sends anything fails the test."""


class Killed(NamedTuple):
    """How often a command was killed while it worked, of all its starts, and the exit code at its end."""

    landed: int
    starts: int
    code: int


class Moment(NamedTuple):
    """When to kill: so many requests after the start, or so many seconds after the first request."""

    requests: int
    seconds: float


def moments(seed: int) -> list[Moment]:
    """Ten moments: in turn by count and, to fall between requests too, by time."""
    dice = random.Random(seed)
    return [
        Moment(dice.randint(1, MOST_REQUESTS), 0.0) if n % 2 else Moment(1, dice.uniform(0.0, 0.25))
        for n in range(KILLS)
    ]


def killed(scene: Scene, args: tuple[str, ...], seed: int, *, sandbox_too_at: int | None = None) -> Killed:
    """Run a command to its own end through the kills that the seed gives. `sandbox_too_at`: a kill that it shares."""
    landed = 0
    for number, moment in enumerate(moments(seed)):
        code = _kill_at(scene, args, moment)
        if number == sandbox_too_at:
            scene.kill_sandbox()
        if code is not None:
            return Killed(landed, number + 1, code)
        landed += 1
    result = scene.workspace.run(*args, "--json", timeout=GIVEN_UP)
    return Killed(landed, KILLS + 1, result.code)


def _kill_at(scene: Scene, args: tuple[str, ...], moment: Moment) -> int | None:
    """Start a command and kill it at the moment; its exit code when it had ended by then, else None."""
    with httpx.Client(base_url=scene.url, timeout=30) as client:
        before = _seen(client)
        process = scene.workspace.start(*args)
        end = time.monotonic() + GIVEN_UP
        while process.poll() is None and _seen(client) - before < moment.requests:
            assert time.monotonic() < end, f"{args} neither ends nor sends anything"
        later = time.monotonic() + moment.seconds
        while process.poll() is None and time.monotonic() < later:
            time.sleep(0.002)
        if process.poll() is None:
            kill(process)
            return None
    _, complaints = process.communicate()
    assert "Traceback" not in complaints, complaints
    return process.returncode


def _seen(client: httpx.Client) -> int:
    return int(client.get("/sandbox/requests").json()["total"])
