"""Mutants: one guard taken out at a time, in a copy of its function, to show that the simulator would notice.

A mutant names the function, the text of the guard and what stands there instead. The seed that is pinned to it is one
that catches it: the judge finds something wrong, or the play never comes to its end.
"""

import __future__

import inspect
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from types import CodeType, FunctionType
from typing import Any, NamedTuple

from tests.simulation.seeds import wrong


class Mutant(NamedTuple):
    """One planted fault. `where`: "module:Class.function"."""

    name: str
    where: str
    guard: str
    instead: str
    seed: int


def function(where: str) -> FunctionType:
    """The function that a mutant changes."""
    module, _, path = where.partition(":")
    found: Any = import_module(module)
    for name in path.split("."):
        found = inspect.getattr_static(found, name) if isinstance(found, type) else getattr(found, name)
    found = getattr(found, "fget", None) or getattr(found, "__func__", found)
    found = inspect.unwrap(found)
    assert isinstance(found, FunctionType), where
    return found


def mutated(mutant: Mutant) -> CodeType:
    """The code of the function without its guard. Raises ValueError where the guard is not there exactly once."""
    original = function(mutant.where)
    source = textwrap.dedent(inspect.getsource(original))
    if source.count(mutant.guard) != 1:
        raise ValueError(f"{mutant.name}: {mutant.where} has {mutant.guard!r} {source.count(mutant.guard)} times")
    text = source.replace(mutant.guard, mutant.instead)
    flags = original.__code__.co_flags & __future__.annotations.compiler_flag
    made = compile(text, original.__code__.co_filename, "exec", flags=flags)
    return _inner(made, original.__name__)


def _inner(code: CodeType, name: str) -> CodeType:
    """The code of a function within that of a module."""
    return next(c for c in code.co_consts if isinstance(c, CodeType) and c.co_name == name)


@contextmanager
def planted(mutant: Mutant) -> Iterator[None]:
    """While this lasts, the fault is there, whoever calls the function."""
    original = function(mutant.where)
    kept = original.__code__
    original.__code__ = mutated(mutant)
    try:
        yield
    finally:
        original.__code__ = kept


def caught(mutant: Mutant, seed: int) -> list[str]:
    """What the judge says of a seed with the fault in."""
    with planted(mutant):
        return wrong(seed)


def hunt(mutant: Mutant, seeds: Iterator[int], enough: Callable[[], bool]) -> int | None:
    """The first seed that catches a mutant; None when there was enough."""
    for seed in seeds:
        if enough():
            return None
        if caught(mutant, seed):
            return seed
    return None


MUTANTS = (
    Mutant(
        "an unsafe request without an answer is sent again",
        "adapters.driver:Driver._failed",
        "if sent and request.unsafe:",
        "if False:",
        0,
    ),
    Mutant(
        "an answer that nobody understands counts as not applied",
        "adapters.driver:Driver._answered",
        "if request.unsafe:\n",
        "if False:\n",
        0,
    ),
    Mutant(
        "a writer that was deposed goes on sending",
        "engine.journal:Journal.check_owned",
        "raise Deposed(",
        "str(",
        0,
    ),
    Mutant(
        "people's edits are not compared before an update",
        "engine.merge:Merger._present",
        "if key in known\n",
        "if False\n",
        0,
    ),
    Mutant(
        "what people changed is no reason to spare a record",
        "engine.merge:Merger._edited",
        "if not same(entity, k, v, theirs.get(k))",
        "if False",
        0,
    ),
    Mutant(
        "a step passes for the whole record",
        "engine.steps:Stepper._cut",
        "partial=True,",
        "partial=False,",
        0,
    ),
    Mutant(
        "what was refused is never tried again",
        "engine.load:Load._rejected_before",
        'in ("", change.whole_hash)',
        "is not None",
        0,
    ),
    Mutant(
        "the clocks of both sides are believed to agree",
        "adapters.destinations.pipedrive.finding:since",
        "- MARGIN",
        "",
        0,
    ),
    Mutant(
        "an update is found without looking at its values",
        "adapters.destinations.pipedrive.finding:find",
        "if _equal(entity, intent.fields, copy.values)",
        "if True",
        0,
    ),
    Mutant(
        "details that come item by item are not looked at",
        "adapters.destinations.pipedrive.finding:_moved",
        "if not keys:",
        "if True:",
        0,
    ),
    Mutant(
        "who was a deal's main person stays as a participant",
        "engine.steps:Stepper._disturbing",
        "fields=change.fields | more), set(disturbed)",
        "fields=change.fields), set()",
        0,
    ),
    Mutant(
        "a rewind does not read again what it restores or deletes",
        "engine.takeback:TakeBack.run",
        'if action in ("restore", "delete"):',
        "if False:",
        0,
    ),
    Mutant(
        "a reading that goes on begins at the first page that it has seen",
        "engine.feed:Feed._end",
        "whole: bool",
        "whole: bool = True",
        0,
    ),
)
