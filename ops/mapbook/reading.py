"""Compares the sheets of a workbook with the pages that it was made of: which row is which line, and what is wrong."""

from collections.abc import Iterator, Mapping as Table

import msgspec

from adapters.sources.names import fold
from ops.mapbook.cells import Book, Cell, Row, Sheet, letter
from ops.mapbook.material import Column, Content, Line, Page, PageProblem, clean, same
from ops.mapbook.pages import FIRST_ROW, VALUES


class Filled(msgspec.Struct, frozen=True):
    """A row of a page as it was read: the line that it is (None for one that was added), its number, its cells."""

    line: Line | None
    number: int
    cells: dict[str, Content]

    def differs(self, key: str) -> bool:
        """Whether the cell of a column says something else than what was written there."""
        return not same(self.cells.get(key, ""), self.line.cells.get(key, "") if self.line else "")

    def text(self, key: str) -> str:
        """The cell of a column as a text."""
        content = self.cells.get(key, "")
        return clean(content).strip() if isinstance(content, str) else f"{content:g}"


class Read(msgspec.Struct, frozen=True):
    """A page as it was read. sheet: None where it is not there."""

    page: Page
    sheet: Sheet | None
    rows: list[Filled]
    problems: list[PageProblem]

    def problem(self, number: int, key: str, wrong: str, remedy: str) -> PageProblem:
        """What is wrong with a cell of a row."""
        cell = self.sheet.address(self.page.column(key).header, number) if self.sheet else ""
        return PageProblem(sheet=self.sheet.name if self.sheet else self.page.sheet, cell=cell, wrong=wrong,
                           remedy=remedy)  # fmt: skip


def matched(page: Page, book: Book) -> Read:
    """A page with the rows of its sheet. What is wrong with the sheet as a whole leaves no rows."""
    sheet = book.sheets.get(fold(page.sheet))
    if sheet is None:
        remedy = "give it back its name, or copy it from a new export"
        wrong = f"the sheet {page.sheet!r} is missing: it was removed or renamed"
        return Read(page, None, [], [PageProblem(sheet=page.sheet, cell="", wrong=wrong, remedy=remedy)])
    read = Read(page, sheet, [], [])
    read.problems.extend(_headers(page, sheet))
    if read.problems:
        return read
    lines = {line.name: line for line in page.lines} if page.keys else {}
    loose = _loose(lines)
    met: dict[tuple[str, ...], int] = {}
    for row in sheet.rows:
        cells, faults = _row(read, row)
        if faults:
            read.problems.extend(faults)
            continue
        name = _name(page, cells)
        line = lines.get(name) or loose.get(tuple(word.strip() for word in name))
        if line is not None:
            name = line.name
        if page.keys and name in met:
            read.problems.append(read.problem(row.number, page.keys[-1], f"{name[-1]!r} stands in row {met[name]} "
                                              "already", "keep one of the two rows"))  # fmt: skip
            continue
        met[name] = row.number
        read.rows.append(Filled(line, row.number, cells))
    if not page.open and not read.problems:
        read.problems.extend(_strangers(read) if page.kind != VALUES else ())
        gone = [(place, line) for place, line in enumerate(page.lines) if line.name not in met]
        read.problems.extend([] if read.problems else [_missing(read, place, line) for place, line in gone])
    return read


def _strangers(read: Read) -> Iterator[PageProblem]:
    """Rows that are none of the page's lines, on a page to which none is added."""
    key = read.page.keys[-1]
    what = read.page.column(key).header
    for row in read.rows:
        if row.line is None and (word := row.text(key)):
            yield read.problem(row.number, key, f"there is no {word!r}", "put back the name, or remove the row")
        elif row.line is None:
            yield read.problem(row.number, key, f"{what} is empty", "put back the name, or clear the row")


def _loose(lines: Table[tuple[str, ...], Line]) -> dict[tuple[str, ...], Line]:
    """The lines by their names without blanks around them, where that is one line."""
    found: dict[tuple[str, ...], list[Line]] = {}
    for name, line in lines.items():
        found.setdefault(tuple(word.strip() for word in name), []).append(line)
    return {name: same_name[0] for name, same_name in found.items() if len(same_name) == 1}


def _headers(page: Page, sheet: Sheet) -> Iterator[PageProblem]:
    wanted = {fold(column.header) for column in page.columns}
    strange = [(word, at) for word, at in sheet.headers.values() if fold(word) not in wanted]
    for column in page.columns:
        if fold(column.header) in sheet.headers:
            continue
        if not sheet.header:
            words = ", ".join(c.header for c in page.columns)
            yield PageProblem(sheet=sheet.name, cell="A2", wrong="there is no row of headers",
                              remedy=f"put the headers back: {words}")  # fmt: skip
            return
        place = page.columns.index(column) + 1
        near = next((found for found in strange if _place(found[1]) == place), None)
        free = place not in [_place(found[1]) for found in sheet.headers.values()]
        own = letter(place) + str(sheet.header) if free else sheet.address(column.header, sheet.header)
        at = near[1] if near else own
        was = f" (here stands {near[0]!r})" if near else ""
        yield PageProblem(sheet=sheet.name, cell=at, wrong=f"the column {column.header!r} is missing{was}",
                          remedy=f"write {column.header!r} there")  # fmt: skip
    for word, at in sheet.doubled:
        if fold(word) in wanted:
            yield PageProblem(sheet=sheet.name, cell=at, wrong=f"there is another column {word!r}",
                              remedy="keep one of them, or rename this one")  # fmt: skip


def _place(address: str) -> int:
    from openpyxl.utils import column_index_from_string

    return int(column_index_from_string(address.rstrip("0123456789")))


def _row(read: Read, row: Row) -> tuple[dict[str, Content], list[PageProblem]]:
    """The cells of a row by column, and what is wrong with them by themselves."""
    cells: dict[str, Content] = {}
    wrong = []
    for column in read.page.columns:
        cell = row.cells.get(fold(column.header))
        if cell is None:
            continue
        cells[column.key] = cell.content
        if cell.wrong and _matters(read.page, column):
            wrong.append(_by_itself(read, column, cell))
    return cells, wrong


def _matters(page: Page, column: Column) -> bool:
    return not column.locked or column.checked or column.key in page.keys


def _by_itself(read: Read, column: Column, cell: Cell) -> PageProblem:
    what, _, remedy = cell.wrong.partition("; ")
    name = read.sheet.name if read.sheet else read.page.sheet
    return PageProblem(sheet=name, cell=cell.address, wrong=f"{column.header}: {what}",
                       remedy=remedy or "type the value")  # fmt: skip


def _name(page: Page, cells: Table[str, Content]) -> tuple[str, ...]:
    found = (cells.get(key, "") for key in page.keys)
    return tuple(clean(content) if isinstance(content, str) else f"{content:g}" for content in found)


def _missing(read: Read, place: int, line: Line) -> PageProblem:
    """The line of that place is not there; what stands in its row is named where it is another."""
    what = " / ".join(word or "(empty)" for word in line.name)
    number = FIRST_ROW + place
    remedy = "copy the row from a new export"
    if len(line.name) > 1:
        remedy += "; to leave a value without a pair, clear the cells after it"
    other = any(row.line is None and row.number == number for row in read.rows)
    problem = read.problem(number, read.page.keys[-1], f"the row of {what!r} is missing", remedy)
    return problem if other else msgspec.structs.replace(problem, cell="")
