"""The rules of the house that no linter knows: sizes, clocks and dice, words for the reader."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import click
import pytest

from ops.cli import main

ROOT = Path(__file__).parents[1]
PACKAGES = ("engine", "adapters", "eventstore", "ops")
SOURCES = sorted(p.relative_to(ROOT).as_posix() for name in PACKAGES for p in (ROOT / name).rglob("*.py"))
TESTS = sorted(p.relative_to(ROOT).as_posix() for p in (ROOT / "tests").rglob("*.py"))
FUNCTION_LINES, FILE_LINES = 70, 500

OUTSIDE = {
    "ops/compose.py": {"time", "random", "uuid"},
    "ops/reach.py": {"time", "random", "datetime"},
    "ops/daemon.py": {"datetime"},
    "ops/demo.py": {"time"},
    "adapters/sandbox/server.py": {"time", "secrets"},
    "eventstore/log.py": {"os", "time"},
    "adapters/sandbox/faults.py": {"random"},
}
"""Who may ask the world for what: the composition root, the processes, and defaults that say so."""

BANNED = re.compile(
    r"(time\.\w+|uuid\.uuid\d|random\.\w+|secrets\.\w+|os\.(urandom|getrandom)"
    r"|(datetime\.)?(datetime|date)\.(now|utcnow|today))"
)
"""Clocks, ids and dice, as they are spelled in code."""


@cache
def tree(path: str) -> ast.Module:
    """A file of the repository, parsed."""
    return ast.parse((ROOT / path).read_text(encoding="utf-8"))


def functions(path: str) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function of a file, nested ones included."""
    return (n for n in ast.walk(tree(path)) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))


def asked(path: str) -> set[str]:
    """Clocks, ids and dice that a file names, whether it calls them or hands them on; imports of single ones, too."""
    names = {ast.unparse(n) for n in ast.walk(tree(path)) if isinstance(n, ast.Attribute)}
    found = {name for name in names if BANNED.fullmatch(name)}
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ImportFrom) and node.module in ("time", "random", "uuid", "secrets"):
            found |= {f"{node.module}.{a.name}" for a in node.names}
    return found


def words(path: str) -> Iterator[str]:
    """Comments and docstrings of a file."""
    text = (ROOT / path).read_text(encoding="utf-8")
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.string
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    yield from (ast.get_docstring(n) or "" for n in ast.walk(tree(path)) if isinstance(n, documented))


def commands(group: click.Group, name: str = "cutover") -> Iterator[tuple[str, click.Command]]:
    """Every command by its full name, groups included."""
    yield name, group
    context = click.Context(group)
    for word in group.list_commands(context):
        command = group.get_command(context, word)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands(command, f"{name} {word}")
        else:
            yield f"{name} {word}", command


COMMANDS = dict(commands(main))


@pytest.mark.parametrize("path", [*SOURCES, *TESTS])
def test_sizes(path: str) -> None:
    """No file and no function is longer than a reader can hold."""
    assert len((ROOT / path).read_text(encoding="utf-8").splitlines()) <= FILE_LINES
    long = {f.name: size for f in functions(path) if (size := (f.end_lineno or 0) - f.lineno + 1) > FUNCTION_LINES}
    assert not long


@pytest.mark.parametrize("path", SOURCES)
def test_clocks_ids_and_dice_come_in_as_arguments(path: str) -> None:
    """Only the composition root, and processes of their own, ask the world what time it is or for chance."""
    found = {name for name in asked(path) if name.split(".")[0] not in OUTSIDE.get(path, set())}
    assert not found


def test_the_exceptions_are_needed() -> None:
    """Nobody is excused who does not ask; dice are seeded; entropy and patience are the log's defaults."""
    for path, allowed in OUTSIDE.items():
        assert {name.split(".")[0] for name in asked(path)} == allowed, path
    assert asked("adapters/sandbox/faults.py") == {"random.Random"}
    assert asked("eventstore/log.py") == {"os.urandom", "time.sleep"}


@pytest.mark.parametrize("path", [p for p in TESTS if Path(p).name.startswith("test_")])
def test_every_test_says_what_it_shows(path: str) -> None:
    """A test has a docstring of its own: what is true when it passes."""
    silent = [f.name for f in functions(path) if f.name.startswith("test_") and not ast.get_docstring(f)]
    assert not silent


@pytest.mark.parametrize("path", SOURCES)
def test_every_public_name_is_documented(path: str) -> None:
    """Modules, classes, functions and methods that others may use say what they are."""
    assert ast.get_docstring(tree(path)), path
    found = [n.name for n in _public(tree(path)) if not ast.get_docstring(n)]
    assert not found


def _public(node: ast.Module | ast.ClassDef) -> Iterator[ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef]:
    for child in node.body:
        if isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and not child.name.startswith("_"):
            yield child
            if isinstance(child, ast.ClassDef):
                yield from _public(child)


@pytest.mark.parametrize("path", [*SOURCES, *TESTS])
def test_nothing_is_left_for_later(path: str) -> None:
    """No comment puts off work."""
    later = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b")
    assert not [w for w in words(path) if later.search(w)]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_an_example(name: str) -> None:
    """The help of each command says what it does and shows how it is typed."""
    text = COMMANDS[name].help or ""
    assert text.split("\n")[0].endswith("."), text
    assert "Example:" in text
    example = text.split("Example:")[1]
    assert name.split()[-1] in example
    assert "cutover" in example


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_is_explained(name: str) -> None:
    """No option is left for the reader to guess."""
    silent = [p.name for p in COMMANDS[name].params if isinstance(p, click.Option) and not p.help]
    assert not silent
