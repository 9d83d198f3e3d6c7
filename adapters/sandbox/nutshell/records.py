"""The life of a record, the same for both APIs: made, changed, thrown away, taken back."""

from adapters.protocols import Json
from adapters.sandbox.nutshell import events
from adapters.sandbox.nutshell.errors import RefusedError
from adapters.sandbox.nutshell.state import Draft, Row, ref

FIRST_REV = {"leads": 2}
"""The rev of a new record; 0 for those that are not listed. A logged activity starts at 1 (facts 5)."""

TRASH = ("accounts", "contacts", "leads", "notes", "tags", "sources", "products")
"""What can be taken back from the trash (facts 12, 15)."""

THIRTY_DAYS = 30 * 86_400

COMMON: Row = {
    "description": None, "owner": None, "territory": None, "emails": [], "phones": [], "urls": [], "addresses": [],
    "tags": [], "custom": {},
}  # fmt: skip
DEFAULTS: dict[str, Row] = {
    "accounts": {**COMMON, "name": "", "industry": None, "account_type": None},
    "contacts": {**COMMON, "name": None, "accounts": [], "audiences": []},
    "leads": {
        "description": "", "number": 0, "accounts": [], "primary": None, "contacts": [], "sources": [], "market": None,
        "assignee": None, "confidence": 0, "tags": [], "stageset": None, "stage": None, "due": None, "status": 0,
        "priority": 0, "outcome": None, "closed": None, "manual": None, "watchers": [], "custom": {},
    },
    "notes": {"author": None, "parent": None, "markup": ""},
    "activities": {
        "name": "", "agenda": "", "type": None, "leads": [], "participants": [], "start": None, "end": None,
        "all_day": False, "flagged": False, "status": 0, "note": None, "location": None, "logged": None,
        "logger": None, "transcription": None,
    },
    "tasks": {"title": "", "description": None, "due": None, "assignee": None, "related": None},
    "tags": {"name": "", "kind": "leads", "color": "1"},
    "sources": {"name": "", "channel": 0},
    "products": {"name": "", "prices": {}},
}  # fmt: skip
"""The stored keys of each table, and what they hold when nothing is said."""

LABELS: dict[str, str] = {
    "custom": "customFields", "agenda": "description", "markup": "body", "due": "dueTime", "primary": "primaryAccount",
    "closed": "closedTime", "manual": "manualValue", "account_type": "accountType",
}  # fmt: skip
"""How events call stored keys whose name differs."""

_SILENT = {"stage"}


def create(draft: Draft, table: str, values: Row) -> Row:
    """A new record; `values` by stored key."""
    row = {**DEFAULTS[table], **values, "id": draft.next(table), "rev": FIRST_REV.get(table, 0), "deleted": None}
    row |= {"created": draft.now, "modified": draft.now, "creator": draft.actor}
    if table == "activities" and row["status"] == 1:
        row["rev"] = 1
    row = draft.put(table, row)
    events.record(draft, "create", table, row)
    return row


def update(draft: Draft, table: str, row: Row, values: Row) -> Row:
    """Change keys of a record; its rev rises even when nothing differs. What differs becomes one event."""
    new = draft.put(table, {**row, **values, "rev": row["rev"] + 1, "modified": draft.now})
    differing = [key for key in values if key not in _SILENT and row.get(key) != values[key]]
    if differing:
        changes = [events.change(LABELS.get(key, key), told(row.get(key)), told(values[key])) for key in differing]
        events.record(draft, "update", table, new, changes)
    return new


def told(value: Json) -> Json:
    """A value as an event shows it: a text or nothing (the forms of most attributes were never captured)."""
    return value if value is None or isinstance(value, str) else {"value": value}


def touch(draft: Draft, table: str, key: int) -> None:
    """Another record was linked to this one, or unlinked: its rev rises, where the account does so."""
    row = draft.get(table, key)
    if row is not None and draft.settings.linking_raises_rev:
        draft.put(table, {**row, "rev": row["rev"] + 1})


def delete(draft: Draft, table: str, row: Row) -> Row:
    """Throw a record away; its tags and company links are lost for good (facts 15)."""
    gone: Row = {"deleted": draft.now, "rev": row["rev"] + 1, "modified": draft.now}
    if table in ("accounts", "contacts", "leads"):
        gone["tags"] = []
    if table in ("contacts", "leads"):
        gone["accounts"] = []
    if table == "leads":
        gone["primary"] = None
    if table == "accounts":
        _unlink(draft, row)
    if table == "activities" and (note := draft.live("notes", row["note"])):
        draft.put("notes", {**note, "deleted": draft.now})  # no other record shows it: taken to go with its activity
    new = draft.put(table, {**row, **gone})
    events.record(draft, "delete", table, new)
    return new


def _unlink(draft: Draft, account: Row) -> None:
    for table in ("contacts", "leads"):
        for holder in draft.pointing(ref("accounts", account["id"]), table):
            left: Row = {"accounts": [link for link in holder["accounts"] if link["id"] != account["id"]]}
            if holder.get("primary") == account["id"]:
                left["primary"] = None
            draft.put(table, {**holder, **left})


def undelete(draft: Draft, table: str, row: Row) -> Row:
    """Take a record back from the trash. Raises RefusedError after 30 days, or where it was not thrown away."""
    if row["deleted"] is None:
        raise RefusedError(f"{row['id']}-{table} is not deleted")
    if row["deleted"] < draft.now - THIRTY_DAYS:
        raise RefusedError(f"{row['id']}-{table} was deleted more than 30 days ago")
    new = draft.put(table, {**row, "deleted": None, "rev": row["rev"] + 1, "modified": draft.now})
    events.record(draft, "update", table, new, [events.change("deletedTime", None, None)])
    return new
