"""A product's export, read as a source: one table (or several parts) an object, text files and workbooks alike.

Two passes over each file, in constant memory: the first describes, the second gives the records. There is no
incremental read: an export is always a full snapshot, and telling what changed is the engine's work.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

from adapters.protocols import Field, Finding, Flow, Json, ObjectSchema, Page, Record, Schema
from adapters.sources import UnreadableError, dates
from adapters.sources.bundle import Bundle, Table, open_bundle
from adapters.sources.dialect import Dialect
from adapters.sources.notes import Notes
from adapters.sources.parts import Line, Part, assigned, part_of, tables_of
from adapters.sources.profile import NEIGHBOURS, Profile
from adapters.sources.standard import Column, Standard, described, identity_in, links_in

PAGE_RECORDS = 500
"""Records a page."""

Watch = Callable[[str, Mapping[str, str], str], None]
"""Told of every record while the export is described: the object's name, the cells by key, where it stands."""


class _Sheet:
    """One object: its parts, the columns that are read, and its description."""

    def __init__(self, parts: Sequence[Part], schema: ObjectSchema, findings: Sequence[Finding]) -> None:
        self.parts = parts
        self.schema = schema
        self.findings = findings

    def records(self) -> Iterator[Record]:
        wanted = {field.key for field in self.schema.fields}
        id_field = self.schema.identity.id_field
        for part in self.parts:
            places = [(place, label) for place, label in enumerate(part.labels) if label in wanted]
            for row in part.lines(Notes(self.schema.name, part.table.name)):
                values = {label: row.cells[place] for place, label in places}
                source: Json = row.source or None
                yield Record(
                    values=values,
                    id=values[id_field].strip() if id_field else "",
                    where=_where(part, row),
                    raw=source,
                )


class Export:
    """The tables of one export as a `Source`. `dialects` are those stored when an earlier one was confirmed, by table.

    With stored dialects every table must fit the one of its name, or else one of the same object's. A record's `raw`
    holds the source of its cells in rich text, by key.

    Args:
        system: the source's public id.
        standards: the product's objects, parents before children.
        path: a folder, a ZIP or a file; or such an export, opened already.
        dialects: of an earlier export.
        watch: told of every record while the export is described.
        order: of day and month, as the product writes dates; taken, and told, where no cell shows it.
        aside: names of tables that hold none of the objects and are no surprise.
    """

    def __init__(
        self,
        system: str,
        standards: Sequence[Standard],
        path: Path | Bundle,
        dialects: Mapping[str, Dialect] | None = None,
        *,
        watch: Watch | None = None,
        order: dates.Order | None = None,
        aside: Sequence[str] = (),
    ) -> None:
        self._system = system
        self._standards = standards
        self._path = path
        self._stored = dict(dialects or {})
        self._watch = watch
        self._order = order
        self._aside = aside
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
        """How each table is written, by its name: to be confirmed, stored and given back for the next export."""
        self._described()
        return {part.table.name: part.dialect for sheet in self._sheets.values() for part in sheet.parts}

    def _described(self) -> Schema:
        if self._schema is None:
            self._schema = self._survey()
        return self._schema

    def _survey(self) -> Schema:
        bundle = self._path if isinstance(self._path, Bundle) else open_bundle(self._path)
        tables = [table for table in tables_of(bundle) if table.name not in self._aside]
        known, told = assigned(self._system, tables, self._standards)
        findings = [*bundle.findings, *told]
        if not known:
            raise self._nothing(bundle.path, tables)
        parts: dict[str, list[Part]] = {}
        for table, standard in known:
            part = part_of(table, standard, self._standards, self._stored)
            parts.setdefault(part.standard.name, []).append(part)
        objects: list[ObjectSchema] = []
        for standard in self._standards:
            if standard.name in parts:
                sheet = self._sheet(standard, parts[standard.name])
                self._sheets[standard.name] = sheet
                objects.append(sheet.schema)
                findings.extend(sheet.findings)
            else:
                objects.append(_absent(standard))
                findings.append(_missing(standard))
        return Schema(
            system=self._system, objects=tuple(objects), findings=tuple(findings), fingerprint=bundle.digest()
        )

    def _nothing(self, path: Path, tables: Sequence[Table]) -> UnreadableError:
        expected = ", ".join(f"{standard.files[0]}.csv" for standard in self._standards)
        return UnreadableError(
            f"{path.name}: none of its files belongs to {self._system}; found "
            f"{', '.join(table.name for table in tables)}, expected {expected}. Rename the files or name the export."
        )

    def _sheet(self, standard: Standard, parts: Sequence[Part]) -> _Sheet:
        """Read all of an object's tables and describe them."""
        findings: list[Finding] = []
        profiles = {label: Profile(label) for label in parts[0].labels}
        nameless: set[str] = set()
        count = 0
        for part in parts:
            _check_same_columns(part, parts[0])
            count += self._watched(part, [profiles[label] for label in part.labels])
            nameless = part.nameless()
            for label in sorted(nameless):
                code = "unnamed-column" if profiles[label].filled else "unnamed-columns-dropped"
                part.notes.add(code, part.dialect.header, label)
            findings.extend((*part.notes.findings(), *_renamed(standard, part)))
        kept = [seen for label, seen in profiles.items() if seen.filled or label not in nameless]
        file = parts[0].table.name
        order, words = _neighbours(kept, self._order, self._system)
        fields = _fields(kept, parts[0], order)
        for field, seen in zip(fields, kept, strict=True):
            findings.extend(seen.findings(field, standard.name, file, words))
        schema = _object(standard, fields, count, [part.table.name for part in parts])
        findings.extend(_doubtful_ids(schema, file))
        return _Sheet(parts, schema, findings)

    def _watched(self, part: Part, profiles: Sequence[Profile]) -> int:
        """Show every cell of a part to its column's profile; how many records there are."""
        count = last = 0
        for row in part.lines(part.notes):
            count += 1
            last = row.line
            for seen, cell in zip(profiles, row.cells, strict=True):
                seen.add(cell)
            if self._watch:
                self._watch(part.standard.name, dict(zip(part.labels, row.cells, strict=True)), _where(part, row))
        for (place, how), cells in part.notes.shown.items():
            if place < len(profiles):
                profiles[place].shown(how, cells)
        part.uncalculated(last)
        return count


def _where(part: Part, row: Line) -> str:
    return f"{part.table.name}:{row.line}"


def _neighbours(
    profiles: Sequence[Profile], product: dates.Order | None, system: str
) -> tuple[dates.Order | None, str]:
    """The order of day and month for columns that show none, and where it comes from, in words."""
    orders = {order for seen in profiles if (order := seen.order())}
    if len(orders) == 1:
        return orders.pop(), NEIGHBOURS
    return product if not orders else None, f"other exports of {system}"


def _fields(profiles: Sequence[Profile], part: Part, order: dates.Order | None) -> list[Field]:
    by_label: dict[str, Column] = {column.label: column for column in part.columns.values()}
    fields: list[Field] = []
    for position, seen in enumerate(profiles):
        column = by_label.get(seen.label)
        field = seen.field(
            kind=column.kind if column else None,
            position=position,
            custom=column is None or column.custom,
            required=column is not None and column.required,
            order=order,
        )
        fields.append(described(field, column) if column else field)
    return fields


def _object(standard: Standard, fields: Sequence[Field], count: int, files: Sequence[str]) -> ObjectSchema:
    present = {field.key for field in fields}
    links = links_in(standard.links, present)
    return ObjectSchema(
        name=standard.name, label=standard.label, fields=tuple(fields),
        identity=identity_in(standard.identity, present, links), links=links,
        owner_field=standard.owner if standard.owner in present else None,
        title=tuple(label for label in standard.title if label in present),
        count=count, method=f"records of {', '.join(files)}; blank, closing and held-back lines not counted",
    )  # fmt: skip


def _check_same_columns(part: Part, first: Part) -> None:
    if set(part.labels) != set(first.labels):
        odd = ", ".join(sorted(set(part.labels) ^ set(first.labels)))
        raise UnreadableError(
            f"{part.table.name} has other columns than {first.table.name} ({odd}); "
            "export all parts with the same columns."
        )


def _renamed(standard: Standard, part: Part) -> list[Finding]:
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
