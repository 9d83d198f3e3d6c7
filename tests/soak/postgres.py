"""PostgreSQL stopped at once, as by a crash, while writers append: every append in doubt is accounted for.

A writer that lives repeats it until it knows; where it was killed while the server was away, its successor does.
"""

import random
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import msgspec
from sqlalchemy.exc import DBAPIError, OperationalError

from tests.soak.appending import Told, Violation, append, batch, judge, opened
from tests.soak.figures import Figures
from tests.soak.forking import Child
from tests.soak.servers import Server, serving

WRITERS = 2
JUDGED_EVERY = 20
"""Stops between two looks at everything; then the writers go on in new logs, so that a look stays short."""

KEPT_MAX, LATER_SECONDS_MAX = 6, 0.004
KILLED = 0.25
"""How often a writer dies while the server is away."""

PATIENCE_SECONDS = 60.0
AGAIN_SECONDS = 0.02


class Writing(msgspec.Struct):
    """One writer's log: its name, what it told over all its lives, and the living process."""

    name: str
    told: Told
    child: Child | None = None


def stop_servers(stops: int, seed: int) -> Figures:
    """Stop the server so many times. Raises Violation."""
    figures = Figures(stops=0, writers_killed=0, acknowledged=0, doubts=0, doubt_stood=0, doubt_absent=0)
    dice = random.Random(seed)
    with serving() as server, server.database() as url:
        while figures["stops"] < stops:
            writers = [Writing(f"p{seed}.{figures['stops']}.{n}", Told()) for n in range(WRITERS)]
            opened(url)[0].dispose()  # the tables, before two make them at once
            for _ in range(min(JUDGED_EVERY, stops - figures["stops"])):
                _stop(server, url, writers, dice, figures)
                figures["stops"] += 1
            for writing in writers:
                _end(writing, figures)
                _look(url, writing, figures)
    figures["doubt_left_to_the_next"] = figures["doubts"] - figures["doubt_stood"] - figures["doubt_absent"]
    return figures


def _stop(server: Server, url: str, writers: list[Writing], dice: random.Random, figures: Figures) -> None:
    """Let the writers get going, stop the server under them, and bring it back."""
    for writing in writers:
        if writing.child is None:
            writing.child = _begin(url, writing)
    for writing in writers:
        _await(writing, dice.randint(1, KEPT_MAX), figures)
    time.sleep(dice.uniform(0, LATER_SECONDS_MAX))
    server.stop_at_once()
    if dice.random() < KILLED:
        _end(dice.choice(writers), figures)
        figures["writers_killed"] += 1
    server.start()


def _await(writing: Writing, appends: int, figures: Figures) -> None:
    """Hear so many more acknowledgements."""
    assert writing.child is not None
    wanted = writing.told.last + appends
    end = time.monotonic() + PATIENCE_SECONDS
    while writing.told.last < wanted:
        if time.monotonic() > end or writing.child.poll() is not None:
            raise Violation(f"{writing.name} does not get on after {writing.told.last}: {writing.child.poll()}")
        _hear(writing, writing.child.heard(0.1), figures)


def _hear(writing: Writing, messages: list[Any], figures: Figures) -> None:
    for message in messages:
        writing.told.hear(message)
        if message[0] in ("doubts", "doubt_stood", "doubt_absent"):
            figures[message[0]] += 1


def _end(writing: Writing, figures: Figures) -> None:
    """Kill a writer; what it told is heard."""
    if writing.child is not None:
        writing.child.kill()
        _hear(writing, writing.child.heard(), figures)
        writing.child.close()
        writing.child = None


def _look(url: str, writing: Writing, figures: Figures) -> None:
    """Hold a log against what its writer was told."""
    engine, log = opened(url, writing.name)
    try:
        stand = judge(engine, log, writing.name, writing.told)
    except Violation as error:
        raise Violation(f"{writing.name} after {figures['stops']} stops: {error}") from error
    finally:
        engine.dispose()
    figures["acknowledged"] += min(stand, writing.told.last + 1)


# --- the writer's process ---------------------------------------------------------------------------------------------


def _begin(url: str, writing: Writing) -> Child:
    name, first = writing.name, writing.told.last + 1
    return Child(lambda tell: _write(url, name, first, tell))


def _write(url: str, name: str, first: int, tell: Callable[[Any], None]) -> int:
    """A writer's life: without end. What is no append, and finds no server, is begun anew, as a new process would."""
    now = [first]

    def heard(message: tuple[Any, ...]) -> None:
        if message[0] == "kept":
            now[0] = message[1] + 1
        tell(message)

    def doubt(_seconds: float) -> None:
        """Between an append whose end nobody told and its repetition: wait for the server, and see what became of it.

        Waiting for the fact and not for the log's own time keeps the stops close together.
        """
        tell(("doubts",))
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end:
            time.sleep(AGAIN_SECONDS)
            with suppress(DBAPIError):
                there = log.head().position > sum(len(batch(name, n)) for n in range(now[0]))
                tell(("doubt_stood",) if there else ("doubt_absent",))
                return

    while True:
        try:
            _, log = opened(url, name, doubt)
            for _ in append(log, name, now[0], heard):
                pass
        except OperationalError:
            time.sleep(AGAIN_SECONDS)
