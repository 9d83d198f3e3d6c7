"""What newX and editX are sent, as stored values."""

from collections.abc import Callable

from adapters.protocols import Json
from adapters.sandbox.nutshell import custom, leads, links, times, values
from adapters.sandbox.nutshell.errors import RefusedError, bad_params
from adapters.sandbox.nutshell.rpc.names import TYPES, actor, number_of, objects, whole
from adapters.sandbox.nutshell.state import Draft, Row, split

Reader = Callable[[Draft, Row | None, Json], Row]
"""Reads one key: draft, the row as it was (None for a new one), the value; gives stored values."""

TIMES = {"createdTime", "modifiedTime", "closedTime", "date", "lastContactedDate", "deletedTime", "loggedTime"}
"""What no client may set (rule 8)."""

ANSWERED = TIMES | {
    "rev", "entityType", "stub", "htmlUrl", "creator", "contactedCount", "legacyId", "mergedInto", "mergedWith",
    "notes", "number", "completion", "urgency", "isOverdue", "value", "normalizedValue", "estimatedValue", "processes",
    "activitiesCount", "milestone", "accountType", "industry", "territory", "loggedBy", "activityType", "isTimed",
    "logDescription", "displayName", "jobTitle",
}  # fmt: skip
"""Keys that only answers have: passed over when they come back, and counted."""


def read(draft: Draft, table: str, payload: Json, old: Row | None) -> Row:
    """Stored values from a payload; the keys of `ASIDE` are the caller's. Raises RefusedError."""
    if not isinstance(payload, dict):
        raise bad_params(f"the {table} object is missing")
    if "id" in payload:
        raise bad_params("id does not belong into the payload")
    out: Row = {}
    for key, value in payload.items():
        reader = READERS[table].get(key)
        if reader is not None:
            out |= reader(draft, old, value)
        elif key not in ASIDE.get(table, ()):
            _pass_over(draft, table, key)
    return out


def _pass_over(draft: Draft, table: str, key: str) -> None:
    own_name = table == "leads" and key == "name"
    if key not in ANSWERED and not own_name:
        raise bad_params(f"{TYPES[table]} has no {key}")
    if key in TIMES and draft.settings.client_times == "refused":
        raise bad_params(f"{key} is set by the server")
    draft.doubt(f"ignored {key} of {table}")


ASIDE = {
    "accounts": ("contacts", "note"),
    "contacts": ("leads", "note"),
    "leads": ("products", "competitors", "note"),
    "activities": ("logNote", "followup"),
}
"""Keys that are written beside the record, by table."""


def _plain(stored: str, kind: type, what: str) -> Reader:
    def reader(_draft: Draft, _old: Row | None, value: Json) -> Row:
        if value is not None and (not isinstance(value, kind) or (kind is int and isinstance(value, bool))):
            raise bad_params(f"{what} {value!r} is of the wrong type")
        return {stored: value}

    return reader


def _flag(stored: str, what: str) -> Reader:
    def reader(_draft: Draft, _old: Row | None, value: Json) -> Row:
        if value not in (True, False, 0, 1):
            raise bad_params(f"{what} is true or false")
        return {stored: bool(value)}

    return reader


def _labelled(stored: str, kind: str) -> Reader:
    return lambda _draft, _old, value: {stored: values.labelled(kind, value)}


def _number(stored: str, table: str, what: str) -> Reader:
    return lambda draft, _old, value: {stored: number_of(draft, table, what, value)}


def _owner(draft: Draft, _old: Row | None, value: Json) -> Row:
    found = actor(draft, "owner", value, ("users",))
    return {"owner": None if found is None else split(found)[1]}


def _actor(stored: str, what: str, *tables: str) -> Reader:
    return lambda draft, _old, value: {stored: actor(draft, what, value, tables)}


def _time(stored: str, what: str) -> Reader:
    def reader(_draft: Draft, _old: Row | None, value: Json) -> Row:
        try:
            return {stored: None if value is None else times.read_iso(value)}
        except ValueError:
            raise bad_params(f"{what} {value!r} is no ISO 8601 time") from None

    return reader


def _tags(table: str) -> Reader:
    def reader(draft: Draft, _old: Row | None, value: Json) -> Row:
        if value is not None and not (isinstance(value, list) and all(isinstance(one, str) and one for one in value)):
            raise bad_params("tags is a list of names")
        return {"tags": links.tag_ids(draft, table, value or [])}

    return reader


def _custom(entity: str) -> Reader:
    def reader(draft: Draft, old: Row | None, value: Json) -> Row:
        given = custom.read(draft, entity, value or {})
        merged = (old["custom"] if old else {}) | given
        return {"custom": {key: one for key, one in merged.items() if one is not None}}

    return reader


def _linked(table: str, *, typed: bool) -> Reader:
    """Links to companies or people. typed: on an edit each member needs its entityType (facts 7)."""

    def reader(draft: Draft, old: Row | None, value: Json) -> Row:
        found = []
        for one in objects(table, value):
            check_type(one, table, needed=typed and old is not None)
            link: Row = {"id": number_of(draft, table, table, one)}
            if "relationship" in one:
                link["relationship"] = values.text_or_none("relationship", one["relationship"])
            found.append(link)
        return {table: links.merged(old[table] if old else [], found)}

    return reader


def check_type(one: Row, table: str, *, needed: bool) -> None:
    """Raise RefusedError for a member of a list with a wrong entityType, or without one where it is needed."""
    if one.get("entityType") != TYPES[table] and (needed or "entityType" in one):
        raise bad_params(f"a member of {table} needs the entityType {TYPES[table]}")


def link_list(draft: Draft, table: str, given: Json) -> list[links.Link]:
    """The links of a key that is kept on the other side."""
    out = []
    for one in objects(table, given):
        check_type(one, table, needed=False)
        link: Row = {"id": number_of(draft, table, table, one)}
        if "relationship" in one:
            link["relationship"] = values.text_or_none("relationship", one["relationship"])
        out.append(link)
    return out


def _primary(draft: Draft, old: Row | None, value: Json) -> Row:
    key = number_of(draft, "accounts", "primaryAccount", value)
    linked = list(old["accounts"]) if old else []
    if key is not None and key not in [link["id"] for link in linked]:
        linked.insert(0, {"id": key, "relationship": None})
    return {"primary": key} | ({"accounts": linked} if key is not None else {})


def _sources(draft: Draft, old: Row | None, value: Json) -> Row:
    for one in objects("sources", value):
        check_type(one, "sources", needed=old is not None)
    return {"sources": [number_of(draft, "sources", "sources", one) for one in objects("sources", value)]}


def _confidence(_draft: Draft, _old: Row | None, value: Json) -> Row:
    if not 0 <= (number := whole("confidence", value)) <= 100:
        raise bad_params("confidence lies between 0 and 100")
    return {"confidence": number}


def _status(draft: Draft, old: Row | None, value: Json) -> Row:
    draft.doubt("status of a lead by JSON-RPC")
    return leads.status_values(draft, old, whole("status", value), old["outcome"] if old else None)


def _outcome(draft: Draft, _old: Row | None, value: Json) -> Row:
    draft.doubt("outcome of a lead by JSON-RPC")
    key = number_of(draft, "outcomes", "outcome", value)
    return {} if key is None else leads.closed_by(draft, key)


def _priority(_draft: Draft, _old: Row | None, value: Json) -> Row:
    if value not in (0, 1):
        raise bad_params("priority is 0 or 1")
    return {"priority": int(value)}


def _market(draft: Draft, _old: Row | None, value: Json) -> Row:
    key = number_of(draft, "markets", "market", value)
    return {} if key is None else {"market": key}


def _participants(draft: Draft, _old: Row | None, value: Json) -> Row:
    found = [actor(draft, "participants", one, ("users", "contacts", "accounts")) for one in objects("", value)]
    return {"participants": [one for one in found if one is not None]}


def _one_lead(draft: Draft, old: Row | None, value: Json) -> Row:
    return _leads(draft, old, [] if value is None else [value])


def _leads(draft: Draft, _old: Row | None, value: Json) -> Row:
    found = objects("leads", value)
    for one in found:
        check_type(one, "leads", needed=False)
    return {"leads": [f"{number_of(draft, 'leads', 'leads', one)}-leads" for one in found]}


def _activity_status(draft: Draft, _old: Row | None, value: Json) -> Row:
    if value not in (0, 1, 2):
        raise bad_params("status is 0, 1 or 2")
    logged: Row = {"logged": draft.now, "logger": draft.user} if value == 1 else {}
    return {"status": int(value)} | logged


def _task_parent(draft: Draft, _old: Row | None, value: Json) -> Row:
    draft.doubt("entity of a task by JSON-RPC")
    return {"related": actor(draft, "entity", value, ("accounts", "contacts", "leads"))}


def _name(_draft: Draft, _old: Row | None, value: Json) -> Row:
    if not isinstance(value, str) or not value.strip():
        raise RefusedError("Invalid name", "name is a text that is not empty")
    return {"name": value.strip()}


def _prices(draft: Draft, _old: Row | None, value: Json) -> Row:
    draft.doubt("prices of a product")
    if not isinstance(value, dict):
        raise bad_params("prices is an object market id -> price")
    out = {}
    for market, given in value.items():
        row = draft.live("markets", whole("market", market))
        if row is None:
            raise bad_params(f"there is no market {market}")
        out[str(row["id"])] = price(given)
    return {"prices": out}


def price(given: Json) -> Json:
    """A price from {"currency_shortname", "amount"}. Raises RefusedError."""
    amount = given.get("amount") if isinstance(given, dict) else None
    currency = (given.get("currency_shortname") or given.get("currency")) if isinstance(given, dict) else None
    if isinstance(amount, bool) or not isinstance(amount, int | float) or not isinstance(currency, str):
        raise bad_params("a price is {currency_shortname, amount}")
    return {"currency": currency, "amount": amount}


_COMMON: dict[str, Reader] = {
    "owner": _owner, "description": _plain("description", str, "description"), "email": _labelled("emails", "email"),
    "phone": _labelled("phones", "phone"), "url": _labelled("urls", "url"),
    "address": _labelled("addresses", "address"), "territoryId": _number("territory", "territories", "territoryId"),
}  # fmt: skip


def _audience(draft: Draft, _old: Row | None, value: Json) -> Row:
    key = number_of(draft, "emAudiences", "audienceId", value)
    return {"audiences": [] if key is None else [key]}


READERS: dict[str, dict[str, Reader]] = {
    "accounts": _COMMON | {
        "name": _name, "industryId": _number("industry", "industries", "industryId"),
        "accountTypeId": _number("account_type", "accountTypes", "accountTypeId"), "tags": _tags("accounts"),
        "customFields": _custom("accounts"),
    },
    "contacts": _COMMON | {
        "name": lambda _d, _o, value: {"name": values.person_name(value)}, "accounts": _linked("accounts", typed=False),
        "audienceId": _audience, "tags": _tags("contacts"), "customFields": _custom("contacts"),
    },
    "leads": {
        "description": _plain("description", str, "description"), "accounts": _linked("accounts", typed=True),
        "contacts": _linked("contacts", typed=True), "primaryAccount": _primary, "sources": _sources,
        "market": _market, "assignee": _actor("assignee", "assignee", "users", "teams"), "confidence": _confidence,
        "tags": _tags("leads"), "stagesetId": _number("stageset", "stagesets", "stagesetId"),
        "milestoneId": _number("stage", "stages", "milestoneId"), "dueTime": _time("due", "dueTime"),
        "status": _status, "outcome": _outcome, "priority": _priority, "customFields": _custom("leads"),
    },
    "activities": {
        "name": _plain("name", str, "name"), "description": _plain("agenda", str, "description"),
        "activityTypeId": _number("type", "activityTypes", "activityTypeId"), "lead": _one_lead, "leads": _leads,
        "participants": _participants, "startTime": _time("start", "startTime"), "endTime": _time("end", "endTime"),
        "isAllDay": _flag("all_day", "isAllDay"), "isFlagged": _flag("flagged", "isFlagged"),
        "status": _activity_status,
    },
    "tasks": {
        "title": _plain("title", str, "title"), "description": _plain("description", str, "description"),
        "dueTime": _time("due", "dueTime"), "assignee": _actor("assignee", "assignee", "users"),
        "entity": _task_parent,
    },
    "products": {"name": _name, "prices": _prices},
}  # fmt: skip
"""How each key is read, by table."""
