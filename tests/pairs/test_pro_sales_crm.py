"""Pro-Sales CRM into Nutshell: what became of each planted trap, and of the day after."""

import re

import pytest

from tests.e2e.pairs import NUTSHELL
from tests.pairs.conftest import Played
from tests.pairs.passage import Passage
from tests.pairs.rows import trap
from tests.pairs.sides import PRO_SALES

pytestmark = pytest.mark.xdist_group("pro-sales-crm-nutshell")


@pytest.fixture
def story(played: Played) -> Passage:
    """The passage, played once."""
    return played(PRO_SALES, NUTSHELL)


TOLD = [
    trap("Q03", "no-account-id", "Contact", "c92"),
    trap("Q04", "no-emails", "Contact", "c93"),
    trap("Q04", "stands-in", "Contact", "c94"),
    trap("Q08", "attachments-not-exported", "Contact", "c98"),
    trap("Q09", "not-a-number", "Contact", "c99"),
    trap("Q09", "not-a-date", "Contact", "c99"),
    trap("Q09", "link-missing", "Contact", "c99"),
    trap("Q11", "no-value", "Deal", "d90"),
    trap("Q12", "stage-spelling", "Deal", "d94"),
    trap("Q15", "borrowed", "Deal", "d96"),
    trap("Q16", "other-spelling", "Call", "a90"),
    trap("Q17", "skipped-local-time", "Call", "a93"),
    trap("Q17", "ambiguous-local-time", "Call", "a94"),
    trap("Q18", "text-cut", "Note", "a96"),
]


@pytest.mark.parametrize(("code", "object", "key"), TOLD)
def test_a_doubtful_record_is_moved_and_told(story: Passage, code: str, object: str, key: str) -> None:
    """The record lives on at the destination, and people read what is doubtful about it."""
    assert story.base.found(code, object, key)
    assert story.base.disposed[object, key][0] in ("written", "unchanged")
    assert f"{object}/{key}" in story.base.places


@pytest.mark.trap("Q01")
@pytest.mark.trap("Q05")
def test_twins_and_merged_records_lead_to_their_survivors(story: Passage) -> None:
    """A company of the same domain; a contact that the source merged and still gives."""
    assert story.base.disposed["Company", "co90"][0::2] == ("skipped", "merged duplicate (Company/co1)")
    assert story.base.disposed["Contact", "c95"][0::2] == ("skipped", "merged at the source (Contact/c3)")
    assert story.base.places["Contact/c95"] == story.base.places["Contact/c3"]


@pytest.mark.trap("Q02")
@pytest.mark.trap("Q14")
def test_owners_without_a_user_stop_the_run_with_their_records(story: Passage) -> None:
    """Nobody, one without a seat, one who left; capitals in an address are no obstacle."""
    waiting = {tuple(q.blocks): q.question for q in story.questions("owner")}
    assert "no owner" in waiting["Company/co91", "Contact/c91"]
    assert "Dana Liu, dana.liu@brightpath.example" in waiting["Company/co92",]
    assert "inactive" in waiting["Contact/c90", "Deal/d95"]
    contact = story.base.record("Contact", "c4", "contacts")
    (sam,) = [u for u in story.base.account["users"] if u["name"] == "Sam Whitlock"]
    assert contact["links"]["owner"] == sam["id"]


@pytest.mark.trap("Q04")
def test_a_contact_without_a_name_bears_its_address(story: Passage) -> None:
    """And is told."""
    assert story.base.record("Contact", "c94", "contacts")["name"] == "info@larkspur-dental.example"


@pytest.mark.trap("Q06")
@pytest.mark.trap("Q24")
@pytest.mark.promise("F-046")
def test_tags_are_exact(story: Passage) -> None:
    """Case, dots, blanks and commas belong to a tag; the same one twice is one."""
    names = {tag["id"]: tag["name"] for tag in story.base.account["tags"]}
    tags = story.base.record("Contact", "c96", "contacts")["links"]["tags"]
    assert sorted(names[t] for t in tags) == sorted(["VIP", "vip", "V.I.P.", " vip ", "east, coast"])


@pytest.mark.trap("Q07")
def test_an_unknown_lifecycle_stage_keeps_its_text(story: Passage) -> None:
    """In the custom field that the seed names."""
    raw = story.extracted("Contact", "c97")[0]["values"]["Lifecycle Stage"]
    sent = [b for kind, o, k, b in story.events if (kind, o, k) == ("WriteIntended", "Contact", "c97")]
    assert raw
    assert raw in str(sent[0]["whole"])
    assert [1 for kind, o, k, _ in story.events if (kind, k) == ("WriteApplied", "contact/lifecycle_stage__c")]


@pytest.mark.trap("Q10")
def test_custom_fields_that_nobody_filled_are_proposed_for_exclusion(story: Passage) -> None:
    """24 of them, two never filled; "Language" is a field of its own on both objects."""
    (text,) = [b["text"] for kind, _, _, b in story.events if kind == "MapConfirmed"]
    assert 'cf_ct_unused = { exclude = "empty in every record" }' in text
    assert 'cf_dl_unused = { exclude = "empty in every record" }' in text
    assert text.count('new = "Language"') == 2


@pytest.mark.trap("Q11")
def test_amounts(story: Passage) -> None:
    """Nothing is not zero; a thousands comma and another currency are understood."""
    assert story.base.record("Deal", "d91", "leads")["value"]["amount"] == 0.0
    sent = [b for kind, o, k, b in story.events if (kind, o, k) == ("WriteIntended", "Deal", "d90")]
    assert "value" not in sent[0]["whole"]
    assert story.base.disposed["Deal", "d92"][0] == "rejected"  # the account has no market for CAD, and says so
    assert story.extracted("Deal", "d92")[0]["values"]["Amount"] == "12,400"


@pytest.mark.trap("Q12")
def test_a_stage_that_is_not_configured_is_a_question(story: Passage) -> None:
    """One in lower case is matched; its own probability is kept."""
    (asked,) = story.questions("value", "Deal")
    assert ("'Zombie'" in asked.question, asked.blocks) == (True, ["Deal/d93"])
    stages = {stage["id"]: stage["name"] for stage in story.base.account["stages"]}
    assert stages[story.base.record("Deal", "d94", "leads")["links"]["stage"]] == "Proposal Out"
    sent = [b for kind, o, k, b in story.events if (kind, o, k) == ("WriteIntended", "Deal", "d94")]
    assert 90 in sent[0]["whole"].values() or "90" in map(str, sent[0]["whole"].values())


@pytest.mark.trap("Q13")
def test_fine_probabilities_are_rounded_by_a_stated_rule(story: Passage) -> None:
    """Half to even; the map keeps the exact value."""
    told = {f.key: f.detail for f in story.base.findings if f.code == "probability-rounded"}
    assert "33.333 % becomes 33 %" in told["Deals/Demo Scheduled"]
    assert "52.5 % becomes 52 %" in told["Deals/Proposal Out"]
    assert all("of a half the even one" in detail for detail in told.values())


@pytest.mark.trap("Q14")
@pytest.mark.trap("Q23")
def test_a_deal_with_several_contacts(story: Passage) -> None:
    """The first is the main one; the merged one is its master."""
    contacts = story.base.record("Deal", "d95", "leads")["links"]["contacts"]
    wanted = [story.base.places[f"Contact/{key}"][1] for key in ("c1", "c2", "c3")]
    assert [c.partition("-")[0] for c in contacts] == wanted


@pytest.mark.trap("Q15")
def test_a_deal_without_a_company_takes_that_of_its_contact(story: Passage) -> None:
    """And is told."""
    accounts = story.base.record("Deal", "d96", "leads")["links"]["accounts"]
    assert [a.partition("-")[0] for a in accounts] == [story.base.places["Company/co4"][1]]


@pytest.mark.trap("Q08")
def test_attachments_are_listed_with_record_and_count_and_none_is_moved(story: Passage) -> None:
    """The three of c98: nothing exports them, and no file is made."""
    (told,) = story.base.found("attachments-not-exported")
    assert (told.object, told.key, told.where) == ("Contact", "c98", "contacts/c98")
    assert "3 attachments" in told.detail
    assert told in story.discovered
    assert not [b for kind, _, _, b in story.events if kind == "WriteIntended" and b["entity"] == "file"]


@pytest.mark.trap("Q16")
@pytest.mark.parametrize(("key", "text"), [("a90", "left voicemail"), ("a91", "Gatekeeper - CB 2wks"), ("a92", "")])
def test_dispositions_stand_as_they_are_in_the_labelled_block(story: Passage, key: str, text: str) -> None:
    """In the body of the activity at the destination; where there is none, no line says so."""
    activity = story.base.record("Call", key, "activities")
    (body,) = [note["body"] for note in story.base.account["notes"] if note["id"] == activity["links"]["logNote"]]
    lines = [line for line in re.split(r"<[^>]*>|\n", body) if line.startswith("Disposition")]
    assert lines == ([f"Disposition: {text}"] if text else [])
    told = [f.detail for f in story.base.found("other-spelling", "Call", key)]
    assert [detail.partition(" but ")[0] for detail in told] == (
        ["'left voicemail' is 'Left Voicemail'"] if key == "a90" else []
    )


@pytest.mark.trap("Q17")
@pytest.mark.parametrize(("key", "start"), [("a93", 1741509000), ("a94", 1730615400), ("a95", 1738440300)])
def test_times_around_the_change_of_the_clocks(story: Passage, key: str, start: int) -> None:
    """02:30 that does not exist is 08:30Z; the first 01:30 of two is 06:30Z; 14:05 is 20:05Z."""
    assert story.base.record("Call", key, "activities")["startTime"] == start


@pytest.mark.trap("Q18")
def test_the_whole_text_comes_from_the_export(story: Passage) -> None:
    """Not the 255 characters of the API."""
    assert len(story.base.record("Note", "a96", "notes")["body"]) > 700


@pytest.mark.trap("Q19")
def test_an_activity_without_a_parent_is_quarantined_and_one_of_a_merged_contact_follows(story: Passage) -> None:
    """a97 waits for a person, a98 is at c3."""
    (asked,) = story.questions("orphan", "Call", "a97")
    assert asked.blocks == ["Call/a97"]
    contacts = story.base.record("Call", "a98", "activities")["links"]["contacts"]
    assert [c.partition("-")[0] for c in contacts] == [story.base.places["Contact/c3"][1]]


@pytest.mark.trap("Q20")
@pytest.mark.trap("Q21")
@pytest.mark.trap("Q22")
def test_counts(story: Passage) -> None:
    """A record that the API hides comes from the export; one that came twice is one; page 0 is not skipped."""
    assert [f for f in story.discovered if f.code == "not-shown-by-api"]
    assert [k for k in story.base.places if k.startswith("Contact/contact:")]
    assert story.base.counts["Contact"]["extracted"] == 30
    assert story.base.counts["Deal"]["extracted"] == 20
    assert story.base.counts["Company"]["extracted"] == 19


@pytest.mark.parametrize(
    ("object", "key"),
    [("Company", "co2"), ("Contact", "c5"), ("Contact", "c6"), ("Contact", "c120"), ("Contact", "c4"),
     ("Deal", "d2"), ("Deal", "d90"), ("Deal", "d120"), ("Call", "a120")],
)  # fmt: skip
def test_the_day_after(story: Passage, object: str, key: str) -> None:
    """What was changed or made since is at the destination, whether or not a time stamp moved."""
    states = story.extracted(object, key)
    assert len(states) == (1 if key.endswith("120") else 2)
    assert story.later.disposed[object, key][0] == "written"


@pytest.mark.parametrize(
    ("object", "key", "words"),
    [("Contact", "c7", "merged into Contact/c8"), ("Contact", "c18", "is missing"), ("Deal", "d13", "is missing")],
)
def test_what_went_since_is_proposed_never_done(story: Passage, object: str, key: str, words: str) -> None:
    """A person decides; until then the record stays."""
    (question,) = story.questions("vanished", object, key)
    assert words in question.question
    assert f"{object}/{key}" in story.later.places
