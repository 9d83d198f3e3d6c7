"""The demo: a whole migration against a sandbox on this machine, told in a dozen lines."""

import os
import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from engine.limits import CHECKLIST
from engine.load import GateShutError
from engine.migration import Migration, RunReport
from engine.reconcile import Reconciliation
from engine.reviews import Question
from ops import demo_admin as administrator, errors, workspace as workspaces
from ops.compose import opened
from ops.demo_accounts import PAIRS, DemoAccount, same
from ops.demo_process import served
from ops.demo_sources import DemoSource, reached
from ops.errors import ConfigError
from ops.reports import write_csv, write_json
from ops.terminal import Terminal
from ops.workspace import Workspace, write_atomically

ANSWERS = {"owner": "user:migration@brightpath.example", "ambiguous": "skip", "orphan": "skip", "vanished": "keep"}
"""What the demo answers to a kind of question; to others what is proposed, or a choice. In a real migration, people do.
"""

REQUESTS_A_SECOND = 1000
"""The sandbox is ours alone: no need to be gentle with it."""
_SHOUTED = re.compile(r"\b[A-Z]{4,}\b")
"""What went wrong is told in capitals."""


def play(pair: str, folder: Path, terminal: Terminal) -> int:
    """Play the demo of a pair in a new workspace. An exit code."""
    if pair not in PAIRS:
        raise ConfigError(f"there is no demo of {pair!r}; there is {', '.join(PAIRS)}")
    source, account = PAIRS[pair]
    _fresh(folder)
    with (
        served(account.kind, folder / "sandbox.state", *account.serve) as url,
        reached(source, folder / "source.state") as source_url,
    ):
        return _Story(folder, url, source_url, terminal, source, account).play()


def _fresh(folder: Path) -> None:
    """An empty folder; what an earlier demo left is removed, anything else is left alone."""
    if folder.exists() and any(folder.iterdir()):
        if not (folder / "sandbox.state").exists():
            raise ConfigError(f"{folder} is not empty and no demo made it: choose another with --workspace")
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)


class _Story:
    """The demo's steps, each told in a line."""

    def __init__(
        self, folder: Path, url: str, source_url: str, terminal: Terminal, source: DemoSource, account: DemoAccount
    ) -> None:
        for name in ("CUTOVER_DESTINATION_TOKEN", "CUTOVER_SOURCE_TOKEN"):
            os.environ[name] = "sandbox"
        self.url = url
        self.source_url = source_url
        self.terminal = terminal
        self.source = source
        self.account = account
        self.workspace: Workspace = workspaces.create(
            folder, source.kind, account.kind, source.files(), source_url, url, account.plan, account.user,
            source.options,
        )  # fmt: skip
        self.told: list[dict[str, Any]] = []
        path = folder / workspaces.FILE
        text = path.read_text(encoding="utf-8").replace('zone = "America/New_York"', f'zone = "{source.zone}"')
        for head in ("[source]\n", "[destination.production]\n"):
            text = text.replace(head, f"{head}requests_a_second = {REQUESTS_A_SECOND}\n", 1)
        write_atomically(path, text)
        self.workspace = Workspace(folder)

    def play(self) -> int:
        """All steps, in order."""
        title = f"{self.source.title} to {self.account.title}"
        self._title(f"A migration from {title}, against sandboxes on this machine")
        self._step("discover", self._discover)
        self._step("map", self._map)
        self._checklist()
        self._step("sample", self._sample)
        self._step("run", self._run)
        self._step("decide", self._decide)
        self._checklist()
        self._step("run again", self._finish)
        self._step("reconcile", self._reconcile)
        before = self._records()
        self._step("delta", self._read_delta)
        if self._checklist():
            self._step("write it", self._write_delta)
        after = self._records()
        self._step("rewind", lambda: self._rewind(before))
        self._step("delta again", lambda: self._again(after))
        self._step("prove", self._prove)
        return self._end()

    # --- the steps -------------------------------------------------------------------------------------------------

    def _discover(self) -> str:
        with self._open() as migration:
            migration.start(self.workspace.config.source.kind, self.account.kind)
            source, destination, _ = migration.discover()
            findings = migration.findings()
        rows = [(f.code, f.object, f.key, f.where, f.detail) for f in findings]
        write_csv(self.workspace.reports / "findings.csv", ("what", "object", "key", "where", "detail"), rows)
        records = sum(o.count or 0 for o in source.objects)
        fields = sum(len(o.fields) for o in source.objects)
        objects, users = len(source.objects), len(destination.users)
        return f"{records} records of {objects} kinds, {fields} fields, {len(findings)} findings; {users} users there"

    def _map(self) -> str:
        with self._open() as migration:
            text = migration.propose()
            write_atomically(self.workspace.mapping, text)
            version, _ = migration.confirm(text)
            plan = migration.plan()
        creates = sum(c.create for c in plan.entities.values())
        return f"version {version} confirmed; the plan: {creates} writes, about {plan.total:g} {plan.unit}s"

    def _sample(self) -> str:
        with self._open() as migration:
            migration.approve("configuration", "demo")
            report = migration.sample(60)
            assert report.sample is not None  # noqa: S101 - nothing holds a demo's sample
            migration.approve("sample", "demo")
        found = report.sample
        return f"{found['records']} records moved and read back: {found['equal']} of {found['fields']} fields equal"

    def _checklist(self) -> bool:
        """The administrator's part, said aloud: what the API cannot make is asked for, made, and seen."""
        with self._open() as migration:
            parts = administrator.part(migration)
        if parts:
            self._step("checklist", lambda: self._administer(parts))
        return bool(parts)

    def _administer(self, parts: administrator.Bodies) -> str:
        with self._open() as migration:
            asked = [q.question.partition(" An administrator ")[0] for q in _checklist(migration)]
            for body in parts:
                httpx.post(f"{self.url}/sandbox/admin", json=body, timeout=30).raise_for_status()
            migration.describe_destination()
            left = len(_checklist(migration))
        done = "made by an administrator, seen, and so closed" if not left else f"{left} STILL OPEN"
        return f"{' '.join(asked) or 'NOTHING WAS ASKED FOR'} ({done})"

    def _run(self) -> str:
        with self._open() as migration:
            merged = migration.approve("data", "demo")
            report = migration.run()
            waiting = [q for q in migration.reviews() if q.blocking]
        stopped = report.message.partition(" wait:")[0]
        return f"{merged} duplicates merged; {stopped} wait: {len(waiting)} questions for people"

    def _decide(self) -> str:
        with self._open() as migration:
            questions = [q for q in migration.reviews() if q.blocking]
            for question in questions:
                migration.resolve([question.id], _answer(question), "demo")
            migration.approve("configuration", "demo: an answer may add a stage")
        return f"{len(questions)} questions answered"

    def _finish(self) -> str:
        with self._open() as migration:
            report = migration.run()
            counts = migration.view.dispositions(migration.target)
        written = sum(c["written"] for c in counts.values())
        skipped = sum(c["skipped"] for c in counts.values())
        return f"{written} written, {skipped} skipped by decision{_open(report)}"

    def _reconcile(self) -> str:
        with self._open() as migration:
            found = migration.reconcile()
        write_json(self.workspace.reports / "reconcile.json", found)
        sums = ", ".join(f"{c} {s['destination']:,.2f}" for e in found.entities.values() for c, s in e.sums.items())
        there = sum(c.found for c in found.entities.values())
        return f"{_sides(found)}: {there} records found, deals worth {sums}"

    def _read_delta(self) -> str:
        with self._open() as migration:
            migration.checkpoint("before-delta")
        self.source.pass_a_day(self.source_url)
        if export := self.source.files(later=True):
            self.workspace.set_export(export)
        try:
            with self._open() as migration:
                return _delta_text(migration.sync())
        except GateShutError:
            return "the export of the next day is read; before the first write of it something is to be made"

    def _write_delta(self) -> str:
        with self._open() as migration:
            report = migration.sync()
            unit = migration.account.destination.unit
        return f"what differs is written: {report.tokens} {unit}s{_open(report)}"

    def _rewind(self, before: Any) -> str:
        with self._open() as migration:
            position = next(m.position for m in migration.journal.log.marks() if m.name == "before-delta")
            undoing = migration.rewind(position, "rewind")
        word = "as it was" if same(self.account, before, self._records()) else "NOT AS IT WAS"
        counts = f"{undoing.count('delete')} deleted, {undoing.count('restore')} restored"
        return f"to before-delta: {counts}; the account is {word}"

    def _again(self, after: Any) -> str:
        with self._open() as migration:
            migration.resume("demo")
            report = migration.sync()
        word = "the same end" if same(self.account, after, self._records()) else "ANOTHER END"
        return f"resumed, {_delta_text(report)}: {word}"

    def _prove(self) -> str:
        with self._open() as migration:
            verified = migration.journal.log.verify()
            differences = migration.journal.log.rebuild(check=True)
            rows = migration.crosswalk()
            found = migration.reconcile()
            refused = [row for row in migration.rejects() if row[2] == "rejected"]
        write_csv(self.workspace.reports / "crosswalk.csv", ("object", "key", "entity", "id"), rows)
        write_json(self.workspace.reports / "reconcile.json", found)
        word = "every digest holds" if verified.ok else "THE LOG WAS CHANGED"
        fold = "the read models are its fold" if not differences else "THE READ MODELS DIFFER"
        sides = _sides(found)
        told = f"; {len(refused)} that the API cannot change, told in words (`cutover rejects`)" if refused else ""
        return f"{verified.events} events, {word}, {fold}; {sides}{told}"

    # --- telling ---------------------------------------------------------------------------------------------------

    def _title(self, text: str) -> None:
        if not self.terminal.as_json:
            self.terminal.out.print(text)

    def _step(self, name: str, work: Callable[[], str]) -> None:
        start = time.monotonic()
        text = work()
        seconds = time.monotonic() - start
        self.told.append({"step": name, "text": text, "seconds": round(seconds, 2)})
        if not self.terminal.as_json:
            self.terminal.out.print(f"  {len(self.told):>2}  {name:<12} {text}  ({seconds:.1f} s)")

    def _end(self) -> int:
        folder = self.workspace.folder
        failed = [t for t in self.told if _SHOUTED.search(t["text"])]
        files = [str(p) for p in sorted(self.workspace.reports.iterdir())]
        text = "\n".join(
            [
                f"Everything is in {folder}: mapping.toml, cutover.db (the log), and the reports",
                *(f"  {f}" for f in files),
                f"Ask it yourself: cutover -C {folder} log --kind WriteApplied --limit 3",
                f"                 cutover -C {folder} status",
            ]
        )
        self.terminal.document({"ok": not failed, "workspace": str(folder), "steps": self.told, "reports": files}, text)
        return errors.FAILED if failed else errors.DONE

    @contextmanager
    def _open(self) -> Iterator[Migration]:
        with (
            self.terminal.progress() as progress,
            opened(self.workspace, "production", "demo", progress) as migration,
        ):
            yield migration

    def _records(self) -> Any:
        """Everything that the sandbox holds, asked at its control address."""
        return httpx.get(f"{self.url}/sandbox/records", timeout=30).json()


def _open(report: RunReport) -> str:
    return f"; {report.message}" if report.message else ""


def _delta_text(report: RunReport) -> str:
    found = report.extracted
    if found is None:
        return "nothing new at the source, written again from the log"
    created, changed, gone = (sum(c.values()) for c in (found.created, found.changed, found.vanished))
    return f"{created} new, {changed} changed, {gone} missing at the source (proposed for review, not deleted)"


def _answer(question: Question) -> str:
    """What the demo answers: what stands above, what is proposed, a stage of its own, or the first choice."""
    usual = ANSWERS.get(question.kind, "")
    if usual in question.choices:
        return usual
    stages = [choice for choice in question.choices if choice.startswith("stage:")]
    return question.proposed or next(iter(stages), question.choices[0])


def _checklist(migration: Migration) -> list[Question]:
    """What an administrator has yet to make."""
    return [q for q in migration.reviews() if q.kind == CHECKLIST]


def _sides(found: Reconciliation) -> str:
    """What a reconciliation says."""
    return "both sides agree" if found.ok else "THE SIDES DIFFER"
