"""How fast a run is: by the account's limits, and as the plan has said. Simulated: hours pass in seconds."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from adapters.destinations.pipedrive import Pipedrive
from adapters.protocols import BudgetSpentError
from tests.bench.generate import Sizes, generate
from tests.contract.simulated import Simulated
from tests.engine.world import World

WINDOW = 2.0
DAY = 86_400.0
ACTIVITIES = Sizes(companies=10, contacts=20, deals=10, calls=500, emails=50, meetings=20, tasks=30, notes=10)
MIXED = Sizes(companies=120, contacts=180, deals=90, calls=105, emails=45, meetings=60, tasks=60, notes=90)
TENTH = 0.10


class Small(Pipedrive):
    """An account that may spend `per_day` tokens a day."""

    per_day = 3000

    def pace(self, seats: int) -> tuple[float, int]:
        """Its burst limit, and its own budget."""
        return super().pace(seats)[0], self.per_day


@contextmanager
def simulated(folder: Path, sizes: Sizes, destination: Pipedrive, **settings: Any) -> Iterator[tuple[World, Simulated]]:
    """A migration of a generated export at a simulated account, at the beginning of the account's day."""
    generate(folder, sizes)
    world = World(export=folder)
    wire = Simulated(destination, **settings)
    world.account.wire, world.account.destination, world.account.costs = wire, destination, destination
    try:
        yield world, wire
    finally:
        wire.close()
        world.close()


def gates(world: World) -> None:
    """Up to the first run, with a sample of two records."""
    world.map()
    world.migration.approve("configuration", "test")
    world.migration.sample(2)
    world.migration.approve("sample", "test")
    world.migration.approve("data", "test")


@pytest.mark.promise("F-121")
@pytest.mark.parametrize("limit", [8, 40])
def test_a_large_load_settles_below_the_limit(tmp_path: Path, limit: int) -> None:
    """However small the account's limit is, only the first wave meets it; then none is refused, and none is wasted."""
    with simulated(tmp_path, ACTIVITIES, Pipedrive(plan="growth"), plan="growth", burst=limit) as (world, wire):
        gates(world)
        wire.wait(WINDOW * 2)
        wire.answers.clear()
        started = wire.now
        assert world.migration.run().outcome == "done"
        refused = [at for at, status in wire.answers if status == 429]
        assert all(at - started < WINDOW for at in refused)
        times = [at for at, status in wire.answers if status < 400]
        assert max(sum(at - WINDOW < t <= at for t in times) for at in times) <= limit
        assert len(times) / (wire.now - started) >= 0.85 * limit / WINDOW


@pytest.mark.promise("F-178")
@pytest.mark.parametrize("plan", ["lite", "growth", "ultimate"])
def test_the_forecast_of_a_run(tmp_path: Path, plan: Any) -> None:
    """The seconds of the plan are within a tenth of what the run takes by the account's limits."""
    with simulated(tmp_path, MIXED, Pipedrive(plan=plan), plan=plan) as (world, wire):
        gates(world)
        forecast, started = world.migration.plan().seconds, wire.now
        assert world.migration.run().outcome == "done"
        assert forecast == pytest.approx(wire.now - started, rel=TENTH)


@pytest.mark.promise("F-178")
@pytest.mark.promise("F-120")
def test_the_forecast_of_a_run_of_days(tmp_path: Path) -> None:
    """What a day's budget does not pay for waits for the next; no day passes its budget, and the plan has said so."""
    with simulated(tmp_path, MIXED, Small(plan="lite"), plan="lite", daily_budget=Small.per_day) as (world, wire):
        gates(world)
        wire.wait(DAY - wire.now % DAY)
        charged = wire.sandbox.control("GET", "/sandbox/requests")["tokens"]
        forecast, started = world.migration.plan().seconds, wire.now
        while True:
            try:
                outcome = world.migration.run().outcome
            except BudgetSpentError as error:
                assert error.seconds
                wire.wait(error.seconds)  # the account may know only at the next request when its day ends
            else:
                break
        assert outcome == "done"
        days = math.ceil((wire.now - started) / DAY)
        assert wire.sandbox.control("GET", "/sandbox/requests")["tokens"] - charged <= days * Small.per_day
        assert days == 2
        assert forecast == pytest.approx(wire.now - started, rel=TENTH)
