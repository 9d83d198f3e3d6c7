"""One record by its id, its file, and what was deleted or changed between two times."""

import base64
import re

from adapters.protocols import Response
from adapters.sandbox.salesforce import describes, ids, queries, times
from adapters.sandbox.salesforce.ask import Ask
from adapters.sandbox.salesforce.errors import JSON, RefusedError, missing
from adapters.sandbox.salesforce.folder import stamp
from adapters.sandbox.salesforce.state import DAY, Draft, Row

_MINUTE = 60
DELETED_DAYS = 15
UPDATED_DAYS = 30
_BODIES = {"ContentVersion": "VersionData", "Attachment": "Body", "Document": "Body"}
_ZONED = re.compile(r" (\d{2}:?\d{2})$")


def described(draft: Draft, ask: Ask) -> Row:
    """The object that a path names. Raises RefusedError 404."""
    found = describes.find(draft, ask.params["object"])
    if found is None:
        raise missing()
    return found


def by_id(draft: Draft, ask: Ask) -> Response:
    """GET /sobjects/<Object>/<id>[?fields=A,B]."""
    one = described(draft, ask)
    row = _row(draft, one, ask.params["id"])
    if row.get("IsDeleted"):
        raise RefusedError("ENTITY_IS_DELETED", "entity is deleted", 404)
    wanted = tuple(name.strip().lower() for name in ask.query.get("fields", "").split(",") if name.strip())
    unknown = [name for name in wanted if describes.field(one, name) is None]
    if unknown:
        raise RefusedError("INVALID_FIELD", f"No such column '{unknown[0]}' on sobject of type {one['name']}")
    return Response(status=200, body=queries.everything(draft, one["name"], one, row["Id"], wanted), headers=JSON)


def body(draft: Draft, ask: Ask) -> Response:
    """GET /sobjects/ContentVersion/<id>/VersionData and the like: the bytes, whole."""
    one = described(draft, ask)
    row = _row(draft, one, ask.params["id"])
    content = draft.table("bodies").get(row["Id"])
    if _BODIES.get(one["name"]) != ask.params["field"] or content is None:
        raise missing()
    kind = str(row.get("ContentType") or "application/octetstream")
    return Response(status=200, content=base64.b64decode(content), headers={"content-type": kind})


def _row(draft: Draft, one: Row, text: str) -> Row:
    key = ids.exact(text)
    row = draft.state.rows.get(one["name"], {}).get(key or "")
    if row is None:
        raise missing()
    return row


def deleted(draft: Draft, ask: Ask) -> Response:
    """GET /sobjects/<Object>/deleted/?start=&end=: the delete log."""
    name, start, end, covered = _window(draft, ask, DELETED_DAYS)
    rows = draft.state.rows.get(name, {})
    found = {key: times.seconds(stamp(row)) for key, row in rows.items() if row.get("IsDeleted")}
    found |= {key: entry["at"] for key, entry in draft.table("gone").items() if entry["object"] == name}
    listed = sorted((at, key) for key, at in found.items() if start <= at < end and at <= covered)
    _most(draft, len(listed))
    earliest = (draft.now - DELETED_DAYS * DAY) // DAY * DAY
    out = {
        "deletedRecords": [{"id": key, "deletedDate": times.rest(at)} for at, key in listed],
        "earliestDateAvailable": times.rest(earliest),
        "latestDateCovered": times.rest(covered),
    }
    return Response(status=200, body=out, headers=JSON)


def updated(draft: Draft, ask: Ask) -> Response:
    """GET /sobjects/<Object>/updated/?start=&end=: the ids of what was made or changed and is still there."""
    name, start, end, covered = _window(draft, ask, UPDATED_DAYS)
    rows = draft.state.rows.get(name, {})
    found = {key: times.seconds(stamp(row)) for key, row in rows.items() if not row.get("IsDeleted")}
    listed = [key for key, at in found.items() if start <= at < end and at <= covered]
    _most(draft, len(listed))
    return Response(status=200, body={"ids": listed, "latestDateCovered": times.rest(covered)}, headers=JSON)


def _window(draft: Draft, ask: Ask, days: int) -> tuple[str, float, float, float]:
    """Object, start, end and the time up to which all changes are known; seconds do not count."""
    one = described(draft, ask)
    if not one["replicateable"]:
        message = f"sObject type '{one['name']}' can not be replicated."
        draft.doubt("the code of getDeleted for an object that is not replicateable")
        raise RefusedError("INVALID_TYPE_FOR_OPERATION", message)
    start, end = (_minute(ask.query.get(part, ""), part) for part in ("start", "end"))
    if end <= start:
        raise RefusedError("INVALID_REPLICATION_DATE", "startDate must be more than one minute before endDate")
    if start < (draft.now - days * DAY) // DAY * DAY:
        raise RefusedError("INVALID_REPLICATION_DATE", f"startDate cannot be more than {days} days ago")
    return one["name"], start, end, min(end, (draft.now - draft.settings.lag) // _MINUTE * _MINUTE)


def _minute(text: str, part: str) -> float:
    try:
        return times.seconds(text) // _MINUTE * _MINUTE
    except ValueError:
        lost = " (a plus sign in a URL is a space: write %2B, or Z)" if _ZONED.search(text) else ""
        raise RefusedError("INVALID_FIELD", f"{part}: {text!r} is not a date and time with a zone{lost}") from None


def _most(draft: Draft, number: int) -> None:
    if number > draft.settings.deleted_limit:
        raise RefusedError("EXCEEDED_ID_LIMIT", f"more than {draft.settings.deleted_limit} ids: ask for less time")
