"""The next day: what a delta reads, and what it is told of deletions."""

import pytest

from adapters.protocols import Request, Response
from adapters.sources import GapError
from adapters.sources.improveit_360.product import ImproveIt360
from adapters.sources.salesforce.source import Salesforce
from tests.sources.salesforce.paper import BASE, BUNDLE, DELTA, MARK, PaperOrg, by_id, drive, loaded, ok, read_all

EXPECTED = loaded(BUNDLE / "delta" / "EXPECTED.json")


@pytest.fixture(name="org")
def _org() -> PaperOrg:
    return PaperOrg(DELTA)


@pytest.fixture(name="source")
def _source(org: PaperOrg) -> Salesforce:
    source = Salesforce(ImproveIt360())
    drive(source, org, source.schema())
    return source


def rows(op: str) -> list[tuple[str, str]]:
    """The rows of the expected delta, users and files apart."""
    apart = ("User", "ContentDocument")
    return [(r["object"], r["record"]) for r in EXPECTED if r["op"] == op and r["object"] not in apart]


def deleted(source: Salesforce, org: PaperOrg, object: str) -> dict[str, str]:
    """What was deleted, with what it was merged into."""
    found: dict[str, str] = {}
    at: str | None = None
    while True:
        page = drive(source, org, source.deleted(object, MARK, at))
        assert all(r.deleted and not r.values for r in page.records)
        found |= {r.id: r.merged for r in page.records}
        at = page.next
        if at is None:
            return found


@pytest.mark.promise("F-154")
@pytest.mark.promise("F-155")
@pytest.mark.parametrize(("object", "id"), [*rows("create"), *rows("update")])
def test_what_changed_is_read(source: Salesforce, org: PaperOrg, object: str, id: str) -> None:
    """Every created, restored, changed record is in the delta, as it is now: late commits, equal stamps, formulas."""
    record = by_id(read_all(source, org, object, MARK))[id]
    assert not record.deleted
    before = PaperOrg(BASE)
    other = Salesforce(ImproveIt360())
    drive(other, before, other.schema())
    there = by_id(read_all(other, before, object))
    assert id not in there or there[id].values != record.values or there[id].deleted


@pytest.mark.promise("F-160")
@pytest.mark.parametrize(("object", "id"), rows("delete"))
def test_what_was_deleted_is_told(source: Salesforce, org: PaperOrg, object: str, id: str) -> None:
    """Soft and hard deletions and merges are told; what was restored is not among them."""
    found = deleted(source, org, object)
    assert id in found
    assert found[id] == ("0035f000000010WAAQ" if object == "Contact" else "")
    assert "a005f000000010gAAA" not in found


def test_a_merge_is_told_by_the_reading_too(source: Salesforce, org: PaperOrg) -> None:
    """The contact that lost a merge comes deleted, with its master."""
    loser = by_id(read_all(source, org, "Contact", MARK))["0035f000000010XAAQ"]
    assert (loser.deleted, loser.merged) == (True, "0035f000000010WAAQ")


def test_a_delta_of_stamped_objects_reads_little(source: Salesforce, org: PaperOrg) -> None:
    """Objects without formulas are read from a quarter of an hour before the mark on; others are read whole."""
    org.asked.clear()
    assert [r.id for r in read_all(source, org, "Task", MARK)] == ["00T5f0000000100EAA"]
    assert "SystemModstamp >= 2025-03-14T17:45:00Z" in org.queries()[0]
    org.asked.clear()
    assert len(read_all(source, org, "i360__Sale__c", MARK)) == 9
    assert "SystemModstamp >=" not in org.queries()[0]


def test_which_objects_are_incremental(source: Salesforce, org: PaperOrg) -> None:
    """Those without formulas and derived fields are; files and notes are found from records, and are not."""
    schema = drive(source, org, source.schema())
    assert {o.name for o in schema.objects if o.incremental} == {
        "Account", "Contact", "i360__Staff__c", "i360__Marketing_Source__c", "i360__Marketing_Task__c",
        "Task", "TaskSeries", "Event", "EventCopy",
    }  # fmt: skip


def test_the_user_who_was_deactivated(source: Salesforce, org: PaperOrg) -> None:
    """Users come with every look at the schema."""
    schema = drive(source, org, source.schema())
    assert not next(u for u in schema.users if u.id == "0055f0000000105AAA").active


def test_the_new_version_of_a_file(source: Salesforce, org: PaperOrg) -> None:
    """The file keeps its id; its body is that of the new version."""
    file = by_id(read_all(source, org, "File", MARK))["0695f0000000101AAA"]
    assert "0685f000000010CAAQ" in file.values["Body"]


def test_the_mark_is_the_orgs_own_clock(source: Salesforce, org: PaperOrg) -> None:
    """By the Date header, in UTC."""
    assert drive(source, org, source.mark()) == "2025-03-15T18:00:00Z"


@pytest.mark.parametrize(
    ("log", "why"),
    [
        (
            {"earliestDateAvailable": "2025-03-15T00:00:00.000+0000", "latestDateCovered": "2025-03-15T18:00:00Z"},
            "begins",
        ),
        (
            {"earliestDateAvailable": "2025-03-01T00:00:00.000+0000", "latestDateCovered": "2025-03-15T12:00:00Z"},
            "up to",
        ),
        (None, "EXCEEDED_ID_LIMIT"),
    ],
)
def test_a_gap_in_the_log_is_told(source: Salesforce, org: PaperOrg, log: dict[str, str] | None, why: str) -> None:
    """A log that does not reach back, that lags, or that cannot be read: the object must be read whole."""

    def refuse(request: Request) -> Response | None:
        if "/deleted/" not in request.path:
            return None
        return ok({"deletedRecords": [], **log}) if log else Response(status=400, body=[{"errorCode": why}])

    org.refuse = refuse
    with pytest.raises(GapError, match=why):
        deleted(source, org, "i360__Prospect__c")


def test_a_mark_before_the_log_is_a_gap(source: Salesforce, org: PaperOrg) -> None:
    """The log reaches back fifteen days."""
    with pytest.raises(GapError, match="15 days"):
        drive(source, org, source.deleted("Contact", "2025-02-20T00:00:00Z", "log:"))


def test_a_record_restored_since_is_not_deleted(source: Salesforce, org: PaperOrg) -> None:
    """The log may name what lives again: each id is looked up."""
    lines = [{"id": "a005f000000010gAAA", "deletedDate": "2025-03-15T10:00:00Z"}]
    reach = {"earliestDateAvailable": "2025-03-01T00:00:00Z", "latestDateCovered": "2025-03-15T18:00:00Z"}
    org.refuse = lambda r: ok({"deletedRecords": lines, **reach}) if "/deleted/" in r.path else None
    assert list(deleted(source, org, "i360__Prospect__c")) == ["a005f0000000104AAA"]
