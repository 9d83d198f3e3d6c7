"""Binding: symbols become ids. What has no id yet is named, so that its record waits."""

from collections.abc import Mapping
from typing import Any

import msgspec

from adapters.protocols import Fields, Json, Schema
from engine.transform import NEW
from engine.view import Linked, Part


class Bound(msgspec.Struct, frozen=True, kw_only=True):
    """Fields with ids. `refs`: the links used, as "entity/object/key" → id. `missing`: the parts without an id yet."""

    fields: Fields
    refs: dict[str, str]
    missing: tuple[Part, ...]


class Binder:
    """Binds the fields of wants with the links of one destination account.

    Args:
        links: live links of the account.
        schema: the account as described; options that it has had before us are found here.
    """

    def __init__(self, links: Mapping[Part, Linked], schema: Schema) -> None:
        self.links = links
        self.schema = schema

    def bind(self, fields: Fields) -> Bound:
        """The fields with ids in place of symbols; a field with anything missing is left out."""
        refs: dict[str, str] = {}
        missing: list[Part] = []
        bound: Fields = {}
        for key, value in fields.items():
            lacking: list[Part] = []
            new_key = self._key(key, refs, lacking)
            new_value = self._value(value, refs, lacking)
            missing += lacking
            if not lacking:
                bound[new_key] = new_value
        return Bound(fields=bound, refs=refs, missing=tuple(missing))

    def field_part(self, entity: str, label: str) -> Part:
        """What stands for a custom field."""
        return Part("field", "Field", f"{entity}/{label}")

    def _key(self, key: str, refs: dict[str, str], lacking: list[Part]) -> str:
        if not key.startswith(NEW):
            return key
        entity, _, label = key.removeprefix(NEW).partition("/")
        return self._id(self.field_part(entity, label), refs, lacking).rpartition("/")[2]

    def _value(self, value: Json, refs: dict[str, str], lacking: list[Part]) -> Json:
        match value:
            case {"$ref": [entity, object, key]}:
                return self._id(Part(entity, object, key), refs, lacking)
            case {"$option": [entity, field, label]}:
                return self._option(entity, field, label, refs, lacking)
            case {"$options": [entity, field, labels]}:
                return sorted((self._option(entity, field, label, refs, lacking) for label in labels), key=order)
            case [{"$ref": _}, *_]:
                return [self._value(item, refs, lacking) for item in value]
        return value

    def _option(self, entity: str, field: str, label: str, refs: dict[str, str], lacking: list[Part]) -> str:
        part = Part("option", "Option", f"{entity}/{field}/{label}")
        if part not in self.links and (there := existing_option(self.schema, entity, field, label)):
            return there
        return self._id(part, refs, lacking)

    def _id(self, part: Part, refs: dict[str, str], lacking: list[Part]) -> str:
        link = self.links.get(part)
        if link is None:
            lacking.append(part)
            return ""
        refs["/".join(part[:3])] = link.id
        return link.id


def existing_option(schema: Schema, entity: str, field: str, label: str) -> str | None:
    """The id of an option that a pick-list of the account has already; a custom field is named by key or label."""
    there = schema.object(entity)
    fields = there.fields if there else ()
    known = next((f for f in fields if f.key == field or (f.custom and f.label == field)), None)
    options = known.options if known else ()
    same = [o.id for o in options if o.label == label]
    return next(iter(same or [o.id for o in options if o.label.casefold() == label.casefold()]), None)


def order(id: str) -> Any:
    """How ids are sorted in a list of options: numbers by value, then words."""
    return (0, int(id)) if id.isdigit() else (1, id)


def encoded(fields: Fields) -> bytes:
    """Bound fields as the bytes of which their keyed hash is made."""
    return msgspec.json.encode(fields, order="sorted")
