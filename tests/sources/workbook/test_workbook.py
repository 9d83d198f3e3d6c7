"""A filled workbook as a source."""

from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from adapters.protocols import Identity, Probing, Source
from adapters.sources.smart_crm_online import STANDARDS, SYSTEM
from adapters.sources.values import parse
from adapters.sources.workbook import Workbook, check, source, write_template
from tests.sources.reading import finish, read_all
from tests.sources.sql.shop import described
from tests.sources.workbook.filling import SCHEMA, fill

SHEET = "Commissions  all   2025  draft"


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    """Companies, contacts, deals and notes of a source whose export is missing, typed by somebody."""
    path = tmp_path / "smart.xlsx"
    write_template(STANDARDS, path, system=SYSTEM)
    return fill(
        path,
        {
            "Companies": [
                {"Company ID": "C1", "Company Name": "Acme", "Website": "acme.example", "Zip": ("02134", "@"),
                 "Tags": "vip; =cmd()", "Created": datetime.fromisoformat("2025-03-14T18:00:00"),
                 "Employees": 12},
                {"Company ID": "C2", "Company Name": "Bolt", "Zip": (2134, "00000"), "Annual Revenue": 1234.5},
            ],
            "Contacts": [
                {"First Name": "Al", "Last Name": "Null", "Email": "al@acme.example", "Company": "acme",
                 "Phone": "+49 30 901820", "Favourite colour": "red"},
                {"First Name": "Bo", "Last Name": "Oz", "Company ID": "C2", "Phone": 12125550100},
            ],
            "Deals": [{"Deal Name": "Big", "Company": "Acme", "Contact": "Al Null", "Value": "12.50",
                       "Probability": (0.35, "0%"),
                       "Close Date": date(2025, 12, 31)}],
            "Calls": [{"Subject": "Hi", "Date/Time": datetime.fromisoformat("2025-03-14T18:00:00"),
                       "Duration": timedelta(minutes=65)}],
            "Notes": [{"Attached To Type": "Deal", "Attached To": "big", "Note": "two\r\nlines"}],
        },
    )  # fmt: skip


def test_it_is_a_source(filled: Path) -> None:
    """The adapter has the shape of a source, and can be probed."""
    shape: Source = Workbook(filled)
    assert isinstance(shape, Probing)


@pytest.mark.promise("F-007")
def test_round_trip(filled: Path) -> None:
    """What was typed is read as text under the standard's names, with its place; more columns are custom."""
    assert check(filled) == []
    one = Workbook(filled)
    said = finish(one.schema())
    assert {o.name: o.count for o in said.objects if o.count} == {
        "Company": 2, "Contact": 2, "Deal": 1, "Call": 1, "Note": 1,
    }  # fmt: skip
    companies = read_all(one, "Company")
    assert [(r.id, r.where, r.values["Zip"]) for r in companies] == [
        ("C1", "Companies!4", "02134"),
        ("C2", "Companies!5", "02134"),
    ]
    assert companies[0].values["Tags"] == "vip; =cmd()"
    assert companies[0].values["Created"] == "2025-03-14T18:00:00"
    assert companies[1].values["Annual Revenue"] == "1234.5"
    contacts = read_all(one, "Contact")
    assert [r.values["Phone"] for r in contacts] == ["+49 30 901820", "12125550100"]
    assert [r.values["Favourite colour"] for r in contacts] == ["red", ""]
    colour = described(said, "Contact").field("Favourite colour")
    assert colour is not None
    assert colour.custom
    assert read_all(one, "Note")[0].values["Note"] == "two\nlines"


@pytest.mark.parametrize(
    ("object", "key", "value"),
    [
        ("Company", "Tags", ["vip", "=cmd()"]), ("Company", "Created", "2025-03-14T22:00:00Z"),
        ("Company", "Employees", 12),
        ("Deal", "Value", 12.5), ("Deal", "Probability", 35), ("Deal", "Close Date", "2025-12-31"),
        ("Call", "Duration", 3900), ("Call", "Date/Time", "2025-03-14T22:00:00Z"),
    ],
)  # fmt: skip
def test_cells_are_understood(filled: Path, object: str, key: str, value: Any) -> None:
    """By the kind and format of its field each cell gives its value."""
    one = Workbook(filled)
    field = described(finish(one.schema()), object).field(key)
    assert field is not None
    assert parse(field, str(read_all(one, object)[0].values[key]), ZoneInfo("America/New_York")).value == value


def test_identities(filled: Path, tmp_path: Path) -> None:
    """A filled ID column is the identity; an empty one is none, and rows are known as the standard says."""
    said = finish(Workbook(filled).schema())
    assert described(said, "Company").identity.id_field == "Company ID"
    contact = described(said, "Contact").identity
    assert contact.id_field is None
    assert contact.natural[0] == ("Email",)
    write_template(STANDARDS, tmp_path / "ids.xlsx", objects=["Contact"])
    path = fill(tmp_path / "ids.xlsx", {"Contacts": [{"ID": "p1", "First Name": "A", "Last Name": "B"}]})
    assert described(finish(Workbook(path).schema()), "Contact").identity.id_field == "ID"
    assert [r.id for r in read_all(Workbook(path), "Contact")] == ["p1"]


@pytest.mark.trap("P35")
def test_the_objects_that_an_api_lacks(tmp_path: Path) -> None:
    """A template is made of what an API described, for one object alone, and read back under the API's own keys."""
    path = tmp_path / "commissions.xlsx"
    write_template(SCHEMA, path, objects=["commission"])
    fill(path, {SHEET: [
        {"Project": 812, "Rep": "ann@x.example", "Amount": -40, "Rate": 5, "Paid?": "Yes",
         "Status": ("=Open, for now", "@")},
        {"Project": 813, "Amount": 810, "Status": "Paid", "Kinds": "Tier", "Paid on": date(2025, 1, 2)},
    ]})  # fmt: skip
    assert check(path) == []
    one = Workbook(path)
    said = finish(one.schema())
    (commission,) = said.objects
    assert (said.system, commission.name, commission.count) == ("promoxcrm", "commission", 2)
    assert commission.links == SCHEMA.objects[1].links
    assert commission.owner_field == "rep"
    assert commission.identity == Identity(
        natural=(
            tuple(f.key for f in commission.fields if f.key != "id"),
            ("project_id", "amount_cents", "status"),
        )
    )
    records = read_all(one, "commission")
    assert [r.values["status"] for r in records] == ["=Open, for now", "Paid"]
    assert [r.values["amount_cents"] for r in records] == ["-40", "810"]
    assert records[1].values["paid_on"] == "2025-01-02"
    kinds = commission.field("kinds")
    assert kinds is not None
    assert (kinds.format, [o.label for o in kinds.options]) == (";", ["Base, flat", "Tier"])


def test_pages(monkeypatch: Any, tmp_path: Path) -> None:
    """From any page a new source gives the same rest; blank rows between are skipped; times are texts."""
    monkeypatch.setattr(source, "PAGE_RECORDS", 2)
    path = tmp_path / "p.xlsx"
    write_template(SCHEMA, path, objects=["project"])
    fill(path, {"Projects": [{"Name": f"p{n}"} if n % 3 else {} for n in range(12)]})
    one = Workbook(path)
    whole = read_all(one, "project")
    assert [r.values["name"] for r in whole] == [f"p{n}" for n in range(12) if n % 3]
    first = finish(one.read("project", None, None))
    for reader in (one, Workbook(path)):
        rest, at = [], first.next
        while at is not None:
            page = finish(reader.read("project", None, at))
            rest += page.records
            at = page.next
        assert [*first.records, *rest] == whole
    one.close()
    with pytest.raises(ValueError, match="no object 'deal'"):
        finish(one.read("deal", None, None))


def test_probe_and_missing_sheets(filled: Path) -> None:
    """The probe names the sheets that are filled; a sheet that was deleted is a finding."""
    book = openpyxl.load_workbook(filled)
    del book["Emails"]
    book.save(filled)
    probed = finish(Workbook(filled).probe())
    assert (probed.method, probed.usable) == ("workbook", True)
    assert probed.objects == ("Company", "Contact", "Deal", "Call", "Note")
    said = finish(Workbook(filled).schema())
    assert [(f.code, f.object) for f in said.findings] == [("missing-sheet", "Email")]
    assert said.fingerprint


def test_a_time_of_day(tmp_path: Path) -> None:
    """A cell that a spreadsheet keeps as a time is read as one."""
    path = tmp_path / "p.xlsx"
    write_template(SCHEMA, path, objects=["project"])
    fill(path, {"Projects": [{"Name": time(9, 5), "ID": 1.0}]})
    (record,) = read_all(Workbook(path), "project")
    assert record.values == {"id": "1", "name": "09:05"}
