"""improveit 360: what its records say only together, its editions, and the weekly export of the same org."""

import csv
import shutil
import zipfile
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from adapters.protocols import Attachments, Incremental, ObjectSchema, Probing, Schema
from adapters.sources import UnreadableError
from adapters.sources.improveit_360 import CONNECTOR, open_export, stages
from adapters.sources.improveit_360.product import ImproveIt360, Learned
from adapters.sources.improveit_360.staff import Staff
from adapters.sources.improveit_360.stages import Entries, History
from adapters.sources.salesforce.export import WeeklyExport
from adapters.sources.salesforce.source import Salesforce
from adapters.sources.values import parse
from tests.sources.reading import finish, read_all as read_export
from tests.sources.salesforce.paper import BASE, DELTA, PaperOrg, by_id, drive, loaded, read_all, refused

UTC = ZoneInfo("UTC")


@pytest.fixture(name="org")
def _org() -> PaperOrg:
    return PaperOrg()


@pytest.fixture(name="source")
def _source() -> Salesforce:
    return Salesforce(ImproveIt360())


@pytest.fixture(name="schema")
def _schema(source: Salesforce, org: PaperOrg) -> Schema:
    return drive(source, org, source.schema())


def described(schema: Schema, name: str) -> ObjectSchema:
    found = schema.object(name)
    assert found is not None
    return found


# --- owners ------------------------------------------------------------------------------------------------------


@pytest.mark.trap("I16")
def test_the_owner_of_a_sale_is_its_rep(schema: Schema, source: Salesforce, org: PaperOrg) -> None:
    """By the staff record to the user; without a rep the record's owner, inactive or not; OwnerId stays beside it."""
    sales = by_id(read_all(source, org, "i360__Sale__c"))
    assert described(schema, "i360__Sale__c").owner_field == "Sales Rep"
    sale = sales["a045f0000000103AAA"].values
    assert (sale["Sales Rep"], sale["OwnerId"]) == ("0055f0000000100AAA", "0055f0000000103AAA")
    bare = sales["a045f000000010KAAQ"].values
    assert bare["Sales Rep"] == "0055f0000000104AAA"
    assert (bare["i360__Sold_Price__c"], bare["i360__Status__c"]) == ("", "On Hold - Bank")
    assert not next(u for u in schema.users if u.id == bare["Sales Rep"]).active


@pytest.mark.trap("I02")
@pytest.mark.promise("F-107")
def test_staff_without_a_user_is_named(schema: Schema, source: Salesforce, org: PaperOrg) -> None:
    """The canvasser has neither user nor address: appointments name him, he is listed, and told."""
    appointment = by_id(read_all(source, org, "i360__Appointment__c"))["a035f000000010KAAQ"]
    assert appointment.values["Sales Rep"] == "Cal Canvasser"
    stranger = next(u for u in schema.users if u.id == "Cal Canvasser")
    assert (stranger.name, stranger.email, stranger.active) == ("Cal Canvasser", "", True)
    assert [f.key for f in schema.findings if f.code == "staff-without-user"] == ["a065f0000000107AAA"]


def test_a_project_is_its_managers(schema: Schema, source: Salesforce, org: PaperOrg) -> None:
    """The project manager before anybody else."""
    assert described(schema, "i360__Project__c").owner_field == "Project Manager"
    projects = by_id(read_all(source, org, "i360__Project__c"))
    assert projects["a055f0000000100AAA"].values["Project Manager"] == "0055f0000000103AAA"


def test_staff_by_strength() -> None:
    """User, else address, else name; a record that is gone by its id."""
    staff = Staff()
    staff.add({"Id": "1", "Name": "Ann", "i360__User__c": "005", "i360__Email__c": "ann@x.example"}, "i360__")
    staff.add({"Id": "2", "Name": "Bo", "i360__Email__c": "bo@x.example", "i360__Active__c": False}, "i360__")
    staff.add({"Id": "3", "Name": "Cy"}, "i360__")
    named = [staff.owner({"Rep": id, "OwnerId": "00G"}, ("Rep",)) for id in ("1", "2", "3", "4", "")]
    assert named == ["005", "bo@x.example", "Cy", "4", "00G"]
    assert [(u.id, u.active) for u in staff.without_user()] == [("bo@x.example", False), ("Cy", True)]


# --- stages ------------------------------------------------------------------------------------------------------


@pytest.mark.trap("I18")
@pytest.mark.promise("F-059")
def test_the_times_of_stages(schema: Schema, source: Salesforce, org: PaperOrg) -> None:
    """A custom date-time field for each status that was ever entered, in the order of the pick-list."""
    fields = [f for f in described(schema, "i360__Sale__c").fields if f.key.startswith("Entered ")]
    assert [f.key for f in fields] == ["Entered Pending", "Entered Active", "Entered Financed"]
    assert {(f.kind, f.custom) for f in fields} == {("datetime", True)}
    sales = by_id(read_all(source, org, "i360__Sale__c"))
    history = {r["NewValue"]: r["CreatedDate"] for r in loaded(BASE / "records" / "i360__Sale__History.json")}
    for field in fields:
        status = field.key.removeprefix("Entered ")
        assert sales["a045f0000000100AAA"].values[field.key] == history[status].replace(".000+0000", "Z")
        assert parse(field, sales["a045f0000000100AAA"].values[field.key], UTC).value
        assert sales["a045f0000000101AAA"].values[field.key] == ""


def test_a_status_entered_twice_has_its_last_time(schema: Schema, source: Salesforce, org: PaperOrg) -> None:
    """The way to the present state counts."""
    again = {**org.records["i360__Sale__History"][0], "Id": "0175f0000000109AAA"}
    org.records["i360__Sale__History"].append({**again, "CreatedDate": "2025-03-13T10:00:00.000+0000"})
    sales = by_id(read_all(source, org, "i360__Sale__c"))
    assert sales["a045f0000000100AAA"].values["Entered Pending"] == "2025-03-13T10:00:00Z"


def test_without_history_there_are_no_times(org: PaperOrg, source: Salesforce) -> None:
    """Tracking may be off, or hidden from our user."""
    org.refuse = lambda r: refused("INVALID_TYPE", "no") if "__History" in r.query.get("q", "") else None
    schema = drive(source, org, source.schema())
    assert not [f for f in described(schema, "i360__Sale__c").fields if f.key.startswith("Entered ")]
    assert [f.object for f in schema.findings if f.code == "history-refused"] == ["i360__Sale__c"]


@pytest.mark.promise("F-003")
def test_the_pipelines(schema: Schema) -> None:
    """A sale has a status; before there is one, its appointment has a result, and its lead a status."""
    sale, lead, appointment = schema.account["pipelines"]
    assert (sale["id"], [s["id"] for s in sale["stages"]]) == (
        "i360__Sale__c", ["Pending", "Active", "Financed", "Canceled", "On Hold - Bank"]
    )  # fmt: skip
    assert [s["id"] for s in lead["stages"]] == ["New", "Set", "Not Qualified"]
    assert [s["id"] for s in appointment["stages"]] == ["Sold", "Demoed, Not Sold", "No Demo"]


# --- records -----------------------------------------------------------------------------------------------------


@pytest.mark.trap("I15")
@pytest.mark.trap("I17")
def test_values_are_as_they_stand(schema: Schema, source: Salesforce, org: PaperOrg) -> None:
    """A status of no list, a canceled price, an amount below nothing: nothing is mended here."""
    appointment = by_id(read_all(source, org, "i360__Appointment__c"))["a035f000000010KAAQ"].values
    assert (appointment["i360__Status__c"], appointment["i360__Result__c"]) == (
        "Reset by Call Center", "Sold - Pending Bank"
    )  # fmt: skip
    sale = by_id(read_all(source, org, "i360__Sale__c"))["a045f000000010LAAQ"].values
    amounts = [sale[f"i360__{key}__c"] for key in ("Sold_Price", "Canceled_Amt", "Net_Price", "Canceled")]
    assert amounts == ["12000", "-12000", "0", "true"]


@pytest.mark.trap("I12")
def test_a_household_keeps_its_second_person(schema: Schema, source: Salesforce, org: PaperOrg) -> None:
    """As fields of the prospect, whose name is that of the first person."""
    assert described(schema, "i360__Prospect__c").title == ("i360__Primary_First_Name__c", "i360__Primary_Last_Name__c")
    values = by_id(read_all(source, org, "i360__Prospect__c"))["a005f000000010fAAA"].values
    assert (values["i360__Secondary_First_Name__c"], values["i360__Status__c"]) == ("Nia", "Do Not Contact")
    field = described(schema, "i360__Prospect__c").field("i360__Not_Qualified_Reason__c")
    assert field is not None
    assert parse(field, values["i360__Not_Qualified_Reason__c"], UTC).value == ["Spam", "Out of Area"]


@pytest.mark.trap("I19")
def test_nothing_of_a_project_is_dropped(schema: Schema, source: Salesforce, org: PaperOrg) -> None:
    """Stage, budget, contract value and costs are all there."""
    for record in read_all(source, org, "i360__Project__c"):
        raw = {k: v for k, v in record.raw.items() if v is not None and k not in ("attributes", "IsDeleted")}
        assert set(raw) - {"SystemModstamp"} <= record.values.keys()
        assert all(record.values[key] for key in ("i360__Status__c", "Contract_Value__c", "Budget__c"))


@pytest.mark.promise("F-022")
def test_references_to_quickbooks_are_told(org: PaperOrg, source: Salesforce) -> None:
    """They are carried as they are, with a warning."""
    base = org.described["i360__Prospect__c"]["fields"][10]
    org.described["i360__Prospect__c"]["fields"].append(
        {**base, "name": "Customer_QB_List_ID__c", "label": "QB List ID"}
    )
    for row in org.records["i360__Prospect__c"]:
        row["Customer_QB_List_ID__c"] = "80000123-1234567890"
    schema = drive(source, org, source.schema())
    assert [f.where for f in schema.findings if f.code == "accounting-link"] == ["Customer_QB_List_ID__c"]
    field = described(schema, "i360__Prospect__c").field("Customer_QB_List_ID__c")
    assert field is not None
    assert field.kind == "text"


# --- editions ----------------------------------------------------------------------------------------------------


@pytest.mark.trap("I35")
def test_the_lightning_edition(org: PaperOrg, source: Salesforce) -> None:
    """Recognised by its namespace; Accounts are the customers; nothing misses a prospect."""
    org.sobjects = loaded(BASE / "lightning" / "sobjects.json")
    for line in org.sobjects["sobjects"]:
        name = line["name"]
        twin = name.replace("i360core__", "i360__")
        text = {"name": name, "label": name, "keyPrefix": None}
        columns = [_renamed(f) for f in org.described[twin]["fields"] if "Prospect" not in f["name"]]
        org.described[name] = {**org.described[twin], **text, "fields": columns}
        org.records[name] = [{k.replace("i360__", "i360core__"): v for k, v in r.items()} for r in org.records[twin]]
    schema = drive(source, org, source.schema())
    assert schema.account["edition"] == "lightning"
    names = [o.name for o in schema.objects]
    assert names == ["Account", "Contact", "i360core__Staff__c", "i360core__Appointment__c", "i360core__Sale__c",
                     "i360core__Project__c", "Task", "TaskSeries"]  # fmt: skip
    sale = by_id(read_all(source, org, "i360core__Sale__c"))["a045f0000000103AAA"]
    assert sale.values["Sales Rep"] == "0055f0000000100AAA"
    assert not any(f.custom for f in described(schema, "i360core__Sale__c").fields)


def _renamed(field: dict[str, Any]) -> dict[str, Any]:
    targets = [t.replace("i360__", "i360core__") for t in field["referenceTo"]]
    return {**field, "name": field["name"].replace("i360__", "i360core__"), "referenceTo": targets}


@pytest.mark.parametrize(
    ("names", "edition"),
    [
        (["i360__Sale__c"], "classic"), (["i360core__Sale__c"], "lightning"), (["Account"], "none"),
        (["i360__Sale__c", "i360core__Sale__c"], "both"),
    ],
)  # fmt: skip
def test_editions(names: list[str], edition: str) -> None:
    """By the names of the objects alone."""
    assert ImproveIt360().edition(names)[0] == edition


# --- the weekly export -------------------------------------------------------------------------------------------


def exported(folder: Path, org: Path = BASE, *, bodies: bool = True) -> Path:
    """The org as its data export writes it: one CSV an object, every cell quoted, bodies under their ids."""
    folder.mkdir(parents=True)
    for path in (org / "records").glob("*.json"):
        rows = [{k: v for k, v in row.items() if not isinstance(v, dict)} for row in loaded(path)]
        live = [row for row in rows if not row["IsDeleted"]]
        header = list(dict.fromkeys(key for row in live for key in row))
        with (folder / f"{path.stem}.csv").open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
            writer.writerow(header)
            writer.writerows([_exported_cell(row.get(key)) for key in header] for row in live)
    for body in (org / "bodies").iterdir() if bodies else ():
        place = folder / ("Attachments" if body.name.startswith("00P") else "ContentVersion")
        place.mkdir(exist_ok=True)
        shutil.copy(body, place / body.name)
    return folder


def _exported_cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    return str(value).replace("T", " ").replace(".000+0000", "") if str(value).endswith("+0000") else str(value)


@pytest.mark.promise("F-027")
def test_the_export_gives_the_same_records(tmp_path: Path, schema: Schema, source: Salesforce, org: PaperOrg) -> None:
    """The live records of every object, with the same texts, owners and stage times as by the API."""
    export = WeeklyExport(ImproveIt360(), exported(tmp_path / "export"))
    described_too = finish(export.schema())
    for name in ("Account", "Contact", "i360__Staff__c", "i360__Prospect__c", "i360__Lead_Source__c",
                 "i360__Appointment__c", "i360__Sale__c", "i360__Project__c", "i360__Marketing_Task__c", "Task",
                 "TaskSeries", "Event", "EventCopy"):  # fmt: skip
        by_api = {r.id: r.values for r in read_all(source, org, name) if not r.deleted}
        by_file = {r.id: r.values for r in read_export(export, name)}
        missing = {"WhoType", "WhatType"}  # what only a describe knows: that a column may name several objects
        assert by_file.keys() == by_api.keys()
        assert described(described_too, name).count == len(by_file)
        for id, values in by_file.items():
            api = by_api[id]
            assert {k: v for k, v in values.items() if k not in missing and k in api} == {
                k: v for k, v in api.items() if k not in missing and k in values
            }, (name, id)
            assert api.keys() - values.keys() <= missing


def test_the_export_is_described(tmp_path: Path) -> None:
    """Kinds by the cells, links by how ids begin, owners and pipelines as by the API."""
    export = open_export(exported(tmp_path / "export"))
    schema = finish(export.schema())
    sale = described(schema, "i360__Sale__c")
    assert {link.id_field: link.to for link in sale.links}["i360__Prospect__c"] == ("i360__Prospect__c",)
    assert sale.owner_field == "Sales Rep"
    kinds = {f.key: f.kind for o in schema.objects for f in o.fields}
    assert (kinds["OwnerId"], kinds["Email"], kinds["CreatedDate"], kinds["i360__Sold_On__c"]) == (
        "user", "email", "datetime", "date"
    )  # fmt: skip
    assert (kinds["i360__Status__c"], kinds["Interests__c"]) == ("enum", "multienum")
    assert [p["id"] for p in schema.account["pipelines"]][:1] == ["i360__Sale__c"]
    assert {u.id for u in schema.users} >= {"0055f0000000100AAA", "Cal Canvasser"}
    assert schema.account["edition"] == "classic"
    assert schema.fingerprint
    assert not isinstance(export, Incremental | Probing)
    task = described(schema, "Task")
    assert next(link for link in task.links if link.id_field == "WhatId").type_field == "WhatType"


@pytest.mark.parametrize("packed", [False, True])
def test_files_of_an_export(tmp_path: Path, packed: bool) -> None:
    """Latest versions, attachments and notes with their bodies, from a folder or a ZIP; what is missing says so."""
    path = exported(tmp_path / "export")
    if packed:
        with zipfile.ZipFile(tmp_path / "WE_1.zip", "w") as archive:
            for file in sorted(p for p in path.rglob("*") if p.is_file()):
                archive.write(file, f"WE_1/{file.relative_to(path)}")
        path = tmp_path / "WE_1.zip"
    export = WeeklyExport(ImproveIt360(), path)
    finish(export.schema())
    assert isinstance(export, Attachments)
    files = by_id(read_export(export, "File"))
    assert set(files) == {
        "0695f0000000100AAA", "0695f0000000101AAA", "0695f0000000103AAA", "0695f0000000104AAA", "00P5f0000000100EAA"
    }  # fmt: skip
    assert files["0695f0000000100AAA"].values["ParentTypes"] == '["i360__Prospect__c","i360__Project__c"]'
    with export.open(files["0695f0000000100AAA"].values["Body"]) as content:
        assert content.read() == (BASE / "bodies" / "0685f0000000101AAA").read_bytes()
    with pytest.raises(FileNotFoundError, match="order it with"):
        export.open(files["0695f0000000103AAA"].values["Body"])
    with pytest.raises(FileNotFoundError, match="names no file"):
        export.open("ContentVersion/../../1/x")
    (note,) = read_export(export, "Note")
    assert note.values["Body"].startswith("<p>")


def test_the_export_of_the_next_day(tmp_path: Path) -> None:
    """Confirmed dialects are held to; what changed is in the records."""
    first = WeeklyExport(ImproveIt360(), exported(tmp_path / "one"))
    second = WeeklyExport(ImproveIt360(), exported(tmp_path / "two", DELTA), first.dialects)
    finish(second.schema())
    sales = by_id(read_export(second, "i360__Sale__c"))
    assert sales["a045f0000000101AAA"].values["i360__Net_Price__c"] == "27500"
    assert "a005f0000000104AAA" not in by_id(read_export(second, "i360__Prospect__c"))


def test_what_is_no_export(tmp_path: Path) -> None:
    """Other files are told, and an export without one object is refused."""
    folder = tmp_path / "export"
    folder.mkdir()
    (folder / "people.csv").write_text("Name,City\nAnn,Rome\n", encoding="utf-8")
    with pytest.raises(UnreadableError, match="none of its files"):
        finish(WeeklyExport(ImproveIt360(), folder).schema())
    exported(tmp_path / "whole")
    (tmp_path / "whole" / "people.csv").write_text("Name,City\nAnn,Rome\n", encoding="utf-8")
    export = WeeklyExport(ImproveIt360(), tmp_path / "whole")
    assert "unknown-file" in {f.code for f in finish(export.schema()).findings}
    with pytest.raises(ValueError, match="Nonsense"):
        read_export(export, "Nonsense")
    assert CONNECTOR.bundle is open_export


def test_statuses_beyond_those_that_become_fields_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """No cap is silent."""
    monkeypatch.setattr(stages, "STATUSES_MOST", 2)
    entries = Entries(History(["Pending", "Active", "Financed"], lambda _ids: iter(())))  # type: ignore[arg-type]
    assert ([field.key for field in entries.fields], entries.left_out) == (["Entered Pending", "Entered Active"], 1)
    (told,) = Learned(Staff(), {"i360__Sale__c": entries}).findings({})
    assert (told.code, told.object) == ("stage-times-left-out", "i360__Sale__c")
