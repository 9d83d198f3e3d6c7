"""The auditor's questions: what happened, to which record, by whom, and where a value came from."""

from collections.abc import Iterator
from typing import Any

import msgspec

from engine.events import MapConfirmed, RecordExtracted, WriteApplied, WriteIntended
from engine.migration import Migration
from engine.times import rfc3339
from engine.view import Part
from eventstore.codec import Recorded


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """A question to the log; empty parts do not restrict. `ref` is "entity/id"; times are microseconds, UTC."""

    object: str = ""
    key: str = ""
    ref: str = ""
    kind: str = ""
    actor: str = ""
    since: int | None = None
    until: int | None = None
    after: int = 0
    limit: int = 0

    def run(self, migration: Migration) -> Iterator[dict[str, Any]]:
        """The events that fit, oldest first, with their bodies opened."""
        obj, key = self.object or None, self.key or None
        if self.ref:
            entity, _, id = self.ref.partition("/")
            part = migration.view.by_id(migration.target, entity, id)
            if part is None:
                return
            obj, key = part.object, part.key
        log = migration.journal.log
        left = self.limit or None
        for recorded in log.read(after=self.after, kinds=[self.kind] if self.kind else (), object=obj, key=key):
            if self._fits(recorded):
                yield line(recorded, log.open(recorded))
                left = None if left is None else left - 1
                if left == 0:
                    return

    def _fits(self, recorded: Recorded) -> bool:
        return (
            (not self.actor or recorded.actor == self.actor)
            and (self.since is None or recorded.at >= self.since)
            and (self.until is None or recorded.at <= self.until)
        )


def line(recorded: Recorded, body: dict[str, Any] | None) -> dict[str, Any]:
    """One event as the contract shows it."""
    return {
        "position": recorded.position,
        "at": rfc3339(recorded.at),
        "kind": recorded.kind,
        "actor": recorded.actor,
        "object": recorded.object,
        "key": recorded.key,
        "cause": recorded.cause,
        "body": recorded.data() | {"erased": True} if body is None else body,
    }


def why_of(migration: Migration, entity: str, id: str, field: str) -> dict[str, Any] | None:
    """Where a destination record, or one value of it, came from: extraction, map version, write. None: not ours."""
    part = migration.view.by_id(migration.target, entity, id)
    link = migration.view.links(migration.target, alive_only=False).get(part) if part else None
    if part is None or link is None:
        return None
    write = _write(migration, part, link.intent, field)
    steps = []
    if write is not None:
        intent, body = write
        extraction = migration.journal.log.at(intent.cause) if intent.cause else None
        steps += _source_steps(migration, extraction)
        steps += _map_steps(migration, body.map_version)
        value = f" {field} = {body.fields.get(_key(migration, entity, field))!r}" if field else ""
        steps.append(_step(intent, f"intended to {body.action} {entity} {body.id or ''}".rstrip() + value))
        for outcome in migration.journal.log.read(after=intent.position, object=part.object, key=part.key):
            if outcome.cause == intent.position:
                steps.append(_step(outcome, f"{outcome.kind}: {entity} {id}"))
    return {"entity": entity, "id": id, "field": field, "object": part.object, "key": part.key, "steps": steps}


def _write(migration: Migration, part: Part, newest: int, field: str) -> tuple[Recorded, WriteIntended] | None:
    """The newest applied intent that wrote the field (or the newest at all)."""
    journal = migration.journal
    key = _key(migration, part.entity, field)
    applied = [
        body.intent
        for recorded in journal.log.read(kinds=["WriteApplied"], object=part.object, key=part.key)
        if (body := journal.body(recorded, WriteApplied)) and body.entity == part.entity
    ]
    for position in reversed(applied or [newest]):
        intent = journal.at(position, WriteIntended) if position else None
        if intent and (not field or key in intent.fields):
            return journal.log.at(position), intent
    return None


def _key(migration: Migration, entity: str, field: str) -> str:
    """A field by its key, or by the label of a custom field."""
    link = migration.view.links(migration.target).get(Part("field", "Field", f"{entity}/{field}"))
    return link.id.rpartition("/")[2] if link else field


def _source_steps(migration: Migration, extraction: Recorded | None) -> list[dict[str, Any]]:
    if extraction is None or extraction.kind != "RecordExtracted":
        return []
    body = migration.journal.body(extraction, RecordExtracted)
    step = _step(
        extraction, f"extracted {extraction.object} {extraction.key} from {body.where if body else '(erased)'}"
    )
    return [step | {"values": body.values if body else None}]


def _map_steps(migration: Migration, version: int) -> list[dict[str, Any]]:
    for recorded, body in migration.journal.bodies(MapConfirmed):
        if body.version == version:
            return [_step(recorded, f"confirmed map version {version}")]
    return []


def _step(recorded: Recorded, text: str) -> dict[str, Any]:
    return {"position": recorded.position, "at": rfc3339(recorded.at), "actor": recorded.actor, "text": text}
