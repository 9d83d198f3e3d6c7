"""The v1 form of the field endpoints: numeric ids, and options only as a whole (facts 8.1, 8.4)."""

from typing import Any

from adapters.protocols import Json
from adapters.sandbox.pipedrive import fields, v1
from adapters.sandbox.pipedrive.answers import Reply, ok, v1_error
from adapters.sandbox.pipedrive.lists import v1_page
from adapters.sandbox.pipedrive.state import Draft, Row

_COLORS = ("green", "blue", "red", "yellow", "purple", "gray", "brown", "orange", "pink", "dark-gray")


def public(row: Row) -> Row:
    """A field as v1 shows it."""
    return {
        "id": row["id"],
        "key": row["key"],
        "name": row["name"],
        "order_nr": row["order_nr"],
        "field_type": row["type"],
        "add_time": v1.stamp(row["add_time"]),
        "update_time": v1.stamp(row["update_time"]),
        "last_updated_by_user_id": row["made_by"],
        "created_by_user_id": row["made_by"],
        "active_flag": not row["is_deleted"],
        "edit_flag": row["custom"],
        "index_visible_flag": True,
        "details_visible_flag": True,
        "add_visible_flag": False,
        "important_flag": False,
        "bulk_edit_allowed": True,
        "searchable_flag": False,
        "filtering_allowed": True,
        "sortable_flag": True,
        "mandatory_flag": False,
        **({} if row["options"] is None else {"options": row["options"]}),
    }


def listing(draft: Draft, table: str, query: dict[str, Any]) -> Reply:
    """GET /{entity}Fields: one page."""
    return v1_page(fields.of(draft, table), query, public)


def _find(draft: Draft, table: str, key: int) -> Row:
    row = draft.live("fields", key)
    if row is None or row["entity"] != table:
        raise v1_error(404, "Field not found", info="Object was not found.")
    return row


def get(draft: Draft, table: str, key: int) -> Reply:
    """GET /{entity}Fields/{id}."""
    return ok(public(_find(draft, table, key)))


def _option_list(options: Json) -> list[Row]:
    if not isinstance(options, list):
        raise v1.refuse("options must be an array.")
    if len(options) > fields.MOST_OPTIONS:
        raise v1.refuse(f"A field holds {fields.MOST_OPTIONS} options at most.")
    out: list[Row] = []
    for option in options:
        item = {"label": option} if isinstance(option, str) else option
        label = item.get("label") if isinstance(item, dict) else None
        if not isinstance(label, str) or not 1 <= len(label) <= 255:
            raise v1.refuse("Each option needs a label of 1 to 255 characters.")
        if item.get("color") is not None and item["color"] not in _COLORS:
            raise v1.refuse(f"There is no label colour {item['color']}.")
        out.append(item)
    return out


def create(draft: Draft, table: str, body: Json) -> Reply:
    """POST /{entity}Fields: the new field."""
    given = v1.mapping(body)
    name, kind = v1.text(given, "name"), given.get("field_type")
    if not name or not name.strip() or len(name) > 255:
        raise v1.refuse("Name must be given, with 255 characters at most.")
    if kind not in fields.TYPES:
        raise v1.refuse(f"field_type must be one of {', '.join(fields.TYPES)}.")
    labels = [o["label"] for o in _option_list(given.get("options"))] if kind in ("enum", "set") else None
    if labels == []:
        raise v1.refuse("options must be an array with at least one option.")
    if fields.full(draft):
        raise v1_error(403, fields.FULL, code=fields.FULL_CODE)
    return ok(public(fields.add(draft, table, name, kind, labels)), draft.settings.create_status)


def update(draft: Draft, table: str, key: int, body: Json) -> Reply:
    """PUT /{entity}Fields/{id}: the name, or the options as a whole; an option that is not sent is lost."""
    row = _find(draft, table, key)
    given = v1.mapping(body)
    if "name" in given:
        name = v1.text(given, "name")
        if not name or not row["custom"]:
            raise v1.refuse("Only a custom field can be renamed, and not to nothing.")
        row = row | {"name": name}
    if "options" in given:
        if row["options"] is None:
            raise v1.refuse("This field has no options.")
        row = row | {"options": _merged(draft, row, _option_list(given["options"]))}
    return ok(public(draft.put("fields", key, row | {"update_time": draft.at})))


def _merged(draft: Draft, row: Row, sent: list[Row]) -> list[Row]:
    known = {option["id"]: option for option in row["options"]}
    out: list[Row] = []
    for number, item in enumerate(sent):
        if item.get("id") is None:
            color = item.get("color") or (None if row["custom"] else _COLORS[number % len(_COLORS)])
            out.append(fields.new_option(draft, item["label"], color))
            continue
        old = known.get(v1.integer(item, "id") or 0)
        if old is None:
            raise v1.refuse(f"Option {item['id']} does not exist in this field.")
        color = item.get("color") or old.get("color")
        out.append({"id": old["id"], "label": item["label"]} | ({"color": color} if color else {}))
    if len({option["id"] for option in out}) < len(out):
        raise v1.refuse("An option was sent twice.")
    return out


def delete(draft: Draft, table: str, key: int) -> Reply:
    """DELETE /{entity}Fields/{id}."""
    row = _find(draft, table, key)
    if not row["custom"]:
        raise v1.refuse("A system field cannot be deleted.")
    draft.put("fields", key, row | {"is_deleted": True, "update_time": draft.at})
    return ok({"id": key})


def delete_many(draft: Draft, table: str, ids: str) -> Reply:
    """DELETE /{entity}Fields?ids=: all of them or none."""
    try:
        keys = [int(part) for part in ids.split(",")]
    except ValueError:
        raise v1.refuse("ids must be a list of integers.") from None
    for key in keys:
        delete(draft, table, key)
    return ok({"id": keys})


def note_fields(draft: Draft) -> Reply:
    """GET /noteFields: fixed."""
    del draft
    flags = {"active_flag": True, "bulk_edit_allowed": True, "mandatory_flag": True}
    out: list[Row] = [{"id": 1, "key": "content", "name": "Content", "field_type": "text", "edit_flag": False} | flags]
    yes_no = [{"id": 1, "label": "Yes"}, {"id": 0, "label": "No"}]
    for number, noun in enumerate(("deal", "person", "organization", "lead", "project", "task"), 2):
        key, name = f"pinned_to_{noun}_flag", f"Note is pinned to {noun}"
        row = {"id": number, "key": key, "name": name, "field_type": "enum", "edit_flag": False}
        out.append(row | flags | {"options": yes_no})
    paging = {"pagination": {"start": 0, "limit": 100, "more_items_in_collection": False}}
    return ok(out, additional_data=paging)
