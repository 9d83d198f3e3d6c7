"""A world that breaks the bounds: requests land minutes late, processes stand still; the operator's sweep mends it."""

import random

import msgspec
import pytest

from engine.strays import Found
from tests.simulation.play import Play
from tests.simulation.scenarios import SCENARIOS, end, play
from tests.simulation.weather import CLEARS, hostile
from tests.undo.dumps import keys

SEEDS = {name: range(3) for name in SCENARIOS} | {"run": (0, 4), "sync": (1, 5), "take-over": (0, 1, 8)}
"""Most of these had a second copy when the last process had ended; 8: a deposed sweep asked about what was adopted."""


def swept(done: Play) -> list[Found]:
    """What an operator's sweep finds when the last request has landed."""
    machine = done.machine
    found: list[Found] = []

    def life() -> None:
        migration, wire = done.migration()
        try:
            found.extend(migration.sweep(act=True))
        finally:
            wire.close()

    machine.at(max(machine.now, CLEARS) + 600, lambda: machine.start("operator", life))
    machine.run(lambda: bool(found or done.wrong))
    return found


@pytest.mark.parametrize(("name", "seed"), [(name, seed) for name, seeds in SEEDS.items() for seed in seeds])
def test_outside_the_bounds_the_sweep_leaves_no_copy(name: str, seed: int) -> None:
    """No key stands in two live records, nothing is in doubt, what was done is in the log, and the log is whole."""
    end(name)
    weather = msgspec.structs.replace(hostile(random.Random(seed)), edits=0.0)
    played = play(name, seed, weather)
    played.run()
    found = swept(played)
    assert played.wrong == []
    played.machine.over = True
    assert {key: n for key, n in keys(played.records()).items() if n > 1} == {}
    assert [s for f in found for s in f.strays if s.what == "held"] == []
    migration, _ = played.migration()
    assert migration.view.in_doubt() == []
    assert migration.view.unswept("production") == []
    log = migration.journal.log
    assert log.verify().ok
    assert list(log.rebuild(check=True)) == []
