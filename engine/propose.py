"""Proposing a map: the pair's preset for standard fields, a custom field or a labelled line for the rest."""

from typing import Any

import msgspec

from adapters.protocols import Field, Kind, ObjectSchema, Schema
from engine.guess import guessed
from engine.history import Item
from engine.lists import closed, measured
from engine.mapping import EMPTY, Mapping, ObjectMap, Pipeline, Rule
from engine.pairs import Pairs, pairs
from engine.preset import Placed, other, placed
from engine.presets import PRESETS
from engine.stages import joined, stages
from engine.transform import AMOUNTS
from engine.words import WORDS

ENUM_LIMIT = 30
"""A pick-list with more different values than this is proposed as text."""


class NoPresetError(Exception):
    """The pair is not known yet; the message names it."""


def propose(
    source: Schema, destination: Schema, items: dict[str, dict[str, Item]], *, zone: str, currency: str
) -> Mapping:
    """A map for a pair. Raises NoPresetError where there is none."""
    preset = PRESETS.get(source.system) or guessed(source, destination, items)
    if not preset.objects or destination.system not in WORDS:
        raise NoPresetError(f"there is no preset for {source.system} → {destination.system}, and no name says enough")
    objects: dict[str, ObjectMap] = {}
    pipelines: tuple[Pipeline, ...] = ()
    unnamed = {o.name: other(preset, o) for o in source.objects if o.name not in preset.objects and o.count}
    for name, words in (preset.objects | {k: v for k, v in unnamed.items() if v}).items():
        schema = source.object(name)
        there = placed(words, destination.system)
        entity = destination.object(there.to) if there else None
        if schema is None or there is None or entity is None:
            continue
        schema = measured(schema, items.get(name, {}))
        values: dict[str, Pairs] = {field: known for field, known in there.values.items() if schema.field(field)}
        for field, rule in there.fields.items():
            if schema.field(field) is None or "values" not in rule or field in values:
                continue
            if field == there.stages and "new" not in rule:
                found, values[field] = stages(preset, field, source, schema, items.get(name, {}), zone)
                pipelines = joined(pipelines, found)
            else:
                values[field] = pairs(there.pairs.get(field, {}), field, source, items.get(name, {}))
        made = _object(there, schema, entity, values, currency)
        objects[name] = closed(made, schema) if preset.closed_lists else made
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
    preset: Placed, schema: ObjectSchema, entity: ObjectSchema, values: dict[str, Pairs], currency: str
) -> ObjectMap:
    links = {link.name for link in schema.links}
    fields = {f.key: _rule(preset.fields.get(f.key), f, entity, schema) for f in schema.fields}
    return ObjectMap(
        to=preset.to,
        fields=fields,
        links={k: v for k, v in preset.links.items() if k.partition(".")[0] in links},
        set=preset.set | _currency(fields, entity, currency),
        values=values,
        duplicates=preset.duplicates if schema.field(preset.duplicates.partition(":")[2]) else "",
        ask={field: ask for field, ask in preset.ask.items() if schema.field(field)},
        leave={field: reason for field, reason in preset.leave.items() if schema.field(field)},
        needs=tuple(n for n in preset.needs if n in links),
        alone=preset.alone,
        expected=preset.expected,
        total=preset.total if preset.total and schema.field(preset.total.of) else None,
        instead={targets: field for targets, field in preset.instead.items() if schema.field(field)},
        similar=preset.similar if all(map(schema.field, preset.similar)) else (),
        flag=preset.flag,
        borrow={to: via for to, via in preset.borrow.items() if {to, via} <= links},
    )


def _rule(known: dict[str, Any] | None, field: Field, entity: ObjectSchema, schema: ObjectSchema) -> Rule:
    if known and (instead := schema.field(known.get("unless", ""))):
        return Rule(exclude=f"{instead.label} says it in its place")
    if known:
        return msgspec.convert(_choice(known, entity), Rule)
    if not field.filled:
        return Rule(exclude=EMPTY)
    if not entity.custom_fields and not entity.block:
        return Rule(exclude=f"there is no place for it at a {entity.label}")
    if not entity.custom_fields:
        return Rule(block=field.label)
    return Rule(new=field.label, kind=_kind(field))


def _currency(fields: dict[str, Rule], entity: ObjectSchema, currency: str) -> dict[str, str]:
    """The currency of amounts, where no column says it and the account's own would stand there instead."""
    targets = {rule.to for rule in fields.values()}
    there = entity.field("currency")
    if there is None or there.readonly or "currency" in targets or not targets & AMOUNTS:
        return {}
    return {"currency": currency}


def _choice(known: dict[str, Any], entity: ObjectSchema) -> dict[str, Any]:
    """Settle a `?field`: the account's own field where it has one, else the custom field."""
    known = {k: v for k, v in known.items() if k != "unless"}
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
