"""Checkpoints: a name for a position, recorded as an event and folded into a small table."""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, insert, select

from eventstore.codec import Event, Recorded
from eventstore.tables import marks

KIND = "CheckpointMarked"
"""The kind of the events that mark a checkpoint: `{"name", "position", "digest" (hex)}`."""


class Mark(msgspec.Struct, frozen=True):
    """A checkpoint: its name, the position that it names, the log's digest there, and when it was set."""

    name: str
    position: int
    digest: bytes
    at: int


def event(mark: Mark, *, id: str, actor: str) -> Event:
    """The event that records a checkpoint."""
    body = {"name": mark.name, "position": mark.position, "digest": mark.digest.hex()}
    return Event(id=id, kind=KIND, at=mark.at, actor=actor, body=body)


def mark(recorded: Recorded) -> Mark:
    """The checkpoint that an event recorded."""
    body: dict[str, Any] = recorded.data()
    return Mark(body["name"], body["position"], bytes.fromhex(body["digest"]), recorded.at)


class Marks:
    """The fold of the checkpoints: the latest of a name wins."""

    name = "marks"
    version = 1
    tables = (marks,)

    def apply(self, connection: Connection, migration: str, events: Sequence[Recorded]) -> None:
        """Folds the checkpoints among the events."""
        latest = {m.name: m for m in map(mark, (e for e in events if e.kind == KIND))}
        if not latest:
            return
        connection.execute(delete(marks).where(marks.c.migration == migration, marks.c.name.in_(latest)))
        rows = [{"migration": migration, **msgspec.structs.asdict(m)} for m in latest.values()]
        connection.execute(insert(marks), rows)


def read(connection: Connection, migration: str) -> list[Mark]:
    """The checkpoints of a migration in the order of their positions, then names."""
    query = select(marks.c.name, marks.c.position, marks.c.digest, marks.c.at).where(marks.c.migration == migration)
    return [Mark(*row) for row in connection.execute(query.order_by(marks.c.position, marks.c.name))]
