"""The five scenarios: a run, a sync, a rewind, a rollback, and a take-over of a run by a second owner."""

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from engine.migration import Migration
from engine.undo import Undoing
from tests.engine.tables import Rows
from tests.simulation import plot
from tests.simulation.play import Play
from tests.simulation.weather import Weather
from tests.undo.dumps import Dump, dump


class Scenario(NamedTuple):
    """What each process does, from which point, with what in the source; how many second processes come besides."""

    name: str
    point: str
    rows: Rows
    verb: Callable[[Migration], str]
    rivals: int = 0


def _run(migration: Migration) -> str:
    return migration.run().outcome


def _sync(migration: Migration) -> str:
    return migration.sync().outcome


def _undone(undoing: Undoing) -> str:
    return "done" if not undoing.held and not undoing.impossible else f"held {undoing.held} {undoing.impossible}"


def _rewind(migration: Migration) -> str:
    [to] = [mark.position for mark in migration.journal.log.marks() if mark.name == "before-delta"]
    return _undone(migration.rewind(to, "rewind"))


def _rollback(migration: Migration) -> str:
    return _undone(migration.rewind(0, "rollback"))


SCENARIOS = {
    s.name: s
    for s in (
        Scenario("run", "before", plot.BASE, _run),
        Scenario("sync", "moved", plot.DELTA, _sync),
        Scenario("rewind", "delta", plot.DELTA, _rewind),
        Scenario("rollback", "delta", plot.DELTA, _rollback),
        Scenario("take-over", "before", plot.BASE, _run, rivals=1),
    )
}


def play(name: str, seed: int, weather: Weather | None = None, crash_at: int | None = None) -> Play:
    """A play of a scenario, still to be run."""
    scenario = SCENARIOS[name]
    return Play(
        seed,
        plot.point(scenario.point),
        scenario.rows,
        scenario.verb,
        weather=weather,
        crash_at=crash_at,
        rivals=scenario.rivals,
    )


@cache
def end(name: str) -> Dump:
    """What the account holds at the end of an undisturbed play."""
    undisturbed = play(name, 0)
    undisturbed.run()
    assert undisturbed.done and not undisturbed.wrong, undisturbed.wrong
    return dump(undisturbed.records())
