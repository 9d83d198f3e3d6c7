"""Every wrong cell is named with what to type, all at once."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from adapters.sources import UnreadableError
from adapters.sources.smart_crm_online import STANDARDS
from adapters.sources.workbook import PROBLEMS_MAX, Workbook, check, write_template
from tests.sources.reading import finish
from tests.sources.workbook.filling import SCHEMA, fill

SHEET = "Commissions  all   2025  draft"
GOOD = {"ID": 1, "Project": 7, "Amount": 12.5, "Status": "Paid"}


def checked(tmp_path: Path, rows: Sequence[dict[str, Any]]) -> list[tuple[str, str, str]]:
    """Cell, what is wrong, and the remedy, of a workbook with those commissions."""
    path = tmp_path / "c.xlsx"
    write_template(SCHEMA, path)
    fill(path, {"Projects": [{"ID": 7, "Name": "Mugs"}], SHEET: rows})
    return [(p.cell, p.wrong, p.remedy) for p in check(path)]


@pytest.mark.promise("F-042")
@pytest.mark.parametrize(
    ("column", "value", "cell", "wrong", "remedy"),
    [
        ("Amount", "much", "E4", "Amount: 'much' is not an amount without a currency sign", "type an amount"),
        ("Amount", None, "E4", "Amount is missing", "type an amount"),
        ("Rate", "a third", "F4", "'a third' is not per cent", "type per cent, like 35"),
        ("Paid?", "perhaps", "G4", "'perhaps' is not Yes or No", "type Yes or No"),
        ("Paid on", "03/04/2025", "H4", "'03/04/2025' is not a date", "type a date, like 2025-03-14"),
        ("Paid on", "31.02.2025", "H4", "is not a date", "2025-03-14"),
        ("Paid on", "n/a", "H4", "is not a date", "2025-03-14"),
        ("Time spent", "65", "I4", "is not hours and minutes", "like 1:05"),
        ("Phone", "none yet", "J4", "is not a telephone number", "type a telephone number"),
        ("Status", "paid", "L4", "Status has no option 'paid'", "type Paid"),
        ("Status", "Payed", "L4", "no option 'Payed'", "type Paid"),
        ("Status", "zzz", "L4", "no option 'zzz'", "type one of =Open, for now, Paid, On hold"),
        ("Kinds", "Tier; Tear", "M4", "Kinds has no option 'Tear'", "type Tier"),
        ("Project", 8, "C4", "there is no project '8'", "type the id of a row that the sheet of project has, or add"),
        ("Project", "mugs", "C4", "there is no project 'mugs'", "type the id"),
        ("Amount", "=1+1", "E4", "Amount: it is a formula", "type the value itself"),
        ("Amount", "#N/A", "E4", "Amount: it is the error #N/A", "type the value"),
    ],
)  # fmt: skip
def test_one_wrong_cell(tmp_path: Path, column: str, value: Any, cell: str, wrong: str, remedy: str) -> None:
    """It is named by its address, with what is wrong and what to type."""
    ((where, said, then),) = checked(tmp_path, [GOOD | {column: value}])
    assert where == cell
    assert wrong in said
    assert remedy in then


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("Project", "7"), ("Rate", "35"), ("Rate", "35 %"), ("Rate", (0.35, "0%")),
        ("Paid?", "Yes"), ("Paid?", True), ("Paid on", date(2025, 3, 14)), ("Paid on", "14 Mar 2025"),
        ("Time spent", "1:05"), ("Time spent", "1h 5m"), ("Status", "On hold"), ("Kinds", "Tier ;Base, flat"),
        ("Phone", 12125550100), ("Rep", "anybody"), ("Amount", "1,250.00"), ("ID", None),
    ],
)  # fmt: skip
def test_good_cells(tmp_path: Path, column: str, value: Any) -> None:
    """What can only mean one thing is let pass."""
    assert checked(tmp_path, [GOOD | {column: value}]) == []


def test_all_problems_at_once(tmp_path: Path) -> None:
    """Several cells of several rows are named in their order; empty rows and the example are not looked at."""
    found = checked(tmp_path, [GOOD, GOOD | {"Amount": "x", "Status": None}, {}, {"Rep": "Ann"}])
    assert found == [
        ("E5", "Amount: 'x' is not an amount without a currency sign", "type an amount without a currency sign"),
        ("L5", "Status is missing", "type one of =Open, for now, Paid, On hold"),
        ("B5", "the id '1' stands in row 4 already", "give each row an id of its own"),
        ("C7", "Project is missing", "type the name or id of a row"),
        ("E7", "Amount is missing", "type an amount without a currency sign"),
        ("L7", "Status is missing", "type one of =Open, for now, Paid, On hold"),
    ]


def test_problems_are_bounded(tmp_path: Path) -> None:
    """Beyond a thousand only their number is said."""
    path = tmp_path / "c.xlsx"
    write_template(SCHEMA, path, objects=["project"])
    fill(path, {"Projects": [{"ID": n} for n in range(PROBLEMS_MAX + 200)]})
    found = check(path)
    assert len(found) == PROBLEMS_MAX + 1
    assert str(found[0]) == "Projects!C4: Name is missing; type a text."
    assert str(found[-1]) == "200 more problems; put these right and check again."


def test_headers(tmp_path: Path) -> None:
    """A column that was renamed away is missed, one that stands twice is named, one that was added is no problem."""
    path = tmp_path / "c.xlsx"
    write_template(SCHEMA, path, objects=["project"])
    book = openpyxl.load_workbook(path)
    sheet = book["Projects"]
    sheet["C1"] = "Nom"
    sheet["D1"], sheet["E1"] = "extra", "id"
    book.save(path)
    assert [(p.cell, p.wrong) for p in check(path)] == [
        ("F1", "the column 'Name' is missing"),
        ("E1", "there is another column 'id'"),
    ]


def test_wrong_cells_are_refused(tmp_path: Path) -> None:
    """A source is not made of a workbook with wrong cells: the refusal names the first of them."""
    path = tmp_path / "c.xlsx"
    write_template(SCHEMA, path, objects=["project"])
    fill(path, {"Projects": [{"ID": n} for n in range(12)]})
    with pytest.raises(UnreadableError, match="Projects!C4: Name is missing") as error:
        finish(Workbook(path).schema())
    assert "and 2 more" in str(error.value)
    probed = finish(Workbook(path).probe())
    assert not probed.usable


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "no .xlsx workbook"), (b"id,name\n", "no .xlsx workbook"), (b"\xd0\xcf\x11\xe0", "locked by a password")],
)
def test_what_is_no_workbook(tmp_path: Path, content: bytes, said: str) -> None:
    """Is refused in words."""
    (tmp_path / "x.xlsx").write_bytes(content)
    with pytest.raises(UnreadableError, match=said):
        check(tmp_path / "x.xlsx")


def test_a_workbook_of_others(tmp_path: Path) -> None:
    """One that was not made to be filled says so; with the standards given, its sheets are looked for by name."""
    book = openpyxl.Workbook()
    book.active.title = "Sheet1"
    book.save(tmp_path / "x.xlsx")
    with pytest.raises(UnreadableError, match="not a workbook that was made to be filled"):
        check(tmp_path / "x.xlsx")
    with pytest.raises(UnreadableError, match="none of the sheets Companies, Contacts"):
        check(tmp_path / "x.xlsx", STANDARDS)
    with pytest.raises(UnreadableError, match="no such file"):
        check(tmp_path / "y.xlsx")
