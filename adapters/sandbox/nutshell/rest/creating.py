"""POST: exactly one resource a request (facts 12). Status codes are those of the document."""

from typing import Any

from adapters.protocols import Json
from adapters.sandbox.nutshell import custom, events, leads, links, notes, records
from adapters.sandbox.nutshell.errors import RefusedError
from adapters.sandbox.nutshell.rest import reading
from adapters.sandbox.nutshell.rest.ask import (
    Ask,
    Reply,
    items,
    known_keys,
    linked,
    linked_keys,
    number,
    part,
    the_one,
    wrapped,
)
from adapters.sandbox.nutshell.rest.views import view
from adapters.sandbox.nutshell.state import Draft, Row, split

_ASIDE = {"accounts": ("contacts",), "contacts": (), "leads": ("productMaps", "competitorMaps", "accounts", "contacts")}
_NOT_YET = ("stage", "confidence")
"""What a lead is given by a patch only."""

_TIMES = ("createdTime", "modifiedTime", "closedTime", "deletedTime")


def record(draft: Draft, collection: str, given: dict[str, Any]) -> Row:
    """A company, person or lead from its create body. Raises RefusedError."""
    attributes = {key: one for key, one in reading.ATTRIBUTES[collection].items() if key not in _NOT_YET}
    known = {key: one for key, one in reading.LINKS[collection].items() if key not in _NOT_YET}
    links_given = part(given, "links")
    _pass_over(draft, given)
    known_keys(given, *attributes, *_TIMES, "links", "customFields")
    known_keys(links_given, *known, *_ASIDE[collection])
    values: Row = _defaults(draft, collection)
    for key, value in given.items():
        if key in attributes:
            values |= attributes[key](draft, values, value)
    if given.get("customFields"):
        values |= reading.custom_fields(collection)(draft, {}, given["customFields"])
    for key, value in links_given.items():
        if key in known and key not in _ASIDE[collection]:
            values |= known[key](draft, {}, value)
    if collection == "leads":
        row = _lead(draft, values, links_given)
    else:
        row = records.create(draft, collection, values)
        links.touch_linked(draft, None, row)
    if links_given.get("contacts") and collection == "accounts":
        people: list[Row] = [{"id": key} for key in linked_keys(draft, links_given["contacts"], "contacts")]
        links.set_from_other_side(draft, "accounts", row, "contacts", people)
    return draft.get(collection, row["id"]) or row


def _defaults(draft: Draft, collection: str) -> Row:
    if collection == "leads":
        return {"assignee": None if draft.user is None else draft.actor}
    return {"owner": draft.user}


def _pass_over(draft: Draft, given: dict[str, Any]) -> None:
    """Times belong to the server (rule 8)."""
    for key in given.keys() & set(_TIMES):
        if draft.settings.client_times == "refused":
            raise RefusedError("Invalid attribute", f"{key} is set by the server")
        draft.doubt(f"ignored {key}")


def _lead(draft: Draft, values: Row, given: dict[str, Any]) -> Row:
    """A lead; its companies and people may be ids or whole objects, which are made."""
    for key in ("accounts", "contacts"):
        found = [_there_or_made(draft, key, one) for one in items(given, key)]
        values[key] = [{"id": one, "relationship": None} for one in dict.fromkeys(found)]
    values["primary"] = values["accounts"][0]["id"] if values["accounts"] else None
    row = leads.create(draft, values)
    links.touch_linked(draft, None, row)
    for one in items(given, "productMaps"):
        add_product_map(draft, row, one)
    for one in items(given, "competitorMaps"):
        leads.add_competitor(draft, row, split(linked(draft, one, "competitors"))[1])
    return row


def _there_or_made(draft: Draft, collection: str, given: Json) -> int:
    if not isinstance(given, dict):
        return split(linked(draft, given, collection))[1]
    if "id" in given:
        return split(linked(draft, given["id"], collection))[1]
    whole = {key: value for key, value in given.items() if key != "type"}
    return int(record(draft, collection, whole)["id"])


def add_product_map(draft: Draft, lead: Row, given: Json) -> Row:
    """A product on a lead. With price or quantity the document wants type and productType as well. RefusedError."""
    product = part(given, "links").get("product") if isinstance(given, dict) else None
    if product is None:
        raise RefusedError("Invalid product map", "a product map names its product under links")
    known_keys(given, "type", "productType", "links", "price", "quantity", "relationship", "name", "unit")
    described = given.keys() & {"price", "quantity", "relationship"}
    if described and not {"type", "productType"} <= given.keys():
        raise RefusedError("Invalid product map", "type and productType are required with price, quantity and the like")
    values: Row = {"product": split(linked(draft, product, "products"))[1]}
    values |= {key: given[key] for key in ("relationship", "quantity") if key in given}
    if given.get("price") is not None:
        price = given["price"]
        if not isinstance(price, dict) or not isinstance(price.get("currency"), str):
            raise RefusedError("Invalid product map", "a price is {amount, currency}")
        values["price"] = {"currency": price["currency"], "amount": reading.amount("amount", price.get("amount"))}
    return leads.add_product(draft, lead, values)


def account(draft: Draft, ask: Ask) -> Reply:
    """A company: one of name, phone, email, address or url at least."""
    given = the_one(ask.body, "accounts")
    if not any(given.get(key) for key in ("name", "phones", "emails", "addresses", "urls")):
        raise RefusedError("Invalid account", "one of name, phone, email, address or url is required")
    if not given.get("name"):
        given = {**given, "name": "(no name)"}
    return wrapped(
        draft, "accounts", [view(draft, "accounts", record(draft, "accounts", given))], draft.settings.account_status
    )


def contact(draft: Draft, ask: Ask) -> Reply:
    """A person."""
    row = record(draft, "contacts", the_one(ask.body, "contacts"))
    return wrapped(draft, "contacts", [view(draft, "contacts", row)])


def lead(draft: Draft, ask: Ask) -> Reply:
    """A lead."""
    row = record(draft, "leads", the_one(ask.body, "leads"))
    return wrapped(draft, "leads", [view(draft, "leads", row)], 201)


def note(draft: Draft, ask: Ask) -> Reply:
    """A note on a record, dated now."""
    given = ask.body.get("data") if isinstance(ask.body, dict) else None
    if not isinstance(given, dict):
        raise RefusedError("You may only create one notes resource per request.")
    _pass_over(draft, given)
    known_keys(given, *_TIMES, "body", "links")
    if not isinstance(given.get("body"), str):
        raise RefusedError("Invalid note", "body is a text")
    parent = linked(draft, part(given, "links").get("parent"), "accounts", "contacts", "leads")
    return wrapped(draft, "notes", [view(draft, "notes", notes.write(draft, parent, given["body"]))], 201)


_ACTIVITY = {
    "name": reading.text("name"), "location": reading.text("location"), "transcription": reading.text("transcription"),
    "startTime": reading.whole_moment("start"), "endTime": reading.whole_moment("end"),
}  # fmt: skip
_FLAGS = {"isFlagged": "flagged", "isAllDay": "all_day"}


def _activity_values(draft: Draft, given: dict[str, Any]) -> Row:
    known_keys(given, *_ACTIVITY, *_FLAGS, *_TIMES, "description", "note", "activityType", "isLogged", "links")
    _pass_over(draft, given)
    values: Row = {}
    for key, reader in _ACTIVITY.items():
        if key in given:
            values |= reader(draft, {}, given[key])
    values |= {stored: given[key] is True for key, stored in _FLAGS.items() if key in given}
    if "description" in given:
        values["agenda"] = given["description"] or ""
    if "activityType" in given:
        values["type"] = split(linked(draft, given["activityType"], "activityTypes"))[1]
    if given.get("isLogged") is True:
        values |= {"status": 1, "logged": draft.now, "logger": draft.user}
    elif given.get("isLogged") is False:
        values |= {"status": 0, "logged": None, "logger": None}
    if "participants" in part(given, "links"):
        found = items(part(given, "links"), "participants")
        values["participants"] = [linked(draft, one, "users", "contacts", "accounts") for one in found]
    return values


def _log_note(draft: Draft, row: Row, given: dict[str, Any]) -> Row:
    if not given.get("note"):
        return row
    written = notes.write(draft, None, given["note"])
    return draft.put("activities", {**row, "note": written["id"]})


def activity(draft: Draft, ask: Ask) -> Reply:
    """An activity; start and end may lie in the past."""
    given = the_one(ask.body, "activities")
    values = {"type": draft.rows("activityTypes")[0]["id"], **_activity_values(draft, given)}
    row = records.create(draft, "activities", values)
    if row["status"] == 1:
        events.record(draft, "log", "activities", row)
    return wrapped(draft, "activities", [view(draft, "activities", _log_note(draft, row, given))], 201)


def replace_activity(draft: Draft, ask: Ask) -> Reply:
    """PUT: the keys that are there change."""
    key = number("activities", ask.params["id"])
    row = None if key is None else draft.live("activities", key)
    given = the_one(ask.body, "activities")
    if row is None:
        raise RefusedError("Invalid activity", f"there is no {ask.params['id']}")
    changed = records.update(draft, "activities", row, _activity_values(draft, given))
    if changed["status"] == 1 and row["status"] != 1:
        events.record(draft, "log", "activities", changed)
    return wrapped(draft, "activities", [view(draft, "activities", _log_note(draft, changed, given))])


def task(draft: Draft, ask: Ask) -> Reply:
    """A task: the bare object of the document, or one under "tasks" where the account is set so."""
    given = ask.body
    if draft.settings.task_body == "wrapped":
        given = the_one(ask.body, "tasks")
    if not isinstance(given, dict):
        raise RefusedError("Invalid task", "the body is an object")
    _pass_over(draft, given)
    known_keys(given, *_TIMES, "title", "description", "dueTime", "recurrenceRule", "links")
    links_given = part(given, "links")
    known_keys(links_given, "relatedEntity", "assignee")
    values = reading.text("title", empty=False)(draft, {}, given.get("title"))
    values |= reading.text("description")(draft, {}, given.get("description"))
    if given.get("dueTime") is not None:
        if not isinstance(given["dueTime"], str):
            raise RefusedError("Invalid value", "dueTime is Unix seconds as a text")
        values |= reading.moment("due")(draft, {}, given["dueTime"])
    if links_given.get("relatedEntity") is not None:
        values["related"] = linked(draft, links_given["relatedEntity"], "accounts", "contacts", "leads")
    named = links_given.get("assignee")
    default = None if draft.user is None else draft.actor
    values["assignee"] = default if named is None else linked(draft, named, "users")
    return wrapped(draft, "tasks", [view(draft, "tasks", records.create(draft, "tasks", values))])


def tag(draft: Draft, ask: Ask) -> Reply:
    """A tag for one kind of records; a name that is there already is refused, as JSON-RPC does."""
    given = the_one(ask.body, "tags")
    known_keys(given, "name", "tagType", "colorType", "links")
    kinds = {code: table for table, code in links.TAG_KINDS.items()}
    kind, color = kinds.get(str(given.get("tagType"))), given.get("colorType", "1")
    if not isinstance(given.get("name"), str) or not given["name"].strip() or kind is None:
        raise RefusedError("Invalid tag", 'name and tagType ("1" leads, "2" contacts, "3" accounts) are required')
    if color not in [str(one) for one in range(1, 15)]:
        raise RefusedError("Invalid tag", 'colorType is "1" to "14"')
    if any(row["name"] == given["name"] and row["kind"] == kind for row in draft.rows("tags")):
        raise RefusedError("Invalid tag", f"there is a tag {given['name']!r} already")
    row = records.create(draft, "tags", {"name": given["name"], "kind": kind, "color": color})
    for one in items(part(given, "links"), "entities"):
        table, key = split(linked(draft, one, kind))
        holder = draft.get(table, key)
        if holder is not None:
            records.update(draft, table, holder, {"tags": [*holder["tags"], row["id"]]})
    return wrapped(draft, "tags", [view(draft, "tags", row)])


def source(draft: Draft, ask: Ask) -> Reply:
    """A source. Whether REST, too, gives the one that is there is open: here it does."""
    given = the_one(ask.body, "sources")
    known_keys(given, "name", "channel")
    name, channel = given.get("name"), given.get("channel", 0)
    if not isinstance(name, str) or not name.strip() or type(channel) is not int or channel not in range(9):
        raise RefusedError("Invalid source", "a source has a name, and a channel of 0 to 8")
    row = next((one for one in draft.rows("sources") if one["name"] == name), None)
    if row is not None:
        draft.doubt("POST of a source that is there")
    row = row or records.create(draft, "sources", {"name": name, "channel": channel})
    return wrapped(draft, "sources", [view(draft, "sources", row)], 201)


def audience(draft: Draft, ask: Ask) -> Reply:
    """An audience."""
    given = the_one(ask.body, "emAudiences")
    known_keys(given, "name")
    if not isinstance(given.get("name"), str) or not given["name"].strip():
        raise RefusedError("Invalid audience", "name is required")
    row = draft.put("emAudiences", {"id": draft.next("emAudiences"), "rev": 0, "deleted": None, "name": given["name"]})
    return wrapped(draft, "emAudiences", [view(draft, "emAudiences", row)], 201)


def custom_field(entity: str) -> Any:
    """A handler that makes a custom field; the document shows no body of the answer."""

    def handler(draft: Draft, ask: Ask) -> Reply:
        custom.create(draft, entity, ask.body)
        return Reply(200, {})

    return handler
