"""The empty workbook: what it shows, what it protects, what it offers."""

from pathlib import Path

import openpyxl
import pytest

from adapters.sources import UnreadableError
from adapters.sources.smart_crm_online import STANDARDS, SYSTEM
from adapters.sources.workbook import Workbook, check, write_template
from tests.sources.reading import finish
from tests.sources.workbook.filling import SCHEMA


def test_sheets_of_a_product(tmp_path: Path) -> None:
    """One sheet an object with the adapter's own column names, after the instructions; empty, nothing is wrong."""
    path = tmp_path / "smart.xlsx"
    write_template(STANDARDS, path, system=SYSTEM)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["Read me", "Lists", *(s.label for s in STANDARDS), "Definition"]
    assert [book[name].sheet_state for name in ("Lists", "Definition")] == ["hidden", "hidden"]
    for standard in STANDARDS:
        header = [cell.value for cell in book[standard.label][1]]
        own = [column.label for column in standard.columns]
        assert header in (["Row", *own], ["Row", "ID", *own])
    assert check(path) == []
    said = finish(Workbook(path).schema())
    assert (said.system, {o.count for o in said.objects}) == (SYSTEM, {0})


def test_header_is_frozen_and_protected(tmp_path: Path) -> None:
    """Header, hints and example cannot be typed over; the cells below can. Text columns take anything as text."""
    path = tmp_path / "c.xlsx"
    write_template(SCHEMA, path, objects=["commission"])
    book = openpyxl.load_workbook(path)
    sheet = book["Commissions  all   2025  draft"]
    assert sheet.freeze_panes == "B2"
    assert sheet.protection.sheet
    assert all(cell.protection.locked for row in sheet["A1:M3"] for cell in row)
    assert not sheet.column_dimensions["B"].protection.locked
    columns = {cell.value: cell for cell in sheet[1]}
    assert list(columns) == [
        "Row", "ID", "Project", "Rep", "Amount", "Rate", "Paid?", "Paid on", "Time spent", "Phone", "Zip", "Status",
        "Kinds",
    ]  # fmt: skip
    assert sheet.column_dimensions[columns["Zip"].column_letter].number_format == "@"
    assert sheet.column_dimensions[columns["Paid on"].column_letter].number_format == "yyyy-mm-dd"
    assert columns["Amount"].fill.fgColor.rgb != columns["Rep"].fill.fgColor.rgb
    assert sheet["E2"].value == "required: an amount without a currency sign"
    assert sheet["B2"].value == "may be empty: a number"
    assert [sheet[f"A{row}"].value for row in (2, 3)] == ["hint", "example"]


def test_drop_downs_and_texts_that_look_like_formulas(tmp_path: Path) -> None:
    """A pick-list is offered from a hidden sheet, so that an option may hold a comma; an option with = stays a text."""
    path = tmp_path / "c.xlsx"
    write_template(SCHEMA, path, objects=["commission"])
    book = openpyxl.load_workbook(path)
    sheet = book["Commissions  all   2025  draft"]
    rules = {str(rule.sqref): rule.formula1 for rule in sheet.data_validations.dataValidation}
    assert rules == {"G4:G1048576": "'Lists'!$A$1:$A$2", "L4:L1048576": "'Lists'!$B$1:$B$3"}
    assert [cell.value for cell in book["Lists"]["B"]] == ["=Open, for now", "Paid", "On hold"]
    assert book["Lists"]["B1"].data_type == "s"
    assert book["Lists"]["B1"].quotePrefix
    assert not any(cell.data_type == "f" for ws in book for row in ws.iter_rows() for cell in row)


def test_a_file_that_is_there_is_kept(tmp_path: Path) -> None:
    """Nothing that people filled is written over; an object that is not described is refused."""
    path = tmp_path / "c.xlsx"
    path.write_bytes(b"dear")
    with pytest.raises(UnreadableError, match="is there already"):
        write_template(STANDARDS, path)
    assert path.read_bytes() == b"dear"
    with pytest.raises(ValueError, match="no form for 'Deals'; there are Company, Contact"):
        write_template(STANDARDS, tmp_path / "d.xlsx", objects=["Deals"])
