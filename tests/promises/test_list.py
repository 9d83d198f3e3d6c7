"""The list of promises is whole, every mark names one of them, and the table says how each of them stands."""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.promises.catalogue import PROMISES, Promise
from tests.promises.table import Results, lines, rows

TESTS = Path(__file__).parents[1]
SHARED = Path(os.environ.get("CUTOVER_SHARED") or Path(__file__).parents[3] / "shared")
FEATURES = SHARED / "facts" / "features.md"


def marks() -> Iterator[tuple[str, str]]:
    """Every mark of a test: the file, and what stands between its brackets."""
    for path in sorted(TESTS.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("mark.promise"):
                yield path.relative_to(TESTS).as_posix(), ", ".join(map(ast.unparse, node.args))


def test_the_list_counts_to_two_hundred() -> None:
    """Two hundred ids in order without a gap, each with a rule of its own that fits on a line."""
    assert [promise.id for promise in PROMISES] == [f"F-{number:03d}" for number in range(1, 201)]
    assert len({promise.rule for promise in PROMISES}) == 200
    assert all(0 < len(promise.rule) <= 80 for promise in PROMISES)


@pytest.mark.skipif(not FEATURES.is_file(), reason=f"the list of promises is not at {FEATURES} (set CUTOVER_SHARED)")
def test_the_list_is_that_of_the_product() -> None:
    """No id is missing and none is extra, and each stands in its own section."""
    section, wanted = "", []
    for line in FEATURES.read_text(encoding="utf-8").splitlines():
        if heading := re.match(r"## (\d+)\.", line):
            section = heading[1]
        elif row := re.match(r"\| (F-\d+) \|", line):
            wanted.append((row[1], section))
    assert [(promise.id, promise.section.split()[0]) for promise in PROMISES] == wanted


def test_every_mark_names_a_promise() -> None:
    """No test stands for a promise that nobody made."""
    known = {repr(promise.id) for promise in PROMISES}
    found = list(marks())
    assert not [(file, id) for file, id in found if id not in known]
    assert len({id for _, id in found}) > 100


def report(test: str, outcome: str, *ids: str, when: str = "call") -> pytest.TestReport:
    """A phase of a test as pytest reports it."""
    properties = [("promise", id) for id in ids]
    return pytest.TestReport(test, (test, 0, test), {}, outcome, None, when, user_properties=properties)  # type: ignore[arg-type]


def test_a_promise_stands_as_its_worst_test() -> None:
    """One failure of one parameter or of what a test needs is a failure of all that it stands for."""
    results = Results()
    for one in (
        report("tests/a.py::test_one[x]@group", "passed", "F-001", "F-002"),
        report("tests/a.py::test_one[y]@group", "skipped", "F-001", "F-002"),
        report("tests/a.py::test_two@group", "passed", "F-001", "F-003", when="setup"),
        report("tests/a.py::test_two@group", "failed", "F-001", when="teardown"),
        report("tests/b.py::test_three", "skipped", "F-004", when="setup"),
    ):
        results.pytest_runtest_logreport(one)
    promises = [Promise(f"F-00{n}", "1 Discovery", f"rule {n}") for n in range(1, 5)]
    table = rows(promises, results.by_promise)
    assert [row.state for row in table] == ["failing", "passing", "not yet built", "skipped"]
    assert results.by_promise["F-001"] == {"a.py::test_one": "passed", "a.py::test_two": "failed"}
    printed = "\n".join(lines(table))
    assert "F-003  not yet built  rule 3" in printed
    assert "a.py::test_two  failed" in printed
    assert printed.splitlines()[-1].split() == ["all", "1", "1", "1", "1"]


TEST = """
import pytest

@pytest.mark.promise("F-001")
@pytest.mark.parametrize("number", [1, 2])
def test_kept(number):
    pass

@pytest.mark.promise("F-002")
def test_broken():
    assert not "kept"

@pytest.mark.promise("F-013")
def test_another():
    assert not "asked for"
"""

MAIN = """
import sys
from pathlib import Path
from tests.promises import __main__ as command
command.TESTS = Path(sys.argv.pop(1))
command.main()
"""


@pytest.mark.parametrize("processes", ["0", "2"])
def test_the_command_fails_when_a_test_of_a_promise_fails(tmp_path: Path, processes: str) -> None:
    """The tests are really run, those alone that were asked for; what came out is printed, and is the exit code."""
    (tmp_path / "test_some.py").write_text(TEST, encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = promise(id): it\n", encoding="utf-8")

    def promises(*ids: str) -> tuple[int, str]:
        command = [sys.executable, "-c", MAIN, str(tmp_path), "-n", processes, *ids]
        done = subprocess.run(command, capture_output=True, text=True, cwd=TESTS.parent, check=False)
        return done.returncode, done.stdout

    code, table = promises("F-00")
    assert code == 1
    assert re.search(r"F-001  passing .*\n +\S*test_some.py::test_kept\n", table)
    assert re.search(r"F-002  failing .*\n +\S*test_some.py::test_broken  failed\n", table)
    assert "test_another" not in table
    code, table = promises("F-001", "F-003")
    assert (code, "F-002" in table) == (0, False)
    assert re.search(r"F-003  not yet built ", table)
    assert promises("F-003")[0] == 0
    assert promises("F-9")[0] == 2
