"""A vendor's CSV export alone, read by the same table: the same objects and field keys as over the API."""

from collections.abc import Mapping
from pathlib import Path

import msgspec

from adapters.protocols import Finding, Flow, Lack, ObjectSchema, Page, Schema
from adapters.sources.dialect import Dialect
from adapters.sources.rest import derived
from adapters.sources.rest.deriving import Deriver
from adapters.sources.rest.supplement import Supplement
from adapters.sources.rest.table import Endpoint, Learned, Table


class ExportSource:
    """An export (a folder, a ZIP or one CSV file) as a source; records are known by their content.

    `dialects` are those of an earlier export, as `dialects` gave them.
    """

    def __init__(self, table: Table, path: Path, dialects: Mapping[str, Dialect] | None = None) -> None:
        self.table = table
        self._supplement = Supplement(table, path, dialects)
        self._learned = Learned()
        self._schema: Schema | None = None
        self._deriver = Deriver(table.derived, self._page)

    def schema(self) -> Flow[Schema]:
        """Objects, fields and findings. Raises UnreadableError for an export that cannot be read as it is."""
        found = yield from self._supplement.describe()
        objects: list[ObjectSchema] = [derived.described(one) for one in self.table.derived]
        findings, lacks = list(found.findings), list(self.table.lacks)
        for endpoint in self.table.endpoints:
            if self._supplement.has(endpoint):
                described = yield from self._supplement.survey(endpoint, endpoint.columns, self._learned)
                objects.append(described)
                continue
            objects.append(_absent(endpoint))
            findings.append(_missing(endpoint))
            lacks.append(_lack(endpoint))
        self._deriver.forget()
        self._schema = msgspec.structs.replace(
            found, objects=tuple(objects), findings=tuple(findings), lacks=tuple(lacks)
        )
        return self._schema

    def read(self, object: str, since: str | None, at: str | None) -> Flow[Page]:  # noqa: ARG002 - a full snapshot
        """One page of an object. `since` is not heeded: an export is a full snapshot."""
        if self._schema is None:
            yield from self.schema()
        if self._deriver.makes(object):
            return (yield from self._deriver.page(object, at))
        return (yield from self._page(object, at))

    @property
    def dialects(self) -> dict[str, Dialect]:
        """How each file is written, by file name."""
        return self._supplement.export.dialects

    def _page(self, object: str, at: str | None) -> Flow[Page]:
        endpoint = next((e for e in self.table.endpoints if e.object == object), None)
        if endpoint is None:
            raise ValueError(f"{self.table.system} has no object {object!r}.")
        if not self._supplement.has(endpoint):
            return Page(records=())
        page = yield from self._supplement.read(endpoint, endpoint.columns, self._learned, at)
        records = tuple(msgspec.structs.replace(record, raw=None) for record in page.records)
        return msgspec.structs.replace(page, records=records)


def _absent(endpoint: Endpoint) -> ObjectSchema:
    return ObjectSchema(name=endpoint.object, label=endpoint.label, fields=(), count=0, method="no file in the export")


def _missing(endpoint: Endpoint) -> Finding:
    return Finding(
        code="not-in-export", object=endpoint.object,
        detail=f"The export has no {endpoint.label}: fill the workbook with them, or give a key of the API.",
    )  # fmt: skip


def _lack(endpoint: Endpoint) -> Lack:
    return Lack(
        action="export", entity=endpoint.object, what=f"The CSV export has no {endpoint.label}.",
        instead="They come from the workbook that people fill by hand, or are not moved.",
    )  # fmt: skip
