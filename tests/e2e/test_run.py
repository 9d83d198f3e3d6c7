"""The base run as a whole: discovery, order, counts, the log, and a second run that has nothing to do."""

import json
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.story import Base
from tests.e2e.workspace import BUNDLE, DISPOSITIONS, Workspace, forked

pytestmark = pytest.mark.xdist_group("story")

STANDARD = {
    "pipeline",
    "stage",
    "field",
    "options",
    "organization",
    "person",
    "deal",
    "activity",
    "note",
}


def intents(base: Base) -> list[dict[str, Any]]:
    """Every intended write, in the order of the log."""
    return [e for e in base.log if e["kind"] == "WriteIntended"]


@pytest.mark.promise("F-001")
def test_discovery_counts_every_object(base: Base) -> None:
    """Counts are those of the bundle, each with the method by which it was taken."""
    counts = json.loads((BUNDLE / "counts.json").read_text())["base"]
    names = {
        "Company": "companies",
        "Contact": "contacts",
        "Deal": "deals",
        "Call": "calls",
        "Email": "emails",
        "Meeting": "meetings",
        "Task": "tasks",
        "Note": "notes",
    }
    objects = {o["name"]: o for o in base.discovered["source"]["objects"]}
    assert {names[n]: o["count"] for n, o in objects.items()} == {k: counts[k] for k in names.values()}
    assert all(o["method"] for o in objects.values())


@pytest.mark.promise("F-010")
@pytest.mark.promise("F-002")
def test_discovery_tells_custom_fields_by_subtraction(base: Base) -> None:
    """Columns that the product does not have are custom, with a sample and how many records have a value."""
    custom = {
        f"{o['name']}.{f['label']}": f for o in base.discovered["source"]["objects"] for f in o["fields"] if f["custom"]
    }
    assert {
        "Company.Account Tier",
        "Company.Region Code",
        "Company.Tax Exempt?",
        "Contact.Newsletter",
        "Contact.Preferred Language",
        "Contact.Shirt Size",
        "Deal.Lead Source",
        "Deal.Contract Term (months)",
        "Deal.Competitors",
    } <= set(custom)
    notes = custom["Company.Notes"]
    assert (notes["filled"], notes["samples"]) == (1, ["Spoke with MÃ¼ller senior"])


def test_discovery_and_planning_write_nothing(base: Base) -> None:
    """No request that changes anything is made before the sample."""
    assert base.described == 0
    first = intents(base)[0]["position"]
    sample = next(e for e in base.log if e["kind"] == "RunStarted")
    assert sample["body"]["verb"] == "sample"
    assert sample["position"] < first


def test_the_sample_is_equal_field_by_field(base: Base) -> None:
    """The slice that was moved reads back as it was meant."""
    assert base.sample["records"] >= 60
    assert base.sample["equal"] == base.sample["fields"] > 500
    assert base.sample["different"] == []


@pytest.mark.promise("F-141")
@pytest.mark.promise("F-114")
def test_what_a_record_points_at_is_there_before_it(base: Base) -> None:
    """Every link that a write was bound with was acknowledged before the write was intended."""
    born = {
        (e["body"]["entity"], e["object"], e["key"]): e["position"]
        for e in reversed(base.log)
        if e["kind"] == "WriteApplied"
    }
    for intent in intents(base):
        for ref in intent["body"]["refs"]:
            entity, obj, key = ref.split("/", 2)
            if entity not in ("option",):
                assert born[entity, obj, key] < intent["position"], ref


@pytest.mark.promise("F-096")
def test_configuration_comes_first_and_once(base: Base) -> None:
    """Pipeline, stages and fields exist before the first record; none was made twice."""
    applied = [e for e in base.log if e["kind"] == "WriteApplied"]
    made = [(e["body"]["entity"], e["key"]) for e in applied if e["body"]["entity"] in ("pipeline", "stage", "field")]
    assert len(made) == len(set(made))
    records = [e["position"] for e in intents(base) if e["object"] in ("Company", "Contact", "Deal", "Call")]
    fields = [e["position"] for e in applied if e["body"]["entity"] in ("pipeline", "field")]
    assert max(fields) < min(records)
    names = [(f["entity"], f["name"]) for f in base.end.contents.raw["fields"] if f["custom"]]
    assert len(names) == len(set(names))
    assert [f for f in base.before.raw["fields"] if f["custom"]] == []


@pytest.mark.promise("F-149")
def test_each_phase_reports_its_counts(base: Base) -> None:
    """Read is what was written, skipped and held; what was written was found; record by record over all reports."""
    reports = [e["body"] for e in base.log if e["kind"] == "PhaseReported"]
    assert {r["entity"] for r in reports} == {"organization", "person", "deal", "activity", "note"}
    for report in reports:
        assert report["written"] == report["found"]
    last = [e["position"] for e in base.log if e["kind"] == "RunStarted"][-2]
    for entity in ("organization", "person", "deal", "activity", "note"):
        mine = [r for r in reports if r["entity"] == entity]
        newest = mine[-1]
        left = newest["skipped"] + newest["held"] + newest["rejected"] + newest["unchanged"]
        assert sum(r["written"] for r in mine) + left == newest["read"], entity
        assert newest["run"] <= last


@pytest.mark.promise("F-117")
def test_a_phase_starts_after_the_report_of_the_one_before(base: Base) -> None:
    """Within a run, the first write of a phase comes after the report of each phase before it."""
    order = ["organization", "person", "deal", "activity", "note"]
    runs = {e["position"]: e["body"]["verb"] for e in base.log if e["kind"] == "RunStarted"}
    for run, verb in runs.items():
        if verb != "run":
            continue
        mine = [e for e in base.log if e["kind"] in ("WriteIntended", "PhaseReported") and e["body"]["run"] == run]
        seen: list[str] = []
        for event in mine:
            entity = event["body"]["entity"]
            if event["kind"] == "PhaseReported":
                seen.append(entity)
            elif entity in order:
                before = {e["body"]["entity"] for e in mine if e["position"] < event["position"]} & set(order)
                assert before - {entity} <= set(seen)
        assert seen == [e for e in order if e in seen]


@pytest.mark.promise("F-166")
def test_every_request_that_changes_something_is_in_the_log(base: Base) -> None:
    """The sandbox saw as many writes as the log intends, and each names who asked and under which map."""
    made = intents(base)
    assert len(made) == base.wrote
    assert {e["actor"] for e in made} == {"tester"}
    assert {e["body"]["map_version"] for e in made} == {1}
    outcomes = {e["body"]["intent"]: e for e in base.log if e["kind"] == "WriteApplied" and e["body"]["intent"]}
    assert set(outcomes) == {e["position"] for e in made}
    assert all(e["body"]["request"] and e["body"]["answer"] for e in outcomes.values())
    assert {e["body"]["entity"] for e in made} == STANDARD


@pytest.mark.promise("F-093")
def test_every_record_carries_its_source_key(base: Base) -> None:
    """Each record that the log says was written is found by its source key, once."""
    written = sum(base.end.counts(name)["written"] for name in base.end.status["objects"])
    assert len(base.end.contents.by_key) == written == 127


@pytest.mark.promise("F-151")
def test_both_sides_agree_at_the_end(base: Base) -> None:
    """Counts, sums by currency and every field agree with a fresh read."""
    assert base.reconciled["ok"] is True
    for entity in base.reconciled["entities"].values():
        assert (entity["missing"], entity["unexpected"], entity["different"]) == ([], [], [])
        assert entity["read"] == entity["skipped"] + entity["written"]
    sums = base.reconciled["entities"]["deal"]["sums"]
    assert sums["EUR"] == {"source": 12500, "destination": 12500}
    assert sums["USD"]["source"] == sums["USD"]["destination"] == 639350


def test_a_second_run_writes_nothing(base: Base) -> None:
    """With nothing changed, a run ends well and makes no request that changes anything."""
    assert base.again["outcome"] == "done"
    assert base.wrote_again == 0


def test_the_six_add_up_and_say_where_everything_is(base: Base) -> None:
    """At the end nothing is pending, held or rejected; five were skipped by decision or merged."""
    totals = {d: sum(c[d] for c in base.end.status["objects"].values()) for d in DISPOSITIONS}
    assert totals == {"written": 127, "unchanged": 0, "skipped": 6, "held": 0, "rejected": 0, "pending": 0}
    assert sum(totals.values()) == 133
    assert base.end.status["reviews"]["open"] == 0


@pytest.mark.promise("F-132")
@pytest.mark.promise("F-143")
@pytest.mark.promise("F-150")
def test_reconcile_and_sample_find_what_is_not_as_it_should_be(after_base: Path, base: Base, tmp_path: Path) -> None:
    """A trimmed name, a lost link and a lost record are found by record and field, with exit code 6."""
    person = base.end.contents["Contact/contact:1"]["id"]
    deal = base.end.contents["Deal/deal:1"]["id"]
    lost = base.end.contents["Deal/deal:9"]["id"]
    with forked(after_base, tmp_path) as workspace:
        workspace.sandbox.edit("person", person, first_name="Hug")
        workspace.sandbox.edit("deal", deal, org_id=None)
        workspace.sandbox.remove("deal", lost)
        found = workspace.ok("reconcile", code=6)
        assert found["ok"] is False
        (difference,) = [d for d in found["entities"]["person"]["different"] if d["field"] == "first_name"]
        assert (difference["id"], difference["source"], difference["destination"]) == (str(person), "Hugo", "Hug")
        assert [d["field"] for d in found["entities"]["deal"]["different"]] == ["org_id"]
        assert str(lost) in json.dumps(found["entities"]["deal"]["missing"])
        sample = workspace.ok("sample", "--size", "60", code=6)
        assert ("person", str(person), "first_name") in {
            (d["entity"], d["id"], d["field"]) for d in sample["different"]
        }


@pytest.fixture(scope="module")
def copy(after_base: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """The base migration, for commands that only ask."""
    with forked(after_base, tmp_path_factory.mktemp("copy")) as workspace:
        yield workspace


def test_why_says_where_a_value_came_from(copy: Workspace, base: Base) -> None:
    """From the destination's value back to the line of the export, the map's version and the write."""
    found = copy.ok("why", "deal", str(base.end.contents["Deal/deal:1"]["id"]), "value")
    assert (found["object"], found["key"]) == ("Deal", "deal:1")
    texts = [s["text"] for s in found["steps"]]
    assert "deals.csv:2" in texts[0]
    assert "map version 1" in texts[1]
    assert "58750" in texts[2]
    assert texts[3].startswith("WriteApplied")
    assert copy.run("why", "deal", "99999", "--json").code == 1


@pytest.mark.parametrize(
    "command",
    [
        ("status",),
        ("plan",),
        ("review",),
        ("review", "--all"),
        ("reconcile",),
        ("checkpoints",),
        ("log", "--kind", "MapConfirmed"),
        ("verify",),
        ("rebuild", "--check"),
        ("map", "show"),
        ("rewind", "1"),
    ],
    ids=" ".join,
)
def test_json_is_one_document_and_nothing_else(copy: Workspace, command: tuple[str, ...]) -> None:
    """With --json standard output is exactly one document, and standard error is silent."""
    result = copy.run(*command, "--json")
    assert result.code in (0, 3)
    assert isinstance(result.document, dict)
    assert result.stderr == ""


@pytest.mark.promise("F-167")
def test_a_changed_byte_is_found(after_base: Path, tmp_path: Path) -> None:
    """One byte of one event changed behind the program's back: verify names the position and ends with 6."""
    with forked(after_base, tmp_path) as workspace:
        with sqlite3.connect(workspace.folder / "cutover.db") as store:
            tables = [r[0] for r in store.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]
            for name in tables:
                store.execute(f'DROP TRIGGER "{name}"')
            (body,) = store.execute("SELECT body FROM events WHERE position = 20").fetchone()
            store.execute("UPDATE events SET body = ? WHERE position = 20", (flipped(body),))
        store.close()
        result = workspace.run("verify", "--json")
    assert result.code == 6
    assert (result.document["ok"], result.document["first_bad"]) == (False, 20)


def flipped(body: str | bytes) -> str | bytes:
    """The body with its last letter changed."""
    text = body.decode() if isinstance(body, bytes) else body
    changed = re.sub(r"[a-z](?=[^a-z]*$)", lambda m: "x" if m[0] != "x" else "y", text, count=1)
    assert changed != text
    return changed.encode() if isinstance(body, bytes) else changed
