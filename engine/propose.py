"""Proposing a map: the pair's preset for standard fields, a custom field or a labelled line for the rest."""

from typing import Any

import msgspec

from adapters.protocols import Field, Kind, ObjectSchema, Schema
from engine.history import Item
from engine.mapping import Mapping, ObjectMap, Pipeline, Rule
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
        values: dict[str, dict[str, dict[str, str]]] = {}
        if there.stages and schema.field(there.stages):
            pipelines, pairs = stages(preset, there.stages, source, schema, items.get(name, {}), zone)
            values[there.stages] = pairs
        objects[name] = _object(there, schema, entity, values)
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
    preset: Placed, schema: ObjectSchema, entity: ObjectSchema, values: dict[str, dict[str, dict[str, str]]]
) -> ObjectMap:
    links = {link.name for link in schema.links}
    return ObjectMap(
        to=preset.to,
        fields={f.key: _rule(preset.fields.get(f.key), f, entity) for f in schema.fields},
        links={k: v for k, v in preset.links.items() if k in links},
        set=preset.set,
        values=values,
        duplicates=preset.duplicates if schema.field(preset.duplicates.partition(":")[2]) else "",
        leave={field: reason for field, reason in preset.leave.items() if schema.field(field)},
        needs=tuple(n for n in preset.needs if n in links),
        alone=preset.alone,
        expected=preset.expected,
        instead={targets: field for targets, field in preset.instead.items() if schema.field(field)},
        borrow={to: via for to, via in preset.borrow.items() if {to, via} <= links},
    )


def _rule(known: dict[str, Any] | None, field: Field, entity: ObjectSchema) -> Rule:
    if known:
        return msgspec.convert(_choice(known, entity), Rule)
    if not field.filled:
        return Rule(exclude="empty in every record")
    if not entity.custom_fields:
        return Rule(block=field.label)
    return Rule(new=field.label, kind=_kind(field))


def _choice(known: dict[str, Any], entity: ObjectSchema) -> dict[str, Any]:
    """Settle a `?field`: the account's own field where it has one, else the custom field."""
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
