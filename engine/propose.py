"""Proposing a map: the pair's preset for standard fields, a custom field or a labelled line for the rest."""

from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from adapters.protocols import Field, Kind, ObjectSchema, Schema
from adapters.sources.values import parse
from engine.history import Item
from engine.mapping import Mapping, ObjectMap, Pipeline, Rule, Stage
from engine.preset import ObjectPreset, Preset
from engine.presets import PRESETS

ENUM_LIMIT = 30
"""A pick-list with more different values than this is proposed as text."""


class NoPresetError(Exception):
    """The pair is not known yet; the message names it."""


def propose(
    source: Schema, destination: Schema, items: dict[str, dict[str, Item]], *, zone: str, currency: str
) -> Mapping:
    """A map for a pair. Raises NoPresetError where there is none."""
    preset = PRESETS.get((source.system, destination.system))
    if preset is None:
        raise NoPresetError(f"there is no preset for {source.system} → {destination.system} yet")
    objects: dict[str, ObjectMap] = {}
    pipeline: Pipeline | None = None
    for name, there in preset.objects.items():
        schema = source.object(name)
        entity = destination.object(there.to)
        if schema is None or entity is None:
            continue
        values: dict[str, dict[str, dict[str, str]]] = {}
        if there.stages and schema.field(there.stages):
            pipeline, pairs = _stages(preset, there, schema, items.get(name, {}), zone)
            values[there.stages] = pairs
        objects[name] = _object(there, schema, entity, values)
    return Mapping(
        zone=zone,
        currency=currency,
        object=objects,
        pipeline=pipeline,
        owner_gate=preset.owner_gate,
        automation_owners=preset.automation_owners,
    )


def _object(
    preset: ObjectPreset, schema: ObjectSchema, entity: ObjectSchema, values: dict[str, dict[str, dict[str, str]]]
) -> ObjectMap:
    links = {link.name for link in schema.links}
    return ObjectMap(
        to=preset.to,
        fields={f.key: _rule(preset.fields.get(f.key), f, entity) for f in schema.fields},
        links={k: v for k, v in preset.links.items() if k in links},
        set=preset.set,
        values=values,
        duplicates=preset.duplicates if schema.field(preset.duplicates.partition(":")[2]) else "",
        needs=tuple(n for n in preset.needs if n in links),
        alone=preset.alone,
        expected=preset.expected,
    )


def _rule(known: dict[str, Any] | None, field: Field, entity: ObjectSchema) -> Rule:
    if known is not None:
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


def _stages(
    preset: Preset, there: ObjectPreset, schema: ObjectSchema, items: dict[str, Item], zone: str
) -> tuple[Pipeline, dict[str, dict[str, str]]]:
    """The pipeline and the pairs of its value map: known stage names in the order of their probabilities."""
    used = {(i.values or {}).get(there.stages, "").strip().casefold() for i in items.values()}
    known = [name for name in preset.stages if name.casefold() in used]
    odds = _probabilities(there, schema, items, zone)
    positions = list(preset.stages)
    steps = [name for name in known if not preset.stages[name]]
    steps.sort(key=lambda n: (odds.get(n.casefold(), 101.0), positions.index(n)))
    pairs = {name: {"stage": name} for name in steps}
    if steps:
        pairs |= {n: {"stage": steps[-1], "status": preset.stages[n]} for n in known if preset.stages[n]}
    stages = tuple(Stage(name=n, probability=odds.get(n.casefold())) for n in steps)
    return Pipeline(name=preset.pipeline, stages=stages), pairs


def _probabilities(there: ObjectPreset, schema: ObjectSchema, items: dict[str, Item], zone: str) -> dict[str, float]:
    """The usual probability of each stage, folded, as the deals have it."""
    field = schema.field("Probability")
    found: dict[str, list[float]] = {}
    for item in items.values() if field else ():
        values = item.values or {}
        assert field is not None  # noqa: S101 - narrowed above
        odds = parse(field, values.get("Probability", ""), ZoneInfo(zone)).value
        if isinstance(odds, int | float):
            found.setdefault(values.get(there.stages, "").strip().casefold(), []).append(odds)
    return {stage: median(values) for stage, values in found.items()}
