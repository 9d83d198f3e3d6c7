"""The log in memory is the log: it folds, answers and proves what the database does, and a seed has one story."""

import random

import pytest

from tests.simulation.play import Play
from tests.simulation.scenarios import SCENARIOS, play
from tests.simulation.weather import draw

SEEDS = 4


def _story(play: Play) -> tuple[int, int, float, list[str], list[str]]:
    machine = play.machine
    return machine.checksum, machine.steps, machine.now, play.outcomes, play.wrong


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_seed_has_one_story_under_both_stores(name: str) -> None:
    """Turn by turn the same."""
    for seed in range(SEEDS):
        stories = []
        for store in ("memory", "sqlite"):
            played = play(name, seed, draw(random.Random(seed)), store=store)
            played.run()
            stories.append(_story(played))
        assert stories[0] == stories[1], seed
