"""The story that the tests of this folder look at: one migration, told once, and what was seen at every stop."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.e2e.contents import Contents
from tests.e2e.pairs import ANSWERS
from tests.e2e.workspace import DELTA, Result, Workspace

Document = Any


@dataclass
class Stop:
    """What is seen when a command has ended: the account, the counts, the open questions."""

    contents: Contents
    status: Document
    reviews: list[Document]

    def asked(self, kind: str) -> list[Document]:
        """Questions of a kind."""
        return [i for i in self.reviews if i["kind"] == kind]

    def counts(self, name: str) -> dict[str, int]:
        """What became of the records of a source object."""
        found: dict[str, int] = self.status["objects"][name]
        return found


@dataclass
class Base:
    """The base export, from discovery to the end of the run.

    before: the account as it was founded. discovered: after `discover`. gate: the run that stopped before the deals,
    and what was seen then. quarantine: the owners and the stage are answered, the rest is not. end: all is answered.
    again: a second run's answer. wrote, wrote_again: requests that change something, up to the end and by that run.
    """

    before: Contents
    discovered: Document
    described: int
    sample: Document
    approved: Document
    plan: Document
    gate: Result
    at_gate: Stop
    held: Result
    quarantine: Stop
    run: Document
    end: Stop
    again: Document
    wrote: int
    wrote_again: int
    reconciled: Document
    crosswalk: str
    sample_csv: str
    log_csv: str
    log: list[Document] = field(repr=False)

    def finding(self, code: str, object: str = "", key: str = "", where: str = "") -> list[Document]:
        """What discovery found: by code, and where."""
        return [
            f
            for f in self.discovered["findings"]
            if f["code"] == code
            and (not object or f["object"] == object)
            and (not key or f["key"] == key)
            and (not where or f["where"] == where)
        ]

    def raw(self, object: str, key: str) -> dict[str, str]:
        """A record exactly as it was read, from the log."""
        found = [e for e in self.log if (e["kind"], e["object"], e["key"]) == ("RecordExtracted", object, key)]
        values: dict[str, str] = found[0]["body"]["values"]
        return values

    def sent(self, object: str, key: str) -> dict[str, Any]:
        """What the newest intent of a record sent, from the log."""
        found = [e for e in self.log if (e["kind"], e["object"], e["key"]) == ("WriteIntended", object, key)]
        fields: dict[str, Any] = found[-1]["body"]["fields"]
        return fields


@dataclass
class Delta:
    """The same export a day later, on top of the base."""

    sync: Document
    end: Stop
    events: list[Document] = field(repr=False)
    findings: list[Document] = field(repr=False)
    again: Document
    wrote_again: int
    read_again: int
    reconciled: Document

    def sent(self, object: str, key: str) -> set[str]:
        """Names of the fields that the delta's one write of a record sent."""
        (intent,) = self.of("WriteIntended", object, key)
        return {self.end.contents.field_name(code) for code in intent["body"]["fields"]}

    def of(self, kind: str, object: str = "", key: str = "") -> list[Document]:
        """Events of the delta by kind, and of which record."""
        return [
            e
            for e in self.events
            if e["kind"] == kind and (not object or e["object"] == object) and (not key or e["key"] == key)
        ]


def stop(workspace: Workspace) -> Stop:
    """Look around, and check what must hold at every stop."""
    status, reviews = workspace.look()
    return Stop(Contents(workspace.sandbox.records()), status, reviews)


def tell_base(workspace: Workspace) -> Base:
    """Move the base export with the recorded decisions."""
    before = Contents(workspace.sandbox.records())
    discovered = workspace.ok("discover")
    described = workspace.sandbox.writes()
    workspace.ok("map", "propose")
    workspace.ok("map", "confirm")
    workspace.ok("approve", "configuration")
    plan = workspace.ok("plan")
    sample = workspace.ok("sample", "--size", "60")
    workspace.status()
    workspace.ok("approve", "sample")
    approved = workspace.ok("approve", "data")
    gate = workspace.run("run", "--json")
    at_gate = stop(workspace)
    workspace.answer({kind: ANSWERS[kind] for kind in ("owner", "value")})
    workspace.ok("approve", "configuration")
    held = workspace.run("run", "--json")
    quarantine = stop(workspace)
    workspace.answer()
    run = workspace.ok("run")
    end = stop(workspace)
    wrote = workspace.sandbox.writes()
    again = workspace.ok("run")
    crosswalk = workspace.folder / "crosswalk.csv"
    workspace.ok("crosswalk", str(crosswalk))
    return Base(
        before=before,
        discovered=discovered,
        described=described,
        sample=sample,
        approved=approved,
        plan=plan,
        gate=gate,
        at_gate=at_gate,
        held=held,
        quarantine=quarantine,
        run=run,
        end=end,
        again=again,
        wrote=wrote,
        wrote_again=workspace.sandbox.writes() - wrote,
        reconciled=workspace.ok("reconcile"),
        crosswalk=_text(crosswalk),
        sample_csv=_text(Path(sample["report"])),
        log_csv=workspace.run("log", "--format", "csv").stdout,
        log=workspace.events(),
    )


def tell_delta(workspace: Workspace, base: Base) -> Delta:
    """Bring the export of the next day."""
    position = base.log[-1]["position"]
    workspace.ok("checkpoint", "before-delta")
    sync = workspace.ok("sync", "--export", str(DELTA))
    end = stop(workspace)
    events = workspace.events("--after", str(position))
    wrote, head = workspace.sandbox.writes(), events[-1]["position"]
    again = workspace.ok("sync")
    read = [e for e in workspace.events("--after", str(head)) if e["kind"] in ("RecordExtracted", "RecordVanished")]
    wrote_again = workspace.sandbox.writes() - wrote
    findings = workspace.ok("discover")["findings"]
    return Delta(
        sync=sync,
        end=end,
        events=events,
        findings=findings,
        again=again,
        wrote_again=wrote_again,
        read_again=len(read),
        reconciled=workspace.ok("reconcile"),
    )


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")
