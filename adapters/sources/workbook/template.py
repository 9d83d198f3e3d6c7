"""Writes the empty workbook: instructions, one sheet an object, drop-downs, and what is needed to read it back."""

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import msgspec

from adapters.protocols import Kind
from adapters.sources import UnreadableError
from adapters.sources.workbook.forms import DEFINITION, INSTRUCTIONS, LISTS, MANY, Column, Described, Form, forms_of

MARK = "Row"
"""The header of the first column, which marks rows that are ours."""

HINT, EXAMPLE = "hint", "example"
"""What the first column says of a row that is no record."""

FIRST_ROW = 4
"""The first row that people fill: after header, hints and example."""

_LAST_ROW = 1_048_576
_CELL_CHARACTERS = 30_000
_REQUIRED_FILL, _OPTIONAL_FILL, _OURS_FILL = "FFF4B183", "FFD9E2F3", "FFEDEDED"
_FORMATS: dict[Kind, str] = {
    "date": "yyyy-mm-dd", "datetime": "yyyy-mm-dd hh:mm:ss", "time": "hh:mm", "number": "General", "money": "0.00",
    "percent": "0.##",
}  # fmt: skip

_LINES = (
    """Each sheet is one kind of record, each row one record. Fill from row 4 on; row 2 says what to type, row 3 is an
    example. Both are not read, nor is any row that says example in its first column.""",
    """Orange columns are required, blue ones may be left empty. Column names must stay as they are; a column that you
    add beside them is read as a custom field.""",
    f"""Dates are typed year first: 2025-03-14. Type values, no formulas. Several values in a cell stand with {MANY}
    between them.""",
    """An ID is any text that no other row of the sheet has; give one to every row, or to none. A reference is the ID or
    the name of a row of the other sheet.""",
)

SAYS: dict[Kind, tuple[str, str]] = {
    "date": ("a date, like 2025-03-14", "2025-03-14"),
    "datetime": ("date and time, like 2025-03-14 18:00:00", "2025-03-14 18:00:00"),
    "time": ("a time of day, like 18:00", "18:00"),
    "duration": ("hours and minutes, like 1:05", "1:05"),
    "number": ("a number", "12"),
    "money": ("an amount without a currency sign", "1250.00"),
    "percent": ("per cent, like 35", "35"),
    "boolean": ("Yes or No", "Yes"),
    "enum": ("one of the list", ""),
    "multienum": (f"several of the list, with {MANY} between them", ""),
    "email": ("an e-mail address", "ann@example.com"),
    "phone": ("a telephone number", "+1 212 555 0100"),
    "url": ("a web address", "https://example.com"),
    "user": ("the e-mail address or the name of a user", "ann@example.com"),
    "reference": ("the name or id of a row", ""),
}
"""What to type into a column of a kind, and an example; any other takes text."""


def write_template(described: Described, path: Path, *, system: str = "", objects: Collection[str] = ()) -> None:
    """Write an empty workbook for a product's standards, or for objects of a schema; a file that is there is kept.

    objects: only these. Raises `UnreadableError` where openpyxl is missing or the file exists, ValueError for an object
    that is not described.
    """
    openpyxl = library()
    forms = forms_of(described, system, objects)
    if path.exists():
        raise UnreadableError(f"{path.name} is there already; name another file, so that nothing filled in is lost.")
    book = openpyxl.Workbook()
    _instructions(book.active, forms.forms, forms.system)
    lists = book.create_sheet(LISTS)
    for form in forms.forms:
        _sheet(book.create_sheet(form.sheet), form, lists)
    definition = book.create_sheet(DEFINITION)
    text = msgspec.json.encode(forms).decode()
    for place, start in enumerate(range(0, len(text), _CELL_CHARACTERS), start=1):
        put(definition.cell(place, 1), text[start : start + _CELL_CHARACTERS])
    for ours in (lists, definition):
        ours.sheet_state = "hidden"
        ours.protection.sheet = True
    book.save(path)


def library() -> Any:
    """The library openpyxl. Raises `UnreadableError` where it is not installed."""
    try:
        import openpyxl
    except ImportError:
        raise UnreadableError('Workbooks need openpyxl: pip install "cutover[xlsx]".') from None
    return openpyxl


def put(cell: Any, text: str) -> None:
    """Write a text that stays one, whatever it begins with, without the characters that no workbook may hold."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    cell.value = ILLEGAL_CHARACTERS_RE.sub("", text)
    if cell.value is not None:
        cell.data_type = "s"
        cell.quotePrefix = text.startswith(("=", "+", "-", "@", "'"))


def hint(column: Column) -> str:
    """What to type into a column, in words."""
    said = SAYS.get(column.kind, ("text", ""))[0]
    if column.kind == "enum" and not column.options:
        said = "a word, spelled alike in every row"
    if column.kind == "multienum" and not column.options:
        said = f"words with {MANY} between them"
    if column.target:
        said = f"{said} of {column.target}"
    return f"{'required' if column.required else 'may be empty'}: {said}"


def example(column: Column) -> str:
    """What the example row shows."""
    if column.options:
        return column.options[0] if column.kind != "multienum" else f"{MANY} ".join(column.options[:2])
    return SAYS.get(column.kind, ("", ""))[1] or f"{column.label} …"


def _sheet(sheet: Any, form: Form, lists: Any) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill, Protection
    from openpyxl.utils import get_column_letter

    headers = [(MARK, False), *((column.label, column.required) for column in form.columns)]
    ours = Font(italic=True, color="FF7F7F7F")
    for place, (label, required) in enumerate(headers, start=1):
        column = form.columns[place - 2] if place > 1 else None
        texts = [label, HINT if column is None else hint(column), EXAMPLE if column is None else example(column)]
        for row, text in enumerate(texts, start=1):
            cell = sheet.cell(row, place)
            put(cell, text)
            fill = _OURS_FILL if row > 1 or column is None else _REQUIRED_FILL if required else _OPTIONAL_FILL
            cell.fill = PatternFill("solid", fgColor=fill)
            cell.font = Font(bold=True) if row == 1 else ours
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.protection = Protection(locked=True)
        letter = get_column_letter(place)
        dimension = sheet.column_dimensions[letter]
        dimension.width = max(12, min(40, len(label) + 4))
        if column is not None:
            dimension.protection = Protection(locked=False)
            # as text, so that nothing is taken from a telephone number or a code
            dimension.number_format = _FORMATS.get(column.kind, "@")
            _choices(sheet, letter, column, lists)
    sheet.freeze_panes = "B2"
    protection = sheet.protection
    protection.sheet = True
    for allowed in ("formatCells", "formatColumns", "formatRows", "insertRows", "deleteRows", "sort", "autoFilter"):
        setattr(protection, allowed, False)


def _choices(sheet: Any, letter: str, column: Column, lists: Any) -> None:
    """A drop-down for a pick-list of one value, from a hidden sheet: options may hold commas, and be many."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    options: Sequence[str] = ("Yes", "No") if column.kind == "boolean" else column.options
    if not options or column.kind == "multienum":
        return
    place = lists.max_column + (1 if lists.cell(1, 1).value is not None else 0)
    for row, option in enumerate(options, start=1):
        put(lists.cell(row, place), option)
    where = get_column_letter(place)
    rule = DataValidation(
        type="list", formula1=f"'{LISTS}'!${where}$1:${where}${len(options)}", allow_blank=True, showErrorMessage=True,
        errorTitle=column.label[:30], error="Choose one of the list.",
    )  # fmt: skip
    rule.add(f"{letter}{FIRST_ROW}:{letter}{_LAST_ROW}")
    sheet.add_data_validation(rule)


def _instructions(sheet: Any, forms: Sequence[Form], system: str) -> None:
    from openpyxl.styles import Alignment, Font

    sheet.title = INSTRUCTIONS
    title = f"Records of {system}, filled in by hand" if system else "Records, filled in by hand"
    needed = [f"{form.sheet}: {', '.join(c.label for c in form.columns if c.required) or 'none'}" for form in forms]
    lines = [title, "", *_LINES, "", "Sheets and their required columns:", *needed]
    for row, line in enumerate(lines, start=1):
        cell = sheet.cell(row, 1)
        put(cell, " ".join(line.split()))
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.cell(1, 1).font = Font(bold=True, size=14)
    sheet.column_dimensions["A"].width = 110
    sheet.protection.sheet = True
