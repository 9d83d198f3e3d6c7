"""SIGKILL loops on the SQLite store: a writer is killed at a random moment, the store opened, judged, and written on.

The seed gives what is appended and when the kill comes; what the operating system makes of it is its own.
"""

import random
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.soak.appending import Told, Violation, append, judge, opened
from tests.soak.figures import Figures
from tests.soak.forking import Child

READY_SECONDS = 60.0
OPENING = 0.25
"""How many of the kills come while the store is opened, or made."""

OPENING_SECONDS_MAX = 0.03
HEARD_MAX, LATER_SECONDS_MAX = 8, 0.003
"""The other kills come so many acknowledgements later, and up to so long after that."""
APPENDS_MAX = 120
"""After so many appends a store has been seen enough, and the next one begins."""


def kill_writers(kills: int, seed: int, folder: Path) -> Figures:
    """Kill so many writers. Raises Violation, and leaves the store in `folder`."""
    figures = Figures(kills=0, while_opening=0, stores=0, acknowledged=0, doubt_stands=0, doubt_absent=0)
    dice = random.Random(seed)
    while figures["kills"] < kills:
        home = folder / f"store-{figures['stores']}"
        home.mkdir(parents=True)
        url, writer, told = f"sqlite:///{home / 'cutover.db'}", f"w{seed}.{figures['stores']}", Told()
        stand = 0
        while figures["kills"] < kills and stand < APPENDS_MAX:
            if _kill_one(url, writer, told, stand, dice, figures):
                stand = _judged(url, writer, told, figures, home)
        figures["stores"] += 1
        figures["acknowledged"] += told.last + 1
        shutil.rmtree(home)
    return figures


def _kill_one(url: str, writer: str, told: Told, first: int, dice: random.Random, figures: Figures) -> bool:
    """One life of a writer, from append `first` on; whether it was the kill that ended it."""
    opening = dice.random() < OPENING
    wanted = 0 if opening else dice.randint(1, HEARD_MAX)
    moment = dice.uniform(0, OPENING_SECONDS_MAX if opening else LATER_SECONDS_MAX)
    child = Child(lambda tell: _write(url, writer, first, tell))
    messages: list[Any] = []
    while len(messages) < wanted and child.poll() is None:
        messages += child.heard(READY_SECONDS)
    time.sleep(moment)
    killed = child.kill()
    messages += child.heard()
    child.close()
    for message in messages:
        told.hear(message)
    if not killed:
        raise Violation(f"the writer of {url} ended by itself, with {child.poll()}")
    figures["kills"] += 1
    figures["while_opening"] += not messages
    return True


def _write(url: str, writer: str, first: int, tell: Callable[[Any], None]) -> int:
    """A writer's life: without end."""
    _, log = opened(url)
    for _ in append(log, writer, first, tell):
        pass
    return 0


def _judged(url: str, writer: str, told: Told, figures: Figures, home: Path) -> int:
    """The store after a kill; how many appends stand."""
    try:
        engine, log = opened(url)
        stand = judge(engine, log, writer, told)
        engine.dispose()
    except Exception as error:
        raise Violation(f"kill {figures['kills']} of {home}: {error!r}") from error
    figures["doubt_stands" if stand > told.last + 1 else "doubt_absent"] += 1
    return stand
