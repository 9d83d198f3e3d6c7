"""A map in words, and what differs between two maps: sentences for people who confirm one."""

from collections.abc import Iterator, Mapping as Table
from typing import Any

import msgspec

from engine.mapping import AS, Mapping, ObjectMap, Pipeline, Rule, Stage

_OF_THE_VERB = ("to", "new", "block", "link", "owner", "exclude", "undecided", "kind", "part", "label", "values")


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One difference: where ("Deal.Stage", "[[pipeline]]"), and a sentence that says what was and what will be."""

    where: str
    words: str

    def __str__(self) -> str:
        return f"{self.where}: {self.words}"


def said(rule: Rule) -> str:
    """What becomes of a field, in words."""
    place = "".join(f", {name} {value!r}" for name in ("part", "label") if (value := getattr(rule, name)))
    words = {
        "to": f"goes to {rule.to}{place}",
        "new": f"becomes a new {rule.kind or 'custom'} field {rule.new!r}{place}",
        "block": f"is kept as a line {rule.block!r}",
        "link": f"links by {rule.link}",
        "owner": f"names the user of {rule.owner}",
        "values": "is translated",
        "exclude": f"is left out ({rule.exclude})",
        "undecided": f"is undecided ({rule.undecided})",
    }
    through = [f"by the list {rule.values!r}"] if rule.values else []
    return ", ".join([words.get(rule.verb, f"says {rule.verb or 'nothing'}"), *through, *besides(rule)])


def besides(rule: Rule) -> list[str]:
    """What a rule says besides where the value goes: a few words each."""
    words = {
        "at": f"with the time of day from {rule.at}",
        "since": f"as the time since {rule.since}",
        "empty": f"where empty: {rule.empty!r}",
        "keep": f"its text kept as a line {rule.keep!r}, too",
        "also": f"also in a new {rule.kind or 'custom'} field {rule.also!r}",
        "over": f"before {rule.over}",
        "when": ", ".join(f"when {status} also {key}" for status, key in rule.when.items()),
    }
    default = Rule()
    return [
        words.get(name) or f"{name} = {_text(getattr(rule, name))}"
        for name in Rule.__struct_fields__
        if name not in _OF_THE_VERB and getattr(rule, name) != getattr(default, name)
    ]


def more(object_map: ObjectMap) -> list[str]:
    """What the map says of an object besides its fields and values: a few words each."""
    default = ObjectMap(to="", fields={})
    return [
        f"{name}: {_text(value)}"
        for name in ObjectMap.__struct_fields__
        if name not in ("to", "fields", "values") and (value := getattr(object_map, name)) != getattr(default, name)
    ]


def pair(found: Table[str, Any]) -> str:
    """What a value becomes, in words."""
    words = [_text(v) if k == AS else f"{k} {_text(v)}" for k, v in found.items()]
    return ", ".join(words) if words else "nothing: records with it wait"


def differences(old: Mapping, new: Mapping) -> list[Change]:
    """What changes from one map to another: settings, pipelines, then object by object. Empty where they are equal."""
    found = list(_settings(old, new)) + list(_pipelines(old.pipeline, new.pipeline))
    for name in dict.fromkeys((*old.object, *new.object)):
        before, after = old.object.get(name), new.object.get(name)
        if before is None and after is not None:
            found.append(Change(where=name, words=f"was not moved → becomes {after.to}"))
        elif before is not None and after is None:
            found.append(Change(where=name, words=f"becomes {before.to} → is not moved"))
        elif before is not None and after is not None:
            found += _object(name, before, after)
    return found


def _settings(old: Mapping, new: Mapping) -> Iterator[Change]:
    for name in Mapping.__struct_fields__:
        before, after = getattr(old, name), getattr(new, name)
        if name in ("object", "pipeline") or before == after:
            continue
        if isinstance(before, msgspec.Struct):
            for part in before.__struct_fields__:
                if getattr(before, part) != getattr(after, part):
                    words = f"{_text(getattr(before, part))} → {_text(getattr(after, part))}"
                    yield Change(where=f"{name}.{part}", words=words)
        else:
            yield Change(where=name, words=f"{_text(before)} → {_text(after)}")


def _object(name: str, old: ObjectMap, new: ObjectMap) -> Iterator[Change]:
    for part in ObjectMap.__struct_fields__:
        before, after = getattr(old, part), getattr(new, part)
        if part not in ("fields", "values") and before != after:
            yield Change(where=f"{name}.{part}", words=f"{_text(before)} → {_text(after)}")
    for field in dict.fromkeys((*old.fields, *new.fields)):
        rule, other = old.fields.get(field), new.fields.get(field)
        if rule != other:
            was, will = (said(each) if each else "is undecided" for each in (rule, other))
            yield Change(where=f"{name}.{field}", words=f"{was} → {will}")
    for values in dict.fromkeys((*old.values, *new.values)):
        yield from _values(f"{name}.values.{values}", old.values.get(values, {}), new.values.get(values, {}))


def _values(where: str, old: Table[str, Table[str, Any]], new: Table[str, Table[str, Any]]) -> Iterator[Change]:
    for value in dict.fromkeys((*old, *new)):
        before, after = old.get(value), new.get(value)
        if before == after:
            continue
        if before is None and after is not None:
            yield Change(where=where, words=f"{value!r}: no pair → {pair(after)}")
        elif before is not None and after is None:
            yield Change(where=where, words=f"{value!r}: {pair(before)} → no pair: records with it wait")
        elif before is not None and after is not None:
            yield Change(where=where, words=f"{value!r}: {pair(before)} → {pair(after)}")


def _pipelines(old: tuple[Pipeline, ...], new: tuple[Pipeline, ...]) -> Iterator[Change]:
    before, after = {p.name: p.stages for p in old}, {p.name: p.stages for p in new}
    for name in dict.fromkeys((*before, *after)):
        where = f"pipeline {name}"
        if name not in before:
            yield Change(where=where, words=f"is new, with the stages {_names(after[name])}")
        elif name not in after:
            yield Change(where=where, words=f"is gone, with the stages {_names(before[name])}")
        else:
            yield from _stages(where, before[name], after[name])
    if list(before) != list(after) and sorted(before) == sorted(after):
        yield Change(where="pipelines", words=f"their order: {', '.join(before)} → {', '.join(after)}")


def _stages(where: str, old: tuple[Stage, ...], new: tuple[Stage, ...]) -> Iterator[Change]:
    before, after = {s.name: s.probability for s in old}, {s.name: s.probability for s in new}
    for name in dict.fromkeys((*before, *after)):
        if name not in before:
            yield Change(where=where, words=f"the stage {name!r} is new ({_chance(after[name])})")
        elif name not in after:
            yield Change(where=where, words=f"the stage {name!r} is gone")
        elif before[name] != after[name]:
            words = f"the stage {name!r}: {_chance(before[name])} → {_chance(after[name])}"
            yield Change(where=where, words=words)
    kept = [s.name for s in old if s.name in after]
    if kept != [s.name for s in new if s.name in before]:
        yield Change(where=where, words=f"the order of the stages: {_names(old)} → {_names(new)}")


def _names(stages: tuple[Stage, ...]) -> str:
    return ", ".join(stage.name for stage in stages) or "none"


def _chance(probability: float | None) -> str:
    return "no probability" if probability is None else f"{probability:g} %"


def _text(value: Any) -> str:
    """A value of the map as people read it."""
    if isinstance(value, msgspec.Struct):
        value = {k: v for k, v in msgspec.to_builtins(value).items() if v not in ("", None, [], {})}
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return ", ".join(f"{k} → {_text(v)}" for k, v in value.items()) or "nothing"
    if isinstance(value, list | tuple):
        return ", ".join(map(_text, value)) or "nothing"
    return "nothing" if value in ("", None) else str(value)
