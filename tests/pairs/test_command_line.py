"""The five pairs by their commands: `init`, `discover`, the map, the gates, `run`, a delta, the proof, `rollback`.

Each command is what a person types, with what it prints and how it ends; both sides are sandboxes over real HTTP.
"""

import os
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from ops import demo_admin
from ops.compose import opened
from ops.workspace import Workspace
from tests.e2e.near import Near
from tests.e2e.pairs import NUTSHELL, PIPEDRIVE, Pair
from tests.e2e.workspace import DELTA, EXPORT, sandboxed
from tests.pairs.passage import ROUNDS, USUAL
from tests.pairs.sides import IMPROVEIT, PRO_SALES, PROMOX, RESULTS, SMART, Side, initialise, next_day, reached

PLAYED = [
    pytest.param(side, pair, id=f"{side.kind}:{pair.kind}", marks=pytest.mark.xdist_group(f"line-{side.kind}"))
    for side, pair in (
        (SMART, PIPEDRIVE), (PROMOX, PIPEDRIVE), (RESULTS, PIPEDRIVE), (PRO_SALES, NUTSHELL), (IMPROVEIT, NUTSHELL),
    )
]  # fmt: skip
DISPOSITIONS = ("written", "unchanged", "skipped", "held", "rejected", "pending")
MANAGED = {"fields", "pipelines", "stages", "tags", "customFields", "activity_types"}
"""Tables of the account's configuration; what cannot be deleted there is told by the rollback, and counted here."""


def zipped(folder: Path, archive: Path) -> Path:
    """An export as it is downloaded: one ZIP."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as made:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                made.write(path, path.relative_to(folder))
    return archive


class Person(Near):
    """Who moves a company by the commands: reads what a command says, answers, has made what is asked for."""

    def answer(self, answers: Mapping[str, str] = USUAL) -> list[dict[str, Any]]:
        """Answer what holds records back: the usual, what is proposed, a value of its own, else the first choice."""
        items = [item for item in self.ok("review")["items"] if item["blocking"] and item["choices"]]
        chosen: dict[str, list[str]] = {}
        for item in items:
            usual = answers.get(item["kind"], "")
            own = next((c for c in item["choices"] if c.startswith(("new:", "stage:"))), item["choices"][0])
            choice = usual if usual in item["choices"] else item.get("proposed") or own
            chosen.setdefault(choice, []).append(item["id"])
        for choice, ids in chosen.items():
            assert self.ok("review", "resolve", *ids, "--choose", choice)
        return items

    def has_made(self) -> None:
        """An administrator makes what the checklist asks for; the next look at the account closes it."""
        asked = [item for item in self.ok("review")["items"] if item["kind"] == "checklist"]
        if asked:
            with (
                mock.patch.dict(os.environ, self.env),
                opened(Workspace(self.folder), "production", "administrator", lambda *_: None) as migration,
            ):
                bodies = demo_admin.part(migration)
            for body in bodies:
                self.sandbox.administer(**body)
            self.ok("discover")
            assert not [item for item in self.ok("review")["items"] if item["kind"] == "checklist"]

    def go(self, *command: str) -> list[Any]:
        """A command until it ends with 0: whenever it stops at a gate (3) people do what it asks. Its documents."""
        seen = []
        for _ in range(ROUNDS):
            result = self.run(*command, "--json")
            seen.append(result.document)
            if result.code == 0:
                return seen
            assert result.code == 3, (command, result)
            assert result.document.get("message") or result.document["error"]
            self.answer()
            self.has_made()
            self.ok("approve", "configuration")
        raise AssertionError(f"{command} does not come to its end: {seen[-1]}")


@pytest.mark.parametrize(("side", "pair"), PLAYED)
def test_a_pair_is_played_by_its_commands(side: Side, pair: Pair, tmp_path: Path) -> None:
    """Every step ends as it says, both sides agree after the run and after the delta, and all of it is taken back."""
    if side is SMART:  # as it is downloaded
        first, second = (zipped(EXPORT, tmp_path / "export.zip"), zipped(DELTA, tmp_path / "next.zip"))
        side = side._replace(export=first, next_export=second)
    with sandboxed(tmp_path, pair) as (sandbox, _), reached(side, tmp_path / "source") as address:
        before = sandbox.records()
        person = Person(tmp_path / "ws", sandbox, pair=pair)
        initialise(side, person, address)
        prepare(person)
        run = person.go("run")
        assert run[0]["outcome"] == "gate"  # the bundles ask people something, always
        agree(person)
        assert person.ok("checkpoint", "before-delta")["name"] == "before-delta"
        delta = person.go("sync", *next_day(side, address, tmp_path / "source"))
        read = next(document["extracted"] for document in delta if "extracted" in document)
        assert all(sum(read[word].values()) for word in ("created", "changed", "vanished"))
        agree(person)
        take_back(person, before)


def prepare(person: Person) -> None:
    """From discovery to the last approval: each refuses before its time, and nothing is written before the sample."""
    assert person.run("map", "propose", "--json").code == 3
    assert sum(person.ok("discover")["extracted"]["created"].values()) > 50
    assert person.run("run", "--json").code == 3
    person.ok("map", "propose")
    assert person.ok("approve", "map")["version"] == 1
    person.has_made()
    assert sum(counts["create"] for counts in person.ok("plan")["entities"].values()) > 50
    assert person.run("sample", "--json").code == 3
    person.ok("approve", "configuration")
    assert person.sandbox.writes() == 0
    sample = person.ok("sample", "--size", "20")
    assert sample["records"] >= 20
    assert sample["equal"] == sample["fields"]
    assert person.run("run", "--json").code == 3
    person.ok("approve", "sample")
    person.ok("approve", "data")


def agree(person: Person) -> None:
    """Nothing waits, and a fresh read of the destination finds every record and field as it was meant."""
    for counts in person.status()["objects"].values():
        assert counts["held"] == counts["pending"] == 0, counts
    found = person.ok("reconcile")
    assert found["ok"] is True
    for entity, counts in found["entities"].items():
        assert counts["expected"] == counts["found"], entity
        assert (counts["missing"], counts["unexpected"], counts["different"]) == ([], [], []), entity
    assert sum(counts["found"] for counts in found["entities"].values()) > 50


def take_back(person: Person, before: dict[str, Any]) -> None:
    """The rollback is shown, then done: no record is left but what it names; the log verifies and tells of it."""
    there = person.sandbox.records()
    shown = person.ok("rollback", code=3)
    assert (shown["done"], person.sandbox.records()) == (False, there)
    done = person.ok("rollback", "--yes")
    assert (done["deleted"], done["held"], done["impossible"]) == (shown["deleted"], 0, shown["impossible"])
    assert done["deleted"] > 50
    assert {item["entity"] for item in done["impossible"]} == ({"field"} if person.pair is NUTSHELL else set())
    for table, rows in person.sandbox.records().items():
        if table not in {*person.pair.stays, *MANAGED}:
            assert len(rows) == len(before[table]), table
    status = person.check()
    assert (status["on_hold"], status["phase"]) == (True, "taken back")
    assert sum(counts["written"] for counts in status["objects"].values()) == 0
    assert person.run("sync", "--json").code == 3
