"""The dialect of a table: proposed from evidence once, confirmed, stored, and held to from then on.

Of a text file: for each delimiter in question its head is parsed for real; the one under which most rows have one width
wins, known header names weighing in. (Letter statistics, as `csv.Sniffer` uses, take any frequent letter for a
delimiter.)
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Collection, Iterator

import msgspec

from adapters.sources import UnreadableError, encoding, sheets
from adapters.sources.bundle import Table
from adapters.sources.names import fold

FIELD_CHARACTERS_MAX = 16 << 20
"""The longest cell that is read. A missing closing quote swallows what follows it: this bounds the damage."""

SHEET = "xlsx"
"""The encoding that the dialect of a workbook's sheet names."""

Numbered = tuple[int, list[str]]
"""A row: the line it starts at, from 1, and its cells."""

_NULL = "NULL"
_DELIMITERS = (",", ";", "\t", "|")
_SAMPLE_CHARACTERS = 1 << 18
_SAMPLE_ROWS = 200
_HEADER_SEARCH_ROWS = 30
_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)
_RULE = re.compile(r"[-=_+]{2,}|\([^()]*\)")
_NUMBER_OR_DATE = re.compile(r"[-+$€£(]?\d[\d.,:/%\s)-]*")


class Dialect(msgspec.Struct, frozen=True, kw_only=True):
    """How one table is written. Stored with the map and given back for the next export.

    A sheet of a workbook has the encoding "xlsx" and no delimiter. `header` is the line of the header row, from 1;
    `header_lines` how many lines it and what explains it take. `columns` are its cells, trimmed, "" for a column
    without a name. `null` is the word that the file writes in cells that hold nothing, if it does so.
    """

    encoding: str
    delimiter: str
    quote: str = '"'
    header: int = 1
    header_lines: int = 1
    columns: tuple[str, ...] = ()
    null: str = ""

    @property
    def labels(self) -> tuple[str, ...]:
        """One name a column, no two alike even without case: Notes, Notes (2); a nameless one is Column 7."""
        taken: set[str] = set()
        labels: list[str] = []
        for position, name in enumerate(self.columns, start=1):
            label, turn = name or f"Column {position}", 1
            while fold(label) in taken:
                turn += 1
                label = f"{name or f'Column {position}'} ({turn})"
            taken.add(fold(label))
            labels.append(label)
        return tuple(labels)


class Proposal(msgspec.Struct, frozen=True):
    """A dialect, and what to look at before confirming it: words read by a guess, lines above the header."""

    dialect: Dialect
    guessed_from: tuple[str, ...] = ()
    title_lines: tuple[int, ...] = ()


def propose(table: Table, known: Collection[str]) -> Proposal:
    """The dialect of a table. `known` are folded header names of the product; they help, and are not needed.

    Raises `UnreadableError` for an empty table and for one in which no header row can be found.
    """
    if table.sheet:
        return _described(table, list(sheets.head(table, _SAMPLE_ROWS)), Dialect(encoding=SHEET, delimiter=""), known)
    with table.open() as stream:
        found = encoding.detect(stream, table.name)
    sample = _sample(table, found.name)
    if not sample.strip("\x00\x1a\r\n\t ,;|\ufeff"):
        raise UnreadableError(f"{table.name}: the file holds no text; export it again.")
    stated = _SEPARATOR_LINE.fullmatch(sample.split("\n", 1)[0].lstrip("\ufeff"))
    quote = "'" if re.match(r"\ufeff?'[^'\r\n]*'[,;\t|]'", sample) else '"'
    choices = (stated.group(1),) if stated else _DELIMITERS
    delimiter = max(choices, key=lambda choice: _score(_rows(sample, choice, quote), known))
    rows = [row for row in _rows(sample, delimiter, quote) if not (stated and row[0] == 1)]
    described = _described(table, rows, Dialect(encoding=found.name, delimiter=delimiter, quote=quote), known)
    return msgspec.structs.replace(described, guessed_from=found.guessed_from)


def _described(table: Table, rows: list[Numbered], shape: Dialect, known: Collection[str]) -> Proposal:
    """The dialect with its header row, which is looked for in the head of the table."""
    width = max((len(cells) for _, cells in rows), default=0) if table.sheet else _modal_width(rows)
    place = _header_place(rows, width, known)
    if place is None:
        raise UnreadableError(
            f"{table.name}: no header row in the first {_HEADER_SEARCH_ROWS} lines; "
            "put the column names in the first line."
        )
    line, cells = rows[place]
    columns = tuple(cell.strip().lstrip("\ufeff") for cell in cells)
    columns += ("",) * (width - len(columns))
    after, lines = rows[place + 1 :], 1
    if after and _explains(after[0][1], known):
        lines = after[0][0] - line + 1
        after = after[1:]
    dialect = msgspec.structs.replace(
        shape, header=line, header_lines=lines, columns=columns, null=_null_word([cells for _, cells in after])
    )
    return Proposal(dialect, (), tuple(number for number, _ in rows[:place]))


def confirm(table: Table, stored: Dialect) -> Dialect:
    """The stored dialect with the columns of this table. Raises `UnreadableError` where the table does not fit it."""
    written = "a sheet" if stored.encoding == SHEET else f"{stored.encoding}, delimiter {stored.delimiter!r}"
    says = f"{table.name} does not fit the stored dialect ({written})"
    remedy = "export with the same settings as before, or discover again and confirm the new dialect."
    if table.sheet:
        found, rows = SHEET, sheets.head(table, _SAMPLE_ROWS)
    else:
        with table.open() as stream:
            found = encoding.detect(stream, table.name).name
        rows = _parsed(_sample(table, found), stored.delimiter, stored.quote) if found == stored.encoding else iter(())
    if found != stored.encoding:
        raise UnreadableError(f"{says}: it is in {found}; {remedy}")
    below = [row for row in rows if row[0] >= stored.header]
    columns = tuple(cell.strip().lstrip("\ufeff") for cell in below[0][1]) if below else ()
    columns += ("",) * (max(len(stored.columns), len(below[0][1]) if below else 0) - len(columns))
    records = [cells for line, cells in below if line >= stored.header + stored.header_lines]
    now = msgspec.structs.replace(stored, columns=columns, null=stored.null or _null_word(records))
    missing = sorted({fold(label) for label in stored.labels} - {fold(label) for label in now.labels})
    if missing:
        raise UnreadableError(f"{says}: line {stored.header} lacks the columns {', '.join(missing)}; {remedy}")
    return now


def limit_cells() -> None:
    """Let the parser read long cells, up to `FIELD_CHARACTERS_MAX` (the limit is one for the whole process)."""
    csv.field_size_limit(FIELD_CHARACTERS_MAX)


def codec(name: str) -> str:
    """The codec that reads an encoding and drops its byte order mark."""
    return "utf-8-sig" if name == "utf-8" else name


def _sample(table: Table, name: str) -> str:
    """The head of the file, cut at the end of a line."""
    with table.open() as stream, io.TextIOWrapper(stream, encoding=codec(name), errors="replace", newline="") as text:
        head = text.read(_SAMPLE_CHARACTERS)
    cut = head.rfind("\n") + 1 if len(head) == _SAMPLE_CHARACTERS else 0
    return (head[:cut] if cut else head).replace("\0", "")


def _rows(sample: str, delimiter: str, quote: str) -> list[Numbered]:
    """The first rows that hold anything, with the line each starts at; as far as the parser gets."""
    return list(_parsed(sample, delimiter, quote))


def _parsed(sample: str, delimiter: str, quote: str) -> Iterator[Numbered]:
    limit_cells()
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter, quotechar=quote, strict=True)
    rows, line = 0, 1
    while rows < _SAMPLE_ROWS:
        try:
            cells = next(reader)
        except (StopIteration, csv.Error):
            return
        if any(cell.strip() for cell in cells):
            rows += 1
            yield line, cells
        line = reader.line_num + 1


def _score(rows: list[Numbered], known: Collection[str]) -> float:
    """How well rows hang together: the share of those with the usual width, times the known header names."""
    width = _modal_width(rows)
    if width < 2:
        return 0.0
    share = sum(len(cells) == width for _, cells in rows) / len(rows)
    names = max(_known_names(cells, known) for _, cells in rows[:_HEADER_SEARCH_ROWS])
    # A wrong delimiter often breaks the parser early: few rows are weak evidence.
    return share * (1 + names) * min(len(rows), 10)


def _modal_width(rows: list[Numbered]) -> int:
    widths = Counter(len(cells) for _, cells in rows)
    return max(widths, key=lambda width: (widths[width], width), default=0)


def _known_names(cells: list[str], known: Collection[str]) -> int:
    return sum(fold(cell.lstrip("\ufeff")) in known for cell in cells)


def _header_place(rows: list[Numbered], width: int, known: Collection[str]) -> int | None:
    """Which row names the columns: the one with the most known names, else the first that reads like names."""
    head = rows[:_HEADER_SEARCH_ROWS]
    best = max(range(len(head)), key=lambda place: _known_names(head[place][1], known), default=None)
    if best is not None and _known_names(head[best][1], known) >= min(2, width):
        return best
    return next((place for place, (_, cells) in enumerate(head) if _reads_like_names(cells, width)), None)


def _reads_like_names(cells: list[str], width: int) -> bool:
    filled = [cell.strip() for cell in cells if cell.strip()]
    if len(filled) < max(1, width / 2) or len(set(filled)) < 0.8 * len(filled):
        return False
    return not any(_NUMBER_OR_DATE.fullmatch(cell) or "@" in cell for cell in filled)


def _explains(cells: list[str], known: Collection[str]) -> bool:
    """Whether the row below the header belongs to it: a rule, units in brackets, or the names once more."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    if all(_RULE.fullmatch(cell) for cell in filled):
        return True
    return len(filled) > 1 and _known_names(filled, known) >= max(2, len(filled) / 2)


def _null_word(records: list[list[str]]) -> str:
    """The word that a query tool wrote into every empty cell: no cell is empty, and it stands in several."""
    cells = [(place, cell) for row in records for place, cell in enumerate(row) if len(row) > 1]
    words = [place for place, cell in cells if cell.strip() == _NULL]
    empty = any(not cell.strip() for row in records if len(row) > 1 and any(row) for cell in row)
    return _NULL if len(words) > 1 and len(set(words)) > 1 and not empty else ""
