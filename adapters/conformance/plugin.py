"""The suites' options. A plugin of its own: pytest reads options before it knows what `--pyargs` names."""

from importlib.metadata import entry_points

import pytest

_SUITES = {
    "--destination": ("cutover.conformance", "adapters.conformance"),
    "--source": ("cutover.conformance.sources", "adapters.conformance.sources"),
}
"""The group of benches and the suite of each option. They are spelled out: every run of pytest loads this file, and
must not load adapters for it."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--destination` and `--source`."""
    for option, (_, suite) in _SUITES.items():
        parser.getgroup("cutover").addoption(
            option,
            action="append",
            metavar="NAME",
            help=f"run {suite} on this {option[2:]} only (may be given several times; default: all installed)",
        )


def pytest_configure(config: pytest.Config) -> None:
    """Refuse a name for which no package offers a bench."""
    for option, (group, _) in _SUITES.items():
        there = sorted({point.name for point in entry_points(group=group)})
        if unknown := sorted(set(config.getoption(option) or ()) - set(there)):
            raise pytest.UsageError(f"no bench is installed for {', '.join(unknown)}; there are {', '.join(there)}")
