"""A Salesforce org as a source."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from adapters.protocols import (
    Finding,
    Flow,
    ObjectSchema,
    Page,
    Probed,
    RefusedError,
    Request,
    Response,
    Schema,
    User,
    Verdict,
)
from adapters.sources import UnreadableError
from adapters.sources.salesforce import answers, bulk
from adapters.sources.salesforce.cells import Row, Rows
from adapters.sources.salesforce.deletions import deleted_page
from adapters.sources.salesforce.describing import Info, object_schema
from adapters.sources.salesforce.files import Files, download
from adapters.sources.salesforce.org import Org, reason
from adapters.sources.salesforce.people import queue_owner, read_account, read_people
from adapters.sources.salesforce.probing import probe
from adapters.sources.salesforce.product import ARCHIVED, Insight, Product, chosen, others, split_up
from adapters.sources.salesforce.reading import Hidden, conditions, is_narrow, read_part
from adapters.sources.salesforce.shelf import PLACES, Shelf, may_read_all
from adapters.sources.salesforce.soql import earlier, literal, select

OVERLAP = timedelta(minutes=15)
"""How long before a mark a delta begins: what was stamped earlier, and committed later, is in none of the two else."""

BULK_FROM = 2000
"""From how many records on an object is read by Bulk API, where it is read whole."""

_ROW, _JOB = "id", "job"


class _Known(msgspec.Struct, kw_only=True):
    """What `schema` has found out, and `read` needs."""

    infos: dict[str, Info]
    schemas: dict[str, ObjectSchema]
    rows: dict[str, Rows]
    insight: Insight
    files: Files
    schema: Schema


class Salesforce:
    """An org, read by REST, and by Bulk API where an object is large: with marks, deletions, a probe and downloads.

    bulk_from: see `BULK_FROM`; None: Bulk is used only where a query is too long for a request line.
    """

    unit = "calls"

    def __init__(self, product: Product, *, bulk_from: int | None = BULK_FROM) -> None:
        self.name = product.name
        self._product = product
        self._bulk_from = bulk_from
        self._org = Org()
        self._hidden = Hidden()
        self._known: _Known | None = None

    def price(self, request: Request) -> int:
        """API calls."""
        return answers.price(request)

    def verdict(self, request: Request, response: Response) -> Verdict:
        """What became of a request."""
        return answers.verdict(request, response)

    def probe(self) -> Flow[Probed]:
        """See `adapters.sources.salesforce.probing`."""
        return probe(self._product)

    # --- schema ----------------------------------------------------------------------------------------------------

    def schema(self) -> Flow[Schema]:
        """Describe the org as our user sees it, anew each time: fields come and go."""
        org = self._org
        self._hidden = Hidden()
        yield from org.choose_version()
        yield from org.list_objects()
        counts = yield from org.rough_counts(others(self._product, org.sobjects))
        described, findings = yield from org.describe(chosen(self._product, org.sobjects, counts))
        infos = {part.name: part for name, info in described.items() if name not in PLACES for part in split_up(info)}
        people = yield from read_people(org)
        account, more = yield from read_account(org)
        insight = yield from self._product.prepare(org, described)
        shelf = Shelf(described, all_files=(yield from may_read_all(org)))
        schemas = yield from self._schemas(infos, insight)
        kinds = _kinds(infos)
        shelves = shelf.schemas(list(infos))
        edition, sentence = self._product.edition(org.sobjects)
        account |= insight.account(schemas) | ({"edition": edition} if edition else {})
        findings += [*more, *people.findings, *insight.findings(schemas)]
        if sentence:
            findings.append(Finding(code="edition", detail=sentence))
        schema = Schema(
            system=self.name,
            objects=(*schemas.values(), *shelves),
            users=(*people.users, *_strangers(insight.users(), people.users)),
            findings=tuple(findings),
            account=account,
        )
        self._known = _Known(
            infos=infos,
            schemas=schemas,
            rows={name: Rows(info, kinds) for name, info in infos.items()},
            insight=insight,
            files=Files(org, shelf, list(infos.values()), kinds),
            schema=schema,
        )
        return schema

    def _schemas(self, infos: dict[str, Info], insight: Insight) -> Flow[dict[str, ObjectSchema]]:
        names: dict[str, list[str]] = {}
        for info in infos.values():
            names.setdefault(info.sobject, []).append(info.name)
        found: dict[str, ObjectSchema] = {}
        for name, info in infos.items():
            shaped = insight.shape(object_schema(info, names, self._product.packages))
            found[name] = yield from self._counted(info, shaped)
        return found

    def _counted(self, info: Info, schema: ObjectSchema) -> Flow[ObjectSchema]:
        everything = info.sobject in ARCHIVED and info.has("IsDeleted")
        live = ["IsDeleted = false"] if everything else []
        soql = select(["COUNT()"], info.sobject, [*info.conditions, *live])
        try:
            answer = yield from self._org.query(soql, everything=everything)
        except RefusedError as error:
            rough = (yield from self._org.rough_counts([info.sobject])) if info.name == info.sobject else {}
            method = f"about, by recordCount; COUNT() refused: {reason(error)}"
            count = rough.get(info.sobject)
            return msgspec.structs.replace(schema, count=count, estimated=count is not None, method=method)
        return msgspec.structs.replace(schema, count=int(answer.body["totalSize"]), method="SELECT COUNT()")

    def _described(self) -> Flow[_Known]:
        if self._known is None:
            yield from self.schema()
        assert self._known is not None  # noqa: S101 - `schema` has just set it
        return self._known

    # --- records ---------------------------------------------------------------------------------------------------

    def read(self, object: str, since: str | None, at: str | None) -> Flow[Page]:
        """One page of an object; deleted records say so. Cursors: "id:<last id>", "job:<id>:<locator>".

        A delta begins fifteen minutes before its mark; a first run has no lower bound.
        """
        known = yield from self._described()
        info = known.infos.get(object)
        if info is None:
            if object not in {o.name for o in known.schema.objects}:
                raise ValueError(f"{self.name} has no object {object!r}.")
            return (yield from known.files.page(object, at))
        start = earlier(since, OVERLAP) if since and known.schemas[object].incremental else None
        path, _, place = (at or self._first(known, info, start)).partition(":")
        if path == _JOB:
            return (yield from self._by_bulk(known, info, start, place))
        part = yield from read_part(self._org, info, self._hidden, start, place)
        following = f"{_ROW}:{part.after}" if part.after else None
        return (yield from self._page(known, info, part.rows, following, part.findings))

    def _first(self, known: _Known, info: Info, start: datetime | None) -> str:
        """Which way an object is read."""
        if not is_narrow(self._org, info, self._hidden):
            return f"{_JOB}:"
        count = known.schemas[info.name].count or 0
        large = self._bulk_from is not None and start is None and count > self._bulk_from
        return f"{_JOB}:" if large else f"{_ROW}:"

    def _by_bulk(self, known: _Known, info: Info, start: datetime | None, place: str) -> Flow[Page]:
        id, _, locator = place.partition(":")
        try:
            if not id:
                return (yield from self._new_job(info, start))
            if not locator:
                job = yield from bulk.finished_job(self._org, id)
                if job.failed:
                    return self._by_rest_instead(info, f"The Bulk job {id} failed: {job.failed}")
            part = yield from bulk.results_of(self._org, id, locator)
        except RefusedError as error:
            if id and error.verdict.status in (404, 409):  # forgotten after a week, or begun by another API version
                return Page(records=(), next=f"{_JOB}:")
            return self._by_rest_instead(info, reason(error))
        following = f"{_JOB}:{id}:{part.locator}" if part.locator else None
        return (yield from self._page(known, info, part.rows, following))

    def _new_job(self, info: Info, start: datetime | None) -> Flow[Page]:
        """Begin a job. Its id is the next cursor, so that another process goes on with the same job."""
        findings: list[Finding] = []
        while True:
            try:
                id = yield from bulk.start_job(
                    self._org, self._hidden.left(info), info.sobject, conditions(info, start),
                    everything=info.has("IsDeleted"),
                )  # fmt: skip
            except RefusedError as error:
                finding = self._hidden.note(info, error)
                if finding is None:
                    raise
                findings.append(finding)
            else:
                return Page(records=(), next=f"{_JOB}:{id}", findings=tuple(findings))

    def _by_rest_instead(self, info: Info, why: str) -> Page:
        if not is_narrow(self._org, info, self._hidden):
            raise UnreadableError(
                f"{info.name} has too many fields for REST, and Bulk API refuses it ({why}). Hide fields from our user "
                "that nobody needs, or have Bulk API switched on."
            )
        finding = Finding(code="bulk-refused", object=info.name, detail=f"{info.name} is read by REST instead. {why}.")
        return Page(records=(), next=f"{_ROW}:", findings=(finding,))

    def _page(
        self, known: _Known, info: Info, rows: Sequence[Row], following: str | None, findings: Sequence[Finding] = ()
    ) -> Flow[Page]:
        reader = known.rows[info.name]
        values = [reader.values(row) for row in rows]
        yield from known.insight.fill(info.name, values)
        records = tuple(reader.record(row, texts) for row, texts in zip(rows, values, strict=True))
        queues = (queue_owner(info.name, record.id, str(record.values.get("OwnerId", ""))) for record in records)
        return Page(records=records, next=following, findings=(*findings, *filter(None, queues)))

    # --- what changed ----------------------------------------------------------------------------------------------

    def mark(self) -> Flow[str]:
        """The org's own clock."""
        return literal((yield from self._org.now()))

    def deleted(self, object: str, since: str, at: str | None) -> Flow[Page]:
        """One page of what was deleted since a mark; see `adapters.sources.salesforce.deletions`."""
        known = yield from self._described()
        info = known.infos.get(object)
        if info is None:
            return Page(records=())  # files and notes are read whole each time
        return (yield from deleted_page(self._org, info, since, at))

    # --- files -----------------------------------------------------------------------------------------------------

    def download(self, reference: str) -> Flow[Response]:
        """The body of a file."""
        if not self._org.version:
            yield from self._org.choose_version()
        return (yield from download(self._org, reference))


def _kinds(infos: dict[str, Info]) -> dict[str, str]:
    """The name of our object by the first characters of its ids; the ordinary one where there are several."""
    found: dict[str, str] = {}
    for info in infos.values():
        if info.prefix:
            found.setdefault(info.prefix, info.sobject)
    return found


def _strangers(more: Sequence[User], users: Sequence[User]) -> list[User]:
    """Those of `more` that are no users."""
    known = {user.id for user in users}
    return [user for user in more if user.id not in known]
