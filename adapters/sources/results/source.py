"""Results CRM: an export as a source: a workbook, text files, and a folder of files with their manifest."""

from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import BinaryIO
from zoneinfo import ZoneInfo

import msgspec

from adapters.protocols import Field, Finding, Flow, Json, ObjectSchema, Page, Record, Schema
from adapters.sources import numbers
from adapters.sources.bundle import Bundle, Table, open_bundle
from adapters.sources.dialect import Dialect
from adapters.sources.export import Export
from adapters.sources.index import Index
from adapters.sources.names import fold
from adapters.sources.parts import holds, records_of, tables_of
from adapters.sources.profile import Profile
from adapters.sources.results import beside, files, quickbooks
from adapters.sources.results.schema import BESIDE, FOLDERS, LABELS, PIPELINES, STANDARDS, USERS
from adapters.sources.standard import Column, Standard, described, object_of
from adapters.sources.values import TRUE, parse

SYSTEM = "results"
"""The source's public id."""

STAGE = "Pipeline / Stage"
"""The field that this adapter adds to deals: the stage behind its pipeline, as `Schema.account` calls it."""

_CENT = Decimal("0.01")
_STAGES_MAX = 1_000
_UTC = ZoneInfo("UTC")
_ADDED: dict[str, tuple[Column, ...]] = {
    "Company": (
        Column(quickbooks.LINK, "enum", options=quickbooks.STATES),
        Column(quickbooks.PARENT, "reference", target="Company"),
    ),
    "Deal": (Column(STAGE, "enum"),),
    "Attachment": files.ADDED,
}


class Results:
    """A Results export (a folder, a ZIP or a workbook) as a `Source` with `Attachments`.

    `dialects` are those of an earlier export, as `dialects` gave them: a table that no longer fits is refused. Fields
    that the adapter works out are `calculated`; the cells of the export stay as they are, but for rich text, whose
    source is in `Record.raw`.
    """

    def __init__(self, path: Path, dialects: Mapping[str, Dialect] | None = None) -> None:
        self._path = path
        self._stored = dict(dialects or {})
        self._schema: Schema | None = None
        self._survey: _Survey | None = None

    def schema(self) -> Flow[Schema]:
        """Objects, fields, users, pipelines and findings; raises `UnreadableError` for what cannot be read as it is."""
        if self._schema is None:
            self._survey = _Survey(open_bundle(self._path, files=FOLDERS), self._stored)
            self._schema = yield from self._survey.schema()
        return self._schema

    def read(self, object: str, since: str | None, at: str | None) -> Flow[Page]:
        """One page of an object. `since` is ignored: an export is a full snapshot."""
        schema = yield from self.schema()
        assert self._survey is not None  # noqa: S101 - made by schema()
        page = yield from self._survey.export.read(object, since, at)
        there = schema.object(object)
        assert there is not None  # noqa: S101 - else the export has raised
        findings = [*page.findings]
        records: list[Record] = []
        for record in page.records:
            cells, told = self._survey.completed(there, record)
            deleted = fold(str(cells.get("Inactive", ""))) in TRUE
            records.append(msgspec.structs.replace(record, values=cells, deleted=deleted))
            findings += told
        return Page(records=tuple(records), next=page.next, findings=tuple(findings))

    def open(self, reference: str) -> BinaryIO:
        """The content of a file by its stored name. Raises FileNotFoundError where the export has none such."""
        folder = self._survey.folder if self._survey else files.Folder(open_bundle(self._path, files=FOLDERS).files)
        return folder.open(reference)

    @property
    def dialects(self) -> dict[str, Dialect]:
        """How each table is written, by its name ("Results_Export.xlsx/Companies")."""
        _through(self.schema())
        assert self._survey is not None  # noqa: S101 - made by schema()
        return self._survey.export.dialects


class _Survey:
    """One look at an export: what stands beside the objects, and what records are compared with."""

    def __init__(self, bundle: Bundle, stored: Mapping[str, Dialect]) -> None:
        self.folder = files.Folder(bundle.files)
        self._index = Index()
        self._profiles: dict[str, dict[str, Profile]] = {
            name: {column.label: Profile(column.label) for column in columns} for name, columns in _ADDED.items()
        }
        self._links: Counter[str] = Counter()
        self._stages: Counter[str] = Counter()
        tables = tables_of(bundle)
        told = {table.name: object_of(table.name, (*STANDARDS, *BESIDE)) for table in tables}
        aside = {
            standard.name: [table for table in tables if told[table.name] == standard and holds(table, standard)]
            for standard in BESIDE
        }
        standards = beside.labelled(STANDARDS, _rows(aside[LABELS.name], LABELS))
        self._users = beside.users(_rows(aside[USERS.name], USERS))
        self._pipelines = beside.pipelines(_rows(aside[PIPELINES.name], PIPELINES))
        self.export = Export(
            SYSTEM, standards, bundle, stored, watch=self._watch, order="mdy",
            aside=[table.name for there in aside.values() for table in there],
        )  # fmt: skip

    def schema(self) -> Flow[Schema]:
        """The description of the whole export."""
        schema = yield from self.export.schema()
        for parent in quickbooks.parents(self._index):
            self._profiles["Company"][quickbooks.PARENT].add(parent)
        account: dict[str, Json] = {"pipelines": self._pipelines} if self._pipelines else {}
        return msgspec.structs.replace(
            schema, objects=tuple(map(self._extended, schema.objects)), users=self._users, account=account,
            findings=(*schema.findings, *self._findings(schema)),
        )  # fmt: skip

    def completed(self, schema: ObjectSchema, record: Record) -> tuple[dict[str, Json], list[Finding]]:
        """A record's cells with those of the added fields, and what there is to say of it."""
        cells, id, where = record.values, record.id, record.where
        match schema.name:
            case "Company":
                more = {
                    quickbooks.LINK: quickbooks.state(cells),
                    quickbooks.PARENT: quickbooks.parent(self._index, id, cells),
                }
                return cells | more, quickbooks.findings(self._index, schema, id, cells, where)
            case "Deal":
                return cells | _staged(schema, cells), self._against_lines(schema, record)
            case "LineItem":
                return cells, _miscounted(schema, record)
            case "Product":
                return cells, self._twin_skus(record)
            case "Attachment":
                checked = files.Checked(*msgspec.json.decode(self._index.value("file", where), type=_CHECKED))
                return cells | files.added(cells, checked), files.findings(id, cells, checked, where)
        return cells, []

    def _watch(self, object: str, cells: Mapping[str, str], where: str) -> None:
        more: Mapping[str, str] = {}
        if object == "Company":
            id = cells["CompanyID"].strip()
            quickbooks.remember(self._index, id, cells)
            how = quickbooks.state(cells)
            self._links[how] += 1
            more = {quickbooks.LINK: how}
        elif object == "Deal":
            more = {STAGE: beside.staged(cells.get("Pipeline", ""), cells.get("Stage", ""))}
            if more[STAGE] in self._stages or len(self._stages) < _STAGES_MAX:
                self._stages[more[STAGE]] += 1
        elif object == "LineItem":
            total, _ = numbers.read(cells.get("Line Total", ""), ".")
            if total is not None:
                self._index.put("line", cells["DealID"].strip(), cells["LineID"].strip(), _cents(total))
        elif object == "Product" and (sku := fold(cells.get("SKU", ""))):
            self._index.put("sku", sku, cells["ProductID"].strip())
        elif object == "Attachment":
            checked = self.folder.check(cells)
            self._index.put("file", where, cells["FileID"].strip(), msgspec.json.encode(checked).decode())
            more = files.added(cells, checked)
        for label, cell in more.items():
            self._profiles[object][label].add(cell)

    def _extended(self, schema: ObjectSchema) -> ObjectSchema:
        """The object with the fields that this adapter adds."""
        if not schema.fields or (schema.name == "Deal" and schema.field("Stage") is None):
            return schema
        added: list[Field] = []
        for column in _ADDED.get(schema.name, ()):
            stages = tuple(stage["id"] for pipeline in self._pipelines for stage in pipeline["stages"])
            column = msgspec.structs.replace(column, options=stages) if column.label == STAGE else column
            seen = self._profiles[schema.name][column.label]
            position = len(schema.fields) + len(added)
            field = seen.field(kind=column.kind, position=position, custom=False)
            added.append(msgspec.structs.replace(described(field, column), calculated=True))
        return msgspec.structs.replace(schema, fields=(*schema.fields, *added))

    def _findings(self, schema: Schema) -> Iterator[Finding]:
        """What is to be said of the export as a whole."""
        if linked := sum(count for how, count in self._links.items() if how):
            jobs, broken = self._links["job"], self._links["broken"]
            detail = (
                f"{linked} companies are linked with QuickBooks, {jobs} of them as jobs of a customer, {broken} by a "
                "broken link: two systems hold them, and either may be the newer one."
            )
            yield Finding(code="quickbooks-linked", object="Company", detail=detail)
        known = {stage["id"] for pipeline in self._pipelines for stage in pipeline["stages"]}
        for stage, count in self._stages.items():
            if known and stage and stage not in known:
                detail = f"The stage {stage!r} of {count} deals is in no pipeline; say which stage it is."
                yield Finding(code="unknown-stage", object="Deal", where="Stage", detail=detail)
        attachments = schema.object("Attachment")
        if attachments is not None and attachments.fields:
            yield from files.unreferenced(self.folder)
        for standard, there in ((USERS, self._users), (PIPELINES, self._pipelines)):
            if not there:
                detail = f"No file for {standard.label}; if there are any, export {standard.files[0]}.csv as well."
                yield Finding(code="missing-file", detail=detail)

    def _against_lines(self, schema: ObjectSchema, record: Record) -> list[Finding]:
        """A deal whose lines do not add up to its amount."""
        total, amount = self._index.total("line", record.id), _value(schema, record, "Amount")
        if total is None or amount is None or total == _cents(amount):
            return []
        detail = f"Deal {record.id}: its lines add up to another sum than its amount, which is kept."
        return [Finding(code="lines-differ", object="Deal", key=record.id, where=record.where, detail=detail)]

    def _twin_skus(self, record: Record) -> list[Finding]:
        """A product whose SKU another one has, but for case."""
        sku = fold(str(record.values.get("SKU", "")))
        others = [other for other in self._index.ids("sku", sku) if other != record.id] if sku else []
        if not others:
            return []
        detail = f"Product {record.id} has the SKU of {', '.join(others)}, but for case."
        return [Finding(code="duplicate-sku", object="Product", key=record.id, where=record.where, detail=detail)]


_CHECKED = tuple[tuple[str, ...], str, int]


def _rows(tables: list[Table], standard: Standard) -> Iterator[beside.Cells]:
    return (row for table in tables for row in records_of(table, standard))


def _staged(schema: ObjectSchema, cells: Mapping[str, str]) -> dict[str, str]:
    if schema.field(STAGE) is None:
        return {}
    return {STAGE: beside.staged(cells.get("Pipeline", ""), cells.get("Stage", ""))}


def _miscounted(schema: ObjectSchema, record: Record) -> list[Finding]:
    """A line whose total is not what quantity, price and discount come to."""
    quantity, price, total = (_value(schema, record, label) for label in ("Qty", "Unit Price", "Line Total"))
    if quantity is None or price is None or total is None:
        return []
    discount = _value(schema, record, "Discount %") or Decimal(0)
    if _cents(quantity * price * (100 - discount) / 100) == _cents(total):
        return []
    detail = f"Line {record.id}: its total is not quantity times price less discount; it is kept."
    return [Finding(code="line-total-differs", object="LineItem", key=record.id, where=record.where, detail=detail)]


def _value(schema: ObjectSchema, record: Record, label: str) -> Decimal | None:
    field = schema.field(label)
    value = parse(field, str(record.values.get(label, "")), _UTC).value if field else None
    return Decimal(str(value)) if isinstance(value, int | float) else None


def _cents(amount: Decimal) -> int:
    return int(amount.quantize(_CENT, ROUND_HALF_UP).scaleb(2))


def _through(flow: Flow[Schema]) -> None:
    """Run a flow that needs no network."""
    for request in flow:
        raise TypeError(f"an export asks for {request.path}")
