"""Every point at which a process can die, one after the other, in each of the five scenarios."""

from functools import cache

import pytest

from tests.simulation.judge import judge
from tests.simulation.scenarios import SCENARIOS, play

SLICES = 4


@cache
def points(name: str) -> int:
    """How many points a calm play has."""
    calm = play(name, 0)
    calm.run()
    assert judge(name, calm) == []
    return calm.machine.points


@pytest.mark.parametrize("part", range(SLICES))
@pytest.mark.parametrize("name", list(SCENARIOS))
def test_a_death_at_every_point(name: str, part: int) -> None:
    """Whatever was under way: the next process goes on, and the end is that of a calm day."""
    last = points(name)
    assert last > 50
    wrong = {}
    for point in range(1 + part, last + 1, SLICES):
        broken = play(name, 0, crash_at=point)
        broken.run()
        assert broken.machine.counts["death"] == 1, f"point {point} was not reached"
        if found := judge(name, broken):
            wrong[point] = found
        broken.close()
    assert wrong == {}
