"""Records as REST answers them: links are ids, a deleted record shows its deletedTime (facts 12)."""

from collections.abc import Callable
from typing import Any

from adapters.protocols import Json
from adapters.sandbox.nutshell import leads, links, notes, times
from adapters.sandbox.nutshell.rpc.views import activity_status, is_overdue, job_title, slug
from adapters.sandbox.nutshell.state import Draft, Row, ref, split

PAGES = {
    "accounts": "company", "contacts": "person", "leads": "lead", "notes": "note", "tasks": "task",
    "activities": "activity/open-modal",
}  # fmt: skip
DEFAULT_LABELS = {"emails": "email", "phones": "phone", "urls": "url", "addresses": "address"}
CHANNELS = ("", "Organic search", "Paid search", "Organic social", "Paid social", "Email", "Referrer", "Traditional",
            "Direct")  # fmt: skip


def view(draft: Draft, table: str, row: Row) -> dict[str, Json]:
    """A row as its collection shows it."""
    shown = VIEWS[table](draft, row)
    if row.get("deleted") is not None:
        shown["deletedTime"] = _deleted(table, row["deleted"])
    return {"id": ref(table, row["id"]), "type": table, **shown}


def _deleted(table: str, seconds: float) -> Json:
    """When a record was deleted, in the document's type: a date for products, a text for leads, else Unix seconds."""
    if table == "products":
        return times.rpc(seconds)
    return str(int(seconds)) if table == "leads" else times.unix(seconds)


def _page(draft: Draft, table: str, tail: str) -> dict[str, Json]:
    path = f"/{PAGES[table]}/{tail}"
    return {"htmlUrl": draft.base + path, "htmlUrlPath": path}


def _href(draft: Draft, table: str, row: Row) -> str:
    return f"{draft.base}/rest/{table}/{ref(table, row['id'])}"


def _lists(row: Row) -> dict[str, Json]:
    out: dict[str, Json] = {}
    for key, label in DEFAULT_LABELS.items():
        entries = [{"isPrimary": e["primary"], "name": e["name"] or label, "value": e["value"]} for e in row[key]]
        if key == "phones":
            for entry in entries:
                number = entry["value"]
                both = f"{number['countryCode']}{number['number']}"
                entry |= {"isOptedOut": False, "value": {**number, "countryCodeAndNumber": both}}
        if key == "addresses":
            for entry in entries:
                entry["value"] = {"location": None, "locationAccuracy": None, **entry["value"], "timezone": None}
        out[key] = entries
    return out


def _one(draft: Draft, table: str, key: int | None) -> str | None:
    return None if key is None or draft.live(table, key) is None else ref(table, key)


def _many(draft: Draft, table: str, keys: list[int]) -> list[str]:
    return [ref(table, key) for key in keys if draft.live(table, key) is not None]


def _creator(row: Row) -> str | None:
    """An origin shows as no creator (facts 3)."""
    return None if row["creator"].endswith("-origins") else row["creator"]


def _initials(name: str) -> str:
    words = name.split()
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")) if words else ""


def _record_links(draft: Draft, row: Row) -> dict[str, Json]:
    return {
        "creator": _creator(row), "owner": _one(draft, "users", row["owner"]),
        "territory": _one(draft, "territories", row["territory"]), "tags": _many(draft, "tags", row["tags"]),
        "files": [], "relatedFiles": [], "followup": None, "recurringTask": None,
    }  # fmt: skip


def _account(draft: Draft, row: Row) -> dict[str, Json]:
    kind = row["account_type"] or draft.rows("accountTypes")[0]["id"]
    people = draft.pointing(ref("accounts", row["id"]), "contacts")
    return {
        "name": row["name"], "description": row["description"], **_lists(row), "href": _href(draft, "accounts", row),
        "revenue": None, "employeeCount": None, "initials": _initials(row["name"]),
        **_page(draft, "accounts", f"{row['id']}-{slug(row['name'])}"),
        "links": _record_links(draft, row) | {
            "contacts": [ref("contacts", one["id"]) for one in people], "accountType": ref("accountTypes", kind),
            "industry": _one(draft, "industries", row["industry"]),
        },
    }  # fmt: skip


def _contact(draft: Draft, row: Row) -> dict[str, Json]:
    name = row["name"] or {"displayName": "", "givenName": "", "familyName": ""}
    return {
        "name": name["displayName"], "description": row["description"], **_lists(row),
        "jobTitle": job_title(draft, row), "firstName": name["givenName"], "lastName": name["familyName"],
        "href": _href(draft, "contacts", row), "initials": _initials(name["displayName"]),
        **_page(draft, "contacts", f"{row['id']}-{slug(name['displayName'])}"),
        "links": {
            "accounts": _many(draft, "accounts", [link["id"] for link in row["accounts"]]),
            "emAudiences": _many(draft, "emAudiences", row["audiences"]), **_record_links(draft, row),
        },
    }  # fmt: skip


def money(worth: Json, currency: str) -> Json:
    """An amount of money; nothing is 0."""
    if worth is None:
        return {"amount": 0, "currency": currency, "formatted": ""}
    return {**worth, "formatted": f"{worth['amount']:,.2f} {worth['currency']}"}


def _lead(draft: Draft, row: Row) -> dict[str, Json]:
    owner = row["assignee"]
    words = row["description"] or f"Lead\u2013{row['number']}"
    due = times.spelled(row["due"])
    return {
        "isCurrentUserWatching": draft.actor in row["watchers"], "deletedTime": None, "name": words,
        "value": money(leads.value(draft, row), draft.settings.currency), "number": str(row["number"]),
        "description": row["description"], "createdTime": times.spelled(row["created"]),
        "closedTime": times.spelled(row["closed"]), "dueTime": due, "anticipatedClosedTime": due,
        "ownerType": split(owner)[0] if owner else None, "status": leads.STATUSES[row["status"]],
        "lastContactedTime": None, "pieState": f"{leads.completion(draft, row) // 10:02d}",
        "isOverdue": is_overdue(draft, row), "overdueTime": None, "href": _href(draft, "leads", row),
        "confidence": row["confidence"], "priority": row["priority"], **_page(draft, "leads", str(row["number"])),
        "initials": None, "links": _lead_links(draft, row),
    }  # fmt: skip


def _lead_links(draft: Draft, row: Row) -> dict[str, Json]:
    goods, rivals = leads.maps(draft, "productMaps", row), leads.maps(draft, "competitorMaps", row)
    return {
        "accounts": _many(draft, "accounts", [link["id"] for link in row["accounts"]]),
        "contacts": _many(draft, "contacts", [link["id"] for link in row["contacts"]]),
        "tags": _many(draft, "tags", row["tags"]), "sources": _many(draft, "sources", row["sources"]),
        "owner": row["assignee"], "files": [], "relatedFiles": [], "territory": None, "destinations": [],
        "stage": ref("stages", row["stage"]), "stageset": ref("stagesets", row["stageset"]),
        "creator": _creator(row), "products": [ref("products", one["product"]) for one in goods],
        "productMaps": [ref("productMaps", one["id"]) for one in goods],
        "competitors": [ref("competitors", one["competitor"]) for one in rivals],
        "competitorMaps": [ref("competitorMaps", one["id"]) for one in rivals],
        "outcome": _one(draft, "outcomes", row["outcome"]), "watchers": row["watchers"],
    }  # fmt: skip


def _note(draft: Draft, row: Row) -> dict[str, Json]:
    mentioned = notes.mentioned(draft, row["markup"])
    parent = row["parent"]
    return {
        "createdTime": times.unix(row["created"]), "deletedTime": None, "href": _href(draft, "notes", row),
        "body": notes.plain(draft, row["markup"]), "bodyHtml": notes.as_html(draft, row["markup"]),
        "bodyMarkup": row["markup"], "isEditable": notes.is_editable(draft, row),
        "parentType": split(parent)[0] if parent else None, **_page(draft, "notes", str(row["id"])),
        "links": {
            "comments": [], "parent": parent, "accounts": [], "contacts": [], "leads": [],
            "users": [one for one in mentioned if one.endswith("-users")], "teams": [],
        },
    }  # fmt: skip


def _activity(draft: Draft, row: Row) -> dict[str, Json]:
    state = activity_status(draft, row)
    found = {table: [one for one in row["participants"] if split(one)[0] == table and draft.at(one)] for table in
             ("accounts", "contacts", "users")}  # fmt: skip
    return {
        "agenda": row["agenda"], "createdTime": times.unix(row["created"]), "endTime": times.unix(row["end"]),
        "deletedTime": None, "href": _href(draft, "activities", row), "isAllDay": row["all_day"], "isEditable": True,
        "isCancelled": state == 2, "isFlagged": row["flagged"], "isLogged": state == 1, "isOverdue": state == -1,
        "loggedTime": times.unix(row["logged"]), "modifiedTime": times.unix(row["modified"]), "name": row["name"],
        "startTime": times.unix(row["start"]), "isMediaLogged": False, "transcription": row["transcription"],
        **_page(draft, "activities", str(row["id"])),
        "links": {
            "comments": [], "accounts": found["accounts"], "activityType": ref("activityTypes", row["type"]),
            "contacts": found["contacts"], "creator": row["creator"],
            "leads": [one for one in row["leads"] if draft.at(one)],
            "logger": _one(draft, "users", row["logger"]), "logNote": _one(draft, "notes", row["note"]),
            "users": found["users"],
        },
    }  # fmt: skip


def _task(draft: Draft, row: Row) -> dict[str, Json]:
    return {
        "title": row["title"], "description": row["description"], "dueTime": times.unix(row["due"]),
        "createdTime": times.unix(row["created"]), "recurrenceRule": None, **_page(draft, "tasks", str(row["id"])),
        "links": {"assignee": row["assignee"], "relatedEntity": row["related"], "creator": _creator(row)},
    }  # fmt: skip


def _tag(draft: Draft, row: Row) -> dict[str, Json]:
    used = len(draft.pointing(ref("tags", row["id"]), row["kind"]))
    return {
        "name": row["name"], "href": _href(draft, "tags", row), "modifiedTime": times.unix(row["modified"]),
        "tagType": links.TAG_KINDS[row["kind"]], "count": used, "colorType": row["color"],
    }  # fmt: skip


def _source(draft: Draft, row: Row) -> dict[str, Json]:
    channel = {"value": row["channel"], "display": CHANNELS[row["channel"]]}
    times_ = {"modifiedTime": times.unix(row["modified"]), "channel": channel}
    return {"name": row["name"], "href": _href(draft, "sources", row), **times_}


def _product(draft: Draft, row: Row) -> dict[str, Json]:
    prices = {ref("markets", int(key)): money(one, one["currency"]) for key, one in row["prices"].items()}
    return {
        "name": row["name"], "href": _href(draft, "products", row), "modifiedTime": times.unix(row["modified"]),
        "productType": "product", "prices": prices, "price": next(iter(prices.values()), None), "sku": None,
    }  # fmt: skip


def _product_map(draft: Draft, row: Row) -> dict[str, Json]:
    product = draft.get("products", row["product"]) or {"name": None}
    return {
        "relationship": row["relationship"], "price": money(row["price"], row["price"]["currency"]),
        "name": product["name"], "unit": None, "quantity": row["quantity"], "productType": "product",
        "links": {"product": ref("products", row["product"])},
    }  # fmt: skip


def _competitor_map(draft: Draft, row: Row) -> dict[str, Json]:
    rival = draft.get("competitors", row["competitor"]) or {"name": None}
    shown = {"lead": ref("leads", row["lead"]), "competitor": ref("competitors", row["competitor"])}
    return {
        "relationship": row["relationship"], "name": rival["name"], "status": row["status"], "links": shown,
    }  # fmt: skip


def _user(_draft: Draft, row: Row) -> dict[str, Json]:
    first, name = row["id"] == 1, row["name"]
    return {
        "name": name, "firstName": name.split(" ")[0], "modifiedTime": times.unix(row["modified"]),
        "isEnabled": row["active"], "isAdministrator": first, "emails": [row["email"]],
        "initials": _initials(name), "links": {"teams": []},
    }  # fmt: skip


def _stage(draft: Draft, row: Row) -> dict[str, Json]:
    shown = {"stageset": ref("stagesets", row["stageset"])}
    in_list = draft.settings.stage_links == "list"
    return {"name": row["name"], "position": row["position"], "links": [shown] if in_list else shown}


def _stageset(_draft: Draft, row: Row) -> dict[str, Json]:
    return {"name": row["name"], "default": row["default"], "canAccess": True, "status": 1}


def _market(_draft: Draft, row: Row) -> dict[str, Json]:
    return {"name": row["name"], "currency": row["currency"], "isDefault": row.get("default", False)}


def _outcome(_draft: Draft, row: Row) -> dict[str, Json]:
    return {"name": row["name"], "status": leads.STATUSES[row["type"]]}


def _named(_draft: Draft, row: Row) -> dict[str, Json]:
    return {"name": row["name"], "modifiedTime": times.unix(row["modified"])}


def _audience(_draft: Draft, row: Row) -> dict[str, Json]:
    return {"name": row["name"], "isWebFX": False}


Viewer = Callable[[Draft, Row], dict[str, Any]]
VIEWS: dict[str, Viewer] = {
    "accounts": _account, "contacts": _contact, "leads": _lead, "notes": _note, "activities": _activity,
    "tasks": _task, "tags": _tag, "sources": _source, "products": _product, "productMaps": _product_map,
    "competitorMaps": _competitor_map, "users": _user, "stages": _stage, "stagesets": _stageset, "markets": _market,
    "outcomes": _outcome, "activityTypes": _named, "accountTypes": _named, "industries": _named,
    "territories": _named, "competitors": _named, "productCategories": _named, "emAudiences": _audience,
    "origins": _named, "teams": _named,
}  # fmt: skip
"""How each table's rows are shown."""
