"""Lists: what a map proposes where the source itself says how full its fields are not, and what their options are."""

from collections import Counter

import msgspec

from adapters.protocols import ObjectSchema
from engine.history import Item
from engine.mapping import AS, ObjectMap


def measured(schema: ObjectSchema, items: dict[str, Item]) -> ObjectSchema:
    """The object with how many of its records have each field, where the source did not count that itself."""
    if any(field.filled for field in schema.fields):
        return schema
    filled = Counter(key for item in items.values() for key, text in (item.values or {}).items() if text.strip())
    fields = tuple(msgspec.structs.replace(field, filled=filled[field.key]) for field in schema.fields)
    return msgspec.structs.replace(schema, fields=fields)


def closed(object_map: ObjectMap, schema: ObjectSchema) -> ObjectMap:
    """The map with a value map for each pick-list that goes on as it is: by its options, each under its label.

    A value in no list has no pair, and is a question.
    """
    fields, values = dict(object_map.fields), dict(object_map.values)
    for field in schema.fields:
        rule = fields[field.key]
        is_list = field.options and field.kind in ("enum", "multienum")
        if is_list and (rule.to or rule.new or rule.block) and not rule.values:
            fields[field.key] = msgspec.structs.replace(rule, values=field.key)
            values[field.key] = {option.id: {AS: option.label or option.id} for option in field.options}
    return msgspec.structs.replace(object_map, fields=fields, values=values)
