"""Standard and custom fields of one record, canonical to wire and back, as far as each stands for itself."""

from typing import NoReturn

from adapters.destinations.nutshell import fields as customs
from adapters.destinations.nutshell.ask import Row
from adapters.destinations.nutshell.catalogue import (
    BLOCK,
    CARRIED,
    FURTHER_ADDRESSES,
    MARK,
    REV,
    URL_LABELS,
    Column,
    Entity,
)
from adapters.destinations.nutshell.learned import Learned
from adapters.destinations.nutshell.values import PRIMARY, contacts, read, read_address, write, write_address
from adapters.protocols import Fields, Json, Refused, RefusedError

_EMPTY_LISTS = ("names", "stubs", "emails", "phones", "urls")


def refuse(code: str, message: str) -> NoReturn:
    """Refuse a write before it is sent: what the server would refuse, in a sentence a person can act on."""
    raise RefusedError(Refused(status=0, message=message, code=code))


def encode(entity: Entity, fields: Fields, learned: Learned, *, create: bool) -> Row:
    """The part of a request's body that is written field by field. Raises RefusedError for what the entity cannot take.

    Columns of the codec "raw" are only looked at: the entity's form writes them.
    """
    body: Row = {}
    custom: Row = {}
    for key, value in fields.items():
        if key in CARRIED or (entity.text and key in (BLOCK, MARK)) or (create and empty(value)):
            continue
        column = entity.column(key)
        if column is not None:
            if _sent(entity, column, create=create):
                body[column.written] = _emptied(column) if empty(value) else checked(entity, key, column, value)
        elif entity.custom and customs.is_custom(key):
            name = customs.name_of(key)
            custom[name] = _custom(entity, name, value, learned)
        else:
            refuse("unknown-field", f"Nutshell's {entity.label.lower()} has no field {key!r}: read the schema again.")
    if create:
        _complete(entity, fields)
    if fields.get("urls"):
        labels = fields.get(URL_LABELS) or {}
        items = [item | {"label": item["label"] or labels.get(item["value"], "")} for item in contacts(fields["urls"])]
        body["url"] = write("urls", items)
    if entity.column("address") and "address" in fields and not (create and empty(fields["address"])):
        body["address"] = _addresses(fields)
    return {**body, "customFields": custom} if custom else body


def decode(entity: Entity, row: Row, learned: Learned) -> Fields:
    """The canonical values of a row, as far as each field stands for itself; empty values are None, empty lists []."""
    fields: Fields = {}
    for column in entity.columns:
        if column.read in row and column.codec != "raw":
            fields[column.key] = read(column.codec, row[column.read])
        # the wire has no key for a list without items
        if column.codec in _EMPTY_LISTS:
            fields[column.key] = fields.get(column.key) or []
    if entity.column("address"):
        fields |= _read_addresses(row.get("address") or {})
    if entity.column("urls"):
        fields[URL_LABELS] = {item["value"]: item["label"] for item in fields["urls"]}
        fields["urls"] = [item["value"] for item in fields["urls"]]
    if entity.custom:
        known = learned.custom.get(entity.name, {})
        values = row.get("customFields") or {}
        values = dict.fromkeys(known) | (values if isinstance(values, dict) else {})
        fields |= {customs.key_of(name): customs.read(known.get(name), value) for name, value in values.items()}
    if REV in row:
        fields[REV] = str(row[REV])
    return fields


def _complete(entity: Entity, fields: Fields) -> None:
    """Refuse a record without what people know it by: the API would take it, and show nothing."""
    instead = {"name": ("first_name", "last_name"), "text": (BLOCK,)}
    for column in entity.columns:
        given = (column.key, *instead.get(column.key, ()))
        if column.required and all(empty(fields.get(key)) for key in given):
            refuse("required", f"A {entity.label.lower()} needs its {column.label.lower()}.")


def empty(value: Json) -> bool:
    """Whether a value says that there is nothing."""
    return value is None or value in ("", [], {})


def checked(entity: Entity, key: str, column: Column, value: Json) -> Json:
    """A value as its codec writes it; a wrong form is refused in a sentence."""
    try:
        return write(column.codec, value)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        refuse(
            "bad-value", f"{entity.label} field {key!r} cannot hold a {type(value).__name__} of this form ({error})."
        )


def _sent(entity: Entity, column: Column, *, create: bool) -> bool:
    if column.readonly:
        refuse("readonly-field", f"Nutshell's {entity.label.lower()} field {column.key!r} cannot be written.")
    return column.codec not in ("raw", "address") and (create or not column.create_only)


def _emptied(column: Column) -> Json:
    """What empties a standard field: numbers and marks that cannot be empty become 0 and no."""
    if column.codec in _EMPTY_LISTS:
        return []
    return {"text": "", "percent": 0, "flag": 0, "boolean": False}.get(column.codec)


def _custom(entity: Entity, name: str, value: Json, learned: Learned) -> Json:
    known = learned.custom.get(entity.name, {}).get(name)
    if known is None:
        refuse(
            "unknown-field", f"Nutshell's {entity.label.lower()} has no custom field {name!r}: read the schema again."
        )
    if known.type not in customs.KINDS:
        refuse("readonly-field", f"The custom field {name!r} has the type {known.type!r}, which is only read.")
    try:
        return customs.write(known, value)
    except (ValueError, TypeError, KeyError) as error:
        refuse(
            "bad-value", f"{entity.label} field {name!r} cannot hold a {type(value).__name__} of this form ({error})."
        )


def _addresses(fields: Fields) -> Json:
    """The address that we show, and behind it those that it does not."""
    further = fields.get(FURTHER_ADDRESSES) or {}
    first = {} if empty(fields["address"]) else {"address": write_address(fields["address"])}
    return first | {f"{label} 2" if label in first else label: value for label, value in further.items()} or []


def _read_addresses(value: Json) -> Fields:
    pairs = value.items() if isinstance(value, dict) else ((str(n), item) for n, item in enumerate(value))
    listed = [(label, item) for label, item in pairs if label != PRIMARY and read_address(item)]
    further = {label: write_address(read_address(item)) for label, item in listed[1:]}
    return {"address": read_address(listed[0][1]) if listed else None, FURTHER_ADDRESSES: further}
