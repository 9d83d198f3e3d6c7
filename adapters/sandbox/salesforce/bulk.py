"""Bulk API 2.0 query jobs: made, looked at until they are complete, read in parts, deleted."""

import base64
import binascii
from typing import Any

from adapters.protocols import Json, Response
from adapters.sandbox.salesforce import ids, plans, queries, rights, sheet, soql, times
from adapters.sandbox.salesforce.ask import Ask
from adapters.sandbox.salesforce.errors import JSON, RefusedError, missing
from adapters.sandbox.salesforce.plans import Plan
from adapters.sandbox.salesforce.state import DAY, Draft, Row

LASTS_DAYS = 7
_REFUSED = {
    "typeof": "TYPEOF not supported in Bulk Query",
    "sub-query": "Aggregate Relationships not supported in Bulk V2 Query with CSV content type.",
    "aggregate": "Aggregate functions not supported in Bulk Query",
    "group by": "GROUP BY not supported in Bulk Query",
}
_UNSUPPORTED = (
    "RecentlyViewed",
    "TaskWhoRelation",
    "EventWhoRelation",
    "ContentFolderItem",
    "Vote",
    "UserRecordAccess",
)
_CHOICES = (
    ("contentType", ("CSV",), "CSV"),
    ("columnDelimiter", tuple(sheet.DELIMITERS), "COMMA"),
    ("lineEnding", tuple(sheet.ENDINGS), "LF"),
)
_TIME_FOR_TEN = 812


def create(draft: Draft, ask: Ask) -> Response:
    """POST /jobs/query."""
    body = ask.mapping()
    operation = body.get("operation")
    if operation not in ("query", "queryAll"):
        raise RefusedError("INVALIDOPERATION", f"Operation {operation!r} is not one of query, queryAll")
    chosen = {}
    for name, allowed, usual in _CHOICES:
        chosen[name] = body.get(name, usual)
        if chosen[name] not in allowed:
            raise RefusedError("INVALIDJOB", f"{name} {chosen[name]!r} is not one of {', '.join(allowed)}")
    plan = _prepare(draft, str(body.get("query") or ""))
    found = plans.rows(draft, plan, everything=operation == "queryAll")
    key = ids.numbered("750", draft.next("job"))
    job = {
        "operation": operation, "query": plan.statement.text, "object": plan.described["name"], "born": draft.now,
        "state": "UploadComplete", "looks": 0, "version": draft.version, "by": rights.reader(draft)["Id"], **chosen,
        "ids": [row["Id"] for row in found],
    }  # fmt: skip
    draft.put("jobs", key, job)
    _forget_old(draft)
    return Response(status=200, body=_shown(key, job, looked=False), headers=JSON)


def _prepare(draft: Draft, text: str) -> Plan:
    """A query that Bulk takes. Raises RefusedError."""
    statement = soql.parse(text)
    if statement.object in _UNSUPPORTED or statement.object.endswith(("Status", "ChangeEvent")):
        raise RefusedError("INVALIDENTITY", f"Entity '{statement.object}' is not supported by the Bulk API.")
    if statement.counts:
        raise RefusedError("API_ERROR", _REFUSED["aggregate"])
    for word in statement.more:
        if word in _REFUSED:
            raise RefusedError("API_ERROR", _REFUSED[word])
    if statement.offset:
        raise RefusedError("API_ERROR", "OFFSET not supported in Bulk Query")
    if statement.every:
        raise RefusedError("API_ERROR", "FIELDS function not supported in Bulk Query")
    plan = queries.prepare(draft, text)
    for one in plan.columns:
        if one.field["type"] in ("address", "location"):
            raise RefusedError("API_ERROR", "Selecting compound data not supported in Bulk Query")
        if one.field["type"] == "base64":
            draft.doubt("the code of a Bulk query for a base64 field")
            raise RefusedError("API_ERROR", f"Selecting base64 field '{one.name}' not supported in Bulk Query")
    if statement.order or statement.limit is not None:
        draft.doubt("ORDER BY or LIMIT in a Bulk query: allowed, but it switches chunks off and may time out")
    return plan


def look(draft: Draft, ask: Ask) -> Response:
    """GET /jobs/query/<id>: each look takes the job further."""
    key, job = _job(draft, ask)
    if job["state"] in ("UploadComplete", "InProgress"):
        looks = job["looks"] + 1
        ready = looks >= draft.settings.job_polls
        done = "Failed" if job["object"] in draft.settings.failing else "JobComplete"
        job = {**job, "looks": looks, "state": done if ready else "InProgress"}
        draft.put("jobs", key, job)
    return Response(status=200, body=_shown(key, job, looked=True), headers=JSON)


def every(draft: Draft, ask: Ask) -> Response:
    """GET /jobs/query: the jobs that there are."""
    del ask
    shown = [_shown(key, job, looked=False) for key, job in draft.table("jobs").items()]
    return Response(status=200, body={"done": True, "records": shown, "nextRecordsUrl": None}, headers=JSON)


def results(draft: Draft, ask: Ask) -> Response:
    """GET /jobs/query/<id>/results?maxRecords=&locator=: one part, with the header row."""
    _, job = _job(draft, ask)
    if job["version"] != draft.version:
        draft.doubt("the code of a 409 for results of a job of another API version")
        message = f"The job was created with version {job['version']}: use that one to get its results."
        raise RefusedError("API_ERROR", message, 409)
    if job["state"] != "JobComplete":
        draft.doubt("the code for results of a job that is not complete")
        raise RefusedError("INVALIDJOBSTATE", f"There are no results: the job is {job['state']}")
    start = _offset(draft, ask.query.get("locator", ""), len(job["ids"]))
    size = min(_positive(ask.query.get("maxRecords", str(draft.settings.part))), draft.settings.part)
    end = min(start + size, len(job["ids"]))
    plan = queries.prepare(draft, job["query"])
    table = draft.state.rows.get(job["object"], {})
    rows = [table[key] for key in job["ids"][start:end] if key in table]
    text = sheet.sheet(draft, plan.columns, rows, job["columnDelimiter"], job["lineEnding"])
    headers = {"content-type": "text/csv", "sforce-numberofrecords": str(len(rows))}
    headers["sforce-locator"] = "null" if end == len(job["ids"]) else _locator(end)
    return Response(status=200, text=text, headers=headers)


def change(draft: Draft, ask: Ask) -> Response:
    """PATCH /jobs/query/<id> {"state": "Aborted"}."""
    key, job = _job(draft, ask)
    if ask.mapping().get("state") != "Aborted" or job["state"] not in ("UploadComplete", "InProgress"):
        draft.doubt("the code for a job that cannot be aborted")
        raise RefusedError("INVALIDJOBSTATE", f"The job is {job['state']} and can only be Aborted while it runs")
    job = {**job, "state": "Aborted"}
    draft.put("jobs", key, job)
    return Response(status=200, body=_shown(key, job, looked=True), headers=JSON)


def remove(draft: Draft, ask: Ask) -> Response:
    """DELETE /jobs/query/<id>."""
    key, job = _job(draft, ask)
    if job["state"] in ("UploadComplete", "InProgress"):
        draft.doubt("the code for a running job that is deleted")
        raise RefusedError("INVALIDJOBSTATE", f"The job is {job['state']}: abort it first")
    draft.put("jobs", key, None)
    return Response(status=204)


def _job(draft: Draft, ask: Ask) -> tuple[str, Row]:
    key = ids.exact(ask.params["id"]) or ""
    job = draft.table("jobs").get(key)
    if job is None or _is_old(draft, job):
        raise missing()
    return key, job


def _is_old(draft: Draft, job: Row) -> bool:
    return bool(draft.now > job["born"] + LASTS_DAYS * DAY)


def _forget_old(draft: Draft) -> None:
    for key, job in draft.table("jobs").items():
        if _is_old(draft, job):
            draft.put("jobs", key, None)


def _shown(key: str, job: Row, *, looked: bool) -> Json:
    at = times.rest(job["born"])
    out: dict[str, Any] = {
        "id": key, "operation": job["operation"], "object": job["object"], "createdById": job["by"],
        "createdDate": at, "systemModstamp": at, "state": job["state"], "concurrencyMode": "Parallel",
        "contentType": job["contentType"], "apiVersion": float(job["version"]), "lineEnding": job["lineEnding"],
        "columnDelimiter": job["columnDelimiter"],
    }  # fmt: skip
    if looked:
        done = job["state"] == "JobComplete"
        out["numberRecordsProcessed"] = len(job["ids"]) if done else 0
        out |= {"retries": 0, "totalProcessingTime": _TIME_FOR_TEN if done else 0}
    if job["state"] == "Failed":
        out["errorMessage"] = "InternalServerError : the query could not be processed"
    return out


def _positive(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise RefusedError("INVALIDREQUEST", f"maxRecords {text!r} is not a number above zero")
    return int(text)


def _locator(offset: int) -> str:
    return base64.urlsafe_b64encode(str(offset).encode()).decode().rstrip("=")


def _offset(draft: Draft, locator: str, most: int) -> int:
    if not locator:
        return 0
    try:
        offset = int(base64.urlsafe_b64decode(locator + "=" * (-len(locator) % 4)))
    except (ValueError, binascii.Error):
        offset = -1
    if not 0 < offset < most:
        draft.doubt("the code of a Bulk locator that there is not")
        raise RefusedError("INVALIDLOCATOR", f"{locator!r} is no locator of this job")
    return offset
