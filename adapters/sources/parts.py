"""The parts of an export: which table belongs to which object, how it is written, and its records."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import NamedTuple

from adapters.protocols import Finding
from adapters.sources import UnreadableError, rtf, sheets
from adapters.sources.bundle import WORKBOOK_SUFFIXES, Bundle, Table
from adapters.sources.dialect import Dialect, confirm, propose
from adapters.sources.notes import Notes
from adapters.sources.standard import Standard, fits, named, object_by_id, object_of
from adapters.sources.tabular import rows


class Line(NamedTuple):
    """A record of a part: its line, its cells by place, and the source of those that were rich text, by label."""

    line: int
    cells: list[str]
    source: dict[str, str]


class Part:
    """One table of an object: its dialect, its columns by the names they are read under, what is told of it."""

    def __init__(self, table: Table, dialect: Dialect, standard: Standard, notes: Notes) -> None:
        self.table = table
        self.dialect = dialect
        self.standard = standard
        self.notes = notes
        self.columns = named(standard, dialect.labels, table.name)
        self.labels = tuple(
            self.columns[label].label if label in self.columns else label for label in self.dialect.labels
        )

    def nameless(self) -> set[str]:
        """The labels of columns without a header."""
        return {label for label, name in zip(self.labels, self.dialect.columns, strict=True) if not name}

    def lines(self, notes: Notes) -> Iterator[Line]:
        """The records, rich text as plain text; what is odd about the table is told to `notes`."""
        for row in rows(self.table, self.dialect, notes):
            cells, source = row.cells, {}
            for place in rtf.places(cells):
                text = rtf.plain(cells[place])
                notes.add("rtf" if text is not None else "rtf-unread", row.line, self.labels[place])
                if text is not None:
                    source[self.labels[place]] = cells[place]
                    cells[place] = text
            yield Line(row.line, cells, source)

    def uncalculated(self, last: int) -> None:
        """Tell of formulas among the records, the last of which stands at that line, that have no value."""
        first = self.dialect.header + self.dialect.header_lines
        for line, column in sheets.uncalculated(self.table) if self.table.sheet else ():
            if first <= line <= last:
                self.notes.add("formula-no-value", line, column)


def tables_of(bundle: Bundle) -> list[Table]:
    """The tables of an export, each sheet of a workbook by itself."""
    found: list[Table] = []
    for table in bundle.tables:
        found += sheets.sheets(table) if table.is_workbook else [table]
    return found


def assigned(
    system: str, tables: Sequence[Table], standards: Sequence[Standard]
) -> tuple[list[tuple[Table, Standard]], list[Finding]]:
    """The tables that tell by their names what they hold, and findings about the others.

    A workbook's only sheet may have its file's name. A hidden sheet counts only where it bears an object's name exactly
    and no visible table is there for that object.
    """
    found: list[tuple[Table, Standard]] = []
    findings: list[Finding] = []
    visible = [table for table in tables if not table.hidden]
    for table in visible:
        alone = sum(other.path == table.path and other.member == table.member for other in visible) == 1
        standard = object_of(table.name, standards) or (_by_file(table.name, standards) if alone else None)
        if standard:
            found.append((table, standard))
        else:
            findings.append(
                Finding(code="unknown-file", where=table.name, detail=f"{table.name} is no file of {system}.")
            )
    for table in tables:
        if not table.hidden:
            continue
        standard = next((s for s in standards if table.sheet.lower() in s.files), None)
        if standard and standard not in [there for _, there in found]:
            found.append((table, standard))
            findings.append(_hidden(table, "hidden-sheet-read", f"is read as the only one for {standard.label}"))
        else:
            findings.append(_hidden(table, "hidden-sheet", "is not read"))
    return found, findings


def part_of(table: Table, standard: Standard, standards: Sequence[Standard], stored: Mapping[str, Dialect]) -> Part:
    """The part that a table is: by its stored dialect, else by a proposed one.

    Where it lacks what the object of its name needs and its first column is the id of another, it is that one's, and
    told. Raises `UnreadableError` where the table fits neither.
    """
    before = stored.get(table.name) or next(
        (dialect for name, dialect in stored.items()
         if (object_of(name, standards) or _by_file(name, standards)) == standard), None
    )  # fmt: skip
    if before:
        dialect = confirm(table, before)
        notes = Notes(standard.name, table.name)
        for label in dialect.labels:
            if label not in before.labels:
                notes.add("new-column", dialect.header, label)
        return Part(table, dialect, _meant(standard, dialect, standards), notes)
    proposal = propose(table, standard.known)
    meant = _meant(standard, proposal.dialect, standards)
    notes = Notes(meant.name, table.name)
    if meant is not standard:
        notes.add("object-by-columns", proposal.dialect.header, meant.name)
    if proposal.dialect.encoding == "cp1252":
        notes.add("encoding-guess", 1, ", ".join(proposal.guessed_from))
    for line in proposal.title_lines:
        notes.add("title-line", line)
    return Part(table, proposal.dialect, meant, notes)


def holds(table: Table, standard: Standard) -> bool:
    """Whether a table has all that the standard needs."""
    try:
        return fits(standard, propose(table, standard.known).dialect.labels)
    except UnreadableError:
        return False


def records_of(table: Table, standard: Standard) -> Iterator[dict[str, str]]:
    """The records of a small table beside the objects (users, pipelines), by standard column."""
    part = part_of(table, standard, (standard,), {})
    labels = {column.label: column.label for column in standard.columns}
    for line in part.lines(part.notes):
        yield {**dict.fromkeys(labels, ""), **dict(zip(part.labels, line.cells, strict=True))}


def _meant(standard: Standard, dialect: Dialect, standards: Sequence[Standard]) -> Standard:
    if fits(standard, dialect.labels):
        return standard
    return object_by_id(dialect.labels, standards) or standard


def _by_file(name: str, standards: Sequence[Standard]) -> Standard | None:
    """The object that the file of a sheet tells."""
    file = PurePosixPath(name).parent
    return object_of(str(file), standards) if file.suffix.lower() in WORKBOOK_SUFFIXES else None


def _hidden(table: Table, code: str, what: str) -> Finding:
    return Finding(code=code, where=table.name, detail=f"The sheet {table.sheet} is hidden and {what}.")
