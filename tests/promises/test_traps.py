"""Every trap that is planted in the export bundles has a test that looks at what became of it at a destination."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
END_TO_END = ("e2e", "nutshell", "pairs")
"""The folders whose tests play whole migrations."""


def traps() -> Iterator[str]:
    """The ids of all traps of all bundles."""
    for bundle in sorted((TESTS / "bundles").glob("*/traps.json")):
        yield from (trap["id"] for trap in json.loads(bundle.read_text(encoding="utf-8")))


def marked() -> set[str]:
    """The traps that end-to-end tests are marked with, themselves or by a parameter."""
    found: set[str] = set()
    for folder in END_TO_END:
        for path in (TESTS / folder).rglob("*.py"):
            calls = (n for n in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(n, ast.Call))
            marks = (call for call in calls if ast.unparse(call.func).rpartition(".")[2] == "trap")
            found |= {str(call.args[0].value) for call in marks if isinstance(call.args[0], ast.Constant)}
    return found


TRAPS = list(traps())
MARKED = marked()


def test_all_traps_are_known() -> None:
    """The five bundles plant 180 traps, each with an id of its own."""
    assert len(TRAPS) == len(set(TRAPS)) == 180


@pytest.mark.parametrize("trap", TRAPS)
def test_a_trap_has_an_end_to_end_test(trap: str) -> None:
    """A test that plays a whole migration bears its mark."""
    assert trap in MARKED
