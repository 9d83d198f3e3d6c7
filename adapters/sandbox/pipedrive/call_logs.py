"""Call logs, v1: the only thing whose real times can be set (facts 7.13, 13)."""

from typing import Any

from adapters.protocols import Json
from adapters.sandbox.pipedrive import v1
from adapters.sandbox.pipedrive.answers import RefusedError, Reply, ok, v1_error
from adapters.sandbox.pipedrive.html import clean
from adapters.sandbox.pipedrive.lists import v1_page
from adapters.sandbox.pipedrive.state import Draft, Row

OUTCOMES = ("connected", "no_answer", "left_message", "left_voicemail", "wrong_number", "busy")
"""What can become of a call."""
_LINKS = {"person_id": "persons", "org_id": "organizations", "deal_id": "deals", "activity_id": "activities"}
_TEXTS = ("subject", "duration", "from_phone_number", "to_phone_number")


def _missing() -> RefusedError:
    return v1_error(404, "CallLog not found.", info="Object was not found.")


def _find(draft: Draft, key: str) -> Row:
    row = draft.get("call_logs", key)
    if row is None:
        raise _missing()
    if row["is_deleted"]:
        raise v1_error(410, "The callLog you are trying to access is no longer available")
    return row


def create(draft: Draft, body: Json) -> Reply:
    """POST /callLogs: the new call log; an activity gives its own links, and is a call."""
    given = v1.mapping(body)
    for key in ("to_phone_number", "outcome", "start_time", "end_time"):
        if given.get(key) in (None, ""):
            raise v1.refuse(f'"{key}" is required')
    if given["outcome"] not in OUTCOMES:
        raise v1.refuse(f'"outcome" must be one of [{", ".join(OUTCOMES)}]')
    row: Row = {"id": draft.digest("call").hex()[:32], "outcome": given["outcome"], "user_id": _owner(draft, given)}
    row |= {key: v1.text(given, key) for key in _TEXTS} | _links(draft, given)
    row |= {"start_time": v1.moment(given, "start_time"), "end_time": v1.moment(given, "end_time")}
    if str(row["end_time"]) < str(row["start_time"]):
        raise v1.refuse('"end_time" must not be before "start_time"')
    row |= {"note": clean(v1.text(given, "note") or ""), "add_time": draft.at, "update_time": draft.at}
    return ok(public(draft.put("call_logs", row["id"], row | {"has_recording": False, "is_deleted": False})))


def _owner(draft: Draft, given: dict[str, Any]) -> int:
    owner = v1.integer(given, "user_id") or draft.user
    user = draft.live("users", owner)
    if user is None or not user["active_flag"]:
        raise v1.refuse(f"User {owner} was not found.")
    return owner


def _links(draft: Draft, given: dict[str, Any]) -> Row:
    found: Row = {key: v1.integer(given, key) for key in _LINKS} | {"lead_id": v1.text(given, "lead_id")}
    if found["deal_id"] is not None and found["lead_id"] is not None:
        raise v1.refuse("A call log can be associated with either a deal or a lead, but not both at once.")
    for key, table in (_LINKS | {"lead_id": "leads"}).items():
        if found[key] is not None and draft.live(table, found[key]) is None:
            raise v1.refuse(f"{key} is {found[key]}, and there is no such record.")
    activity = None if found["activity_id"] is None else draft.live("activities", found["activity_id"])
    if activity is None:
        return found
    if activity["type"] != "call":
        raise v1.refuse("The activity must be of the type call.")
    return {key: activity[key] for key in ("person_id", "org_id", "deal_id", "lead_id")} | {
        "activity_id": activity["id"]
    }


def public(row: Row) -> Row:
    """A call log as v1 shows it: RFC 3339 times, and only the links and texts that it has."""
    hidden = ("is_deleted", "add_time", "update_time")
    out = {k: v for k, v in row.items() if not k.startswith("_") and k not in hidden and v is not None}
    out |= {key: row[key].removesuffix("Z") + ".000Z" for key in ("start_time", "end_time")}
    return out | {"company_id": 1}


def listing(draft: Draft, query: dict[str, Any]) -> Reply:
    """GET /callLogs: one page of the caller's own; 50 at most."""
    rows = [row for row in draft.rows("call_logs") if row["user_id"] == draft.user]
    return v1_page(rows, query, public, 50)


def get(draft: Draft, key: str) -> Reply:
    """GET /callLogs/{id}."""
    return ok(public(_find(draft, key)))


def delete(draft: Draft, key: str) -> Reply:
    """DELETE /callLogs/{id}: gone for good, the activity stays."""
    draft.put("call_logs", key, _find(draft, key) | {"is_deleted": True, "update_time": draft.at})
    return Reply(200, {"success": True})


def record(draft: Draft, key: str, body: Json, content: bytes) -> Reply:
    """POST /callLogs/{id}/recordings: one recording a call, as a form in parts. It cannot be read back."""
    row = _find(draft, key)
    if not v1.text(v1.mapping(body), "file") or not content:
        raise v1.refuse("No files were found or provided.")
    if row["has_recording"]:
        raise v1_error(409, "A recording for this call already exists")
    draft.put("call_logs", key, row | {"has_recording": True, "update_time": draft.at})
    return Reply(200, {"success": True})
