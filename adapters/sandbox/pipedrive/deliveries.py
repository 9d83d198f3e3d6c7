"""Deliveries to webhooks: what waits, when it is tried again, and what becomes of the webhook (facts 11).

The sandbox sends to loopback addresses and nowhere else: what is meant for another is kept and marked as withheld.
"""

from ipaddress import ip_address
from urllib.parse import urlsplit

import msgspec

from adapters.sandbox.pipedrive.state import Draft, Row, State
from adapters.sandbox.world import Delivery

RETRIES = (3.0, 30.0, 150.0)
"""Virtual seconds from one attempt to the next; after the last the event is lost."""
_PATIENCE = 10
"""First attempts that fail before the webhook is banned."""
_BAN = 30 * 60
_DEAD_AFTER = 3 * 86_400
"""Seconds without a success after which a webhook is deleted."""


def add(draft: Draft, hook: Row, payload: Row) -> None:
    """Queue one payload; a banned webhook never hears of it."""
    if draft.now < hook["_banned_until"]:
        return
    key = draft.next("deliveries")
    row: Row = {"id": key, "webhook_id": hook["id"], "url": hook["subscription_url"], "payload": payload}
    state = "waiting" if loopback(hook["subscription_url"]) else "withheld"
    draft.put("deliveries", key, row | {"state": state, "due": draft.now, "attempts": []})


def loopback(url: str) -> bool:
    """Whether an address is this machine's own."""
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def waiting(state: State) -> list[Delivery]:
    """What waits to be sent, the next one first."""
    hooks = state.rows("webhooks")
    rows = [row for row in state.rows("deliveries").values() if row["state"] == "waiting"]
    rows = [row for row in rows if not hooks[row["webhook_id"]]["is_deleted"]]
    return [_delivery(state, row) for row in sorted(rows, key=lambda row: (row["due"], row["id"]))]


def _delivery(state: State, row: Row) -> Delivery:
    hook = state.rows("webhooks")[row["webhook_id"]]
    meta = row["payload"]["meta"] | {"attempt": len(row["attempts"]) + 1}
    body = msgspec.json.encode(row["payload"] | {"meta": meta})
    user, password = hook["http_auth_user"] or "", hook["http_auth_password"] or ""
    return Delivery(id=row["id"], url=row["url"], body=body, due=row["due"], user=user, password=password)


def attempted(draft: Draft, key: int, status: int | None) -> None:
    """Note the outcome of an attempt: an HTTP status, None for no answer within ten seconds."""
    row = draft.get("deliveries", key) or {}
    hook = draft.get("webhooks", row["webhook_id"]) or {}
    good = status is not None and 200 <= status < 300
    number = len(row["attempts"])
    row = row | {"attempts": [*row["attempts"], {"at": draft.at, "status": status}]}
    if good or hook["is_deleted"] or number == len(RETRIES):
        row["state"] = "delivered" if good else "failed"
    else:
        row["due"] = draft.now + RETRIES[number]
    draft.put("deliveries", key, row)
    hook = hook | {"last_delivery_time": draft.at, "last_http_status": status}
    draft.put("webhooks", hook["id"], _judged(draft, hook, good=good, first=number == 0))


def _judged(draft: Draft, hook: Row, *, good: bool, first: bool) -> Row:
    if good:
        return hook | {"_failures": 0, "_succeeded": draft.now}
    if draft.now - hook["_succeeded"] > _DEAD_AFTER:
        return hook | {"is_deleted": True}
    failures = hook["_failures"] + int(first)
    if failures >= _PATIENCE:
        return hook | {"_failures": 0, "_banned_until": draft.now + _BAN}
    return hook | {"_failures": failures}


def shown(draft: Draft) -> list[Row]:
    """All deliveries with their attempts, for the control address."""
    return [{k: v for k, v in row.items() if not k.startswith("_")} for row in draft.rows("deliveries")]
