"""Extraction: the source read, and only what is new or different appended to the log, in flat memory."""

import hashlib
from typing import Any

import msgspec

from adapters.protocols import Finding, Incremental, Schema, Source
from engine.asking import NoWire, Wire
from engine.events import ExtractionFinished, ExtractionStarted, SourceDescribed
from engine.feed import READERS, Feed, Started
from engine.filestore import FileStore
from engine.findings import Notes
from engine.journal import Journal
from engine.links import Links
from engine.reading import Reader
from engine.snapshot import Snapshot
from engine.staging import Named, scratch
from engine.taking import ExtractionRefusedError, Progress
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


def describe(journal: Journal, view: View, source: Source, wire: Wire | None = None) -> Schema:
    """Look at the source and record what is there, unless it was seen so before.

    A source without a network names its data by a fingerprint; a live one is named by its description.
    """
    schema = (wire or NoWire()).one(source.schema())
    known = view.fact("source")
    fingerprint = schema.fingerprint or _digest(schema)
    if known is None or known["fingerprint"] != fingerprint:
        body = SourceDescribed(
            system=schema.system,
            fingerprint=fingerprint,
            counts={o.name: o.count or 0 for o in schema.objects},
            dialects=msgspec.to_builtins(getattr(source, "dialects", {})),
            schema=msgspec.to_builtins(schema),
        )
        journal.record(body)
    return schema


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
) -> Extracted | None:
    """Read the whole source; append what is new, changed or missing. None when this very data was read before.

    `files`: where the files that records name are kept; None when none are. `wire`: the source's network; None where it
    has none. `readers`: how many objects are read side by side over it.
    Raises ExtractionRefusedError when the data looks like a part of the source only (`force` takes it all the same).
    """
    schema = describe(journal, view, source, wire)
    last, started = view.fact("extraction"), view.fact("extraction-started")
    unbroken = last and started and last["position"] > started["position"]
    if schema.fingerprint and unbroken and last and last["fingerprint"] == schema.fingerprint:
        return None
    database = scratch()
    named = Named(database)
    links = Links(schema, Notes(), {}, lambda _item, _link: "", named)
    reader = Reader(journal, source, schema, links, files, wire or NoWire())
    reader.told.add(*schema.findings)
    try:
        if wire is None:
            return _snapshot(journal, view, Snapshot(journal, view, source, schema, reader, named), progress, force)
        resumable = None if unbroken or started is None else started
        began = _begin(journal, source, wire, resumable, last)
        return _feed(journal, view, Feed(journal, view, source, schema, reader, wire, began, readers), progress, force)
    finally:
        database.close()


def _snapshot(journal: Journal, view: View, snapshot: Snapshot, progress: Progress, force: bool) -> Extracted:
    try:
        snapshot.match(force=force)
        started = journal.record(ExtractionStarted(fingerprint=snapshot.schema.fingerprint))
        snapshot.append(started.position, progress)
        findings = snapshot.reader.told.all()
        return _finish(journal, view, started.position, snapshot.schema, snapshot.counts(), findings)
    finally:
        snapshot.close()


def _begin(
    journal: Journal, source: Source, wire: Wire, stopped: dict[str, Any] | None, last: dict[str, Any] | None
) -> Started:
    """Go on with the reading that was stopped, or begin one."""
    if stopped and journal.now() - stopped["at"] <= RESUMED_WITHIN_SECONDS * 1_000_000:
        return Started(stopped["position"], stopped["since"] or "", stopped["mark"] or "")
    mark = wire.one(source.mark()) if isinstance(source, Incremental) else ""
    since = str(last.get("mark") or "") if last else ""
    recorded = journal.record(ExtractionStarted(fingerprint="", mark=mark, since=since))
    return Started(recorded.position, since, mark)


def _feed(journal: Journal, view: View, feed: Feed, progress: Progress, force: bool) -> Extracted:
    feed.read(progress, force=force)
    started, schema = feed.started, feed.schema
    there = {name: tally["there"] for name, tally in view.tally(started.position).items()}
    counts = {obj.name: there.get(obj.name, 0) for obj in schema.objects}
    feed.reader.told.add(*(_short(name, *numbers) for name, numbers in feed.short.items()))
    found = _finish(journal, view, started.position, schema, counts, feed.reader.told.all(), started.mark)
    if feed.short:
        words = "; ".join(f"{name}: {missing} of {live}" for name, (missing, live) in feed.short.items())
        raise ExtractionRefusedError(
            f"these records are missing from what the source answers: {words}. That looks like a part of the data, so "
            "none of them was taken for deleted; what was read is in the log. Look at the source, then run again, or "
            "say --force if they were really deleted."
        )
    return found


def told(journal: Journal) -> tuple[Finding, ...]:
    """What the newest extraction that ended found."""
    found = journal.latest(ExtractionFinished)
    return tuple(msgspec.convert(f, Finding) for f in found[1].findings) if found else ()


def _short(name: str, missing: int, live: int) -> Finding:
    detail = f"{missing} of {live} records are missing from what the source answers; none was taken for deleted"
    return Finding(code="looks-short", detail=detail, object=name)


def _finish(
    journal: Journal,
    view: View,
    position: int,
    schema: Schema,
    counts: dict[str, int],
    findings: tuple[Finding, ...],
    mark: str = "",
) -> Extracted:
    """Record that the extraction ended, with what came of it."""
    tally = view.tally(position)
    sums = {
        word: {name: found[word] for name, found in tally.items() if found[word]}
        for word in ("created", "changed", "vanished")
    }
    result = Extracted(
        fingerprint=schema.fingerprint,
        counts=counts,
        created=sums["created"],
        changed=sums["changed"],
        vanished=sums["vanished"],
        findings=findings,
    )
    finished = ExtractionFinished(
        extraction=position,
        fingerprint=result.fingerprint,
        counts=counts,
        created=result.created,
        changed=result.changed,
        vanished=result.vanished,
        mark=mark,
        findings=[msgspec.to_builtins(f) for f in findings],
    )
    journal.record(finished, cause=position)
    return result
