"""A preset: what the standard objects and fields of a known source are, in words that hold at every destination.

Data only. A field is a word of `engine.words`, or a rule as in the map where no word fits. `{"by": {destination: …}}`
says it for each destination.
"""

from typing import Any

import msgspec

from engine.words import WORDS, Thing


class ObjectPreset(msgspec.Struct, frozen=True, kw_only=True):
    """What one source object is.

    thing: the word for it. links: the word for each relation, where it is another than the relation's own name. needs,
    duplicates, leave: see `engine.mapping.ObjectMap`. expected: words. stages: the field that names the stage. set:
    constants besides those of the thing. alone: where it is otherwise than for the thing. instead: words ("name|last
    name") to the source field that stands in where they are empty. borrow: see `engine.mapping.ObjectMap`.
    """

    thing: str
    fields: dict[str, str | dict[str, Any]]
    links: dict[str, str] = {}
    duplicates: str = ""
    needs: tuple[str, ...] = ()
    leave: dict[str, str] = {}
    expected: tuple[str, ...] = ()
    stages: str = ""
    set: dict[str, Any] = {}
    alone: bool | None = None
    instead: dict[str, str] = {}
    borrow: dict[str, str] = {}


class Preset(msgspec.Struct, frozen=True, kw_only=True):
    """A source's preset. `stages`: the source's own stage names, with the status that two of them stand for.

    `owner_gate`: things that wait until every owner is matched, by destination ("" for all others).
    """

    pipeline: str
    objects: dict[str, ObjectPreset]
    stages: dict[str, str]
    owner_gate: dict[str, tuple[str, ...]] = {}
    automation_owners: tuple[str, ...] = ()


class Placed(msgspec.Struct, frozen=True, kw_only=True):
    """An object's preset at one destination: as `engine.mapping.ObjectMap`, with `?field` still to be settled."""

    to: str
    fields: dict[str, dict[str, Any]]
    links: dict[str, str]
    set: dict[str, Any]
    duplicates: str
    needs: tuple[str, ...]
    leave: dict[str, str]
    alone: bool
    expected: tuple[str, ...]
    stages: str
    instead: dict[str, str]
    borrow: dict[str, str]


def placed(preset: ObjectPreset, destination: str) -> Placed | None:
    """What an object becomes at a destination; None where it has no word for it."""
    thing = WORDS.get(destination, {}).get(preset.thing)
    if thing is None:
        return None
    fields = {field: _rule(word, thing, destination) for field, word in preset.fields.items()}
    relations = dict.fromkeys([*(rule["link"] for rule in fields.values() if "link" in rule), *preset.links])
    words = {relation: thing.links.get(preset.links.get(relation, relation), "") for relation in relations}
    return Placed(
        to=thing.to,
        fields=fields,
        links={relation: target for relation, target in words.items() if target},
        set=thing.set | preset.set,
        duplicates=preset.duplicates,
        needs=preset.needs,
        leave=preset.leave,
        alone=thing.alone if preset.alone is None else preset.alone,
        expected=tuple(filter(None, (_target(word, thing) for word in preset.expected))),
        stages=preset.stages,
        instead={
            "|".join(targets): field
            for words, field in preset.instead.items()
            if (targets := list(filter(None, (_target(word, thing) for word in words.split("|")))))
        },
        borrow=preset.borrow,
    )


def _rule(word: str | dict[str, Any], thing: Thing, destination: str) -> dict[str, Any]:
    if isinstance(word, str):
        return thing.fields.get(word, {})
    return word["by"].get(destination, word["by"].get("", {})) if "by" in word else word


def _target(word: str, thing: Thing) -> str:
    return thing.links.get(word) or str(thing.fields.get(word, {}).get("to", ""))
