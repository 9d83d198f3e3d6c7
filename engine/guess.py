"""Guessing a preset for a source that has none: what its objects are by their names, its fields by matching."""

from typing import Any

from adapters.protocols import ObjectSchema, Schema
from engine.candidates import matched
from engine.history import Item
from engine.matching.columns import Column
from engine.matching.reading import read
from engine.preset import ObjectPreset, Preset
from engine.words import WORDS

_THINGS = ("company", "contact", "deal", "lead", "activity", "task", "call", "meeting", "email", "note", "product")

_WORDS = {
    "name": "name|subject",
    "first name": "first name",
    "last name": "last name",
    "email work": "email",
    "phone work": "phone",
    "phone mobile": "mobile",
    "phone home": "home phone",
    "phone other": "phone 2",
    "job title": "job title",
    "birthday": "birthday",
    "main street": "street",
    "main city": "city",
    "main state": "state",
    "main zip": "zip",
    "main country": "country",
    "website": "website",
    "industry": "industry",
    "employees": "employees",
    "revenue": "revenue",
    "owner": "owner",
    "created by": "owner",
    "tags": "tags",
    "key": "key",
    "created": "created",
    "modified": "modified",
    "value": "value",
    "currency": "currency",
    "probability": "probability",
    "expected close": "close date",
    "due": "when",
    "start": "when",
    "done": "done",
    "duration": "duration",
    "location": "location",
    "note": "text",
    "description": "text",
    "code": "code",
    "price": "price",
}
"""The words of `engine.words` for a concept of matching; the first that the thing has counts."""


def guessed(source: Schema, destination: Schema, items: dict[str, dict[str, Item]]) -> Preset:
    """A preset as good as the names and the values allow; objects whose names say nothing are left out."""
    objects: dict[str, ObjectPreset] = {}
    for schema in source.objects:
        word = _thing(schema)
        there = WORDS.get(destination.system, {}).get(word)
        entity = destination.object(there.to) if there else None
        if there is not None and entity is not None:
            found, _ = matched(schema, entity, source.system, items.get(schema.name, {}))
            objects[schema.name] = _object(word, schema, found, set(there.fields))
    return Preset(pipeline="Sales", objects=objects, stages={})


def _thing(schema: ObjectSchema) -> str:
    words = (*read(schema.name), *read(schema.label))
    return next((w for w in words if w in _THINGS), "company" if "customer" in words else "")


def _object(word: str, schema: ObjectSchema, found: list[Column], words: set[str]) -> ObjectPreset:
    links = {f: link.name for link in schema.links for f in (link.id_field, link.name_field) if f}
    fields: dict[str, str | dict[str, Any]] = {}
    for column in found:
        names = _WORDS.get(column.concept, "").split("|") if column.whole and not column.against else []
        said = next((name for name in names if name in words), "")
        if column.name in links:
            fields[column.name] = {"link": links[column.name]}
        elif column.whole and column.concept == "stage" and word in ("deal", "lead"):
            fields[column.name] = {"values": column.name}
        elif said and said not in fields.values():
            fields[column.name] = said
    stages = next((f for f, rule in fields.items() if isinstance(rule, dict) and "values" in rule), "")
    return ObjectPreset(thing=word, fields=fields, stages=stages)
