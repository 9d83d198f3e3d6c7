"""A field's rule in the cells of a row, and back: what people change counts, what they leave stays as it was."""

from collections.abc import Sequence
from typing import Any, get_args

import msgspec

from adapters.protocols import Kind, ObjectSchema
from engine import mapwords
from engine.mapping import ObjectMap, Rule
from ops.mapbook.material import Names, chosen, one_of, texts

DECISIONS = {
    "to": "Move to a field",
    "new": "Make a new field",
    "block": "Keep as a line of text",
    "link": "Links to a record",
    "owner": "Names the owner",
    "values": "Translate by a list",
    "exclude": "Leave out",
    "undecided": "Undecided",
}
"""What may become of a field, as people choose it."""

KINDS: tuple[Kind, ...] = get_args(Kind)

USED = {
    "to": ("target", "part", "label", "list"),
    "new": ("name", "kind", "part", "label", "list"),
    "block": ("name", "list"),
    "link": ("relation",),
    "owner": ("target",),
    "values": ("list",),
    "exclude": ("reason",),
    "undecided": ("reason",),
}
"""Which cells a decision uses; the first must be filled, as must be the kind of a new field."""

HEADERS = {
    "decision": "Decision",
    "target": "Goes to",
    "name": "New name",
    "kind": "Kind of new field",
    "list": "List of values",
    "part": "Part",
    "label": "Label",
    "relation": "Relation",
    "reason": "Reason",
}
"""The columns that people fill, in their order."""

_CARRY = ("to", "new", "block", "values")
"""Decisions that move the value: what the map says besides stays when one of them takes the place of another."""


class Wrong(Exception):  # noqa: N818 - it carries a problem of a cell, and is not shown by itself
    """A cell that cannot be taken: its column, what is wrong, what would be right."""

    def __init__(self, column: str, wrong: str, remedy: str) -> None:
        super().__init__(wrong)
        self.column = column
        self.wrong = wrong
        self.remedy = remedy


def cells(rule: Rule | None, names: Names) -> dict[str, str]:
    """What the row of a field says of its rule. Nothing where nobody has decided."""
    if rule is None:
        return dict.fromkeys(HEADERS, "")
    return {
        "decision": DECISIONS.get(rule.verb, ""),
        "target": names.show(rule.to or rule.owner) if rule.to or rule.owner else "",
        "name": rule.new or rule.block,
        "kind": rule.kind or "",
        "list": rule.values,
        "part": rule.part,
        "label": rule.label,
        "relation": rule.link,
        "reason": rule.exclude or rule.undecided,
    }


def besides(rule: Rule | None) -> str:
    """What the map says of a field besides what the row shows, in words."""
    return "" if rule is None else "; ".join(mapwords.besides(rule))


def decisions(object_map: ObjectMap, source: ObjectSchema | None, entity: ObjectSchema | None) -> tuple[str, ...]:
    """The decisions that an object's fields can have at all."""
    there = {
        "new": entity is None or entity.custom_fields,
        "block": entity is None or entity.block is not None,
        "link": source is None or bool(source.links),
        "owner": entity is None or any(f.kind == "user" and not f.readonly for f in entity.fields),
        "values": bool(object_map.values),
    }
    return tuple(words for verb, words in DECISIONS.items() if there.get(verb, True))


class Around(msgspec.Struct, frozen=True):
    """What a rule may name: of its object at the source, of the entity, and of the value maps."""

    source: ObjectSchema | None
    entity: ObjectSchema | None
    names: Names
    lists: tuple[str, ...]
    allowed: tuple[str, ...]

    def targets(self, verb: str) -> list[str]:
        """The fields that may be chosen, as they are shown."""
        fields = self.entity.fields if self.entity else ()
        return [self.names.show(f.key) for f in fields if not f.readonly and (verb != "owner" or f.kind == "user")]

    def target(self, word: str, verb: str) -> str:
        """The key of the destination field that a cell names."""
        field = self.names.find(word)
        if self.entity is None or field is None:
            what = self.entity.label if self.entity else "the destination"
            raise Wrong("target", f"{what} has no field {word!r}", one_of(word, self.targets(verb)))
        if field.readonly:
            raise Wrong("target", f"{word!r} can only be read there", one_of(word, self.targets(verb)))
        if verb == "owner" and field.kind != "user":
            raise Wrong("target", f"{word!r} names no user", one_of(word, self.targets(verb)))
        return field.key

    def relation(self, word: str) -> str:
        """The relation that a cell names."""
        names = [link.name for link in self.source.links] if self.source else []
        if (found := chosen(word, names)) is None:
            raise Wrong("relation", f"the source has no relation {word!r}", one_of(word, names))
        return found

    def list(self, word: str) -> str:
        """The value map that a cell names."""
        found = word if word in self.lists else chosen(word, self.lists)
        if found is None:
            raise Wrong("list", f"there is no list of values {word!r}", one_of(word, self.lists))
        return found


def changed(base: Rule | None, before: dict[str, str], now: dict[str, str], *, around: Around) -> Rule | None:
    """The rule that a row says, of which at least one cell was changed. Raises Wrong for a cell that is not right."""
    now = texts(now)
    differ = {key for key in HEADERS if now[key] != texts(before)[key]}
    now = {key: now[key] if key in differ else before[key] for key in HEADERS}  # as the map has it, to the letter
    verb = _verb(now, around)
    used = USED[verb] + (("kind",) if base is not None and base.also and verb in (*_CARRY, "owner") else ())
    for key in HEADERS:
        if key in differ and now[key] and key not in (*used, "decision"):
            raise Wrong(
                key,
                f"{HEADERS[key]} is filled, but {DECISIONS[verb]!r} does not use it",
                f"clear the cell, or choose {_users(key)} as the decision",
            )
    for key in (used[0], *(("kind",) if verb == "new" else ())):
        if not now[key]:
            raise Wrong(key, f"{HEADERS[key]} is empty", _needed(key, verb, around))
    own: dict[str, Any] = dict.fromkeys(DECISIONS, "")
    own[verb] = _said(verb, now, around)
    if "list" in used and now["list"]:
        own["values"] = around.list(now["list"])
    if "kind" in used:
        own["kind"] = _kind(now["kind"])
    own |= {key: now[key] for key in ("part", "label") if key in used}
    return msgspec.structs.replace(_kept(base, verb), **own)


def _said(verb: str, now: dict[str, str], around: Around) -> str:
    """What stands in the map under the decision's own name."""
    word = now[USED[verb][0]]
    if verb in ("to", "owner"):
        return around.target(word, verb)
    if verb == "link":
        return around.relation(word)
    return around.list(word) if verb == "values" else word


def _verb(now: dict[str, str], around: Around) -> str:
    word = chosen(now["decision"], DECISIONS.values())
    if not now["decision"]:
        raise Wrong("decision", "Decision is empty", one_of("", around.allowed))
    if word is None:
        raise Wrong("decision", f"there is no decision {now['decision']!r}", one_of(now["decision"], around.allowed))
    if word not in around.allowed:
        raise Wrong("decision", f"{word!r} is not possible here", one_of("", around.allowed))
    return next(verb for verb, words in DECISIONS.items() if words == word)


def _kept(base: Rule | None, verb: str) -> Rule:
    """What stays of the rule before: all that the row does not show, where the decision still moves the value."""
    if base is None or not (base.verb == verb or (base.verb in _CARRY and verb in _CARRY)):
        return Rule()
    if base.verb == verb:
        return base
    return msgspec.structs.replace(base, part="", label="", kind=base.kind if base.also else None)


def _kind(word: str) -> Kind | None:
    found = next((kind for kind in KINDS if kind == word.strip().casefold()), None)
    if word and found is None:
        raise Wrong("kind", f"there is no kind of field {word!r}", one_of(word, KINDS))
    return found


def _users(key: str) -> str:
    return " or ".join(repr(DECISIONS[verb]) for verb, used in USED.items() if key in used)


def _needed(key: str, verb: str, around: Around) -> str:
    choices: dict[str, Sequence[str]] = {
        "target": around.targets(verb),
        "kind": KINDS,
        "list": around.lists,
        "relation": [link.name for link in around.source.links] if around.source else [],
    }
    if key in choices:
        return one_of("", choices[key])
    return "write why" if key == "reason" else "write the name that it gets"
