"""Following links: what the columns of a source record name, by id, by exact name, by name within another link."""

from collections.abc import Callable, Iterable
from typing import Literal

import msgspec

from adapters.protocols import Link, ObjectSchema, Schema
from adapters.sources.names import fold
from adapters.sources.values import JSON_LIST, split
from engine.findings import Notes
from engine.history import Item
from engine.index import Index, MemoryIndex
from engine.journal import Subject


class Resolution(msgspec.Struct, frozen=True, kw_only=True):
    """What a link came to: nothing named, one record, several candidates, or a name that nothing bears."""

    state: Literal["none", "found", "ambiguous", "missing"]
    subject: Subject | None = None
    how: str = ""
    named: str = ""
    candidates: tuple[Subject, ...] = ()


NONE = Resolution(state="none")

Answer = Callable[[Item, Link], str]
"""What a person answered for a link of a record ("link:KEY"), or nothing."""


def title(item: Item, schema: ObjectSchema) -> str:
    """A record's name: its title fields, joined."""
    return " ".join(filter(None, (((item.values or {}).get(f) or "").strip() for f in schema.title)))


class Links:
    """An index over records, and the links between them.

    Args:
        schema: the source's schema.
        notes: where doubts are told.
        survivors: twins by the record that they became; filled by the caller, followed by every link.
        answer: what people decided.
        records: where the records are found.
    """

    def __init__(
        self,
        schema: Schema,
        notes: Notes,
        survivors: dict[Subject, Subject],
        answer: Answer,
        records: Index | None = None,
    ) -> None:
        self.schemas = {o.name: o for o in schema.objects}
        self.notes = notes
        self.survivors = survivors
        self.answer = answer
        self._records = MemoryIndex() if records is None else records
        self._cache: dict[tuple[Subject, str], list[Resolution]] = {}

    def index(self, name: str, items: Iterable[Item]) -> None:
        """Add the records of an object."""
        schema = self.schemas.get(name)
        if schema is None:
            return
        for item in items:
            values = item.values or {}
            id = values.get(schema.identity.id_field, "").strip() if schema.identity.id_field else item.key
            self._records.add(item, id if item.values is not None else "", fold(title(item, schema)))

    def by_id(self, object: str, id: str) -> Item | None:
        """The record of an object that has an id."""
        return self._records.by_id(object, id)

    def forget(self) -> None:
        """Drop what was worked out so far, so that memory stays flat."""
        self._cache.clear()

    def link(self, item: Item, link: Link) -> Resolution:
        """What a link of a record came to, the first of several; twins followed to their survivor."""
        return next(iter(self.all(item, link)), NONE)

    def all(self, item: Item, link: Link) -> list[Resolution]:
        """What each record that a link names came to, in the link's order."""
        at = (item.subject, link.name)
        if at not in self._cache:
            self._cache[at] = []  # a ring of links ends here
            self._cache[at] = [self._resolve(one, link) for one in _each(item, link)]
        return self._cache[at]

    def named_link(self, item: Item, name: str) -> Resolution:
        """What the link of that name came to; nothing when the object has no such link."""
        schema = self.schemas[item.object]
        link = next((candidate for candidate in schema.links if candidate.name == name), None)
        return self.link(item, link) if link else NONE

    def _resolve(self, item: Item, link: Link) -> Resolution:
        values = item.values or {}
        id = values.get(link.id_field or "", "").strip()
        name = values.get(link.name_field or "", "").strip()
        objects = _objects(link, values)
        if not id and not name:
            return NONE
        named = id or name
        verb, _, key = self.answer(item, link).partition(":")
        if verb == "link" and (chosen := next(filter(None, (self._records.item((o, key)) for o in objects)), None)):
            return self._found(chosen, "answer", named)
        for obj in objects if id else ():
            if found := self._records.by_id(obj, id):
                self._note_disagreement(item, link, found, name)
                return self._found(found, "vanished" if self._is_gone(found) else "id", named)
        return self._by_names(item, link, objects, name, id, named)

    def _by_names(self, item: Item, link: Link, objects: list[str], name: str, id: str, named: str) -> Resolution:
        candidates = self._candidates(objects, name)
        live = [c for c in candidates if not c.vanished] or candidates
        subjects = list(dict.fromkeys(self._self(c) for c in live))
        if len({self._self(c) for c in candidates}) > 1:
            # the one that is meant may be gone: its namesake does not take its place
            certain = self._corroborated(item, link, candidates)
            several = len(subjects) > 1
            subjects = certain if len(certain) == 1 else (several and self._corroborated(item, link, live)) or subjects
        if len(subjects) == 1:
            found = self._records.item(subjects[0])
            how = "vanished" if found is not None and self._is_gone(found) else "name"
            if id:
                detail = f"{link.id_field} {id} does not exist; {link.name} found by its exact name"
                self.notes.tell("resolved-by-name", detail, item.subject, link.id_field or "")
            return Resolution(state="found", subject=subjects[0], how=how, named=named)
        if subjects:
            return Resolution(state="ambiguous", named=named, candidates=tuple(subjects))
        return Resolution(state="missing", named=named)

    def _corroborated(self, item: Item, link: Link, candidates: list[Item]) -> list[Subject]:
        """The candidates that another link of the same record speaks for, the one that `within` names first.

        The contact at the deal's company, the company of the call's contact, the contact of the meeting's deal.
        """
        others = sorted(self.schemas[item.object].links, key=lambda other: other.name != link.within)
        for other in others:
            there = self.link(item, other).subject if other.name != link.name else None
            if there is None:
                continue
            parent = self._records.item(there)
            back = self.named_link(parent, link.name).subject if parent else None
            fits = [c for c in candidates if self.named_link(c, other.name).subject == there or self._self(c) == back]
            subjects = list(dict.fromkeys(self._self(c) for c in fits))
            if subjects:
                return subjects
        return []

    def _is_gone(self, item: Item) -> bool:
        """Whether a record is gone and no other stands for it."""
        return item.vanished and item.subject not in self.survivors

    def _self(self, item: Item) -> Subject:
        """The record, or the survivor that it became."""
        return self.survivors.get(item.subject, item.subject)

    def _candidates(self, objects: list[str], name: str) -> list[Item]:
        found = [i for obj in objects for i in self._records.by_name(obj, fold(name))]
        if not found and name.count(",") == 1:
            last, first = name.split(",")
            found = [i for obj in objects for i in self._records.by_name(obj, fold(f"{first} {last}"))]
        return found

    def _found(self, item: Item, how: str, named: str) -> Resolution:
        return Resolution(state="found", subject=self._self(item), how=how, named=named)

    def _note_disagreement(self, item: Item, link: Link, found: Item, name: str) -> None:
        if name and fold(name) != fold(title(found, self.schemas[found.object])) and not found.vanished:
            ours = title(found, self.schemas[found.object])
            detail = f"{link.id_field} says {ours}, {link.name_field} says {name}; the id wins"
            self.notes.tell("link-disagrees", detail, item.subject, link.name_field or "")


def _each(item: Item, link: Link) -> list[Item]:
    """The record once for each that a link names, as if it named that one alone."""
    values = item.values or {}
    column = link.id_field if link.id_field and values.get(link.id_field, "").strip() else link.name_field
    if not link.many or not column:
        return [item]
    named = split(values.get(column, ""), JSON_LIST)
    return [msgspec.structs.replace(item, values={**values, column: name}) for name in named]


def _objects(link: Link, values: dict[str, str]) -> list[str]:
    if not link.type_field:
        return list(link.to)
    wanted = fold(values.get(link.type_field, ""))
    return [obj for obj in link.to if fold(obj) == wanted]
