"""Bulk API 2.0: jobs, parts, and the same records as by REST."""

import re

import pytest

from adapters.protocols import Page, Request, Response, Wait
from adapters.sources import UnreadableError
from adapters.sources.improveit_360.product import ImproveIt360
from adapters.sources.salesforce import bulk
from adapters.sources.salesforce.source import Salesforce
from tests.sources.salesforce.paper import BASE, PaperOrg, by_id, drive, loaded, ok, read_all, refused


@pytest.fixture(name="org")
def _org() -> PaperOrg:
    return PaperOrg()


def opened(org: PaperOrg, bulk_from: int | None = 0) -> Salesforce:
    source = Salesforce(ImproveIt360(), bulk_from=bulk_from)
    drive(source, org, source.schema())
    return source


@pytest.mark.trap("I32")
def test_parts_end_at_the_word_null(org: PaperOrg) -> None:
    """Two parts, the header of the second is no row, and "null" is not asked for."""
    source = opened(org)
    records = read_all(source, org, "i360__Prospect__c")
    assert len(records) == 15
    locators = [r.query.get("locator") for r in org.asked if r.path.endswith("/results")]
    assert locators == [None, "9"]
    assert {r.body["operation"] for r in org.asked if r.method == "POST" and "jobs" in r.path} == {"queryAll"}


@pytest.mark.trap("I32")
def test_the_recorded_parts() -> None:
    """The CSV that was recorded: nine and six rows."""
    parts = [bulk.parse((BASE / "bulk" / f"results-{n}.csv").read_text(encoding="utf-8"), "part") for n in (1, 2)]
    assert [len(p) for p in parts] == [9, 6]
    assert parts[1][2]["i360__Primary_Last_Name__c"] == "Bergström"


@pytest.mark.trap("I33")
@pytest.mark.parametrize("object", ["i360__Prospect__c", "Contact", "Account", "i360__Sale__c", "Task", "Event"])
def test_both_ways_give_the_same_records(org: PaperOrg, object: str) -> None:
    """Texts, deletions, merges and places are the same by Bulk and by REST."""
    by_bulk = by_id(read_all(opened(org), org, object))
    by_rest = by_id(read_all(opened(org, bulk_from=None), org, object))
    assert {i: (r.values, r.deleted, r.merged, r.where) for i, r in by_bulk.items()} == {
        i: (r.values, r.deleted, r.merged, r.where) for i, r in by_rest.items()
    }


@pytest.mark.trap("I33")
def test_the_recorded_parts_give_the_recorded_records(org: PaperOrg) -> None:
    """The recorded CSV and the recorded JSON of a prospect read alike."""
    source = opened(org, bulk_from=None)
    known = source._known
    assert known is not None
    reader = known.rows["i360__Prospect__c"]
    rows = bulk.parse((BASE / "bulk" / "results-1.csv").read_text(encoding="utf-8"), "part")
    there = {r["Id"]: r for r in loaded(BASE / "records" / "i360__Prospect__c.json")}
    for row in rows:
        json_row = {key: there[row["Id"]][key] for key in row}
        assert reader.values(row) == reader.values(json_row)


def test_small_objects_are_read_by_rest(org: PaperOrg) -> None:
    """Two thousand records are the border; a delta is always small."""
    source = opened(org, bulk_from=2000)
    org.asked.clear()
    read_all(source, org, "Contact")
    assert not any("jobs" in r.path for r in org.asked)


def test_who_drives_waits_while_a_job_runs(org: PaperOrg) -> None:
    """A job that is not done is a reason to wait, not an answer."""
    request = Request(method="GET", path="/services/data/v61.0/jobs/query/7505f00000Qy1zAAB")
    source = Salesforce(ImproveIt360())
    running = Response(status=200, body=loaded(BASE / "bulk" / "poll-1.json"))
    assert isinstance(source.verdict(request, running), Wait)
    created = Request(method="POST", path="/services/data/v61.0/jobs/query", body={}, reads=True)
    response = Response(status=200, body=loaded(BASE / "bulk" / "create-response.json"))
    assert not isinstance(source.verdict(created, response), Wait)


def test_a_broken_download_goes_on_in_another_process(org: PaperOrg) -> None:
    """Job and locator are the cursor."""
    source = opened(org)
    page = Page(records=(), next=None)
    cursors = []
    at: str | None = None
    while not page.records:
        page = drive(source, org, source.read("i360__Prospect__c", None, at))
        at = page.next
        cursors.append(at)
    other = opened(org)
    rest = drive(other, org, other.read("i360__Prospect__c", None, at))
    assert len(page.records) + len(rest.records) == 15
    assert re.fullmatch(r"job:750\w+", cursors[0] or "")
    assert sum(r.method == "POST" and "jobs" in r.path for r in org.asked) == 1


def test_a_job_that_was_forgotten_is_begun_again(org: PaperOrg) -> None:
    """Results vanish after a week: the object is read from the start."""
    source = opened(org)
    page = drive(source, org, source.read("i360__Prospect__c", None, "job:750000000000000AAA:9"))
    assert (page.records, page.next) == ((), "job:")


def test_what_bulk_refuses_is_read_by_rest(org: PaperOrg) -> None:
    """A refusal is told, and REST says the true reason if there is one."""
    org.refuse = lambda r: refused("INVALIDENTITY", "not supported by the Bulk API") if "/jobs/" in r.path else None
    source = opened(org)
    page = drive(source, org, source.read("Contact", None, None))
    assert [f.code for f in page.findings] == ["bulk-refused"]
    assert page.next == "id:"
    assert len(read_all(source, org, "Contact")) == 19


def test_a_job_that_fails_is_read_by_rest(org: PaperOrg) -> None:
    """The words of a failed job are told."""

    def refuse(request: Request) -> Response | None:
        polled = request.method == "GET" and "/jobs/query/" in request.path
        return ok({"id": "750", "state": "Failed", "errorMessage": "who knows"}) if polled else None

    org.refuse = refuse
    source = opened(org)
    first = drive(source, org, source.read("Contact", None, None))
    second = drive(source, org, source.read("Contact", None, first.next))
    assert "who knows" in second.findings[0].detail


def test_a_wide_object_travels_in_a_body(org: PaperOrg) -> None:
    """Seven hundred more fields do not fit into a request line: Bulk is taken, whatever the count."""
    extra = [{**org.described["Contact"]["fields"][10], "name": f"Field_with_a_long_name_{n}__c", "custom": True}
             for n in range(700)]  # fmt: skip
    org.described["Contact"] = {**org.described["Contact"], "fields": [*org.described["Contact"]["fields"], *extra]}
    for row in org.records["Contact"]:
        row.update({field["name"]: "x" for field in extra})
    source = opened(org, bulk_from=None)
    records = read_all(source, org, "Contact")
    assert len(records) == 19
    assert records[0].values["Field_with_a_long_name_699__c"] == "x"
    org.refuse = lambda r: refused("API_DISABLED", "no Bulk here") if "/jobs/" in r.path else None
    with pytest.raises(UnreadableError, match=r"too many fields for REST.*no Bulk here"):
        drive(source, org, source.read("Contact", None, None))


def test_a_hidden_field_is_dropped_from_a_job(org: PaperOrg) -> None:
    """As by REST."""
    source = opened(org)
    org.hidden = {("Contact", "Title")}
    page = drive(source, org, source.read("Contact", None, None))
    assert [f.where for f in page.findings] == ["Contact.Title"]
    assert page.next is not None
    assert page.next.startswith("job:750")


def test_text_of_every_kind_survives_csv() -> None:
    """Line breaks, quotes, commas, the words NA and null, a cell of 200 KB; NULs go."""
    long = "x" * 200_000
    text = f'"Id","A"\n"1","a ""b"", c\nd\0"\n"2","NA"\n"3","null"\n"4","{long}"\n'
    assert [r["A"] for r in bulk.parse(text, "part")] == ['a "b", c\nd', "NA", "null", long]


@pytest.mark.parametrize("text", ['"Id","A"\n"1"\n', '"Id","A"\n"1","open'])
def test_a_part_that_is_cut_short_is_refused(text: str) -> None:
    """Nothing of it is taken."""
    with pytest.raises(UnreadableError, match="part"):
        bulk.parse(text, "part")


def test_a_part_with_fewer_rows_than_stated_is_refused(org: PaperOrg) -> None:
    """Salesforce says how many rows a part has."""
    source = opened(org)
    first = drive(source, org, source.read("Contact", None, None))

    def refuse(request: Request) -> Response | None:
        if not request.path.endswith("/results"):
            return None
        return Response(status=200, headers={"sforce-numberofrecords": "2"}, text='"Id"\n"1"\n')

    org.refuse = refuse
    with pytest.raises(UnreadableError, match="1 rows came of 2"):
        drive(source, org, source.read("Contact", None, first.next))
