"""The rows of a table, streamed, each with its line; and what is in the file that is no record.

Cells are given as they stand, but for control characters, which no text may hold, and a query tool's word for nothing.
Nothing is shifted, guessed or mended: a row of another width is held back, a file that was cut short is refused.
"""

import csv
import io
import re
from collections.abc import Iterator
from typing import NamedTuple, TextIO

from adapters.sources import UnreadableError, sheets
from adapters.sources.bundle import Table
from adapters.sources.dialect import FIELD_CHARACTERS_MAX, Dialect, codec, limit_cells
from adapters.sources.encoding import is_double_encoded
from adapters.sources.notes import Notes

RAGGED_SHARE_MAX = 0.001
"""The share of rows of another width above which a whole file is refused …"""

RAGGED_ROWS_MIN = 3
"""… unless there are no more than this many of them."""

_CLOSING = re.compile(
    r"(grand |sub)?totals?\b.*|sum(me)?\b.*|gesamt\w*\b.*|(record |row )?count\b.*|\(?\d+ (rows?|records?)\b.*"
    r"|page \d+( of \d+)?"
    r"|(generated|exported|printed|created|report run)( on| at| by)?\b.*|end of (report|file)",
    re.IGNORECASE,
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_BREAK = re.compile(r"[\x0b\x0c]")
_AMOUNT = re.compile(r"[-+($€£¥]*\s?\d[\d.,\s)%:/-]*(\s?[A-Z]{3})?")


class Row(NamedTuple):
    """One record of a file: the line it starts at, from 1, and its cells, as many as the header has."""

    line: int
    cells: list[str]


def rows(table: Table, dialect: Dialect, notes: Notes) -> Iterator[Row]:
    """The records of a table, in its order and in constant memory; what is no record goes to `notes`.

    Raises `UnreadableError`, with file and line, for a file that is cut short, a quote that is never closed, a cell
    above 16 MB, bytes that do not fit the encoding, and too many rows of another width.
    """
    records = _Records(table.name, dialect, notes)
    if table.sheet:
        for line, cells in sheets.rows(table, notes):
            if line >= dialect.header:
                yield from records.take(line, records.fitted(line, cells))
        records.finish(whole=True)
        return
    with table.open() as stream, io.TextIOWrapper(stream, encoding=codec(dialect.encoding), newline="") as text:
        lines = _Lines(text, table.name, dialect, notes)
        for _ in range(dialect.header - 1):
            next(lines, None)
        for line, cells in _parsed(lines, table.name, dialect):
            yield from records.take(line, cells)
        records.finish(whole=lines.ended)


class _Lines:
    """The lines of a text with their ends, free of NULs. `ended` says whether the last one had an end."""

    def __init__(self, text: TextIO, file: str, dialect: Dialect, notes: Notes) -> None:
        self._text = text
        self._file = file
        self._encoding = dialect.encoding
        self._notes = notes
        self.number = 0
        self.ended = True

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        try:
            line = self._text.readline(FIELD_CHARACTERS_MAX + 1)
        except UnicodeDecodeError as error:
            raise UnreadableError(
                f"{self._file}, after line {self.number}: these bytes are not {self._encoding}; "
                "export the file again, or discover again if its encoding has changed."
            ) from error
        if not line:
            raise StopIteration
        self.number += 1
        if len(line) > FIELD_CHARACTERS_MAX:
            raise UnreadableError(
                f"{self._file}, line {self.number}: longer than {FIELD_CHARACTERS_MAX} characters; is this a text file?"
            )
        if "\0" in line:
            self._notes.add("nul", self.number)
            line = line.replace("\0", "")
        if line.startswith("\x1a") and not line.strip("\x1a\r\n"):  # the end-of-file mark of old systems
            line = line.replace("\x1a", "")
        self.ended = line.endswith(("\n", "\r")) or not line
        return line


def _parsed(lines: _Lines, file: str, dialect: Dialect) -> Iterator[tuple[int, list[str]]]:
    """Cells with the line they start at, from the header row on."""
    limit_cells()
    reader = csv.reader(lines, delimiter=dialect.delimiter, quotechar=dialect.quote, strict=True)
    while True:
        start = lines.number + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise UnreadableError(f"{file}, line {start}: {_explained(error, dialect)}") from error
        yield start, cells


def _explained(error: csv.Error, dialect: Dialect) -> str:
    said = str(error)
    if "unexpected end of data" in said:
        return (
            f"a quote ({dialect.quote}) that is opened in this row is never closed: the file was cut short, "
            "or a quote is missing; export it again."
        )
    if "field larger than field limit" in said:
        return (
            f"a cell is longer than {FIELD_CHARACTERS_MAX} characters, as when a closing quote is missing; "
            "mend that row or export again."
        )
    return f"the quotes of this row do not match ({said}); double the quotes inside its cells or export again."


class _Records:
    """Tells records from blank lines, repeated headers, closing lines and rows of another width."""

    def __init__(self, file: str, dialect: Dialect, notes: Notes) -> None:
        self._file = file
        self._columns = [column.strip() for column in dialect.columns]
        self._labels = dialect.labels
        self._notes = notes
        self._header = dialect.header
        self._header_end = dialect.header + dialect.header_lines
        self._null = dialect.null
        self._closing: list[Row] = []
        self._last: Row | None = None
        self._records = 0

    def take(self, line: int, cells: list[str]) -> Iterator[Row]:
        """The records that this row proves: none, itself, or itself and rows before it that looked like totals."""
        joined = "".join(cells)
        if not joined.strip():
            self._notes.add("blank-line", line)
            return
        if cells[0].startswith("\ufeff"):
            cells[0] = cells[0][1:]
        row = Row(line, cells)
        self._last = row
        if cells[0].strip() == self._columns[0] and self._is_header(cells):
            if line != self._header:
                self._notes.add("repeated-header", line)
        elif line < self._header_end:
            self._notes.add("second-header", line)
        elif _closes(cells, len(self._columns)):
            self._closing.append(row)
        else:
            for held in self._closing:
                self._notes.add("looks-like-total", held.line)
                yield from self._checked(held, "".join(held.cells))
            self._closing.clear()
            yield from self._checked(row, joined)

    def fitted(self, line: int, cells: list[str]) -> list[str]:
        """The cells of a sheet's row, as many as there are columns: none can have been shifted."""
        if len(cells) > len(self._columns):
            self._notes.add("stray-cell", line)
        return cells[: len(self._columns)] + [""] * (len(self._columns) - len(cells))

    def finish(self, *, whole: bool) -> None:
        """Judge the end of the file. `whole`: its last line had a line end."""
        for row in self._closing:
            self._notes.add("totals-line", row.line, " ".join(cell for cell in row.cells if cell.strip())[:60])
        if not whole and self._last is not None and self._last not in self._closing:
            if len(self._last.cells) < len(self._columns):
                raise UnreadableError(
                    f"{self._file}, line {self._last.line}: the last row has {len(self._last.cells)} of "
                    f"{len(self._columns)} cells and no line end: the file was cut short; export it again."
                )
            self._notes.add("no-final-newline", self._last.line)
        ragged = self._notes.count("ragged-row")
        if ragged > max(RAGGED_ROWS_MIN, RAGGED_SHARE_MAX * (self._records + ragged)):
            raise UnreadableError(
                f"{self._file}: {ragged} rows have another number of cells than the {len(self._columns)} of the header "
                f"(line {self._notes.lines('ragged-row')}); an unquoted delimiter or another dialect: export it again."
            )

    def _is_header(self, cells: list[str]) -> bool:
        stripped = [cell.strip() for cell in cells]
        return stripped + [""] * (len(self._columns) - len(stripped)) == self._columns

    def _checked(self, row: Row, joined: str) -> Iterator[Row]:
        if len(row.cells) != len(self._columns):
            self._notes.add("ragged-row", row.line, f"{len(row.cells)} cells")
            return
        if not joined.isprintable() and _CONTROL.search(joined):
            row = Row(row.line, [_CONTROL.sub("", _BREAK.sub("\n", cell)) for cell in row.cells])
            self._notes.add("control-characters", row.line)
        if self._null and self._null in row.cells:
            row = Row(row.line, ["" if cell == self._null else cell for cell in row.cells])
            self._notes.add("null-words", row.line)
        if not joined.isascii():
            for label, cell in zip(self._labels, row.cells, strict=True):
                if is_double_encoded(cell):
                    self._notes.add("mojibake", row.line, label)
        self._records += 1
        yield row


def _closes(cells: list[str], width: int) -> bool:
    """Whether a row reads like a totals or closing line: a telling word first, then nothing but a few amounts."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    if not _CLOSING.fullmatch(filled[0]) or len(filled) > max(2, width // 4):
        return False
    return width > 1 and all(_AMOUNT.fullmatch(cell) for cell in filled[1:])
