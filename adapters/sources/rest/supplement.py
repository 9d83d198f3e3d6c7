"""A CSV export beside an API: whole objects that the API lacks, records that it does not show, texts that it cuts.

An export has names where the API has ids, and writes times and lists in its own way: a row is turned into the values
that the API's record would have, as far as it says them. In memory are long texts, and eight bytes a key.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from adapters.protocols import Field, Fields, Finding, Flow, ObjectSchema, Page, Record, Schema
from adapters.sources import dates
from adapters.sources.dialect import Dialect
from adapters.sources.export import Export
from adapters.sources.index import Index
from adapters.sources.names import fold
from adapters.sources.rest.describing import Survey, described
from adapters.sources.rest.table import Column, Endpoint, Fill, Learned, Table
from adapters.sources.standard import identity_in, links_in
from adapters.sources.values import key, parse, split

CUT_CHARACTERS = 200
"""A text that ends in an ellipsis is taken for cut from this length on."""
_ELLIPSES = ("…", "...")
_UTC = ZoneInfo("UTC")


class Supplement:
    """An export of a vendor, read by the vendor's table."""

    def __init__(self, table: Table, path: Path, dialects: Mapping[str, Dialect] | None = None) -> None:
        self.export = Export(table.system, table.standards, path, dialects)
        self._schema: Schema | None = None
        self._texts = Index()
        self._kept: set[str] = set()

    def describe(self) -> Flow[Schema]:
        """What the export holds. Raises UnreadableError for one that cannot be read."""
        if self._schema is None:
            self._schema = yield from self.export.schema()
        return self._schema

    def has(self, endpoint: Endpoint) -> bool:
        """Whether the export has a file for the object."""
        found = self._object(endpoint)
        return found is not None and bool(found.fields)

    def adds_to(self, endpoint: Endpoint) -> bool:
        """Whether records that the API does not show are taken from the export."""
        return endpoint.fills is not None and bool(endpoint.fills.keys) and self.has(endpoint)

    def read(self, endpoint: Endpoint, columns: Sequence[Column], learned: Learned, at: str | None) -> Flow[Page]:
        """A page of the object's rows as records with the API's field keys; without an id."""
        fill = _fill(endpoint)
        described = self._object(endpoint)
        if described is None:
            return Page(records=())
        page = yield from self.export.read(fill.object or endpoint.object, None, at)
        shape = _Shape(described, columns, learned, fill)
        records = tuple(
            Record(values=shape.values(record.values), where=record.where, raw=record.values)
            for record in page.records
            if _is_one(endpoint, fill, record.values)
        )
        return Page(records=records, next=page.next)

    def survey(self, endpoint: Endpoint, columns: Sequence[Column], learned: Learned) -> Flow[ObjectSchema]:
        """The schema of an object that only the export has; its other columns are custom fields. Reads it whole."""
        survey = Survey(endpoint, columns)
        at: str | None = None
        while True:
            page = yield from self.read(endpoint, columns, learned, at)
            for record in page.records:
                survey.add(record)
            at = page.next
            if at is None:
                break
        of = self._object(endpoint)
        method = f"records of the export ({of.method})" if of else ""
        schema = described(survey, endpoint.links, survey.seen, method)
        own = tuple(field for field in schema.fields if field.key in survey.keys) or schema.fields
        taken = {field.key for field in schema.fields} | {fold(field.label) for field in schema.fields}
        others = [f for f in (of.fields if of else ()) if f.key not in taken and fold(f.label) not in taken]
        fields = (*own, *(f for f in others if f.custom))
        present = {field.key for field in fields}
        links = links_in(schema.links, present)
        return msgspec.structs.replace(
            schema, fields=fields, links=links, identity=identity_in(schema.identity, present, links)
        )

    def whole(self, endpoint: Endpoint, record: Record, columns: Sequence[Column], learned: Learned) -> Flow[Record]:
        """The record with its cut texts as the export has them; the same record where none is cut or none is found."""
        fill = endpoint.fills
        cut = [name for name in (fill.texts if fill else ()) if is_cut(record.values.get(name, ""))]
        for name in cut:
            full = yield from self._full(endpoint, name, record, columns, learned)
            if full is not None:
                record = msgspec.structs.replace(record, values={**record.values, name: full})
        return record

    def _full(
        self, endpoint: Endpoint, name: str, record: Record, columns: Sequence[Column], learned: Learned
    ) -> Flow[str | None]:
        if not self.has(endpoint):
            return None
        place = f"{endpoint.object}.{name}"
        if place not in self._kept:
            yield from self._keep(endpoint, name, place, columns, learned)
            self._kept.add(place)
        head = _head(record.values[name])
        texts = self._texts.values(place, str(mark_of(endpoint, record.values)))
        fits = {text for text in texts if text.startswith(head) and len(text) > len(head)}
        return fits.pop() if len(fits) == 1 else None

    def _keep(
        self, endpoint: Endpoint, name: str, place: str, columns: Sequence[Column], learned: Learned
    ) -> Flow[None]:
        """Keep all long texts of a field by the natural keys of their records, under the name of the place."""
        at: str | None = None
        while True:
            page = yield from self.read(endpoint, columns, learned, at)
            for row in page.records:
                mark = mark_of(endpoint, row.values)
                if mark is not None and len(row.values.get(name, "")) > CUT_CHARACTERS:
                    self._texts.put(place, str(mark), row.id, row.values[name])
            at = page.next
            if at is None:
                return

    def _object(self, endpoint: Endpoint) -> ObjectSchema | None:
        fill = endpoint.fills
        return self._schema.object(fill.object or endpoint.object) if self._schema and fill else None


class _Shape:
    """How the columns of a file become the fields of an endpoint."""

    def __init__(self, described: ObjectSchema, columns: Sequence[Column], learned: Learned, fill: Fill) -> None:
        by_label = {fold(column.label): column for column in columns}
        self._fields = [(field, by_label.get(fold(field.label))) for field in described.fields]
        self._learned = learned
        self._fill = fill
        self._zone = _zone(str(learned.account.get("zone") or ""))

    def values(self, row: Fields) -> Fields:
        out = {}
        for field, column in self._fields:
            cell = row.get(field.key, "")
            out[(column.key or column.label) if column else field.key] = self._value(field, column, cell)
        return self._fill.rework(out, self._learned) if self._fill.rework else out

    def _value(self, field: Field, column: Column | None, cell: str) -> str:
        if not cell.strip():
            return ""
        if column is None:
            return cell
        if column.convert == "list":
            return msgspec.json.encode(_pieces(cell, field.format)).decode()
        if column.kind == "user":
            return self._learned.user(cell)
        if column.kind in ("date", "datetime") and not _fits(cell, column.written or ""):
            return self._turned(msgspec.structs.replace(field, kind=column.kind), cell)
        return cell

    def _turned(self, field: Field, cell: str) -> str:
        """A date as the API writes it. Where nobody has said the account's zone, a local time stays local."""
        found = parse(field, cell, self._zone or _UTC).value
        if self._zone is None and field.kind == "datetime" and found:
            moment, timed, _ = dates.read(cell, field.format)
            if moment is not None and timed and moment.tzinfo is None:
                return moment.isoformat(timespec="seconds")
        return str(found) if found else cell


def _zone(name: str) -> ZoneInfo | None:
    """The zone of a name; None where nobody has said it, or in a way that nobody knows."""
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def mark_of(endpoint: Endpoint, values: Fields) -> int | None:
    """Eight bytes that stand for a record's natural key: its first recipe that is filled; None where none is."""
    for number, recipe in enumerate(endpoint.fills.keys if endpoint.fills else ()):
        parts = [_part(endpoint, name, values.get(name, "")) for name in recipe]
        if all(parts):
            whole = "\0".join((str(number), *parts)).encode()
            return int.from_bytes(hashlib.blake2b(whole, digest_size=8).digest(), signed=True)
    return None


def is_cut(text: str) -> bool:
    """Whether a text ends as one that was cut off does."""
    return len(text) >= CUT_CHARACTERS and text.rstrip().endswith(_ELLIPSES)


def cut_findings(endpoint: Endpoint, before: Record, after: Record) -> Iterator[Finding]:
    """What to say of the texts of a record that came cut."""
    for name in endpoint.fills.texts if endpoint.fills else ():
        text, full = before.values.get(name, ""), after.values.get(name, "")
        if not is_cut(text):
            continue
        said = f"{name} came from the API cut after {len(text)} characters; "
        said += (
            f"all {len(full)} are taken from the export." if full != text
            else "the rest is nowhere: give the CSV export of the same day beside the API."
        )  # fmt: skip
        yield Finding(
            code="text-cut", object=endpoint.object, key=before.id, where=f"{before.where} {name}", detail=said
        )


def _pieces(cell: str, separator: str | None) -> list[str]:
    """The entries of a cell. Where each separator has a blank behind it, other blanks are the entries' own."""
    if separator and cell.count(separator) == cell.count(f"{separator} "):
        return [piece for piece in cell.split(f"{separator} ") if piece.strip()]
    return split(cell, separator)


def _part(endpoint: Endpoint, name: str, cell: str) -> str:
    column = next((c for c in endpoint.columns if (c.key or c.label) == name), None)
    if column is None or column.kind not in ("email", "url"):
        return fold(cell)
    return key(Field(key=name, label=name, kind=column.kind), cell)


def _head(text: str) -> str:
    """A cut text without its ellipsis, and without a blank before it."""
    text = text.rstrip()
    end = next(mark for mark in _ELLIPSES if text.endswith(mark))
    return text.removesuffix(end).rstrip()


def _fits(cell: str, form: str) -> bool:
    """Whether a date is written as the API writes it, so that it needs no turning."""
    try:
        datetime.strptime(cell.strip(), form)  # noqa: DTZ007 - only looked at
    except ValueError:
        return cell.strip()[:4].isdigit()
    return True


def _is_one(endpoint: Endpoint, fill: Fill, values: Fields) -> bool:
    """Whether a row of a file that holds several objects is one of this object."""
    if endpoint.only is None or not fill.where:
        return True
    return (fold(values.get(fill.where, "")) in endpoint.only[1]) is not endpoint.others


def _fill(endpoint: Endpoint) -> Fill:
    if endpoint.fills is None:
        raise ValueError(f"the table does not say how an export fills in {endpoint.object}")
    return endpoint.fills
