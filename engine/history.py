"""The history: what the log says now about the source, the map and the answers. All that `replay` may look at."""

from collections.abc import Callable

import msgspec

from adapters.protocols import Field, ObjectSchema, Schema
from engine import mapping as maps, reviews
from engine.attachments import Stored
from engine.events import DestinationDescribed, MapConfirmed, RecordExtracted, SourceDescribed
from engine.journal import Journal, Subject
from engine.view import View


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One source record as it was last extracted. `values` is None when its person was erased.

    files: what was kept of the files that it names, by field. vanished: it is gone; `told`: by the source's own word,
    else for want of a row; `merged`: the source's id of the record that it was merged into.
    """

    object: str
    key: str
    number: int
    position: int
    values: dict[str, str] | None
    vanished: bool = False
    told: bool = False
    merged: str = ""
    files: dict[str, Stored] = {}

    @property
    def subject(self) -> Subject:
        """(object, key)."""
        return self.object, self.key


class History(msgspec.Struct, kw_only=True):
    """The present, folded from the log.

    items: source records by object and key, in order of first sight. answers: choices by review id. token: a keyed
    hash, so that names made from personal data can be written down. written: subjects that stand at the destination.
    """

    migration: str
    source: Schema
    destination: Schema
    mapping: maps.Mapping
    map_version: int
    items: dict[str, dict[str, Item]]
    answers: dict[str, str]
    token: Callable[[str], str]
    policies: dict[str, str] = {}
    written: frozenset[Subject] = frozenset()


class NotReadyError(Exception):
    """Something has to happen first; the message says which command."""


def source_schema(journal: Journal) -> Schema:
    """The source as last described; columns are read as they were when the map was confirmed."""
    found = journal.latest(SourceDescribed)
    if found is None:
        raise NotReadyError("the source has not been described yet: run `cutover discover`")
    schema = _whole(found[1].schema)
    confirmed = journal.latest(MapConfirmed)
    if confirmed is None or confirmed[0].position > found[0].position:
        return schema
    for recorded, body in journal.bodies(SourceDescribed, newest_first=True):
        if recorded.position < confirmed[0].position:
            return _as_confirmed(schema, _whole(body.schema))
    return schema


def _whole(schema: Schema | None) -> Schema:
    if schema is None:
        raise NotReadyError("a description in the log lacks its schema: run `cutover discover`")
    return schema


def _as_confirmed(now: Schema, then: Schema) -> Schema:
    """A schema whose columns keep the kind and the format that was confirmed: a small delta is no new evidence.

    What is no longer there stays as it was: the log still has its records, and the map still speaks of them.
    """
    objects = []
    for obj in now.objects:
        old = then.object(obj.name)
        fields = [_settled(f, old.field(f.key) if old else None) for f in obj.fields]
        same = msgspec.structs.replace(obj, fields=tuple(fields))
        objects.append(_with_lost(same, old) if old else same)
    there = {obj.name for obj in now.objects}
    return msgspec.structs.replace(now, objects=(*objects, *(o for o in then.objects if o.name not in there)))


def _with_lost(now: ObjectSchema, then: ObjectSchema) -> ObjectSchema:
    """An object with the columns and links that it has lost since then."""
    if not now.fields:
        return msgspec.structs.replace(then, count=now.count, estimated=now.estimated, method=now.method)
    fields, links = {f.key for f in now.fields}, {link.name for link in now.links}
    return msgspec.structs.replace(
        now,
        fields=(*now.fields, *(f for f in then.fields if f.key not in fields)),
        links=(*now.links, *(link for link in then.links if link.name not in links)),
    )


def _settled(now: Field, then: Field | None) -> Field:
    if then is None or not then.filled or (then.format is None and now.kind == then.kind):
        return now
    return msgspec.structs.replace(now, kind=then.kind, format=then.format)


def destination_schema(journal: Journal, target: str) -> Schema:
    """The destination account as last described."""
    for _, body in journal.bodies(DestinationDescribed, newest_first=True):
        if body.target == target:
            return _whole(body.schema)
    raise NotReadyError(f"the destination account {target!r} has not been described yet: run `cutover discover`")


def confirmed_map(journal: Journal) -> tuple[maps.Mapping, int]:
    """The confirmed map and its version."""
    found = journal.latest(MapConfirmed)
    if found is None:
        raise NotReadyError(
            "no field map is confirmed: run `cutover map propose`, read mapping.toml, `cutover map confirm`"
        )
    return maps.parse(found[1].text), found[1].version


def load_items(journal: Journal, view: View) -> dict[str, dict[str, Item]]:
    """Every record as last extracted, by object and key."""
    rows = view.records()
    events = journal.log.many([r["position"] for r in rows])
    opened = journal.open_all((events[r["position"]] for r in rows), RecordExtracted)
    items: dict[str, dict[str, Item]] = {}
    for row, (_, body) in zip(rows, opened, strict=True):
        items.setdefault(row["object"], {})[row["key"]] = Item(
            object=row["object"],
            key=row["key"],
            number=row["number"],
            position=row["position"],
            values=None if body is None else body.values,
            vanished=row["vanished"] is not None,
            told=bool(row["told"]),
            merged=row["merged"],
            files={} if body is None else msgspec.convert(body.files, dict[str, Stored]),
        )
    return items


def load(
    journal: Journal,
    view: View,
    target: str,
    policies: dict[str, str],
    *,
    proposed: tuple[maps.Mapping, int] | None = None,
) -> History:
    """The history for one destination account, under the confirmed map (or a proposed one)."""
    mapping, version = proposed or confirmed_map(journal)
    return History(
        migration=journal.log.migration,
        source=source_schema(journal),
        destination=destination_schema(journal, target),
        mapping=mapping,
        map_version=version,
        items=load_items(journal, view),
        answers=reviews.answers(journal, view),
        token=journal.log.vault.hash,
        policies=policies,
        written=frozenset((part.object, part.key) for part in view.links(target)),
    )
