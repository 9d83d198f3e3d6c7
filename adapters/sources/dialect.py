"""The dialect of a delimited text file: proposed from evidence once, confirmed, stored, and held to from then on.

For each delimiter in question the head of the file is parsed for real; the one under which most rows have one width
wins, known header names weighing in. (Letter statistics, as `csv.Sniffer` uses, take any frequent letter for a
delimiter.)
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Collection, Iterator

import msgspec

from adapters.sources import UnreadableError, encoding
from adapters.sources.bundle import Table
from adapters.sources.names import fold

FIELD_CHARACTERS_MAX = 16 << 20
"""The longest cell that is read. A missing closing quote swallows what follows it: this bounds the damage."""

_DELIMITERS = (",", ";", "\t", "|")
_SAMPLE_CHARACTERS = 1 << 18
_SAMPLE_ROWS = 200
_HEADER_SEARCH_ROWS = 30
_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)
_NUMBER_OR_DATE = re.compile(r"[-+$€£(]?\d[\d.,:/%\s)-]*")


class Dialect(msgspec.Struct, frozen=True, kw_only=True):
    """How one file is written. Stored with the map and given back for the next export.

    `header` is the line of the header row, from 1. `columns` are its cells, trimmed, "" for a column without a name.
    """

    encoding: str
    delimiter: str
    quote: str = '"'
    header: int = 1
    columns: tuple[str, ...] = ()

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
    """The dialect of a file. `known` are folded header names of the product; they help, and are not needed.

    Raises `UnreadableError` for an empty file and for one in which no header row can be found.
    """
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
    width = _modal_width(rows)
    place = _header_place(rows, width, known)
    if place is None:
        raise UnreadableError(
            f"{table.name}: no header row in the first {_HEADER_SEARCH_ROWS} lines; "
            "put the column names in the first line."
        )
    line, cells = rows[place]
    columns = tuple(cell.strip().lstrip("\ufeff") for cell in cells)
    columns += ("",) * (width - len(columns))
    dialect = Dialect(encoding=found.name, delimiter=delimiter, quote=quote, header=line, columns=columns)
    return Proposal(dialect, found.guessed_from, tuple(number for number, _ in rows[:place]))


def confirm(table: Table, stored: Dialect) -> Dialect:
    """The stored dialect with the columns of this file. Raises `UnreadableError` where the file does not fit it."""
    says = f"{table.name} does not fit the stored dialect ({stored.encoding}, delimiter {stored.delimiter!r})"
    remedy = "export with the same settings as before, or discover again and confirm the new dialect."
    with table.open() as stream:
        found = encoding.detect(stream, table.name).name
    if found != stored.encoding:
        raise UnreadableError(f"{says}: it is in {found}; {remedy}")
    for line, cells in _rows(_sample(table, found), stored.delimiter, stored.quote):
        if line >= stored.header:
            columns = tuple(cell.strip().lstrip("\ufeff") for cell in cells)
            break
    else:
        columns = ()
    now = Dialect(
        encoding=stored.encoding, delimiter=stored.delimiter, quote=stored.quote, header=stored.header,
        columns=columns + ("",) * (len(stored.columns) - len(columns)),
    )  # fmt: skip
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


def _rows(sample: str, delimiter: str, quote: str) -> list[tuple[int, list[str]]]:
    """The first rows that hold anything, with the line each starts at; as far as the parser gets."""
    return list(_parsed(sample, delimiter, quote))


def _parsed(sample: str, delimiter: str, quote: str) -> Iterator[tuple[int, list[str]]]:
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


def _score(rows: list[tuple[int, list[str]]], known: Collection[str]) -> float:
    """How well rows hang together: the share of those with the usual width, times the known header names."""
    width = _modal_width(rows)
    if width < 2:
        return 0.0
    share = sum(len(cells) == width for _, cells in rows) / len(rows)
    names = max(_known_names(cells, known) for _, cells in rows[:_HEADER_SEARCH_ROWS])
    # A wrong delimiter often breaks the parser early: few rows are weak evidence.
    return share * (1 + names) * min(len(rows), 10)


def _modal_width(rows: list[tuple[int, list[str]]]) -> int:
    widths = Counter(len(cells) for _, cells in rows)
    return max(widths, key=lambda width: (widths[width], width), default=0)


def _known_names(cells: list[str], known: Collection[str]) -> int:
    return sum(fold(cell.lstrip("\ufeff")) in known for cell in cells)


def _header_place(rows: list[tuple[int, list[str]]], width: int, known: Collection[str]) -> int | None:
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
