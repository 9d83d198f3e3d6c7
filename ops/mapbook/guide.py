"""The first sheet of a workbook: what it is, how to fill it in, and what each sheet holds."""

from collections.abc import Sequence
from math import ceil
from typing import Any

from adapters.sources.workbook.template import put
from ops.mapbook.material import Material, Page
from ops.mapbook.pages import FIELDS, README
from ops.mapbook.rules import DECISIONS

BLUE, GREY, WHITE = "FF1F4E79", "FFEDEDED", "FFFFFFFF"
LINE_POINTS = 15

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
        "The names of the sheets and the headers. Lines may be sorted; columns and sheets of your own are not read."
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

    made = material.made
    sheet.title = README
    put(sheet.cell(1, 1), f"The map: {made.source} → {made.destination}")
    sheet.cell(1, 1).font = Font(bold=True, size=16, color=BLUE)
    of = f"map version {made.version}" if made.version else "a proposal that nobody has confirmed yet"
    put(sheet.cell(2, 1), f"Migration {made.migration}, account {made.target}; made of {of}.")
    row = 4
    for head, text in GUIDE.items():
        put(sheet.cell(row, 1), head)
        put(sheet.cell(row, 2), text)
        sheet.row_dimensions[row].height = LINE_POINTS * ceil(len(text) / 95) + 4
        row += 1
    row += 1
    for place, word in enumerate(("Sheet", "What it holds", *DECISIONS.values()), start=1):
        put(sheet.cell(row, place), word)
    heads(sheet, row, 2 + len(DECISIONS))
    for page in found:
        row += 1
        put(sheet.cell(row, 1), page.sheet)
        sheet.cell(row, 1).hyperlink = f"#'{page.sheet}'!A1"
        sheet.cell(row, 1).font = Font(color="FF0563C1", underline="single")
        put(sheet.cell(row, 2), page.intro.split(". ")[0].rstrip(".") + ".")
        if page.kind == FIELDS:
            said = [line.cells["decision"] for line in page.lines]
            for place, word in enumerate(DECISIONS.values(), start=3):
                sheet.cell(row, place).value = said.count(word) or None
    moved = set(material.mapping.object)
    left = [o.label for o in material.source.objects if o.name not in moved]
    if left:
        put(sheet.cell(row + 2, 1), "Not moved")
        put(sheet.cell(row + 2, 2), ", ".join(left))
    for line in sheet.iter_rows(min_row=4, max_col=2):
        for cell in line:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    for line in sheet.iter_rows(min_row=4, max_row=3 + len(GUIDE), max_col=1):
        line[0].font = Font(bold=True)
    sheet.column_dimensions["A"].width = 24
    sheet.column_dimensions["B"].width = 100
    sheet.sheet_view.showGridLines = False
    sheet.protection.sheet = True


def heads(sheet: Any, row: int, width: int) -> None:
    """Give a row the look of headers."""
    from openpyxl.styles import Alignment, Font, PatternFill

    for place in range(1, width + 1):
        cell = sheet.cell(row, place)
        cell.font = Font(bold=True, color=WHITE)
        cell.fill = PatternFill("solid", fgColor=BLUE)
        cell.alignment = Alignment(wrap_text=True, vertical="center")
