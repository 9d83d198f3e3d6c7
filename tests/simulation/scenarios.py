"""The scenarios: a run, a sync, a rewind, a rollback, a take-over by a second owner; syncs of a source that moves."""

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from engine.journal import Subject
from engine.migration import Migration
from engine.undo import Undoing
from tests.engine.tables import Rows
from tests.simulation import plot
from tests.simulation.moving import Moving
from tests.simulation.play import Play
from tests.simulation.stores import Kind
from tests.simulation.weather import Weather
from tests.undo.dumps import Dump, dump, keys


class Scenario(NamedTuple):
    """What each process does, from which point, with what in the source.

    rivals: how many second processes come besides. after: what the source comes to hold while it is read.
    """

    name: str
    point: str
    rows: Rows
    verb: Callable[[Migration], str]
    rivals: int = 0
    after: Rows | None = None


def _run(migration: Migration) -> str:
    return migration.run().outcome


def _sync(migration: Migration) -> str:
    return migration.sync().outcome


def _follow(migration: Migration) -> str:
    """Sync until the source stands still, and twice more: the first may go on with a reading of before."""
    source = migration.ways({})[0].source
    assert isinstance(source, Moving)
    while not source.shifting.settled:
        migration.sync()
    migration.sync()
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
        Scenario("moving", "moved", plot.BASE, _follow, after=plot.DELTA),
    )
}


def play(
    name: str, seed: int, weather: Weather | None = None, crash_at: int | None = None, store: Kind = "memory"
) -> Play:
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
        after=scenario.after,
        store=store,
    )


@cache
def _undisturbed(name: str) -> Play:
    played = play(name, 0)
    played.run()
    assert played.done and not played.wrong, played.wrong
    return played


@cache
def end(name: str) -> Dump:
    """What the account holds at the end of an undisturbed play."""
    return dump(_undisturbed(name).records())


@cache
def wanted(name: str) -> frozenset[str]:
    """Our keys (object/key) that the account holds at the end of an undisturbed play."""
    return frozenset(keys(_undisturbed(name).records()))


@cache
def verdicts(name: str) -> dict[Subject, str]:
    """What each source record has become at the end of an undisturbed play."""
    played = _undisturbed(name)
    played.machine.over = True
    migration, _ = played.migration()
    return {subject: found[0] for subject, found in migration.view.disposed("production").items()}
