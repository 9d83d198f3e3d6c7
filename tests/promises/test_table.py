"""The table of README.md says what is: each row has tests, and each test that it names bears the row's mark."""

import ast
import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
ROWS = (*range(25, 37), *range(114, 124), *range(133, 141))
TABLE = {
    match[1]: re.findall(r"`([\w/]+\.py)::(\w+)`", match[0])
    for match in re.finditer(r"^\| (F-\d+) \|.*$", (Path(__file__).parent / "README.md").read_text(), re.MULTILINE)
}


def marks(file: str, test: str) -> set[str]:
    """The promises that a test function is marked with."""
    tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
    (function,) = [n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == test]
    calls = [d for d in function.decorator_list if isinstance(d, ast.Call) and ast.unparse(d.func).endswith(".promise")]
    return {ast.literal_eval(call.args[0]) for call in calls}


@pytest.mark.parametrize("row", [f"F-{number:03d}" for number in ROWS])
def test_every_row_has_tests_that_bear_its_mark(row: str) -> None:
    """No promise of these sections is without a test, and none is claimed that a test does not claim itself."""
    assert TABLE[row]
    for file, test in TABLE[row]:
        assert row in marks(file, test), f"{file}::{test}"
