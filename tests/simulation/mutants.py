"""Mutants: one guard taken out at a time, in a copy of its function, to show that the simulator would notice.

A mutant names the function, the text of the guard and what stands there instead. The seed that is pinned to it is one
that catches it: the judge finds something wrong, or the play never comes to its end.
"""

import __future__

import inspect
import textwrap
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from itertools import count
from types import CodeType, FunctionType
from typing import Any, NamedTuple

from tests.simulation.scenarios import SCENARIOS, end, verdicts, wanted
from tests.simulation.seeds import BILLION, STAGES, Stage, wrong


class Mutant(NamedTuple):
    """One planted fault. `where`: "module:Class.function"."""

    name: str
    where: str
    guard: str
    instead: str
    seed: int
    stage: Stage = "model"


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
    _calm()
    with planted(mutant):
        return wrong(seed)


@cache
def _calm() -> None:
    """What calm plays end with is learned without any fault."""
    for name in SCENARIOS:
        end(name), wanted(name), verdicts(name)


class Hunted(NamedTuple):
    """How a hunt ended: the seed that catches the mutant (None: none was found), seeds played, seconds of CPU."""

    mutant: Mutant
    seed: int | None
    played: int
    seconds: float


def hunt(mutant: Mutant, first: int, seconds: float) -> Hunted:
    """Play seeds from a first one on until one catches the mutant, or the CPU has worked for so long."""
    _calm()
    first += BILLION * STAGES.index(mutant.stage)
    began = time.process_time()
    for n in count():
        spent = time.process_time() - began
        if spent > seconds:
            return Hunted(mutant, None, n, spent)
        if caught(mutant, first + n):
            return Hunted(mutant, first + n, n + 1, time.process_time() - began)
    raise AssertionError


MUTANTS = (
    Mutant(
        "an unsafe request without an answer is sent again",
        "adapters.driver:Driver._failed",
        "if sent and request.unsafe:",
        "if False:",
        4,
    ),
    Mutant(
        "an answer that nobody understands counts as not applied",
        "adapters.driver:Driver._answered",
        "if request.unsafe:\n",
        "if False:\n",
        0,
    ),
    Mutant(
        "a request that was not answered in time counts as not sent",
        "adapters.driver:Driver._attempt",
        'failure = LostError(f"no answer',
        'failure = NotSentError(f"no answer',
        4,
    ),
    Mutant(
        "nobody asks before a request whether the log is still ours",
        "adapters.driver:Driver._attempt",
        "if request.unsafe:\n            self._permit()",
        "if False:\n            self._permit()",
        456,
    ),
    Mutant(
        "a writer that was deposed goes on sending",
        "engine.journal:Journal.check_owned",
        "raise Deposed(",
        "str(",
        456,
    ),
    Mutant(
        "a writer that was deposed goes on appending",
        "eventstore.log:Log._append",
        "if epoch is not None and epoch != head.epoch:",
        "if False:",
        1,
    ),
    Mutant(
        "a run does not take the log",
        "engine.journal:Journal.own",
        "if self.epoch is None:",
        "if False:",
        1,
    ),
    Mutant(
        "a request leaves before its intent is durable",
        "engine.write:Writer._wave",
        "    intents = self.journal.record_all(entries)\n    results = self._send(bodies, attempt)\n",
        "    results = self._send(bodies, attempt)\n    intents = self.journal.record_all(entries)\n",
        18,
    ),
    Mutant(
        "a create goes out without our key",
        "engine.write:Writer._intent",
        "| {key: mark}",
        "| {}",
        0,
    ),
    Mutant(
        "a write in doubt counts as one that never left",
        "engine.write:Writer._outcome",
        "if isinstance(result, InDoubtError):",
        "if False:",
        0,
    ),
    Mutant(
        "what a process left in doubt is not settled by the next",
        "engine.migration:Migration._run",
        "sweeper.writer.settle_all()",
        "pass",
        0,
    ),
    Mutant(
        "absence is proof at once",
        "engine.settle:Settler.settle",
        "(left := quiet + bounds.total - self.account.now()) > 0",
        "(left := 0) > 0",
        30,
    ),
    Mutant(
        "absence is proof when the witness alone had its time",
        "engine.settle:Settler.settle",
        "quiet + bounds.total",
        "quiet + bounds.visible",
        29,
    ),
    Mutant(
        "nobody looks a second time when the bounds have passed",
        "engine.settle:Settler.settle",
        "waited = self.account.now() - quiet\n        self._look(absent, settled)",
        "waited = self.account.now() - quiet",
        5,
    ),
    Mutant(
        "what a person did while a write was in doubt is written over",
        "engine.settle:Settler.settle",
        "changed=not same",
        "changed=False",
        263,
    ),
    Mutant(
        "people's edits are not compared before an update",
        "engine.merge:Merger._present",
        "if key in known\n",
        "if False\n",
        19,
    ),
    Mutant(
        "what people changed is written over without a question",
        "engine.merge:Merger._present",
        'elif edited and choice != "source":',
        "elif False:",
        19,
    ),
    Mutant(
        "what people changed is no reason to spare a record",
        "engine.merge:Merger._edited",
        "if not same(entity, k, v, theirs.get(k))",
        "if False",
        103,
    ),
    Mutant(
        "a step passes for the whole record",
        "engine.steps:Stepper._cut",
        "whole_hash=self.journal.log.vault.hash(encoded(there)),",
        "whole_hash=change.whole_hash,",
        0,
    ),
    Mutant(
        "what was refused is never tried again",
        "engine.load:Load._rejected_before",
        'in ("", change.whole_hash)',
        "is not None",
        5,
    ),
    Mutant(
        "what is no longer wanted stays",
        "engine.load:Load._delete_unwanted",
        "self.stepper.write(sorted_out.updates)",
        "[]",
        1,
    ),
    Mutant(
        "the clocks of both sides are believed to agree",
        "adapters.destinations.pipedrive.finding:since",
        "- MARGIN",
        "",
        24,
    ),
    Mutant(
        "an update is found without looking at its values",
        "adapters.destinations.pipedrive.finding:find",
        "if _equal(entity, intent.fields, copy.values)",
        "if True",
        11,
    ),
    Mutant(
        "a delete is found without looking whether the record is gone",
        "adapters.destinations.pipedrive.finding:find",
        "[] if rows else [Applied",
        "[Applied",
        11,
    ),
    Mutant(
        "details that come item by item are not looked at",
        "adapters.destinations.pipedrive.finding:_moved",
        "if not keys:",
        "if True:",
        7,
    ),
    Mutant(
        "any young record is taken for the one in doubt",
        "adapters.destinations.pipedrive.finding:_created",
        "rows = [row for row in rows if intent.mark in _texts(entity, row)]",
        "pass",
        88,
    ),
    Mutant(
        "a rewind does not read again what it restores or deletes",
        "engine.takeback:TakeBack.run",
        'if action in ("restore", "delete"):',
        "if False:",
        26,
    ),
    Mutant(
        "what is put back has the ids of then",
        "engine.takeback:TakeBack._send",
        "[self._bound(s.change, links) for s in steps]",
        "[s.change for s in steps]",
        2,
    ),
    Mutant(
        "a rewind takes back what people have changed",
        "engine.undo:Undo._edited",
        'if record is None or step.action == "recreate":',
        "if True:",
        26,
    ),
    Mutant(
        "a page is seen before its records are recorded",
        "engine.feed:Feed._take",
        "self.journal.record_all([*entries, Entry(body, None, cause)])",
        "self.journal.record_all([Entry(body, None, cause)]), self.journal.record_all(entries)",
        5,
    ),
    Mutant(
        "a record whose values have changed is known already",
        "engine.feed:Feed._entry",
        'there["fingerprint"] == complete and',
        "True and",
        5,
    ),
    Mutant(
        "what a reading did not see is not missed",
        "engine.feed:Feed._unseen",
        "gone(self.journal, self.view, obj.name, position)",
        "pass",
        5,
    ),
    Mutant(
        "a second copy counts as one that came late",
        "engine.strays:Strays._sort",
        "and not repeated:",
        "and True:",
        1000000001,
        "hostile",
    ),
    Mutant(
        "what the sweep takes away is not told",
        "engine.sweep:Sweeper._sweep",
        'copies=[s.copy.id for s in found.of("copy")]',
        "copies=[]",
        1000000012,
        "hostile",
    ),
    Mutant(
        "a second copy stays",
        "engine.sweep:Sweeper._sweep",
        'if stray.what == "copy" and',
        "if False and",
        1000000001,
        "hostile",
    ),
)
