"""Activity types, v1 (facts 7.6)."""

import re

from adapters.protocols import Json
from adapters.sandbox.pipedrive import v1
from adapters.sandbox.pipedrive.answers import Reply, ok, v1_error
from adapters.sandbox.pipedrive.state import Draft, Row

ICONS = (
    "task", "email", "meeting", "deadline", "call", "lunch", "calendar", "downarrow", "document", "smartphone",
    "camera", "scissors", "cogs", "bubble", "uparrow", "checkbox", "signpost", "shuffle", "addressbook", "linegraph",
    "picture", "car", "world", "search", "clip", "sound", "brush", "key", "padlock", "pricetag", "suitcase", "finish",
    "plane", "loop", "wifi", "truck", "cart", "bulb", "bell", "presentation",
)  # fmt: skip
"""The icons that there are, from the v1 description."""


def public(row: Row) -> Row:
    """An activity type as v1 shows it."""
    out = {key: value for key, value in row.items() if not key.startswith("_") and key != "is_deleted"}
    out |= {"add_time": v1.stamp(row["add_time"]), "update_time": v1.stamp(row["update_time"])}
    return out | {"active_flag": not row["is_deleted"], "color": row["color"] or "FFFFFF"}


def listing(draft: Draft) -> Reply:
    """GET /activityTypes: all of them, not paged."""
    return ok([public(row) for row in sorted(draft.rows("activity_types"), key=lambda row: row["order_nr"])])


def create(draft: Draft, body: Json) -> Reply:
    """POST /activityTypes: the key is made from the name and never changes."""
    given = v1.mapping(body)
    name = v1.text(given, "name")
    if not name or not name.strip():
        raise v1.refuse("Name must be given.")
    if "icon_key" not in given:
        raise v1.refuse("icon_key must be given.")
    rows = draft.rows("activity_types")
    key = draft.next("activity_types")
    row: Row = {"id": key, "name": name, "key_string": _key(draft, name)}
    row |= {"order_nr": 1 + max((r["order_nr"] for r in rows), default=0), "is_custom_flag": True, "color": None}
    row |= {"add_time": draft.at, "update_time": draft.at, "is_deleted": False} | _looks(given)
    return ok(public(draft.put("activity_types", key, row)))


def _key(draft: Draft, name: str) -> str:
    base = re.sub(r"[^a-z0-9]+", "_", name.casefold()).strip("_") or "type"
    taken = {row["key_string"] for row in draft.state.rows("activity_types").values()}
    key, number = base, 2
    while key in taken:
        key, number = f"{base}_{number}", number + 1
    return key


def _looks(given: dict[str, Json]) -> Row:
    looks: Row = {}
    if given.get("icon_key") is not None:
        if given["icon_key"] not in ICONS:
            raise v1.refuse(f"icon_key '{given['icon_key']}' is not one of the icons.")
        looks["icon_key"] = given["icon_key"]
    if given.get("color") is not None:
        if not re.fullmatch(r"[0-9A-Fa-f]{6}", str(given["color"])):
            raise v1.refuse("color must be 6 hexadecimal digits.")
        looks["color"] = given["color"]
    return looks


def _find(draft: Draft, key: int) -> Row:
    row = draft.live("activity_types", key)
    if row is None:
        raise v1_error(404, "Activity type not found", info="Object was not found.")
    return row


def update(draft: Draft, key: int, body: Json) -> Reply:
    """PUT /activityTypes/{id}."""
    given = v1.mapping(body)
    row = _find(draft, key) | _looks(given) | {"update_time": draft.at}
    row["name"] = v1.text(given, "name") or row["name"]
    row["order_nr"] = v1.integer(given, "order_nr") or row["order_nr"]
    return ok(public(draft.put("activity_types", key, row)))


def delete(draft: Draft, key: int) -> Reply:
    """DELETE /activityTypes/{id}: marked as deleted."""
    row = _find(draft, key) | {"is_deleted": True, "update_time": draft.at}
    return ok(public(draft.put("activity_types", key, row)))
