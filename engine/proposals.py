"""Proposals: for each field of a source what the map proposes, how sure that is and why, and what else it could be."""

from typing import Any

import msgspec

from adapters.protocols import ObjectSchema, Schema
from engine import history
from engine.candidates import matched
from engine.history import Item
from engine.journal import Journal
from engine.mapping import Mapping, Rule
from engine.matching.choices import Choice, choose
from engine.matching.columns import Column
from engine.matching.match import SKIP, Proposal
from engine.matching.reading import read
from engine.presets import PRESETS
from engine.propose import propose
from engine.view import View

VALUES_MAX = 60
"""A list with more values than this is none."""

KNOWN = 0.99
"""How sure what a preset says is."""


class Proposed(msgspec.Struct, frozen=True, kw_only=True):
    """What is proposed for a field.

    confidence: of the rule, 0 to 1. also: what else it could become, best first. values: where the field it goes to is
    a list, its options for each value.
    """

    rule: Rule
    confidence: float
    reason: str
    also: tuple[Proposal, ...] = ()
    values: dict[str, list[Choice]] = {}


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """A map, the source it is for, and what is said about each field of it, by object."""

    mapping: Mapping
    source: Schema
    fields: dict[str, dict[str, Proposed]]

    @property
    def remarks(self) -> dict[str, dict[str, str]]:
        """What stands beside the fields that no preset knows: how sure their rule is, and why."""
        return {
            name: {f: f"{p.confidence:.0%}: {p.reason}" for f, p in fields.items() if p.confidence < KNOWN}
            for name, fields in self.fields.items()
        }


def offer(journal: Journal, view: View, target: str, settings: dict[str, Any]) -> Offer:
    """The map that the log's source and destination ask for. Raises NoPresetError."""
    source = history.source_schema(journal)
    destination = history.destination_schema(journal, target)
    items = history.load_items(journal, view)
    made = propose(source, destination, items, zone=settings["zone"], currency=settings["currency"])
    return Offer(mapping=made, source=source, fields=proposals(source, destination, made, items))


def proposals(
    source: Schema, destination: Schema, made: Mapping, items: dict[str, dict[str, Item]]
) -> dict[str, dict[str, Proposed]]:
    """By object and field, for every field of the map that was made."""
    found: dict[str, dict[str, Proposed]] = {}
    preset = PRESETS.get(source.system)
    for name, object_map in made.object.items():
        schema, entity = source.object(name), destination.object(object_map.to)
        if schema is None or entity is None:
            continue
        read_columns, ranked = matched(schema, entity, source.system, items.get(name, {}))
        named = preset.objects[name].fields if preset and name in preset.objects else {}
        found[name] = {
            column.name: _proposed(
                object_map.fields[column.name], column, ranked[column.name], entity, known=column.name in named
            )
            for column in read_columns
            if column.name in object_map.fields
        }
    return found


def _proposed(rule: Rule, column: Column, ranked: list[Proposal], entity: ObjectSchema, *, known: bool) -> Proposed:
    """The map's own rule beside the ranked proposals."""
    same = next((p for p in ranked if _agrees(p, rule)), None)
    confidence, reason = (KNOWN, "the preset of the source says so") if known else (0.5, "nothing is lost by it")
    if not known and same is not None:
        confidence, reason = same.confidence, same.reason
    there = entity.field(rule.to)
    options = [o.label for o in there.options] if there else []
    listed = options and 0 < column.profile.distinct <= VALUES_MAX
    values = choose(sorted(column.profile.values), options, " ".join(read(column.name))) if listed else {}
    also = tuple(p for p in ranked if p is not same)
    return Proposed(rule=rule, confidence=confidence, reason=reason, also=also, values=values)


def _agrees(proposal: Proposal, rule: Rule) -> bool:
    """Whether a proposal says what the rule says."""
    if proposal.target == SKIP:
        return bool(rule.exclude)
    if proposal.target.startswith("custom:"):
        return bool(rule.new)
    return proposal.target in (rule.to, rule.owner) or (bool(rule.to) and proposal.target.startswith(f"{rule.to}."))
