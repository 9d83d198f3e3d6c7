"""PromoXcrm's migrations as stories: told once, and what was seen of them at every stop."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.e2e.contents import KEY_FIELD, Contents
from tests.e2e.pairs import Pair
from tests.e2e.workspace import Result, Workspace, sandboxed
from tests.pairs.sides import BUNDLES, PROMOX, Side, initialise, next_day, reached
from tests.processes import Forked, several
from tests.sandbox.process import Running

Document = Any

CSV = Side(
    kind="promoxcrm",
    export=BUNDLES / "promoxcrm" / "csv",
    next_export=BUNDLES / "promoxcrm" / "delta" / "csv",
    zone="America/Denver",
)
"""The same account by its CSV screens alone."""

ANSWERS: dict[str, str] = {
    "owner": "user:migration@brightpath.example",
    "placement": "project",
    "file-missing": "note",
    "orphan": "skip",
    "duplicate": "merge",
}
"""What people answer, by kind of question."""

VALUES = {
    "Platinum?": "as:Gold",
    "Qualified??": "new:Qualified??",
    "Corporate / Shipped": "stage:Corporate/Shipped",
    "Artwork & Proof": "stage:Corporate/Artwork & Proof",
    "Shipped?": "new:Shipped?",
    "blocked": "as:open",
}
"""What they answer about values, by a part of the question."""

GONE = {"Client/118": "delete", "Client/119": "delete", "Project/713": "delete", "Lead/401": "keep"}
"""What they answer about what the source no longer has."""


class Account(Contents):
    """A Pipedrive account, its leads and files included: a lead's custom fields stand beside the others."""

    def lead(self, id: str) -> dict[str, Any]:
        """The lead that was made from a source's lead."""
        (found,) = [row for row in self.raw["leads"] if self.key_of(row) == f"Lead/{id}"]
        labels = {str(o["id"]): o["label"] for f in self.raw["fields"] for o in f.get("options") or ()}
        enums = {f["code"] for f in self.raw["fields"] if f.get("options")}
        named = {self.field_name(k): labels.get(str(v), v) if k in enums else v for k, v in found.items()}
        return named | {name: self._linked(named[name], table) for name, table in _LEAD_LINKS.items()}

    def leads(self) -> set[str]:
        """The source keys of all leads."""
        return {self.key_of(row) for row in self.raw["leads"]}

    def key_of(self, row: Mapping[str, Any]) -> str:
        """The source key of a lead."""
        own = {self.field_name(code): value for code, value in row.items()}
        return "/".join(str(own.get(KEY_FIELD, "")).split("/")[1:3])

    def file(self, id: str) -> dict[str, Any]:
        """The file that was made from a presentation."""
        (found,) = [row for row in self.raw["files"] if f"/Presentation/{id}/" in str(row["description"])]
        return dict(found)

    def stage(self, deal: str) -> tuple[str, str, Any]:
        """Pipeline, stage and its probability of a deal."""
        row = next(r for r in self.raw["deals"] if r["id"] == self[deal]["id"])
        stage = next(s for s in self.raw["stages"] if s["id"] == row["stage_id"])
        pipeline = next(p for p in self.raw["pipelines"] if p["id"] == stage["pipeline_id"])
        return pipeline["name"], stage["name"], stage["deal_probability"]

    def _linked(self, id: Any, table: str) -> str | None:
        return next((key for key, row in self.by_key.items() if row["id"] == id and key.startswith(table)), None)


_LEAD_LINKS = {"person_id": "Client/", "organization_id": "Company/"}


@dataclass
class Stop:
    """What is seen when a command has ended: the account, the counts, the questions with those that were answered."""

    account: Any
    status: Document
    reviews: list[Document]

    def counts(self, name: str) -> dict[str, int]:
        """What became of the records of a source object."""
        found: dict[str, int] = self.status["objects"][name]
        return {word: number for word, number in found.items() if number}

    def asked(self, kind: str, object: str = "", key: str = "") -> list[Document]:
        """Questions of a kind, whatever their status."""
        return [
            i
            for i in self.reviews
            if i["kind"] == kind and (not object or i["object"] == object) and (not key or i["key"] == key)
        ]

    def one(self, kind: str, object: str, key: str) -> Document:
        """The one question about a record."""
        (found,) = self.asked(kind, object, key)
        return found


@dataclass
class Story:
    """A migration from discovery to its rollback. later: after a day at the source, before and after the answers."""

    workspace: Workspace
    before: dict[str, Any]
    discovered: Document
    mapping: str
    sample: Result
    approved: Result
    gate: Result
    at_gate: Stop
    run: Document
    end: Stop
    reconciled: Document
    crosswalk: str
    log: list[Document] = field(repr=False)
    asked_at_source: Document
    sync: Document
    asked: Stop
    settled: Document
    later: Stop
    reconciled_later: Document
    again: Document
    wrote_again: int
    events: list[Document] = field(repr=False)
    findings: list[Document] = field(repr=False)
    checked: Document
    unlocked: Result
    back: Document
    after: dict[str, Any]

    def found(self, code: str, object: str = "", key: str = "") -> list[Document]:
        """Findings of the first discovery."""
        return chosen(self.discovered["findings"], code, object, key)

    def raw(self, object: str, key: str) -> dict[str, str]:
        """A record exactly as it was read, from the log."""
        found = [e for e in self.log if (e["kind"], e["object"], e["key"]) == ("RecordExtracted", object, key)]
        values: dict[str, str] = found[0]["body"]["values"]
        return values

    def sent(self, object: str, key: str) -> set[str]:
        """Names of the fields that the day's writes of a record sent."""
        bodies = [
            e["body"] for e in self.events if e["kind"] == "WriteIntended" and (e["object"], e["key"]) == (object, key)
        ]
        return {self.later.account.field_name(code) for body in bodies for code in body["fields"]}


def chosen(findings: list[Document], code: str, object: str = "", key: str = "") -> list[Document]:
    """Findings by code, and where."""
    return [
        f
        for f in findings
        if f["code"] == code and (not object or f["object"] == object) and (not key or f["key"] == key)
    ]


def lines(record: dict[str, Any], text: str = "content") -> dict[str, str]:
    """The labelled lines of a text."""
    found = str(record[text]).partition("--- Migrated data ---")[2].replace("</p>", "").split("<br>")
    return dict(line.split(": ", 1) for line in found if ": " in line)


def many(workspace: Workspace, *commands: tuple[str, ...]) -> list[Document]:
    """The documents of several commands in one process, however each of them ends."""
    lines = [["-C", str(workspace.folder), *c, "--json"] for c in commands]
    process = Forked(several, (lines,), workspace.env)
    stdout, stderr = process.communicate()
    assert "Traceback" not in stderr, stderr
    assert process.wait() == 0, stderr
    return [json.loads(d) if d.strip() else None for d in stdout.split("\0")[:-1]]


def look(workspace: Workspace, make: Callable[[dict[str, Any]], Any]) -> Stop:
    """Look around, and check what must hold at every stop."""
    status, reviews = workspace.look()
    return Stop(make(workspace.sandbox.records()), status, reviews)


def answered(workspace: Workspace, more: Mapping[str, str] | None = None) -> list[tuple[str, ...]]:
    """The commands that answer every open blocking question. `more`: answers by "kind Object/key"."""
    given: dict[str, list[str]] = {}
    for item in workspace.ok("review")["items"]:
        if item["blocking"] and item["choices"]:
            own = (more or {}).get(f"{item['kind']} {item['object']}/{item['key']}")
            given.setdefault(own or _answer(item), []).append(item["id"])
    return [("review", "resolve", *ids, "--choose", choice) for choice, ids in given.items()]


def _answer(item: Document) -> str:
    if item["kind"] != "value":
        return ANSWERS[item["kind"]]
    choice = next(choice for words, choice in VALUES.items() if words in item["question"])
    return choice if choice in item["choices"] else item["choices"][-1]


def finish(workspace: Workspace, more: Mapping[str, str] | None = None) -> Document:
    """Answer what stands against the run, have an administrator make what the checklist asks for, until all is done."""
    for _ in range(5):
        many(workspace, *answered(workspace, more))
        administered(workspace)
        *_, run = many(workspace, ("approve", "configuration"), ("run",))
        if run.get("outcome") == "done":
            return run
    raise AssertionError(workspace.ok("review"))


# --- an administrator of Nutshell ------------------------------------------------------------------------------------

_PIPELINE = re.compile(r"Make the pipeline '(.+?)' with these stages, in this order: (.+?)\. An admin")
_STAGES = re.compile(r"Add to the pipeline '(.+?)' the stages (.+?), so that")
_CHOICE = re.compile(r"Add to (.+?) of (\w+): (.+?)\. An admin")
_STEP = re.compile(r"\d+\. (.+?)(?: \((\d+) %\))?$")


def administered(workspace: Workspace) -> None:
    """Make everything that the checklist asks for, and look at the account again."""
    bodies = [b for i in workspace.ok("review")["items"] if i["kind"] == "checklist" for b in _made(i["question"])]
    workspace.administer(bodies)


def _made(question: str) -> Iterator[dict[str, Any]]:
    if found := _PIPELINE.search(question):
        steps = [_STEP.match(step) for step in found[2].split("; ")]
        stages = [{"name": s[1], "probability": int(s[2]) if s[2] else None} for s in steps if s]
        yield {"make": "pipeline", "name": found[1], "stages": stages}
    elif found := _STAGES.search(question):
        for name in found[2].split(", "):
            yield {"make": "stage", "pipeline": found[1], "name": name, "probability": None}
    elif found := _CHOICE.search(question):
        for name in found[3].split(", "):
            yield {"make": "choice", "entity": f"{found[2]}s", "field": found[1], "name": name}


# --- telling it ------------------------------------------------------------------------------------------------------


@contextmanager
def at_hand(folder: Path, pair: Pair, side: Side = PROMOX) -> Iterator[tuple[Workspace, Running | None]]:
    """A fresh workspace, its source and its destination."""
    folder.mkdir(parents=True, exist_ok=True)
    with sandboxed(folder, pair) as (sandbox, _), reached(side, folder / "source") as address:
        workspace = Workspace(folder / "ws", sandbox, None, pair)
        initialise(side, workspace, address)
        yield workspace, address


def prepared(workspace: Workspace) -> None:
    """From discovery to the approved sample and data, an administrator's part included."""
    many(workspace, ("discover",), ("map", "propose"), ("map", "confirm"))
    administered(workspace)
    steps = ("configuration", "sample", "data")
    many(workspace, ("approve", steps[0]), ("sample", "--size", "60"), *(("approve", step) for step in steps[1:]))


def gone(workspace: Workspace) -> list[tuple[str, ...]]:
    """The commands that answer what is gone at the source."""
    items = [i for i in workspace.ok("review")["items"] if i["kind"] == "vanished"]
    return [("review", "resolve", i["id"], "--choose", GONE.get(f"{i['object']}/{i['key']}", "keep")) for i in items]


def tell(workspace: Workspace, address: Running, folder: Path) -> Story:
    """The whole story into Pipedrive: the base, a day at the source, and everything taken back."""
    before = workspace.sandbox.records()
    discovered = workspace.ok("discover")
    many(workspace, ("map", "propose"), ("map", "confirm"), ("approve", "configuration"))
    mapping = (workspace.folder / "mapping.toml").read_text(encoding="utf-8")
    sample = workspace.run("sample", "--size", "60", "--json")
    workspace.ok("approve", "sample")
    approved = workspace.run("approve", "data", "--json")
    gate = workspace.run("run", "--json")
    at_gate = look(workspace, Account)
    run = finish(workspace, {"orphan Task/t22": "unlinked"})
    end = look(workspace, Account)
    crosswalk = workspace.folder / "crosswalk.csv"
    reconciled, _ = many(workspace, ("reconcile",), ("crosswalk", str(crosswalk)))
    log = workspace.events()
    asked_at_source = httpx.get(f"{address}/sandbox/requests", timeout=30).json()
    sync = workspace.ok("sync", *next_day(PROMOX, address, folder / "source"))
    asked = look(workspace, Account)
    *_, settled = many(workspace, *gone(workspace), ("sync",))
    later = look(workspace, Account)
    wrote = workspace.sandbox.writes()
    reconciled_later, again, found = many(workspace, ("reconcile",), ("sync",), ("discover",))
    wrote_again = workspace.sandbox.writes() - wrote
    events = workspace.events("--after", str(log[-1]["position"]))
    checked = workspace.check()
    back = workspace.ok("rollback", "--yes")
    after = workspace.sandbox.records()
    with (workspace.folder / "cutover.toml").open("a", encoding="utf-8") as config:
        config.write('\n[source.options]\nheader = "X-Another-Key"\n')
    unlocked = workspace.run("discover", "--json")
    return Story(
        workspace=workspace,
        before=before,
        discovered=discovered,
        mapping=mapping,
        sample=sample,
        approved=approved,
        gate=gate,
        at_gate=at_gate,
        run=run,
        end=end,
        reconciled=reconciled,
        crosswalk=crosswalk.read_text(encoding="utf-8"),
        log=log,
        asked_at_source=asked_at_source,
        sync=sync,
        asked=asked,
        settled=settled,
        later=later,
        reconciled_later=reconciled_later,
        again=again,
        wrote_again=wrote_again,
        events=events,
        findings=found["findings"],
        checked=checked,
        unlocked=unlocked,
        back=back,
        after=after,
    )
