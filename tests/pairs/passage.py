"""A passage: one source into one destination, from `init` through a delta to the rollback, and what was seen of it.

What the commands do is done in this process; both sandboxes are processes of their own, over real HTTP.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

import httpx

from adapters.protocols import Finding
from engine.load import GateShutError
from engine.migration import Migration
from engine.reconcile import Reconciliation
from engine.reviews import Question
from ops import demo_admin
from ops.compose import opened
from ops.workspace import Workspace as Configured
from tests.e2e.pairs import Pair
from tests.e2e.workspace import Sandbox, Workspace, sandboxed
from tests.pairs.sides import Side, initialise, next_day, reached

ROUNDS = 8
"""How often it is run and answered at most."""
USUAL = {"owner": "user:migration@brightpath.example", "ambiguous": "skip", "orphan": "skip", "vanished": "keep"}


Answers = Callable[[Question], str]


@dataclass
class Seen:
    """What is there at a stop."""

    account: dict[str, list[dict[str, Any]]]
    counts: dict[str, dict[str, int]]
    reconciled: Reconciliation
    findings: tuple[Finding, ...]
    disposed: dict[tuple[str, str], tuple[str, str, str]]
    places: dict[str, tuple[str, str]]

    def found(self, code: str, object: str = "", key: str = "") -> list[Finding]:
        """Findings by code, and of what."""
        return [f for f in self.findings if (f.code, object or f.object, key or f.key) == (code, f.object, f.key)]

    def record(self, object: str, key: str, table: str) -> dict[str, Any]:
        """What a source record became."""
        _, id = self.places[f"{object}/{key}"]
        return next(row for row in self.account[table] if str(row["id"]).partition("-")[0] == id.partition("-")[0])


@dataclass
class Passage:
    """All stops. asked: every question that stood against a record. events: the whole log, opened."""

    before: dict[str, list[dict[str, Any]]]
    discovered: tuple[Finding, ...]
    base: Seen
    later: Seen
    asked: dict[str, Question]
    after: dict[str, list[dict[str, Any]]]
    events: list[tuple[str, str, str, dict[str, Any]]] = field(repr=False)

    def questions(self, kind: str, object: str = "", key: str = "") -> list[Question]:
        """Questions by kind, and about what."""
        return [q for q in self.asked.values() if (q.kind, object or q.object, key or q.key) == (kind, q.object, q.key)]

    def extracted(self, object: str, key: str) -> list[dict[str, Any]]:
        """What was extracted of a record, state by state."""
        return [b for kind, o, k, b in self.events if (kind, o, k) == ("RecordExtracted", object, key)]


class _Traveller:
    def __init__(self, workspace: Workspace, sandbox: Sandbox, answers: Answers) -> None:
        self.workspace = workspace
        self.sandbox = sandbox
        self.answers = answers
        self.asked: dict[str, Question] = {}

    @contextmanager
    def migration(self) -> Iterator[Migration]:
        with opened(Configured(self.workspace.folder), "production", "tester", lambda *_: None) as migration:
            yield migration

    def administer(self) -> None:
        """What only an administrator makes is made, and seen."""
        with self.migration() as migration:
            parts = demo_admin.part(migration)
            for body in parts:
                httpx.post(f"{self.sandbox.url}/sandbox/admin", json=body, timeout=30).raise_for_status()
            if parts:
                migration.describe_destination()
            migration.approve("configuration", "test")

    def go(self, verb: str) -> None:
        """Run or sync, and answer, until nothing is asked any more."""
        for _ in range(ROUNDS):
            with self.migration() as migration:
                try:
                    report = migration.run() if verb == "run" else migration.sync()
                    done = report.outcome == "done"
                except GateShutError:
                    done = False
                questions = [q for q in migration.reviews() if q.choices]
                self.asked |= {q.id: q for q in migration.reviews()}
                blocking = [q for q in questions if q.blocking]
                for question in blocking:
                    migration.resolve([question.id], self.answers(question), "test")
            if done and not blocking:
                return
            self.administer()
        raise AssertionError(f"{verb} does not come to its end: {[q.question for q in blocking]}")

    def look(self) -> Seen:
        with self.migration() as migration:
            migration.refresh()
            return Seen(
                account=self.sandbox.records(),
                counts=migration.view.dispositions("production"),
                reconciled=migration.reconcile(),
                findings=migration.findings(),
                disposed=migration.view.disposed("production"),
                places={f"{obj}/{key}": (entity, id) for obj, key, entity, id in migration.crosswalk()},
            )


def answer(question: Question) -> str:
    """What is usual for the kind, else what is proposed, else a value of its own, else the first choice."""
    usual = USUAL.get(question.kind, "")
    if usual in question.choices:
        return usual
    own = [choice for choice in question.choices if choice.startswith(("new:", "stage:"))]
    return question.proposed or next(iter(own), question.choices[0])


def passage(side: Side, pair: Pair, folder: Path, answers: Answers = answer) -> Passage:
    """Play it. answers: what a person says to each question that holds records back."""
    tokens = {"CUTOVER_SOURCE_TOKEN": "sandbox", "CUTOVER_DESTINATION_TOKEN": "sandbox"}
    folder.mkdir(parents=True, exist_ok=True)
    with (
        mock.patch.dict(os.environ, tokens),
        sandboxed(folder, pair) as (sandbox, _),
        reached(side, folder / "source") as address,
    ):
        workspace = Workspace(folder / "ws", sandbox, pair=pair)
        initialise(side, workspace, address)
        traveller = _Traveller(workspace, sandbox, answers)
        before = sandbox.records()
        with traveller.migration() as migration:
            migration.start(side.kind, pair.kind)
            migration.discover()
            discovered = migration.findings()
            migration.confirm(migration.propose(), "test")
        traveller.administer()
        with traveller.migration() as migration:
            migration.sample(20)
            migration.approve("sample", "test")
            migration.approve("data", "test")
        traveller.go("run")
        base = traveller.look()
        args = next_day(side, address, folder / "source")
        if args:
            Configured(workspace.folder).set_export(Path(args[1]))
        traveller.go("sync")
        later = traveller.look()
        with traveller.migration() as migration:
            migration.rewind(0, "rollback")
            log = migration.journal.log
            assert log.verify().ok
            assert log.rebuild(check=True) == []
            events = [(e.kind, e.object or "", e.key or "", log.open(e) or {}) for e in log.read()]
        return Passage(before, discovered, base, later, traveller.asked, sandbox.records(), events)
