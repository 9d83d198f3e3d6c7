"""Results CRM into Pipedrive: what became of each planted trap, and of the day after."""

import pytest

from tests.e2e.pairs import PIPEDRIVE
from tests.pairs.conftest import Played
from tests.pairs.passage import Passage
from tests.pairs.rows import trap
from tests.pairs.sides import RESULTS

pytestmark = pytest.mark.xdist_group("results-pipedrive")


@pytest.fixture
def story(played: Played) -> Passage:
    """The passage, played once."""
    return played(RESULTS, PIPEDRIVE)


TOLD = [
    trap("R03", "quickbooks-differs", "Company", "1004"),
    trap("R03", "two-sources", "Company", "1004"),
    trap("R04", "quickbooks-broken-link", "Company", "1006"),
    trap("R05", "impossible-date", "Company", "1007"),
    trap("R05", "sentinel-date", "Company", "1008"),
    trap("R05", "excel-serial", "Company", "1010"),
    trap("R08", "not-a-number", "Company", "1014"),
    trap("R11", "no-emails", "Contact", "5900"),
    trap("R12", "no-org-id", "Contact", "5901"),
    trap("R13", "link-missing", "Contact", "5902"),
    trap("R18", "percent-outlier", "Deal", "7903"),
    trap("R18", "no-value", "Deal", "7903"),
    trap("R22", "impossible-date", "Activity", "9900"),
    trap("R27", "duplicate-sku", "Product", "390"),
    trap("R33", "lines-differ", "Deal", "7000"),
    trap("R35", "type-differs", "Attachment", "4"),
    trap("R40", "climbing-name", "Attachment", "9"),
]


@pytest.mark.parametrize(("code", "object", "key"), TOLD)
def test_a_doubtful_record_is_moved_and_told(story: Passage, code: str, object: str, key: str) -> None:
    """The record lives on at the destination, and people read what is doubtful about it."""
    assert story.base.found(code, object, key)
    assert story.base.disposed[object, key][0] in ("written", "unchanged")
    assert f"{object}/{key}" in story.base.places


FILE_CODES = [
    trap("R06", "rtf", "Company"),
    trap("R10", "title-line", "Company"),
    trap("R10", "totals-line", "Company"),
    trap("R24", "control-characters", "Activity"),
    trap("R26", "encoding-guess", "Activity"),
    trap("R27", "null-words", "Product"),
    trap("R29", "totals-line", "Product"),
    trap("R43", "unreferenced-file", "Attachment"),
]


@pytest.mark.parametrize(("code", "object"), FILE_CODES)
def test_what_is_odd_about_a_file_is_told(story: Passage, code: str, object: str) -> None:
    """Lines that are no records, guesses and repairs are in the findings of the discovery."""
    assert [f for f in story.discovered if (f.code, f.object) == (code, object)]


LEFT = [
    trap("R01", "Company", "1900", "merged duplicate (Company/1003)"),
    trap("R02", "Company", "1901", "merged duplicate (Company/1002)"),
    trap("R07", "Company", "1013", "deleted at the source"),
    trap("R14", "Contact", "5903", "merged duplicate (Contact/5006)"),
    trap("R23", "Activity", "9901", "orphan, skipped by decision"),
    trap("R30", "LineItem", "8900", "orphan, skipped by decision"),
    trap("R32", "LineItem", "8903", "orphan, skipped by decision"),
    trap("R38", "Attachment", "7", "left out by decision"),
    trap("R39", "Attachment", "8", "left out by decision"),
    trap("R41", "Attachment", "10", "orphan, skipped by decision"),
    trap("R42", "Attachment", "11", "left out by decision"),
]


@pytest.mark.parametrize(("object", "key", "reason"), LEFT)
def test_what_is_left_out_is_counted_with_its_reason(story: Passage, object: str, key: str, reason: str) -> None:
    """It is skipped by somebody's decision, or for its survivor, and nothing of it is at the destination."""
    assert story.base.disposed[object, key][0::2] == ("skipped", reason)
    survivor = reason.partition("(")[2].rstrip(")")
    assert story.base.places.get(f"{object}/{key}") == story.base.places.get(survivor)


ASKED = [
    trap("R02", "treatment", "Company", "1901"),
    trap("R17", "orphan", "Deal", "7900"),
    trap("R17", "orphan", "Deal", "7901"),
    trap("R17", "orphan", "Deal", "7902"),
    trap("R23", "orphan", "Activity", "9901"),
    trap("R30", "orphan", "LineItem", "8900"),
    trap("R32", "orphan", "LineItem", "8903"),
    trap("R36", "file-missing", "Attachment", "5"),
    trap("R37", "file-missing", "Attachment", "6"),
    trap("R38", "treatment", "Attachment", "7"),
    trap("R39", "treatment", "Attachment", "8"),
    trap("R41", "orphan", "Attachment", "10"),
    trap("R42", "treatment", "Attachment", "11"),
]


@pytest.mark.parametrize(("kind", "object", "key"), ASKED)
def test_what_nobody_can_know_waits_for_a_person(story: Passage, kind: str, object: str, key: str) -> None:
    """The question names the record, and the record waits for it."""
    (question,) = story.questions(kind, object, key)
    assert question.blocking
    assert f"{object}/{key}" in question.blocks


@pytest.mark.trap("R17")
def test_an_orphan_deal_may_take_its_contacts_company(story: Passage) -> None:
    """The strategies are offered: the contact's company, any other, a placeholder, or by itself."""
    (question,) = story.questions("orphan", "Deal", "7901")
    assert question.choices[0] == "link:1003"
    assert {"placeholder", "skip"} <= set(question.choices)


@pytest.mark.trap("R16")
def test_rep_codes_that_lead_to_nobody_are_queued_each_with_its_reason(story: Passage) -> None:
    """One question a code; each says why, and which records wait."""
    questions = {q.question.split("'")[1]: q for q in story.questions("owner")}
    assert {"TJM", "GF", "ZZ"} <= set(questions)
    assert "no e-mail" in questions["TJM"].question
    assert "inactive" in questions["GF"].question
    assert "no user of the source" in questions["ZZ"].question
    assert all(q.blocks for q in questions.values())


@pytest.mark.trap("R19")
@pytest.mark.trap("R20")
@pytest.mark.trap("R45")
def test_stages_are_those_of_their_own_pipeline(story: Passage) -> None:
    """Equal names stay apart, an unknown one is asked about, and a stage without a chance has none."""
    pipelines = {row["name"]: row["id"] for row in story.base.account["pipelines"]}
    deal = story.base.record("Deal", "7904", "deals")
    stage = next(s for s in story.base.account["stages"] if s["id"] == deal["stage_id"])
    assert deal["pipeline_id"] == stage["pipeline_id"] == pipelines["Service Jobs"]
    assert stage["name"] == "Proposal (60%)"
    (asked,) = [q for q in story.questions("value", "Deal") if "On Hold - Owner" in q.question]
    assert asked.blocks == ["Deal/7905"]
    at = ("WriteIntended", "Stage", "Service Jobs/Scheduled")
    created = next(b for kind, o, key, b in story.events if (kind, o, key) == at)
    assert created["fields"].get("probability") is None


@pytest.mark.trap("R21")
def test_a_deal_of_the_job_belongs_to_the_customer(story: Passage) -> None:
    """Once the job is merged, its deal is at the parent customer."""
    deal = story.base.record("Deal", "7906", "deals")
    assert deal["org_id"] == story.base.record("Company", "1002", "organizations")["id"]


@pytest.mark.trap("R22")
def test_an_activity_of_a_kind_that_there_is_not_is_asked_about(story: Passage) -> None:
    """The type goes to the value map; the row is kept."""
    (asked,) = story.questions("value", "Activity")
    assert "'Letter'" in asked.question
    assert "Activity/9900" in story.base.places


@pytest.mark.trap("R24")
@pytest.mark.trap("R25")
def test_times_and_texts_of_activities(story: Passage) -> None:
    """Midnight in a 12-hour clock; HTML kept; line breaks kept, the result in a labelled line."""
    midnight = story.base.record("Activity", "9903", "activities")
    assert midnight["due_time"] == "06:05:00"
    assert "<" in story.extracted("Activity", "9903")[0]["values"]["Notes"]
    lines = story.base.record("Activity", "9902", "activities")
    assert "OK??" in lines["note"]
    assert "\x0b" not in lines["note"]


@pytest.mark.trap("R15")
def test_a_phone_that_was_stored_as_a_number_is_text(story: Passage) -> None:
    """Never 2125550144.0."""
    person = story.base.record("Contact", "5904", "persons")
    assert [p["value"] for p in person["phones"]] == ["2125550144"]


@pytest.mark.trap("R09")
def test_user_defined_fields_bear_their_labels(story: Passage) -> None:
    """The hidden sheet names them."""
    labels = {key.rpartition("/")[2] for kind, o, key, _ in story.events if (kind, o) == ("WriteApplied", "Field")}
    assert {"Price Level", "Payment Days", "Contract Start", "Tax Exempt"} <= labels


@pytest.mark.trap("R28")
@pytest.mark.trap("R31")
@pytest.mark.trap("R44")
def test_products_and_lines_keep_their_numbers(story: Passage) -> None:
    """Four decimals, a negative and a fractional quantity, from a UTF-16 file."""
    raw = story.extracted("Product", "391")[0]["values"]
    assert raw["Price"] == "0.1250"
    assert "Product/391" in story.base.places
    rows = {str(row["id"]): row for row in story.base.account["lines"]}
    lines = {key: rows[story.base.places[key][1].rpartition("/")[2]] for key in ("LineItem/8901", "LineItem/8902")}
    assert lines["LineItem/8901"]["quantity"] < 0
    assert lines["LineItem/8902"]["quantity"] == 2.5
    assert lines["LineItem/8902"]["discount"] == 12.5


@pytest.mark.trap("R34")
@pytest.mark.trap("R35")
@pytest.mark.trap("R40")
def test_files_arrive_under_safe_names(story: Passage) -> None:
    """Photo and signature of the field service; the file that tried to climb out keeps the last part of its name."""
    names = [row["name"] for row in story.base.account["files"]]
    assert len(names) == 5
    assert not [name for name in names if "/" in name or "\\" in name or ".." in name]
    for key in ("2", "3", "4", "9"):
        assert f"Attachment/{key}" in story.base.places


DELTA = [
    ("Company", "1001", "written"), ("Company", "1005", "written"), ("Contact", "5900", "written"),
    ("Contact", "5910", "written"), ("Deal", "7002", "written"), ("Deal", "7901", "written"),
    ("Deal", "7910", "written"), ("Activity", "9001", "written"), ("Activity", "9910", "written"),
    ("Attachment", "12", "written"),
]  # fmt: skip


@pytest.mark.parametrize(("object", "key", "became"), DELTA)
def test_the_day_after(story: Passage, object: str, key: str, became: str) -> None:
    """What was changed or made since is at the destination, whether or not a time stamp moved."""
    assert story.later.disposed[object, key][0] == became
    assert story.extracted(object, key)


@pytest.mark.parametrize(
    ("object", "key", "words"),
    [
        ("Company", "1016", "was deleted at the source"),
        ("Contact", "5021", "is missing"),
        ("Deal", "7011", "is missing"),
    ],
)
def test_what_was_deleted_since_is_proposed_never_done(story: Passage, object: str, key: str, words: str) -> None:
    """A person decides; until then the record stays."""
    (question,) = story.questions("vanished", object, key)
    assert words in question.question
    assert f"{object}/{key}" in story.later.places
