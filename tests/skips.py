"""A run that skips a test for a reason that is not listed here fails: nothing is left out in silence."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

ALLOWED = (
    r"no contracts below .*",
    r"the official client needs (node|npm), and there is none here",
    r"npm cannot fetch pipedrive@33: .*",
    r"the API contracts are not at .* \(set CUTOVER_SHARED\)",
    r"LibreOffice is not installed",
    r"the list of promises is not at .* \(set CUTOVER_SHARED\)",
)
"""Reasons for which a test may be skipped: API descriptions, official clients and the list are not ours to ship."""


class Skips:
    """Collects the skips of a session, those of other workers included, and fails it for one that is not allowed."""

    def __init__(self) -> None:
        self.refused: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Look at the outcome of one phase of a test."""
        self._look(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Look at the outcome of collecting a module."""
        self._look(report)

    def _look(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        if report.skipped and not hasattr(report, "wasxfail") and not is_allowed(_reason(report.longrepr)):
            self.refused[report.nodeid] = _reason(report.longrepr)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Iterator[None]:
        """Turn any end but an error into a failure; done before the terminal says how the session ended."""
        if self.refused and session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        yield

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Name the tests that may not be skipped."""
        if self.refused:
            terminalreporter.section("skipped without leave", red=True)
            for test, reason in sorted(self.refused.items()):
                terminalreporter.line(f"{test}: {reason}")


def is_allowed(reason: str) -> bool:
    """Whether a test may be skipped for this reason."""
    return any(re.fullmatch(pattern, reason, re.DOTALL) for pattern in ALLOWED)


def _reason(longrepr: Any) -> str:
    """The words of a skip: pytest gives (file, line, "Skipped: words")."""
    text = longrepr[2] if isinstance(longrepr, tuple) else str(longrepr)
    return text.removeprefix("Skipped: ")
