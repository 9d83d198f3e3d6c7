"""Checks a filled workbook cell by cell: everything that is wrong, where it stands, and what to type instead."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from adapters.protocols import Link
from adapters.sources.names import fold
from adapters.sources.values import parse, split
from adapters.sources.workbook.forms import MANY, Column, Described, forms_of
from adapters.sources.workbook.sheets import Book, Cell, Row, Sheet, opened
from adapters.sources.workbook.template import SAYS

PROBLEMS_MAX = 1_000
"""Problems that are listed; of the others only their number is said."""

_WRONG = frozenset({"invalid-email", "not-a-phone", "not-a-url"})
_ANY_ZONE = ZoneInfo("UTC")
_OPTIONS_SAID = 8
_SHOWN_CHARACTERS = 60


class CellProblem(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is wrong: sheet, cell ("C7"), what it is, and what to type. As text it is one line."""

    sheet: str
    cell: str
    wrong: str
    remedy: str

    def __str__(self) -> str:
        where = f"{self.sheet}!{self.cell}: " if self.cell else ""
        return f"{where}{self.wrong}; {self.remedy}."


def check(path: Path, described: Described | None = None) -> list[CellProblem]:
    """All that is wrong with a workbook, in its order; beyond `PROBLEMS_MAX` the last item says how many more.

    described: what the workbook was made of; without it, what the workbook itself says. Raises `UnreadableError` for a
    file that is no such workbook.
    """
    with opened(path) as book:
        forms = forms_of(described) if described is not None else book.forms()
        sheets = book.sheets(forms)
        known = {name: _Known(book, sheet) for name, sheet in sheets.items()}
        found: list[CellProblem] = []
        more = 0
        for sheet in sheets.values():
            for problem in _problems(book, sheet, known):
                if len(found) < PROBLEMS_MAX:
                    found.append(problem)
                else:
                    more += 1
    if more:
        found.append(
            CellProblem(sheet="", cell="", wrong=f"{more} more problems", remedy="put these right and check again")
        )
    return found


class _Known:
    """What can be referred to in a sheet: ids with the row where each stands first, and names."""

    def __init__(self, book: Book, sheet: Sheet) -> None:
        form = sheet.form
        self.ids: dict[str, int] = {}
        self.names: set[str] = set()
        for row in book.rows(sheet):
            if id := _text(row, form.identity.id_field or ""):
                self.ids.setdefault(id, row.number)
            name = " ".join(filter(None, (_text(row, key) for key in form.title)))
            if name:
                self.names.add(fold(name))


def _problems(book: Book, sheet: Sheet, known: Mapping[str, _Known]) -> Iterator[CellProblem]:
    for column in sheet.missing:
        if column.required:
            yield _said(sheet, f"{sheet.letter(column)}{sheet.header}", f"the column {column.label!r} is missing",
                        f"add a column with that name to row {sheet.header}")  # fmt: skip
    for cell in sheet.doubled:
        yield _said(
            sheet, cell.address, f"there is another column {cell.text!r}", "keep one of them, or rename this one"
        )
    for row in book.rows(sheet):
        for column in sheet.columns.values():
            found = row.cells.get(column.key)
            if found is not None and (problem := _of_cell(sheet, column, found)):
                yield problem
            elif found is None and column.required:
                yield _said(sheet, f"{sheet.letter(column)}{row.number}", f"{column.label} is missing",
                            f"type {_expected(column)}")  # fmt: skip
        yield from _of_row(sheet, row, known)


def _of_cell(sheet: Sheet, column: Column, cell: Cell) -> CellProblem | None:
    """What is wrong with one filled cell by itself."""
    if cell.wrong:
        wrong, _, remedy = cell.wrong.partition("; ")
        return _said(sheet, cell.address, f"{column.label}: {wrong}", remedy)
    if column.options and column.kind in ("enum", "multienum"):
        for word in split(cell.text, MANY if column.kind == "multienum" else None):
            if word not in column.options:
                return _said(
                    sheet, cell.address, f"{column.label} has no option {_shown(word)}", _closest(word, column)
                )
        return None
    parsed = parse(column.field(), cell.text, _ANY_ZONE)
    # without hours and minutes told apart, a number may be either
    unclear = column.kind == "duration" and ":" not in cell.text and not any(map(str.isalpha, cell.text))
    if parsed.value is not None and not unclear and _WRONG.isdisjoint(parsed.flags):
        return None
    return _said(sheet, cell.address, f"{column.label}: {_shown(cell.text)} is not {_what(column)}",
                 f"type {_expected(column)}")  # fmt: skip


def _of_row(sheet: Sheet, row: Row, known: Mapping[str, _Known]) -> Iterator[CellProblem]:
    """What is wrong with a row among others: its id, and what it refers to."""
    id_field = sheet.form.identity.id_field
    id_cell = row.cells.get(id_field or "")
    if id_cell is not None and id_field:
        first = known[sheet.form.name].ids[id_cell.text.strip()]
        if first != row.number:
            yield _said(sheet, id_cell.address, f"the id {_shown(id_cell.text)} stands in row {first} already",
                        "give each row an id of its own")  # fmt: skip
    for link in sheet.form.links:
        targets = _targets(link, row)
        if not targets or any(target not in known for target in targets):
            continue  # a row of another source: nobody here can say whether it is there
        cell, there = _reference(link, row, [known[target] for target in targets])
        if cell is not None and not there:
            where = " or ".join(targets)
            what = "id" if link.id_field and row.cells.get(link.id_field) else "name"
            yield _said(sheet, cell.address, f"there is no {where} {_shown(cell.text)}",
                        f"type the {what} of a row that the sheet of {where} has, or add that row")  # fmt: skip


def _reference(link: Link, row: Row, known: list[_Known]) -> tuple[Cell | None, bool]:
    """The cell that names the other row, and whether that row is there. An id goes before a name."""
    by_id = row.cells.get(link.id_field or "")
    if by_id is not None:
        word = by_id.text.strip()
        return by_id, any(word in each.ids for each in known)
    by_name = row.cells.get(link.name_field or "")
    if by_name is None:
        return None, True
    word = by_name.text.strip()
    return by_name, any(fold(word) in each.names for each in known)


def _targets(link: Link, row: Row) -> tuple[str, ...]:
    """The objects that a row's link may point at: the one that its type column names, where that names one."""
    said = fold(_text(row, link.type_field or ""))
    if link.type_field is None:
        return link.to
    return tuple(name for name in link.to if fold(name) == said) or link.to


def _closest(word: str, column: Column) -> str:
    same = next((option for option in column.options if fold(option) == fold(word)), None)
    near = [same] if same else get_close_matches(word, column.options, n=1)
    if near:
        return f"type {near[0]}"
    said = ", ".join(column.options[:_OPTIONS_SAID])
    return f"type one of {said}{', …' if len(column.options) > _OPTIONS_SAID else ''}"


def _what(column: Column) -> str:
    return SAYS[column.kind][0].partition(",")[0] if column.kind in SAYS else "text"


def _expected(column: Column) -> str:
    if column.options and column.kind == "enum":
        return f"one of {', '.join(column.options[:_OPTIONS_SAID])}"
    return SAYS[column.kind][0] if column.kind in SAYS else "a text"


def _text(row: Row, key: str) -> str:
    cell = row.cells.get(key)
    return cell.text.strip() if cell is not None else ""


def _shown(text: str) -> str:
    return repr(text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}…")


def _said(sheet: Sheet, cell: str, wrong: str, remedy: str) -> CellProblem:
    return CellProblem(sheet=sheet.name, cell=cell, wrong=wrong, remedy=remedy)
