"""Custom fields: their keys, their types, and their values on the wire.

A custom field has no id of its own in JSON-RPC: values go by its name. Its key is "cf:" and the name, in which "%" and
"/" are percent-encoded so that the field's own id, "account/cf:Favorite number", can be taken apart.

The types that REST takes are told differently by two sources: description 1.0.1 lists String, Text (long), Date,
Currency, Enum, a tool of March 2026 lists Text, LongText, Currency, Date, Decision, where the last seems to be the
pick-list. Of texts the newer name is tried first (the newer "Text" is taken by both, long in one); of pick-lists the
one that the vendor's own words go with ("for enums only"). What the server refuses is tried once by the other name.
"""

from typing import Any
from urllib.parse import unquote

import msgspec

from adapters.destinations.nutshell.ask import Row
from adapters.destinations.nutshell.values import day, number, phone, plain
from adapters.protocols import Field, Json, Kind, Option

PREFIX = "cf:"
YES_NO = ("Yes", "No")

TYPES: dict[Kind, tuple[str, ...]] = {
    "longtext": ("LongText", "Text"), "html": ("LongText", "Text"), "block": ("LongText", "Text"),
    "money": ("Currency",), "date": ("Date",), "boolean": ("Enum", "Decision"), "enum": ("Enum", "Decision"),
    "multienum": ("Enum", "Decision"),
}  # fmt: skip
"""The types that a new custom field of a kind may get, in the order in which they are tried. There is none for numbers,
times, links and references: those are texts. A yes or no is a pick-list of both."""

TEXT = ("Text", "String")
"""The types of every other kind."""

KINDS: dict[str, Kind] = {
    "String": "text", "Text": "text", "LongText": "longtext", "Currency": "money", "Date": "date",
    "Decision": "boolean", "Enum": "enum", "Email": "text", "Phone": "text", "Url": "text", "Location": "text",
}  # fmt: skip
"""The kind of a custom field by its type, in either list; other types can be read only."""


class Custom(msgspec.Struct, frozen=True, kw_only=True):
    """A custom field of the account. labels: of a pick-list, by the id that the wire may show in their place."""

    name: str
    type: str
    kind: Kind
    labels: dict[str, str] = {}
    position: int = 0


def is_custom(key: str) -> bool:
    """Whether a key is that of a custom field."""
    return key.startswith(PREFIX)


def key_of(name: str) -> str:
    """The key of the custom field of a name."""
    return PREFIX + name.replace("%", "%25").replace("/", "%2F")


def name_of(key: str) -> str:
    """The name of the custom field of a key."""
    return unquote(key.removeprefix(PREFIX))


def custom_of(row: Row) -> Custom:
    """A custom field of a row of `findCustomFields`."""
    elements = row.get("enumElements") or {}
    listed = elements.items() if isinstance(elements, dict) else enumerate(elements)
    kind = KINDS.get(row.get("type") or "", "text")
    if kind == "boolean" and elements:
        kind = "enum"
    return Custom(
        name=row["name"],
        type=row.get("type") or "",
        kind="multienum" if kind == "enum" and row.get("isMultiple") else kind,
        labels={str(id): str(label) for id, label in listed},
        position=int(row.get("position") or 0),
    )


def field_of(custom: Custom) -> Field:
    """A custom field as the schema tells of it; the id of an option is its label."""
    labels = YES_NO if custom.kind == "boolean" else tuple(custom.labels.values())
    return Field(
        key=key_of(custom.name),
        label=custom.name,
        kind=custom.kind,
        custom=True,
        readonly=custom.type not in KINDS,
        many=custom.kind == "multienum",
        options=tuple(Option(label, label) for label in labels),
        position=custom.position,
    )


def write(custom: Custom, value: Json) -> Json:
    """A canonical value as `customFields` wants it. Raises ValueError, TypeError or KeyError for a wrong form."""
    if value is None or value == "" or value == []:
        return [] if custom.kind == "multienum" else None
    match custom.kind:
        case "money":
            return {"currency": value["currency"], "amount": number(value["value"])}
        case "date":
            return str(value)[:10]
        case "multienum":
            return [str(item) for item in value]
    return _text(value)


def read(custom: Custom | None, value: Json) -> Json:
    """A value of an answer in canonical form; a form that we do not know is given as it came."""
    if value is None or value == "" or custom is None:
        return value or None
    try:
        return _read(custom, value)
    except (ValueError, TypeError, KeyError, AttributeError):
        return value


def _read(custom: Custom, value: Any) -> Json:
    match custom.kind:
        case "money":
            return {"value": number(value["amount"]), "currency": value.get("currency")}
        case "date":
            return day(value)
        case "boolean":
            return str(value).lower() in ("yes", "true", "1")
        case "multienum":
            items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else [value]
            return [_label(custom, item) for item in items]
        case "enum":
            return _label(custom, value)
    return phone(value) if isinstance(value, dict) and ("E164" in value or "number" in value) else value


def _label(custom: Custom, value: Json) -> str:
    if isinstance(value, dict):
        value = value.get("label") or value.get("name") or value.get("value") or value.get("id")
    text = str(value)
    return text if text in custom.labels.values() else custom.labels.get(text, text)


def _text(value: Json) -> str:
    """Whatever the kind, as the text that the API keeps."""
    if isinstance(value, bool):
        return YES_NO[0] if value else YES_NO[1]
    if isinstance(value, int | float):
        return plain(value)
    if isinstance(value, dict):
        return str(value["value"])
    return ", ".join(map(_text, value)) if isinstance(value, list) else str(value)
