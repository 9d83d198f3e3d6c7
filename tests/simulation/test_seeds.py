"""Seeds: nothing is lost, nothing doubled, and each seed is the same story twice."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.simulation.seeds import BILLION, STAGES, made, wrong

ROOT = Path(__file__).parents[2]
MODEL, STACK = 5000, 300
CHUNKS = 24
"""Seeds are tested in so many parts of each stage, so that several cores share them."""


@pytest.mark.parametrize("part", range(CHUNKS))
@pytest.mark.parametrize(("stage", "seeds"), [("model", MODEL), ("stack", STACK)])
def test_nothing_is_lost_and_nothing_doubled(stage: str, seeds: int, part: int) -> None:
    """Played to the end, no seed has anything for the judge to say. Replay one: `python -m tests.simulation play N`."""
    first = BILLION * STAGES.index(stage)  # type: ignore[arg-type]
    bad = {seed: found for seed in range(first + part, first + seeds, CHUNKS) if (found := wrong(seed))}
    assert bad == {}


SAMPLE = [*range(0, 240, 20), *range(BILLION, BILLION + 6), *range(2 * BILLION, 2 * BILLION + 6)]


def _stories(hash_seed: int) -> list[str]:
    """Steps, time and checksum of each sampled seed, as another process plays it."""
    code = f"from tests.simulation.test_seeds import told\nfor seed in {SAMPLE}: print(told(seed))"
    environment = {**os.environ, "PYTHONHASHSEED": str(hash_seed), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout.splitlines()


def told(seed: int) -> str:
    """The whole story of a seed, as a line."""
    played = made(seed)
    played.run()
    machine = played.machine
    played.close()
    return f"{seed} {machine.steps} {machine.points} {machine.now:.6f} {machine.checksum:08x}"


def test_a_seed_is_the_same_story_twice() -> None:
    """Again in this process, and in two others whose sets and dicts are ordered by other hashes."""
    here = [told(seed) for seed in SAMPLE]
    assert [told(seed) for seed in SAMPLE] == here
    assert _stories(1) == here
    assert _stories(2) == here
