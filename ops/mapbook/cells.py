"""Reads the cells of a workbook's sheets: where each is, what it holds, and what is wrong with it by itself."""

import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import msgspec

from adapters.sources import UnreadableError
from adapters.sources.names import fold
from adapters.sources.workbook.sheets import loaded
from ops.mapbook.material import CHARACTERS_MAX, FORM, Content, Made
from ops.mapbook.pages import MADE

FILE_BYTES_MAX = 16 << 20
UNPACKED_BYTES_MAX = 64 << 20
"""A map of 2,000 fields takes less than one megabyte, unpacked less than ten."""

ROWS_MAX, COLUMNS_MAX = 20_000, 100
"""Of a sheet; what lies beyond is refused, or not ours."""

_EMPTY_ROWS = 1_000
_HEADER_ROWS = 10
_HEADERS_LEAST = 2
"""A row with so many of the headers is the row of the headers; others may have been renamed."""

_FORMULA = "it is a formula; type the value itself, or paste it as a value"


class Cell(msgspec.Struct, frozen=True):
    """A filled cell: its address, what it holds, and what is wrong whatever its column ("" if nothing is)."""

    address: str
    content: Content
    wrong: str = ""


class Row(msgspec.Struct, frozen=True):
    """A row below the headers: its number, and its filled cells by header, folded."""

    number: int
    cells: dict[str, Cell]


class Sheet(msgspec.Struct, frozen=True):
    """A sheet as read: its name, the row of its headers (0 where none was found), these with their addresses, its rows.

    doubled: addresses of headers that repeat another.
    """

    name: str
    header: int
    headers: dict[str, tuple[str, str]]
    rows: list[Row]
    doubled: list[tuple[str, str]]

    def address(self, header: str, row: int) -> str:
        """The cell of a header in a row; beside the last column where there is no such header."""
        at = self.headers.get(fold(header))
        if at is None:
            return letter(len(self.headers) + len(self.doubled) + 1) + str(row)
        return at[1].rstrip("0123456789") + str(row)


class Book(msgspec.Struct, frozen=True):
    """A workbook as read: what it was made of, and its sheets by folded name."""

    made: Made
    sheets: dict[str, Sheet]


def letter(place: int) -> str:
    """The letters of a column, from 1."""
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(place))


def read(path: Path, wanted: Callable[[Made], dict[str, frozenset[str]]]) -> Book:
    """A workbook of a map. Raises `UnreadableError` for a file that is none, or could do harm.

    wanted: for what it was made of, the folded headers by folded sheet; only those sheets are read. It may raise.
    """
    try:
        size = path.stat().st_size
    except OSError as error:
        raise UnreadableError(f"{path}: {error.strerror}; name the workbook that `cutover map export` wrote.") from None
    if size > FILE_BYTES_MAX:
        raise UnreadableError(
            f"{path.name} has {size >> 20} MB, more than the {FILE_BYTES_MAX >> 20} of any map; take out pictures and "
            "sheets that are not of the map."
        )
    with loaded(path, UNPACKED_BYTES_MAX) as book:
        with _damage(path):
            _no_entities(path)
            made = _made(path, book)
        headers = wanted(made)
        with _damage(path):
            there = {fold(name): name for name in book.sheetnames}
            sheets = {name: _sheet(book[there[name]], headers[name]) for name in headers if name in there}
    return Book(made, sheets)


@contextmanager
def _damage(path: Path) -> Iterator[None]:
    """What openpyxl's parsers meet only as they go, in words."""
    try:
        yield
    except UnreadableError:
        raise
    except Exception as error:  # noqa: BLE001 - openpyxl lets any error of its parsers through
        raise UnreadableError(
            f"{path.name} is damaged ({type(error).__name__}: {error}); open it in a spreadsheet program and save it "
            "again, or export a new one."
        ) from None


def _no_entities(path: Path) -> None:
    """Refuse a file with a document type: no spreadsheet program writes one, and texts of it may multiply."""
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.lower().endswith((".xml", ".rels")) and b"<!DOCTYPE" in archive.read(name):
                raise UnreadableError(
                    f"{path.name}: {name} has a document type, as an attack would; do not use this file."
                )


def _made(path: Path, book: Any) -> Made:
    name = next((name for name in book.sheetnames if fold(name) == fold(MADE)), None)
    text = ""
    if name:
        rows = book[name].iter_rows(max_row=100, max_col=1, values_only=True)
        text = "".join(str(row[0] or "") for row in rows if row)
    try:
        made = msgspec.json.decode(text, type=Made)
    except msgspec.MsgspecError:
        raise UnreadableError(
            f"{path.name}: this is no workbook of a map, or its hidden sheet {MADE!r} is gone; export one with "
            "`cutover map export`."
        ) from None
    if made.form != FORM:
        raise UnreadableError(
            f"{path.name} was made by another version of Cutover (form {made.form}, not {FORM}); export a new one with "
            "`cutover map export`, and enter the changes there."
        )
    return made


def _sheet(sheet: Any, headers: frozenset[str]) -> Sheet:
    header = empty = 0
    found: dict[str, tuple[str, str]] = {}
    doubled: list[tuple[str, str]] = []
    rows: list[Row] = []
    places: dict[int, str] = {}
    for number, line in enumerate(sheet.iter_rows(max_col=COLUMNS_MAX), start=1):
        if not header:
            said = {i: " ".join(str(c.value).split()) for i, c in enumerate(line, start=1) if c.value is not None}
            if sum(fold(word) in headers for word in said.values()) >= _HEADERS_LEAST:
                header = number
                found, doubled = _headers(said, number)
                places = {place: word for word, place in _places(found)}
            elif number >= _HEADER_ROWS:
                break
            continue
        cells = dict(_cells(line, number, places))
        if not any(cell.wrong or str(cell.content).strip() for cell in cells.values()):
            cells = {}
        empty = 0 if cells else empty + 1
        if empty > _EMPTY_ROWS:
            break
        if cells:
            rows.append(Row(number, cells))
        if len(rows) > ROWS_MAX:
            raise UnreadableError(f"the sheet {sheet.title!r} has more than {ROWS_MAX} rows; no map has so many.")
    return Sheet(sheet.title, header, found, rows, doubled)


def _headers(said: dict[int, str], row: int) -> tuple[dict[str, tuple[str, str]], list[tuple[str, str]]]:
    found: dict[str, tuple[str, str]] = {}
    doubled = []
    for place, word in said.items():
        at = f"{letter(place)}{row}"
        if fold(word) in found:
            doubled.append((word, at))
        else:
            found[fold(word)] = (word, at)
    return found, doubled


def _places(found: dict[str, tuple[str, str]]) -> Iterator[tuple[str, int]]:
    from openpyxl.utils import column_index_from_string

    for word, (_, at) in found.items():
        yield word, column_index_from_string(at.rstrip("0123456789"))


def _cells(line: tuple[Any, ...], row: int, headers: dict[int, str]) -> Iterator[tuple[str, Cell]]:
    for place, raw in enumerate(line, start=1):
        if place not in headers or raw.value is None or raw.value == "":
            continue
        wrong = _FORMULA if raw.data_type == "f" else f"it is the error {raw.value}" if raw.data_type == "e" else ""
        content = "" if wrong else _content(raw.value)
        if isinstance(content, float | int) and "%" in (raw.number_format or ""):
            content = round(content * 100, 9)
        if isinstance(content, str) and len(content) > CHARACTERS_MAX:
            wrong = f"it has {len(content)} characters; {CHARACTERS_MAX} are the most"
        yield headers[place], Cell(f"{letter(place)}{row}", content, wrong)


def _content(value: Any) -> Content:
    """What a cell holds, as a text, or as a number where it is one."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, int | float):
        return value
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "seconds")
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, time | timedelta) else value
