"""A snapshot: a source without a network, read whole. Every row gets its key before the first event is appended.

Two readings: the first puts the rows' hashes on disk and matches them with what is known, the second appends what is
new or different. A snapshot that looks like a part of the data is refused before anything is taken from it.
"""

from collections.abc import Iterator
from itertools import zip_longest

import msgspec

from adapters.protocols import Finding, ObjectSchema, Record, Schema, Source
from adapters.sources.names import fold
from engine.asking import NoWire
from engine.events import RecordVanished
from engine.history import Item
from engine.journal import Entry, Journal
from engine.links import title
from engine.order import in_order
from engine.reading import Reader
from engine.staging import Keyed, Named, Staging
from engine.taking import BATCH, ExtractionRefusedError, Progress, extracted, looks_short
from engine.view import View


class Snapshot:
    """One reading of a whole source."""

    def __init__(
        self, journal: Journal, view: View, source: Source, schema: Schema, reader: Reader, named: Named
    ) -> None:
        self.journal = journal
        self.view = view
        self.source = source
        self.schema = schema
        self.reader = reader
        self.named = named
        self.staged: dict[str, Staging] = {}
        self._targets = _looked_up(schema)

    def match(self, *, force: bool) -> None:
        """Read everything, give it keys. Raises ExtractionRefusedError where too much is missing (unless `force`)."""
        for obj in in_order(self.schema.objects):
            staging = self.staged[obj.name] = Staging(obj.name)
            for record in self._records(obj):
                staging.put(self.reader.row(obj, record), self._named(obj, record))
            staging.know(self.view.known(obj.name), self.view.alias_rows(obj.name))
            repeated, changed = staging.match()
            self.reader.told.add(*(_repeated(obj, *where) for where in repeated))
            self.reader.told.add(*(_identity_changed(obj, key) for key in changed))
            missing, live = staging.missing(), staging.live()
            if looks_short(missing, live) and not force:
                raise ExtractionRefusedError(
                    f"{obj.name}: {missing} of {live} records are missing from this export. That looks like a part of "
                    "the data, so nothing was taken from it. Export again, or say --force if they were really deleted."
                )
            for item, id, name in staging.named():
                self.named.add(item, id, name)

    def append(self, extraction: int, progress: Progress) -> None:
        """Append what is new, changed or missing."""
        total, done = sum(s.count for s in self.staged.values()), 0
        for obj in in_order(self.schema.objects):
            staging = self.staged[obj.name]
            batch: list[Entry] = []
            for keyed, record in zip_longest(staging.rows(), self._records(obj)):
                if keyed is None or record is None:
                    raise ExtractionRefusedError(_moved(f"{obj.name}: it has not as many records as"))
                if keyed.known != keyed.fingerprint or keyed.vanished != keyed.gone:
                    batch.append(self._entry(obj, keyed, record, extraction))
                if len(batch) == BATCH:
                    self.journal.record_all(batch)
                    batch = []
            for key in staging.gone():
                batch.append(Entry(RecordVanished(extraction=extraction), (obj.name, key), extraction))
                if len(batch) == BATCH:
                    self.journal.record_all(batch)
                    batch = []
            self.journal.record_all(batch)
            done += staging.count
            progress("extract", done, total)

    def close(self) -> None:
        """Throw away what was put on disk."""
        for staging in self.staged.values():
            staging.close()

    def counts(self) -> dict[str, int]:
        """How many rows each object has."""
        return {name: staging.count for name, staging in self.staged.items()}

    def _records(self, obj: ObjectSchema) -> Iterator[Record]:
        at: str | None = None
        fresh = obj.name not in self.staged or not self.staged[obj.name].count
        while True:
            page = NoWire().one(self.source.read(obj.name, None, at))
            if fresh:
                self.reader.told.add(*page.findings)
            yield from page.records
            self.reader.links.forget()
            at = page.next
            if at is None:
                return

    def _entry(self, obj: ObjectSchema, keyed: Keyed, record: Record, extraction: int) -> Entry:
        files = self.reader.kept(obj, record)
        digests = {field: stored.digest for field, stored in files.items()}
        if self.reader.fingerprint(record, digests) != keyed.fingerprint:
            raise ExtractionRefusedError(_moved(f"{obj.name}: {record.where} is not what it was"))
        body = extracted(record, files)
        body = msgspec.structs.replace(
            body, number=keyed.number, fingerprint=keyed.fingerprint, aliases=keyed.aliases, identity=keyed.how
        )
        return Entry(body, (obj.name, keyed.key), extraction)

    def _named(self, obj: ObjectSchema, record: Record) -> tuple[str, str, dict[str, str]] | None:
        """What is needed to find the record again by what others say of it."""
        columns = self._targets.get(obj.name)
        if columns is None:
            return None
        values = {column: record.values[column] for column in columns if record.values.get(column)}
        item = Item(object=obj.name, key="", number=0, position=0, values=values)
        return self.reader.id_of(obj, record), fold(title(item, obj)), values


def _looked_up(schema: Schema) -> dict[str, set[str]]:
    """The objects that natural keys look up, with the columns that it takes to find their records."""
    recipes = [r for o in schema.objects for r in (*o.identity.natural, *o.identity.rematch)]
    if not any(part.startswith("@") for recipe in recipes for part in recipe):
        return {}
    targets = {name for o in schema.objects for link in o.links for name in link.to}
    found: dict[str, set[str]] = {}
    for obj in schema.objects:
        if obj.name in targets:
            links = {c for link in obj.links for c in (link.id_field, link.name_field, link.type_field) if c}
            found[obj.name] = links | {*obj.title, *filter(None, [obj.identity.id_field])}
    return found


def _moved(what: str) -> str:
    return (
        f"{what} a moment ago: the source changed while it was being read. What was taken so far stays; run again when "
        "it is complete."
    )


def _repeated(obj: ObjectSchema, id: str, key: str, where: str) -> Finding:
    detail = f"{obj.identity.id_field} {id} stands in several rows; this one is called {key}"
    return Finding(code="repeated-id", detail=detail, object=obj.name, key=key, where=where)


def _identity_changed(obj: ObjectSchema, key: str) -> Finding:
    words = " + ".join(name.removeprefix("@") for name in obj.identity.natural[0])
    others = " or ".join(" + ".join(n.removeprefix("@") for n in recipe) for recipe in obj.identity.rematch)
    detail = f"its {words} is not what it was; taken for the same record by {others}, as no other fits"
    return Finding(code="identity-changed", detail=detail, object=obj.name, key=key)
