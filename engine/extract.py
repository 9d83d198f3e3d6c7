"""Extraction: the source read whole, and only what is new or different appended to the log."""

from collections import Counter
from collections.abc import Callable, Iterator

import msgspec

from adapters.protocols import Attachments, Finding, Flow, ObjectSchema, Page, Record, Schema, Source
from adapters.sources.names import fold
from adapters.sources.values import key
from engine.attachments import Stored
from engine.events import (
    ExtractionFinished,
    ExtractionStarted,
    RecordExtracted,
    RecordVanished,
    SourceDescribed,
)
from engine.filestore import FileStore
from engine.findings import Notes
from engine.history import Item, load_items
from engine.journal import Entry, Journal
from engine.links import Links
from engine.order import in_order
from engine.view import View

BATCH = 500
"""Records appended in one transaction."""

VANISHED_SHARE, VANISHED_LEAST = 0.05, 10
"""A snapshot in which more of an object is missing than this share (and this many) is taken for a short file."""

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is."""


class ExtractionRefusedError(Exception):
    """The source cannot be taken as a complete new state; the message says why and what to do."""


class Row(msgspec.Struct, kw_only=True):
    """One record as read, on its way to its key. `strength`: the number of its first filled recipe, 0 the strongest."""

    values: dict[str, str]
    where: str
    id: str
    fingerprint: str
    files: dict[str, Stored] = {}
    aliases: list[str] = []
    rematches: list[str] = []
    strength: int = 0
    key: str = ""
    identity: str = ""


class Extracted(msgspec.Struct, frozen=True, kw_only=True):
    """What an extraction found, by object."""

    fingerprint: str
    counts: dict[str, int]
    created: dict[str, int]
    changed: dict[str, int]
    vanished: dict[str, int]
    findings: tuple[Finding, ...]


def finish(flow: Flow[Page] | Flow[Schema]) -> Page | Schema:
    """The result of a flow that needs no network."""
    try:
        request = next(flow)
    except StopIteration as stop:
        result: Page | Schema = stop.value
        return result
    raise TypeError(f"this source asks for {request.path}: it needs a network")


def describe(journal: Journal, view: View, source: Source) -> Schema:
    """Look at the source and record what is there, unless it was seen so before."""
    schema = finish(source.schema())
    assert isinstance(schema, Schema)  # noqa: S101
    known = view.fact("source")
    if known is None or known["fingerprint"] != schema.fingerprint:
        counts = {o.name: o.count or 0 for o in schema.objects}
        body = SourceDescribed(
            system=schema.system,
            fingerprint=schema.fingerprint,
            counts=counts,
            dialects=msgspec.to_builtins(getattr(source, "dialects", {})),
            schema=msgspec.to_builtins(schema),
        )
        journal.record(body)
    return schema


def extract(
    journal: Journal,
    view: View,
    source: Source,
    progress: Progress,
    *,
    force: bool = False,
    files: FileStore | None = None,
) -> Extracted | None:
    """Read the whole source; append what is new, changed or missing. None when this very data was read before.

    `files`: where the files that records name are kept; None when none are.
    Raises ExtractionRefusedError when the data looks like a part of the source only (`force` takes it all the same).
    """
    schema = describe(journal, view, source)
    last = view.fact("extraction")
    started = view.fact("extraction-started")
    unbroken = last and started and last["position"] > started["position"]
    if last and unbroken and last["fingerprint"] == schema.fingerprint:
        return None
    reader = _Extraction(journal, view, source, schema, progress, files)
    return reader.run(force=force)


class _Extraction:
    """One reading of the whole source."""

    def __init__(
        self,
        journal: Journal,
        view: View,
        source: Source,
        schema: Schema,
        progress: Progress,
        files: FileStore | None,
    ) -> None:
        self.journal = journal
        self.view = view
        self.source = source
        self.schema = schema
        self.progress = progress
        self.files = files
        self.known = load_items(journal, view)
        self.links = Links(schema, Notes(), {}, lambda _item, _link: "")
        self.findings: list[Finding] = list(schema.findings)
        self.created: dict[str, int] = {}
        self.changed: dict[str, int] = {}
        self.vanished: dict[str, int] = {}

    def run(self, *, force: bool) -> Extracted:
        matched = []
        total = sum(o.count or 0 for o in self.schema.objects)
        done = 0
        for obj in in_order(self.schema.objects):
            rows = list(self._rows(obj))
            self._match(obj, rows)
            gone = self._gone(obj, rows, force=force)
            matched.append((obj, rows, gone))
            self.links.index(obj.name, {r.key: _item(obj.name, r) for r in rows})
        started = self.journal.record(ExtractionStarted(fingerprint=self.schema.fingerprint))
        for obj, rows, gone in matched:
            self._append(obj, rows, gone, started.position)
            done += len(rows)
            self.progress("extract", done, total)
        result = Extracted(
            fingerprint=self.schema.fingerprint,
            counts={obj.name: len(rows) for obj, rows, _ in matched},
            created=self.created,
            changed=self.changed,
            vanished=self.vanished,
            findings=tuple(self.findings),
        )
        finished = ExtractionFinished(
            extraction=started.position,
            fingerprint=result.fingerprint,
            counts=result.counts,
            created=self.created,
            changed=self.changed,
            vanished=self.vanished,
            findings=[msgspec.to_builtins(f) for f in self.findings],
        )
        self.journal.record(finished, cause=started.position)
        return result

    # --- reading ---------------------------------------------------------------------------------------------------

    def _rows(self, obj: ObjectSchema) -> Iterator[Row]:
        at: str | None = None
        while True:
            page = finish(self.source.read(obj.name, None, at))
            assert isinstance(page, Page)  # noqa: S101
            self.findings += page.findings
            yield from (self._row(obj, record) for record in page.records)
            at = page.next
            if at is None:
                return

    def _files(self, obj: ObjectSchema, record: Record) -> dict[str, Stored]:
        """The files that a record names, copied into the workspace; one that the source has not is told."""
        found: dict[str, Stored] = {}
        for field in (f for f in obj.fields if f.kind == "file"):
            reference = record.values.get(field.key, "").strip()
            if not reference:
                continue
            stored = self._kept(reference)
            if stored is not None:
                found[field.key] = stored
            else:
                detail = f"{field.key}: the source has no file {reference!r}; it cannot be moved"
                self.findings.append(Finding(code="file-missing", detail=detail, object=obj.name, where=record.where))
        return found

    def _kept(self, reference: str) -> Stored | None:
        """The copy of a file of the source; None where it has none by that name, or where none are kept."""
        if self.files is None or not isinstance(self.source, Attachments):
            return None
        try:
            with self.source.open(reference) as content:
                return self.files.keep(content, reference)
        except FileNotFoundError:
            return None

    def _row(self, obj: ObjectSchema, record: Record) -> Row:
        hash = self.journal.log.vault.hash
        files = self._files(obj, record)
        content = [record.values, {k: f.digest for k, f in files.items()}] if files else record.values
        id = record.values.get(obj.identity.id_field or "", "").strip() or record.id
        row = Row(
            values=record.values,
            where=record.where,
            id=id,
            fingerprint=hash(msgspec.json.encode(content, order="sorted")),
            files=files,
        )
        item = _item(obj.name, row, key=f"?{record.where}")
        natural = list(self._recipes(obj, item, obj.identity.natural, "n"))
        row.aliases = [hash(a) for a in natural]
        row.strength = int(natural[0].split("|")[1][1:]) if natural else len(obj.identity.natural)
        row.rematches = [hash(a) for a in self._recipes(obj, item, obj.identity.rematch, "r")]
        return row

    def _recipes(
        self, obj: ObjectSchema, item: Item, recipes: tuple[tuple[str, ...], ...], prefix: str
    ) -> Iterator[str]:
        """The record's key by each recipe whose parts it has."""
        for number, recipe in enumerate(recipes):
            parts = [self._recipe_part(obj, item, field) for field in recipe]
            if all(parts):
                yield "|".join((obj.name, prefix + str(number), *parts))

    def _recipe_part(self, obj: ObjectSchema, item: Item, field: str) -> str:
        if field.startswith("@"):
            link = next(link for link in obj.links if link.name == field[1:])
            resolution = self.links.link(item, link)
            return "/".join(resolution.subject) if resolution.subject else "-" + fold(resolution.named)
        schema = obj.field(field)
        text = (item.values or {}).get(field, "")
        return key(schema, text) if schema else fold(text)

    # --- matching --------------------------------------------------------------------------------------------------

    def _match(self, obj: ObjectSchema, rows: list[Row]) -> None:
        """Give every row its key: the one it had, or a new one."""
        fingerprints = {r["key"]: r["fingerprint"] for r in self.view.records(obj.name)}
        taken: set[str] = set()
        if obj.identity.id_field:
            self._match_ids(obj, [r for r in rows if r.id], fingerprints)
            taken = {r.key for r in rows if r.key}
            rows = [r for r in rows if not r.id]  # an id that was left blank: known by what else is natural
        known = self.view.aliases(obj.name) if rows else {}
        self._match_aliases(rows, known, fingerprints, taken)
        self._rematch(obj, rows, known, set(fingerprints) - taken, taken)
        number = len(fingerprints)
        for row in rows:
            if not row.key:
                number += 1
                row.key, row.identity = f"{obj.name.lower()}:{number}", "new"

    def _match_ids(self, obj: ObjectSchema, rows: list[Row], fingerprints: dict[str, str]) -> None:
        """By id; rows that share one are told apart by their content first, then by their order."""
        groups: dict[str, list[Row]] = {}
        for row in rows:
            groups.setdefault(row.id, []).append(row)
        for id, group in groups.items():
            keys = [id, *(f"{id}#{number}" for number in range(2, len(group) + 1))]
            for row in group:
                if same := next((k for k in keys if fingerprints.get(k) == row.fingerprint), None):
                    _take(row, same, "id", keys, set())
            for row in group:
                if not row.key:
                    _take(row, keys[0], "id", keys, set())
                if row.key != id:
                    detail = f"{obj.identity.id_field} {id} stands in several rows; this one is called {row.key}"
                    finding = Finding(code="repeated-id", detail=detail, object=obj.name, key=row.key, where=row.where)
                    self.findings.append(finding)

    def _match_aliases(
        self, rows: list[Row], known: dict[str, list[str]], fingerprints: dict[str, str], taken: set[str]
    ) -> None:
        """By the first natural key: equal content first, then in order; so twins keep their keys however sorted."""
        groups: dict[str, list[Row]] = {}
        for row in sorted(rows, key=lambda r: r.strength):
            if row.aliases:
                groups.setdefault(row.aliases[0], []).append(row)
        for alias, group in groups.items():
            candidates = [k for k in sorted(known.get(alias, ()), key=_number) if k not in taken]
            for row in group:
                same = next((k for k in candidates if fingerprints[k] == row.fingerprint), None)
                if same:
                    _take(row, same, "natural", candidates, taken)
            for row in sorted((r for r in group if not r.key), key=lambda r: r.fingerprint):
                if candidates:
                    _take(row, candidates[0], "natural", candidates, taken)

    def _rematch(
        self, obj: ObjectSchema, rows: list[Row], known: dict[str, list[str]], left: set[str], taken: set[str]
    ) -> None:
        """What is left over on both sides, one to one or not at all: an identity change, which people are told."""
        rivals = Counter(alias for row in rows if not row.key for alias in row.rematches)
        for row in rows:
            for alias in row.rematches:
                olds = [k for k in known.get(alias, ()) if k in left and k not in taken]
                if not row.key and len(olds) == 1 and rivals[alias] == 1:
                    _take(row, olds[0], "rematch", [], taken)
                    self.findings.append(_identity_changed(obj, row))

    def _gone(self, obj: ObjectSchema, rows: list[Row], *, force: bool) -> list[str]:
        """Keys that were there and are missing now. Refuses a snapshot that has lost too many."""
        keys = {r.key for r in rows}
        live = [i.key for i in self.known.get(obj.name, {}).values() if not i.vanished]
        gone = [k for k in live if k not in keys]
        if len(gone) > max(VANISHED_LEAST, VANISHED_SHARE * len(live)) and not force:
            raise ExtractionRefusedError(
                f"{obj.name}: {len(gone)} of {len(live)} records are missing from this export. That looks like a part "
                "of the data, so nothing was taken from it. Export again, or say --force if they were really deleted."
            )
        return gone

    # --- appending -------------------------------------------------------------------------------------------------

    def _append(self, obj: ObjectSchema, rows: list[Row], gone: list[str], extraction: int) -> None:
        current = {r["key"]: r for r in self.view.records(obj.name)}
        number = len(current)
        batch: list[Entry] = []
        for row in rows:
            old = current.get(row.key)
            if old and old["fingerprint"] == row.fingerprint and old["vanished"] is None:
                continue
            number += 0 if old else 1
            tally = self.changed if old else self.created
            tally[obj.name] = tally.get(obj.name, 0) + 1
            body = RecordExtracted(
                number=old["number"] if old else number,
                fingerprint=row.fingerprint,
                aliases=row.aliases + row.rematches,
                identity=row.identity,
                where=row.where,
                values=row.values,
                files={key: msgspec.to_builtins(stored) for key, stored in row.files.items()},
            )
            batch.append(Entry(body, (obj.name, row.key), extraction))
        batch += [Entry(RecordVanished(extraction=extraction), (obj.name, key), extraction) for key in gone]
        if gone:
            self.vanished[obj.name] = len(gone)
        for start in range(0, len(batch), BATCH):
            self.journal.record_all(batch[start : start + BATCH], fenced=True)


def _identity_changed(obj: ObjectSchema, row: Row) -> Finding:
    words = " + ".join(name.removeprefix("@") for name in obj.identity.natural[0])
    others = " or ".join(" + ".join(n.removeprefix("@") for n in recipe) for recipe in obj.identity.rematch)
    detail = f"its {words} is not what it was; taken for the same record by {others}, as no other fits"
    return Finding(code="identity-changed", detail=detail, object=obj.name, key=row.key, where=row.where)


def _item(name: str, row: Row, *, key: str = "") -> Item:
    return Item(object=name, key=key or row.key, number=0, position=0, values=row.values)


def _number(key: str) -> int:
    tail = key.rpartition(":")[2]
    return int(tail) if tail.isdigit() else 0


def _take(row: Row, key: str, how: str, candidates: list[str], taken: set[str]) -> None:
    row.key, row.identity = key, how
    taken.add(key)
    if key in candidates:
        candidates.remove(key)
