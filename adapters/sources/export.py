"""A product's export of delimited text files, read as a source: one file (or several parts) an object.

Two passes over each file, in constant memory: the first describes, the second gives the records. There is no
incremental read: an export is always a full snapshot, and telling what changed is the engine's work.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

from adapters.protocols import Field, Finding, Flow, ObjectSchema, Page, Record, Schema
from adapters.sources import UnreadableError
from adapters.sources.bundle import Table, open_bundle
from adapters.sources.dialect import Dialect, confirm, propose
from adapters.sources.notes import Notes
from adapters.sources.profile import Profile
from adapters.sources.standard import Column, Standard, identity_in, links_in, named, object_of, with_target
from adapters.sources.tabular import rows

PAGE_RECORDS = 500
"""Records a page."""


class _Part:
    """One file of an object: its table, its dialect, and its columns by the names they are read under."""

    def __init__(self, table: Table, dialect: Dialect, standard: Standard) -> None:
        self.table = table
        self.dialect = dialect
        self.columns = named(standard, dialect.labels, table.name)
        self.labels = tuple(
            self.columns[label].label if label in self.columns else label for label in self.dialect.labels
        )

    def nameless(self) -> set[str]:
        """The labels of columns without a header."""
        return {label for label, name in zip(self.labels, self.dialect.columns, strict=True) if not name}


class _Sheet:
    """One object: its parts, the columns that are read, and its description."""

    def __init__(self, parts: Sequence[_Part], schema: ObjectSchema, findings: Sequence[Finding]) -> None:
        self.parts = parts
        self.schema = schema
        self.findings = findings

    def records(self) -> Iterator[Record]:
        wanted = {field.label for field in self.schema.fields}
        id_field = self.schema.identity.id_field
        for part in self.parts:
            places = [(place, label) for place, label in enumerate(part.labels) if label in wanted]
            for row in rows(part.table, part.dialect, Notes(self.schema.name, part.table.name)):
                values = {label: row.cells[place] for place, label in places}
                yield Record(
                    values=values,
                    id=values[id_field].strip() if id_field else "",
                    where=f"{part.table.name}:{row.line}",
                )


class Export:
    """The files of one export as a `Source`. `dialects` are those stored when an earlier export was confirmed, by file.

    With stored dialects every file must fit the one of its name, or else one of the same object's.
    """

    def __init__(
        self, system: str, standards: Sequence[Standard], path: Path, dialects: Mapping[str, Dialect] | None = None
    ) -> None:
        self._system = system
        self._standards = standards
        self._path = path
        self._stored = dict(dialects or {})
        self._schema: Schema | None = None
        self._sheets: dict[str, _Sheet] = {}
        self._open: dict[str, tuple[int, Iterator[Record]]] = {}

    def schema(self) -> Flow[Schema]:
        """What the export holds; reads every file once. Raises `UnreadableError` for what cannot be read as it is."""
        yield from ()
        return self._described()

    def read(self, object: str, since: str | None, at: str | None) -> Flow[Page]:  # noqa: ARG002 - a full snapshot
        """A page of records, from the record number `at` on. `since` is ignored: an export is always all there is."""
        yield from ()
        self._described()
        if object not in {standard.name for standard in self._standards}:
            raise ValueError(f"{self._system} has no object {object!r}.")
        sheet = self._sheets.get(object)
        if sheet is None:
            return Page(records=())
        offset = int(at or 0)
        # Pages are asked for in order: going on where the last one ended keeps a whole read linear.
        place, records = self._open.pop(object, (0, iter(())))
        if place != offset or not place:
            records = islice(sheet.records(), offset, None)
        page = tuple(islice(records, PAGE_RECORDS))
        if len(page) < PAGE_RECORDS:
            return Page(records=page)
        self._open[object] = (offset + PAGE_RECORDS, records)
        return Page(records=page, next=str(offset + PAGE_RECORDS))

    @property
    def dialects(self) -> dict[str, Dialect]:
        """How each file is written, by file name: to be confirmed, stored and given back for the next export."""
        self._described()
        return {part.table.name: part.dialect for sheet in self._sheets.values() for part in sheet.parts}

    def _described(self) -> Schema:
        if self._schema is None:
            self._schema = self._survey()
        return self._schema

    def _survey(self) -> Schema:
        bundle = open_bundle(self._path)
        findings = list(bundle.findings)
        files: dict[str, list[Table]] = {}
        for table in bundle.tables:
            standard = object_of(table.name, self._standards)
            if standard:
                files.setdefault(standard.name, []).append(table)
            else:
                findings.append(
                    Finding(code="unknown-file", where=table.name, detail=f"{table.name} is no file of {self._system}.")
                )
        if not files:
            expected = ", ".join(f"{standard.files[0]}.csv" for standard in self._standards)
            raise UnreadableError(
                f"{self._path.name}: none of its files belongs to {self._system}; found "
                f"{', '.join(table.name for table in bundle.tables)}, expected {expected}. Rename the files or name "
                f"the export."
            )
        objects: list[ObjectSchema] = []
        for standard in self._standards:
            if standard.name in files:
                sheet = self._sheet(standard, files[standard.name])
                self._sheets[standard.name] = sheet
                objects.append(sheet.schema)
                findings.extend(sheet.findings)
            else:
                objects.append(_absent(standard))
                findings.append(_missing(standard))
        return Schema(
            system=self._system, objects=tuple(objects), findings=tuple(findings), fingerprint=bundle.digest()
        )

    def _sheet(self, standard: Standard, tables: Sequence[Table]) -> _Sheet:
        """Read all of an object's files and describe them."""
        parts: list[_Part] = []
        findings: list[Finding] = []
        profiles: dict[str, Profile] = {}
        nameless: set[str] = set()
        count = 0
        for table in tables:
            notes = Notes(standard.name, table.name)
            part = self._part(standard, table, notes)
            parts.append(part)
            profiles = profiles or {label: Profile(label) for label in part.labels}
            _check_same_columns(part, parts[0])
            watching = [profiles[label] for label in part.labels]
            for row in rows(table, part.dialect, notes):
                count += 1
                for seen, cell in zip(watching, row.cells, strict=True):
                    seen.add(cell)
            nameless = part.nameless()
            for label in sorted(nameless):
                code = "unnamed-column" if profiles[label].filled else "unnamed-columns-dropped"
                notes.add(code, part.dialect.header, label)
            findings.extend((*notes.findings(), *_renamed(standard, part)))
        kept = [seen for label, seen in profiles.items() if seen.filled or label not in nameless]
        file = parts[0].table.name
        fields = _fields(kept, parts[0])
        for field, seen in zip(fields, kept, strict=True):
            findings.extend(seen.findings(field, standard.name, file))
        schema = _object(standard, fields, count, [part.table.name for part in parts])
        findings.extend(_doubtful_ids(schema, file))
        return _Sheet(parts, schema, findings)

    def _part(self, standard: Standard, table: Table, notes: Notes) -> _Part:
        stored = self._stored.get(table.name) or next(
            (dialect for name, dialect in self._stored.items() if object_of(name, self._standards) == standard), None
        )
        if stored:
            dialect = confirm(table, stored)
            for label in dialect.labels:
                if label not in stored.labels:
                    notes.add("new-column", dialect.header, label)
            return _Part(table, dialect, standard)
        proposal = propose(table, standard.known)
        if proposal.dialect.encoding == "cp1252":
            notes.add("encoding-guess", 1, ", ".join(proposal.guessed_from))
        for line in proposal.title_lines:
            notes.add("title-line", line)
        return _Part(table, proposal.dialect, standard)


def _fields(profiles: Sequence[Profile], part: _Part) -> list[Field]:
    by_label: dict[str, Column] = {column.label: column for column in part.columns.values()}
    orders = {order for seen in profiles if (order := seen.order())}
    neighbours = orders.pop() if len(orders) == 1 else None
    fields: list[Field] = []
    for position, seen in enumerate(profiles):
        column = by_label.get(seen.label)
        field = seen.field(
            kind=column.kind if column else None,
            position=position,
            custom=column is None,
            required=column is not None and column.required,
            order=neighbours,
        )
        fields.append(with_target(field, by_label))
    return fields


def _object(standard: Standard, fields: Sequence[Field], count: int, files: Sequence[str]) -> ObjectSchema:
    present = {field.label for field in fields}
    links = links_in(standard.links, present)
    return ObjectSchema(
        name=standard.name, label=standard.label, fields=tuple(fields),
        identity=identity_in(standard.identity, present, links), links=links,
        owner_field=standard.owner if standard.owner in present else None,
        title=tuple(label for label in standard.title if label in present),
        count=count, method=f"records of {', '.join(files)}; blank, closing and held-back lines not counted",
    )  # fmt: skip


def _check_same_columns(part: _Part, first: _Part) -> None:
    if set(part.labels) != set(first.labels):
        odd = ", ".join(sorted(set(part.labels) ^ set(first.labels)))
        raise UnreadableError(
            f"{part.table.name} has other columns than {first.table.name} ({odd}); "
            "export all parts with the same columns."
        )


def _renamed(standard: Standard, part: _Part) -> list[Finding]:
    return [
        Finding(
            code="column-renamed", object=standard.name, where=f"{part.table.name}:{part.dialect.header}",
            detail=f"The column {label!r} is read as the standard column {column.label!r}.",
        )
        for label, column in part.columns.items() if label != column.label
    ]  # fmt: skip


def _doubtful_ids(schema: ObjectSchema, file: str) -> list[Finding]:
    """Whether the id column is filled and unique (exact up to 16,384 records; the engine's own keys find the rest)."""
    field = schema.field(schema.identity.id_field) if schema.identity.id_field else None
    if field is None or schema.count is None:
        return []
    said: list[tuple[str, str]] = []
    if field.filled < schema.count:
        said.append(("missing-ids", f"{schema.count - field.filled} records have no {field.label}"))
    if field.filled == schema.count and field.distinct < field.filled <= 16_384:
        said.append(("duplicate-ids", f"{field.filled - field.distinct} records share a {field.label} with another"))
    return [
        Finding(code=code, object=schema.name, where=f"{file}, column {field.label}", detail=f"{detail}.")
        for code, detail in said
    ]


def _absent(standard: Standard) -> ObjectSchema:
    return ObjectSchema(name=standard.name, label=standard.label, fields=(), count=0, method="no file in the export")


def _missing(standard: Standard) -> Finding:
    return Finding(
        code="missing-file", object=standard.name,
        detail=f"No file for {standard.label}; if there are any, export {standard.files[0]}.csv as well.",
    )  # fmt: skip
