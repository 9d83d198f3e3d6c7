"""Workbooks as exports: cells by their number formats, headers found, ends told, and what is refused."""

import builtins
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from adapters.protocols import Identity, Schema
from adapters.sources import UnreadableError, sheets
from adapters.sources.bundle import Table
from adapters.sources.dialect import Dialect, confirm, propose
from adapters.sources.export import Export
from adapters.sources.notes import Notes
from adapters.sources.standard import Column, Standard
from adapters.sources.tabular import rows
from adapters.sources.values import parse
from tests.sources.reading import finish, read_all

UTC = ZoneInfo("UTC")
MARCH_1 = datetime.fromisoformat("2025-03-01")  # a workbook's times have no zone
DEAL = Standard(
    name="Deal",
    label="Deals",
    files=("deals",),
    columns=(
        Column("ID", "text", required=True),
        Column("Name", "text", ("Deal Name",), required=True),
        Column("Odds", "percent"),
        Column("Day", "date"),
    ),
    identity=Identity(id_field="ID"),
)
FIRM = Standard(
    name="Firm",
    label="Firms",
    files=("firms",),
    columns=(Column("FirmID", "text", required=True), Column("Firm", "text", required=True)),
    identity=Identity(id_field="FirmID"),
)


def book(path: Path, sheets: dict[str, Sequence[Sequence[Any]]], change: Callable[[Any], None] | None = None) -> Path:
    """A workbook of these sheets; a cell is a value, or a value and its number format."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for title, lines in sheets.items():
        sheet = made.create_sheet(title)
        for row, cells in enumerate(lines, start=1):
            for column, cell in enumerate(cells, start=1):
                value, form = cell if isinstance(cell, tuple) else (cell, None)
                there = sheet.cell(row=row, column=column, value=value)
                if form:
                    there.number_format = form
    if change:
        change(made)
    made.save(path)
    return path


def sheet(path: Path, number: int = 0) -> Table:
    return sheets.sheets(Table(path.name, path))[number]


def exported(path: Path, dialects: dict[str, Dialect] | None = None) -> tuple[Export, Schema]:
    export = Export("test", (DEAL, FIRM), path, dialects, order="mdy")
    return export, finish(export.schema())


def codes(schema: Schema) -> dict[str, str]:
    return {finding.code: finding.where for finding in schema.findings}


@pytest.mark.trap("R10")
@pytest.mark.trap("R15")
@pytest.mark.parametrize(
    ("cell", "text"),
    [
        pytest.param((6103, "00000"), "06103", id="zip"),
        pytest.param((61031234, "00000-0000"), "06103-1234", id="zip-plus-four"),
        pytest.param((6103, "[<=99999]00000;00000-0000"), "06103", id="zip-by-length"),
        pytest.param((61031234, "[<=99999]00000;00000-0000"), "06103-1234", id="zip-by-length-long"),
        pytest.param((123456789, r"000\-00\-0000"), "123-45-6789", id="escaped-dashes"),
        pytest.param((123456, "00000"), "123456", id="longer-than-its-format"),
        pytest.param((2125550144.0, "General"), "2125550144", id="phone"),
        pytest.param((2125550144, "[<=9999999]###\\-####;\\(###\\) ###\\-####"), "2125550144", id="phone-format"),
        pytest.param((0.35, "0%"), "0.35", id="percent"),
        pytest.param((1.5, "0%"), "150%", id="more-than-the-whole"),
        pytest.param((0.35, '0.0"%"'), "0.35", id="quoted-percent-is-none"),
        pytest.param((5697.72, "#,##0.00"), "5697.72", id="money"),
        pytest.param((0.00001, "General"), "0.00001", id="small"),
        pytest.param((1e14, "General"), "100000000000000", id="large"),
        pytest.param(True, "true", id="true"),
        pytest.param((MARCH_1, "m/d/yyyy"), "2025-03-01", id="date"),
        pytest.param((date(2025, 3, 1), "dd/mm/yyyy"), "2025-03-01", id="day"),
        pytest.param((MARCH_1, "m/d/yy h:mm"), "2025-03-01 00:00:00", id="midnight"),
        pytest.param(
            (MARCH_1 + timedelta(hours=9, minutes=30, microseconds=-1), "m/d/yyyy"), "2025-03-01 09:30:00", id="rounded"
        ),
        pytest.param((time(9, 5), "h:mm"), "09:05:00", id="time"),
        pytest.param((timedelta(hours=26, minutes=5), "[h]:mm:ss"), "26:05:00", id="duration"),
        pytest.param("'02134", "'02134", id="text"),
        pytest.param("a_x000B_b", "a\x0bb", id="escaped-control"),
    ],
)
def test_a_cell_is_the_text_that_its_format_means(tmp_path: Path, cell: Any, text: str) -> None:
    """Numbers, days and check boxes come as text, with the zeros that a format shows and without the point it hides."""
    path = book(tmp_path / "a.xlsx", {"Deals": [[cell]]})
    assert list(sheets.rows(sheet(path), Notes("", ""))) == [(1, [text])]


def test_errors_and_long_numbers_are_told(tmp_path: Path) -> None:
    """A failed formula stays as its error, a number with more digits than a workbook keeps is pointed out."""
    path = book(tmp_path / "a.xlsx", {"Deals": [["ID", "Name"], ["#DIV/0!", 12345678901234567]]})
    notes = Notes("Deal", "a")
    assert list(sheets.rows(sheet(path), notes))[1] == (2, ["#DIV/0!", "12345678901234570"])
    assert [finding.code for finding in notes.findings()] == ["error-cell", "long-number"]


def test_a_formula_without_its_value_is_told(tmp_path: Path) -> None:
    """What was never calculated is empty and told with its column; in the totals line it matters to nobody."""
    lines = [["ID", "Name", "Odds"], [1, "a", "=1/4"], [2, "b", 0.5], ["Total", "=SUM(C2:C3)"]]
    export, schema = exported(book(tmp_path / "a.xlsx", {"Deals": lines}))
    (finding,) = [f for f in schema.findings if f.code == "formula-no-value"]
    assert finding.where == "a.xlsx/Deals:2"
    assert "2 (C)" in finding.detail
    assert "4" not in finding.detail
    assert [r.values["Odds"] for r in read_all(export, "Deal")] == ["", "0.5"]


@pytest.mark.trap("R10")
def test_the_header_below_title_rows_and_a_totals_row(tmp_path: Path) -> None:
    """Title rows in merged cells, blank rows and a totals row are no records, and each is told."""
    lines = [["Deals of 2025"], [], ["ID", "Name"], [1, "a"], [], [2, "b"], ["Total deals:", 2]]

    def merge(made: Any) -> None:
        made["Deals"].merge_cells("A1:B1")

    export, schema = exported(book(tmp_path / "a.xlsx", {"Deals": lines}, merge))
    assert [(r.id, r.where) for r in read_all(export, "Deal")] == [("1", "a.xlsx/Deals:4"), ("2", "a.xlsx/Deals:6")]
    assert codes(schema) == {
        "title-line": "a.xlsx/Deals:1",
        "blank-line": "a.xlsx/Deals:5",
        "totals-line": "a.xlsx/Deals:7",
        "missing-file": "",
    }
    assert export.dialects["a.xlsx/Deals"] == Dialect(encoding="xlsx", delimiter="", header=3, columns=("ID", "Name"))


@pytest.mark.parametrize("below", [["-----", "--------"], ["(text)", "(text)"], ["id", "deal name"]])
def test_a_second_header_row(tmp_path: Path, below: list[str]) -> None:
    """A rule, units or the names once more below the header are no record, in a sheet and in a text file."""
    path = book(tmp_path / "a.xlsx", {"Deals": [["Group", ""], ["ID", "Name"], below, [1, "a"]]})
    export, schema = exported(path)
    assert [r.id for r in read_all(export, "Deal")] == ["1"]
    assert codes(schema)["second-header"] == "a.xlsx/Deals:3"
    (tmp_path / "deals.csv").write_text(f"ID,Name\n{','.join(below)}\n1,a\n")
    export, _ = exported(tmp_path / "deals.csv")
    assert [r.where for r in read_all(export, "Deal")] == ["deals.csv:3"]


@pytest.mark.trap("R09")
def test_hidden_sheets(tmp_path: Path) -> None:
    """A hidden sheet is a table only where it bears an object's name and nothing visible does."""

    def hide(made: Any) -> None:
        made["Deals"].sheet_state = "hidden"
        made["Lists"].sheet_state = "veryHidden"

    lines = {"Deals": [["ID", "Name"], [1, "a"]], "Firms": [["FirmID", "Firm"], [7, "x"]], "Lists": [["Colour"]]}
    export, schema = exported(book(tmp_path / "a.xlsx", lines, hide))
    assert (codes(schema)["hidden-sheet-read"], codes(schema)["hidden-sheet"]) == ("a.xlsx/Deals", "a.xlsx/Lists")
    assert [r.id for r in read_all(export, "Deal")] == ["1"]
    lines["Deals 2"] = [["ID", "Name"], [2, "b"]]
    export, schema = exported(book(tmp_path / "b.xlsx", lines, hide))
    assert [r.id for r in read_all(export, "Deal")] == ["2"]
    assert "hidden-sheet-read" not in codes(schema)


def test_a_sheet_that_lies_about_its_size(tmp_path: Path) -> None:
    """Neither a size that is too small nor one that is too large is believed; a far-off cell is told instead."""
    lines: list[list[Any]] = [["ID", "Name"], *([n, f"d{n}"] for n in range(3))]

    def far(made: Any) -> None:
        made["Deals"].cell(row=900_000, column=1, value="stray")

    path = book(tmp_path / "a.xlsx", {"Deals": lines}, far)
    rewritten(path, "xl/worksheets/sheet1.xml", b'<dimension ref="A1:B900000"', b'<dimension ref="A1:A2"')
    export, schema = exported(path)
    assert len(read_all(export, "Deal")) == 3
    assert codes(schema)["sheet-end"] == "a.xlsx/Deals:1005"


def rewritten(path: Path, member: str, old: bytes, new: bytes) -> None:
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert old in parts[member]
    parts[member] = parts[member].replace(old, new)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def test_a_full_sheet_was_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sheet with as many rows as a sheet can hold is taken for a truncated export, and said so."""
    monkeypatch.setattr(sheets, "ROWS_MAX", 4)
    lines = [["ID", "Name"], [1, "a"], [2, "b"], [3, "c"]]
    assert codes(exported(book(tmp_path / "a.xlsx", {"Deals": lines}))[1])["row-limit"] == "a.xlsx/Deals:4"
    assert "row-limit" not in codes(exported(book(tmp_path / "b.xlsx", {"Deals": lines[:3]}))[1])


def test_cells_beyond_the_last_column(tmp_path: Path) -> None:
    """A column without a name is kept where it holds values; a cell far right of the table does not cost its record."""
    lines: list[list[Any]] = [
        ["ID", "Name"],
        [1, "a", "extra"],
        *([n, "x"] for n in range(2, 260)),
        [260, "z", "", "!"],
    ]
    export, schema = exported(book(tmp_path / "a.xlsx", {"Deals": lines}))
    records = read_all(export, "Deal")
    assert records[0].values == {"ID": "1", "Name": "a", "Column 3": "extra"}
    assert records[-1].values == {"ID": "260", "Name": "z", "Column 3": ""}
    assert codes(schema)["stray-cell"] == "a.xlsx/Deals:261"


@pytest.mark.trap("R18")
def test_percent_column_and_its_outlier(tmp_path: Path) -> None:
    """Cells shown as per cent make a column of fractions; 35 among them was typed as per cent, and is flagged."""
    lines = [["ID", "Name", "Odds"], *([n, "x", (0.25, "0%")] for n in range(5)), [6, "y", 35], [7, "z", "45%"]]
    export, schema = exported(book(tmp_path / "a.xlsx", {"Deals": lines}))
    field = schema.objects[0].field("Odds")
    assert field is not None
    assert field.format == ".*100"
    read = [parse(field, str(r.values["Odds"]), UTC) for r in read_all(export, "Deal")]
    assert read[0] == (25, ())
    assert read[-2:] == [(35, ("percent-outlier",)), (45, ())]


@pytest.mark.trap("R05")
@pytest.mark.parametrize(("mac", "serial"), [(False, 45385), (True, 43923)])
def test_a_bare_serial_counts_from_the_workbooks_own_day(tmp_path: Path, mac: bool, serial: int) -> None:
    """A number in a date column is the day that the workbook means by it, from 1900 or from 1904."""

    def base(made: Any) -> None:
        if mac:
            made.epoch = CALENDAR_MAC_1904

    lines = [["ID", "Name", "Day"], [1, "a", (date(2024, 4, 2), "m/d/yyyy")], [2, "b", serial]]
    export, schema = exported(book(tmp_path / "a.xlsx", {"Deals": lines}, base))
    field = schema.objects[0].field("Day")
    assert field is not None
    days = [parse(field, str(r.values["Day"]), UTC) for r in read_all(export, "Deal")]
    assert days == [("2024-04-02", ()), ("2024-04-03", ("excel-serial",))]


def test_a_sheet_of_another_name_by_its_columns(tmp_path: Path) -> None:
    """Where name and columns disagree the columns decide, and it is told; a lone sheet may have its file's name."""
    export, schema = exported(book(tmp_path / "a.xlsx", {"Deals": [["FirmID", "Firm"], [7, "x"]]}))
    assert [r.id for r in read_all(export, "Firm")] == ["7"]
    assert codes(schema)["object-by-columns"] == "a.xlsx/Deals:1"
    export, _ = exported(book(tmp_path / "Firms.xlsx", {"Sheet1": [["FirmID", "Firm"], [8, "y"]]}))
    assert [r.where for r in read_all(export, "Firm")] == ["Firms.xlsx/Sheet1:2"]


def test_a_sheet_keeps_to_its_stored_dialect(tmp_path: Path) -> None:
    """The next export is read by the stored header row, may have new columns, and is refused without the old ones."""
    before, _ = exported(book(tmp_path / "a.xlsx", {"Deals": [["Title"], ["ID", "Name"], [1, "a"]]}))
    stored = before.dialects
    after, schema = exported(book(tmp_path / "b.xlsx", {"Deals": [["T"], ["ID", "Name", "New"], [1, "a", 5]]}), stored)
    assert read_all(after, "Deal")[0].values == {"ID": "1", "Name": "a", "New": "5"}
    assert codes(schema)["new-column"] == "b.xlsx/Deals:2"
    for lines in ([["ID", "Name"], [1, "a"]], [["Title"], ["ID", "Title"], [1, "a"]]):
        with pytest.raises(UnreadableError, match=r"does not fit the stored dialect \(a sheet\): line 2 lacks"):
            exported(book(tmp_path / "c.xlsx", {"Deals": lines}), stored)
    (tmp_path / "deals.csv").write_text("ID,Name\n1,a\n")
    with pytest.raises(UnreadableError, match="it is in utf-8"):
        exported(tmp_path / "deals.csv", stored)


def test_a_workbook_inside_an_archive(tmp_path: Path) -> None:
    """A ZIP may hold workbooks beside text files; both give their tables, and the same digest as the folder."""
    folder = tmp_path / "export"
    folder.mkdir()
    book(folder / "a.xlsx", {"Deals": [["ID", "Name"], [1, "a"]]})
    (folder / "firms.csv").write_text("FirmID,Firm\n7,x\n")
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as archive:
        for file in folder.iterdir():
            archive.write(file, f"top/{file.name}")
    packed, schema = exported(tmp_path / "export.zip")
    assert [r.id for name in ("Deal", "Firm") for r in read_all(packed, name)] == ["1", "7"]
    assert schema.fingerprint == exported(folder)[1].fingerprint


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "protected by a password, or of an old kind"),
        ("a.xlsx", b"no zip at all", "damaged or cut short"),
        ("a.xls", b"\xd0\xcf\x11\xe0", "save it as .xlsx"),
    ],
)
def test_workbooks_that_are_refused(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    """Locked, damaged and old workbooks are refused with the way round it."""
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UnreadableError, match=says):
        exported(tmp_path / name)


def test_a_damaged_sheet_and_a_bomb(tmp_path: Path) -> None:
    """A sheet that breaks off is refused when it is read; one that unpacks to many times its size, before that."""
    path = book(tmp_path / "a.xlsx", {"Deals": [["ID", "Name"], [1, "a"]]})
    rewritten(path, "xl/worksheets/sheet1.xml", b"</sheetData>", b"")
    with pytest.raises(UnreadableError, match="damaged or cut short"):
        exported(path)
    path = book(tmp_path / "b.xlsx", {"Deals": [["ID", "Name"], [1, "a"]]})
    rewritten(path, "xl/worksheets/sheet1.xml", b"</sheetData>", b"</sheetData>" + b" " * (9 << 20))
    with pytest.raises(UnreadableError, match="300 times its size"):
        exported(path)


def test_without_openpyxl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing library is a sentence that says what to install."""
    path = book(tmp_path / "a.xlsx", {"Deals": [["ID", "Name"], [1, "a"]]})
    there = builtins.__import__

    def missing(name: str, *rest: Any, **more: Any) -> Any:
        if name == "openpyxl":
            raise ImportError(name)
        return there(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(UnreadableError, match=r"pip install 'cutover\[xlsx\]'"):
        exported(path)


def test_uncalculated_across_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Formulas are found wherever the pieces in which a sheet is read end, each once."""
    lines = [["ID", "Name"], *([n, "=A1"] for n in range(1, 40))]
    path = book(tmp_path / "a.xlsx", {"Deals": lines})
    for size in (7, 64, 1 << 20):
        monkeypatch.setattr(sheets, "_CHUNK_BYTES", size)
        assert list(sheets.uncalculated(sheet(path))) == [(line, "B") for line in range(2, 41)]


@pytest.mark.trap("R27")
@pytest.mark.parametrize(
    ("lines", "word"),
    [
        ("1,NULL,b\n2,a,NULL\n", "NULL"),
        ("1,NULL,b\n2,NULL,c\n", ""),  # one column only: it may be a surname
        ("1,NULL,\n2,a,NULL\n", ""),  # empty cells are empty here: NULL is a word like any other
    ],
)
def test_the_word_null(tmp_path: Path, lines: str, word: str) -> None:
    """NULL stands for nothing only in a table that writes it into every empty cell, and that is stored."""
    (tmp_path / "deals.csv").write_text(f"ID,Name,Note\n{lines}")
    table = Table("deals.csv", tmp_path / "deals.csv")
    dialect = propose(table, DEAL.known).dialect
    assert dialect.null == word
    assert confirm(table, dialect) == dialect
    cells = [row.cells for row in rows(table, dialect, Notes("Deal", "deals.csv"))]
    assert ("NULL" in [cell for row in cells for cell in row]) is not bool(word)


def test_a_stored_dialect_that_is_older_than_these_fields() -> None:
    """A dialect stored before there were sheets and words for nothing is read as one of a plain text file."""
    old = {"encoding": "utf-8", "delimiter": ",", "quote": '"', "header": 1, "columns": ["ID"]}
    assert msgspec.convert(old, Dialect) == Dialect(encoding="utf-8", delimiter=",", columns=("ID",))


def test_control_characters_and_rich_text(tmp_path: Path) -> None:
    """A vertical tab is a line break, other control characters go; rich text is read, its source kept beside it."""
    rich = r"{\rtf1\ansi Caf\'e9 \b now\b0 .\par Done.}"
    (tmp_path / "deals.csv").write_bytes(f'ID,Name\n1,"a\x0bb\x07c"\n2,"{rich}"\n'.encode())
    export, schema = exported(tmp_path)
    first, second = read_all(export, "Deal")
    assert first.values["Name"] == "a\nbc"
    assert (second.values["Name"], second.raw) == ("Café now.\nDone.", {"Name": rich})
    assert (codes(schema)["control-characters"], codes(schema)["rtf"]) == ("deals.csv:2", "deals.csv:3")


def test_a_workbook_in_memory_is_never_needed_whole(tmp_path: Path) -> None:
    """Reading the first rows does not read the rest: the sheet is a stream."""
    path = book(tmp_path / "a.xlsx", {"Deals": [["ID", "Name"], *([n, "x"] for n in range(5000))]})
    stream = sheets.rows(sheet(path), Notes("", ""))
    assert next(stream) == (1, ["ID", "Name"])
    stream.close()  # type: ignore[attr-defined]


def test_a_workbook_whose_shared_texts_would_fill_the_memory_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They alone are held in memory: small when packed, they may be gigabytes."""
    path = book(tmp_path / "contacts.xlsx", {"Contacts": [["Name"], *([f"N{n}"] for n in range(9))]})
    monkeypatch.setattr(sheets, "SHARED_BYTES_MAX", 64 << 10)
    assert sheet(path).sheet == "Contacts"
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/texts.xml", b"<si/>" * 20_000)
    with pytest.raises(UnreadableError, match="CSV UTF-8"):
        sheet(path)
