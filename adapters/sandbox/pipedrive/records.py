"""Create, get, update and delete for the v2 entities: one text, driven by `entities` and the rules of each entity."""

from collections.abc import Callable
from typing import Any

from adapters.protocols import Json
from adapters.sandbox.pipedrive import activities, custom, deals, persons, pipelines, products, project_rules
from adapters.sandbox.pipedrive.answers import Reply, bad_request, invalid, missing, ok, v2_error
from adapters.sandbox.pipedrive.entities import Entity
from adapters.sandbox.pipedrive.following import FOLLOWED, follow
from adapters.sandbox.pipedrive.state import Draft, Row
from adapters.sandbox.pipedrive.values import Spec, WrongError, check

PURGE_AFTER = 30 * 86_400
"""Seconds after which a deleted record is gone for good (facts 10)."""

Rule = Callable[[Draft, Row | None, Row, Row], Row]
"""(draft, the record before, the record merged with what was given, what was given) -> the record as it is kept."""

RULES: dict[str, Rule] = {
    "persons": persons.settle,
    "deals": deals.settle,
    "activities": activities.settle,
    "products": products.settle,
    "pipelines": pipelines.settle_pipeline,
    "stages": pipelines.settle_stage,
    "projects": project_rules.settle,
}

_EMPTY: dict[str, Json] = {"integers": [], "entries": [], "participants": [], "attendees": [], "boolean": False}


def create(draft: Draft, entity: Entity, body: Json) -> Reply:
    """POST /{entity}: the new record."""
    given = validated(draft, entity, body, "create")
    row: Row = {"id": draft.next(entity.table)}
    row |= {key: _default(draft, key, spec) for key, spec in entity.fields.items()} | entity.readonly
    row |= {"add_time": draft.at, "update_time": draft.at, "is_deleted": False}
    row |= given
    row = RULES[entity.table](draft, None, row, given) if entity.table in RULES else row
    row = draft.put(entity.table, row["id"], row)
    if draft.settings.owner_follows and entity.table in FOLLOWED:
        follow(draft, entity.table, row["id"], row["owner_id"])
    status = 201 if entity.table in ("products", "projects") else draft.settings.create_status
    return ok(public(draft, entity, row), status)


def _default(draft: Draft, key: str, spec: Spec) -> Json:
    if key == "owner_id":
        return draft.user
    if key == "visible_to":
        return 3
    return {} if key == "custom_fields" else _EMPTY.get(spec.kind)


def get(draft: Draft, entity: Entity, key: int) -> Row:
    """The record, deleted or not, until it is purged. Raises the v2 404."""
    row = draft.get(entity.table, key)
    if row is None or gone(row, draft.now):
        raise missing(entity.noun)
    return row


def gone(row: Row, now: float) -> bool:
    """Whether a deleted record has been purged."""
    return "_deleted" in row and now - float(row["_deleted"]) > PURGE_AFTER


def update(draft: Draft, entity: Entity, key: int, body: Json) -> Reply:
    """PATCH /{entity}/{id}: the record after it."""
    old = draft.live(entity.table, key)
    if old is None:
        raise missing(entity.noun)
    given = validated(draft, entity, body, "update")
    row = old | given | {"update_time": draft.at}
    if "custom_fields" in given:
        row["custom_fields"] = old["custom_fields"] | given["custom_fields"]
    row = RULES[entity.table](draft, old, row, given) if entity.table in RULES else row
    return ok(public(draft, entity, draft.put(entity.table, key, row)))


def delete(draft: Draft, entity: Entity, key: int) -> Reply:
    """DELETE /{entity}/{id}: marked as deleted, nothing else is touched."""
    old = draft.live(entity.table, key)
    if old is None:
        raise missing(entity.noun)
    if entity.table in ("pipelines", "stages"):
        pipelines.refuse_while_used(draft, entity.table, key)
    draft.put(entity.table, key, old | {"is_deleted": True, "_deleted": draft.now, "update_time": draft.at})
    return ok({"id": key})


def validated(draft: Draft, entity: Entity, body: Json, verb: str) -> Row:
    """A body's values as they are kept. Raises the v2 refusal that names every problem."""
    if not isinstance(body, dict):
        raise invalid([("body", "The value is not a valid 'object'")])
    if entity.table == "activities" and "person_id" in body:
        raise activities.person_refused()
    problems: list[tuple[str, str]] = []
    given: Row = {}
    for key, value in body.items():
        spec = _allowed(draft, entity, key, verb)
        if spec is None:
            problems.append((key, f"Parameter '{key}' is not allowed for this request"))
            continue
        try:
            given[key] = check(value, spec)
        except WrongError as error:
            problems.append((f"{key}.{error.place}" if error.place else key, str(error)))
    if verb == "create":
        for key, spec in entity.fields.items():
            if spec.required and key not in body:
                problems.append((key, f"Parameter '{key}' is required"))
    if problems:
        raise invalid(problems)
    _referenced(draft, entity, given)
    if "custom_fields" in given:
        given["custom_fields"] = custom.take(draft, entity.table, given["custom_fields"])
    return given


def _allowed(draft: Draft, entity: Entity, key: str, verb: str) -> Spec | None:
    spec = entity.fields.get(key)
    if spec is None or spec.on not in ("", verb):
        return None
    if spec.feature and not getattr(draft.settings, spec.feature):
        if spec.feature == "contact_sync":
            raise v2_error(403, f"'{key}' needs contact sync, which this company does not have", "ERR_FORBIDDEN")
        return None
    return spec


def _referenced(draft: Draft, entity: Entity, given: Row) -> None:
    for key, value in given.items():
        table = entity.fields[key].ref
        if table and value is not None:
            require(draft, table, value, key)
    for key in _CHOSEN:
        if given.get(key):
            known = {o["id"] for o in system_field(draft, entity.table, key)["options"]}
            for chosen in given[key] if isinstance(given[key], list) else [given[key]]:
                if chosen not in known:
                    raise invalid([(key, f"Option with ID {chosen} does not exist")])
    if given.get("visible_to") in (5, 7) and draft.settings.plan in ("lite", "growth"):
        raise invalid([("visible_to", "The value you selected is not a valid choice.")])


def require(draft: Draft, table: str, key: Any, name: str) -> Row:
    """The live row that a field names; for users an active one. Raises the v2 400."""
    row = draft.live(table, key)
    if row is None:
        raise bad_request(f"'{name}' is {key!r}, and there is no such record in {table}.")
    if table == "users" and not row["active_flag"]:
        raise bad_request(f"'{name}' is {key!r}, and that user is not active.")
    return row


_CHOSEN = ("label_ids", "industry", "category")
"""System fields whose values are ids of their options."""


def system_field(draft: Draft, table: str, code: str) -> Row:
    """A system field of an entity."""
    return next(row for row in draft.rows("fields") if row["entity"] == table and row["code"] == code)


_HIDDEN = {"persons": ("marketing_status",), "activities": ("attendees",), "projects": ("is_archived",)}
_SHOWN: dict[str, Callable[[Draft, Row, Row], Row]] = {
    "deals": deals.shown,
    "products": products.shown,
    "persons": persons.shown,
}


def public(draft: Draft, entity: Entity, row: Row, fields: dict[str, Row] | None = None) -> Row:
    """A record as v2 answers show it, without what must be asked for. `fields` saves a look-up in lists."""
    out = {key: value for key, value in row.items() if not key.startswith("_")}
    for key in _HIDDEN.get(entity.table, ()):
        out.pop(key, None)
    if entity.custom:
        known = custom.live_fields(draft, entity.table) if fields is None else fields
        out["custom_fields"] = custom.show(known, row["custom_fields"])
    if out.get("label_ids"):
        labels = {o["id"] for o in system_field(draft, entity.table, "label_ids")["options"]}
        out["label_ids"] = [label for label in out["label_ids"] if label in labels]
    return _SHOWN[entity.table](draft, row, out) if entity.table in _SHOWN else out
