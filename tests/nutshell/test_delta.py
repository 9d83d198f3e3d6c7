"""The delta: the rows of the bundle's list of what a correct delta finds, in Nutshell's form."""

from pathlib import Path

import pytest

from tests.e2e.pairs import NUTSHELL
from tests.e2e.workspace import DELTA, forked
from tests.nutshell.story import Base, Delta
from tests.nutshell.test_activities import block, moment

pytestmark = pytest.mark.xdist_group("nutshell")

SAME = (
    "Company/C-1002", "Company/C-1006", "Company/C-1019", "Contact/contact:28", "Contact/contact:33",
    "Contact/contact:6", "Contact/contact:8", "Deal/deal:16", "Deal/deal:2", "Deal/deal:20", "Task/task:2",
)  # fmt: skip


@pytest.mark.parametrize("key", SAME)
def test_what_was_known_is_the_same_record(base: Base, delta: Delta, key: str) -> None:
    """A change, a rename or a loss at the source makes no second record."""
    assert base.end.contents[key]["id"] == delta.end.contents[key]["id"]


def test_companies(delta: Delta) -> None:
    """The changed phone and the new choice are all that is sent of the known ones; the new one arrives."""
    there = delta.end.contents
    assert [p["value"]["number"] for p in there["Company/C-1002"]["phones"]] == ["2125550199"]
    assert delta.sent("Company", "C-1002") == {"phones", "cf:Original modified"}
    assert delta.sent("Company", "C-1006") == {"cf:Account Tier"}
    assert there["Company/C-1020"]["name"] == "Whistlestop Media"


def test_people(delta: Delta) -> None:
    """A job title, two other addresses of people known by name and company, and a new person."""
    there = delta.end.contents
    assert there["Contact/contact:28"]["description"] == "Job title: Consultant"
    assert delta.sent("Contact", "contact:28") == {"job_title"}
    for key, address in (
        ("contact:33", "ines.nomail@millbrook-press.example"),
        ("contact:6", "new.maribel.lindqvist@granite-peak-gear.example"),
    ):
        assert [e["value"] for e in there[f"Contact/{key}"]["emails"]] == [address]
        assert delta.sent("Contact", key) == {"emails"}
    newcomer = there["Contact/contact:40"]
    assert (newcomer["name"], newcomer["links"]["accounts"]) == ("Nina Newcomer", ["Company/C-1005"])
    assert {e["key"] for e in delta.of("WriteIntended", "Contact")} == {
        "contact:28", "contact:33", "contact:6", "contact:40",
    }  # fmt: skip


def test_leads(delta: Delta) -> None:
    """Value, stage and chance change by a request each, a new name is sent alone, the new lead has its parents."""
    there = delta.end.contents
    changed = there["Deal/deal:16"]
    assert (changed["value"]["amount"], changed["links"]["stage"], changed["confidence"]) == (7250, "Proposal Sent", 50)
    fields = [set(e["body"]["fields"]) for e in delta.of("WriteIntended", "Deal", "deal:16")]
    assert sorted(fields, key=sorted) == [{"confidence"}, {"stage_id"}, {"value"}]
    assert there["Deal/deal:2"]["description"] == "Copper Fern - Renewal (2025)"
    assert delta.sent("Deal", "deal:2") == {"title"}
    new = there["Deal/deal:23"]
    assert (new["description"], new["value"]["amount"]) == ("Backsplash", 59500)
    assert (new["links"]["accounts"], new["links"]["contacts"]) == (["Company/C-1003"], ["Contact/contact:27"])


def test_activities_and_notes(delta: Delta) -> None:
    """The new call has its summer time, the new note hangs on the new lead; words of a reference change nothing."""
    there = delta.end.contents
    call = there["Call/call:12"]
    assert (call["name"], moment(call["startTime"])) == ("Intro", "2025-03-15T14:00:00Z")
    assert call["links"]["contacts"] == ["Contact/contact:40"]
    assert there["Note/note:11"]["body"].startswith("2025-03-15 16:00 UTC:\nSample sent\n")
    assert there["Note/note:11"]["links"]["parent"] == "Deal/deal:23"
    for object, key in (("Call", "call:2"), ("Meeting", "meeting:2")):
        assert delta.of("RecordExtracted", object, key)
        assert not delta.of("WriteIntended", object, key)


def test_a_task_that_was_done_is_told(delta: Delta) -> None:
    """The API changes no text of a task: nothing is sent, and the change is rejected in words that say what to do."""
    (told,) = delta.of("WriteRejected")
    assert (told["key"], told["body"]["code"]) == ("task:2", "unchangeable")
    assert "Change it there by hand" in told["body"]["message"]
    assert "request" not in told["body"]
    assert block(delta.end.contents["Task/task:2"]["description"])["Status"] == "Open"
    assert delta.reconciled["ok"]


def test_what_is_gone_is_proposed_and_not_deleted(delta: Delta) -> None:
    """Three records are missing from the export: they stay until a person decides."""
    gone = {"Company/C-1019", "Contact/contact:8", "Deal/deal:20"}
    assert {f"{i['object']}/{i['key']}" for i in delta.end.asked("vanished")} == gone
    assert gone <= delta.end.contents.by_key.keys()
    assert not [e for e in delta.of("WriteIntended") if e["body"]["action"] == "delete"]


def test_a_second_delta_writes_nothing(delta: Delta) -> None:
    """Nothing changed at the source: no request changes anything."""
    assert delta.again["outcome"] == "done"
    assert delta.wrote_again == 0


def test_why_and_log_tell_of_one_record(base: Base, delta: Delta, after_delta: Path, tmp_path: Path) -> None:
    """From a value back to the line of the export, and every event of a record by its id at the destination."""
    with forked(after_delta, tmp_path, NUTSHELL) as workspace:
        id = base.end.contents["Deal/deal:16"]["id"].partition("-")[0]
        found = workspace.ok("why", "lead", id, "value")
        assert (found["object"], found["key"]) == ("Deal", "deal:16")
        texts = [s["text"] for s in found["steps"]]
        assert "deals.csv:" in texts[0]
        assert "7250" in " ".join(texts)
        events = workspace.events("--ref", f"lead/{id}")
        assert {(e["object"], e["key"]) for e in events} == {("Deal", "deal:16")}
        assert [set(e["body"]["fields"]) for e in events if e["kind"] == "WriteIntended"][-1] == {"value"}
        again = workspace.run("sync", "--export", str(DELTA), "--json")
        assert (again.code, again.document["tokens"]) == (0, 0)
