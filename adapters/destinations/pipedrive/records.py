"""One record, canonical to wire and back."""

from typing import Any, NoReturn

from adapters.destinations.pipedrive import pricelist, trailer
from adapters.destinations.pipedrive.ask import Row
from adapters.destinations.pipedrive.columns import Codec, Column
from adapters.destinations.pipedrive.entities import Entity
from adapters.destinations.pipedrive.fields import is_custom
from adapters.destinations.pipedrive.goods import ONE_TIME, PRICES
from adapters.destinations.pipedrive.values import ADDRESS_PARTS, read, write
from adapters.protocols import Fields, Json, Refused, RefusedError

BLOCK = "block"
MARK = "mark"


def refuse(code: str, message: str) -> NoReturn:
    """Refuse a write before it is sent: what the server would refuse, in a sentence a person can act on."""
    raise RefusedError(Refused(status=0, message=message, code=code))


def encode(entity: Entity, fields: Fields, codecs: dict[str, Codec], *, create: bool) -> Row:
    """The request body of a create or an update. Raises RefusedError for a field the entity has not or cannot take.

    An update must bring all that shares a wire field: body, block and mark of a text; person and participants; prices
    and costs. What the path says (the deal of a line) and the content of a file are not in the body.
    """
    body: Row = {}
    custom: Row = {}
    for key, value in fields.items():
        if (key in (BLOCK, MARK) and entity.text) or (create and value in (None, "", [])):
            continue
        column = entity.column(key)
        if column is not None:
            if not _elsewhere(entity, column) and _sent(entity, column, value, create=create):
                body[column.wire or key] = (
                    _emptied(column) if value is None else _written(entity, key, column.codec, value)
                )
        elif key in codecs and codecs[key] != "raw":
            custom |= _custom(entity, key, codecs[key], value)
        else:
            refuse("unknown-field", f"Pipedrive's {entity.label.lower()} has no field {key!r}: read the schema again.")
    _shape(entity, fields, body, create=create)
    if entity.v2:
        return {**body, "custom_fields": custom} if custom else body
    return body | custom


def decode(entity: Entity, row: Row, codecs: dict[str, Codec]) -> Fields:
    """The canonical values of one row of an answer, standard fields and custom ones; empty values are None."""
    fields: Fields = {}
    for column in entity.columns:
        if (column.wire or column.key) in row and not column.shared:
            fields[column.key] = read(column.codec, row[column.wire or column.key])
    if entity.name == "activity":
        fields["participants"] = read("persons", row.get("participants") or [])
    if fields.get("product_variation_id"):
        fields["product_variation_id"] = f"{row['product_id']}/{fields['product_variation_id']}"
    if entity.column(PRICES) is not None and PRICES in row:
        amounts = pricelist.read(row[PRICES] or [])
        fields |= {key: value for key, value in amounts.items() if entity.column(key) is not None}
    if entity.text:
        split = trailer.split_plain if entity.plain else trailer.split
        text, block, mark = split(fields.get(entity.text) or "")
        fields |= {entity.text: text or None, BLOCK: block, MARK: mark}
    return fields | (_read_custom(row, codecs) if entity.v2 else _read_custom_v1(row, codecs))


def custom_keys(entity: Entity, row: Row) -> list[str]:
    """The keys of the custom fields that have a value in a row."""
    if entity.v2:
        return [key for key, value in (row.get("custom_fields") or {}).items() if value is not None]
    return [key for key, value in row.items() if is_custom(key) and value is not None]


def _elsewhere(entity: Entity, column: Column) -> bool:
    """Whether a field travels in the path, beside the body, or in one wire field with others."""
    return column.key == entity.parent or column.codec == "content" or bool(column.shared)


def _sent(entity: Entity, column: Column, value: Json, *, create: bool) -> bool:
    if column.readonly:
        refuse("readonly-field", f"Pipedrive's {entity.label.lower()} field {column.key!r} cannot be written.")
    if column.detail:
        refuse("detail-field", f"Pipedrive takes {column.key!r} in requests of its own: write what `step` gives.")
    if create:
        if column.late and value:
            refuse(
                "late-field", f"Pipedrive takes {column.key!r} of a new {entity.label.lower()} by an update after it."
            )
        return not column.late
    return not column.create_only and not (column.unclearable and value is None)


def _emptied(column: Column) -> Json:
    """What empties a standard field; most of v2's take no null."""
    if column.codec == "address":
        return {"value": ""}
    if column.codec in ("contacts", "attendees", "options", "options-text"):
        return []
    return "" if column.codec == "text" and not column.nullable else column.empty


def _written(entity: Entity, key: str, codec: Codec, value: Json) -> Json:
    try:
        return write(codec, value)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        refuse(
            "bad-value", f"{entity.label} field {key!r} cannot hold a {type(value).__name__} of this form ({error})."
        )


def _shape(entity: Entity, fields: Fields, body: Row, *, create: bool) -> None:
    """The rules that tie several fields together."""
    if entity.name == "person":
        _names(fields, body, create=create)
    if entity.name == "activity":
        _participants(fields, body)
    _priced(entity, fields, body, create=create)
    if body.get("billing_frequency") == ONE_TIME and not create:
        body["billing_frequency_cycles"] = None
    if body.get("status") in ("open", "won"):
        # a deal is reopened by its status alone: the server empties what belonged to the old outcome
        for key in ("lost_reason", "close_time"):
            if key in body and body[key] is None:
                del body[key]
    if entity.text and fields.keys() & {entity.text, BLOCK, MARK}:
        _text(entity, entity.text, fields, body, create=create)


def _text(entity: Entity, key: str, fields: Fields, body: Row, *, create: bool) -> None:
    """A text with its labelled lines and its mark; where a create takes no text, the mark of a new record waits."""
    column = entity.column(key)
    if create and column is not None and column.late:
        if fields.get(BLOCK):
            refuse("late-field", f"Pipedrive takes the lines of a new {entity.label.lower()} by an update after it.")
        return
    join = trailer.join_plain if entity.plain else trailer.join
    body[key] = join(fields.get(key) or "", fields.get(BLOCK) or {}, fields.get(MARK) or "")


def _priced(entity: Entity, fields: Fields, body: Row, *, create: bool) -> None:
    """All amounts in one list; a create without any leaves it to the server."""
    shared = {c.key for c in entity.columns if c.shared == PRICES} & fields.keys()
    if not shared or (create and not any(fields[key] for key in shared)):
        return
    try:
        body[PRICES] = pricelist.rows(fields)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        refuse("bad-value", f"{entity.label}: the prices cannot be written ({error}).")


def _names(fields: Fields, body: Row, *, create: bool) -> None:
    """`name` or both of `first_name` and `last_name`, never both ways; the parts win when they are there."""
    first, last = fields.get("first_name"), fields.get("last_name")
    if first and last:
        body.pop("name", None)
    elif create or {"first_name", "last_name"} <= fields.keys():
        body.pop("first_name", None)
        body.pop("last_name", None)
        if name := first or last or fields.get("name"):
            body["name"] = name
    elif first or last:
        body.pop("name", None)


def _participants(fields: Fields, body: Row) -> None:
    """`person_id` is read-only on the wire: the person is the primary participant."""
    if not fields.keys() & {"person_id", "participants"}:
        return
    body.pop("person_id", None)
    primary = fields.get("person_id")
    others = [other for other in fields.get("participants") or [] if str(other) != str(primary)]
    body["participants"] = [
        *([{"person_id": int(primary), "primary": True}] if primary else []),
        *({"person_id": int(other), "primary": False} for other in others),
    ]


def _custom(entity: Entity, key: str, codec: Codec, value: Json) -> Row:
    """One custom field: inside `custom_fields` in v2, at top level and in the forms of v1 for leads."""
    if value == [] or value == "":
        value = None
    written = _written(entity, key, codec, value)
    if entity.v2 or written is None:
        return {key: written}
    if codec == "money":
        return {key: written["value"], f"{key}_currency": written["currency"]}
    if codec == "address":
        return {key: written["value"], **{f"{key}_{part}": written[part] for part in ADDRESS_PARTS if part in written}}
    if codec in ("range", "clock-range"):
        return {key: written["value"], f"{key}_until": written["until"]}
    if codec == "clock":
        return {key: written["value"]}
    if codec == "option":
        return {key: str(written)}
    if codec == "options":
        return {key: ",".join(str(item) for item in written)}
    return {key: written}


def _read_custom(row: Row, codecs: dict[str, Codec]) -> Fields:
    values: dict[str, Any] = row.get("custom_fields") or {}
    return {key: read(codecs.get(key, "raw"), value) for key, value in values.items()}


def _read_custom_v1(row: Row, codecs: dict[str, Codec]) -> Fields:
    fields: Fields = {}
    for key, value in row.items():
        if not is_custom(key):
            continue
        codec = codecs.get(key, "raw")
        if value is None or value == "":
            fields[key] = None
        elif codec == "money" and not isinstance(value, dict):
            fields[key] = read(codec, {"value": value, "currency": row.get(f"{key}_currency")})
        elif codec == "address" and not isinstance(value, dict):
            parts = {part: row.get(f"{key}_{part}") for part in ADDRESS_PARTS}
            fields[key] = read(codec, {"value": value, **parts})
        elif codec in ("range", "clock-range") and not isinstance(value, dict):
            fields[key] = read(codec, {"value": value, "until": row.get(f"{key}_until")})
        else:
            fields[key] = read(codec, value)
    return fields
