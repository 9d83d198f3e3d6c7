"""improveit 360 into Nutshell: what became of each planted trap, and of the day after."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.e2e.pairs import NUTSHELL, PIPEDRIVE
from tests.pairs.conftest import Played
from tests.pairs.passage import Passage, Seen
from tests.pairs.rows import trap
from tests.pairs.sides import IMPROVEIT

pytestmark = pytest.mark.xdist_group("improveit-360-nutshell")

ORG = ZoneInfo("America/New_York")
FALLBACK = "9-users"
PROSPECT, SALE = "i360__Prospect__c", "i360__Sale__c"


@pytest.fixture
def story(played: Played) -> Passage:
    """The passage, played once."""
    return played(IMPROVEIT, NUTSHELL)


def custom(seen: Seen, object: str, key: str, table: str) -> dict[str, str]:
    """The custom fields of what a record became."""
    fields: dict[str, str] = seen.record(object, key, table)["customFields"]
    return fields


def notes(seen: Seen, object: str, key: str) -> list[dict[str, Any]]:
    """The notes that a record became, each with its text."""
    return [note for note in seen.account["notes"] if f"/{object}/{key}/" in note["body"]]


def day(stamp: int) -> str:
    """The day of an instant where the company is."""
    return datetime.fromtimestamp(stamp, UTC).astimezone(ORG).date().isoformat()


TOLD = [
    trap("I03", "ring", "Account", "0015f0000000102AAA"),
    trap("I03", "ring", "Account", "0015f0000000103AAA"),
    trap("I03", "ring", "Account", "0015f0000000105AAA"),
    trap("I04", "link-missing", "Account", "0015f0000000108AAA"),
    trap("I09", "no-emails", "Contact", "0035f000000010VAAQ"),
    trap("I10", "ring", "Contact", "0035f000000010WAAQ"),
    trap("I16", "no-value", SALE, "a045f000000010KAAQ"),
    trap("I19", "flagged", "i360__Project__c", "a055f0000000100AAA"),
]


@pytest.mark.parametrize(("code", "object", "key"), TOLD)
def test_a_doubtful_record_is_moved_and_told(story: Passage, code: str, object: str, key: str) -> None:
    """The record lives on at the destination, and people read what is doubtful about it."""
    assert story.base.found(code, object, key)
    assert story.base.disposed[object, key][0] in ("written", "unchanged")
    assert f"{object}/{key}" in story.base.places


DISCOVERED = [
    trap("I01", "not-a-person", "User", "0055f0000000109AAA"),
    trap("I02", "staff-without-user", "Staff", "a065f0000000107AAA"),
    trap("I05", "queue-owner", "Account", "0015f000000010KAAQ"),
    trap("I29", "file-missing", "File", "0695f0000000103AAA"),
    trap("I35", "edition", "", ""),
    trap("I36", "validation-rule", PROSPECT, ""),
]


@pytest.mark.parametrize(("code", "object", "key"), DISCOVERED)
def test_what_the_org_shows_is_told_at_discovery(story: Passage, code: str, object: str, key: str) -> None:
    """Before anything moves."""
    assert [f for f in story.discovered if (f.code, f.object, f.key) == (code, object, key)]


LEFT = [
    trap("I02", "i360__Staff__c", "a065f0000000107AAA", "staff are no contacts; who has a record is its owner"),
    trap("I05", "Account", "0015f000000010KAAQ", "merged duplicate (Account/0015f0000000100AAA)"),
    trap("I06", "Account", "0015f000000010LAAQ", "merged at the source (Account/0015f0000000101AAA)"),
    trap("I10", "Contact", "0035f000000010XAAQ", "merged duplicate (Contact/0035f000000010WAAQ)"),
    trap("I13", PROSPECT, "a005f000000010gAAA", "deleted at the source"),
    trap("I20", "Task", "00T5f000000010UEAQ", "orphan, skipped by decision"),
    trap("I22", "TaskSeries", "00T5f000000010WEAQ", "the pattern of a recurring task; each of its tasks is moved"),
    trap("I23", "Task", "00T5f000000010XEAQ", "orphan, skipped by decision"),
    trap("I26", "EventCopy", "00U5f000000010LEAQ", "an invitee's copy of an event that is moved"),
]


@pytest.mark.parametrize(("object", "key", "reason"), LEFT)
def test_what_is_left_out_is_counted_with_its_reason(story: Passage, object: str, key: str, reason: str) -> None:
    """It is skipped for its survivor, by a decision, or by the map; nothing of its own is at the destination."""
    assert story.base.disposed[object, key][0::2] == ("skipped", reason)
    survivor = reason.partition("(")[2].rstrip(")")
    assert story.base.places.get(f"{object}/{key}") == story.base.places.get(survivor)


ASKED = [
    trap("I20", "orphan", "Task", "00T5f000000010UEAQ", "names nothing"),
    trap("I23", "orphan", "Task", "00T5f000000010XEAQ", "a005f000000010gAAA"),
    trap("I09", "value", "Contact", "Interests__c", "Teleporter"),
    trap("I10", "value", "Contact", "Lifecycle_Stage__c", "Champion"),
    trap("I15", "value", "i360__Appointment__c", "i360__Status__c", "Reset by Call Center"),
    trap("I15", "value", "i360__Appointment__c", "i360__Result__c", "Sold - Pending Bank"),
]


@pytest.mark.parametrize(("kind", "object", "key", "words"), ASKED)
def test_what_nobody_can_know_waits_for_a_person(story: Passage, kind: str, object: str, key: str, words: str) -> None:
    """A value in no list is a question, and never a default; a task without a parent is in quarantine."""
    (question,) = story.questions(kind, object, key)
    assert question.blocking
    assert question.blocks
    assert words in question.question


@pytest.mark.trap("I02")
@pytest.mark.trap("I16")
@pytest.mark.promise("F-111")
def test_owners_without_a_user_are_listed_and_replaced(story: Passage) -> None:
    """By the staff record, not by who typed it in: the fallback takes the record, which names its old owner."""
    questions = {q.question.split("'")[1]: q for q in story.questions("owner")}
    assert "no e-mail" in questions["Cal Canvasser"].question
    assert questions["Cal Canvasser"].blocks == ["i360__Appointment__c/a035f000000010KAAQ"]
    assert "gil.foster@brightpath.example, inactive" in questions["0055f0000000104AAA"].question
    assert not [words for words in questions if words in ("0055f0000000109AAA", "Automated Process")]
    sale = story.base.record(SALE, "a045f000000010KAAQ", "leads")
    assert sale["links"]["owner"] == FALLBACK
    assert sale["customFields"]["Original owner"] == "gil.foster@brightpath.example"
    visit = story.base.record("i360__Appointment__c", "a035f000000010KAAQ", "activities")
    assert visit["links"]["users"] == [FALLBACK]
    (note,) = notes(story.base, "i360__Appointment__c", "a035f000000010KAAQ")
    assert "Original owner: Cal Canvasser" in note["body"]


@pytest.mark.trap("I03")
@pytest.mark.trap("I04")
@pytest.mark.promise("F-125")
def test_parent_accounts_are_kept_in_words(story: Passage) -> None:
    """Nutshell has no parents: the name stands in a text field, also where a ring is cut; an unknown one by its id."""
    kept = {
        key: custom(story.base, "Account", f"0015f00000001{key}AAA", "accounts") for key in ("01", "02", "03", "08")
    }
    assert kept["01"]["Parent account"] == "Harborlight"
    assert kept["02"]["Parent account"] == "Northgate Tile"
    assert kept["03"]["Parent account"] == "Tidepool Coffee"
    assert kept["08"]["Parent account"] == "0015f00000001EKAAY"
    (ring,) = story.base.found("ring", "Account", "0015f0000000105AAA")
    assert ring.detail.count("→") == 3


@pytest.mark.trap("I06")
@pytest.mark.trap("I10")
def test_what_names_a_merge_loser_goes_to_the_master(story: Passage) -> None:
    """The contact of the account that was merged away is at its master; of an address, the city alone is there."""
    contact = story.base.record("Contact", "0035f000000010WAAQ", "contacts")
    assert contact["links"]["accounts"] == [story.base.record("Account", "0015f0000000101AAA", "accounts")["id"]]
    (address,) = contact["addresses"]
    assert (address["value"]["city"], address["value"]["address_1"]) == ("Tampa", None)
    assert contact["customFields"]["Lifecycle Stage"] == "Champion"
    assert contact["customFields"]["Reports to"] == "Ria Loop"


@pytest.mark.trap("I07")
def test_ids_that_differ_by_case_stay_two(story: Passage) -> None:
    """Two contacts, two people."""
    upper = story.base.record("Contact", "0035f000000aB1cAAE", "contacts")
    lower = story.base.record("Contact", "0035f000000ab1CAAQ", "contacts")
    assert (upper["name"], lower["name"]) == ("Case Upper", "Case Lower")


@pytest.mark.trap("I08")
@pytest.mark.promise("F-063")
def test_a_person_without_a_company_stays_alone(story: Passage) -> None:
    """No stand-in company."""
    assert story.base.record("Contact", "0035f000000010UAAQ", "contacts")["links"]["accounts"] == []


@pytest.mark.trap("I09")
@pytest.mark.promise("F-084")
def test_values_with_commas_are_whole_and_shown_by_their_labels(story: Passage) -> None:
    """Four values; the inactive one is kept, the unknown one by decision; the log keeps the API's value."""
    shown = custom(story.base, "Contact", "0035f000000010VAAQ", "contacts")["Interests"]
    assert set(shown.split(", ")) == {"Roofing", "Sunroom", "Teleporter", "Bath (full)"}
    raw = story.extracted("Contact", "0035f000000010VAAQ")[0]["values"]["Interests__c"]
    assert raw == "Roofing;Sunroom;Teleporter;Bath, full"


@pytest.mark.trap("I10")
@pytest.mark.promise("F-060")
def test_the_lifecycle_list_has_all_its_values(story: Passage) -> None:
    """Those that nobody has, too, and the one that a person let in."""
    options = [
        set(body["fields"]["options"])
        for kind, _, key, body in story.events
        if (kind, key) == ("WriteIntended", "contact/Lifecycle Stage") and "options" in body["fields"]
    ]
    assert options == [{"Subscriber", "Lead", "MQL", "SQL", "Customer", "Evangelist"}]
    (asked,) = [q for q in story.questions("checklist") if "Lifecycle Stage" in q.question]
    assert "Champion" in asked.question


@pytest.mark.trap("I05")
@pytest.mark.trap("I10")
@pytest.mark.trap("I11")
def test_duplicates_are_shown_and_weak_ones_stay_two(story: Passage) -> None:
    """By domain and by e-mail merging is proposed, by phone and address it is not: both households are there."""
    opened = {(o, k): b for kind, o, k, b in story.events if kind == "ReviewOpened" and b["kind"] == "duplicate"}
    assert opened["Account", "0015f000000010KAAQ"]["proposed"] == "merge"
    assert opened["Contact", "0035f000000010XAAQ"]["proposed"] == "merge"
    household = opened[PROSPECT, "a005f000000010eAAA"]
    assert household["proposed"] == "keep"
    assert "Phone 1 and Home Address" in household["question"]
    places = [story.base.places[f"{PROSPECT}/{key}"] for key in ("a005f0000000102AAA", "a005f000000010eAAA")]
    assert places[0] != places[1]


@pytest.mark.trap("I12")
@pytest.mark.promise("F-197")
def test_a_household_keeps_its_second_person_and_its_wish(story: Passage) -> None:
    """The second person in fields of its own, as the map was confirmed; who is not to be contacted says so."""
    kept = custom(story.base, PROSPECT, "a005f000000010fAAA", "contacts")
    assert (kept["Secondary First Name"], kept["Secondary Last Name"]) == ("Nia", "Two")
    assert kept["Prospect status"] == "Do Not Contact"
    assert set(kept["Not Qualified Reason"].split(", ")) == {"Spam", "Out of Area"}


@pytest.mark.trap("I14")
def test_an_appointment_is_at_its_prospect(story: Passage) -> None:
    """By the reference of 18 characters; the text twin of 15 is left out, with its reason."""
    visit = story.base.record("i360__Appointment__c", "a035f0000000101AAA", "activities")
    assert visit["links"]["contacts"] == [story.base.record(PROSPECT, "a005f0000000101AAA", "contacts")["id"]]
    assert visit["links"]["leads"] == [story.base.record("i360__Lead_Source__c", "a015f0000000101AAA", "leads")["id"]]
    start = datetime.fromtimestamp(visit["startTime"], UTC).astimezone(ORG)
    assert start.isoformat() == "2025-02-23T15:00:00-05:00"
    assert visit["endTime"] - visit["startTime"] == 90 * 60


@pytest.mark.promise("F-064")
def test_a_lead_is_a_lead(story: Passage) -> None:
    """With its status in a pipeline of its own, its source and its owner."""
    lead = story.base.record("i360__Lead_Source__c", "a015f0000000101AAA", "leads")
    sources = {row["id"]: row["name"] for row in story.base.account["sources"]}
    stages = {row["id"]: row["name"] for row in story.base.account["stages"]}
    pipelines = {row["id"]: row["name"] for row in story.base.account["pipelines"]}
    assert [sources[id] for id in lead["links"]["sources"]] == ["Canvass team"]
    assert (pipelines[lead["links"]["stageset"]], stages[lead["links"]["stage"]]) == ("Lead Source", "Set")
    assert lead["links"]["owner"] == "2-users"


@pytest.mark.trap("I16")
@pytest.mark.trap("I17")
def test_sales_keep_their_price_and_their_status(story: Passage) -> None:
    """A canceled one is lost with its price; one of an inactive status is in that stage, and without a value."""
    canceled = story.base.record(SALE, "a045f000000010LAAQ", "leads")
    assert (canceled["status"], canceled["value"]["amount"]) == ("lost", 12000)
    assert canceled["customFields"]["Canceled Amt"] == "-12000"
    assert canceled["customFields"]["Net Price"] == "0"
    bare = story.base.record(SALE, "a045f000000010KAAQ", "leads")
    stages = {row["id"]: row["name"] for row in story.base.account["stages"]}
    assert stages[bare["links"]["stage"]] == "On Hold - Bank"
    assert bare["value"]["amount"] == 0


@pytest.mark.trap("I18")
@pytest.mark.promise("F-059")
def test_the_times_of_stages_are_fields(story: Passage) -> None:
    """Three changes of the status, three date-times."""
    kept = custom(story.base, SALE, "a045f0000000100AAA", "leads")
    assert {k: v for k, v in kept.items() if k.startswith("Entered")} == {
        "Entered Pending": "2025-02-27T18:00:00Z",
        "Entered Active": "2025-03-04T18:00:00Z",
        "Entered Financed": "2025-03-09T18:00:00Z",
    }


@pytest.mark.trap("I19")
@pytest.mark.promise("F-071")
def test_a_project_is_a_task_that_says_all(story: Passage) -> None:
    """Stage, budget, contract value and the rest stand in labelled lines; all five are flagged."""
    text = story.base.record("i360__Project__c", "a055f0000000100AAA", "tasks")["description"]
    for line in ("Status: Completed", "Budget: 11000", "Contract Value: 22000", "Sale: S-4000", "Job Type: Windows"):
        assert line in text
    assert len(story.base.found("flagged", "i360__Project__c")) == 5


@pytest.mark.trap("I21")
@pytest.mark.trap("I24")
def test_tasks_keep_their_day(story: Passage) -> None:
    """The archived call is there; a date is the same day where the company is, and stands in words besides."""
    for key, date in (("00T5f000000010VEAQ", "2021-05-05"), ("00T5f0000000100EAA", "2025-03-12")):
        task = story.base.record("Task", key, "tasks")
        assert day(task["dueTime"]) == date
        assert f"Due date: {date}" in task["description"]


@pytest.mark.trap("I25")
@pytest.mark.trap("I26")
def test_events_are_on_their_day_and_once(story: Passage) -> None:
    """All day on the 22nd; the invitee's copy is no second meeting."""
    fair = story.base.record("Event", "00U5f000000010KEAQ", "activities")
    assert (fair["isAllDay"], day(fair["startTime"])) == (True, "2025-03-22")
    (note,) = notes(story.base, "Event", "00U5f000000010KEAQ")
    assert "Day: 2025-03-22" in note["body"]
    assert story.base.counts["Event"]["written"] == 5


@pytest.mark.trap("I27")
def test_a_file_is_carried_once_and_hangs_on_both(story: Passage) -> None:
    """The latest version: at the prospect, and at the sale that stands in for the job; not at the user."""
    both = notes(story.base, "File", "0695f0000000100AAA")
    assert len({note["body"].partition("SHA-256 ")[2][:64] for note in both}) == 1
    hangs = {note["links"]["parent"] for note in both}
    expected = {
        story.base.record(PROSPECT, "a005f0000000100AAA", "contacts")["id"],
        story.base.record(SALE, "a045f0000000100AAA", "leads")["id"],
    }
    assert (len(both), hangs) == (2, expected)
    kept = [b for b in story.extracted("File", "0695f0000000100AAA") if b["files"]]
    assert [b["values"]["Checksum"] for b in kept] == ["a8d0a75927eb4992714381e793920c03"]


@pytest.mark.trap("I28")
@pytest.mark.trap("I29")
@pytest.mark.trap("I30")
@pytest.mark.trap("I31")
def test_notes_and_files_of_every_kind(story: Passage) -> None:
    """An enhanced note is a note; a file that is not given says so; names are safe, titles as they were."""
    (note,) = notes(story.base, "Note", "0695f0000000102AAA")
    assert "Customer wants white trim & new gutters" in note["body"]
    (missing,) = notes(story.base, "File", "0695f0000000103AAA")
    assert "did not give the file" in missing["body"]
    (proposal,) = notes(story.base, "File", "0695f0000000104AAA")
    assert "Title: Proposal/2025: v1?" in proposal["body"]
    (stored,) = story.extracted("File", "0695f0000000104AAA")[0]["files"].values()
    assert not set(stored["name"]) & set('/\\:?*"<>|')
    (classic,) = notes(story.base, "File", "00P5f0000000100EAA")
    assert "File: old photo.png (268 bytes" in classic["body"]


# --- the day after -----------------------------------------------------------------------------------------------

DELTA = [
    ("Account", "0015f0000000100AAA"), ("Contact", "0035f0000000103AAA"), (SALE, "a045f0000000101AAA"),
    (PROSPECT, "a005f000000010gAAA"), (PROSPECT, "a005f000000010yAAA"), ("i360__Lead_Source__c", "a015f0000000118AAA"),
    ("i360__Lead_Source__c", "a015f0000000119AAA"), ("i360__Lead_Source__c", "a015f000000011AAAQ"),
    (SALE, "a045f000000010UAAQ"), ("File", "0695f0000000101AAA"), ("Task", "00T5f000000010XEAQ"),
]  # fmt: skip


@pytest.mark.parametrize(("object", "key"), DELTA)
def test_the_day_after(story: Passage, object: str, key: str) -> None:
    """What was changed, made or restored since is at the destination, whether or not a time stamp moved."""
    assert story.later.disposed[object, key][0] == "written"
    assert story.extracted(object, key)
    assert f"{object}/{key}" in story.later.places


def test_only_what_changed_is_written(story: Passage) -> None:
    """The phone; the result of a formula, which no stamp tells; the lifecycle that a process changed."""
    phones = story.later.record("Account", "0015f0000000100AAA", "accounts")["phones"]
    assert [phone["value"]["number"] for phone in phones] == ["2125550177"]
    assert custom(story.later, SALE, "a045f0000000101AAA", "leads")["Net Price"] == "27500"
    assert custom(story.later, "Contact", "0035f0000000103AAA", "contacts")["Lifecycle Stage"] == "Customer"
    before = {key for key, place in story.base.places.items()}
    assert len(set(story.later.places) - before) == 7


@pytest.mark.parametrize("key", ["a005f0000000104AAA", "a005f000000010BAAQ"])
def test_what_was_deleted_since_is_proposed_never_done(story: Passage, key: str) -> None:
    """In the recycle bin, or in the log of deletions alone: a person decides, and until then the record stays."""
    (question,) = story.questions("vanished", PROSPECT, key)
    assert "was deleted at the source" in question.question
    assert question.proposed == "delete"
    assert f"{PROSPECT}/{key}" in story.later.places


def test_a_merge_since_finds_its_survivor(story: Passage) -> None:
    """The loser is one with the master already; nothing is asked a second time."""
    assert story.later.disposed["Contact", "0035f000000010XAAQ"][0] == "skipped"
    assert story.later.places["Contact/0035f000000010XAAQ"] == story.later.places["Contact/0035f000000010WAAQ"]
    assert not story.questions("vanished", "Contact")


def test_a_task_that_was_completed_since_is_told(story: Passage) -> None:
    """Nutshell does not let a task be changed: the refusal says what to do by hand."""
    assert story.later.disposed["Task", "00T5f0000000100EAA"][0] == "rejected"
    (refused,) = [
        b for kind, o, k, b in story.events if (kind, o, k) == ("WriteRejected", "Task", "00T5f0000000100EAA")
    ]
    assert "by hand" in refused["message"]


def test_a_restored_prospect_takes_its_task_along(story: Passage) -> None:
    """Yesterday's orphan belongs to somebody again."""
    task = story.later.record("Task", "00T5f000000010XEAQ", "tasks")
    there = story.later.record(PROSPECT, "a005f000000010gAAA", "contacts")
    assert task["links"]["relatedEntity"] == there["id"]
    assert story.later.found("automation-owner", "Task", "00T5f000000010XEAQ")


def test_a_new_version_of_a_file_takes_the_place_of_the_old(story: Passage) -> None:
    """Its note names the new content."""
    (old,), (new,) = (notes(seen, "File", "0695f0000000101AAA") for seen in (story.base, story.later))
    assert old["id"] == new["id"]
    assert old["body"].partition("SHA-256")[2][:65] != new["body"].partition("SHA-256")[2][:65]


def test_a_user_who_left_is_known(story: Passage) -> None:
    """The org was described anew: she is inactive now."""
    described = [b["schema"]["users"] for kind, _, _, b in story.events if kind == "SourceDescribed"]
    active = [
        next(u["active"] for u in users if u["id"] == "0055f0000000105AAA") for users in (described[0], described[-1])
    ]
    assert active == [True, False]


# --- the other destination ---------------------------------------------------------------------------------------


@pytest.fixture
def other(played: Played) -> Passage:
    """The same into Pipedrive."""
    return played(IMPROVEIT, PIPEDRIVE)


@pytest.mark.trap("I03")
def test_pipedrive_has_parents_and_keeps_the_one_that_was_cut(other: Passage) -> None:
    """Each ring without the parent of its smallest id, which stands in the text field as those of the others do."""
    names = {row["id"]: row["name"] for row in other.base.account["organizations"]}
    links = {(names[r["rel_linked_org_id"]], names[r["rel_owner_org_id"]]) for r in other.base.account["relationships"]}
    assert links == {
        ("Copper Fern", "Harborlight"),
        ("Tidepool Coffee", "Blue Heron Foods"),
        ("Larkspur Dental", "Millbrook Press"),
        ("Millbrook Press", "Granite Peak Gear"),
    }
    (key,) = [field["key"] for field in other.base.account["fields"] if field["name"] == "Parent account"]
    kept = {row["name"]: row["custom_fields"].get(key) for row in other.base.account["organizations"]}
    assert (kept["Northgate Tile"], kept["Blue Heron Foods"]) == ("Northgate Tile", "Tidepool Coffee")
    assert kept["Granite Peak Gear"] == "Larkspur Dental"


@pytest.mark.trap("I24")
@pytest.mark.trap("I25")
def test_days_are_days_in_pipedrive(other: Passage) -> None:
    """An activity of a day has no time of day; one of a mail is one of a mail."""
    for key, date in (("Event/00U5f000000010KEAQ", "2025-03-22"), ("Task/00T5f0000000100EAA", "2025-03-12")):
        row = other.base.record(*key.split("/"), "activities")
        assert (row["due_date"], row["due_time"]) == (date, None)
    assert other.base.record("Task", "00T5f0000000100EAA", "activities")["type"] == "email"
    assert other.later.record("Task", "00T5f0000000100EAA", "activities")["done"] is True


@pytest.mark.trap("I27")
def test_pipedrive_takes_a_file_once_for_both(other: Passage) -> None:
    """Uploaded once, at the person and at the job; a later version of another is told, as no file is replaced."""
    file = other.base.record("File", "0695f0000000100AAA", "files")
    assert file["person_id"] == other.base.record(PROSPECT, "a005f0000000100AAA", "persons")["id"]
    assert file["activity_id"] == other.base.record("i360__Project__c", "a055f0000000100AAA", "activities")["id"]
    assert [row["name"] for row in other.base.account["files"]].count("Contract.pdf") == 1
    assert other.later.disposed["File", "0695f0000000101AAA"][0] == "rejected"


@pytest.mark.trap("I16")
@pytest.mark.trap("I17")
def test_sales_are_deals_in_pipedrive(other: Passage) -> None:
    """A canceled one is lost with its price; leads are leads, and hang on their person."""
    canceled = other.base.record(SALE, "a045f000000010LAAQ", "deals")
    assert (canceled["status"], canceled["value"]) == ("lost", 12000)
    lead = other.base.record("i360__Lead_Source__c", "a015f0000000101AAA", "leads")
    assert lead["person_id"] == other.base.record(PROSPECT, "a005f0000000101AAA", "persons")["id"]
