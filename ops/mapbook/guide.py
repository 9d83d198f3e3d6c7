"""The first sheet of a workbook: what it is, how to fill it in, and what each sheet holds."""

from collections.abc import Sequence
from math import ceil
from typing import Any

from adapters.sources.workbook.template import put
from engine import mapwords
from ops.mapbook.material import Material, Page, clean
from ops.mapbook.pages import FIELDS, README
from ops.mapbook.rules import DECISIONS

BLUE, GREY, WHITE = "FF1F4E79", "FFEDEDED", "FFFFFFFF"
LINE_POINTS = 15
_FIRST = 4

GUIDE = {
    "What this is": (
        "Each field of the old system, and what becomes of it in the new one. Nothing moves before it is read back "
        "and confirmed."
    ),
    "Where to write": (
        "Only in white cells. Grey ones are for looking: what the field is, how often it is filled, and samples. "
        "Drop-downs show what is possible."
    ),
    "A field": (
        "Choose a decision first, then fill the cells that it needs; those that it does not use turn grey. What is "
        "left out needs a reason. Undecided keeps the question open: the map cannot be confirmed with it."
    ),
    "Besides": "What the map says of a field and no cell shows. It stays as it is while the value still moves.",
    "Values": (
        "A list of values says what each value of the old system becomes. A line in which nothing is said has no "
        "pair: records with that value wait for an answer."
    ),
    "No formulas": "Type values. A cell with a formula is refused, since nobody can say what it will be tomorrow.",
    "What must stay": (
        "The names of the sheets and the headers. They are protected without a password: against slips, not against "
        "you. Columns and sheets of your own are not read."
    ),
    "When it is done": (
        "cutover map import FILE says what would change and what is wrong, cell by cell; with --yes it takes "
        "effect. It belongs to the map that it was made of: when that has changed, export again."
    ),
}
"""What each part of a workbook is, and how to fill it in."""


def readme(sheet: Any, material: Material, found: Sequence[Page]) -> None:
    """Write the guide into a sheet."""
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    made = material.made
    sheet.title = README
    put(sheet.cell(1, 1), f"The map: {made.source} → {made.destination}")
    sheet.cell(1, 1).font = Font(bold=True, size=16, color=BLUE)
    put(sheet.cell(2, 1), f"Migration {made.migration}, account {made.target}; made of {made.words}.")
    row = _FIRST
    for head, text in GUIDE.items():
        put(sheet.cell(row, 1), head)
        put(sheet.cell(row, 2), text)
        sheet.cell(row, 1).font = Font(bold=True)
        row += 1
    row = _overview(sheet, row + 1, material, found)
    left = [o.label for o in material.source.objects if o.name not in material.mapping.object]
    if left:
        put(sheet.cell(row + 1, 1), "Not moved")
        put(sheet.cell(row + 1, 2), ", ".join(left))
    for line in sheet.iter_rows(min_row=_FIRST, max_col=2):
        for cell in line:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        text = str(line[1].value or "")
        sheet.row_dimensions[line[0].row].height = LINE_POINTS * max(ceil(len(text) / 95), 1) + 4
    for place, width in enumerate((24, 100, *(len(DECISIONS) * [12])), start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.sheet_view.showGridLines = False
    sheet.protection.sheet = True


def _overview(sheet: Any, row: int, material: Material, found: Sequence[Page]) -> int:
    """A line for each sheet: what it holds, and how many fields have which decision. The row after the last."""
    from openpyxl.styles import Font
    from openpyxl.worksheet.hyperlink import Hyperlink

    for place, word in enumerate(("Sheet", "What it holds", *DECISIONS.values()), start=1):
        put(sheet.cell(row, place), word)
    heads(sheet, row, 2 + len(DECISIONS))
    for page in found:
        row += 1
        put(sheet.cell(row, 1), page.sheet)
        sheet.cell(row, 1).hyperlink = Hyperlink(ref="", location=f"'{page.sheet}'!A1")
        sheet.cell(row, 1).font = Font(color="FF0563C1", underline="single")
        words = page.intro.split(". ")[0].rstrip(".") + "."
        if page.kind == FIELDS:
            more = "; ".join(mapwords.more(material.mapping.object[page.object]))
            words += f" Besides, in mapping.toml: {more}." if more else ""
            said = [line.cells["decision"] for line in page.lines]
            for place, decision in enumerate(DECISIONS.values(), start=3):
                sheet.cell(row, place).value = said.count(decision) or None
        put(sheet.cell(row, 2), clean(words))
    return row + 1


def heads(sheet: Any, row: int, width: int) -> None:
    """Give a row the look of headers."""
    from openpyxl.styles import Alignment, Font, PatternFill

    for place in range(1, width + 1):
        cell = sheet.cell(row, place)
        cell.font = Font(bold=True, color=WHITE)
        cell.fill = PatternFill("solid", fgColor=BLUE)
        cell.alignment = Alignment(wrap_text=True, vertical="center")
