"""The sample: a slice of the wants, closed under links, that covers fields, stages and owners where the data allows."""

from collections.abc import Iterator
from itertools import chain, zip_longest

from engine.journal import Subject
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
        if key in ("owner_id", "status") or (isinstance(value, dict) and value.get("$ref", [""])[0] == "stage"):
            yield obj, key, str(value)
