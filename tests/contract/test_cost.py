"""What a migration of 5,000 records costs by the account's own count, how long it takes, and what the plan had said."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.bench.generate import Sizes, change, generate, write
from tests.contract.minimum import CREATE, SCHEMA, SCHEMA_OF, UPDATE, configuration, entities
from tests.contract.spending import CONFIGURATION, by_entity_of_routes
from tests.e2e.workspace import Workspace, migrating

pytestmark = pytest.mark.xdist_group("cost")

SIZES = Sizes()
CHANGED = {
    "companies.csv": ("Employees", 150),
    "contacts.csv": ("Job Title", 100),
    "deals.csv": ("Value", 80),
    "calls.csv": ("Comments", 100),
    "notes.csv": ("Note", 70),
}
"""500 updates: in companies.csv the Employees of the first 150, and so on."""
UPDATES = {"organization": 150, "person": 100, "deal": 80, "activity": 100, "note": 70}

SHARE = 1.05
DELTA_SHARE = 1.10
"""Of a few hundred updates, which are read before and after by pages that are not full."""
FORECAST = 0.05
SINGLE = 10
"""Records of v1 that are read by themselves: ten cost as much as a page."""
SECONDS = 60
MEGABYTES = 400


@dataclass
class Leg:
    """One run: the plan made right before it, its own report, and what the account counted meanwhile."""

    plan: Any
    report: Any
    tokens: int
    requests: dict[str, int]


@dataclass
class Story:
    """A base run with everything before it, and a delta. `configured`: the least for what it had to make first.

    tokens: all that the account charged up to the end of the base run; `spent`: the same by entity. seconds,
    megabytes: of the process of the base run.
    """

    base: Leg
    delta: Leg
    configured: int
    tokens: int
    spent: dict[str, int]
    seconds: float
    megabytes: float


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """5,000 generated records moved by the command line, then 500 of them changed and synchronised."""
    folder = tmp_path_factory.mktemp("cost")
    export = folder / "export"
    files = generate(export, SIZES)
    with migrating(folder, export=export) as workspace:
        before = workspace.sandbox.records()
        workspace.prepare()
        plan, asked = workspace.ok("plan"), workspace.sandbox.requests()
        report, seconds, megabytes = _measured(workspace, "run")
        base = _leg(workspace, plan, asked, report)
        after = workspace.sandbox.records()
        asked = workspace.sandbox.requests()
        tokens, spent = asked["tokens"], by_entity_of_routes(asked["requests"])
        write(export, change(files, CHANGED))
        workspace.ok("discover")
        plan, asked = workspace.ok("plan"), workspace.sandbox.requests()
        delta = _leg(workspace, plan, asked, workspace.ok("sync"))
        workspace.check()
    yield Story(base, delta, configuration(before, after), tokens, spent, seconds, megabytes)


def _measured(workspace: Workspace, *args: str) -> tuple[Any, float, float]:
    """A command's document, the seconds of CPU it took (others use the machine, too) and the most memory it had."""
    with workspace.launch(*args, "--json") as process:
        assert process.stdout is not None
        document = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, document
    return document, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def _leg(workspace: Workspace, plan: Any, before: dict[str, Any], report: Any) -> Leg:
    after = workspace.sandbox.requests()
    requests = {route: n - before["requests"].get(route, 0) for route, n in after["requests"].items()}
    return Leg(plan, report, after["tokens"] - before["tokens"], {r: n for r, n in requests.items() if n})


@pytest.mark.parametrize("entity", sorted(entities(SIZES)))
def test_each_entity_costs_little_more_than_the_least(story: Story, entity: str) -> None:
    """Discovery, sample and run together: its records within a twentieth of the least, its share of a reading aside."""
    least = entities(SIZES)[entity] * CREATE[entity]
    assert least <= story.spent[entity] - SCHEMA_OF.get(entity, 0) <= SHARE * least


def test_a_base_run_costs_little_more_than_the_least(story: Story) -> None:
    """All of it, and by both counts: what is read of no entity is one reading of the account."""
    records = sum(CREATE[entity] * count for entity, count in entities(SIZES).items())
    least = records + story.configured
    assert sum(story.spent.values()) == story.tokens
    assert least <= story.tokens <= SHARE * least + SCHEMA
    assert story.configured <= story.spent[CONFIGURATION]


@pytest.mark.promise("F-178")
def test_the_plan_says_what_a_run_will_cost(story: Story) -> None:
    """The cost of the plan is within a twentieth of what the account charges for the run, and so for the delta."""
    for leg in (story.base, story.delta):
        assert leg.plan["cost"]["total"] == pytest.approx(leg.tokens, rel=FORECAST)


def test_a_delta_costs_little_more_than_the_least(story: Story) -> None:
    """500 updates with their before-images cost at most a tenth more than the updates alone."""
    least = sum(UPDATE[entity] * count for entity, count in UPDATES.items())
    assert {e: c["update"] for e, c in story.delta.plan["entities"].items()} == UPDATES
    assert least <= story.delta.tokens <= DELTA_SHARE * least


def test_before_images_come_from_lists(story: Story) -> None:
    """The base run reads no record by itself, the delta no more than what the last page of notes leaves over."""
    single = [
        sum(n for route, n in leg.requests.items() if route.startswith("GET") and route.endswith("/{id}"))
        for leg in (story.base, story.delta)
    ]
    assert single[0] == 0
    assert single[1] < SINGLE


def test_nothing_is_sent_twice(story: Story) -> None:
    """The delta changes each record with one request, and makes none."""
    changes = {r: n for r, n in story.delta.requests.items() if not r.startswith("GET")}
    assert sum(changes.values()) == sum(UPDATES.values())
    assert [route for route in changes if route.startswith("POST")] == []


def test_a_run_is_quick_and_small(story: Story) -> None:
    """5,000 records take less than a minute and a modest memory on a small machine."""
    assert story.seconds < SECONDS
    assert story.megabytes < MEGABYTES
    print(f"{SIZES.total} records: {story.seconds:.1f} s, {story.megabytes:.0f} MB")  # noqa: T201 - shown with -s


def test_the_same_seed_gives_the_same_export(tmp_path: Path) -> None:
    """Byte for byte, so that two measurements measure the same."""
    small = Sizes(3, 4, 3, 2, 2, 2, 2, 2)
    for name in ("one", "two"):
        generate(tmp_path / name, small, seed=7)
    one, two = ({f.name: f.read_bytes() for f in (tmp_path / n).iterdir()} for n in ("one", "two"))
    assert one == two
    assert len(one) == len(Sizes.__struct_fields__)
