"""The weekly data export of an org: a folder or a ZIP, one CSV file an object, named and headed as the API names them.

It holds no describes: types come from the cells, and what a column refers to from how its ids begin. Records come out
with the same texts as by the API, as far as the files say the same. There is no incremental read.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import BinaryIO

import msgspec

from adapters.protocols import Finding, Flow, Json, ObjectSchema, Page, Schema, User
from adapters.sources import UnreadableError
from adapters.sources.bundle import Table, open_bundle
from adapters.sources.dialect import Dialect, confirm, propose
from adapters.sources.names import fold
from adapters.sources.notes import Notes
from adapters.sources.salesforce.bodies import ExportFiles, open_body
from adapters.sources.salesforce.cells import Row, Rows
from adapters.sources.salesforce.describing import Info, object_schema
from adapters.sources.salesforce.people import People, queue_owner
from adapters.sources.salesforce.product import Insight, Product, Values, split_up
from adapters.sources.salesforce.shelf import PLACES, Shelf
from adapters.sources.salesforce.survey import Survey, surveyed
from adapters.sources.tabular import rows

PAGE_RECORDS = 2000
"""Records a page."""

_HEADERS = frozenset(map(fold, ("Id", "IsDeleted", "OwnerId", "Name", "CreatedDate", "CreatedById", "SystemModstamp")))
_PEOPLE = ("User", "Group", "Organization")
"""Files that tell of the account; they are no objects of ours."""


class _Known(msgspec.Struct, kw_only=True):
    """What a look at the whole export has found out."""

    infos: dict[str, Info]
    rows: dict[str, Rows]
    insight: Insight
    files: ExportFiles
    schema: Schema


class WeeklyExport:
    """An export as a source (`Attachments` too, where files were exported with it).

    `dialects` are those of an earlier export, by file: one that no longer fits is refused.
    """

    def __init__(self, product: Product, path: Path, dialects: Mapping[str, Dialect] | None = None) -> None:
        self._product = product
        self._path = path
        self._stored = dict(dialects or {})
        self._tables: dict[str, list[tuple[Table, Dialect]]] = {}
        self._known: _Known | None = None
        self._open: dict[str, tuple[int, Iterator[Row]]] = {}

    def schema(self) -> Flow[Schema]:
        """What the export holds; reads every file once. Raises `UnreadableError` for what cannot be read as it is."""
        yield from ()
        return self._described().schema

    def read(self, object: str, since: str | None, at: str | None) -> Flow[Page]:  # noqa: ARG002 - a full snapshot
        """A page of records, from the record number `at` on. `since` is ignored: an export is always all there is."""
        known = self._described()
        info = known.infos.get(object)
        if info is None:
            if known.schema.object(object) is None:
                raise ValueError(f"{self._product.name} has no object {object!r}.")
            return known.files.page(object, int(at or 0))
        found = self._page_of(info, int(at or 0))
        reader = known.rows[object]
        values = [reader.values(row) for row in found]
        yield from known.insight.fill(object, values)
        records = tuple(reader.record(row, texts) for row, texts in zip(found, values, strict=True))
        queues = (queue_owner(object, record.id, str(record.values.get("OwnerId", ""))) for record in records)
        following = str(int(at or 0) + PAGE_RECORDS) if len(found) == PAGE_RECORDS else None
        return Page(records=records, next=following, findings=tuple(filter(None, queues)))

    def open(self, reference: str) -> BinaryIO:
        """The body of a file, where the export was ordered with images, documents and attachments."""
        return open_body(self._path, reference)

    @property
    def dialects(self) -> dict[str, Dialect]:
        """How each file is written, by file name."""
        self._described()
        return {table.name: dialect for parts in self._tables.values() for table, dialect in parts}

    # --- rows --------------------------------------------------------------------------------------------------------

    def _page_of(self, info: Info, offset: int) -> list[Row]:
        # pages are asked for in order: going on where the last one ended keeps a whole read linear
        place, going_on = self._open.pop(info.name, (0, iter(())))
        if place != offset or not place:
            going_on = islice(self._of(info), offset, None)
        found = list(islice(going_on, PAGE_RECORDS))
        if len(found) == PAGE_RECORDS:
            self._open[info.name] = (offset + PAGE_RECORDS, going_on)
        return found

    def _of(self, info: Info) -> Iterator[Row]:
        """The rows of one of our objects."""
        return (row for row in self._rows(info.sobject) if _fulfils(row, info.conditions))

    def _rows(self, sobject: str) -> Iterator[Row]:
        for table, dialect in self._tables.get(sobject, ()):
            for row in rows(table, dialect, Notes(sobject, table.name)):
                yield dict(zip(dialect.columns, row.cells, strict=True))

    # --- looking at it -----------------------------------------------------------------------------------------------

    def _described(self) -> _Known:
        if self._known is None:
            self._known = self._look()
        return self._known

    def _look(self) -> _Known:
        bundle = open_bundle(self._path)
        findings = list(bundle.findings)
        surveys: dict[str, Survey] = {}
        for table in bundle.tables:
            self._survey(table, surveys, findings)
        if not surveys:
            raise UnreadableError(
                f"{self._path.name}: none of its files is an object of Salesforce (a CSV with the column Id, named "
                "like the object). Name the folder or the ZIP of the data export."
            )
        infos = surveyed(surveys)
        parts = {
            part.name: part
            for name, info in infos.items()
            if name not in (*PLACES, *_PEOPLE) and not name.endswith("__History")
            for part in split_up(info)
        }
        kinds = {info.prefix: name for name, info in infos.items() if info.prefix and name in parts}
        readers = {name: Rows(info, kinds) for name, info in {**infos, **parts}.items()}
        insight = self._product.learn(self._texts(readers), infos)
        people = self._people(readers)
        shelf = Shelf(infos, all_files=True)
        schemas = self._schemas(parts, insight, surveys, readers)
        edition, sentence = self._product.edition(parts)
        account: dict[str, Json] = {**_company(self._texts(readers)("Organization")), **insight.account(schemas)}
        findings += [*people.findings, *insight.findings(schemas)]
        if sentence:
            findings.append(Finding(code="edition", detail=sentence))
        known = {user.id for user in people.users}
        strangers: list[User] = [user for user in insight.users() if user.id not in known]
        schema = Schema(
            system=self._product.name,
            objects=(*schemas.values(), *shelf.schemas(list(parts))),
            users=(*people.users, *strangers),
            findings=tuple(findings),
            fingerprint=bundle.digest(),
            account=account | ({"edition": edition} if edition else {}),
        )
        files = ExportFiles(self._rows, shelf, kinds, self._path)
        return _Known(infos=parts, rows=readers, insight=insight, files=files, schema=schema)

    def _survey(self, table: Table, surveys: dict[str, Survey], findings: list[Finding]) -> None:
        name = PurePosixPath(table.name).stem
        notes = Notes(name, table.name)
        stored = self._stored.get(table.name)
        dialect = confirm(table, stored) if stored else propose(table, _HEADERS).dialect
        if "Id" not in dialect.columns:
            detail = f"{table.name} has no column Id: it is no object of the data export."
            findings.append(Finding(code="unknown-file", where=table.name, detail=detail))
            return
        survey = surveys.setdefault(name, Survey(name, dialect.columns))
        if survey.columns != dialect.columns:
            raise UnreadableError(f"{table.name} has other columns than another file of {name}; export all alike.")
        for row in rows(table, dialect, notes):
            survey.add(row.cells)
        self._tables.setdefault(name, []).append((table, dialect))
        findings.extend(notes.findings())

    def _schemas(
        self,
        infos: Mapping[str, Info],
        insight: Insight,
        surveys: Mapping[str, Survey],
        readers: Mapping[str, Rows],
    ) -> dict[str, ObjectSchema]:
        names: dict[str, list[str]] = {}
        for info in infos.values():
            names.setdefault(info.sobject, []).append(info.name)
        found: dict[str, ObjectSchema] = {}
        for name, info in infos.items():
            survey = self._apart(info, surveys[info.sobject].columns) if info.apart else surveys[info.sobject]
            shaped = insight.shape(object_schema(info, names, self._product.packages))
            found[name] = msgspec.structs.replace(
                shaped,
                fields=tuple(survey.seen_in(field, readers[name]) for field in shaped.fields),
                incremental=False,
                count=survey.count,
                method=f"records of {', '.join(table.name for table, _ in self._tables[info.sobject])}",
            )
        return found

    def _apart(self, info: Info, columns: Sequence[str]) -> Survey:
        """What the rows of an object show that shares its file with others."""
        survey = Survey(info.name, columns)
        for row in self._of(info):
            survey.add([str(row[column]) for column in columns])
        return survey

    def _texts(self, readers: Mapping[str, Rows]) -> Callable[[str], Iterator[Values]]:
        def texts(sobject: str) -> Iterator[Values]:
            return (readers[sobject].values(row) for row in self._rows(sobject)) if sobject in readers else iter(())

        return texts

    def _people(self, readers: Mapping[str, Rows]) -> People:
        people = People()
        for values in self._texts(readers)("User"):
            people.add({"UserType": "Standard", **values})
        return people


def _fulfils(row: Row, conditions: Sequence[str]) -> bool:
    """Whether a row fulfils the conditions of a split: "<column> = true", "<column> = false"."""
    for condition in conditions:
        name, _, wanted = condition.partition(" = ")
        if (str(row.get(name)).lower() in ("true", "1")) != (wanted == "true"):
            return False
    return True


def _company(organizations: Iterator[Values]) -> dict[str, Json]:
    for values in organizations:
        return {"company": values.get("Name", ""), "zone": values.get("TimeZoneSidKey", "")}
    return {}
