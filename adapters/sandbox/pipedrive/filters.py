"""Saved filters: kept over v1, used by the lists (facts 5, 7.13)."""

from collections.abc import Callable
from typing import Any

from adapters.protocols import Json
from adapters.sandbox.pipedrive import v1
from adapters.sandbox.pipedrive.answers import Reply, missing, ok, v1_error
from adapters.sandbox.pipedrive.state import Draft, Row

TYPES = {
    "deals": "deals", "leads": "leads", "org": "organizations", "people": "persons", "products": "products",
    "activity": "activities",
}  # fmt: skip
"""The filter types that this sandbox knows, with their tables."""
_OBJECTS = {
    "deal": "deals", "person": "persons", "organization": "organizations", "product": "products",
    "activity": "activities",
}  # fmt: skip
_MOST = 16

Test = Callable[[Row], bool]


def _text(value: Json) -> str:
    return "" if value is None else str(value)


def _less(left: Json, right: Json) -> bool:
    if isinstance(left, int | float):
        try:
            return left < float(right)
        except (TypeError, ValueError):
            return False
    return _text(left) < _text(right)


_OPERATORS: dict[str, Callable[[Json, Json], bool]] = {
    "IS NULL": lambda have, _: have in (None, "", []),
    "IS NOT NULL": lambda have, _: have not in (None, "", []),
    "=": lambda have, want: _text(have) == _text(want),
    "!=": lambda have, want: _text(have) != _text(want),
    "<": lambda have, want: have is not None and _less(have, want),
    ">=": lambda have, want: have is not None and not _less(have, want),
    ">": lambda have, want: have is not None and not _less(have, want) and _text(have) != _text(want),
    "<=": lambda have, want: have is not None and (_less(have, want) or _text(have) == _text(want)),
    "LIKE '$%'": lambda have, want: _text(have).casefold().startswith(_text(want).casefold()),
    "LIKE '%$%'": lambda have, want: _text(want).casefold() in _text(have).casefold(),
    "NOT LIKE '$%'": lambda have, want: not _text(have).casefold().startswith(_text(want).casefold()),
}
"""The operators that the v1 description names."""


def test(draft: Draft, key: int, table: str) -> Test:
    """Whether a record passes a saved filter. Raises the v2 404 for a filter that is not there or of another type."""
    row = draft.live("filters", key)
    if row is None or TYPES[row["type"]] != table:
        raise missing("Filter")
    groups = [(group["glue"], [_condition(draft, c) for c in group["conditions"]]) for group in _groups(row)]

    def passes(record: Row) -> bool:
        for glue, tests in groups:
            if tests and not (all if glue == "and" else any)(check(record) for check in tests):
                return False
        return True

    return passes


def _groups(row: Row) -> list[Row]:
    return list(row["conditions"]["conditions"])


def _condition(draft: Draft, condition: Row) -> Test:
    field = draft.get("fields", int(condition["field_id"])) or {}
    compare, wanted = _OPERATORS[condition["operator"]], condition.get("value")

    def check(record: Row) -> bool:
        have = record["custom_fields"].get(field["code"]) if field["custom"] else record.get(field["code"])
        return compare(have, wanted)

    return check


def _checked(draft: Draft, kind: str, conditions: Json) -> Row:
    """The conditions as they are kept: one AND group that holds one AND and one OR group, 16 conditions at most."""
    if not isinstance(conditions, dict) or conditions.get("glue") != "and":
        raise v1.refuse("conditions must be one group with the glue 'and'.")
    groups = conditions.get("conditions")
    if not isinstance(groups, list) or [g.get("glue") for g in groups if isinstance(g, dict)] != ["and", "or"]:
        raise v1.refuse("conditions must hold one group with the glue 'and' and one with 'or'.")
    found = [condition for group in groups for condition in group.get("conditions", ())]
    if len(found) > _MOST:
        raise v1.refuse(f"A filter holds {_MOST} conditions at most.")
    for condition in found:
        _check_condition(draft, kind, condition)
    return conditions


def _check_condition(draft: Draft, kind: str, condition: Json) -> None:
    if not isinstance(condition, dict) or condition.get("operator") not in _OPERATORS:
        raise v1.refuse(f"The operator must be one of {', '.join(_OPERATORS)}.")
    table = _OBJECTS.get(str(condition.get("object")))
    if table != ("deals" if kind == "leads" else TYPES[kind]):
        raise v1.refuse("In this sandbox a condition can only be about the filter's own type.")
    field = draft.live("fields", v1.integer(condition, "field_id") or 0)
    if field is None or field["entity"] != table:
        raise v1.refuse(f"There is no field {condition.get('field_id')} of {table}.")


def public(row: Row, *, whole: bool = True) -> Row:
    """A filter as v1 shows it; lists leave the conditions out."""
    out: Row = {"id": row["id"], "name": row["name"], "filter_code": None, "is_editable": True, "type": row["type"]}
    out |= {"active_flag": not row["is_deleted"], "temporary_flag": None, "user_id": row["user_id"]}
    out |= {"add_time": v1.stamp(row["add_time"]), "update_time": v1.stamp(row["update_time"]), "visible_to": "7"}
    out |= {"last_used_time": None, "custom_view_id": None}
    return out | ({"conditions": row["conditions"]} if whole else {})


def listing(draft: Draft, query: dict[str, Any]) -> Reply:
    """GET /filters: all, or those of one type."""
    rows = [row for row in draft.rows("filters") if query.get("type") in (None, row["type"])]
    return ok([public(row, whole=False) for row in rows])


def create(draft: Draft, body: Json) -> Reply:
    """POST /filters."""
    given = v1.mapping(body)
    name = v1.text(given, "name")
    if not name:
        raise v1.refuse("Name must be given.")
    if given.get("type") not in TYPES:
        raise v1.refuse(f"type must be one of {', '.join(TYPES)}.")
    key = draft.next("filters")
    row: Row = {"id": key, "name": name, "type": given["type"], "user_id": draft.user, "is_deleted": False}
    row |= {"conditions": _checked(draft, given["type"], given.get("conditions"))}
    return ok(public(draft.put("filters", key, row | {"add_time": draft.at, "update_time": draft.at})))


def _find(draft: Draft, key: int) -> Row:
    row = draft.live("filters", key)
    if row is None:
        raise v1_error(404, "Filter not found", info="Object was not found.")
    return row


def get(draft: Draft, key: int) -> Reply:
    """GET /filters/{id}."""
    return ok(public(_find(draft, key)))


def update(draft: Draft, key: int, body: Json) -> Reply:
    """PUT /filters/{id}."""
    given = v1.mapping(body)
    row = _find(draft, key) | {"update_time": draft.at}
    row["name"] = v1.text(given, "name") or row["name"]
    row["conditions"] = _checked(draft, row["type"], given.get("conditions"))
    return ok(public(draft.put("filters", key, row)))


def delete_many(draft: Draft, ids: str) -> Reply:
    """DELETE /filters?ids=: all of them or none."""
    keys = [v1.integer({"ids": part}, "ids") for part in ids.split(",")]
    for key in keys:
        delete(draft, key or 0)
    return ok({"id": keys})


def delete(draft: Draft, key: int) -> Reply:
    """DELETE /filters/{id}."""
    draft.put("filters", key, _find(draft, key) | {"is_deleted": True, "update_time": draft.at})
    return ok({"id": key})
