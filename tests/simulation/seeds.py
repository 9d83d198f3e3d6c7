"""What one integer stands for: a scenario, its weather and what it is played on. A failure is that integer."""

import random
from typing import Literal, NamedTuple

from tests.simulation.judge import judge, judge_hostile
from tests.simulation.play import Play
from tests.simulation.scenarios import SCENARIOS, play
from tests.simulation.weather import Weather, draw, hostile, storm

Stage = Literal["model", "hostile", "stack", "storm", "stack-storm"]

STAGES: tuple[Stage, ...] = ("model", "hostile", "stack", "storm", "stack-storm")
"""The billions of a seed: the model; the same where the bounds are broken; the full stack; both in a storm."""

WEATHERS = {"hostile": hostile, "storm": storm, "stack-storm": storm}

BILLION = 10**9


class Cast(NamedTuple):
    """What a seed is played as."""

    stage: Stage
    scenario: str
    weather: Weather


def cast(seed: int) -> Cast:
    """What a seed stands for. Raises ValueError for one that stands for nothing."""
    if not 0 <= seed < BILLION * len(STAGES):
        raise ValueError(f"{seed} is no seed: they go from 0 to {BILLION * len(STAGES) - 1}")
    stage = STAGES[seed // BILLION]
    names = list(SCENARIOS)
    weather = WEATHERS.get(stage, draw)
    return Cast(stage, names[seed % len(names)], weather(random.Random(seed)))


def made(seed: int) -> Play:
    """The play of a seed, still to be run."""
    stage, scenario, weather = cast(seed)
    return play(scenario, seed, weather, store="file" if stage.startswith("stack") else "memory")


def judged(seed: int, played: Play) -> list[str]:
    """What is wrong at the end of a seed's play."""
    stage, scenario, _ = cast(seed)
    return judge_hostile(scenario, played) if stage == "hostile" else judge(scenario, played)


def wrong(seed: int) -> list[str]:
    """Play a seed; everything that is wrong at its end."""
    played = made(seed)
    played.run()
    found = judged(seed, played)
    played.close()
    return found
