"""Custom fields: their definitions, and their values, keyed by display name (facts 11)."""

import re
from typing import Any

from adapters.protocols import Json
from adapters.sandbox.nutshell import times, values
from adapters.sandbox.nutshell.errors import RefusedError
from adapters.sandbox.nutshell.state import Draft, Row

ENTITIES = ("accounts", "contacts", "leads")

_OLD = {"String": "text", "Text": "longtext", "Date": "date", "Currency": "currency", "Enum": "enum"}
_OLD_OF_LEADS = {"Email": "email", "Location": "location", "Phone": "phone", "Url": "url"}
_NEW = {"Text": "text", "LongText": "longtext", "Currency": "currency", "Date": "date", "Decision": "enum"}
_RPC_NAMES = {kind: name for name, kind in (_OLD | _OLD_OF_LEADS).items()}
_SCHEMA_NAMES = {"date": "date-time", "currency": "number"}


def types(draft: Draft, entity: str) -> dict[str, str]:
    """The types that a new field may have, and the kind each stands for.

    The two lists contradict each other. "Decision" is taken for the pick-list: it stands where "Enum" stood.
    """
    if draft.settings.field_types == "2.0.0":
        return _NEW
    return _OLD | _OLD_OF_LEADS if entity == "leads" else _OLD


def fields(draft: Draft, entity: str) -> list[Row]:
    """The custom fields of an entity."""
    return [row for row in draft.rows("customFields") if row["entity"] == entity]


def create(draft: Draft, entity: str, body: Json) -> Row:
    """Make a field from {name, type, choices?, isMultiple?}. Raises RefusedError.

    The words of these refusals, that of the cap included, were never captured.
    """
    if not isinstance(body, dict) or body.keys() - {"name", "type", "choices", "isMultiple"}:
        raise RefusedError("Invalid custom field", "the body holds name, type, choices and isMultiple")
    name, choices, multiple = body.get("name"), body.get("choices"), body.get("isMultiple", False)
    if not isinstance(name, str) or not name.strip():
        raise RefusedError("Invalid custom field", "name is required")
    kind = types(draft, entity).get(str(body.get("type")))
    if kind is None:
        raise RefusedError("Invalid custom field", f"type {body.get('type')!r} is not known")
    if kind != "enum" and (choices or multiple):
        raise RefusedError("Invalid custom field", "choices and isMultiple belong to pick-lists")
    if kind == "enum" and not _texts(choices):
        raise RefusedError("Invalid custom field", "choices is a list of different texts")
    if not isinstance(multiple, bool):
        raise RefusedError("Invalid custom field", "isMultiple is true or false")
    if any(row["name"].casefold() == name.strip().casefold() for row in fields(draft, entity)):
        raise RefusedError("Invalid custom field", f"there is a field {name!r} already")
    cap = draft.settings.custom_field_cap
    if cap is not None and len(draft.rows("customFields")) >= cap:
        raise RefusedError("Custom field limit reached", f"your plan allows {cap} custom fields")
    row = {"id": draft.next("customFields"), "entity": entity, "name": name.strip(), "kind": kind}
    row |= {"choices": choices or [], "multiple": multiple, "deleted": None, "created": draft.now}
    return draft.put("customFields", row)


def _texts(choices: Json) -> bool:
    good = isinstance(choices, list) and all(isinstance(c, str) and c.strip() for c in choices)
    return good and 0 < len(choices) == len(set(choices))


def by_name(draft: Draft, entity: str, name: str) -> Row | None:
    """The field of that display name."""
    return next((row for row in fields(draft, entity) if row["name"] == name), None)


def read(draft: Draft, entity: str, given: Json) -> dict[str, Json]:
    """Values by the field's number, from {display name: value}; None empties. Raises RefusedError."""
    if not isinstance(given, dict):
        raise RefusedError("Invalid custom fields", "customFields is an object of names and values")
    out: dict[str, Json] = {}
    for name, value in given.items():
        field = by_name(draft, entity, name)
        if field is None:
            raise RefusedError("Invalid custom field", f"there is no field {name!r} on {entity}")
        out[str(field["id"])] = None if value in (None, "", []) else _value(draft, field, value)
    return out


def _value(draft: Draft, field: Row, value: Json) -> Json:
    wrong = RefusedError("Invalid custom field value", f"{field['name']}: {value!r} does not fit the field")
    kind = field["kind"]
    if kind == "enum":
        chosen = value if isinstance(value, list) else [value]
        if not all(one in field["choices"] for one in chosen) or (isinstance(value, list) and not field["multiple"]):
            raise wrong
        return list(dict.fromkeys(chosen)) if field["multiple"] else chosen[0]
    if kind == "currency":
        return _money(draft, value, wrong)
    if kind == "date":
        try:
            seconds = times.read_unix(value) if isinstance(value, dict) else None
            return times.read_day(value) if seconds is None else times.moment(seconds).date().isoformat()
        except ValueError:
            raise wrong from None
    if kind == "location" and isinstance(value, dict):
        return values.value_of("address", value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        raise wrong
    return values.value_of(kind, value) if kind in ("email", "phone", "url") else value


def _money(draft: Draft, value: Json, wrong: RefusedError) -> Json:
    currency = draft.settings.currency
    if isinstance(value, dict):
        currency = value.get("currency") or value.get("currency_shortname") or currency
        value = value.get("amount")
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise wrong
    if isinstance(value, str) and not re.fullmatch(r"-?\d+(\.\d+)?", value):
        raise wrong
    return {"currency": currency, "amount": float(value)}


def for_rpc(draft: Draft, entity: str, row: Row) -> dict[str, Json]:
    """The values of a record by display name, in JSON-RPC's forms; empty ones are left out."""
    out: dict[str, Json] = {}
    for field in fields(draft, entity):
        value = row["custom"].get(str(field["id"]))
        if value is None:
            continue
        out[field["name"]] = {"timestamp": times.day_start(value)} if field["kind"] == "date" else value
    return out


def for_rest(draft: Draft, entity: str, row: Row) -> list[dict[str, Json]]:
    """The fields with the values of a record as texts, as `/{id}/customfields` gives them."""
    return [{**attribute(f), "value": as_text(row["custom"].get(str(f["id"])))} for f in fields(draft, entity)]


def as_text(value: Json) -> str | None:
    """A value as REST writes it."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, list):
        return ", ".join(value)
    if "amount" in value:
        return f"{value['amount']:.2f}"
    return value["E164"] or value["number"] if "E164" in value else ", ".join(filter(None, value.values()))


def attribute(field: Row) -> dict[str, Json]:
    """A definition as REST gives it."""
    out: dict[str, Any] = {
        "id": f"{field['id']}-customFields", "title": field["name"],
        "type": _SCHEMA_NAMES.get(field["kind"], "string"),
    }  # fmt: skip
    return out | ({"enum": field["choices"]} if field["kind"] == "enum" else {})


def definition(field: Row, position: int) -> dict[str, Json]:
    """A definition as JSON-RPC gives it."""
    out: dict[str, Any] = {"name": field["name"], "type": _RPC_NAMES[field["kind"]], "isMultiple": field["multiple"]}
    out["position"] = position
    if field["kind"] == "enum":
        out["enumElements"] = {str(number): label for number, label in enumerate(field["choices"], 1)}
    return out
