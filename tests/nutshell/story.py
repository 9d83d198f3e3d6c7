"""The story that the tests of this folder look at: one migration into Nutshell, told once, and what was seen of it."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.e2e.pairs import ANSWERS, PIPELINE, STAGE, TIER
from tests.e2e.workspace import DELTA, Result, Workspace, writes
from tests.nutshell.contents import Contents

Document = Any


@dataclass
class Stop:
    """What is seen when a command has ended: the account, the counts, the questions.

    wrote: requests that may change something; changed: those that did, as the account counts them itself.
    """

    contents: Contents
    status: Document
    reviews: list[Document]
    wrote: int
    changed: int

    def asked(self, kind: str, status: str = "open") -> list[Document]:
        """Questions of a kind."""
        return [i for i in self.reviews if (i["kind"], i["status"]) == (kind, status)]

    def counts(self, name: str) -> dict[str, int]:
        """What became of the records of a source object."""
        found: dict[str, int] = self.status["objects"][name]
        return found


@dataclass
class Base:
    """The base export, from discovery to the end of the run.

    barred: commands before the administrator has made the pipeline; at_bar: what was seen then. made: after that and a
    new look at the account. gate: the run that stopped for owners. staged: the run that stopped for a stage that an
    answer had added. end: all is answered. again: a second run's answer.
    """

    before: Contents
    discovered: Document
    barred: dict[str, Result]
    at_bar: Stop
    made: Stop
    plan: Document
    sample: Document
    gate: Result
    at_gate: Stop
    staged: Result
    at_stage: Stop
    run: Document
    end: Stop
    again: Document
    wrote_again: int
    reconciled: Document
    scope: str
    crosswalk: str
    log: list[Document] = field(repr=False)

    def raw(self, object: str, key: str) -> dict[str, str]:
        """A record exactly as it was read, from the log."""
        found = [e for e in self.log if (e["kind"], e["object"], e["key"]) == ("RecordExtracted", object, key)]
        values: dict[str, str] = found[0]["body"]["values"]
        return values


@dataclass
class Delta:
    """The same export a day later, on top of the base.

    gate: the first sync, which stopped for a value that only an administrator adds; asked: a look at the account then.
    """

    gate: Result
    asked: Stop
    sync: Document
    end: Stop
    events: list[Document] = field(repr=False)
    again: Document
    wrote_again: int
    reconciled: Document

    def sent(self, object: str, key: str) -> set[str]:
        """Names of the fields that the delta's one write of a record sent."""
        (intent,) = self.of("WriteIntended", object, key)
        return set(intent["body"]["fields"])

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
    asked = workspace.sandbox.requests()
    return Stop(Contents(workspace.sandbox.records()), status, reviews, writes(asked), int(asked["writes"]))


def tell_base(workspace: Workspace) -> Base:
    """Move the base export with the recorded decisions; the administrator does each thing when he is asked to."""
    before = Contents(workspace.sandbox.records())
    discovered = workspace.ok("discover")
    workspace.ok("map", "propose")
    workspace.ok("map", "confirm")
    workspace.ok("approve", "configuration")
    workspace.ok("approve", "data")
    barred = {name: workspace.run(name, "--json") for name in ("sample", "run")}
    at_bar = stop(workspace)
    workspace.administer([PIPELINE])
    made = stop(workspace)
    plan = workspace.ok("plan")
    sample = workspace.ok("sample", "--size", "60")
    workspace.ok("approve", "sample")
    gate = workspace.run("run", "--json")
    at_gate = stop(workspace)
    workspace.answer(ANSWERS)
    workspace.ok("approve", "configuration")
    staged = workspace.run("run", "--json")
    at_stage = stop(workspace)
    workspace.administer([STAGE])
    run = workspace.ok("run")
    end = stop(workspace)
    again = workspace.ok("run")
    crosswalk = workspace.folder / "crosswalk.csv"
    workspace.ok("crosswalk", str(crosswalk))
    return Base(
        before=before,
        discovered=discovered,
        barred=barred,
        at_bar=at_bar,
        made=made,
        plan=plan,
        sample=sample,
        gate=gate,
        at_gate=at_gate,
        staged=staged,
        at_stage=at_stage,
        run=run,
        end=end,
        again=again,
        wrote_again=workspace.sandbox.writes() - end.wrote,
        reconciled=workspace.ok("reconcile"),
        scope=Path(discovered["report"]).read_text(encoding="utf-8"),
        crosswalk=crosswalk.read_text(encoding="utf-8"),
        log=workspace.events(),
    )


def tell_delta(workspace: Workspace, base: Base) -> Delta:
    """Bring the export of the next day."""
    position = base.log[-1]["position"]
    workspace.ok("checkpoint", "before-delta")
    gate = workspace.run("sync", "--export", str(DELTA), "--json")
    workspace.ok("discover")
    asked = stop(workspace)
    workspace.administer([TIER])
    sync = workspace.ok("sync")
    end = stop(workspace)
    events = workspace.events("--after", str(position))
    again = workspace.ok("sync")
    return Delta(
        gate=gate,
        asked=asked,
        sync=sync,
        end=end,
        events=events,
        again=again,
        wrote_again=workspace.sandbox.writes() - end.wrote,
        reconciled=workspace.ok("reconcile"),
    )
