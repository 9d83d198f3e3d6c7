"""Deal participants and organization relationships, v1 (facts 7.11)."""

from typing import Any

from adapters.protocols import Json
from adapters.sandbox.pipedrive import legacy, users, v1
from adapters.sandbox.pipedrive.answers import RefusedError, Reply, ok, v1_error
from adapters.sandbox.pipedrive.deals import join
from adapters.sandbox.pipedrive.lists import v1_page
from adapters.sandbox.pipedrive.state import Draft, Row


def _deal(draft: Draft, key: int) -> Row:
    row = draft.live("deals", key)
    if row is None:
        raise v1_error(404, "Deal not found", info="Object was not found.")
    return row


def _public(draft: Draft, row: Row) -> Row:
    person = draft.get("persons", row["person_id"]) or {}
    shape = legacy.shape(draft, "persons", person)
    owner = draft.get("users", person["owner_id"]) or {}
    shape["owner_id"] = legacy.person_in_charge(owner)
    if person["org_id"] is not None:
        shape["org_id"] = legacy.organization_stub(draft, person["org_id"])
    stub = {key: shape[key] for key in ("active_flag", "name", "email", "phone")}
    stub |= {"owner_id": person["owner_id"], "company_id": 1, "value": person["id"]}
    deal = draft.get("deals", row["deal_id"]) or {}
    adder = users.public(draft, draft.get("users", row["added_by"]) or {})
    return {
        "id": row["id"],
        "person_id": stub,
        "add_time": v1.stamp(row["add_time"]),
        "active_flag": True,
        "related_item_data": {"deal_id": row["deal_id"], "title": deal["title"]},
        "person": shape,
        "added_by_user_id": {"success": True, "data": adder},
        "related_item_type": "deal",
        "related_item_id": row["deal_id"],
    }


def listing(draft: Draft, deal: int, query: dict[str, Any]) -> Reply:
    """GET /deals/{id}/participants: one page, the deal's own person among them."""
    _deal(draft, deal)
    rows = [row for row in draft.rows("participants") if row["deal_id"] == deal]
    return v1_page(rows, query, lambda row: _public(draft, row))


def add(draft: Draft, deal: int, body: Json) -> Reply:
    """POST /deals/{id}/participants."""
    _deal(draft, deal)
    person = v1.integer(v1.mapping(body), "person_id")
    if person is None or draft.live("persons", person) is None:
        raise v1.refuse(f"Person {person} was not found.")
    if person in draft.state.people.get(deal, ()):
        raise v1.refuse("The person is already a participant of this deal.")
    return ok(_public(draft, join(draft, deal, person)))


def delete(draft: Draft, deal: int, key: str) -> Reply:
    """DELETE /deals/{id}/participants/{row id}."""
    _deal(draft, deal)
    row = draft.get("participants", int(key)) if key.isdigit() else None
    if row is None or row["deal_id"] != deal:
        raise v1_error(404, "Participant not found", info="Object was not found.")
    draft.drop("participants", row["id"])
    return ok({"id": row["id"]})


_TYPES = ("parent", "related")


def _related(draft: Draft, row: Row, seen_from: int | None) -> Row:
    owner, linked = row["rel_owner_org_id"], row["rel_linked_org_id"]
    out: Row = {"id": row["id"], "type": row["type"]}
    out |= {"rel_owner_org_id": legacy.organization_stub(draft, owner)}
    out |= {"rel_linked_org_id": legacy.organization_stub(draft, linked)}
    out |= {"add_time": v1.stamp(row["add_time"]), "update_time": v1.stamp(row["update_time"]), "active_flag": "true"}
    if seen_from is not None:
        other = linked if seen_from == owner else owner
        kind = row["type"] if row["type"] == "related" else ("daughter" if seen_from == owner else "parent")
        name = (draft.get("organizations", other) or {}).get("name")
        out |= {"calculated_type": kind, "calculated_related_org_id": other, "related_organization_name": name}
    return out


def _objects(draft: Draft, rows: list[Row]) -> Row:
    keys = {row[column] for row in rows for column in ("rel_owner_org_id", "rel_linked_org_id")}
    stubs = {str(key): {**legacy.organization_stub(draft, key), "id": key} for key in sorted(keys)}
    return {"organization": stubs}


def relationships(draft: Draft, query: dict[str, Any]) -> Reply:
    """GET /organizationRelationships?org_id=: all of one organization, not paged."""
    org = query["org_id"]
    rows = [r for r in draft.rows("relationships") if org in (r["rel_owner_org_id"], r["rel_linked_org_id"])]
    paging = {"pagination": {"start": 0, "limit": 100, "more_items_in_collection": False}}
    data = [_related(draft, row, org) for row in rows]
    return ok(data, additional_data=paging, related_objects=_objects(draft, rows))


def relate(draft: Draft, body: Json) -> Reply:
    """POST /organizationRelationships."""
    given = v1.mapping(body)
    key = draft.next("relationships")
    row: Row = {"id": key, "add_time": draft.at, "update_time": draft.at, "is_deleted": False}
    for name in ("type", "rel_owner_org_id", "rel_linked_org_id"):
        if given.get(name) is None:
            raise v1.refuse(f"{name} must be given.")
    row = draft.put("relationships", key, row | _ends(draft, row, given))
    view = _view(given)
    return ok(_related(draft, row, view), related_objects=_objects(draft, [row]))


def _view(given: dict[str, Any]) -> int | None:
    return v1.integer(given, "org_id")


def _ends(draft: Draft, row: Row, given: dict[str, Any]) -> Row:
    out: Row = {}
    if "type" in given:
        if given["type"] not in _TYPES:
            raise v1.refuse("type must be parent or related.")
        out["type"] = given["type"]
    for name in ("rel_owner_org_id", "rel_linked_org_id"):
        if name in given:
            out[name] = v1.integer(given, name)
            if out[name] is None or draft.live("organizations", out[name]) is None:
                raise v1.refuse(f"Organization {given[name]} was not found.")
    both = row | out
    if both["rel_owner_org_id"] == both["rel_linked_org_id"]:
        raise v1.refuse("An organization cannot be related to itself.")
    return out


def _relationship(draft: Draft, key: int) -> Row:
    row = draft.live("relationships", key)
    if row is None:
        raise _no_relationship()
    return row


def _no_relationship() -> RefusedError:
    return v1_error(404, "Organization relationship not found", info="Object was not found.")


def get_relationship(draft: Draft, key: int, query: dict[str, Any]) -> Reply:
    """GET /organizationRelationships/{id}."""
    row = _relationship(draft, key)
    return ok(_related(draft, row, query.get("org_id")), related_objects=_objects(draft, [row]))


def update_relationship(draft: Draft, key: int, body: Json) -> Reply:
    """PUT /organizationRelationships/{id}."""
    row = _relationship(draft, key)
    given = v1.mapping(body)
    row = draft.put("relationships", key, row | _ends(draft, row, given) | {"update_time": draft.at})
    return ok(_related(draft, row, _view(given)), related_objects=_objects(draft, [row]))


def delete_relationship(draft: Draft, key: int) -> Reply:
    """DELETE /organizationRelationships/{id}."""
    row = _relationship(draft, key)
    draft.put("relationships", key, row | {"is_deleted": True, "update_time": draft.at})
    return ok({"id": key})
