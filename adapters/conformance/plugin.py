"""The suite's one option. A plugin of its own: pytest reads options before it knows what `--pyargs` names."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--destination`."""
    parser.getgroup("cutover").addoption(
        "--destination",
        action="append",
        metavar="NAME",
        help="run adapters.conformance on this destination only (may be given several times; default: all installed)",
    )
