"""A feed: a source with a network, read page by page. Each page is in the log before the next one is asked for.

A reading that was stopped goes on at the page where it stopped. A record is known again by its id; a page that comes
twice, or overlaps another, adds nothing. What is gone is told by the source, or is what a complete reading did not see.
Only what the last readings saw with the fields of now is asked for changes: all else is read whole.
"""

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from itertools import count, groupby
from typing import Any

import msgspec

from adapters.protocols import AdapterError, Finding, Incremental, ObjectSchema, Page, Record, Schema, Source
from adapters.sources import CursorExpiredError, GapError
from engine.asking import Wire
from engine.events import PageExtracted, RecordVanished
from engine.journal import Entry, Journal
from engine.order import levels
from engine.reading import Reader
from engine.taking import BATCH, Progress, extracted, looks_short
from engine.view import View

READERS = 4
"""Objects that are read side by side."""

NAMESAKES = 100
"""Records of one natural key and without ids that are looked for at once."""


class Started(msgspec.Struct, frozen=True):
    """The extraction under way: its position, the mark that it goes on from, and its own, for the next one."""

    position: int
    since: str
    mark: str


class Feed:
    """One reading of a source, object by object, parents first; those that do not name each other side by side."""

    def __init__(
        self,
        journal: Journal,
        view: View,
        source: Source,
        schema: Schema,
        reader: Reader,
        wire: Wire,
        started: Started,
        readers: int,
    ) -> None:
        self.journal = journal
        self.view = view
        self.source = source
        self.schema = schema
        self.reader = reader
        self.wire = wire
        self.started = started
        self.readers = readers
        self.short: dict[str, tuple[int, int]] = {}
        self._numbers: dict[str, int] = {}
        self._asked: dict[str, str] = {}
        self._done = 0

    def read(self, progress: Progress, *, force: bool) -> None:
        """Read everything that is left. What looks short is noted in `short`, and nothing of it is taken as gone."""
        total = sum(o.count or 0 for o in self.schema.objects)
        for level in levels(self.schema.objects):
            todo = {obj.name: self._place(obj) for obj in level}
            objects = {obj.name: obj for obj in level}
            while open_ := [name for name, (_, more) in todo.items() if more][: self.readers]:
                flows = [self.source.read(name, self._asked.get(name) or None, todo[name][0]) for name in open_]
                failed: AdapterError | None = None
                for name, outcome in zip(open_, self.wire.many(flows), strict=True):
                    if isinstance(outcome, CursorExpiredError):
                        todo[name] = (None, True)
                    elif isinstance(outcome, AdapterError):
                        failed = failed or outcome
                    else:
                        self._take(objects[name], outcome, todo[name][0])
                        todo[name] = (outcome.next, outcome.next is not None)
                        progress("extract", self._done, max(total, self._done))
                if failed:
                    raise failed
            for obj in level:
                self._end(obj, force=force)

    def _place(self, obj: ObjectSchema) -> tuple[str | None, bool]:
        """The cursor at which the object's reading goes on, and whether there is more; sets what it asks for."""
        fact = self.view.fact(f"page:{obj.name}")
        if fact is None or fact["extraction"] != self.started.position:
            # what our user came to see since bears stamps of before: no mark finds it
            known = fact is not None and fact["next"] is None and fact.get("shape") == _shape(obj)
            self._asked[obj.name] = self.started.since if obj.incremental and known else ""
            return None, True
        self._asked[obj.name] = fact.get("since") or ""
        return fact["next"], fact["next"] is not None

    # --- a page ----------------------------------------------------------------------------------------------------

    def _take(self, obj: ObjectSchema, page: Page, at: str | None) -> None:
        """Append what is new or different of a page, and that the page was seen."""
        told: list[Finding] = list(page.findings)
        records = self._by_id(obj, page.records, told)
        known = self.view.by_keys(obj.name, list(records))
        number = self._numbers.setdefault(obj.name, self.view.last_number(obj.name))
        entries: list[Entry] = []
        seen: list[int] = []
        for id, record in records.items():
            old = known.get(id)
            if old is None and record.deleted and not record.values:
                continue  # it was made and deleted between two looks
            number += old is None
            seen.append(old["number"] if old else number)
            entry = self._entry(obj, id, record, old, seen[-1])
            entries += [entry] if entry else []
        cause = self.started.position
        body = PageExtracted(
            object=obj.name, extraction=cause, at=at, next=page.next, records=len(page.records), seen=ranges(seen),
            since=self._asked[obj.name], shape=_shape(obj), findings=[msgspec.to_builtins(f) for f in told],
        )  # fmt: skip
        self.journal.record_all([*entries, Entry(body, None, cause)])
        self.reader.told.add(*told)
        self._numbers[obj.name] = number
        self._done += len(page.records)

    def _by_id(self, obj: ObjectSchema, records: Sequence[Record], told: list[Finding]) -> dict[str, Record]:
        """The records of a page, the last of each id. One without an id is known by its strongest natural key."""
        found: dict[str, Record] = {}
        nameless: list[tuple[str, Record]] = []
        for record in records:
            id = self.reader.id_of(obj, record)
            if not id:
                row = self.reader.row(obj, record)
                id = f"{obj.name.lower()}:{(row.aliases[0] if row.aliases else row.fingerprint)[:16]}"
                detail = "the source gave a record without an id; it is known again by what is natural about it"
                told.append(Finding(code="missing-ids", detail=detail, object=obj.name, where=record.where))
                nameless.append((id, record))
                continue
            if id in found and found[id].values != record.values:
                detail = f"{id} stands twice on a page, and not alike; the last one counts"
                told.append(Finding(code="repeated-id", detail=detail, object=obj.name, key=id, where=record.where))
            found[id] = record
        known = self.view.by_keys(obj.name, [id for id, _ in nameless])
        for id, record in nameless:
            found[self._free(obj, id, record, found, known)] = record
        return found

    def _free(
        self,
        obj: ObjectSchema,
        id: str,
        record: Record,
        found: Mapping[str, Record],
        known: Mapping[str, Mapping[str, Any]],
    ) -> str:
        """The key of a record without an id: its own, else the first that no other of the same natural key has."""
        there = dict(known)
        references = self.reader.references(obj, record)
        own = {self.reader.fingerprint(record, dict.fromkeys(files, "kept")) for files in (references, ())}
        free = ""
        for number in count(1):
            key = f"{id}#{number}" if number > 1 else id
            if number % NAMESAKES == 2:
                there |= self.view.by_keys(obj.name, [f"{id}#{n}" for n in range(number, number + NAMESAKES)])
            old, taken = there.get(key), found.get(key)
            if taken.values == record.values if taken else old is not None and old["fingerprint"] in own:
                return key
            if not taken and (old is None or old["seen"] != self.started.position):
                free = free or key
            if free and not taken and old is None:
                break
        return free

    def _entry(self, obj: ObjectSchema, id: str, record: Record, old: object, number: int) -> Entry | None:
        """The event that a record makes; none when it says nothing new."""
        cause = self.started.position
        there = old if isinstance(old, dict) else None
        gone = bool(there and there["vanished"] is not None)
        if record.deleted and not record.values:
            lost = RecordVanished(extraction=cause, told=True, merged=record.merged)
            return None if gone and there and there["told"] else Entry(lost, (obj.name, id), cause)
        references = self.reader.references(obj, record)
        complete = self.reader.fingerprint(record, dict.fromkeys(references, "kept"))
        told = record.deleted and bool(there and there["told"])
        if there and there["fingerprint"] == complete and (told if record.deleted else not gone):
            return None
        files = {} if record.deleted else self.reader.kept(obj, record)
        fingerprint = self.reader.fingerprint(record, dict.fromkeys(files, "kept"))
        if there and there["fingerprint"] == fingerprint and (told if record.deleted else not gone):
            return None
        body = msgspec.structs.replace(extracted(record, files), number=number, fingerprint=fingerprint)
        return Entry(body, (obj.name, id), cause)

    # --- the end of an object ----------------------------------------------------------------------------------------

    def _end(self, obj: ObjectSchema, *, force: bool) -> None:
        """Everything of an object was read: what is gone?"""
        if not self._asked[obj.name]:
            if self.started.since and isinstance(self.source, Incremental):
                with suppress(GapError):
                    self._told(obj)  # better told than concluded
            self._unseen(obj, force=force)
            return
        try:
            self._told(obj)
        except GapError:
            detail = "the source no longer knows what was deleted since the last extraction; it is read whole"
            self.reader.told.add(Finding(code="deletions-gap", detail=detail, object=obj.name))
            self._asked[obj.name] = ""
            at: str | None = None
            while True:
                page = self.wire.one(self.source.read(obj.name, None, at))
                self._take(obj, page, at)
                at = page.next
                if at is None:
                    break
            self._unseen(obj, force=force)

    def _unseen(self, obj: ObjectSchema, *, force: bool) -> None:
        position = self.started.position
        missing, live, _ = self.view.unseen(obj.name, position, before=position)
        if looks_short(missing, live) and not force:
            self.short[obj.name] = (missing, live)
        else:
            gone(self.journal, self.view, obj.name, position)

    def _told(self, obj: ObjectSchema) -> None:
        """What the source itself says was deleted since."""
        assert isinstance(self.source, Incremental)  # noqa: S101 - an object is incremental only where this is so
        at: str | None = None
        while True:
            page = self.wire.one(self.source.deleted(obj.name, self.started.since, at))
            ids = {self.reader.id_of(obj, record): record for record in page.records}
            known = self.view.by_keys(obj.name, list(ids))
            entries = [self._entry(obj, id, msgspec.structs.replace(record, values={}), known[id], 0)
                       for id, record in ids.items() if id in known]  # fmt: skip
            self.journal.record_all([entry for entry in entries if entry])
            self.reader.told.add(*page.findings)
            at = page.next
            if at is None:
                return


def _shape(obj: ObjectSchema) -> str:
    """A digest of the fields of an object."""
    return hashlib.sha256(msgspec.json.encode(sorted(field.key for field in obj.fields))).hexdigest()[:16]


def ranges(numbers: Sequence[int]) -> str:
    """Numbers as an event writes them: "1-500,620"."""
    pieces: list[str] = []
    for _, run in groupby(enumerate(sorted(set(numbers))), key=lambda pair: pair[1] - pair[0]):
        members = [number for _, number in run]
        pieces.append(str(members[0]) if len(members) == 1 else f"{members[0]}-{members[-1]}")
    return ",".join(pieces)


def gone(journal: Journal, view: View, name: str, extraction: int) -> None:
    """Record as missing every record of an object that was there before an extraction and was not seen by it."""
    body = RecordVanished(extraction=extraction)
    while keys := view.unseen(name, extraction, before=extraction)[2]:
        for start in range(0, len(keys), BATCH):
            batch = [Entry(body, (name, key), extraction) for key in keys[start : start + BATCH]]
            journal.record_all(batch)
