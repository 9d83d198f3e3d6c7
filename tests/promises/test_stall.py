"""Section 7: a stall in the middle leaves a state that the next run continues."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from adapters.protocols import Request
from tests.bench.generate import Sizes
from tests.contract.trade import MAP, Amounts, House
from tests.engine.world import World
from tests.promises.scenes import DESTINATIONS, of_source, smart_crm

pytestmark = pytest.mark.xdist_group("stall")

SIZES = Sizes(companies=4, contacts=6, deals=4, calls=4, emails=3, meetings=4, tasks=3, notes=4)
AMOUNTS = Amounts(
    companies=4, people=4, products=2, variations=2, deals=3, lines=7, leads=3, visits=2, notes=3, files=2, archived=2
)


LEAST, MOST = 25, 400
"""Kills of one migration."""


class Killed(BaseException):
    """The process is gone: nothing of it catches this."""


class Killer:
    """Kills at every request that changes something, when it is sent for the first time: before it, or after it.

    A request is known by what it says but for our key, which names the run and the attempt.
    """

    def __init__(self, world: World, *, after: bool) -> None:
        self.world = world
        self.after = after
        self.seen: set[str] = set()
        self.kills = 0

    def __call__(self, request: Request) -> str:
        """What happens to a request."""
        content = request.upload.digest if request.upload else ""
        said = f"{request.method} {request.path} {content} {_without_key(request.body)}"
        if not request.unsafe or said in self.seen:
            return ""
        self.seen.add(said)
        self.kills += 1
        if self.after:
            self.world.wire.sandbox.answer(request)
        raise Killed


def _without_key(body: Any) -> str:
    """A body without marks: those of two attempts differ."""
    if isinstance(body, dict):
        return str({key: _without_key(value) for key, value in body.items() if key != "id"})
    if isinstance(body, list):
        return str([_without_key(value) for value in body])
    return "" if isinstance(body, str) and "acme/" in body else str(body)


def begun(kind: str, folder: Path) -> World:
    """A migration right before its run."""
    if kind == "trading house":
        return of_source(House(AMOUNTS), MAP, files=folder / "files")
    return smart_crm(kind, folder, SIZES)


def contents(world: World) -> Counter[tuple[str, str]]:
    """What the account holds, by table and by what people see of a record: no ids, no times of ours."""
    found: Counter[tuple[str, str]] = Counter()
    for table, rows in world.wire.records().items():
        for row in rows:
            seen = (row.get(key) for key in ("name", "title", "subject", "value", "status", "file_size", "item_price"))
            found[table, str([value for value in seen if value is not None])] += 1
    return found


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Counter[tuple[str, str]]]:
    """What an unbroken run makes, by migration; filled when it is asked for."""
    return {}


@pytest.mark.promise("F-122")
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("kind", [*DESTINATIONS, "trading house"])
def test_killed_at_any_request_the_end_is_the_same(
    tmp_path: Path, kind: str, after: bool, unbroken: dict[str, Counter[tuple[str, str]]]
) -> None:
    """Killed at every single request that changes something, resumed each time: the result equals an unbroken run."""
    if kind not in unbroken:
        whole = begun(kind, tmp_path / "whole")
        assert whole.migration.run().outcome == "done"
        unbroken[kind] = contents(whole)
        whole.close()
    world = begun(kind, tmp_path / "broken")
    killer = Killer(world, after=after)
    world.wire.hurt = killer
    outcome = ""
    while not outcome:
        kills = killer.kills
        assert kills < MOST, "it does not come to an end"
        try:
            outcome = world.migration.run().outcome
        except Killed:
            assert killer.kills == kills + 1
    assert outcome == "done"
    assert killer.kills >= LEAST
    assert contents(world) == unbroken[kind]
    assert world.view.in_doubt() == []
    assert world.migration.reconcile().ok
    world.close()
