"""The delta: every row of the bundle's list of what a correct delta finds, and nothing besides."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.contents import Contents
from tests.e2e.exports import changed
from tests.e2e.story import Base, Delta
from tests.e2e.test_activities import block, moment
from tests.e2e.workspace import BUNDLE, DELTA, EXPORT, forked

pytestmark = pytest.mark.xdist_group("story")

EXPECTED = [
    (row["op"], row["object"], row["record"]) for row in json.loads((BUNDLE / "delta" / "EXPECTED.json").read_text())
]
Check = Callable[[Base, Delta], None]


def same_record(base: Base, delta: Delta, key: str) -> None:
    """The record is the one that was there before, not another in its place."""
    assert base.end.contents[key]["id"] == delta.end.contents[key]["id"]


def phone(base: Base, delta: Delta) -> None:
    """The new number, and the source's own time of change, are all that is sent."""
    assert delta.end.contents["Company/C-1002"]["Phone"] == "(212) 555-0199"
    assert delta.sent("Company", "C-1002") == {"Phone", "Original modified"}
    same_record(base, delta, "Company/C-1002")


def new_option(base: Base, delta: Delta) -> None:
    """A value never seen before becomes a new option, although the record's time of change is the old one."""
    assert delta.end.contents["Company/C-1006"]["Account Tier"] == "Platinum"
    assert delta.sent("Company", "C-1006") == {"Account Tier"}
    assert len([e for e in delta.of("WriteIntended") if e["body"]["entity"] == "options"]) == 1


def gone_company(base: Base, delta: Delta) -> None:
    """The company stays until a person decides, and its contacts keep it."""
    assert len(delta.of("RecordVanished", "Company", "C-1019")) == 1
    (asked,) = [i for i in delta.end.asked("vanished") if i["key"] == "C-1019"]
    assert (asked["choices"], asked["proposed"], asked["blocking"]) == (["keep", "delete"], "keep", False)
    assert delta.end.contents["Contact/contact:19"]["org_id"] == "Company/C-1019"
    assert [f for f in delta.findings if (f["code"], f["key"]) == ("link-to-vanished", "contact:19")]


def new_company(base: Base, delta: Delta) -> None:
    """The company arrives."""
    assert delta.end.contents["Company/C-1020"]["name"] == "Whistlestop Media"


def job_title(base: Base, delta: Delta) -> None:
    """The same address is the same person; the title is all that is sent."""
    (read,) = delta.of("RecordExtracted", "Contact", "contact:28")
    assert read["body"]["identity"] == "natural"
    assert delta.sent("Contact", "contact:28") == {"job_title"}
    assert delta.end.contents["Contact/contact:28"]["job_title"] == "Consultant"
    same_record(base, delta, "Contact/contact:28")


def first_email(base: Base, delta: Delta) -> None:
    """An address for the first time: name and company say that it is the person known, which is told."""
    address_changed(base, delta, "contact:33", "ines.nomail@millbrook-press.example")


def new_email(base: Base, delta: Delta) -> None:
    """Another address: name and company, and nobody else of that name, say who it is, which is told."""
    address_changed(base, delta, "contact:6", "new.maribel.lindqvist@granite-peak-gear.example")


def address_changed(base: Base, delta: Delta, key: str, address: str) -> None:
    """An update of the person known by another address, reported as an identity change."""
    (read,) = delta.of("RecordExtracted", "Contact", key)
    assert read["body"]["identity"] == "rematch"
    told = [f["key"] for f in delta.sync["extracted"]["findings"] if f["code"] == "identity-changed"]
    assert key in told
    assert [e["value"] for e in delta.end.contents[f"Contact/{key}"]["emails"]] == [address]
    assert delta.sent("Contact", key) == {"emails"}
    same_record(base, delta, f"Contact/{key}")


def gone_contact(base: Base, delta: Delta) -> None:
    """The person stays until somebody decides; what names him is told."""
    assert len(delta.of("RecordVanished", "Contact", "contact:8")) == 1
    assert "Contact/contact:8" in delta.end.contents
    told = {(f["object"], f["key"]) for f in delta.findings if f["code"] == "link-to-vanished"}
    assert {("Deal", "deal:8"), ("Call", "call:8"), ("Email", "email:8")} <= told


def new_contact(base: Base, delta: Delta) -> None:
    """The person arrives, linked to her company."""
    person = delta.end.contents["Contact/contact:40"]
    assert (person["name"], person["org_id"]) == ("Nina Newcomer", "Company/C-1005")


def other_contacts(base: Base, delta: Delta) -> None:
    """Rows in another order are no change."""
    touched = {e["key"] for e in delta.of("RecordExtracted", "Contact")}
    assert touched == {"contact:28", "contact:33", "contact:6", "contact:40"}
    assert {e["key"] for e in delta.of("WriteIntended", "Contact")} == touched


def changed_deal(base: Base, delta: Delta) -> None:
    """Value, stage and probability change at the deal known."""
    deal = delta.end.contents["Deal/deal:16"]
    assert (deal["value"], deal["stage_id"], deal["probability"]) == (7250, "Proposal Sent", 50)
    assert delta.sent("Deal", "deal:16") == {"value", "stage_id", "probability"}
    same_record(base, delta, "Deal/deal:16")


def renamed_deal(base: Base, delta: Delta) -> None:
    """A deal with another name, and the same company, contact and day of creation, is the deal known."""
    assert delta.end.contents["Deal/deal:2"]["title"] == "Copper Fern - Renewal (2025)"
    assert delta.sent("Deal", "deal:2") == {"title"}
    assert not delta.of("RecordVanished", "Deal", "deal:2")
    same_record(base, delta, "Deal/deal:2")


def gone_deal(base: Base, delta: Delta) -> None:
    """The deal stays until a person decides."""
    assert len(delta.of("RecordVanished", "Deal", "deal:20")) == 1
    assert [i for i in delta.end.asked("vanished") if i["key"] == "deal:20"]
    assert delta.end.contents["Deal/deal:20"]["title"] == "Old boiler"


def new_deal(base: Base, delta: Delta) -> None:
    """The deal arrives, linked to its company and person."""
    deal = delta.end.contents["Deal/deal:23"]
    assert (deal["title"], deal["value"]) == ("Backsplash", 59500)
    assert (deal["org_id"], deal["person_id"]) == ("Company/C-1003", "Contact/contact:27")


def only_text(object: str, key: str) -> Check:
    """The words of a reference changed and what it refers to did not: read, and nothing written."""

    def check(base: Base, delta: Delta) -> None:
        (read,) = delta.of("RecordExtracted", object, key)
        assert read["body"]["values"]["Deal"] == "Copper Fern - Renewal (2025)"
        assert delta.end.contents[f"{object}/{key}"]["deal_id"] == "Deal/deal:2"
        if object != "Task":  # the task was also done meanwhile, which is another row
            assert not delta.of("WriteIntended", object, key)
            assert delta.of("SubjectSettled", object, key)[0]["body"]["disposition"] == "unchanged"
        else:
            assert "deal_id" not in delta.sent(object, key)

    return check


def new_call(base: Base, delta: Delta) -> None:
    """The call arrives with its time in UTC, summer time of New York."""
    call = delta.end.contents["Call/call:12"]
    assert (call["subject"], moment(call)) == ("Intro", "2025-03-15T14:00:00Z")
    assert call["person_id"] == "Contact/contact:40"


def task_done(base: Base, delta: Delta) -> None:
    """The task is done, and says when."""
    task = delta.end.contents["Task/task:2"]
    assert task["done"] is True
    assert (block(task["note"])["Status"], block(task["note"])["Completed On"]) == ("Done", "03/15/2025")
    same_record(base, delta, "Task/task:2")


def new_note(base: Base, delta: Delta) -> None:
    """The note arrives on the deal that is new, too."""
    note = delta.end.contents["Note/note:11"]
    assert note["content"].startswith("Sample sent")
    assert note["deal_id"] == "Deal/deal:23"


CHECKS: dict[tuple[str, str, str], Check] = {
    ("update", "company", "C-1002"): phone,
    ("update", "company", "C-1006"): new_option,
    ("delete", "company", "C-1019"): gone_company,
    ("create", "company", "C-1020"): new_company,
    ("update", "contact", "Pat Loner"): job_title,
    ("update", "contact", "Ines Nomail"): first_email,
    ("update", "contact", "Maribel Lindqvist"): new_email,
    ("delete", "contact", "Anders Dunleavy"): gone_contact,
    ("create", "contact", "Nina Newcomer"): new_contact,
    ("none", "contact", "(all others)"): other_contacts,
    ("update", "deal", "Freight audit"): changed_deal,
    ("none", "call", "Call Copper Fern"): only_text("Call", "call:2"),
    ("none", "meeting", "Visit Copper Fern"): only_text("Meeting", "meeting:2"),
    ("none", "task", "Follow up Copper Fern"): only_text("Task", "task:2"),
    ("update", "deal", "Copper Fern - Renewal -> Copper Fern - Renewal (2025)"): renamed_deal,
    ("delete", "deal", "Old boiler"): gone_deal,
    ("create", "deal", "Backsplash"): new_deal,
    ("create", "call", "Intro 2025-03-15 10:00"): new_call,
    ("update", "task", "Follow up Copper Fern"): task_done,
    ("create", "note", "Backsplash"): new_note,
}


@pytest.mark.parametrize("row", EXPECTED, ids=" ".join)
def test_each_row_of_the_delta(base: Base, delta: Delta, row: tuple[str, str, str]) -> None:
    """The row of the bundle's list happened as it says."""
    CHECKS[row](base, delta)


def test_the_delta_is_those_rows_and_nothing_else(delta: Delta) -> None:
    """What was read anew, and what was written, is what the list says, record by record."""
    assert set(CHECKS) == set(EXPECTED)
    touched = {(e["object"], e["key"]) for e in delta.of("RecordExtracted")}
    unread = {("Call", "call:2"), ("Meeting", "meeting:2")}
    wrote = {(e["object"], e["key"]) for e in delta.of("WriteIntended") if e["body"]["entity"] != "options"}
    assert len(touched) == 15
    assert wrote == touched - unread
    assert len(delta.of("RecordVanished")) == 3
    assert delta.reconciled["ok"] is True


@pytest.mark.promise("F-159")
def test_counts_are_validated_again_after_the_delta(delta: Delta) -> None:
    """The records of both exports are accounted for: 133 and the 5 that are new."""
    assert sum(c["extracted"] for c in delta.end.status["objects"].values()) == 138
    assert sum(delta.sync["extracted"]["counts"].values()) == 135
    assert sum(delta.sync["extracted"]["created"].values()) == 5
    for entity in delta.reconciled["entities"].values():
        assert entity["read"] == entity["skipped"] + entity["written"]
        assert entity["written"] == entity["expected"] == entity["found"]


@pytest.mark.promise("F-156")
@pytest.mark.promise("F-035")
def test_a_second_delta_reads_and_writes_nothing(delta: Delta) -> None:
    """Nothing changed at the source: no record is stored again, and no request changes anything."""
    assert delta.again["outcome"] == "done"
    assert (delta.wrote_again, delta.read_again) == (0, 0)


@pytest.mark.promise("F-191")
def test_three_exports_are_three_deltas(delta: Delta, after_delta: Path, tmp_path: Path) -> None:
    """The old export, the new one and the old one again: each is a delta of its own, and both ends are equal."""
    with forked(after_delta, tmp_path) as workspace:
        first = workspace.ok("sync", "--export", str(EXPORT))
        back = workspace.sandbox.records()
        second = workspace.ok("sync", "--export", str(DELTA))
        third = workspace.ok("sync", "--export", str(EXPORT))
        workspace.check()
        assert workspace.ok("reconcile")["ok"] is True
        titles = {d["title"] for d in workspace.sandbox.records()["deals"]}
        assert "Copper Fern - Renewal" in titles
        assert {d["title"] for d in back["deals"]} == titles
    for report in (first, second, third):
        assert sum(report["extracted"]["changed"].values()) >= 10
        assert sum(report["extracted"]["vanished"].values()) > 0
        assert report["checkpoint"]


@pytest.mark.promise("F-160")
@pytest.mark.parametrize("policy", ["propose", "ignore", "propagate"])
def test_deletions_at_the_source_follow_the_policy(after_base: Path, tmp_path: Path, policy: str) -> None:
    """Records that are missing are asked about, left alone or deleted, as the workspace says.

    An e-mail that had nothing but the deleted person is an orphan then, and a person decides about it.
    """
    gone = {"Company/C-1019": "organization", "Contact/contact:8": "person", "Deal/deal:20": "deal"}
    with forked(after_base, tmp_path) as workspace:
        config = workspace.folder / "cutover.toml"
        config.write_text(config.read_text().replace('deletions = "propose"', f'deletions = "{policy}"'))
        workspace.ok("sync", "--export", str(DELTA), code=3 if policy == "propagate" else 0)
        items = [i for i in workspace.ok("review")["items"] if i["kind"] == "vanished"]
        assert len(items) == (3 if policy == "propose" else 0)
        if policy == "propose":
            workspace.ok("review", "resolve", "--kind", "vanished", "--all", "--choose", "delete")
            workspace.ok("sync", code=3)
        if policy != "ignore":
            (orphan,) = workspace.answer({"orphan": "unlinked"})
            assert (orphan["object"], orphan["key"]) == ("Email", "email:8")
            workspace.ok("sync")
        deleted = {
            f"{e['object']}/{e['key']}": e["body"]["entity"]
            for e in workspace.events("--kind", "WriteApplied")
            if e["body"]["action"] == "delete"
        }
        assert deleted == ({} if policy == "ignore" else gone)
        workspace.check()


@pytest.mark.promise("F-160")
def test_a_merge_at_the_source_moves_the_children(after_base: Path, base: Base, tmp_path: Path) -> None:
    """A company that was merged away at the source is asked about, and its contact follows to the other."""
    line = next(row for row in (EXPORT / "companies.csv").read_text("utf-8-sig").splitlines() if "C-1018" in row)
    moved = {"C-1018,Marlow Marine": "C-1017,Lantern Hill School"}
    export = changed(tmp_path / "export", replaced={"companies.csv": {line: ""}, "contacts.csv": moved})
    with forked(after_base, tmp_path) as workspace:
        workspace.ok("sync", "--export", str(export))
        (asked,) = [i for i in workspace.ok("review")["items"] if i["kind"] == "vanished"]
        there = Contents(workspace.sandbox.records())
        workspace.check()
    assert asked["key"] == "C-1018"
    assert base.end.contents["Contact/contact:18"]["org_id"] == "Company/C-1018"
    assert there["Contact/contact:18"]["org_id"] == "Company/C-1017"
