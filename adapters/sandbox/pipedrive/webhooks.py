"""Webhooks, v1: who is told about which changes (facts 11)."""

from typing import Any
from urllib.parse import urlsplit

from adapters.protocols import Json
from adapters.sandbox.pipedrive import v1
from adapters.sandbox.pipedrive.answers import RefusedError, Reply
from adapters.sandbox.pipedrive.leads import precise
from adapters.sandbox.pipedrive.state import Draft, Row

ACTIONS = ("create", "change", "delete", "*")
"""What can happen; the star is all of it."""
OBJECTS = (
    "activity", "deal", "lead", "note", "organization", "person", "pipeline", "product", "stage", "user", "*",
)  # fmt: skip
"""What it can happen to, as the description has it."""
MOST = 40
"""Webhooks of one user."""
_LONGEST = 255


def _refuse(status: int, key: str, error: str) -> RefusedError:
    """The webhooks' own form of an error."""
    return RefusedError(Reply(status, {"status": "error", "success": False, "errors": {key: [error]}}))


def _public(row: Row) -> Row:
    out = {key: value for key, value in row.items() if not key.startswith("_") and key != "is_deleted"}
    out |= {"company_id": 1, "owner_id": row["user_id"], "admin_id": row["user_id"], "is_active": 1, "type": "general"}
    out |= {"remove_time": None, "remove_reason": None, "add_time": precise(row["add_time"])}
    last = row["last_delivery_time"]
    return out | {"last_delivery_time": None if last is None else precise(last)}


def listing(draft: Draft) -> Reply:
    """GET /webhooks: all of them, not paged."""
    return Reply(200, {"status": "ok", "success": True, "data": [_public(row) for row in draft.rows("webhooks")]})


def create(draft: Draft, body: Json) -> Reply:
    """POST /webhooks: the new webhook.

    Its address need not answer now: the real server asks it, this one cannot. Version 1.0 is refused: what its payload
    looked like is not among our facts.
    """
    given = v1.mapping(body)
    if not _is_address(given.get("subscription_url")):
        raise _refuse(400, "subscription_url", "invalid or non-reachable URL")
    for key, known in (("event_action", ACTIONS), ("event_object", OBJECTS)):
        if given.get(key) not in known:
            raise _refuse(400, key, f"must be one of {', '.join(known)}")
    name = given.get("name")
    if not isinstance(name, str) or not 1 <= len(name) <= _LONGEST:
        raise _refuse(400, "name", f"must have 1 to {_LONGEST} characters")
    if given.get("version", "2.0") != "2.0":
        raise _refuse(400, "version", "only version 2.0 is in this sandbox")
    user = _user(draft, given)
    if sum(1 for row in draft.rows("webhooks") if row["user_id"] == user) >= MOST:
        raise _refuse(422, "user_id", f"a user can have {MOST} webhooks")
    row: Row = {"id": draft.next("webhooks"), "user_id": user, "name": name, "version": "2.0"}
    row |= {key: given[key] for key in ("subscription_url", "event_action", "event_object")}
    row |= {key: v1.text(given, key) for key in ("http_auth_user", "http_auth_password")}
    row |= {"last_delivery_time": None, "last_http_status": None, "add_time": draft.at, "is_deleted": False}
    row |= {"_failures": 0, "_banned_until": 0.0, "_succeeded": draft.now}
    draft.put("webhooks", row["id"], row)
    return Reply(201, {"status": "ok", "success": True, "data": _public(row)})


def _is_address(url: Json) -> bool:
    if not isinstance(url, str) or "@" in url:
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        return False


def _user(draft: Draft, given: dict[str, Any]) -> int:
    key = given.get("user_id", draft.user)
    user = draft.live("users", key) if isinstance(key, int) else None
    if user is None or not user["active_flag"]:
        raise _refuse(400, "user_id", "not found")
    return int(user["id"])


def delete(draft: Draft, key: int) -> Reply:
    """DELETE /webhooks/{id}: what is on its way to it is not sent any more."""
    row = draft.live("webhooks", key)
    if row is None:
        raise _refuse(404, "id", "not found")
    draft.put("webhooks", key, row | {"is_deleted": True})
    return Reply(200, {"status": "ok", "success": True})
