"""Hanging: where a record's links land at the destination.

Also what stands in for a record that cannot be linked there, and what becomes of a second link where one has room.
"""

from typing import NamedTuple

import msgspec

from adapters.protocols import Field, Fields, Json, ObjectSchema
from engine.findings import Notes
from engine.history import History, Item
from engine.journal import Subject
from engine.links import Resolution
from engine.mapping import ObjectMap
from engine.orphans import PLACEHOLDER
from engine.resolve import Resolver
from engine.want import Verdict, Want


class _Further(NamedTuple):
    """A link that had no room: the field that was taken, the field that it needs, and what it names."""

    taken: str
    key: str
    ref: Json


class Hanging:
    """Puts links into their fields, one record after the other: `begin`, then `put` each link, then `further`."""

    def __init__(self, history: History, resolver: Resolver, notes: Notes, settled: dict[Subject, Verdict]) -> None:
        self.history = history
        self.resolver = resolver
        self.notes = notes
        self.settled = settled
        self._further: list[_Further] = []

    def begin(self) -> None:
        """The next record."""
        self._further = []

    def put(
        self, item: Item, object_map: ObjectMap, target: str, name: str, resolution: Resolution, fields: Fields
    ) -> bool:
        """Put a link into its field; whether there was one for it, or for what stands in for the record named."""
        assert resolution.subject is not None  # noqa: S101 - only found links come here
        schema = self.history.destination.object(object_map.to)
        main, _, others = target.partition("+")
        target = others if others and main in fields else main
        subject = resolution.subject
        key = self._key(schema, target, subject)
        if not key:
            subject, key = self._stand_in(schema, target, item, subject)
        if not key:
            what = f"{' '.join(resolution.subject)} is a {self._entity(resolution.subject)} there"
            detail = f"{name}: {what}, on which a {object_map.to} cannot hang"
            self.notes.tell("not-linked", detail, item.subject)
            return False
        if subject != resolution.subject:
            detail = f"{name}: {'/'.join(resolution.subject)} cannot be linked; {'/'.join(subject)} stands in for it"
            self.notes.tell("link-stands-in", detail, item.subject)
        several = object_map.alone is False and self._is_many(item, name)
        self._place(item, fields, schema, key, {"$ref": [self._entity(subject), *subject]}, several=several)
        if resolution.how == "vanished":
            detail = f"{name}: the record is missing from the newest export; the link stays"
            self.notes.tell("link-to-vanished", detail, item.subject)
        return True

    def further(self, want: Want) -> list[Want]:
        """The same record once more for each further one that it hangs on, where it can hang on one only."""
        schema = self.history.destination.object(want.part.entity)
        made = []
        for taken, key, ref in self._further:
            if schema is not None and schema.field(key) is not None:
                fields = {k: v for k, v in want.fields.items() if k != taken} | {key: ref}
                part = want.part._replace(part="at " + "/".join(ref["$ref"][1:]))
                made.append(msgspec.structs.replace(want, part=part, fields=fields))
        return made

    def _is_many(self, item: Item, name: str) -> bool:
        return any(link.many for link in self.resolver.schemas[item.object].links if link.name == name)

    def _entity(self, subject: Subject) -> str:
        obj, key = subject
        return self.history.mapping.object[key if obj == PLACEHOLDER else obj].to

    def _key(self, schema: ObjectSchema | None, target: str, subject: Subject) -> str:
        """The field of a target ("lead_id|contact_id") that takes a record; empty where none does."""
        entity = self._entity(subject)
        keys = target.split("|")
        for key in keys:
            field = schema.field(key) if schema else None
            if field is not None and (field.target == entity or (field.target is None and len(keys) == 1)):
                return key
        return ""

    def _stand_in(self, schema: ObjectSchema | None, target: str, item: Item, subject: Subject) -> tuple[Subject, str]:
        """What a record that cannot be linked belongs to itself: a file of a job goes to the job's sale."""
        named = self.resolver.item(subject)
        links = self.resolver.schemas[subject[0]].links if named else ()
        found = [self.resolver.link(named, link).subject for link in links] if named else []
        above = [s for s in found if s and s not in self.settled and s != item.subject]
        for part in target.split("|"):
            for one in above:
                if one[0] in self.history.mapping.object and self._key(schema, f"{part}|", one):
                    return one, part
        return subject, ""

    def _place(
        self, item: Item, fields: Fields, schema: ObjectSchema | None, key: str, ref: Json, *, several: bool
    ) -> None:
        """A link in its field; in a list where the field takes several.

        Where the place is taken the link goes to the field for further ones, if there is one. `several`: the record
        hangs on as many as it names, and is written once more for each.
        """
        field = schema.field(key) if schema else None
        if field is None or schema is None:
            fields[key] = ref
        elif field.many:
            fields[key] = [*fields.get(key, []), *([] if ref in fields.get(key, []) else [ref])]
        elif several and (taken := _taken(schema, field, fields)):
            if fields[taken] != ref and all(further.ref != ref for further in self._further):
                self._further.append(_Further(taken, key, ref))
        elif fields.get(key, ref) == ref:
            fields[key] = ref
        elif more := next((f for f in schema.fields if f.many and f.target == field.target), None):
            fields[more.key] = [*fields.get(more.key, []), *([] if ref in fields.get(more.key, []) else [ref])]
        else:
            detail = f"{schema.label} holds one {field.label}; a further one is left out"
            self.notes.tell("one-link-only", detail, item.subject)


def _taken(schema: ObjectSchema, field: Field, fields: Fields) -> str:
    """The field in whose way a link stands: its own, or an alternative of it. Empty where there is room."""
    rivals = [f.key for f in schema.fields if f.alternative and f.alternative == field.alternative]
    return next((key for key in (field.key, *rivals) if key in fields), "")
