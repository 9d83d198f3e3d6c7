"""Records as JSON-RPC answers them: stubs, and in full (facts 6 and 7)."""

import re
from collections.abc import Callable
from typing import Any

from adapters.protocols import Json
from adapters.sandbox.nutshell import custom, leads, notes, times, values
from adapters.sandbox.nutshell.rpc.names import TYPES
from adapters.sandbox.nutshell.state import Draft, Row, ref, split

LEADS_OF_AN_ACCOUNT = 100
"""getAccount lists no more leads than these (facts 7)."""


def slug(name: str) -> str:
    """A name as addresses of pages hold it."""
    return re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")


def stub(draft: Draft, table: str, key: int | None, **more: Json) -> Json:
    """The short form of a row, with what the naming record adds; None for none."""
    row = None if key is None else draft.get(table, key)
    if row is None:
        return None
    out: dict[str, Any] = {"stub": True, "id": row["id"], "rev": str(row["rev"]), "entityType": TYPES[table]}
    if table in _TIMED:
        out |= {"modifiedTime": times.rpc(row["modified"]), "createdTime": times.rpc(row["created"])}
    out |= _STUBS.get(table, _named)(draft, row)
    return out | more


def at(draft: Draft, reference: str | None, **more: Json) -> Json:
    """The stub of a reference; an origin is none, as a key without a user shows."""
    if reference is None:
        return None
    table, key = split(reference)
    return None if table == "origins" else stub(draft, table, key, **more)


def _named(_draft: Draft, row: Row) -> Row:
    return {"name": row["name"]}


def _user(_draft: Draft, row: Row) -> Row:
    first = row["id"] == 1
    return {"name": row["name"], "emails": [row["email"]], "isEnabled": row["active"], "isAdministrator": first}


def job_title(draft: Draft, row: Row) -> str:
    """Relationship and company of a person's first company."""
    for link in row["accounts"]:
        account = draft.live("accounts", link["id"])
        if account is not None:
            return ", ".join(filter(None, (link["relationship"], account["name"])))
    return ""


def _contact(draft: Draft, row: Row) -> Row:
    return {"name": notes.name_of("contacts", row), "jobTitle": job_title(draft, row)}


def _account(_draft: Draft, row: Row) -> Row:
    places = [one["value"] for one in row["addresses"]]
    regions = [", ".join(filter(None, (place["city"], place["state"]))) for place in places]
    return {"name": row["name"], "regions": [region for region in regions if region]}


def _lead(draft: Draft, row: Row) -> Row:
    account = draft.live("accounts", row["primary"]) if row["primary"] else None
    contact = draft.live("contacts", row["contacts"][0]["id"]) if row["contacts"] else None
    return {
        "name": notes.name_of("leads", row), "description": row["description"], "status": row["status"],
        "completion": leads.completion(draft, row), "value": leads.value(draft, row),
        "primaryAccountName": account["name"] if account else None,
        "primaryContactName": notes.name_of("contacts", contact) if contact else None,
        "isOverdue": is_overdue(draft, row), "dueTime": times.rpc(row["due"]), "nextStepDueTime": None,
        "closedTime": times.rpc(row["closed"]), "lastContactedDate": None,
    }  # fmt: skip


def is_overdue(draft: Draft, lead: Row) -> bool:
    """Whether an open lead's time is over."""
    return lead["due"] is not None and lead["due"] < draft.now and lead["status"] in (0, 1)


def outcome(_draft: Draft, row: Row) -> Row:
    """An outcome; it has a description in place of a name."""
    return {"description": row["name"], "type": row["type"]}


def activity_status(draft: Draft, row: Row) -> int:
    """0 scheduled, 1 logged, 2 cancelled, -1 scheduled and over."""
    late = row["status"] == 0 and row["end"] is not None and row["end"] < draft.now
    return -1 if late else int(row["status"])


def _activity(draft: Draft, row: Row) -> Row:
    shown = {"name": row["name"], "status": activity_status(draft, row)}
    return shown | {"startTime": times.rpc(row["start"]), "endTime": times.rpc(row["end"])}


def _note(draft: Draft, row: Row) -> Row:
    return {key: value for key, value in note(draft, row).items() if key not in ("id", "rev", "entityType")}


def _task(_draft: Draft, row: Row) -> Row:
    return {"title": row["title"], "description": row["description"], "dueTime": times.rpc(row["due"])}


def _market(_draft: Draft, row: Row) -> Row:
    return {"name": row["name"]}


_TIMED = {"accounts", "contacts", "leads", "activities", "tasks", "users", "products", "sources", "competitors"}
_STUBS: dict[str, Callable[[Draft, Row], Row]] = {
    "users": _user, "contacts": _contact, "accounts": _account, "leads": _lead, "outcomes": outcome,
    "activities": _activity, "notes": _note, "tasks": _task,
}  # fmt: skip


def shown(entries: list[Row], rev: int) -> Json:
    """A labelled list: label -> value, those without a label under their number, and one of them as --primary.

    Which one that is has been recorded both ways; here it changes with the rev.
    """
    out: dict[str, Json] = {}
    for number, entry in enumerate(entries, 1):
        label = entry["name"] if entry["name"] and entry["name"] not in out else str(number)
        out[label] = _value(entry["value"])
    main = next((entry for entry in entries if entry["primary"]), entries[0])
    out["--primary"] = _value((main if rev % 2 == 0 else entries[-1])["value"])
    return out


def _value(value: Json) -> Json:
    if not isinstance(value, dict) or "address_1" not in value:
        return value
    return {**value, "location": None, "locationAccuracy": None, "timezone": None, "name": None}


def full(draft: Draft, table: str, row: Row) -> Json:
    """A record in full."""
    out: dict[str, Any] = {"id": row["id"], "entityType": TYPES[table], "rev": str(row["rev"])}
    if table in _TIMED:
        out |= {"modifiedTime": times.rpc(row["modified"]), "createdTime": times.rpc(row["created"])}
    out |= _FULL.get(table, _STUBS.get(table, _named))(draft, row)
    if row.get("deleted") is not None:
        out["deletedTime"] = times.rpc(row["deleted"])
    return out


def _lists(row: Row) -> Row:
    keys = {"email": "emails", "phone": "phones", "url": "urls", "address": "addresses"}
    return {key: shown(row[stored], row["rev"]) for key, stored in keys.items() if row[stored]}


def _tags(draft: Draft, row: Row) -> list[str]:
    found = (draft.live("tags", key) for key in row["tags"])
    return [tag["name"] for tag in found if tag is not None]


def notes_of(draft: Draft, table: str, row: Row) -> list[Json]:
    """The notes on a record, oldest first."""
    return [note(draft, one) | {"stub": True} for one in draft.pointing(ref(table, row["id"]), "notes")]


def _people_and_companies(draft: Draft, table: str, row: Row) -> Row:
    out = {
        "htmlUrl": f"{draft.base}/{'company' if table == 'accounts' else 'person'}/{row['id']}-"
        + slug(notes.name_of(table, row)),
        "creator": at(draft, row["creator"]), "owner": stub(draft, "users", row["owner"]),
        "notes": notes_of(draft, table, row), "lastContactedDate": None, "tags": _tags(draft, row),
        "description": row["description"],
    }  # fmt: skip
    own = custom.for_rpc(draft, table, row)
    return out | _lists(row) | ({"customFields": own} if own else {})


def _full_contact(draft: Draft, row: Row) -> Row:
    live = [link for link in row["accounts"] if draft.live("accounts", link["id"])]
    return {
        "name": row["name"] or {"givenName": "", "familyName": "", "salutation": "", "displayName": ""},
        "leads": [stub(draft, "leads", one["id"]) for one in draft.pointing(ref("contacts", row["id"]), "leads")],
        "accounts": [stub(draft, "accounts", one["id"], relationship=one["relationship"]) for one in live],
        "contactedCount": 0,
        **_people_and_companies(draft, "contacts", row),
    } | ({"territory": stub(draft, "territories", row["territory"])} if row["territory"] else {})


def _full_account(draft: Draft, row: Row) -> Row:
    reference = ref("accounts", row["id"])
    kind = draft.get("accountTypes", row["account_type"]) if row["account_type"] else draft.rows("accountTypes")[0]
    people = draft.pointing(reference, "contacts")
    found = draft.pointing(reference, "leads")[:LEADS_OF_AN_ACCOUNT]
    return {
        "name": row["name"], "accountType": _id_and_name(kind),
        "industry": _id_and_name(draft.get("industries", row["industry"]) if row["industry"] else None),
        "contacts": [stub(draft, "contacts", one["id"], relationship=_relation(one, row["id"])) for one in people],
        "leads": [stub(draft, "leads", one["id"]) for one in found],
        **_people_and_companies(draft, "accounts", row),
    }  # fmt: skip


def _relation(contact: Row, account: int) -> Json:
    return next(link["relationship"] for link in contact["accounts"] if link["id"] == account)


def _id_and_name(row: Row | None) -> Json:
    return None if row is None else {"id": row["id"], "name": row["name"]}


def _full_lead(draft: Draft, row: Row) -> Row:
    found = [draft.live("accounts", link["id"]) for link in row["accounts"]]
    others = [one for one in found if one is not None and one["id"] != row["primary"]]
    people = [link for link in row["contacts"] if draft.live("contacts", link["id"])]
    out = {
        "name": notes.name_of("leads", row), "description": row["description"] or "",
        "htmlUrl": f"{draft.base}/lead/{row['number']}", "creator": at(draft, row["creator"]),
        "primaryAccount": stub(draft, "accounts", row["primary"], relationship=None, description=None),
        "milestone": stub(draft, "stages", row["stage"]), "activitiesCount": _activities_count(draft, row),
        "status": row["status"], "confidence": row["confidence"], "completion": leads.completion(draft, row),
        "urgency": "0", "priority": row["priority"], "isOverdue": is_overdue(draft, row), "lastContactedDate": None,
        "market": stub(draft, "markets", row["market"]), "assignee": at(draft, row["assignee"]),
        "sources": [stub(draft, "sources", key) for key in row["sources"] if draft.live("sources", key)],
        "competitors": [_competitor(draft, one) for one in leads.maps(draft, "competitorMaps", row)],
        "products": [_product(draft, one) for one in leads.maps(draft, "productMaps", row)],
        "contacts": [
            stub(draft, "contacts", one["id"], relationship=one["relationship"], description=None) for one in people
        ],
        "accounts": [stub(draft, "accounts", one["id"]) for one in others], "tags": _tags(draft, row),
        "processes": [], "notes": notes_of(draft, "leads", row),
    }  # fmt: skip
    return out | _when_there(draft, row)


def _when_there(draft: Draft, row: Row) -> Row:
    """The keys of a lead that come only with a value."""
    out: Row = {}
    worth = leads.value(draft, row)
    if row["due"] is not None:
        out["dueTime"] = times.rpc(row["due"])
    if row["outcome"] is not None:
        found = draft.get("outcomes", row["outcome"]) or {}
        out["outcome"] = {"id": row["outcome"], "entityType": "Lead_Outcomes", "rev": str(found["rev"])}
        out["outcome"] |= outcome(draft, found)
    if row["closed"] is not None:
        out["closedTime"] = times.rpc(row["closed"])
    if worth is not None:
        out |= {"value": worth, "normalizedValue": worth, "estimatedValue": worth}
    own = custom.for_rpc(draft, "leads", row)
    return out | ({"customFields": own} if own else {})


def _activities_count(draft: Draft, row: Row) -> Row:
    states = [activity_status(draft, one) for one in draft.pointing(ref("leads", row["id"]), "activities")]
    return {str(state): states.count(state) for state in (0, 1, 2, -1)}


def _competitor(draft: Draft, one: Row) -> Json:
    return stub(draft, "competitors", one["competitor"], relationship=one["relationship"], status=0)


def _product(draft: Draft, one: Row) -> Json:
    more = {"relationship": one["relationship"], "price": one["price"], "quantity": one["quantity"]}
    return stub(draft, "products", one["product"], **more)


def note(draft: Draft, row: Row) -> Row:
    """A note in full."""
    out: dict[str, Any] = {
        "id": row["id"], "rev": str(row["rev"]), "entityType": "Notes", "createdTime": times.rpc(row["created"]),
        "note": notes.plain(draft, row["markup"]), "noteMarkup": row["markup"],
        "noteHtml": notes.as_html(draft, row["markup"]), "user": at(draft, row["author"]),
        "originId": split(row["author"])[1] if row["author"].endswith("-origins") else 1,
        "date": times.rpc(row["created"]), "files": [],
    }  # fmt: skip
    if row["parent"] is not None:
        table, key = split(row["parent"])
        out[TYPES[table][:-1].lower()] = stub(draft, table, key)
    return out


def _full_activity(draft: Draft, row: Row) -> Row:
    found = [stub(draft, *split(one)) for one in row["leads"] if draft.at(one)]
    log = draft.live("notes", row["note"]) if row["note"] else None
    place = dict.fromkeys(values.PARTS) | {"name": row["location"]} if row["location"] else None
    return ({} if place is None else {"location": place}) | {
        "name": row["name"], "description": row["agenda"], "activityType": stub(draft, "activityTypes", row["type"]),
        "lead": found[0] if found else None, "leads": found, "startTime": times.rpc(row["start"]),
        "endTime": times.rpc(row["end"]), "isAllDay": row["all_day"], "isTimed": not row["all_day"],
        "isFlagged": row["flagged"], "status": activity_status(draft, row),
        "loggedBy": stub(draft, "users", row["logger"]),
        "participants": [at(draft, one, status=0) for one in row["participants"] if draft.at(one)],
        "logNote": note(draft, log) if log else None,
        "logDescription": notes.plain(draft, log["markup"]) if log else "",
    }  # fmt: skip


def _full_task(draft: Draft, row: Row) -> Row:
    shown = _task(draft, row)
    return shown | {"assignee": at(draft, row["assignee"]), "entity": at(draft, row["related"])}


def _full_product(_draft: Draft, row: Row) -> Row:
    return {"name": row["name"], "prices": row["prices"]}


def _full_note(draft: Draft, row: Row) -> Row:
    return note(draft, row)


_FULL: dict[str, Callable[[Draft, Row], Row]] = {
    "contacts": _full_contact, "accounts": _full_account, "leads": _full_lead, "activities": _full_activity,
    "tasks": _full_task, "products": _full_product, "notes": _full_note,
}  # fmt: skip
