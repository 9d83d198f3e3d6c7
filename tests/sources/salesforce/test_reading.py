"""Records of an org by REST: what is asked, what comes out, what is said when a query is refused."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from adapters.protocols import Request, Response, Schema
from adapters.sources import UnreadableError
from adapters.sources.improveit_360.product import ImproveIt360
from adapters.sources.salesforce.source import Salesforce
from adapters.sources.values import parse
from tests.sources.salesforce.paper import BASE, PaperOrg, by_id, drive, loaded, read_all, refused

UTC = ZoneInfo("UTC")
TOKYO = ZoneInfo("Asia/Tokyo")


def opened(org: PaperOrg) -> tuple[Salesforce, Schema]:
    source = Salesforce(ImproveIt360())
    return source, drive(source, org, source.schema())


@pytest.fixture(name="org")
def _org() -> PaperOrg:
    return PaperOrg()


@pytest.mark.promise("F-026")
def test_every_record_of_every_object_arrives_deleted_ones_marked(org: PaperOrg) -> None:
    """All records come, whatever the size of a page; those in the recycle bin say that they are deleted."""
    source, schema = opened(org)
    for name in ("Account", "Contact", "i360__Prospect__c", "i360__Lead_Source__c", "i360__Sale__c"):
        there = loaded(BASE / "records" / f"{name}.json")
        records = by_id(read_all(source, org, name))
        assert {r["Id"]: r["IsDeleted"] for r in there} == {id: r.deleted for id, r in records.items()}
        described = schema.object(name)
        assert described is not None
        assert described.count == sum(not r["IsDeleted"] for r in there)


def test_a_first_run_has_no_lower_bound(org: PaperOrg) -> None:
    """Nothing is left out for being old."""
    source, _ = opened(org)
    org.asked.clear()
    read_all(source, org, "Contact")
    assert org.queries()
    assert not any("SystemModstamp >=" in soql for soql in org.queries())


@pytest.mark.trap("I07")
def test_ids_that_differ_in_case_are_two_records(org: PaperOrg) -> None:
    """Ids are compared exactly, all 18 characters."""
    source, _ = opened(org)
    found = by_id(read_all(source, org, "Contact"))
    assert {"0035f000000aB1cAAE", "0035f000000ab1CAAQ"} <= found.keys()
    assert found["0035f000000aB1cAAE"].values["Id"] == "0035f000000aB1cAAE"


@pytest.mark.trap("I08")
def test_a_person_without_a_company_names_none(org: PaperOrg) -> None:
    """No account is an empty text, not a stand-in."""
    source, _ = opened(org)
    assert not by_id(read_all(source, org, "Contact"))["0035f000000010UAAQ"].values["AccountId"]


@pytest.mark.trap("I09")
def test_a_multi_select_is_split_at_semicolons_only(org: PaperOrg) -> None:
    """Four values, the one with a comma in one piece; inactive ones are listed among the options."""
    source, schema = opened(org)
    record = by_id(read_all(source, org, "Contact"))["0035f000000010VAAQ"]
    described = schema.object("Contact")
    field = described.field("Interests__c") if described else None
    assert field is not None
    assert parse(field, record.values["Interests__c"], UTC).value == ["Roofing", "Sunroom", "Teleporter", "Bath, full"]
    assert {"Sunroom": "Sunroom", "Bath, full": "Bath (full)"}.items() <= {o.id: o.label for o in field.options}.items()
    assert not record.values["Email"]
    assert not record.values["FirstName"]


@pytest.mark.trap("I13")
def test_what_lies_in_the_recycle_bin_is_marked(org: PaperOrg) -> None:
    """Only queryAll shows it, and it says so."""
    source, _ = opened(org)
    assert by_id(read_all(source, org, "i360__Prospect__c"))["a005f000000010gAAA"].deleted


@pytest.mark.trap("I06")
def test_a_merge_loser_names_its_master(org: PaperOrg) -> None:
    """The account that lost a merge is deleted and says into which it went."""
    source, _ = opened(org)
    loser = by_id(read_all(source, org, "Account"))["0015f000000010LAAQ"]
    master = next(r for r in loaded(BASE / "records" / "Account.json") if r["Id"] == loser.id)["MasterRecordId"]
    assert (loser.deleted, loser.merged) == (True, master)


@pytest.mark.trap("I14")
def test_a_short_id_beside_a_reference_is_extended(org: PaperOrg) -> None:
    """The twin of 15 characters reads like the reference of 18, which alone is the link; raw keeps it as it is."""
    source, schema = opened(org)
    records = read_all(source, org, "i360__Appointment__c")
    assert all(r.values["i360__Prospect_Id__c"] == r.values["i360__Prospect__c"] for r in records)
    assert all(len(r.raw["i360__Prospect_Id__c"]) == 15 for r in records)
    described = schema.object("i360__Appointment__c")
    assert described is not None
    assert "i360__Prospect__c" in {link.id_field for link in described.links}
    assert "i360__Prospect_Id__c" not in {link.id_field for link in described.links}


@pytest.mark.trap("I20")
@pytest.mark.trap("I23")
def test_activities_name_their_kind(org: PaperOrg) -> None:
    """What an activity is about comes with its object, by the beginning of the id; neither is neither."""
    source, schema = opened(org)
    tasks = by_id(read_all(source, org, "Task"))
    about = {id: (r.values["WhoType"], r.values["WhatType"]) for id, r in tasks.items()}
    assert about["00T5f0000000100EAA"] == ("Contact", "Account")
    assert about["00T5f0000000101EAA"] == ("Contact", "i360__Prospect__c")
    assert about["00T5f000000010UEAQ"] == ("", "")
    assert about["00T5f000000010XEAQ"] == ("Contact", "i360__Prospect__c")
    described = schema.object("Task")
    assert described is not None
    what = next(link for link in described.links if link.id_field == "WhatId")
    assert what.type_field == "WhatType"
    assert set(what.to) == {"Account", "i360__Prospect__c", "i360__Project__c", "i360__Sale__c"}


@pytest.mark.trap("I21")
def test_archived_activities_are_read(org: PaperOrg) -> None:
    """The old call is only in queryAll, and is counted."""
    source, schema = opened(org)
    assert "00T5f000000010VEAQ" in by_id(read_all(source, org, "Task"))
    described = schema.object("Task")
    assert described is not None
    assert described.count == 13


@pytest.mark.trap("I22")
@pytest.mark.trap("I26")
def test_patterns_and_copies_are_no_activities(org: PaperOrg) -> None:
    """The pattern of a series and an invitee's copy are objects of their own: nobody imports them by accident."""
    source, schema = opened(org)
    assert "00T5f000000010WEAQ" not in by_id(read_all(source, org, "Task"))
    assert [r.id for r in read_all(source, org, "TaskSeries")] == ["00T5f000000010WEAQ"]
    assert "00U5f000000010LEAQ" not in by_id(read_all(source, org, "Event"))
    assert [r.id for r in read_all(source, org, "EventCopy")] == ["00U5f000000010LEAQ"]
    assert [o.count for o in schema.objects if o.name in ("TaskSeries", "EventCopy")] == [1, 1]


@pytest.mark.trap("I24")
@pytest.mark.trap("I25")
@pytest.mark.parametrize("zone", [UTC, TOKYO, ZoneInfo("America/Los_Angeles")])
def test_the_day_of_an_activity_is_the_same_in_every_zone(org: PaperOrg, zone: ZoneInfo) -> None:
    """A date has no zone, and an all-day event is on its day."""
    source, schema = opened(org)
    for name, id, day in (("Task", "00T5f0000000100EAA", "2025-03-12"), ("Event", "00U5f000000010KEAQ", "2025-03-22")):
        record = by_id(read_all(source, org, name))[id]
        described = schema.object(name)
        field = described.field("ActivityDate") if described else None
        assert field is not None
        assert parse(field, record.values["ActivityDate"], zone).value == day
        start = described.field("StartDateTime") if described else None
        if start is not None:
            assert parse(start, record.values["StartDateTime"], zone).value == day


def test_cells_read_without_a_doubt(org: PaperOrg) -> None:
    """Every cell of every object parses by its field's kind and format, and nothing needs a flag."""
    source, schema = opened(org)
    for described in schema.objects:
        for record in read_all(source, org, described.name):
            for field in described.fields:
                parsed = parse(field, str(record.values.get(field.key, "")), TOKYO)
                all_day = record.values.get("IsAllDayEvent") == "true" and field.kind == "datetime"
                doubts = {*parsed.flags} - ({"date-only"} if all_day else set())
                assert not doubts, (described.name, field.key, record.values[field.key])


# --- refusals ----------------------------------------------------------------------------------------------------


def test_a_field_that_was_hidden_since_is_dropped_and_told(org: PaperOrg) -> None:
    """The query is asked again without it; its key is missing, since it cannot be read."""
    source, _ = opened(org)
    org.hidden = {("Contact", "Interests__c"), ("Contact", "Title")}
    page = drive(source, org, source.read("Contact", None, None))
    assert {("hidden-field", "Contact.Interests__c"), ("hidden-field", "Contact.Title")} == {
        (f.code, f.where) for f in page.findings
    }
    assert not any({"Interests__c", "Title"} & r.values.keys() for r in read_all(source, org, "Contact"))


def test_a_query_that_takes_too_long_is_asked_for_less(org: PaperOrg) -> None:
    """Smaller pages are tried; where the smallest is too much, a person is told."""
    source, _ = opened(org)
    slow: set[str] = {"2000"}

    def refuse(request: Request) -> Response | None:
        size = request.query.get("q", "").rpartition("LIMIT ")[2]
        return refused("QUERY_TIMEOUT", "Your query request was running for too long.") if size in slow else None

    org.refuse = refuse
    assert len(read_all(source, org, "Contact")) == 19
    slow |= {"500", "100"}
    with pytest.raises(UnreadableError, match="when the org is quiet"):
        drive(source, org, source.read("Contact", None, None))


def test_a_page_of_many_columns_has_fewer_records(org: PaperOrg) -> None:
    """So that no answer grows without end."""
    extra = [{**org.described["Contact"]["fields"][10], "name": f"F{n}__c"} for n in range(373)]
    org.described["Contact"] = {**org.described["Contact"], "fields": [*org.described["Contact"]["fields"], *extra]}
    for row in org.records["Contact"]:
        row.update({field["name"]: None for field in extra})
    source, _ = opened(org)
    drive(source, org, source.read("Contact", None, None))
    assert org.queries()[-1].endswith("LIMIT 500")


def test_another_process_goes_on_from_a_cursor(org: PaperOrg) -> None:
    """A cursor is enough: a new adapter reads the rest of the object."""
    source, _ = opened(org)
    first = drive(source, org, source.read("Contact", None, None))
    assert first.next is not None
    other, _ = opened(PaperOrg())
    rest, at = [], first.next
    while at:
        page = drive(other, org, other.read("Contact", None, at))
        rest += page.records
        at = page.next
    assert sorted(r.id for r in (*first.records, *rest)) == sorted(r.id for r in read_all(source, org, "Contact"))


def test_a_locator_that_is_gone_begins_the_query_again(org: PaperOrg) -> None:
    """Lists that follow locators are asked for again from the start, each row once."""
    org.page = 3
    broken: list[str] = []

    def refuse(request: Request) -> Response | None:
        if "/query/0r8" in request.path:
            if not broken:
                broken.append(request.path)
                return refused("INVALID_QUERY_LOCATOR", "invalid query locator")
            org.page = 100
            rows = org.jobs[request.path.rpartition("/")[2]]
            return Response(status=200, body={"done": True, "records": rows})
        return None

    org.refuse = refuse
    _, schema = opened(org)
    assert broken
    assert len({u.id for u in schema.users}) == len(schema.users)
    assert len([u for u in schema.users if u.id.startswith("005")]) == 7


def test_an_object_that_is_not_there_is_a_mistake(org: PaperOrg) -> None:
    """The adapter is only asked for what it has described."""
    source, _ = opened(org)
    with pytest.raises(ValueError, match="Nonsense"):
        drive(source, org, source.read("Nonsense", None, None))


def test_fixture_is_strict(tmp_path: Path, org: PaperOrg) -> None:
    """The org on paper refuses what an org refuses: links of files without a filter, columns that are not there."""
    bare = org.answer(Request(method="GET", path="/services/data/v61.0/query",
                              query={"q": "SELECT Id FROM ContentDocumentLink"}))  # fmt: skip
    assert bare.body[0]["errorCode"] == "MALFORMED_QUERY"
    odd = org.answer(Request(method="GET", path="/services/data/v61.0/query", query={"q": "SELECT Odd FROM Contact"}))
    assert odd.body[0]["errorCode"] == "INVALID_FIELD"
