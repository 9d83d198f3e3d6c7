"""A preset: what the standard objects and fields of a known source are, in words that hold at every destination.

Data only. A field is a word of `engine.words`, or a rule as in the map where no word fits. `{"by": {destination: …}}`
says it for each destination.
"""

from typing import Any

import msgspec

from adapters.protocols import ObjectSchema
from engine.mapping import Ask, Total
from engine.words import WORDS, Thing


class ObjectPreset(msgspec.Struct, frozen=True, kw_only=True):
    """What one source object is. A rule may say `unless`: the field that, where the source has it, takes its place.

    thing: the word for it. links: the word for each relation, where it is another than the relation's own name. needs,
    duplicates, similar, leave, flag, ask, total, borrow: see `engine.mapping.ObjectMap`. expected: words. stages: the
    field that names the stage. pairs: by field the pairs of its value map, whose texts go on; "" is for all other
    values. values: the same, by what a text makes of other fields: those, or the word for the thing that a record with
    that text is. set: constants besides those of the thing. alone: where it is otherwise than for the thing. head: what
    the text says that has nothing else to say. instead: words ("name|last name") to the source field that stands in
    where they are empty.
    """

    thing: str
    fields: dict[str, str | dict[str, Any]]
    links: dict[str, str] = {}
    duplicates: str = ""
    needs: tuple[str, ...] = ()
    leave: dict[str, str] = {}
    ask: dict[str, Ask] = {}
    values: dict[str, dict[str, str | dict[str, Any]]] = {}
    expected: tuple[str, ...] = ()
    stages: str = ""
    set: dict[str, Any] = {}
    alone: bool | None = None
    pairs: dict[str, dict[str, dict[str, Any]]] = {}
    total: Total | None = None
    head: str = ""
    instead: dict[str, str] = {}
    borrow: dict[str, str] = {}
    similar: tuple[str, ...] = ()
    flag: str = ""


class Preset(msgspec.Struct, frozen=True, kw_only=True):
    """A source's preset. `stages`: the source's own stage names, with the status that two of them stand for.

    `owner_gate`: things that wait until every owner is matched, by destination ("" for all others). `others`: what an
    object is that the preset does not name, such as a custom one; empty where such objects are left to a person.
    `closed_lists`: the source describes its pick-lists, so that a value in none of them is a question.
    """

    pipeline: str
    objects: dict[str, ObjectPreset]
    stages: dict[str, str]
    owner_gate: dict[str, tuple[str, ...]] = {}
    automation_owners: tuple[str, ...] = ()
    others: str = ""
    closed_lists: bool = False


class Placed(msgspec.Struct, frozen=True, kw_only=True):
    """An object's preset at one destination: as `engine.mapping.ObjectMap`, with `?field` still to be settled."""

    to: str
    fields: dict[str, dict[str, Any]]
    links: dict[str, str]
    set: dict[str, Any]
    duplicates: str
    needs: tuple[str, ...]
    leave: dict[str, str]
    ask: dict[str, Ask]
    values: dict[str, dict[str, dict[str, Any]]]
    alone: bool
    expected: tuple[str, ...]
    stages: str
    pairs: dict[str, dict[str, dict[str, Any]]]
    total: Total | None
    instead: dict[str, str]
    borrow: dict[str, str]
    similar: tuple[str, ...]
    flag: str
    lost: str


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
        set=thing.set | preset.set | ({thing.fields["text"]["to"]: preset.head} if preset.head else {}),
        duplicates=preset.duplicates,
        needs=preset.needs,
        leave=preset.leave,
        ask=preset.ask,
        values={field: _pairs(pairs, thing, destination) for field, pairs in preset.values.items()},
        alone=thing.alone if preset.alone is None else preset.alone,
        expected=tuple(filter(None, (_target(word, thing) for word in preset.expected))),
        stages=preset.stages,
        pairs=preset.pairs,
        total=preset.total,
        instead={
            "|".join(targets): field
            for words, field in preset.instead.items()
            if (targets := list(filter(None, (_target(word, thing) for word in words.split("|")))))
        },
        borrow=preset.borrow,
        similar=preset.similar,
        flag=preset.flag,
        lost=thing.lost,
    )


def other(preset: Preset, schema: ObjectSchema) -> ObjectPreset | None:
    """An object that the preset does not name: it hangs on what it names, and all it says is kept in labelled lines."""
    if not preset.others:
        return None
    words: dict[str, str] = {}
    fields: dict[str, str | dict[str, Any]] = {}
    for link in schema.links:
        there = preset.objects.get(link.to[0]) if link.to else None
        words |= {link.name: there.thing} if there else {}
        for field in (f for f in schema.fields if f.key in (link.id_field, link.name_field, link.type_field)):
            fields[field.key] = {"link": link.name} if there else {"link": link.name, "keep": field.label}
    needs = tuple(words)
    return ObjectPreset(thing=preset.others, links=words, needs=needs, fields=fields, head=schema.label)


def _pairs(pairs: dict[str, str | dict[str, Any]], thing: Thing, destination: str) -> dict[str, dict[str, Any]]:
    """The pairs of a value map; a thing that is another entity there has none, and is asked for."""
    found: dict[str, dict[str, Any]] = {}
    for text, word in pairs.items():
        there = WORDS[destination].get(word) if isinstance(word, str) else None
        if isinstance(word, dict):
            found[text] = word
        elif there is not None and there.to == thing.to:
            found[text] = there.set
    return found


def _rule(word: str | dict[str, Any], thing: Thing, destination: str) -> dict[str, Any]:
    if isinstance(word, str):
        return thing.fields.get(word, {})
    return word["by"].get(destination, word["by"].get("", {})) if "by" in word else word


def _target(word: str, thing: Thing) -> str:
    return thing.links.get(word) or str(thing.fields.get(word, {}).get("to", ""))
