"""The sheets of a workbook: rows of text, streamed, each cell as the number format that it is shown with means it.

A workbook holds numbers and how they are shown, not text: 6103 shown as 00000 is the ZIP code 06103, a day is a count
of days. What a formula came to is what the spreadsheet program stored; nothing is calculated here.
"""

import contextlib
import re
import shutil
import tempfile
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from itertools import islice
from typing import Any, BinaryIO, cast

import msgspec

from adapters.sources import UnreadableError
from adapters.sources.bundle import Limits, Table, check_packed
from adapters.sources.notes import Notes

ROWS_MAX = 1_048_576
"""The rows of a sheet; a longer export was cut off there."""

EMPTY_ROWS_MAX = 1_000
"""Empty rows after which a sheet is taken to have ended, whatever its size is said to be."""

SHARED_BYTES_MAX = 256 << 20
"""The texts that the cells of a workbook share are held in memory: of more than this, unpacked, none is read."""

_STREAMED = "xl/worksheets/"
_SPOOL_BYTES = 8 << 20
_CHUNK_BYTES, _OVERLAP_BYTES = 1 << 20, 1 << 16
_LOCKED = b"\xd0\xcf\x11\xe0"
_EXACT = 10**15
_ESCAPE = re.compile(r"_x00([01][0-9A-Fa-f])_")
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
_PADDED = re.compile(r"0{2,}(?:[- ]0+)*")
_TIMED = re.compile(r"[hs]|AM/PM", re.IGNORECASE)
_UNCALCULATED = re.compile(
    rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]+)(\d+)"[^>]*>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*'
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)


def sheets(table: Table) -> list[Table]:
    """The sheets of a workbook, each a table called "file/sheet"; hidden ones say so.

    Raises `UnreadableError` for a workbook that is locked, damaged or dangerous, and where openpyxl is not installed.
    """
    with _opened(table) as book:
        return [
            msgspec.structs.replace(
                table, name=f"{table.name}/{sheet.title}", sheet=sheet.title, hidden=sheet.sheet_state != "visible"
            )
            for sheet in book.worksheets
        ]


def rows(table: Table, notes: Notes) -> Iterator[tuple[int, list[str]]]:
    """The rows of a sheet with their numbers, from 1; trailing empty cells left off, empty rows at its end left out."""
    with _opened(table) as book:
        sheet = book[table.sheet]
        sheet.reset_dimensions()  # what a file says of its own size is often wrong
        since_1904 = book.epoch.year == 1904
        empty = 0
        for line, cells in enumerate(sheet.iter_rows(), start=1):
            texts = [_text(cell, place, line, notes, since_1904=since_1904) for place, cell in enumerate(cells)]
            while texts and not texts[-1].strip():
                texts.pop()
            if texts:
                yield from ((blank, []) for blank in range(line - empty, line))
                yield line, texts
                empty = 0
            else:
                empty += 1
            if empty > EMPTY_ROWS_MAX:
                notes.add("sheet-end", line)
                return
            if line == ROWS_MAX:
                notes.add("row-limit", line)


def head(table: Table, count: int) -> Iterator[tuple[int, list[str]]]:
    """The first rows of a sheet that hold anything."""
    return islice(((line, cells) for line, cells in rows(table, Notes("", table.name)) if cells), count)


def uncalculated(table: Table) -> Iterator[tuple[int, str]]:
    """The formulas of a sheet that have no stored value: row and column ("B")."""
    # openpyxl gives either formulas or values, and no way to the sheet's XML but these two names of its own.
    with _opened(table) as book, book._archive.open(book[table.sheet]._worksheet_path) as stream:
        rest = b""
        while chunk := stream.read(_CHUNK_BYTES):
            window, end = rest + chunk, 0
            for match in _UNCALCULATED.finditer(window):
                end = match.end()
                yield int(match.group(2)), match.group(1).decode()
            rest = window[max(end, len(window) - _OVERLAP_BYTES) :]


@contextlib.contextmanager
def _opened(table: Table) -> Iterator[Any]:
    """The workbook, read row by row."""
    try:
        import openpyxl
    except ImportError:
        raise UnreadableError(
            f"{table.name}: reading workbooks needs openpyxl; install it with: pip install 'cutover[xlsx]'"
        ) from None
    # It warns of what it leaves out: drawings, validations, styles. None of that is data.
    warnings.filterwarnings("ignore", module=r"openpyxl\b")
    with table.open() as packed, _seekable(packed, inside=table.member is not None) as stream:
        if stream.read(len(_LOCKED)) == _LOCKED:
            raise UnreadableError(
                f"{table.name}: the workbook is protected by a password, or of an old kind (.xls); save it without a "
                "password as .xlsx."
            )
        try:
            with zipfile.ZipFile(stream) as archive:
                check_packed(table.name, archive.infolist(), Limits())
                _check_shared(table.name, archive.infolist())
            book = openpyxl.load_workbook(stream, read_only=True, data_only=True)
            try:
                yield book
            finally:
                book.close()
        except (SyntaxError, LookupError, ValueError, TypeError, zipfile.BadZipFile, zlib.error, EOFError) as error:
            raise UnreadableError(
                f"{table.name}: the workbook is damaged or cut short ({error}); open it in a spreadsheet program and "
                "save it again, or export it again."
            ) from error


def _check_shared(name: str, members: list[zipfile.ZipInfo]) -> None:
    """Refuse a workbook whose shared texts would fill the memory, by whatever name they go."""
    held = (member for member in members if not member.filename.lower().startswith(_STREAMED))
    size = sum(member.file_size for member in held if member.filename.lower().endswith(".xml"))
    if size > SHARED_BYTES_MAX:
        raise UnreadableError(
            f"{name}: the texts of the workbook would take {size} bytes of memory, more than {SHARED_BYTES_MAX}; "
            "save its sheets as CSV UTF-8."
        )


@contextlib.contextmanager
def _seekable(stream: BinaryIO, *, inside: bool) -> Iterator[BinaryIO]:
    """The stream itself; of a workbook inside an archive a nameless copy, since going back in one starts it over."""
    if not inside:
        yield stream
        return
    with tempfile.SpooledTemporaryFile(_SPOOL_BYTES) as copy:
        shutil.copyfileobj(stream, copy)
        copy.seek(0)
        yield cast("BinaryIO", copy)


def _text(cell: Any, place: int, line: int, notes: Notes, *, since_1904: bool) -> str:
    """One cell as text. `place` is its column, from 0."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, str):
        if cell.data_type == "e":
            notes.add("error-cell", line, value)
        return _ESCAPE.sub(lambda match: chr(int(match.group(1), 16)), value) if "_x00" in value else value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        moment = (value + timedelta(microseconds=500_000)).replace(microsecond=0)
        dated = moment.time() == time() and not _TIMED.search(_QUOTED.sub("", cell.number_format))
        return moment.date().isoformat() if dated else moment.isoformat(" ")
    if isinstance(value, time):
        return value.isoformat("seconds")
    if isinstance(value, timedelta):
        seconds = round(value.total_seconds())
        return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    how = _shown(cell.number_format)
    if how == "percent":
        notes.shown[place, "percent"] += 1
    elif since_1904 and how == "":
        notes.shown[place, "1904"] += 1
    if abs(value) >= _EXACT:
        notes.add("long-number", line)
    return _number(Decimal(repr(value)), how)


def _number(value: Decimal, how: str) -> str:
    """A number as text, never with an exponent, nor with a point and zeros where it is whole."""
    whole = value == value.to_integral_value()
    text = format(value.to_integral_value() if whole else value, "f")
    if how == "percent":
        # More than the whole: said with its sign, so that no reader takes it for a bare number of per cent.
        return f"{format((value * 100).normalize(), 'f')}%" if abs(value) > 1 else text
    if not how or not whole or value < 0:
        return text
    pattern = how.partition("-")[0] if how == "00000-0000" and value <= 99_999 else how
    digits = text.zfill(pattern.count("0"))
    if len(digits) > pattern.count("0"):
        return text
    rest = iter(digits)
    return "".join(next(rest) if sign == "0" else sign for sign in pattern)


@lru_cache(maxsize=1024)
def _shown(number_format: str) -> str:
    """What a number format adds to a number: "percent", zeros ("00000"), or nothing that matters."""
    bare = _QUOTED.sub(lambda match: match.group()[1:] if match.group()[0] == "\\" else "", number_format)
    if "%" in bare:
        return "percent"
    sections = [section.strip() for section in bare.split(";")]
    return next((section for section in reversed(sections) if _PADDED.fullmatch(section)), "")
