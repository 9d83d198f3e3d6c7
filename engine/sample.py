"""The sample: a slice of the wants, closed under links, that covers fields, stages and owners where the data allows."""

from collections.abc import Iterator
from itertools import chain, zip_longest

import msgspec

from adapters.protocols import Schema
from engine.journal import Subject
from engine.mapping import Mapping
from engine.replay import Replayed
from engine.view import Part
from engine.want import Want


def choose(replayed: Replayed, size: int) -> frozenset[Subject]:
    """Subjects of a sample, of each object in turn, with all parents: first what shows something new, then more."""
    by_part = {w.part: w for w in replayed.every()}
    objects: dict[str, list[Want]] = {}
    for want in replayed.wants.values():
        objects.setdefault(want.part.object, []).append(want)
    turns = [w for w in chain.from_iterable(zip_longest(*objects.values())) if w is not None]
    chosen: dict[Subject, None] = {}
    seen: set[tuple[str, str, str]] = set()
    for want in turns:
        features = set(_features(want))
        if features - seen and len(chosen) < size:
            seen |= features
            _take(want, by_part, chosen)
    for want in turns:
        if len(chosen) < size:
            _take(want, by_part, chosen)
    return frozenset(chosen)


class Missing(msgspec.Struct, frozen=True, kw_only=True):
    """Something that the sample does not show: a field of an object, or one value of it (a stage, an owner)."""

    object: str
    field: str
    value: str
    why: str


def coverage(
    replayed: Replayed, mapping: Mapping, destination: Schema, chosen: frozenset[Subject]
) -> tuple[dict[str, list[int]], list[Missing]]:
    """What a sample shows of all that there is to show ({"fields": [shown, all], ...}), and what it does not.

    A field that the map fills and that no record has is missing, too.
    """
    there = {feature for want in replayed.wants.values() for feature in _features(want)}
    shown = {feature for s in chosen & replayed.wants.keys() for feature in _features(replayed.wants[s])}
    covered = {
        word: [sum(_word(f) == word for f in some) for some in (shown, there)]
        for word in ("fields", "stages", "owners")
    }
    users = {user.id: user.name for user in destination.users}
    labels = {(o.name, f.key): f.label for o in destination.objects for f in o.fields}
    missing = []
    filled = set()
    for name, key, value in there:
        to = mapping.object[name].to
        label = key.partition("/")[2] if key.startswith("new:") else labels.get((to, key), key)
        filled.add((name, label))
        if (name, key, value) not in shown:
            why = "the sample is too small for it"
            missing.append(Missing(object=name, field=label, value=users.get(value, value), why=why))
    for name, object_map in mapping.object.items():
        keys = (r.new or labels.get((object_map.to, r.to or r.owner), "") for r in object_map.fields.values())
        missing += [
            Missing(object=name, field=label, value="", why="no record that is moved has it")
            for label in dict.fromkeys(filter(None, keys))
            if (name, label) not in filled
        ]
    return covered, sorted(missing, key=msgspec.structs.astuple)


def _word(feature: tuple[str, str, str]) -> str:
    """Of what kind something to show is."""
    _, key, value = feature
    return "fields" if not value else "owners" if key == "owner_id" else "stages"


def _take(want: Want, by_part: dict[Part, Want], chosen: dict[Subject, None]) -> None:
    todo = [want]
    while todo:
        current = todo.pop()
        subject = (current.part.object, current.part.key)
        if subject not in chosen:
            chosen[subject] = None
            todo += [by_part[p] for p in _parents(current) if p in by_part]


def _parents(want: Want) -> Iterator[Part]:
    for value in want.fields.values():
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, dict) and "$ref" in item:
                entity, obj, key = item["$ref"]
                yield Part(entity, obj, key)


def _features(want: Want) -> Iterator[tuple[str, str, str]]:
    """What a sample should show: each field of each object, each stage, each owner."""
    obj = want.part.object
    for key, value in want.fields.items():
        yield obj, key, ""
        if key in ("owner_id", "status"):
            yield obj, key, str(value)
        elif isinstance(value, dict) and value.get("$ref", [""])[0] == "stage":
            yield obj, key, str(value["$ref"][2])
