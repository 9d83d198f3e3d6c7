"""Custom field values: what v2 takes in `custom_fields` and what answers show (facts 3.4, 8.2)."""

import re
from typing import Any

from adapters.protocols import Json
from adapters.sandbox.pipedrive.answers import RefusedError, Reply
from adapters.sandbox.pipedrive.state import Draft, Row
from adapters.sandbox.pipedrive.values import ADDRESS_PARTS, Spec, WrongError, address, date, number, text

_NOUNS = {
    "organizations": "organization",
    "persons": "person",
    "deals": "deal",
    "products": "product",
    "projects": "project",
}
_EXPECTED = {
    "varchar": "string", "varchar_auto": "string", "text": "string", "phone": "string", "date": "string",
    "double": "number", "enum": "number", "user": "number", "org": "number", "people": "number",
    "set": "array", "monetary": "object", "daterange": "object", "time": "object", "timerange": "object",
    "address": "object",
}  # fmt: skip
_LONGEST = {"varchar": 255, "varchar_auto": 255, "phone": 255, "text": 65_535}
_TARGETS = {"user": "users", "org": "organizations", "people": "persons"}
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?")
_PARTS = {
    "monetary": ({"value", "currency"}, {"value", "currency"}),
    "daterange": ({"value", "until"}, {"value", "until"}),
    "time": ({"value"}, {"value", "timezone_name"}),
    "timerange": ({"value", "until"}, {"value", "until", "timezone_name"}),
}


def live_fields(draft: Draft, table: str) -> dict[str, Row]:
    """The custom fields of an entity that exist now, by key."""
    return {row["code"]: row for row in draft.rows("fields") if row["entity"] == table and row["custom"]}


def take(draft: Draft, table: str, given: dict[str, Any]) -> dict[str, Json]:
    """The given values as they are kept. Raises the v2 validation error, with the field's key where one is to blame."""
    fields = live_fields(draft, table)
    kept: dict[str, Json] = {}
    for key, value in given.items():
        field = fields.get(key)
        if field is None:
            raise _refusal(f"Unknown key '{key}'", "")
        try:
            kept[key] = None if value is None else _take(draft, table, field, value)
        except WrongError as error:
            raise _refusal(str(error), key) from None
    return kept


def _refusal(message: str, field_code: str) -> RefusedError:
    body = {
        "success": False,
        "error": f"Validation failed: custom_fields: {message}",
        "code": "ERR_SCHEMA_VALIDATION_FAILED",
    }
    return RefusedError(Reply(400, body | ({"field_code": field_code} if field_code else {})))


def _take(draft: Draft, table: str, field: Row, value: Json) -> Json:
    kind = field["type"]
    expected = _EXPECTED[kind]
    if expected == "object" and not isinstance(value, dict) and kind in ("time", "timerange"):
        raise WrongError(f"{'Time' if kind == 'time' else 'Time range'} custom field value expected 'object'")
    if expected not in ("object", "array") and isinstance(value, dict | list):
        raise WrongError("Invalid collection")
    if not _is(expected, value):
        raise WrongError(f"Expected '{expected}' as value for {_NOUNS[table]} custom field '{field['code']}'")
    if kind in _LONGEST:
        return text(value, Spec(kind="text", longest=_LONGEST[kind]))
    if kind == "date":
        return date(value, Spec(kind="date"))
    if kind in ("enum", "set"):
        return _options(field, value)
    if kind in _TARGETS:
        return _reference(draft, kind, value)
    if kind == "double":
        return number(value, Spec(kind="number"))
    return _structure(draft, kind, value)


def _is(expected: str, value: Json) -> bool:
    if expected == "number":
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, {"string": str, "array": list, "object": dict}[expected])


def _options(field: Row, value: Json) -> Json:
    known = {option["id"] for option in field["options"]}
    chosen = value if isinstance(value, list) else [value]
    if not chosen:
        raise WrongError(f"Expected at least one option for custom field '{field['code']}', send null to clear it")
    for option in chosen:
        if isinstance(option, bool) or option not in known:
            raise WrongError(f"Option '{option}' does not exist in custom field '{field['code']}'")
    return list(dict.fromkeys(chosen)) if isinstance(value, list) else value


def _reference(draft: Draft, kind: str, value: Json) -> Json:
    if not isinstance(value, int) or draft.live(_TARGETS[kind], value) is None:
        raise WrongError(f"'{value}' is not the id of a record of type '{kind}'")
    return value


def _structure(draft: Draft, kind: str, value: dict[str, Json]) -> Json:
    if kind == "address":
        # A formatted address is what the server makes of `value`; sent back, it is ignored.
        sent = {k: v for k, v in value.items() if k != "formatted_address" and v is not None}
        return address(sent, Spec(kind="address"))
    needed, known = _PARTS[kind]
    for part in value:
        if part not in known:
            raise WrongError(f"Unknown key '{part}'")
    for part in sorted(needed):
        if value.get(part) is None:
            raise WrongError(f"Missing key '{part}'")
    if kind == "monetary":
        number(value["value"], Spec(kind="number"))
        if draft.get("currencies", str(value["currency"])) is None:
            raise WrongError(f"Currency '{value['currency']}' is not known")
        return dict(value)
    for part in sorted(needed):
        _moment(kind, value[part])
    return dict(value)


def _moment(kind: str, value: Json) -> None:
    if kind == "daterange":
        date(value, Spec(kind="date"))
    elif not isinstance(value, str) or not _CLOCK.fullmatch(value):
        raise WrongError("This value is not a valid time.")


def show(fields: dict[str, Row], values: dict[str, Json]) -> dict[str, Json]:
    """`custom_fields` as answers show it: every live field, null where empty; options that are gone are left out."""
    return {code: shown(field, values.get(code)) for code, field in fields.items()}


def shown(field: Row, value: Json) -> Json:
    """One custom field value as v2 answers show it."""
    kind = field["type"]
    if value is None:
        return None
    if kind == "enum":
        return value if any(o["id"] == value for o in field["options"]) else None
    if kind == "set":
        known = {o["id"] for o in field["options"]}
        return [v for v in value if v in known] or None
    if kind == "address":
        return {**value, "formatted_address": value["value"]}
    if kind in ("time", "timerange"):
        out = {k: v for k, v in value.items() if k != "timezone_name"}
        return {**out, "timezone_id": None, "timezone_name": value.get("timezone_name")}
    return value


def labelled(field: Row, value: Json) -> Json:
    """An option value with its label, as `include_option_labels` asks for it."""
    labels = {o["id"]: o["label"] for o in field["options"]}
    if isinstance(value, list):
        return [{"id": v, "label": labels[v]} for v in value]
    return None if value is None else {"id": value, "label": labels[value]}


def v1_show(fields: dict[str, Row], values: dict[str, Json]) -> dict[str, Json]:
    """Custom values in v1 form, as top-level keys; empty ones are left out (facts 7.4, 8.3)."""
    out: dict[str, Json] = {}
    for code, field in fields.items():
        value = shown(field, values.get(code))
        if value is not None:
            out |= _v1_keys(code, field["type"], value)
    return out


def _v1_keys(code: str, kind: str, value: Json) -> dict[str, Json]:
    if kind == "enum":
        return {code: str(value)}
    if kind == "set":
        return {code: ",".join(str(v) for v in value)}
    if kind == "monetary":
        return {code: value["value"], f"{code}_currency": value["currency"]}
    if kind in ("daterange", "timerange"):
        return {code: value["value"], f"{code}_until": value["until"]}
    if kind == "time":
        return {code: value["value"], f"{code}_timezone_id": value["timezone_id"]}
    if kind == "address":
        parts = {f"{code}_{part}": value[part] for part in (*ADDRESS_PARTS[1:], "formatted_address")}
        return {code: value["value"], **parts}
    return {code: value}


def v1_take(draft: Draft, table: str, body: dict[str, Json]) -> dict[str, Json]:
    """Custom values out of a v1 body, in the v2 form they are kept in. Raises WrongError; unknown keys are ignored."""
    kept: dict[str, Json] = {}
    for code, field in live_fields(draft, table).items():
        if code not in body:
            continue
        value = body[code]
        if value in (None, ""):
            kept[code] = None
            continue
        kept[code] = _take(draft, table, field, _v2_value(code, field["type"], value, body))
    return kept


def _v2_value(code: str, kind: str, value: Json, body: dict[str, Json]) -> Json:
    if kind == "enum" and isinstance(value, str) and value.isdigit():
        return int(value)
    if kind == "set" and isinstance(value, str):
        return [int(v) for v in value.split(",") if v.strip().isdigit()]
    if kind == "monetary":
        return {"value": value, "currency": body.get(f"{code}_currency")}
    if kind in ("daterange", "timerange"):
        return {"value": value, "until": body.get(f"{code}_until")}
    if kind == "time":
        return {"value": value}
    if kind == "address":
        parts = {part: body[f"{code}_{part}"] for part in ADDRESS_PARTS[1:] if f"{code}_{part}" in body}
        return {"value": value, **parts}
    return value
