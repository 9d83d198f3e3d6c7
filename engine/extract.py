"""Extraction: the source read, and only what is new or different appended to the log, in flat memory."""

import hashlib
from collections.abc import Sequence
from typing import Any

import msgspec

from adapters.protocols import Finding, Incremental, Schema, Source
from engine.asking import NoWire, Wire
from engine.events import ExtractionFinished, ExtractionStarted, SourceDescribed
from engine.feed import READERS, Feed, Started, gone
from engine.filestore import FileStore
from engine.findings import Notes, Told
from engine.journal import Journal
from engine.links import Links
from engine.parts import Part, look
from engine.reading import Reader
from engine.snapshot import Snapshot
from engine.staging import NAMED, Named, scratch
from engine.taking import ExtractionRefusedError, Progress, looks_short
from engine.view import View

RESUMED_WITHIN_SECONDS = 24 * 3600
"""A reading that was stopped longer ago begins again: its cursors may point anywhere by then."""


class Extracted(msgspec.Struct, frozen=True, kw_only=True):
    """What an extraction found, by object."""

    fingerprint: str
    counts: dict[str, int]
    created: dict[str, int]
    changed: dict[str, int]
    vanished: dict[str, int]
    findings: tuple[Finding, ...]


def describe(
    journal: Journal, view: View, *ways: tuple[Source, Wire | None], force: bool = False
) -> tuple[Schema, list[Part]]:
    """Look at the source, by all ways that it is read, and record what is there, unless it was seen so before.

    A source without a network names its data by a fingerprint; a live one is named by its description.
    Raises ExtractionRefusedError where a whole table of what is known is not there any more (unless `force`).
    """
    schema, parts = look(ways)
    if not force and (lost := _lost(view, schema, live=all(part.wire is not None for part in parts))):
        raise ExtractionRefusedError(_without(lost))
    known = view.fact("source")
    fingerprint = schema.fingerprint or _digest(schema)
    if known is None or known["fingerprint"] != fingerprint:
        dialects = [getattr(part.source, "dialects", {}) for part in parts]
        body = SourceDescribed(
            system=schema.system,
            fingerprint=fingerprint,
            counts={o.name: o.count or 0 for o in schema.objects},
            dialects=msgspec.to_builtins({name: dialect for found in dialects for name, dialect in found.items()}),
            schema=schema,
        )
        journal.record(body)
    return schema, parts


def _lost(view: View, schema: Schema, *, live: bool) -> dict[str, int]:
    """How many records are known of objects that the source does not give any more.

    A file that holds all there is and lacks a table was cut; an account may have emptied a small object.
    """
    there = {o.name for o in schema.objects if o.fields}
    lost = {name: n["there"] for name, n in view.tally(0).items() if n["there"] and name not in there}
    return {name: n for name, n in lost.items() if not live or looks_short(n, n)}


def _without(lost: dict[str, int]) -> str:
    words = "; ".join(f"{name} ({n} records are known)" for name, n in lost.items())
    return (
        f"the source does not give any more: {words}. That looks like a part of the data, so nothing was taken from "
        "it. Export again with every table, or look at the source; say --force if they were really removed."
    )


def _digest(schema: Schema) -> str:
    return "described:" + hashlib.sha256(msgspec.json.encode(schema, order="sorted")).hexdigest()


def extract(
    journal: Journal,
    view: View,
    source: Source,
    progress: Progress,
    *,
    force: bool = False,
    files: FileStore | None = None,
    wire: Wire | None = None,
    readers: int = READERS,
    more: Sequence[tuple[Source, Wire | None]] = (),
) -> Extracted | None:
    """Read the whole source; append what is new, changed or missing. None when this very data was read before.

    `files`: where the files that records name are kept; None when none are. `wire`: the source's network; None where it
    has none. `readers`: how many objects are read side by side over it. `more`: further ways to read it, each for the
    objects that none before it gives.
    Raises ExtractionRefusedError when the data looks like a part of the source only (`force` takes it all the same).
    """
    schema, parts = describe(journal, view, (source, wire), *more, force=force)
    last, started = view.fact("extraction"), view.fact("extraction-started")
    unbroken = last and started and last["position"] > started["position"]
    if schema.fingerprint and unbroken and last and last["fingerprint"] == schema.fingerprint:
        return None
    return _Extraction(journal, view, schema, parts, files, readers).run(
        progress, None if unbroken else started, last, force=force
    )


class _Extraction:
    """One reading of all parts of a source."""

    def __init__(
        self,
        journal: Journal,
        view: View,
        schema: Schema,
        parts: Sequence[Part],
        files: FileStore | None,
        readers: int,
    ) -> None:
        self.journal = journal
        self.view = view
        self.schema = schema
        self.files = files
        self.readers = readers
        self.live = [(part, part.wire) for part in parts if part.wire is not None]
        self.whole = [part for part in parts if part.wire is None]
        self.told = Told()
        self.told.add(*schema.findings)
        self.database = scratch(NAMED)
        self.named = Named(self.database)
        self.links = Links(schema, Notes(), {}, lambda _item, _link: "", self.named)

    def run(
        self, progress: Progress, stopped: dict[str, Any] | None, last: dict[str, Any] | None, *, force: bool
    ) -> Extracted:
        """Read; `stopped`: the reading that another process began, `last`: the last one that came to its end."""
        snapshots = [
            Snapshot(self.journal, self.view, part.source, part.schema, self._reader(part, NoWire()), self.named)
            for part in self.whole
        ]
        try:
            for snapshot in snapshots:
                snapshot.match(force=force)
            started = self._begin(stopped if self.live else None, last)
            short: dict[str, tuple[int, int]] = {}
            for part, wire in self.live:
                reader = self._reader(part, wire)
                feed = Feed(self.journal, self.view, part.source, part.schema, reader, wire, started, self.readers)
                feed.read(progress, force=force)
                short |= feed.short
            for snapshot in snapshots:
                snapshot.append(started.position, progress)
            if force:  # a person says that what is not given any more was really removed
                named = {obj.name for obj in self.schema.objects}
                for name in _lost(self.view, self.schema, live=False).keys() - named:
                    gone(self.journal, self.view, name, started.position)
            counts = {name: n for snapshot in snapshots for name, n in snapshot.counts().items()}
            return self._end(started, counts, short)
        finally:
            self.database.close()
            for snapshot in snapshots:
                snapshot.close()

    def _reader(self, part: Part, wire: Wire) -> Reader:
        return Reader(self.journal, part.source, self.links, self.files, wire, self.told)

    def _begin(self, stopped: dict[str, Any] | None, last: dict[str, Any] | None) -> Started:
        """Go on with the reading that was stopped, or begin one."""
        if stopped and self.journal.now() - stopped["at"] <= RESUMED_WITHIN_SECONDS * 1_000_000:
            return Started(stopped["position"], stopped["since"] or "", stopped["mark"] or "")
        marks = [wire.one(part.source.mark()) for part, wire in self.live if isinstance(part.source, Incremental)]
        mark = min(marks, default="")
        since = str(last.get("mark") or "") if last else ""
        body = ExtractionStarted(fingerprint=self.schema.fingerprint, mark=mark, since=since)
        return Started(self.journal.record(body).position, since, mark)

    def _end(self, started: Started, counts: dict[str, int], short: dict[str, tuple[int, int]]) -> Extracted:
        """Record that the extraction ended, with what came of it."""
        tally = self.view.tally(started.position)
        there = {obj.name: tally.get(obj.name, {}).get("there", 0) for obj in self.schema.objects}
        sums = {
            word: {name: found[word] for name, found in tally.items() if found[word]}
            for word in ("created", "changed", "vanished")
        }
        self.told.add(*(_short(name, *numbers) for name, numbers in short.items()))
        result = Extracted(
            fingerprint=self.schema.fingerprint,
            counts=there | counts,
            created=sums["created"],
            changed=sums["changed"],
            vanished=sums["vanished"],
            findings=self.told.all(),
        )
        finished = ExtractionFinished(
            extraction=started.position,
            fingerprint=result.fingerprint,
            counts=result.counts,
            created=result.created,
            changed=result.changed,
            vanished=result.vanished,
            mark=started.since if short else started.mark,  # what was refused is still to be settled
            findings=[msgspec.to_builtins(f) for f in result.findings],
        )
        self.journal.record(finished, cause=started.position)
        if short:
            raise ExtractionRefusedError(_refusal(short))
        return result


def _refusal(short: dict[str, tuple[int, int]]) -> str:
    words = "; ".join(f"{name}: {missing} of {live}" for name, (missing, live) in short.items())
    return (
        f"these records are missing from what the source answers: {words}. That looks like a part of the data, so "
        "none of them was taken for deleted; what was read is in the log. Look at the source, then run again, or say "
        "--force if they were really deleted."
    )


def told(journal: Journal) -> tuple[Finding, ...]:
    """What the newest extraction that ended found."""
    found = journal.latest(ExtractionFinished)
    return tuple(msgspec.convert(f, Finding) for f in found[1].findings) if found else ()


def _short(name: str, missing: int, live: int) -> Finding:
    detail = f"{missing} of {live} records are missing from what the source answers; none was taken for deleted"
    return Finding(code="looks-short", detail=detail, object=name)
