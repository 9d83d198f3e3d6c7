"""A plugin of pytest: leaves the tests that stand for promises, and makes each result tell for which.

It runs in every worker; results travel to where the table is made, marks do not.
"""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Which promises are looked at."""
    parser.addoption("--promises", default="", help="beginnings of ids: F-01 F-133; nothing for all")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Choose the tests."""
    wanted = tuple(config.getoption("--promises").split()) or ("",)
    left = []
    for item in items:
        ids = [str(mark.args[0]) for mark in item.iter_markers("promise")]
        item.user_properties += [("promise", id) for id in ids]
        if not any(id.startswith(wanted) for id in ids):
            left.append(item)
    config.hook.pytest_deselected(items=left)
    gone = {id(item) for item in left}
    items[:] = [item for item in items if id(item) not in gone]
