"""Strays: records at the destination that carry our key, or that we wrote in doubt, and that the log does not name.

Only reading. A stray is *late* where its write had been proven absent and was never repeated: it is ours to adopt. It
is a *copy* where the log names another record for the same write in doubt: one is too many. All else is *held*: a
write that was answered can have no twin, so somebody has copied the record by hand; what people have worked on is
theirs; and where no key tells whose a record is, a person says so. Nothing is guessed.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Literal

import msgspec

from adapters.protocols import Applied, Fields, Json, Record, Schema
from engine.account import Account
from engine.events import WriteApplied, WriteIntended
from engine.findings import Draft
from engine.journal import Journal
from engine.outcome import question, subject_of
from engine.view import Part, View
from eventstore.codec import Recorded

_CERTAIN = {
    ("WriteApplied", "answered"): "that write was answered, and can have no twin: somebody has copied the record",
    ("WriteRejected", ""): "the destination had refused that write",
    ("WriteAbsent", "unsent"): "that write had never left",
}
"""Outcomes, with how they were learned, after which nothing of the write can come late."""


class Stray(msgspec.Struct, frozen=True, kw_only=True):
    """A record that the log does not name; the intent that made it, where that is known. `why`: for people."""

    entity: str
    copy: Applied
    what: Literal["late", "copy", "held"]
    why: str = ""
    intent: Recorded | None = None
    body: WriteIntended | None = None


class Found(msgspec.Struct, kw_only=True):
    """What one entity holds: records listed, those that carry our key, and the strays among them, lowest id first."""

    entity: str
    read: int = 0
    ours: int = 0
    strays: list[Stray] = []

    def of(self, what: str) -> list[Stray]:
        """The strays of a kind."""
        return [s for s in self.strays if s.what == what]


def review_of(token: Callable[[str], str], entity: str, id: str) -> str:
    """The id of the question about a stray."""
    return f"copy-{token(f'{entity}/{id}')[:10]}"


def is_marked(schema: Schema, entity: str) -> bool:
    """Whether records of an entity can carry our key."""
    found = schema.object(entity)
    return found is not None and (found.custom_fields or bool(found.block))


class Strays:
    """Finds the strays of one account.

    Args:
        schema: the account as described.
        answers: what people decided, by review id.
    """

    def __init__(self, journal: Journal, view: View, account: Account, schema: Schema, answers: dict[str, str]) -> None:
        self.journal = journal
        self.view = view
        self.account = account
        self.schema = schema
        self.answers = answers
        self.prefix = f"{journal.log.migration}/"

    def of(self, entity: str) -> Found:
        """List an entity whole and compare; what was written in doubt without a key is asked for once more."""
        found = Found(entity=entity)
        suspects: list[tuple[Applied, Recorded | None]] = []
        if is_marked(self.schema, entity):
            for record, mark in self._unnamed(found):
                suspects.append((Applied(id=record.id, answer=None, values=record.values), self._intent(mark)))
        suspects += self._unmarked(entity)
        adopted: set[Part] = set()
        for copy, intent in sorted(suspects, key=lambda s: (len(s[0].id), s[0].id)):
            stray = self._sort(entity, copy, intent, adopted)
            found.strays += [stray] if stray else []
        self._spare(found)
        return found

    def draft(self, stray: Stray) -> Draft:
        """The question about a stray that is held."""
        id, what = stray.copy.id, f"{stray.entity} {stray.copy.id}"
        return Draft(
            id=self._review(stray.entity, id),
            kind="copy",
            subject=("Copy", f"{stray.entity}/{id}"),
            question=f"The destination holds {what}, which bears our key and which the log does not name: {stray.why}. "
            "Keep it, or delete it (`cutover sweep --yes` does that)?",
            choices=("keep", "delete"),
            proposed="keep",
            blocking=False,
        )

    def _review(self, entity: str, id: str) -> str:
        return review_of(self.journal.log.vault.hash, entity, id)

    # --- who carries our key ---------------------------------------------------------------------------------------

    def _unnamed(self, found: Found) -> Iterator[tuple[Record, str]]:
        """Records that carry our key and that the log does not name, with the key; read anew: a list may trail."""
        for records in self._pages(found.entity):
            found.read += len(records)
            marks = {r.id: mark for r in records if (mark := self._mark(r))}
            found.ours += len(marks)
            known = self.view.known_ids(self.account.target, found.entity, list(marks))
            if ids := [id for id in marks if id not in known]:
                destination = self.account.destination
                there = self.account.wire.one(destination.fetch(found.entity, ids))
                yield from ((record, marks[id]) for id, record in there.items())

    def _pages(self, entity: str) -> Iterator[tuple[Record, ...]]:
        at: str | None = None
        while True:
            page = self.account.wire.one(self.account.destination.list(entity, at))
            yield page.records
            at = page.next
            if at is None:
                return

    def _mark(self, record: Record) -> str:
        texts = (v for v in record.values.values() if isinstance(v, str))
        return next((v for v in texts if v.startswith(self.prefix)), "")

    def _intent(self, mark: str) -> Recorded | None:
        """The intent that a key names: migration, object, key, perhaps a part, then run and attempt."""
        object, _, rest = mark.removeprefix(self.prefix).partition("/")
        key = rest.rpartition("/")[0]
        for subject in (key, key.rpartition("/")[0]):
            events = self.journal.log.read(kinds=["WriteIntended"], object=object, key=subject, newest_first=True)
            for event in events if subject else ():
                data = event.data()
                if data.get("mark") == mark and data["target"] == self.account.target:
                    return event
        return None

    def _unmarked(self, entity: str) -> Iterator[tuple[Applied, Recorded | None]]:
        """What now looks like a write in doubt that carried no key; labels of a list cannot be there twice."""
        for doubt in self.view.doubts(self.account.target) if entity != "options" else ():
            if doubt.entity != entity:
                continue
            intent = self.journal.log.at(doubt.intent)
            body = self.journal.body(intent, WriteIntended)
            if body is None or body.mark:
                continue
            copies = self.account.wire.one(self.account.destination.find(question(intent, body)))
            known = self.view.known_ids(self.account.target, entity, [copy.id for copy in copies])
            yield from ((copy, intent) for copy in copies if copy.id not in known)

    # --- what each one is ------------------------------------------------------------------------------------------

    def _sort(self, entity: str, copy: Applied, intent: Recorded | None, adopted: set[Part]) -> Stray | None:
        """What a record is that the log does not name; None where that is decided, or not yet to be said."""
        choice = self.answers.get(self._review(entity, copy.id))
        body = self.journal.body(intent, WriteIntended) if intent else None
        if choice == "keep":
            return None
        if choice == "delete":
            return Stray(entity=entity, copy=copy, what="copy", intent=intent, body=body)
        held = Stray(entity=entity, copy=copy, what="held", intent=intent, body=body)
        if intent is None:
            return msgspec.structs.replace(held, why="it knows no write with that key")
        if body is None:
            return msgspec.structs.replace(held, why="the person whom it is about was erased")
        outcome = self._outcome(intent)
        if outcome is None:
            return None  # in doubt: the next start settles it
        data = outcome.data()
        if why := _CERTAIN.get((outcome.kind, data.get("how", ""))):
            return msgspec.structs.replace(held, why=why)
        part = Part(entity, *subject_of(intent), body.part)
        link = self.view.link(self.account.target, part, alive_only=False)
        repeated = part in adopted or (link is not None and (link.alive or link.created > intent.position))
        if outcome.kind == "WriteAbsent" and not repeated:
            adopted.add(part)
            return msgspec.structs.replace(held, what="late")
        if not body.mark:
            return msgspec.structs.replace(held, why="it equals one that it names, and carries no key to tell by")
        made = self.journal.at(link.created, WriteApplied) if link else None
        if edited := self._edited(copy, body, made):
            return msgspec.structs.replace(held, why=f"people have changed {', '.join(edited)} of it")
        return msgspec.structs.replace(held, what="copy")

    def _outcome(self, intent: Recorded) -> Recorded | None:
        """The newest event that says what became of an intent."""
        kinds = ["WriteApplied", "WriteAbsent", "WriteRejected"]
        object, key = subject_of(intent)
        events = self.journal.log.read(
            after=intent.position, kinds=kinds, object=object, key=key, newest_first=True
        )  # fmt: skip
        return next((e for e in events if e.data()["intent"] == intent.position), None)

    def _edited(self, copy: Applied, body: WriteIntended, made: WriteApplied | None) -> list[str]:
        """Fields of a copy that are neither as we wrote them nor as the server made them of its twin."""
        schema = self.schema.object(body.entity)
        same, twin = self.account.destination.same, made.values if made else {}
        edited = []
        for key, theirs in copy.values.items():
            field = schema.field(key) if schema else None
            ours: list[Json] = [values[key] for values in (body.fields, twin) if key in values]
            if (field.readonly or field.detail) if field else key not in body.fields:
                continue
            if _empty(theirs) and key not in body.fields:
                continue  # what is written to the twin later was never written here
            if not ours and made is None:
                continue
            if theirs != body.mark and not any(same(body.entity, key, value, theirs) for value in ours):
                edited.append(key)
        return edited

    def _spare(self, found: Found) -> None:
        """Copies that records of others point at are held: they would hang in the air."""
        copies = {s.copy.id for s in found.of("copy") if s.copy.id not in self._told(found.entity, found.strays)}
        leaning = self._leaning(found.entity, copies) if copies else {}
        for n, stray in enumerate(found.strays):
            if stray.what == "copy" and (who := leaning.get(stray.copy.id)):
                found.strays[n] = msgspec.structs.replace(stray, what="held", why=f"{who} hangs on it")

    def _told(self, entity: str, strays: Iterable[Stray]) -> set[str]:
        """Ids of those that a person has said to delete."""
        return {s.copy.id for s in strays if self.answers.get(self._review(entity, s.copy.id)) == "delete"}

    def _leaning(self, entity: str, ids: set[str]) -> dict[str, str]:
        """Of some records of an entity, one record each that points at it ("deal 7"): all are read that could."""
        found: dict[str, str] = {}
        for other in self.schema.objects:
            keys = [f.key for f in other.fields if f.target == entity and not f.detail]
            for records in self._pages(other.name) if keys else ():
                for record in records:
                    for id in ids.intersection(_ids(record.values, keys)):
                        found.setdefault(id, f"{other.name} {record.id}")
        return found


def _ids(values: Fields, keys: Iterable[str]) -> Iterator[str]:
    """The ids that a record's links name."""
    for key in keys:
        value = values.get(key)
        yield from map(str, value if isinstance(value, list) else [value])


def _empty(value: Json) -> bool:
    return value is None or value in ("", [], {}) or value is False
