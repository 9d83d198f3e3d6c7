"""Section 7: the rate budget, the room for the customer, sixteen requests at once."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from adapters.destinations.nutshell import Nutshell
from adapters.destinations.pipedrive import Pipedrive
from adapters.protocols import BudgetSpentError
from adapters.sandbox.settings import Settings
from tests.bench.generate import Sizes, generate
from tests.contract.simulated import IN_FLIGHT, Simulated
from tests.e2e.workspace import migrating
from tests.engine.world import World
from tests.promises.scenes import DESTINATIONS, smart_crm

DAY = 86_400.0
BUDGET, RESERVE = 1400, 600
DEAREST = 10
"""Tokens of the dearest request of a phase that has begun."""
MANY = Sizes(companies=40, contacts=60, deals=40, calls=60, emails=30, meetings=30, tasks=30, notes=40)
SIZES = Sizes(companies=24, contacts=30, deals=20, calls=20, emails=10, meetings=12, tasks=12, notes=20)
FAULTS = "lost=0.06,cut=0.06,500=0.06,503=0.03,null=0.03"


@contextmanager
def simulated(world: World, destination: Any, sandbox: Any, reserve: int = 0) -> Iterator[Simulated]:
    """The migration of a world, at an account that is reached by the driver in virtual time."""
    wire = Simulated(destination, sandbox=sandbox, reserve=reserve)
    world.account.wire, world.account.destination, world.account.costs = wire, destination, destination
    world.account.sleep, world.account.now = wire.wait, lambda: wire.now
    try:
        yield wire
    finally:
        wire.close()


def _logged(row: dict[str, Any]) -> bool:
    """Whether a note is the text of a logged activity, which Nutshell lists as a note as well."""
    return row.get("type") == "notes" and row["links"]["parent"] is None


@pytest.mark.promise("F-120")
def test_every_day_leaves_room_for_the_customer(tmp_path: Path) -> None:
    """A run of several days: on none does the account charge us its budget less the reserve, and none is refused.

    When a day ends the account does not say, so one request asks now and then; it comes out of the reserve.
    """
    world = smart_crm("pipedrive", tmp_path, MANY)
    sandbox = world.wire.sandbox
    sandbox.world.settings = Settings(plan="ultimate", daily_budget=BUDGET)  # type: ignore[attr-defined]
    with simulated(world, Pipedrive(plan="ultimate"), sandbox, RESERVE) as wire:
        wire.wait(DAY - wire.now % DAY)
        days: Counter[int] = Counter()
        asked: Counter[int] = Counter()
        outcome = ""
        while not outcome:
            before, day = sandbox.control("GET", "/sandbox/requests")["tokens"], int(wire.now // DAY)
            try:
                outcome = world.migration.run().outcome
            except BudgetSpentError as error:
                assert "kept for the customer" in str(error)
                wire.wait(error.seconds or 0.0)
                asked[day] += 1
            days[day] += sandbox.control("GET", "/sandbox/requests")["tokens"] - before
    assert outcome == "done"
    assert len(days) > 2
    assert all(tokens <= BUDGET - RESERVE + DEAREST * asked[day] for day, tokens in days.items())
    assert all(days[day] > BUDGET - RESERVE - DEAREST for day in sorted(days)[:-1])  # and what may be spent is
    assert {status for _, status in wire.answers} <= {200, 201}
    world.close()


@pytest.mark.promise("F-123")
@pytest.mark.parametrize("destination", DESTINATIONS)
@pytest.mark.parametrize("seed", [1, 2])
def test_sixteen_in_flight_and_no_record_twice(tmp_path: Path, destination: str, seed: int) -> None:
    """Sixteen requests are under way at once, answers are lost and connections cut: each record is there once."""
    world = smart_crm(destination, tmp_path, SIZES)
    adapter = Pipedrive(plan="ultimate") if destination == "pipedrive" else Nutshell(plan="enterprise")
    sandbox = world.wire.sandbox
    with simulated(world, adapter, sandbox) as wire:
        sandbox.control("POST", "/sandbox/faults", {"spec": FAULTS, "seed": seed})
        assert world.migration.run().outcome == "done"
        struck = sandbox.control("GET", "/sandbox/requests")["faults"]
        sandbox.control("POST", "/sandbox/faults", {"spec": "", "seed": 0})
        assert struck > 10
        assert wire.most == IN_FLIGHT
        reconciled = world.migration.reconcile()
        assert reconciled.ok
        assert sum(entity.written for entity in reconciled.entities.values()) == SIZES.total
        records = sandbox.control("GET", "/sandbox/records")
        tables = ("organizations", "persons", "deals", "activities", "notes")
        if destination == "nutshell":
            tables = ("accounts", "contacts", "leads", "activities", "notes", "tasks")  # type: ignore[assignment]
        there = [row for table in tables for row in records[table] if not _logged(row)]
        assert len(there) == SIZES.total
    world.close()


@pytest.mark.promise("F-120")
def test_the_reserve_is_set_in_the_workspace(tmp_path: Path) -> None:
    """`reserve` of a destination in cutover.toml: the command that would touch it stops, and says why."""
    generate(tmp_path / "export", Sizes(2, 2, 2, 1, 1, 1, 1, 1))
    with migrating(tmp_path / "scene", export=tmp_path / "export", daily_budget=400) as workspace:
        workspace.configure(reserve=230)
        workspace.ok("discover")
        workspace.ok("map", "propose")
        workspace.ok("map", "confirm")
        workspace.ok("approve", "configuration")
        stopped = workspace.run("sample", "--size", "1", "--json")
        assert stopped.code != 0
        assert "230 kept for the customer's own use" in str(stopped)
        assert workspace.sandbox.requests()["tokens"] <= 400 - 230
