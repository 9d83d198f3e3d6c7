"""The v2 field endpoints: definitions and options (facts 8.1, 8.4)."""

from typing import Any

from adapters.protocols import Json
from adapters.sandbox.pipedrive.answers import Reply, bad_request, invalid, missing, ok, v2_error
from adapters.sandbox.pipedrive.state import Draft, Row
from adapters.sandbox.pipedrive.values import Spec, WrongError, check

TYPES = (
    "varchar", "text", "double", "phone", "date", "daterange", "time", "timerange", "set", "enum", "varchar_auto",
    "address", "monetary", "org", "people", "user",
)  # fmt: skip
"""The types that a custom field can have."""

MOST_OPTIONS = 10_000
_CAP = {"lite": 30, "growth": 100, "premium": 300, "ultimate": 500}
_NAME = Spec(kind="text", required=True, longest=255)
_SHAPE: dict[str, tuple[str, ...]] = {
    "deals": ("ui_visibility", "important_fields", "required_fields", "description"),
    "persons": ("ui_visibility", "important_fields", "required_fields"),
    "organizations": ("ui_visibility", "important_fields", "required_fields"),
    "products": ("ui_visibility",),
    "activities": ("ui_visibility",),
    "projects": ("ui_visibility", "important_fields", "required_fields"),
}
"""What a field of each entity takes and shows beside its name, type and options."""

_DEFAULT_SHAPE: dict[str, Json] = {
    "ui_visibility": {"add_visible_flag": False, "details_visible_flag": True},
    "important_fields": {"enabled": False, "stage_ids": []},
    "required_fields": {"enabled": False},
}
_SUBFIELDS: dict[str, tuple[tuple[str, str], ...]] = {
    "monetary": (("currency", "varchar"),),
    "daterange": (("until", "date"),),
    "timerange": (("until", "time"), ("timezone_id", "int")),
    "time": (("timezone_id", "int"),),
    "address": tuple(
        (part, "varchar")
        for part in (
            "subpremise", "street_number", "route", "sublocality", "locality", "admin_area_level_1",
            "admin_area_level_2", "country", "postal_code", "formatted_address",
        )
    ),
}  # fmt: skip


def shown(field: Row, include: list[str]) -> Row:
    """A field as v2 answers show it, with the named parts of `include_fields`."""
    kind = field["type"]
    subfields = [
        {"field_code": part, "field_name": f"{part} of {field['name']}", "field_type": sub}
        for part, sub in _SUBFIELDS.get(kind, ())
    ]
    out: Row = {
        "field_name": field["name"],
        "field_code": field["code"],
        "field_type": kind,
        "options": field["options"],
        "subfields": subfields or None,
        "is_custom_field": field["custom"],
        "is_optional_response_field": False,
        "is_writable": field["custom"] or field["code"] not in ("id", "update_time"),
    }
    if field["entity"] == "deals":
        out["description"] = field["description"] or ""
    return out | {part: field["shape"].get(part, _DEFAULT_SHAPE[part]) for part in include}


def of(draft: Draft, table: str) -> list[Row]:
    """The live fields of an entity, system ones first, in the order they were made."""
    return [row for row in draft.rows("fields") if row["entity"] == table]


def find(draft: Draft, table: str, code: str) -> Row:
    """The live field of that code. Raises the v2 404."""
    for row in of(draft, table):
        if row["code"] == code:
            return row
    raise missing("Field")


def included(table: str, query: dict[str, Any]) -> list[str]:
    """The parts that `include_fields` names. Raises the v2 refusal for an unknown one."""
    names = [name for name in query.get("include_fields", "").split(",") if name]
    for name in names:
        if name not in _SHAPE[table] or name == "description":
            raise invalid([("include_fields", "The value you selected is not a valid choice.")])
    return names


def create(draft: Draft, table: str, body: Json) -> Reply:
    """POST /{entity}Fields: the new field, its options with their ids."""
    given = _checked(table, body, creating=True)
    wants = given["field_type"] in ("enum", "set")
    labels = _labels(given.get("options"), needed=wants)
    if labels and not wants:
        raise invalid([("options", "Options are only allowed for the field types enum and set.")])
    field = add(draft, table, given["field_name"], given["field_type"], labels if wants else None)
    field = draft.put("fields", field["id"], field | _shaped(given))
    return ok(shown(field, _parts(table)), draft.settings.create_status)


FULL, FULL_CODE = "Couldn't add the field. Custom fields limit reached.", "feature_capping_custom_fields_limit"
"""The words and the code of the plan's 403."""


def full(draft: Draft) -> bool:
    """Whether the company has all the custom fields that its plan allows (facts 12)."""
    return draft.state.busy.get("fields", 0) >= _CAP[draft.settings.plan]


def add(draft: Draft, table: str, name: str, kind: str, labels: list[str] | None) -> Row:
    """A new custom field. Raises the plan's 403 when there are as many as it allows."""
    if full(draft):
        raise v2_error(403, FULL, FULL_CODE)
    code = draft.field_code()
    options = None if labels is None else [new_option(draft, label) for label in labels]
    row: Row = {"id": draft.next("fields"), "entity": table, "code": code, "key": code, "name": name, "type": kind}
    row |= {"options": options, "custom": True, "order_nr": len(of(draft, table)) + 1, "description": None}
    row |= {"shape": {}, "made_by": draft.user, "add_time": draft.at, "update_time": draft.at, "is_deleted": False}
    return draft.put("fields", row["id"], row)


def new_option(draft: Draft, label: str, color: str | None = None) -> Row:
    """A new option with an id of its own."""
    return {"id": draft.next("options"), "label": label} | ({"color": color} if color else {})


def _parts(table: str) -> list[str]:
    return [part for part in _SHAPE[table] if part != "description"]


def _shaped(given: Row) -> Row:
    shape = {part: given[part] for part in _DEFAULT_SHAPE if part in given}
    return {"shape": shape} | ({"description": given["description"]} if "description" in given else {})


def _checked(table: str, body: Json, *, creating: bool) -> Row:
    if not isinstance(body, dict):
        raise invalid([("body", "The value is not a valid 'object'")])
    specs = {part: Spec(kind="plain") for part in _parts(table)} | {"field_name": _NAME}
    if "description" in _SHAPE[table]:
        specs["description"] = Spec(kind="text", null=True)
    if creating:
        specs |= {"field_type": Spec(kind="text", choices=TYPES), "options": Spec(kind="options")}
    problems: list[tuple[str, str]] = []
    for key, value in body.items():
        if key not in specs:
            problems.append((key, f"Parameter '{key}' is not allowed for this request"))
        try:
            if key in specs and key != "options":
                check(value, specs[key])
        except WrongError as error:
            problems.append((key, str(error)))
    needed = ("field_name", "field_type") if creating else ()
    problems += [(key, f"Parameter '{key}' is required") for key in needed if key not in body]
    if problems:
        raise invalid(problems)
    return body


def _labels(options: Json, *, needed: bool) -> list[str]:
    if options is None:
        if needed:
            raise invalid([("options", "Options are required for the field types enum and set.")])
        return []
    if not isinstance(options, list) or (needed and not options):
        raise invalid([("options", "The value is not a valid 'array'")])
    if len(options) > MOST_OPTIONS:
        raise invalid([("options", f"This collection should contain {MOST_OPTIONS} elements or less.")])
    return [_item(option, ("label",))["label"] for option in options]


def _item(option: Json, keys: tuple[str, ...]) -> Row:
    if not isinstance(option, dict) or set(option) != set(keys):
        raise invalid([("options", f"Each item must be an object with {' and '.join(keys)}.")])
    try:
        if "label" in keys:
            check(option["label"], _NAME)
        if "id" in keys:
            check(option["id"], Spec(kind="integer"))
    except WrongError as error:
        raise invalid([("options", str(error))]) from None
    return option


def update(draft: Draft, table: str, code: str, body: Json) -> Reply:
    """PATCH /{entity}Fields/{code}: name and visibility only, the type is fixed."""
    field = find(draft, table, code)
    given = _checked(table, body, creating=False)
    shape = field["shape"] | _shaped(given)["shape"]
    row = field | _shaped(given) | {"shape": shape, "update_time": draft.at}
    row["name"] = given.get("field_name", field["name"])
    return ok(shown(draft.put("fields", field["id"], row), _parts(table)))


def delete(draft: Draft, table: str, code: str) -> Reply:
    """DELETE /{entity}Fields/{code}: the key is unknown from then on, the values are lost."""
    field = find(draft, table, code)
    if not field["custom"]:
        raise bad_request(f"'{code}' is a system field and cannot be deleted.")
    draft.put("fields", field["id"], field | {"is_deleted": True, "update_time": draft.at})
    return ok(shown(field, []))


def _with_options(draft: Draft, table: str, code: str, body: Json, keys: tuple[str, ...]) -> tuple[Row, list[Row]]:
    field = find(draft, table, code)
    if not field["custom"] or field["options"] is None:
        raise bad_request(f"The options of the field '{code}' cannot be changed.")
    if not isinstance(body, list) or not body:
        raise invalid([("body", "At least one option is required.")])
    items = [_item(option, keys) for option in body]
    known = {option["id"] for option in field["options"]}
    for item in items:
        if "id" in keys and item["id"] not in known:
            raise bad_request(f"Option {item['id']} does not exist in the field '{code}'.")
    return field, items


def add_options(draft: Draft, table: str, code: str, body: Json) -> Reply:
    """POST …/options: all of them or none; answers the new options."""
    field, items = _with_options(draft, table, code, body, ("label",))
    if len(field["options"]) + len(items) > MOST_OPTIONS:
        raise invalid([("body", f"A field holds {MOST_OPTIONS} options at most.")])
    new = [new_option(draft, item["label"]) for item in items]
    draft.put("fields", field["id"], field | {"options": field["options"] + new, "update_time": draft.at})
    return ok(new, draft.settings.create_status)


def rename_options(draft: Draft, table: str, code: str, body: Json) -> Reply:
    """PATCH …/options: all of them or none; answers the renamed options."""
    field, items = _with_options(draft, table, code, body, ("id", "label"))
    labels = {item["id"]: item["label"] for item in items}
    options = [o | {"label": labels.get(o["id"], o["label"])} for o in field["options"]]
    draft.put("fields", field["id"], field | {"options": options, "update_time": draft.at})
    return ok([o for o in options if o["id"] in labels])


def remove_options(draft: Draft, table: str, code: str, body: Json) -> Reply:
    """DELETE …/options: all of them or none; answers the removed options."""
    field, items = _with_options(draft, table, code, body, ("id",))
    going = {item["id"] for item in items}
    options = [o for o in field["options"] if o["id"] not in going]
    draft.put("fields", field["id"], field | {"options": options, "update_time": draft.at})
    return ok([o for o in field["options"] if o["id"] in going])
