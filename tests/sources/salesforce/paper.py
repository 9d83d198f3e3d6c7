"""An org on paper: answers the requests of an adapter from the recorded bundle, as strictly as an org would.

No network and no server: a flow is driven by hand, the adapter's own verdict deciding what it is sent.
"""

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote_plus

from adapters.protocols import (
    Done,
    Flow,
    Record,
    Refused,
    RefusedError,
    Request,
    Response,
    UnreachableError,
    Wait,
)

T = TypeVar("T")
Row = dict[str, Any]

BUNDLE = Path(__file__).parents[2] / "bundles" / "improveit360"
BASE, DELTA = BUNDLE / "org", BUNDLE / "delta" / "org"
NOW = {BASE: "Fri, 14 Mar 2025 18:00:00 GMT", DELTA: "Sat, 15 Mar 2025 18:00:00 GMT"}
MARK = "2025-03-14T18:00:00Z"
LINE_MOST = 16 * 1024
WAITS_MOST = 10

_QUERY = re.compile(r"SELECT (.+?) FROM (\w+)(?: WHERE (.+?))?(?: (ORDER BY Id))?(?: LIMIT (\d+))?")
TOOLING = {"ValidationRule", "Flow", "AssignmentRule", "WorkflowRule", "ApexTrigger", "InstalledSubscriberPackage"}
_CONDITION = re.compile(r"([\w.]+) (=|>=|>|IN) (.+)")


def loaded(path: Path) -> Any:
    """A JSON file of the bundle."""
    return json.loads(path.read_text(encoding="utf-8"))


class PaperOrg:
    """The org of one day.

    page: records a page at most. everything: our user has Query All Files. hidden: (object, field) pairs that describes
    show and queries refuse. refuse: answers instead of the org where it gives a response. asked: every request.
    """

    def __init__(self, folder: Path = BASE, *, page: int = 8, everything: bool = False) -> None:
        self.folder = folder
        self.page = page
        self.everything = everything
        self.hidden: set[tuple[str, str]] = set()
        self.refuse: Callable[[Request], Response | None] = lambda _request: None
        self.asked: list[Request] = []
        self.records: dict[str, list[Row]] = {p.stem: loaded(p) for p in (folder / "records").glob("*.json")}
        self.described: dict[str, Row] = {p.stem: loaded(p) for p in (BASE / "describe").glob("*.json")}
        self.sobjects: Row = loaded(BASE / "http" / "sobjects.json")
        self.jobs: dict[str, list[Any]] = {}
        self.tooling: dict[str, list[Row]] = {
            "ValidationRule": loaded(BASE / "tooling" / "validation_rules.json")["records"]
        }

    def queries(self) -> list[str]:
        """The SOQL that was asked."""
        return [r.query["q"] for r in self.asked if "q" in r.query]

    def answer(self, request: Request) -> Response:
        """The org's answer."""
        self.asked.append(request)
        assert not request.unsafe, "a source only asks"
        line = request.path + "?" + "&".join(f"{k}={quote_plus(v)}" for k, v in request.query.items())
        if len(line) > LINE_MOST:
            return Response(status=414, text="<html>URI Too Long</html>")
        answer = self.refuse(request) or self._answer(request)
        headers = {"date": NOW[self.folder], "sforce-limit-info": "api-usage=18/5000", **answer.headers}
        return Response(status=answer.status, headers=headers, body=answer.body, text=answer.text)

    def _answer(self, request: Request) -> Response:
        if request.path == "/services/data/":
            return ok(loaded(BASE / "http" / "versions.json"))
        if request.path == "/services/oauth2/token":
            return ok(loaded(BASE / "http" / "token.json"))
        rest = request.path.removeprefix("/services/data/v61.0/")
        match rest.split("/"):
            case [""]:
                return ok({"sobjects": "/services/data/v61.0/sobjects", "query": "/services/data/v61.0/query"})
            case ["limits", *_] | ["sobjects"]:
                return self._listed(rest, request.query)
            case ["composite", "batch"]:
                return self._batch(request.body)
            case ["query" | "queryAll" as how]:
                return self._query(request.query["q"], everything=how == "queryAll")
            case ["tooling", "query"]:
                return self._tooling(request.query["q"])
            case ["jobs", "query"] | ["jobs", "query", *_]:
                return self._bulk(request, rest)
            case ["sobjects", name, "deleted", ""]:
                return self._deleted(name, request.query)
            case ["sobjects", "ContentVersion" | "Attachment", id, "VersionData" | "Body"]:
                return self._body(id, request)
        raise AssertionError(f"the org has no {request.path}")

    def _tooling(self, soql: str) -> Response:
        """Rules and automation: those that the folder has; the inside of a thing is asked for one by one."""
        found = _QUERY.fullmatch(soql)
        assert found, f"no SOQL: {soql}"
        fields, name, where, _, _ = found.groups()
        assert name in TOOLING, f"the Tooling API has no {name}"
        rows = self.tooling.get(name, [])
        for condition in where.split(" AND ") if where else []:
            field, fits = self._condition(condition)
            rows = [row for row in rows if fits(row.get(field))]
        if "Metadata" in fields and len(rows) > 1:
            return refused("MALFORMED_QUERY", f"no more than one row for retrieval. Result size: {len(rows)}")
        return ok({"size": len(rows), "totalSize": len(rows), "done": True, "records": rows})

    def _listed(self, rest: str, query: dict[str, str]) -> Response:
        if rest == "sobjects":
            return ok(self.sobjects)
        if rest == "limits":
            return ok(loaded(BASE / "http" / "limits.json"))
        wanted = query["sObjects"].split(",")
        lines = loaded(BASE / "http" / "recordCount.json")["sObjects"]
        return ok({"sObjects": [line for line in lines if line["name"] in wanted]})

    def _batch(self, body: Row) -> Response:
        results = []
        for part in body["batchRequests"]:
            name = part["url"].split("/")[-2]
            if name in self.described:
                results.append({"statusCode": 200, "result": self.described[name]})
            else:
                results.append({"statusCode": 404, "result": [{"errorCode": "NOT_FOUND", "message": "not there"}]})
        return ok({"hasErrors": any(r["statusCode"] != 200 for r in results), "results": results})

    # --- queries ---------------------------------------------------------------------------------------------------

    def _query(self, soql: str, *, everything: bool) -> Response:
        found = _QUERY.fullmatch(soql)
        assert found, f"no SOQL: {soql}"
        fields, name, where, order, limit = found.groups()
        if name not in self.records:
            return refused("INVALID_TYPE", f"sObject type '{name}' is not supported.")
        wanted = fields.split(",")
        conditions = [self._condition(c) for c in where.split(" AND ")] if where else []
        for field in {*wanted, *(c[0] for c in conditions)} - {"COUNT()"}:
            if complaint := self._no_field(name, field, filtered=field in {c[0] for c in conditions}):
                return complaint
        if name == "ContentDocumentLink" and not self.everything and not conditions:
            return refused("MALFORMED_QUERY", "a filter on a single Id, ContentDocumentId or LinkedEntityId is needed")
        rows = [r for r in self.records[name] if everything or not (r.get("IsDeleted") or r.get("IsArchived"))]
        rows = [r for r in rows if all(fits(r.get(field)) for field, fits in conditions)]
        if fields == "COUNT()":
            return ok({"totalSize": len(rows), "done": True, "records": []})
        if order:
            rows.sort(key=lambda r: str(r["Id"]))
        rows = rows[: int(limit)] if limit else rows
        shown = [{"attributes": r["attributes"], **{f: r[f] for f in wanted}} for r in rows]
        return self._paged(shown)

    def _paged(self, rows: list[Row]) -> Response:
        whole = len(rows) <= self.page
        body = {"totalSize": len(rows), "done": whole, "records": rows[: self.page]}
        if not whole:
            locator = f"0r8{len(self.jobs):012}-{self.page}"
            self.jobs[locator] = rows[self.page :]
            body["nextRecordsUrl"] = f"/services/data/v61.0/query/{locator}"
        return ok(body)

    def _condition(self, text: str) -> tuple[str, Callable[[Any], bool]]:
        found = _CONDITION.fullmatch(text)
        assert found, f"no condition: {text}"
        field, operator, literal = found.groups()
        if operator == "IN":
            ids = re.findall(r"'([^']*)'", literal)
            assert 0 < len(ids) <= 200
            return field, lambda value: value in ids
        if literal in ("true", "false"):
            return field, lambda value: bool(value) == (literal == "true")
        if literal.startswith("'"):
            bare = literal[1:-1]
            return field, (lambda value: value == bare) if operator == "=" else (lambda value: str(value) > bare)
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", literal), literal
        return field, lambda value: value is not None and value.replace(".000+0000", "Z") >= literal

    def _no_field(self, name: str, field: str, *, filtered: bool) -> Response | None:
        fields = {f["name"]: f for f in self.described[name]["fields"]}
        if field not in fields or (name, field) in self.hidden:
            return refused("INVALID_FIELD", f"\nSELECT\n ^\nNo such column '{field}' on entity '{name}'. If you are")
        if filtered and not fields[field]["filterable"]:
            return refused("INVALID_FIELD", f"field '{field}' can not be filtered in a query call")
        return None

    # --- Bulk, deletions, files --------------------------------------------------------------------------------------

    def _bulk(self, request: Request, rest: str) -> Response:
        if request.method == "POST":
            assert not re.search("ORDER BY|LIMIT", request.body["query"])
            inner = self._whole(request.body["query"], everything=request.body["operation"] == "queryAll")
            if inner.status != 200:
                return inner
            id = f"750{len(self.jobs):012}AAA"
            self.jobs[id] = [inner.body["records"], 0]
            return ok({"id": id, "state": "UploadComplete"})
        id = rest.split("/")[2]
        if id not in self.jobs:
            return Response(status=404, body=[{"errorCode": "NOT_FOUND", "message": "no such job"}])
        if rest.endswith("/results"):
            return self._part(self.jobs[id][0], int(request.query.get("locator") or 0))
        self.jobs[id][1] += 1
        return ok({"id": id, "state": "JobComplete" if self.jobs[id][1] > 2 else "InProgress"})

    def _whole(self, soql: str, *, everything: bool) -> Response:
        page, self.page = self.page, 1_000_000
        try:
            return self._query(soql, everything=everything)
        finally:
            self.page = page

    def _part(self, rows: list[Row], start: int, size: int = 9) -> Response:
        text = csv_of([{k: v for k, v in row.items() if k != "attributes"} for row in rows[start : start + size]])
        locator = str(start + size) if start + size < len(rows) else "null"
        count = str(len(rows[start : start + size]))
        headers = {"content-type": "text/csv", "sforce-locator": locator, "sforce-numberofrecords": count}
        return Response(status=200, headers=headers, text=text)

    def _deleted(self, name: str, query: dict[str, str]) -> Response:
        assert query["start"] < query["end"]
        path = self.folder / "http" / f"getDeleted-{name}.json"
        nothing = {"deletedRecords": [], "earliestDateAvailable": "2025-02-28T00:00:00.000+0000",
                   "latestDateCovered": query["end"]}  # fmt: skip
        return ok(loaded(path) if path.exists() else nothing)

    def _body(self, id: str, request: Request) -> Response:
        path = self.folder / "bodies" / id
        if not path.exists():
            return Response(status=404, body=[{"errorCode": "NOT_FOUND", "message": "The requested resource ..."}])
        if request.raw:
            return Response(status=200, headers={"content-type": "text/html"}, text=path.read_text(encoding="utf-8"))
        assert request.save
        return ok({"sha256": "0" * 64, "size": path.stat().st_size, "path": str(path)})


def ok(body: Any) -> Response:
    """An answer."""
    return Response(status=200, body=body)


def refused(code: str, message: str, status: int = 400) -> Response:
    """A refusal in the form of data errors."""
    return Response(status=status, body=[{"errorCode": code, "message": message}])


def csv_of(rows: list[Row]) -> str:
    """Rows as Bulk API writes them: every cell quoted, no difference between null and nothing, numbers with a point."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerow(rows[0] if rows else [])
    writer.writerows([_bulk_cell(v) for v in row.values()] for row in rows)
    return out.getvalue()


def _bulk_cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return f"{value}.0"
    return str(value).replace(".000+0000", ".000Z")


def drive(source: Any, org: PaperOrg, flow: Flow[T]) -> T:
    """Run a flow against the org, as the driver would."""
    waits = 0
    try:
        request = next(flow)
        while True:
            response = org.answer(request)
            verdict = source.verdict(request, response)
            if isinstance(verdict, Done):
                request = flow.send(response)
            elif isinstance(verdict, Refused):
                request = flow.throw(RefusedError(verdict))
            elif isinstance(verdict, Wait) and (waits := waits + 1) <= WAITS_MOST:
                continue
            else:
                request = flow.throw(UnreachableError(str(verdict)))
    except StopIteration as stop:
        result: T = stop.value
        return result


def read_all(source: Any, org: PaperOrg, object: str, since: str | None = None) -> list[Record]:
    """All records of an object, page by page."""
    records: list[Record] = []
    at: str | None = None
    while True:
        page = drive(source, org, source.read(object, since, at))
        records.extend(page.records)
        at = page.next
        if at is None:
            return records


def by_id(records: list[Record]) -> dict[str, Record]:
    """Records by their ids."""
    return {record.id: record for record in records}
