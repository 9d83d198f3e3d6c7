"""Spot checks: moved records for people to look at, old and new side by side, drawn by a seed.

The same seed draws the same records of the same set, whoever draws and wherever: the order is that of a digest.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, zip_longest
from typing import Any, Literal

import msgspec

from adapters.protocols import Field, Fields, ObjectSchema
from engine.events import SpotChecked
from engine.history import History, Item
from engine.journal import Subject
from engine.mapping import AS, ObjectMap, Rule
from engine.migration import Migration
from engine.view import Linked, Part, View


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One field: the source's label and text, the destination's label, and what stands there now, in words."""

    field: str
    old: str
    there: str
    new: str


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One record to look at, "Deal/17". `gone`: it is not there any more. `verdict`: of whoever looked last, if any."""

    id: str
    entity: str
    there: str
    lines: list[Line]
    gone: bool = False
    verdict: str = ""
    by: str = ""


class SpotcheckError(Exception):
    """What was named is no record that has been moved."""


def draw(subjects: Iterable[Subject], size: int, seed: str) -> list[Subject]:
    """So many subjects, of each object in turn."""
    objects: dict[str, list[Subject]] = {}
    for subject in sorted(subjects, key=lambda s: hashlib.blake2b("\0".join((seed, *s)).encode()).digest()):
        objects.setdefault(subject[0], []).append(subject)
    turns = zip_longest(*(objects[name] for name in sorted(objects)))
    return [subject for subject in chain.from_iterable(turns) if subject is not None][:size]


def checks(migration: Migration, size: int, seed: str) -> list[Check]:
    """The records that the seed draws, each with a fresh read of the destination."""
    looking = _Looking(migration)
    moved = _moved(migration.view, migration.target, looking.past)
    drawn = [moved[subject] for subject in draw(moved, size, seed)]
    return list(looking.at(drawn))


def mark(migration: Migration, id: str, verdict: Literal["pass", "fail"], note: str) -> None:
    """Record what a person found. Raises SpotcheckError."""
    object, _, key = id.partition("/")
    if (object, key) not in _moved(migration.view, migration.target, migration.history()):
        raise SpotcheckError(f"{id} has not been moved; `cutover spotcheck` names records as Object/key")
    body = SpotChecked(target=migration.target, verdict=verdict, note=note)
    migration.journal.record(body, (object, key))


def _moved(view: View, target: str, past: History) -> dict[Subject, tuple[Part, Linked]]:
    """The record that each source record became, in the map's own entity."""
    maps = past.mapping.object
    links = view.links(target).items()
    return {
        (part.object, part.key): (part, link)
        for part, link in links
        if not part.part and part.object in maps and maps[part.object].to == part.entity
    }


class _Looking:
    """Reads records back and lays them beside what they were made from."""

    def __init__(self, migration: Migration) -> None:
        self.migration = migration
        self.past = migration.history()
        # as it is now: the fields that we made are not in what was described before we made them
        self.schema = migration.account.wire.one(migration.account.destination.schema())
        bodies = migration.journal.bodies(SpotChecked)
        self.marks = {(e.object, e.key): (b.verdict, e.actor) for e, b in bodies if b.target == migration.target}

    def at(self, drawn: Sequence[tuple[Part, Linked]]) -> Iterator[Check]:
        """The checks of records, in their order."""
        there: dict[tuple[str, str], Fields] = {}
        for entity in dict.fromkeys(part.entity for part, _ in drawn):
            keys = [field.key for field in self._entity(entity).fields]
            wanted = {link.id: keys for part, link in drawn if part.entity == entity}
            read = self.migration.account.fetch(self.schema, entity, wanted)
            there |= {(entity, id): record.values for id, record in read.items()}
        for part, link in drawn:
            values = there.get((part.entity, link.id))
            item = self.past.items[part.object][part.key]
            verdict, by = self.marks.get((part.object, part.key), ("", ""))
            yield Check(
                id=f"{part.object}/{part.key}", entity=part.entity, there=link.id, gone=values is None,
                lines=list(self._lines(item, self._entity(part.entity), values or {})), verdict=verdict, by=by,
            )  # fmt: skip

    def _entity(self, name: str) -> ObjectSchema:
        entity = self.schema.object(name)
        assert entity is not None, f"records of it were written: {name}"  # noqa: S101
        return entity

    def _lines(self, item: Item, entity: ObjectSchema, there: Fields) -> Iterator[Line]:
        source, object_map = self.past.source.object(item.object), self.past.mapping.object[item.object]
        for key, rule in object_map.fields.items():
            field = source.field(key) if source else None
            label, old = field.label if field else key, (item.values or {}).get(key, "")
            shown = {
                name: self._shown(entity.field(name), there.get(name)) for name in _places(rule, object_map, entity)
            }
            if any(shown.values()):  # of the places where it may be, those where it is
                shown = {name: new for name, new in shown.items() if new}
            for name, new in shown.items():
                if new or old:
                    target = entity.field(name)
                    yield Line(field=label, old=old, there=target.label if target else name, new=new)
            if line := rule.block or rule.keep:
                new = str((there.get(entity.block or "") or {}).get(line, ""))
                if new or old:
                    yield Line(field=label, old=old, there=f"the line {line!r}", new=new)

    def _shown(self, field: Field | None, value: Any) -> str:
        """A value of the destination as people read it: labels of options, names of users, keys of records."""
        if isinstance(value, list):
            return "; ".join(self._shown(field, one) for one in value)
        if isinstance(value, dict):
            return str(value.get("value") or " ".join(str(v) for v in value.values() if v))
        if value is None or field is None or isinstance(value, bool):
            return {None: "", True: "yes", False: "no"}.get(value, str(value))
        names = {o.id: o.label for o in field.options}
        if field.kind == "user":
            names = {user.id: user.name for user in self.schema.users}
        linked = self.migration.view.by_id(self.migration.target, field.target, str(value)) if field.target else None
        if linked is None:
            return names.get(str(value), str(value))
        return f"{linked.object}/{linked.key}" if linked.object in self.past.mapping.object else linked.key


def _places(rule: Rule, object_map: ObjectMap, entity: ObjectSchema) -> list[str]:
    """The keys of the destination's fields that a rule fills."""
    custom = {f.label: f.key for f in entity.fields if f.custom}
    keys = [rule.to, rule.owner, custom.get(rule.made, ""), *rule.when.values()]
    if rule.link:
        keys += object_map.links.get(rule.link, "").replace("+", "|").split("|")
    for pair in object_map.values.get(rule.values, {}).values() if rule.values else ():
        keys += [{"stage": "stage_id", "pipeline": "pipeline_id"}.get(name, name) for name in pair if name != AS]
    clocks = [key.replace("_date", "_time") for key in keys if key.endswith("_date")]
    keys += [key for key in clocks if (field := entity.field(key)) and field.kind == "time"]
    return [key for key in dict.fromkeys(keys) if key]
