"""The suite's one option. A plugin of its own: pytest reads options before it knows what `--pyargs` names."""

from importlib.metadata import entry_points

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--destination`."""
    parser.getgroup("cutover").addoption(
        "--destination",
        action="append",
        metavar="NAME",
        help="run adapters.conformance on this destination only (may be given several times; default: all installed)",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Refuse a destination for which no package offers a bench."""
    # the group is spelled out: every run of pytest loads this file, and must not load adapters for it
    there = sorted(point.name for point in entry_points(group="cutover.conformance"))
    if unknown := sorted(set(config.getoption("--destination") or ()) - set(there)):
        raise pytest.UsageError(f"no bench is installed for {', '.join(unknown)}; there are {', '.join(there)}")
