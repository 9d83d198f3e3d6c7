"""PATCH: JSON Patch on one record (facts 12). All of its patches are made, or none."""

from typing import Any

from adapters.protocols import Json
from adapters.sandbox.nutshell import custom, leads, links, records
from adapters.sandbox.nutshell.errors import RefusedError
from adapters.sandbox.nutshell.rest import reading
from adapters.sandbox.nutshell.rest.ask import Ask, Reply, linked, linked_keys, number, there, wrapped
from adapters.sandbox.nutshell.rest.creating import add_product_map
from adapters.sandbox.nutshell.rest.views import view
from adapters.sandbox.nutshell.state import Draft, Row, ref, split

OPS = ("add", "remove", "replace", "move", "copy")


def patches(body: Json) -> list[dict[str, Any]]:
    """The patches of a body. Raises RefusedError."""
    if not isinstance(body, list) or not body:
        raise RefusedError("No patches sent")
    for one in body:
        fits = isinstance(one, dict) and one.get("op") in OPS and isinstance(one.get("path"), str)
        if not fits:
            raise RefusedError("Invalid patch", "a patch has op, path and value")
        if one["op"] in ("move", "copy"):
            raise RefusedError("Invalid patch", f"{one['op']} is not in this sandbox")
        if "value" not in one and one["op"] == "replace" and not one["path"].endswith("/valueToProductMode"):
            raise RefusedError("Invalid patch", "replace needs a value")
    return body


def steps(path: str, collection: str) -> list[str]:
    """What a path names below `/{collection}/0/`. Raises RefusedError."""
    parts = [part.replace("~1", "/").replace("~0", "~") for part in path.removeprefix("/").split("/")]
    if parts[:2] != [collection, "0"] or len(parts) < 3:
        raise RefusedError("Invalid patch", f"a path starts with /{collection}/0/")
    return parts[2:]


def record(collection: str) -> Any:
    """A handler that patches a company, person or lead."""

    def handler(draft: Draft, ask: Ask) -> Reply:
        row = there(draft, collection, ask.params["id"])
        values: Row = {}
        for one in patches(ask.body):
            place = steps(one["path"], collection)
            apply = _link if place[0] == "links" else _attribute
            values |= apply(draft, collection, {**row, **values}, place, one)
        changed = _changed(draft, collection, row, values)
        return _patched(draft, collection, changed)

    return handler


def _changed(draft: Draft, collection: str, row: Row, values: Row) -> Row:
    if collection == "leads":
        changed = leads.update(draft, row, values)
    else:
        changed = records.update(draft, collection, draft.get(collection, row["id"]) or row, values)
    links.touch_linked(draft, row, changed)
    return draft.get(collection, row["id"]) or changed


def _patched(draft: Draft, collection: str, row: Row) -> Reply:
    if draft.settings.patch_status == 204:
        return Reply(204)
    return wrapped(draft, collection, [view(draft, collection, row)])


def _attribute(draft: Draft, collection: str, row: Row, place: list[str], patch: Row) -> Row:
    key, op, value = place[0], patch["op"], patch.get("value")
    if len(place) != 1:
        raise RefusedError("Invalid patch", f"{patch['path']} names nothing")
    if collection == "leads" and key == "valueToProductMode":
        return {"manual": None}
    reader = reading.ATTRIBUTES[collection].get(key)
    if reader is not None:
        if op != "replace":
            raise RefusedError("Invalid patch", f"{key} is replaced")
        return reader(draft, row, value)
    if custom.by_name(draft, collection, key) is None:
        raise RefusedError("Invalid patch", f"{collection} have no {key}")
    return reading.custom_fields(collection)(draft, row, {key: None if op == "remove" else value})


def _link(draft: Draft, collection: str, row: Row, place: list[str], patch: Row) -> Row:
    name, tail, op = place[1] if len(place) > 1 else "", place[2:], patch["op"]
    many = name in reading.MANY
    forms = {"add": tail == ["-"], "remove": len(tail) == 1, "replace": not tail} if many else {"replace": not tail}
    if not forms.get(op):
        how = "/- is added to, an id is removed, the whole list is replaced" if many else "it is replaced"
        raise RefusedError("Invalid patch", f"{op} of links/{name}: {how}")
    if name in ("productMaps", "competitorMaps") and collection == "leads":
        return _map(draft, row, name, tail, patch)
    if name == "contacts" and collection == "accounts":
        return _people(draft, row, tail, patch)
    reader = reading.LINKS[collection].get(name)
    if reader is None:
        raise RefusedError("Invalid patch", f"{collection} have no link {name}")
    if not many:
        return reader(draft, row, patch.get("value"))
    return reader(draft, row, _whole_list(_present(row, name), name, tail, patch))


def _present(row: Row, name: str) -> list[str]:
    stored = row["audiences" if name == "emAudiences" else name]
    return [ref(name, one["id"] if isinstance(one, dict) else one) for one in stored]


def _whole_list(present: list[str], table: str, tail: list[str], patch: Row) -> Json:
    """The list that a patch leads to."""
    if patch["op"] == "replace":
        return patch["value"]
    if patch["op"] == "add":
        added = patch.get("value") if isinstance(patch.get("value"), list) else [patch.get("value")]
        return [*present, *(added or [])]
    key = number(table, tail[0])
    if key is None or ref(table, key) not in present:
        raise RefusedError("Invalid patch", f"{tail[0]} is not linked")
    return [one for one in present if one != ref(table, key)]


def _people(draft: Draft, row: Row, tail: list[str], patch: Row) -> Row:
    present = [ref("contacts", one["id"]) for one in draft.pointing(ref("accounts", row["id"]), "contacts")]
    wanted = _whole_list(present, "contacts", tail, patch)
    keys = linked_keys(draft, wanted, "contacts")
    links.set_from_other_side(draft, "accounts", row, "contacts", [{"id": key} for key in keys])
    return {}


def _map(draft: Draft, row: Row, table: str, tail: list[str], patch: Row) -> Row:
    op, value = patch["op"], patch.get("value")
    gone = leads.maps(draft, table, row) if op != "add" else []
    if op == "remove":
        gone = [one for one in gone if one["id"] == number(table, tail[0])]
        if not gone:
            raise RefusedError("Invalid patch", f"{tail[0]} is not linked")
    for old in gone:
        draft.put(table, {**old, "deleted": draft.now})
    added: list[Json] = [] if op == "remove" else value if isinstance(value, list) else [value]
    for one in added:
        if table == "productMaps":
            add_product_map(draft, row, one)
        else:
            leads.add_competitor(draft, row, split(linked(draft, one, "competitors"))[1])
    return {}


def product_map(draft: Draft, ask: Ask) -> Reply:
    """Quantity or price of a product on a lead."""
    row = there(draft, "productMaps", ask.params["id"])
    values: Row = {}
    for one in patches(ask.body):
        place = steps(one["path"], "productMaps")
        if one["op"] != "replace" or place not in (["quantity"], ["price"]):
            raise RefusedError("Invalid patch", "quantity and price are replaced")
        number_ = reading.amount(place[0], one["value"])
        values |= {"quantity": number_} if place == ["quantity"] else {"price": {**row["price"], "amount": number_}}
    return _patched(draft, "productMaps", draft.put("productMaps", {**row, **values}))


def competitor_map(draft: Draft, ask: Ask) -> Reply:
    """Relationship or status of a competitor on a lead."""
    row = there(draft, "competitorMaps", ask.params["id"])
    values: Row = {}
    for one in patches(ask.body):
        place = steps(one["path"], "competitorMaps")
        if one["op"] != "replace" or place not in (["relationship"], ["status"]):
            raise RefusedError("Invalid patch", "relationship and status are replaced")
        if place == ["status"] and one["value"] not in ("potential", "stole", "beat", None):
            raise RefusedError("Invalid patch", "status is potential, stole or beat")
        values[place[0]] = one["value"]
    return _patched(draft, "competitorMaps", draft.put("competitorMaps", {**row, **values}))


def task(draft: Draft, ask: Ask) -> Reply:
    """The assignee of a task: no other path is documented."""
    row = there(draft, "tasks", ask.params["id"])
    values: Row = {}
    for one in patches(ask.body):
        if one["op"] != "replace" or steps(one["path"], "tasks") != ["links", "assignee"]:
            raise RefusedError("Invalid patch", "only links/assignee is replaced")
        values["assignee"] = None if one["value"] is None else linked(draft, one["value"], "users")
    return _patched(draft, "tasks", records.update(draft, "tasks", row, values))
