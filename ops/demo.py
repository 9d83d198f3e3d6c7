"""The demo: a whole migration against a sandbox on this machine, told in a dozen lines."""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from engine.migration import Migration, RunReport
from ops import errors
from ops import workspace as workspaces
from ops.compose import opened
from ops.errors import ConfigError
from ops.reports import write_csv, write_json
from ops.terminal import Terminal
from ops.workspace import Workspace, write_atomically

PAIRS = ("smart-crm-online:pipedrive",)
SAMPLES = Path(__file__).parent / "samples"
"""Exports that ship with the program; everybody in them is invented."""

ANSWERS = {
    "owner": "user:migration@brightpath.example",
    "value": "stage:Verbal Yes (pending PO)",
    "ambiguous": "skip",
    "orphan": "skip",
}
"""What the demo answers to each kind of question. In a real migration, people do."""

START_SECONDS = 20.0
CODE_LENGTH = 40
"""Characters of a custom field's key."""


def play(pair: str, folder: Path, terminal: Terminal) -> int:
    """Play the demo of a pair in a new workspace. An exit code."""
    if pair not in PAIRS:
        raise ConfigError(f"there is no demo of {pair!r} yet; there is {', '.join(PAIRS)}")
    _fresh(folder)
    with _sandbox(folder / "sandbox.state") as url:
        return _Story(folder, url, terminal, pair).play()


def _fresh(folder: Path) -> None:
    """An empty folder; what an earlier demo left is removed, anything else is left alone."""
    if folder.exists() and any(folder.iterdir()):
        if not (folder / "sandbox.state").exists():
            raise ConfigError(f"{folder} is not empty and no demo made it: choose another with --workspace")
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)


@contextmanager
def _sandbox(state: Path) -> Iterator[str]:
    """A sandbox process; its address."""
    code = "from ops.cli import main; main()"
    args = ["sandbox", "pipedrive", "--port", "0", "--plan", "ultimate", "--burst", "1000", "--state", str(state)]
    process = subprocess.Popen(  # noqa: S603 - our own interpreter and arguments
        [sys.executable, "-c", code, *args], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None  # noqa: S101 - piped above
        line = process.stdout.readline()
        if "listening on " not in line:
            raise ConfigError("the sandbox did not start")
        yield line.rpartition("listening on ")[2].strip()
    finally:
        process.terminate()
        process.wait(START_SECONDS)


class _Story:
    """The demo's steps, each told in a line."""

    def __init__(self, folder: Path, url: str, terminal: Terminal, pair: str) -> None:
        os.environ["CUTOVER_DESTINATION_TOKEN"] = "sandbox"  # noqa: S105 - the sandbox's public default
        self.url = url
        self.terminal = terminal
        source, _, destination = pair.partition(":")
        self.samples = SAMPLES / source.replace("-", "_")
        self.workspace: Workspace = workspaces.create(
            folder, source, destination, self.samples / "export", "", url, "ultimate"
        )
        self.told: list[dict[str, Any]] = []

    def play(self) -> int:
        """All steps, in order."""
        self._title("A migration from Smart CRM Online to Pipedrive, against a sandbox on this machine")
        self._step("discover", self._discover)
        self._step("map", self._map)
        self._step("sample", self._sample)
        self._step("run", self._run)
        self._step("decide", self._decide)
        self._step("reconcile", self._reconcile)
        before = self._records()
        self._step("delta", self._delta)
        after = self._records()
        self._step("rewind", lambda: self._rewind(before))
        self._step("delta again", lambda: self._again(after))
        self._step("prove", self._prove)
        return self._end()

    # --- the steps -------------------------------------------------------------------------------------------------

    def _discover(self) -> str:
        with self._open() as migration:
            migration.start(self.workspace.config.source.kind, "pipedrive")
            source, destination, _ = migration.discover()
            findings = migration.findings()
        rows = [(f.code, f.object, f.key, f.where, f.detail) for f in findings]
        write_csv(self.workspace.reports / "findings.csv", ("what", "object", "key", "where", "detail"), rows)
        records = sum(o.count or 0 for o in source.objects)
        fields = sum(len(o.fields) for o in source.objects)
        files, users = len(source.objects), len(destination.users)
        return f"{records} records in {files} files, {fields} columns, {len(findings)} findings; {users} users there"

    def _map(self) -> str:
        with self._open() as migration:
            text = migration.propose()
            write_atomically(self.workspace.mapping, text)
            version, _ = migration.confirm(text)
            plan = migration.plan()
        creates = sum(c.create for c in plan.entities.values())
        return f"version {version} confirmed; the plan: {creates} writes, about {plan.total:g} tokens"

    def _sample(self) -> str:
        with self._open() as migration:
            migration.approve("configuration", "demo")
            report = migration.sample(60)
            assert report.sample is not None  # noqa: S101 - nothing holds a demo's sample
            migration.approve("sample", "demo")
        found = report.sample
        return f"{found['records']} records moved and read back: {found['equal']} of {found['fields']} fields equal"

    def _run(self) -> str:
        with self._open() as migration:
            merged = migration.approve("data", "demo")
            migration.run()
            waiting = [q for q in migration.reviews() if q.blocking]
        return f"{merged} duplicates merged; stopped before the deals: {len(waiting)} questions wait for people"

    def _decide(self) -> str:
        with self._open() as migration:
            questions = [q for q in migration.reviews() if q.blocking]
            for question in questions:
                choice = ANSWERS[question.kind]
                migration.resolve([question.id], choice, "demo")
            migration.approve("configuration", "demo: one answer adds a stage")
            report = migration.run()
            counts = migration.view.dispositions(migration.target)
        written = sum(c["written"] for c in counts.values())
        skipped = sum(c["skipped"] for c in counts.values())
        return f"{len(questions)} answered, run again: {written} written, {skipped} skipped by decision{_open(report)}"

    def _reconcile(self) -> str:
        with self._open() as migration:
            found = migration.reconcile()
        write_json(self.workspace.reports / "reconcile.json", found)
        sums = ", ".join(f"{c} {s['destination']:,.2f}" for e in found.entities.values() for c, s in e.sums.items())
        there = sum(c.found for c in found.entities.values())
        return f"{'both sides agree' if found.ok else 'THE SIDES DIFFER'}: {there} records found, deals worth {sums}"

    def _delta(self) -> str:
        with self._open() as migration:
            migration.checkpoint("before-delta")
        self.workspace.set_export(self.samples / "delta" / "export")
        with self._open() as migration:
            report = migration.sync()
        return _delta_text(report)

    def _rewind(self, before: Any) -> str:
        with self._open() as migration:
            position = next(m.position for m in migration.journal.log.marks() if m.name == "before-delta")
            undoing = migration.rewind(position, "rewind")
        same = "as it was" if _same(before, self._records()) else "NOT AS IT WAS"
        counts = f"{undoing.count('delete')} deleted, {undoing.count('restore')} restored"
        return f"to before-delta: {counts}; the account is {same}"

    def _again(self, after: Any) -> str:
        with self._open() as migration:
            migration.resume("demo")
            report = migration.sync()
        same = "the same end" if _same(after, self._records()) else "ANOTHER END"
        return f"resumed, {_delta_text(report)}: {same}"

    def _prove(self) -> str:
        with self._open() as migration:
            verified = migration.journal.log.verify()
            differences = migration.journal.log.rebuild(check=True)
            rows = migration.crosswalk()
            found = migration.reconcile()
        write_csv(self.workspace.reports / "crosswalk.csv", ("object", "key", "entity", "id"), rows)
        write_json(self.workspace.reports / "reconcile.json", found)
        word = "every digest holds" if verified.ok else "THE LOG WAS CHANGED"
        fold = "the read models are its fold" if not differences else "THE READ MODELS DIFFER"
        return f"{verified.events} events, {word}, {fold}; {'both sides agree' if found.ok else 'THE SIDES DIFFER'}"

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
        failed = [t for t in self.told if any(word.isupper() and len(word) > 3 for word in t["text"].split())]
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


_MOVING = {"id", "update_time", "add_time", "stage_change_time", "marked_as_done_time", "last_updated_by_user_id"}
_TABLES = ("organizations", "persons", "deals", "activities", "notes", "pipelines", "stages")


def _same(one: Any, other: Any) -> bool:
    """Whether two dumps hold the same records, but for ids, links by id, and the server's own times."""
    return all(_table(one, name) == _table(other, name) for name in _TABLES)


def _table(dump: Any, name: str) -> list[str]:
    """A table's records in comparable form: options by their labels, without ids, links by id and server times."""
    labels = {str(o["id"]): o["label"] for field in dump["fields"] for o in field.get("options") or ()}
    rows = []
    for row in dump[name]:
        kept = {k: v for k, v in row.items() if k not in _MOVING and not k.endswith("_id")}
        rows.append(str({k: _words(v, labels, k) for k, v in sorted(kept.items())}))
    return sorted(rows)


def _words(value: Any, labels: dict[str, str], key: str) -> Any:
    """A value without ids, and without the run and attempt that our key ends with."""
    if isinstance(value, dict):
        return {k: _words(v, labels, k) for k, v in value.items() if not str(k).endswith("_id")}
    if isinstance(value, list):
        return [_words(v, labels, key) for v in value]
    if key == "label_ids" or len(key) == CODE_LENGTH:
        return labels.get(str(value), re.sub(r"/\d+\.\d+$", "", str(value)))
    return re.sub(r"/\d+\.\d+", "", str(value))
