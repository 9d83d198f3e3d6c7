"""Pro-Sales CRM: the planted traps of its recorded API with the CSV export beside it."""

from zoneinfo import ZoneInfo

import msgspec
import pytest

from adapters.protocols import Field, Schema
from adapters.sources.values import parse, split
from tests.sources.rest.reading import Account, codes, opened

CHICAGO = ZoneInfo("America/Chicago")


@pytest.fixture(scope="module")
def account() -> Account:
    """The account as recorded, with the export beside it."""
    return opened("pro-sales-crm", csv=True)


@pytest.fixture(scope="module")
def schema(account: Account) -> Schema:
    """Its schema."""
    return account.run(account.source.schema())


def field(schema: Schema, object: str, key: str) -> Field:
    described = schema.object(object)
    assert described is not None
    found = described.field(key)
    assert found is not None
    return found


@pytest.mark.trap("Q01")
@pytest.mark.trap("Q02")
def test_companies_and_owners_are_given_as_they_are(account: Account, schema: Schema) -> None:
    """Domains keep their spelling; the users say who is gone; records without an owner have none."""
    companies = account.by_id("Company")
    assert companies["co90"].values["Domain"] == "www.Harborlight.example"
    assert companies["co91"].values["Owner"] == ""
    assert companies["co1"].values["Street"] == "912 Bay Rd"
    users = {user.id: user for user in schema.users}
    assert (users["u4"].email, users["u6"].active, users["u5"].active) == (
        "SAM.WHITLOCK@brightpath.example",
        False,
        True,
    )


@pytest.mark.trap("Q03")
@pytest.mark.trap("Q04")
@pytest.mark.trap("Q05")
@pytest.mark.trap("Q06")
@pytest.mark.trap("Q07")
@pytest.mark.trap("Q08")
@pytest.mark.trap("Q09")
def test_odd_contacts_are_read_whole(account: Account, schema: Schema) -> None:
    """Merged ones are marked, tags are exact, attachments are counted, odd values stay and are flagged one by one."""
    records, findings = account.all("Contact")
    contacts = {record.id: record for record in records}
    assert contacts["c92"].values["Company ID"] == ""
    assert contacts["c93"].values["Email"] == ""
    assert (contacts["c95"].deleted, contacts["c95"].merged) == (True, "c3")
    tags = contacts["c96"].values["Tags"]
    assert msgspec.json.decode(tags) == ["VIP", "vip", "V.I.P.", " vip ", "east, coast", "VIP"]
    assert split(tags, field(schema, "Contact", "Tags").format) == ["VIP", "vip", "V.I.P.", " vip ", "east, coast"]
    assert contacts["c97"].values["Lifecycle Stage"] == "Evangelist??"
    found = codes(findings)
    assert (found["no-name"], found["merged-contact"], found["attachments-not-exported"]) == (["c94"], ["c95"], ["c98"])
    (told,) = [f for f in findings if f.code == "attachments-not-exported"]
    assert "3 attachments" in told.detail
    assert any(lack.entity == "file" for lack in schema.lacks)
    odd = contacts["c99"].values
    flags = {
        key: parse(field(schema, "Contact", key), odd[key], CHICAGO).flags
        for key in ("cf_ct_lead_score", "cf_ct_birthday", "cf_ct_persona")
    }
    assert flags == {"cf_ct_lead_score": ("not-a-number",), "cf_ct_birthday": ("not-a-date",), "cf_ct_persona": ()}
    assert (odd["cf_ct_persona"], odd["cf_ct_interests"], odd["cf_ct_ref"]) == ("Champion", '["API","Voice"]', "c777")


@pytest.mark.trap("Q10")
@pytest.mark.promise("F-002")
def test_all_custom_fields_are_listed_with_their_fill(schema: Schema) -> None:
    """24 fields, twelve an object, two of them never filled; one label on both objects is two fields."""
    custom = {f.key: f for o in schema.objects for f in o.fields if f.custom}
    assert len(custom) == 24
    assert [key for key, f in custom.items() if not f.filled] == ["cf_ct_notes2", "cf_ct_unused", "cf_dl_unused"]
    assert [key for key, f in custom.items() if f.label == "Language"] == ["cf_ct_lang", "cf_dl_lang"]
    assert custom["cf_ct_persona"].samples[:2] == ("Economic", "User")
    assert [o.label for o in custom["cf_ct_persona"].options] == ["Economic", "Technical", "User"]
    assert (custom["cf_ct_ref"].kind, custom["cf_ct_ref"].target) == ("reference", "Contact")
    assert custom["cf_dl_discount"].kind == "percent"


@pytest.mark.trap("Q11")
@pytest.mark.trap("Q12")
@pytest.mark.trap("Q13")
@pytest.mark.trap("Q14")
@pytest.mark.trap("Q15")
def test_odd_deals_are_read_as_they_are(account: Account, schema: Schema) -> None:
    """No amount, 0 and a comma are three things; stages and own probabilities stay; contacts are a list of ids."""
    records, findings = account.all("Deal")
    deals = {record.id: record.values for record in records}
    amounts = [
        parse(field(schema, "Deal", "Amount"), deals[id]["Amount"], CHICAGO).value for id in ("d90", "d91", "d92")
    ]
    assert amounts == [None, 0, 12400]
    assert deals["d92"]["Currency"] == "CAD"
    assert [deals[id]["Stage"] for id in ("d93", "d94")] == ["Zombie", "proposal out"]
    assert deals["d94"]["Probability"] == "90"
    assert msgspec.json.decode(deals["d95"]["Contact IDs"]) == ["c1", "c2", "c95"]
    assert (deals["d95"]["Owner"], deals["d96"]["Company ID"]) == ("u6", "")
    found = codes(findings)
    assert [found[code] for code in ("no-amount", "unknown-stage", "stage-spelling", "no-company")] == [
        ["d90"], ["d93"], ["d94"], ["d96"],
    ]  # fmt: skip
    stages = {s["label"]: s["probability"] for s in schema.account["pipelines"][0]["stages"]}
    assert (stages["Demo Scheduled"], stages["Proposal Out"]) == (33.333, 52.5)
    described = schema.object("Deal")
    assert described is not None
    assert {(link.name, link.many) for link in described.links} >= {("company", False), ("contacts", True)}


@pytest.mark.trap("Q16")
@pytest.mark.trap("Q17")
@pytest.mark.trap("Q19")
def test_calls_keep_their_dispositions_and_times(account: Account, schema: Schema) -> None:
    """Dispositions stay; local times are read around the change of clocks; an orphan is told."""
    records, findings = account.all("Call")
    calls = {record.id: record.values for record in records}
    assert [calls[id]["Disposition"] for id in ("a90", "a91", "a92")] == ["left voicemail", "Gatekeeper - CB 2wks", ""]
    at = {id: parse(field(schema, "Call", "At"), calls[id]["At"], CHICAGO) for id in ("a93", "a94", "a95", "a1")}
    assert at["a93"] == ("2025-03-09T08:30:00Z", ("skipped-local-time",))
    assert at["a94"] == ("2024-11-03T06:30:00Z", ("ambiguous-local-time",))
    assert at["a95"].value == "2025-02-01T20:05:00Z"
    assert at["a1"].value == "2025-01-10T09:15:00Z"
    assert codes(findings)["no-parent"] == ["a97"]
    assert calls["a98"]["Contact ID"] == "c95"


def test_activities_are_split_by_their_type(account: Account, schema: Schema) -> None:
    """Each kind is an object; a pass for a kind that the account has not is not made."""
    account.run(account.source.schema())
    assert {o: len(account.all(o)[0]) for o in ("Call", "Note", "Task")} == {"Call": 17, "Note": 5, "Task": 4}
    before = len(account.sent)
    assert [account.all(o)[0] for o in ("Email", "Meeting", "Activity")] == [[], [], []]
    assert len(account.sent) == before


@pytest.mark.trap("Q18")
def test_a_text_that_the_api_cuts_is_taken_from_the_export(account: Account, schema: Schema) -> None:
    """The whole note comes from the CSV and is told; without the CSV the cut is told."""
    records, findings = account.all("Note")
    assert len({record.id: record for record in records}["a96"].values["Body"]) == 727
    assert codes(findings)["text-cut"] == ["a96"]
    alone = opened("pro-sales-crm")
    records, findings = alone.all("Note")
    assert len({record.id: record for record in records}["a96"].values["Body"]) == 256
    assert "give the CSV export" in next(f.detail for f in findings if f.code == "text-cut")


@pytest.mark.trap("Q20")
@pytest.mark.promise("F-006")
def test_a_record_that_the_api_hides_comes_from_the_export(schema: Schema) -> None:
    """The count finds the gap, the CSV fills it, and what names the hidden contact by id gets its name."""
    account = opened("pro-sales-crm", csv=True)
    records, findings = account.all("Contact")
    assert len(records) == 30
    (hidden,) = [record for record in records if not record.id]
    assert (hidden.values["Email"], hidden.where) == ("xgarrity@saffron-table.example", "contacts.csv:13")
    assert (hidden.values["Owner"], hidden.values["Company"]) == ("u4", "Saffron Table")
    assert hidden.values["cf_ct_interests"] == '["API","Reporting","Mobile"]'
    told = {f.code: f.detail for f in findings}
    assert "states 30 rows and gave 29" in told["total-differs"]
    assert "taken from the export" in told["not-shown-by-api"]
    deals = account.by_id("Deal")
    assert deals["d12"].values["Contacts"] == '["Ximena Garrity"]'
    assert deals["d1"].values["Contacts"] == ""
    assert account.by_id("Call")["a12"].values["Contact"] == "Ximena Garrity"


@pytest.mark.trap("Q20")
def test_the_gap_is_filled_by_a_new_process_too(schema: Schema) -> None:
    """A process that only has the last cursor reads the keys again, and gives the hidden record alone."""
    account = opened("pro-sales-crm", csv=True)
    at: str | None = None
    last = ""
    while True:
        page = account.run(account.source.read("Contact", None, at))
        if page.next is None:
            break
        at = last = page.next
    source = account.another()
    page = account.run(source.read("Contact", None, last))
    assert [record.values["Email"] for record in page.records] == ["xgarrity@saffron-table.example"]


@pytest.mark.trap("Q20")
def test_a_new_process_names_what_is_hidden(schema: Schema) -> None:
    """One that goes on with the deals, and has not read the contacts, finds out itself which are not shown."""
    account = opened("pro-sales-crm", csv=True)
    assert account.by_id("Deal")["d12"].values["Contacts"] == '["Ximena Garrity"]'
    account.source = account.another()
    assert account.by_id("Deal")["d1"].values["Contacts"] == ""
    contacts = [r for r in account.sent if r.path == "/api/contacts"]
    account.by_id("Call")
    assert [r for r in account.sent if r.path == "/api/contacts"] == contacts, "they are looked at once"


def test_an_export_that_is_older_than_the_api_brings_nothing_back(schema: Schema) -> None:
    """Where the stated total says that all rows came, a record that only the export has was deleted since."""
    account = opened("pro-sales-crm", csv=True, hidden="")
    account.memory.world.state.data.lists["contacts"] = [  # type: ignore[attr-defined]
        row
        for row in account.memory.world.state.data.lists["contacts"]
        if row["id"] != "c5"  # type: ignore[attr-defined]
    ]
    records, _ = account.all("Contact")
    assert len(records) == 29
    assert all(record.id for record in records)


@pytest.mark.trap("Q21")
@pytest.mark.trap("Q22")
def test_pages_are_counted_from_0_to_the_empty_one(account: Account, schema: Schema) -> None:
    """Page 0 is read, the repeated deal comes once, and the empty page ends the list."""
    account.sent.clear()
    deals, findings = account.all("Deal")
    assert len(deals) == len({record.id for record in deals}) == 20
    assert codes(findings)["repeated-rows"] == [""]
    assert [r.query["page"] for r in account.sent if r.path == "/api/deals"] == ["0", "1", "2"]
