"""The table of promises: what became of the tests that stand for each."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, NamedTuple

import pytest

from tests.promises.catalogue import Promise

State = Literal["passing", "failing", "skipped", "not yet built"]
STATES: tuple[State, ...] = ("passing", "failing", "skipped", "not yet built")
"""All tests passed, some of them skipped perhaps; one failed; all were skipped on this machine; there is none."""

_WORST = ("passed", "skipped", "failed")


class Results:
    """A plugin of pytest that keeps what became of each test, by promise: {"F-001": {"a.py::test_b": "passed"}}.

    The parameters of a test are one: the worst of them counts, and a skip beside a pass is a pass.
    """

    def __init__(self) -> None:
        self.by_promise: dict[str, dict[str, str]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """One phase of a test has ended."""
        if report.outcome == "passed" and report.when != "call":
            return
        # what loadgroup adds to an id is the group, behind the parameters
        test = report.nodeid.partition("[")[0].partition("@")[0].removeprefix("tests/")
        for name, value in report.user_properties:
            if name == "promise":
                seen = self.by_promise.setdefault(str(value), {})
                seen[test] = _joined(seen.get(test), report.outcome)


def _joined(one: str | None, other: str) -> str:
    if {one, other} == {"passed", "skipped"}:
        return "passed"
    return max(one or other, other, key=_WORST.index)


class Row(NamedTuple):
    """A promise, how it stands, and what became of each of its tests."""

    promise: Promise
    state: State
    tests: Mapping[str, str]


def rows(promises: Iterable[Promise], found: Mapping[str, Mapping[str, str]]) -> list[Row]:
    """The table."""
    return [Row(promise, _state(found.get(promise.id, {})), found.get(promise.id, {})) for promise in promises]


def _state(tests: Mapping[str, str]) -> State:
    outcomes = set(tests.values())
    if "failed" in outcomes:
        return "failing"
    if "passed" in outcomes:
        return "passing"
    return "skipped" if outcomes else "not yet built"


def lines(table: Iterable[Row]) -> Iterator[str]:
    """The table as it is printed: each promise with its tests below it, then how many stand how, by section."""
    counts: dict[str, Counter[State]] = {}
    for row in table:
        if row.promise.section not in counts:
            yield from ("", row.promise.section)
        counts.setdefault(row.promise.section, Counter())[row.state] += 1
        yield f"{row.promise.id}  {row.state:<15}{row.promise.rule}"
        for test, outcome in sorted(row.tests.items()):
            yield f"{'':<22}{test}{'' if outcome == 'passed' else f'  {outcome}'}"
    yield from ("", f"{'':<28}" + "".join(f"{state:>15}" for state in STATES))
    for section, count in (counts | {"all": sum(counts.values(), Counter())}).items():
        yield f"{section:<28}" + "".join(f"{count[state]:>15}" for state in STATES)
