"""Search, v2: it sees a change only after a while, and only some kinds of fields (facts 6).

Organizations that were deleted stay findable, persons until they are purged, everything else vanishes.
"""

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from adapters.protocols import Json
from adapters.sandbox.pipedrive import custom, records
from adapters.sandbox.pipedrive.answers import Reply, invalid, ok, v2_error
from adapters.sandbox.pipedrive.lists import offset_page
from adapters.sandbox.pipedrive.state import Draft, Row

_SEARCHABLE = ("address", "varchar", "text", "varchar_auto", "double", "monetary", "phone")


class Kind(msgspec.Struct, frozen=True):
    """One searchable entity: its table, the searched fields by the names of the parameter, its name field.

    `parents` is the note column that names it; `fields_of` the entity whose custom fields it has.
    """

    table: str
    title: str
    columns: dict[str, str]
    notes: str = ""
    fields_of: str = ""


KINDS = {
    "deal": Kind("deals", "title", {"title": "title"}, "deal_id", "deals"),
    "person": Kind("persons", "name", {"name": "name", "email": "emails", "phone": "phones"}, "person_id", "persons"),
    "organization": Kind("organizations", "name", {"name": "name", "address": "address"}, "org_id", "organizations"),
    "product": Kind("products", "name", {"name": "name", "code": "code"}, "", "products"),
    "lead": Kind("leads", "title", {"title": "title"}, "lead_id", "deals"),
}
"""What can be searched. Activities cannot."""


def _names(kind: Kind) -> list[str]:
    return [*kind.columns, "custom_fields", *(["notes"] if kind.notes else [])]


def fields_for(item: str) -> tuple[str, ...]:
    """The names that `fields` takes for one kind of item."""
    return tuple(_names(KINDS[item]))


def _indexed(draft: Draft, table: str) -> Iterator[Row]:
    """The rows as the index knows them now: without what changed in the last seconds."""
    lag = draft.settings.lag
    for key, row in draft.state.rows(table).items():
        seen: Row | None = row
        if draft.now - float(row["_at"]) < lag:
            changed, before = draft.state.earlier.get((table, key), (row["_at"], None))
            seen = before if before is not None and draft.now - float(changed) < lag else None
        if seen is not None and _findable(table, seen, draft.now):
            yield seen


def _findable(table: str, row: Row, now: float) -> bool:
    if not row["is_deleted"]:
        return True
    return table == "organizations" or (table == "persons" and not records.gone(row, now))


def _texts(value: Json) -> list[str]:
    if value is None:
        return []
    if isinstance(value, list):
        return [entry["value"] for entry in value]
    if isinstance(value, dict):
        return [str(value["value"])]
    return [str(value)]


def _custom_texts(fields: list[str], row: Row) -> list[str]:
    return [text for code in fields for text in _texts(row["custom_fields"].get(code))]


def _term(query: dict[str, Any], *, exact: bool) -> str:
    term = str(query["term"])
    if not term.strip():
        message = 'ServerError [ERR_INVALID_INPUT]: Invalid input: "term" is not allowed to be empty'
        raise v2_error(400, message, "ERR_INVALID_INPUT")
    if len(term) < (1 if exact else 2):
        raise invalid([("term", "This value is too short. It should have 2 characters or more.")])
    return term


def _notes(draft: Draft, column: str) -> dict[Json, list[str]]:
    found: dict[Json, list[str]] = {}
    for note in _indexed(draft, "notes"):
        if note[column] is not None:
            found.setdefault(note[column], []).append(note["content"])
    return found


def _hits(draft: Draft, item: str, query: dict[str, Any], names: list[str]) -> Iterator[tuple[float, Row, list[str]]]:
    """Score, row and the custom values that matched."""
    kind, exact = KINDS[item], bool(query.get("exact_match"))
    term = _term(query, exact=exact).casefold()
    known = custom.live_fields(draft, kind.fields_of)
    codes = [code for code, field in known.items() if field["type"] in _SEARCHABLE]
    notes = _notes(draft, kind.notes) if "notes" in names and kind.notes else {}

    def matches(text: str) -> bool:
        return text.casefold() == term if exact else term in text.casefold()

    for row in _indexed(draft, kind.table):
        plain = [text for name, column in kind.columns.items() if name in names for text in _texts(row.get(column))]
        special = _custom_texts(codes, row) if "custom_fields" in names else []
        found = [text for text in special if matches(text)]
        if found or any(matches(text) for text in plain) or any(matches(text) for text in notes.get(row["id"], ())):
            yield (1.0 if matches(str(row[kind.title])) else 0.5), row, found


def _stub(draft: Draft, table: str, key: int | None) -> Json:
    row = None if key is None else draft.get(table, key)
    return None if row is None else {"id": row["id"], "name": row["name"]}


def _item(draft: Draft, item: str, row: Row, found: list[str], column: str) -> Row:
    kind = KINDS[item]
    out: Row = {"id": row["id"], "type": item, kind.title: row[kind.title], "visible_to": int(row["visible_to"])}
    out |= {"owner": {"id": row["owner_id"]}, "custom_fields": found}
    if item == "person":
        out |= {"emails": _texts(row["emails"]), "phones": _texts(row["phones"])}
    if item == "organization":
        out["address"] = next(iter(_texts(row["address"])), None)
    if item == "product":
        out["code"] = row["code"]
    if item in ("deal", "lead"):
        out |= _worth(item, row) | {"is_archived": row["is_archived"]}
        out["person"] = _stub(draft, "persons", row["person_id"])
    if item != "organization" and item != "product":
        out["organization"] = _stub(draft, "organizations", row.get("org_id", row.get("organization_id")))
    if item == "deal":
        out |= {"status": row["status"], "stage": _stub(draft, "stages", row["stage_id"])}
    if column:
        out["notes"] = [n["content"] for n in draft.rows("notes") if n[column] == row["id"]]
    return out


def _worth(item: str, row: Row) -> Row:
    if item == "deal":
        return {"value": row["value"], "currency": row["currency"]}
    value = row["value"] or {"amount": None, "currency": None}
    return {"value": value["amount"], "currency": value["currency"]}


def _wanted(query: dict[str, Any], allowed: list[str]) -> list[str]:
    names = [name for name in query.get("fields", "").split(",") if name] or allowed
    for name in names:
        if name not in allowed:
            raise invalid([("fields", "The value you selected is not a valid choice.")])
    return names


_RELATED: dict[str, tuple[str, ...]] = {
    "person_id": ("person_id",),
    "organization_id": ("org_id", "organization_id"),
    "status": ("status",),
}


def _narrow(query: dict[str, Any]) -> Callable[[Row], bool]:
    tests = [(columns, query[key]) for key, columns in _RELATED.items() if key in query]
    return lambda row: all(any(row.get(column) == wanted for column in columns) for columns, wanted in tests)


def entity(draft: Draft, item: str, query: dict[str, Any]) -> Reply:
    """GET /{entity}/search: hits of one kind."""
    names, narrow = _wanted(query, _names(KINDS[item])), _narrow(query)
    hits = [hit for hit in _hits(draft, item, query, names) if narrow(hit[1])]
    hits.sort(key=lambda hit: -hit[0])
    page, more = offset_page([{"hit": hit} for hit in hits], query)
    return ok({"items": [_scored(draft, item, one["hit"]) for one in page]}, additional_data={"next_cursor": more})


def _scored(draft: Draft, item: str, hit: tuple[float, Row, list[str]]) -> Row:
    score, row, found = hit
    return {"result_score": score, "item": _item(draft, item, row, found, KINDS[item].notes)}


def items(draft: Draft, query: dict[str, Any]) -> Reply:
    """GET /itemSearch: hits of several kinds; on request the deals around found persons and organizations."""
    wanted = [name for name in query.get("item_types", "").split(",") if name]
    for name in wanted:
        if name not in (*KINDS, "file", "mail_attachment", "project"):
            raise invalid([("item_types", "The value you selected is not a valid choice.")])
    if "fields" in query:
        _wanted(query, ["address", "code", "custom_fields", "email", "name", "notes", "phone", "title", "description"])
    hits: list[tuple[str, tuple[float, Row, list[str]]]] = []
    for item, kind in KINDS.items():
        if wanted and item not in wanted:
            continue
        asked = query["fields"].split(",") if "fields" in query else _names(kind)
        hits += [(item, hit) for hit in _hits(draft, item, query, asked)]
    hits.sort(key=lambda pair: -pair[1][0])
    page, more = offset_page([{"hit": hit} for hit in hits], query)
    found = [_scored(draft, *one["hit"]) for one in page]
    related = _around(draft, found) if query.get("search_for_related_items") else []
    return ok({"items": found, "related_items": related}, additional_data={"next_cursor": more})


def _around(draft: Draft, found: list[Row]) -> list[Row]:
    people = {hit["item"]["id"] for hit in found if hit["item"]["type"] == "person"}
    companies = {hit["item"]["id"] for hit in found if hit["item"]["type"] == "organization"}
    known = {hit["item"]["id"] for hit in found if hit["item"]["type"] == "deal"}
    return [
        _scored(draft, "deal", (0.1, row, []))
        for row in _indexed(draft, "deals")
        if row["id"] not in known and (row["person_id"] in people or row["org_id"] in companies)
    ]


def field(draft: Draft, query: dict[str, Any]) -> Reply:
    """GET /itemSearch/field: records whose field has the value, upper and lower case told apart."""
    item = query["entity_type"]
    match = query.get("match", "exact")
    term = _term(query, exact=match == "exact")
    rows: list[Row] = []
    if item in KINDS:
        read = _reader(draft, KINDS[item], query["field"])
        compare: Callable[[str], bool] = {
            "exact": lambda text: text == term,
            "beginning": lambda text: text.startswith(term),
            "middle": lambda text: term in text,
        }[match]
        title = KINDS[item].title
        rows = [
            {"id": row["id"], "name": row[title]}
            for row in _indexed(draft, KINDS[item].table)
            if any(compare(text) for text in read(row))
        ]
    page, more = offset_page(rows, query)
    return ok(page, additional_data={"next_cursor": more})


def _reader(draft: Draft, kind: Kind, key: str) -> Callable[[Row], list[str]]:
    known = custom.live_fields(draft, kind.fields_of)
    if key in known:
        if known[key]["type"] not in _SEARCHABLE:
            raise invalid([("field", f"The field '{key}' is not searchable.")])
        return lambda row: _texts(row["custom_fields"].get(key))
    column = kind.columns.get(key, key)
    if column not in kind.columns.values():
        raise invalid([("field", f"The field '{key}' is not searchable.")])
    return lambda row: _texts(row.get(column))
