"""Reads the cells of a filled workbook: which sheet is which form, which column which field, and each cell as text."""

import re
import warnings
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from adapters.sources import UnreadableError, cells
from adapters.sources.names import fold
from adapters.sources.workbook.forms import DEFINITION, Column, Form, Forms
from adapters.sources.workbook.template import EXAMPLE, HINT, MARK, library

ROWS_MAX = 100_000
"""Rows a sheet: what people fill by hand is never more, and what is checked across rows is kept in memory."""

_UNPACKED_BYTES = 1 << 30
_EMPTY_ROWS = 1_000
"""After so many empty rows a sheet is over, however large it says it is."""

_COLUMNS_MAX = 1_000
_LINE_BREAK = re.compile(r"_x000D_\r?\n?|\r\n?")
_CODE_FORMAT = re.compile(r"0+")


class Cell(msgspec.Struct, frozen=True):
    """A cell as read: its address, its text, and what is wrong with it whatever its column ("" if nothing is)."""

    address: str
    text: str
    wrong: str = ""


class Row(msgspec.Struct, frozen=True):
    """One row that people filled: its number and its filled cells by field key."""

    number: int
    cells: Mapping[str, Cell]


class Sheet(msgspec.Struct, frozen=True):
    """One sheet of a workbook that stands for a form: its columns by place (from 1), and headers that are wrong.

    header: the row of the headers. width: the place of the last of them.
    columns: those of the form that are there, and custom ones. missing: those that are not. doubled: cells of headers
    that repeat another.
    """

    form: Form
    name: str
    header: int
    width: int
    columns: Mapping[int, Column]
    missing: tuple[Column, ...]
    doubled: tuple[Cell, ...]

    def letter(self, column: Column) -> str:
        """The column's letters; those of the first free one where it is not there."""
        from openpyxl.utils import get_column_letter

        place = next((place for place, there in self.columns.items() if there.key == column.key), None)
        return str(get_column_letter(place or self.width + 1))


class Book:
    """A workbook that is open for reading, row by row."""

    def __init__(self, path: Path, book: Any) -> None:
        self._path = path
        self._book = book

    def forms(self) -> Forms:
        """The forms that the workbook was made of. Raises `UnreadableError` where it was not made by us."""
        text = ""
        if DEFINITION in self._book.sheetnames:
            rows = self._book[DEFINITION].iter_rows(max_col=1, values_only=True)
            text = "".join(str(row[0] or "") for row in rows if row)
        try:
            return msgspec.json.decode(text, type=Forms)
        except msgspec.MsgspecError:
            raise UnreadableError(
                f"{self._path.name}: this is not a workbook that was made to be filled, or its hidden sheet "
                f"{DEFINITION!r} is gone. Make a new one and copy the rows into it."
            ) from None

    def sheets(self, forms: Forms) -> dict[str, Sheet]:
        """The sheet of each form, by the object's name; a sheet that was deleted is not there."""
        there = {fold(name): name for name in self._book.sheetnames}
        found: dict[str, Sheet] = {}
        for form in forms.forms:
            if name := there.get(fold(form.sheet)):
                found[form.name] = self._sheet(form, name)
        if not found:
            names = ", ".join(form.sheet for form in forms.forms)
            raise UnreadableError(f"{self._path.name}: none of the sheets {names} is there; make a new workbook.")
        return found

    def rows(self, sheet: Sheet) -> Iterator[Row]:
        """The rows that hold anything and are not ours. Raises `UnreadableError` for more than `ROWS_MAX`."""
        empty = rows = 0
        width = min(max(sheet.columns, default=1), _COLUMNS_MAX)
        for number, line in enumerate(
            self._book[sheet.name].iter_rows(min_row=sheet.header + 1, max_col=width), start=sheet.header + 1
        ):
            filled = {
                sheet.columns[place].key: cell
                for place, raw in enumerate(line, start=1)
                if place in sheet.columns and (cell := _cell(raw, number, place, sheet.columns[place])) is not None
            }
            if line and fold(str(line[0].value or "")) in (HINT, EXAMPLE) and sheet.columns.get(1) is None:
                continue
            if not filled:
                empty += 1
                if empty >= _EMPTY_ROWS:
                    return
                continue
            empty = 0
            rows += 1
            if rows > ROWS_MAX:
                raise UnreadableError(
                    f"{self._path.name}, sheet {sheet.name}: more than {ROWS_MAX} rows; split the file."
                )
            yield Row(number, filled)

    def _sheet(self, form: Form, name: str) -> Sheet:
        by_name = {known: column for column in reversed(form.columns) for known in column.names}
        header = width = 1
        columns: dict[int, Column] = {}
        doubled: list[Cell] = []
        for number, line in enumerate(self._book[name].iter_rows(max_row=10, max_col=_COLUMNS_MAX), start=1):
            said = [_header(raw.value) for raw in line]
            if not any(fold(word) in by_name for word in said if word):
                continue
            header = number
            taken: set[str] = set()
            for place, word in enumerate(said, start=1):
                width = place if word else width
                if not word or (place == 1 and fold(word) == fold(MARK)):
                    continue
                column = by_name.get(fold(word)) or Column(key=word, label=word, kind="text", custom=True)
                if column.key in taken:
                    doubled.append(Cell(_address(number, place), word))
                    continue
                taken.add(column.key)
                columns[place] = column
            break
        keys = {column.key for column in columns.values()}
        missing = tuple(column for column in form.columns if column.key not in keys)
        return Sheet(form, name, header, width, columns, missing, tuple(doubled))


@contextmanager
def opened(path: Path) -> Iterator[Book]:
    """A workbook. Raises `UnreadableError` for a file that is none, is locked by a password, or could do harm."""
    with loaded(path) as book:
        yield Book(path, book)


@contextmanager
def loaded(path: Path, unpacked_bytes_max: int = _UNPACKED_BYTES) -> Iterator[Any]:
    """A file as openpyxl's workbook, formulas as such. Raises `UnreadableError` as `opened` does."""
    openpyxl = library()
    _is_safe(path, unpacked_bytes_max)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # parts that openpyxl does not keep: of no use to a reader
        try:
            book = openpyxl.load_workbook(path, read_only=True, data_only=False, keep_links=False)
        except Exception as error:  # noqa: BLE001 - openpyxl lets any error of its parsers through
            raise UnreadableError(
                f"{path.name} cannot be opened as a workbook ({error}); save it as .xlsx again."
            ) from None
        try:
            yield book
        finally:
            book.close()


def _is_safe(path: Path, unpacked_bytes_max: int) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except FileNotFoundError:
        raise UnreadableError(f"{path}: there is no such file.") from None
    except (zipfile.BadZipFile, OSError):
        raise UnreadableError(
            f"{path.name} is no .xlsx workbook, or it is locked by a password; save it as .xlsx without one."
        ) from None
    size = sum(member.file_size for member in members)
    if size > unpacked_bytes_max:
        raise UnreadableError(f"{path.name} unpacks to {size >> 20} MB; that is no workbook filled by hand.")


def _header(value: Any) -> str:
    return " ".join(str(value if value is not None else "").removesuffix("*").split())


def _cell(raw: Any, row: int, place: int, column: Column) -> Cell | None:
    value = raw.value
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    address = _address(row, place)
    if raw.data_type == "f":
        return Cell(address, str(value), "it is a formula; type the value itself, or paste it as a value")
    if raw.data_type == "e":
        return Cell(address, str(value), f"it is the error {value}; type the value")
    return Cell(address, _text(value, raw.number_format or "", column))


def _text(value: Any, form: str, column: Column) -> str:
    """The text of a cell's value: what a person sees, without the look that the spreadsheet gives it."""
    if isinstance(value, str):
        return _LINE_BREAK.sub("\n", value)
    if isinstance(value, datetime):
        midnight = value.time() == time()
        bare = column.kind == "date" or (midnight and "h" not in form.lower())
        return value.date().isoformat() if bare and midnight else value.isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.isoformat("minutes") if not value.second else value.isoformat("seconds")
    if isinstance(value, timedelta):
        minutes = value // timedelta(minutes=1)
        return f"{minutes // 60}:{minutes % 60:02d}:{value.seconds % 60:02d}"
    if isinstance(value, int | float) and not isinstance(value, bool):
        if "%" in form:
            return f"{(Decimal(repr(value)) * 100).normalize():f}%"
        if _CODE_FORMAT.fullmatch(form) and float(value).is_integer():
            return str(int(value)).zfill(len(form))
    return cells.text(value)


def _address(row: int, place: int) -> str:
    from openpyxl.utils import get_column_letter

    return f"{get_column_letter(place)}{row}"
