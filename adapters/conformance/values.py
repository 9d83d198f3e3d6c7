"""Canonical values: whether one has the form of its kind (`adapters.protocols`), and whether two are equal."""

import re
from collections.abc import Callable
from typing import Any

from adapters.protocols import Field, Json, Kind

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z")
_CLOCK = re.compile(r"\d{2}:\d{2}")
_HOURS = re.compile(r"\d{2,}:\d{2}")

EXACT: frozenset[Kind] = frozenset(
    {
        "text", "number", "money", "percent", "date", "datetime", "time", "duration", "boolean", "enum", "user",
        "block",
    }
)  # fmt: skip
"""Kinds whose values are read back exactly as they were written; of the others `same` decides alone."""


def complaint(field: Field, value: Json) -> str:
    """What is wrong with the form of a value, "" when nothing is."""
    if value is None:
        return ""
    listed = field.many or field.kind in ("email", "phone", "multienum")
    if listed and not isinstance(value, list):
        return f"{value!r} is no list"
    for item in value if listed else [value]:
        if not _FORMS[field.kind](item):
            return f"{item!r} is not the form of {field.kind}"
        if field.kind in ("enum", "multienum") and field.options and item not in {o.id for o in field.options}:
            return f"{item!r} is none of the field's options"
    return ""


def exact(field: Field, ours: Json, theirs: Json) -> bool:
    """Whether the two are equal as canonical values, where the kind leaves no room for spelling."""
    if ours is None or theirs is None or field.kind not in EXACT or field.many:
        return True
    return bool(ours == theirs)


def _text(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _matching(pattern: re.Pattern[str]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


def _money(value: Any) -> bool:
    return isinstance(value, dict) and value.keys() == {"value", "currency"} and _number(value["value"])


def _contact(value: Any) -> bool:
    if not isinstance(value, dict) or value.keys() != {"value", "label", "primary"}:
        return False
    return _text(value["value"]) and isinstance(value["label"], str) and isinstance(value["primary"], bool)


def _address(value: Any) -> bool:
    return isinstance(value, dict) and bool(value) and all(map(_text, (*value.keys(), *value.values())))


def _block(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(part, str) for pair in value.items() for part in pair)


def _file(value: Any) -> bool:
    if not isinstance(value, dict) or value.keys() != {"digest", "name", "size", "mime"}:
        return False
    return isinstance(value["size"], int) and all(_text(value[part]) for part in ("digest", "name", "mime"))


_FORMS: dict[Kind, Callable[[Any], bool]] = {
    "text": _text,
    "longtext": _text,
    "html": _text,
    "number": _number,
    "money": _money,
    "percent": _number,
    "date": _matching(_DAY),
    "datetime": _matching(_MOMENT),
    "time": _matching(_CLOCK),
    "duration": _matching(_HOURS),
    "boolean": lambda value: isinstance(value, bool),
    "enum": _text,
    "multienum": _text,
    "email": _contact,
    "phone": _contact,
    "url": _text,
    "address": _address,
    "user": _text,
    "reference": _text,
    "block": _block,
    "file": _file,
}
