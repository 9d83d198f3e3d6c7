"""Reading: a record as the source gave it becomes a row, with its fingerprint, its natural keys and its files."""

import hashlib
from collections.abc import Iterator

import msgspec

from adapters.protocols import Attachments, Downloads, Finding, ObjectSchema, Record, Source
from adapters.sources.names import fold
from adapters.sources.values import key
from engine.asking import Wire
from engine.attachments import Stored
from engine.filestore import CHUNK, FileStore
from engine.findings import Told
from engine.history import Item
from engine.journal import Journal
from engine.links import Links
from engine.staging import Row


class Reader:
    """Makes rows of records.

    Args:
        links: finds what the parts of natural keys that name other records come to.
        files: where the files that records name are kept; None when none are.
        told: where what people should know is told.
    """

    def __init__(
        self, journal: Journal, source: Source, links: Links, files: FileStore | None, wire: Wire, told: Told
    ) -> None:
        self.hash = journal.log.vault.hash
        self.source = source
        self.links = links
        self.files = files
        self.wire = wire
        self.told = told

    def row(self, obj: ObjectSchema, record: Record) -> Row:
        """The row of a record. The files that it names count by their content, where the source hands them out."""
        row = Row(
            id=self.id_of(obj, record),
            fingerprint=self.fingerprint(record, self._digests(obj, record)),
            where=record.where,
            gone=record.deleted,
        )
        item = Item(object=obj.name, key=f"?{record.where}", number=0, position=0, values=record.values)
        natural = list(self._recipes(obj, item, obj.identity.natural, "n"))
        row.aliases = [self.hash(a) for a in natural]
        row.strength = int(natural[0].split("|")[1][1:]) if natural else len(obj.identity.natural)
        row.rematches = [self.hash(a) for a in self._recipes(obj, item, obj.identity.rematch, "r")]
        return row

    def id_of(self, obj: ObjectSchema, record: Record) -> str:
        """The source's id of a record; empty where it has none."""
        return str(record.values.get(obj.identity.id_field or "", "")).strip() or record.id

    def fingerprint(self, record: Record, files: dict[str, str] | None = None) -> str:
        """A keyed hash of all that a record says: `files` stands for the content of what it names."""
        content = [record.values, files] if files else record.values
        return self.hash(msgspec.json.encode(content, order="sorted"))

    # --- natural keys ----------------------------------------------------------------------------------------------

    def _recipes(
        self, obj: ObjectSchema, item: Item, recipes: tuple[tuple[str, ...], ...], prefix: str
    ) -> Iterator[str]:
        """The record's key by each recipe whose parts it has."""
        for number, recipe in enumerate(recipes):
            parts = [self._part(obj, item, field) for field in recipe]
            if all(parts):
                yield "|".join((obj.name, prefix + str(number), *parts))

    def _part(self, obj: ObjectSchema, item: Item, field: str) -> str:
        if field.startswith("@"):
            link = next(link for link in obj.links if link.name == field[1:])
            resolution = self.links.link(item, link)
            return "/".join(resolution.subject) if resolution.subject else "-" + fold(resolution.named)
        schema = obj.field(field)
        text = (item.values or {}).get(field, "")
        return key(schema, text) if schema else fold(text)

    # --- files -----------------------------------------------------------------------------------------------------

    def references(self, obj: ObjectSchema, record: Record) -> dict[str, str]:
        """The files that a record names, by field."""
        named = {f.key: str(record.values.get(f.key, "")).strip() for f in obj.fields if f.kind == "file"}
        return {field: reference for field, reference in named.items() if reference}

    def kept(self, obj: ObjectSchema, record: Record) -> dict[str, Stored]:
        """The files that a record names, copied into the workspace; one that the source has not is told."""
        found: dict[str, Stored] = {}
        for field, reference in self.references(obj, record).items():
            try:
                stored = self._keep(reference)
            except FileNotFoundError as error:
                detail = f"{field}: the source has no file {reference!r} ({error}); it cannot be moved"
                self.told.add(
                    Finding(code="file-missing", detail=detail, object=obj.name, key=record.id, where=record.where)
                )
            else:
                found[field] = stored
        return found

    def _keep(self, reference: str) -> Stored:
        if self.files is None:
            raise FileNotFoundError("there is no folder to keep it in")
        if isinstance(self.source, Attachments):
            with self.source.open(reference) as content:
                return self.files.keep(content, reference)
        if isinstance(self.source, Downloads):
            answer = self.wire.one(self.source.download(reference))
            return self.files.adopt(answer.body, reference, answer.headers.get("content-type", ""))
        raise FileNotFoundError("no file can be asked for")

    def _digests(self, obj: ObjectSchema, record: Record) -> dict[str, str]:
        """The digests of the files that a record names, read but not kept."""
        found: dict[str, str] = {}
        if self.files is None or not isinstance(self.source, Attachments):
            return found
        for field, reference in self.references(obj, record).items():
            try:
                with self.source.open(reference) as content:
                    digest = hashlib.sha256()
                    while piece := content.read(CHUNK):
                        digest.update(piece)
                    found[field] = digest.hexdigest()
            except FileNotFoundError:
                continue
        return found
