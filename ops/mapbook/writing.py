"""Writes the workbook: a guide, a sheet a page, drop-downs from a hidden sheet, and what it was made of.

The same material gives the same bytes, on any day: a workbook can be made again from the log.
"""

import io
import re
import zipfile
from math import ceil
from typing import Any

import msgspec

from adapters.sources.workbook.template import library, put
from ops.mapbook.guide import BLUE, GREY, LINE_POINTS, heads, readme
from ops.mapbook.material import CHARACTERS_MAX, Column, Line, Material, Page, clean
from ops.mapbook.pages import FIELDS, FIRST_ROW, HEADER_ROW, LISTS, MADE, pages
from ops.mapbook.rules import DECISIONS, HEADERS, USED

_ALARM = "FFFFF2CC"
_LINES_MOST = 12
_EPOCH = (1980, 1, 1, 0, 0, 0)
_STAMP = b"1980-01-01T00:00:00Z"


def write(material: Material) -> bytes:
    """The workbook, as the bytes of a file. Raises `UnreadableError` where openpyxl is missing."""
    openpyxl = library()
    book = openpyxl.Workbook()
    found = pages(material)
    readme(book.active, material, found)
    shown = [(book.create_sheet(page.sheet), page) for page in found]
    lists = _Lists(book)
    for sheet, page in shown:
        _page(sheet, page, lists)
    lists.close()
    made = book.create_sheet(MADE)
    text = msgspec.json.encode(material.made).decode()
    for row, start in enumerate(range(0, len(text), CHARACTERS_MAX), start=1):
        put(made.cell(row, 1), text[start : start + CHARACTERS_MAX])
    made.sheet_state = "hidden"
    made.protection.sheet = True
    file = io.BytesIO()
    book.save(file)
    return _timeless(file)


def _timeless(file: io.BytesIO) -> bytes:
    """The same file without the moment at which it was made."""
    again = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(again, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            content = old.read(member)
            if member.filename == "docProps/core.xml":
                content = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", _STAMP, content)
            info = zipfile.ZipInfo(member.filename, _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(info, content)
    return again.getvalue()


class _Lists:
    """The hidden sheet with the drop-downs: each list once, however many cells show it."""

    def __init__(self, book: Any) -> None:
        self._sheet = book.create_sheet(LISTS)
        self._places: dict[tuple[str, ...], str] = {}

    def range(self, choices: tuple[str, ...]) -> str:
        """Where a list stands, as a formula."""
        from openpyxl.utils import get_column_letter

        if choices not in self._places:
            place = len(self._places) + 1
            for row, choice in enumerate(choices, start=1):
                put(self._sheet.cell(row, place), clean(choice))
            letter = get_column_letter(place)
            self._places[choices] = f"'{LISTS}'!${letter}$1:${letter}${len(choices)}"
        return self._places[choices]

    def close(self) -> None:
        """Nobody looks at it."""
        self._sheet.sheet_state = "hidden"
        self._sheet.protection.sheet = True


def _page(sheet: Any, page: Page, lists: _Lists) -> None:
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    put(sheet.cell(1, 1), page.intro)
    sheet.cell(1, 1).font = Font(italic=True, color=BLUE)
    sheet.cell(1, 1).alignment = Alignment(vertical="center")
    sheet.row_dimensions[1].height = 22
    for place, column in enumerate(page.columns, start=1):
        put(sheet.cell(HEADER_ROW, place), column.header)
        dimension = sheet.column_dimensions[get_column_letter(place)]
        dimension.width = column.width
        dimension.hidden = column.hidden
    heads(sheet, HEADER_ROW, len(page.columns))
    sheet.row_dimensions[HEADER_ROW].height = 32
    for row, line in enumerate(page.lines, start=FIRST_ROW):
        _line(sheet, row, page, line)
    empty = Line(name=(), cells={})
    last = FIRST_ROW + len(page.lines) + page.blank - 1
    for row in range(FIRST_ROW + len(page.lines), last + 1):
        _line(sheet, row, page, empty)
    for place, column in enumerate(page.columns, start=1):
        _choices(sheet, get_column_letter(place), page, column, lists)
    if page.kind == FIELDS:
        _unused(sheet, page, last)
    sheet.freeze_panes = sheet.cell(FIRST_ROW, 2)
    if page.lines:
        sheet.auto_filter.ref = f"A{HEADER_ROW}:{get_column_letter(len(page.columns))}{max(last, FIRST_ROW)}"
    sheet.print_title_rows = f"{HEADER_ROW}:{HEADER_ROW}"
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.protection.sheet = True
    for allowed in ("formatCells", "formatColumns", "formatRows", "sort", "autoFilter"):
        setattr(sheet.protection, allowed, False)


def _line(sheet: Any, row: int, page: Page, line: Line) -> None:
    from openpyxl.styles import Alignment, Border, PatternFill, Protection, Side

    thin = Side(style="thin", color="FFD0D0D0")
    needed = 1
    for place, column in enumerate(page.columns, start=1):
        cell = sheet.cell(row, place)
        content = line.cells.get(column.key, "")
        if isinstance(content, str):
            cell.number_format = "@"  # what people type stays a text, a code its zeros
            if content:
                put(cell, clean(content))
            needed = max(needed, sum(ceil(len(part) / column.width) or 1 for part in str(content).split("\n")))
        else:
            cell.value = content
        if column.key in ("order", "probability"):
            cell.number_format = "General"
        locked = column.locked or (bool(line.name) and column.key in page.keys)
        cell.protection = Protection(locked=locked)
        if locked:
            cell.fill = PatternFill("solid", fgColor=GREY)
        cell.border = Border(left=thin, right=thin, top=thin, bottom=thin)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.row_dimensions[row].height = LINE_POINTS * min(needed, _LINES_MOST) + 2


def _choices(sheet: Any, letter: str, page: Page, column: Column, lists: _Lists) -> None:
    """The drop-downs of a column: no two over one cell."""
    from openpyxl.worksheet.datavalidation import DataValidation

    rows: dict[tuple[str, ...], list[int]] = {}
    for row in range(FIRST_ROW, FIRST_ROW + len(page.lines) + page.blank):
        place = row - FIRST_ROW
        line = page.lines[place] if place < len(page.lines) else None
        choices = line.choices.get(column.key, column.choices) if line else column.choices
        if choices and not (line and column.key in page.keys):
            rows.setdefault(choices, []).append(row)
    for choices, found in rows.items():
        rule = DataValidation(
            type="list", formula1=lists.range(choices), allow_blank=True, showErrorMessage=column.strict,
            errorTitle=column.header[:30], error="Choose one of the list.",
        )  # fmt: skip
        for first, last in _runs(found):
            rule.add(f"{letter}{first}:{letter}{last}")
        sheet.add_data_validation(rule)


def _runs(rows: list[int]) -> list[tuple[int, int]]:
    """Rows, as first and last of those that follow each other."""
    runs: list[tuple[int, int]] = []
    for row in rows:
        if runs and runs[-1][1] == row - 1:
            runs[-1] = (runs[-1][0], row)
        else:
            runs.append((row, row))
    return runs


def _unused(sheet: Any, page: Page, last: int) -> None:
    """Cells that a decision does not use are grey; what is undecided stands out."""
    from openpyxl.formatting.rule import FormulaRule
    from openpyxl.styles import Font, PatternFill
    from openpyxl.utils import get_column_letter

    letters = {column.key: get_column_letter(place) for place, column in enumerate(page.columns, start=1)}
    decision = f"${letters['decision']}{FIRST_ROW}"
    pale = PatternFill("solid", bgColor=GREY)
    for key in HEADERS:
        users = [f'{decision}="{DECISIONS[verb]}"' for verb, used in USED.items() if key in used]
        if users:
            formula = f'AND({decision}<>"",NOT(OR({",".join(users)})))'
            rule = FormulaRule(formula=[formula], fill=pale, font=Font(color="FFA6A6A6"))
            sheet.conditional_formatting.add(f"{letters[key]}{FIRST_ROW}:{letters[key]}{max(last, FIRST_ROW)}", rule)
    formula = f'OR({decision}="",{decision}="{DECISIONS["undecided"]}")'
    alarm = FormulaRule(formula=[formula], fill=PatternFill("solid", bgColor=_ALARM))
    where = f"{letters['decision']}{FIRST_ROW}:{letters['decision']}{max(last, FIRST_ROW)}"
    sheet.conditional_formatting.add(where, alarm)
