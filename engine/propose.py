"""Proposing a map: the pair's preset for standard fields, a custom field or a labelled line for the rest."""

from collections import Counter
from typing import Any

import msgspec

from adapters.protocols import Field, Kind, ObjectSchema, Schema
from engine.history import Item
from engine.mapping import EMPTY, Mapping, ObjectMap, Pipeline, Rule
from engine.preset import Placed, placed
from engine.presets import PRESETS
from engine.stages import stages
from engine.words import WORDS

ENUM_LIMIT = 30
"""A pick-list with more different values than this is proposed as text."""


class NoPresetError(Exception):
    """The pair is not known yet; the message names it."""


def propose(
    source: Schema, destination: Schema, items: dict[str, dict[str, Item]], *, zone: str, currency: str
) -> Mapping:
    """A map for a pair. Raises NoPresetError where there is none."""
    preset = PRESETS.get(source.system)
    if preset is None or destination.system not in WORDS:
        raise NoPresetError(f"there is no preset for {source.system} → {destination.system} yet")
    objects: dict[str, ObjectMap] = {}
    pipelines: tuple[Pipeline, ...] = ()
    for name, words in preset.objects.items():
        schema = source.object(name)
        there = placed(words, destination.system)
        entity = destination.object(there.to) if there else None
        if schema is None or there is None or entity is None:
            continue
        schema = _measured(schema, items.get(name, {}))
        values: dict[str, dict[str, dict[str, str]]] = {}
        if there.stages and schema.field(there.stages) and entity.field("stage_id"):
            found, pairs = stages(preset, there.stages, source, schema, items.get(name, {}), zone)
            pipelines += tuple(pipeline for pipeline in found if pipeline not in pipelines)
            values[there.stages] = pairs
        objects[name] = _object(there, schema, entity, values, closed_lists=preset.closed_lists)
    gate = preset.owner_gate.get(destination.system, preset.owner_gate.get("", ()))
    return Mapping(
        zone=zone,
        currency=currency,
        object=objects,
        pipeline=pipelines,
        owner_gate=tuple(WORDS[destination.system][thing].to for thing in gate),
        automation_owners=preset.automation_owners,
    )


def _object(
    preset: Placed,
    schema: ObjectSchema,
    entity: ObjectSchema,
    values: dict[str, dict[str, dict[str, str]]],
    *,
    closed_lists: bool,
) -> ObjectMap:
    if preset.exclude:
        return ObjectMap(to=preset.to, exclude=preset.exclude)
    links = {link.name for link in schema.links}
    rules = {f.key: _rule(preset.fields.get(f.key), f, entity) for f in schema.fields}
    values = values | {k: pairs for k, pairs in preset.values.items() if k in rules}
    if closed_lists:
        for field in schema.fields:
            if _is_list(field, rules[field.key]):
                rules[field.key] = msgspec.structs.replace(rules[field.key], values=field.key)
                values[field.key] = {option.id: {} for option in field.options}
    return ObjectMap(
        to=preset.to,
        fields=rules,
        links={k: v for k, v in preset.links.items() if k in links},
        set=preset.set,
        values=values,
        duplicates=preset.duplicates if schema.field(preset.duplicates.partition(":")[2]) else "",
        similar=preset.similar if all(map(schema.field, preset.similar)) else (),
        flag=preset.flag,
        leave={field: reason for field, reason in preset.leave.items() if schema.field(field)},
        needs=tuple(n for n in preset.needs if n in links),
        alone=preset.alone,
        expected=preset.expected,
    )


def _measured(schema: ObjectSchema, items: dict[str, Item]) -> ObjectSchema:
    """The object with how many of its records have each field, where the source did not count that itself."""
    if any(field.filled for field in schema.fields):
        return schema
    filled = Counter(key for item in items.values() for key, text in (item.values or {}).items() if text.strip())
    fields = tuple(msgspec.structs.replace(field, filled=filled[field.key]) for field in schema.fields)
    return msgspec.structs.replace(schema, fields=fields)


def _is_list(field: Field, rule: Rule) -> bool:
    """Whether a rule carries the options of a pick-list, so that one in no list is a question."""
    return bool(field.options and field.kind in ("enum", "multienum") and (rule.to or rule.new or rule.block))


def _rule(known: dict[str, Any] | None, field: Field, entity: ObjectSchema) -> Rule:
    if known:
        return msgspec.convert(_choice(known, entity), Rule)
    if not field.filled:
        return Rule(exclude=EMPTY)
    if not entity.custom_fields and entity.block is None:
        return Rule(exclude=f"{entity.label} has no place for it")
    if not entity.custom_fields:
        return Rule(block=field.label)
    return Rule(new=field.label, kind=_kind(field))


def _choice(known: dict[str, Any], entity: ObjectSchema) -> dict[str, Any]:
    """Settle a `?field`: the account's own field where it has one, else the custom field."""
    if "keep" in known and entity.block is None and not entity.custom_fields:
        known = {k: v for k, v in known.items() if k != "keep"}
    target = known.get("to", "")
    if not target.startswith("?"):
        return known
    if (there := entity.field(target[1:])) and not there.readonly:
        return {k: v for k, v in known.items() if k not in ("new", "kind")} | {"to": target[1:]}
    return {k: v for k, v in known.items() if k != "to"}


_KINDS: dict[str, Kind] = {"html": "longtext", "money": "number", "percent": "number", "email": "text", "user": "text"}


def _kind(field: Field) -> Kind:
    """The kind of custom field for a source field."""
    if field.kind == "enum" and field.distinct > ENUM_LIMIT:
        return "text"
    if field.kind in ("reference", "block", "address"):
        return "text"
    return _KINDS.get(field.kind, field.kind)
