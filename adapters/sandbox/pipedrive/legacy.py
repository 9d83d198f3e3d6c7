"""Records in their v1 shapes, as `recents` and the old GET by id show them (facts 8.3, 10, 14.7)."""

from collections.abc import Callable

from adapters.protocols import Json
from adapters.sandbox.pipedrive import activity_types, custom, files, filters, notes, records, users, v1
from adapters.sandbox.pipedrive.answers import Reply, ok, v1_error
from adapters.sandbox.pipedrive.entities import ENTITIES
from adapters.sandbox.pipedrive.state import Draft, Row
from adapters.sandbox.pipedrive.values import ADDRESS_PARTS

_RENAMED: dict[str, dict[str, str]] = {
    "deals": {"owner_id": "user_id"},
    "persons": {"emails": "email", "phones": "phone"},
    "activities": {"owner_id": "user_id", "busy": "busy_flag", "creator_user_id": "created_by_user_id"},
    "products": {"is_linkable": "selectable"},
    "pipelines": {"is_deal_probability_enabled": "deal_probability"},
    "stages": {"is_deal_rot_enabled": "rotten_flag", "days_to_rotten": "rotten_days"},
    "organizations": {},
}
_TIMES = (
    "add_time", "update_time", "stage_change_time", "close_time", "won_time", "lost_time", "archive_time",
    "marked_as_done_time",
)  # fmt: skip
_ADDRESSES = {"organizations": "address", "persons": "postal_address", "activities": "location"}


def shape(draft: Draft, table: str, row: Row) -> Row:
    """A v2 record as v1 shows it."""
    entity = ENTITIES[table]
    out = records.public(draft, entity, row)
    out = {_RENAMED[table].get(key, key): value for key, value in out.items()}
    for key in _TIMES:
        if key in out:
            out[key] = v1.stamp(out[key])
    deleted = out.pop("is_deleted")
    out |= {"active": not deleted, "deleted": deleted} if table == "deals" else {"active_flag": not deleted}
    if "visible_to" in out and table != "products":
        out["visible_to"] = str(out["visible_to"])
    if "label_ids" in out:
        labels = out["label_ids"]
        first = labels[0] if labels else None
        out["label"] = ",".join(str(label) for label in labels) if table == "deals" else first
    if table in _ADDRESSES and _ADDRESSES[table] in out:
        out |= _address(_ADDRESSES[table], out[_ADDRESSES[table]])
    if entity.custom:
        out.pop("custom_fields")
        out |= custom.v1_show(custom.live_fields(draft, table), row["custom_fields"])
    return out | _named(draft, table, row)


def _address(key: str, value: Row | None) -> Row:
    parts = value or {}
    out: Row = {f"{key}_{part}": parts.get(part) for part in ADDRESS_PARTS[1:]}
    return out | {key: parts.get("value"), f"{key}_formatted_address": parts.get("value")}


def _named(draft: Draft, table: str, row: Row) -> Row:
    out: Row = {}
    owner = draft.get("users", row["owner_id"]) if "owner_id" in row else None
    if owner is not None:
        out["owner_name"] = owner["name"]
    if table == "organizations" and owner is not None:
        out["owner_id"] = person_in_charge(owner)
    for key, of, name in (("org_id", "organizations", "org_name"), ("person_id", "persons", "person_name")):
        if key in row:
            other = None if row[key] is None else draft.get(of, row[key])
            out[name] = None if other is None else other["name"]
    if table in ("organizations", "persons"):
        out |= {"company_id": 1, "first_char": row["name"][:1].lower()}
    return out


def person_in_charge(user: Row) -> Row:
    """An owner as v1 nests it."""
    out = {"id": user["id"], "name": user["name"], "email": user["email"], "has_pic": 0, "pic_hash": None}
    return out | {"active_flag": user["active_flag"], "value": user["id"]}


def organization_stub(draft: Draft, key: int) -> Row:
    """An organization as v1 nests it."""
    row = draft.get("organizations", key) or {}
    address = row.get("address") or {}
    out: Row = {"name": row.get("name"), "people_count": 0, "owner_id": row.get("owner_id")}
    out |= {"address": address.get("value"), "cc_email": f"sandbox+org{key}@pipedrivemail.example"}
    return out | {"active_flag": not row.get("is_deleted"), "value": key}


SHAPES: dict[str, tuple[str, Callable[[Draft, Row], Row]]] = {
    "activity": ("activities", lambda d, row: shape(d, "activities", row)),
    "activityType": ("activity_types", lambda _, row: activity_types.public(row)),
    "deal": ("deals", lambda d, row: shape(d, "deals", row)),
    "note": ("notes", notes.public),
    "person": ("persons", lambda d, row: shape(d, "persons", row)),
    "organization": ("organizations", lambda d, row: shape(d, "organizations", row)),
    "pipeline": ("pipelines", lambda d, row: shape(d, "pipelines", row)),
    "product": ("products", lambda d, row: shape(d, "products", row)),
    "stage": ("stages", lambda d, row: shape(d, "stages", row)),
    "user": ("users", users.public),
    "file": ("files", files.public),
    "filter": ("filters", lambda _, row: filters.public(row, whole=False)),
}
"""The items of `recents`: their table and v1 shape."""


def recents(draft: Draft, query: dict[str, Json]) -> Reply:
    """GET /recents: what changed since a time, oldest change first, deleted things included, purged ones as null."""
    since = v1.moment(query, "since_timestamp")
    names = [name for name in str(query.get("items", "")).split(",") if name] or list(SHAPES)
    for name in names:
        if name not in SHAPES:
            raise v1.refuse(f"items: there is no item {name}")
    found: list[tuple[str, str, Row]] = []
    for name in names:
        rows = draft.state.rows(SHAPES[name][0]).values()
        found += [(row["update_time"], name, row) for row in rows if row["update_time"] >= (since or "")]
    found.sort(key=lambda item: (item[0], item[1], item[2]["id"]))
    start, limit = int(query.get("start", 0)), min(int(query.get("limit", 100)), 500)
    page = found[start : start + limit]
    data: list[Row] = [
        {
            "item": name,
            "id": row["id"],
            "data": None if records.gone(row, draft.now) else SHAPES[name][1](draft, row),
        }
        for _, name, row in page
    ]
    paging = {"start": start, "limit": limit, "more_items_in_collection": len(found) > start + limit}
    if paging["more_items_in_collection"]:
        paging["next_start"] = start + limit
    last = v1.stamp(page[-1][0]) if page else query["since_timestamp"]
    more = {"since_timestamp": query["since_timestamp"], "last_timestamp_on_page": last, "pagination": paging}
    return ok(data, additional_data=more)


def get(draft: Draft, table: str, key: int) -> Reply:
    """GET /v1/{entity}/{id}: out of support and still answering, deleted records too (facts 1, 10)."""
    row = draft.get(table, key)
    if row is None or records.gone(row, draft.now):
        raise v1_error(404, f"{ENTITIES[table].noun} not found", info="Object was not found.")
    return ok(shape(draft, table, row))
