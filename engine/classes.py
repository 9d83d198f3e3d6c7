"""The class of each object mapping, derived: one to one, one to many, lossy, or not moved, and why.

Where there is a map, it is held against the data: what a record really becomes, what is left out of it and by whom.
Where there is none yet, the preset alone says it.
"""

from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec

from adapters.protocols import ObjectSchema, Schema
from engine.mapping import EMPTY, Mapping, ObjectMap
from engine.preset import Placed, Preset, placed
from engine.presets import PRESETS
from engine.want import Want
from engine.words import WORDS

Class = Literal["one to one", "one to many", "lossy", "not moved"]

TEXT = "all that it says becomes lines of text"


class Moved(msgspec.Struct, frozen=True, kw_only=True):
    """One object: what it becomes (an entity of the destination; empty where it does not), its class, the reasons."""

    object: str
    label: str
    to: str
    kind: Class
    reasons: tuple[str, ...] = ()


def share(rows: Sequence[Moved]) -> tuple[int, int]:
    """How many objects move one to one, of how many there are."""
    return sum(row.kind == "one to one" for row in rows), len(rows)


# --- by the map --------------------------------------------------------------------------------------------------


def classes(source: Schema, destination: Schema, mapping: Mapping, wants: Sequence[Want] = ()) -> list[Moved]:
    """The class of every object of a source under a map. wants: what its records become, as far as that is known.

    A field counts where its `filled` says that records have it.
    """
    several = _several(wants)
    preset = PRESETS.get(source.system)
    return [
        _of_map(obj, mapping.object.get(obj.name), destination.system, preset, several.get(obj.name, ()))
        for obj in source.objects
        if obj.fields
    ]


def _several(wants: Sequence[Want]) -> dict[str, tuple[str, ...]]:
    """The entities that single records of an object become, of objects of which some become more than one record."""
    made: dict[tuple[str, str], list[str]] = {}
    for want in wants:
        made.setdefault((want.part.object, want.part.key), []).append(want.part.entity)
    found: dict[str, dict[str, None]] = {}
    for (name, _), entities in made.items():
        if len(entities) > 1:
            found.setdefault(name, {}).update(dict.fromkeys(entities))
    return {name: tuple(entities) for name, entities in found.items()}


def _of_map(
    obj: ObjectSchema, rules: ObjectMap | None, destination: str, preset: Preset | None, several: Sequence[str]
) -> Moved:
    if rules is None:
        why = ("the map does not name it",)
        return Moved(object=obj.name, label=obj.label, to="", kind="not moved", reasons=why)
    if left := rules.leave.get(obj.identity.id_field or "", ""):
        return Moved(object=obj.name, label=obj.label, to="", kind="not moved", reasons=(left,))
    lost = tuple(dict.fromkeys(_lost(obj, rules, destination, preset)))
    if lost:
        return Moved(object=obj.name, label=obj.label, to=rules.to, kind="lossy", reasons=lost)
    if several:
        why = (f"a record becomes {' and '.join(several)}",)
        return Moved(object=obj.name, label=obj.label, to=rules.to, kind="one to many", reasons=why)
    return Moved(object=obj.name, label=obj.label, to=rules.to, kind="one to one")


def _lost(obj: ObjectSchema, rules: ObjectMap, destination: str, preset: Preset | None) -> Iterator[str]:
    """What of an object does not arrive as it is."""
    words = preset.objects.get(obj.name) if preset else None
    there = placed(words, destination) if words else None
    yield from _by_nature(there)
    filled = [rules.fields.get(field.key) for field in obj.fields if field.filled]
    if any(r and r.block for r in filled) and not any(r and (r.to or r.new or r.values) for r in filled):
        yield TEXT
    if rules.total:
        yield f"of its records the sum of {rules.total.of} stands elsewhere"
    for field in obj.fields:
        rule = rules.fields.get(field.key)
        if rule is None or rule.undecided:
            yield f"{field.label}: nobody has decided"
        elif rule.exclude and field.filled and not _says_so(there, field.key, rule.exclude):
            yield f"{field.label} is left out: {rule.exclude}"


def _says_so(there: Placed | None, field: str, reason: str) -> bool:
    """Whether a field is left out because the preset knows that nothing is lost by it."""
    if reason == EMPTY:
        return True
    known = there.fields.get(field, {}) if there else {}
    return bool(known.get("unless")) or known.get("exclude") == reason


# --- by the preset alone -----------------------------------------------------------------------------------------


def preset_classes(source: str, destination: str, others: Sequence[str] = ()) -> list[Moved]:
    """The classes of a pair before anything was seen. others: objects that the preset does not name.

    Empty where there is no preset.
    """
    preset = PRESETS.get(source)
    if preset is None or destination not in WORDS:
        return []
    found = [_of_preset(name, placed(words, destination)) for name, words in preset.objects.items()]
    for name in others:
        thing = WORDS[destination].get(preset.others)
        why = TEXT if thing else "the preset does not know it: a person decides"
        kind: Class = "lossy" if thing else "not moved"
        found.append(Moved(object=name, label=name, to=thing.to if thing else "", kind=kind, reasons=(why,)))
    return found


def _of_preset(name: str, there: Placed | None) -> Moved:
    if there is None:
        why = ("there is no such thing there",)
        return Moved(object=name, label=name, to="", kind="not moved", reasons=why)
    if left := next((reason for field, reason in there.leave.items() if field == "Id"), ""):
        return Moved(object=name, label=name, to="", kind="not moved", reasons=(left,))
    lost = [*_by_nature(there), *([f"the sum of {there.total.of} stands elsewhere"] if there.total else [])]
    return Moved(object=name, label=name, to=there.to, kind="lossy" if lost else "one to one", reasons=tuple(lost))


def _by_nature(there: Placed | None) -> Iterator[str]:
    """What is lost of a thing at a destination whatever its fields are."""
    if there is not None and there.lost:
        yield there.lost
    if there is not None and there.flag:
        yield there.flag
