"""The journal: the migration's way into its log, with the clock, the ids and the actor that each event carries."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import tee
from typing import TypeVar

import msgspec

from engine.events import Body
from eventstore.codec import Event, Recorded
from eventstore.errors import Deposed
from eventstore.log import Log

B = TypeVar("B", bound=Body)

Subject = tuple[str, str]
"""(object, key)."""


class Entry(msgspec.Struct, frozen=True):
    """A body about to be recorded, with its subject and cause (a position, or the id of an event in the same batch)."""

    body: Body
    subject: Subject | None = None
    cause: int | str | None = None


class Journal:
    """Appends bodies as events and reads them back as bodies.

    Args:
        log: the migration's log.
        actor: who asks, for every event of this process ("maya", "daemon").
        now: the time in microseconds since the epoch, UTC.
        new_id: a fresh event id at each call.
    """

    def __init__(self, log: Log, *, actor: str, now: Callable[[], int], new_id: Callable[[], str]) -> None:
        self.log = log
        self.actor = actor
        self.now = now
        self.new_id = new_id
        self.epoch: int | None = None

    def own(self) -> int:
        """Own the epoch: the one that was given (a daemon's), else a new one, by which any other owner is deposed.

        Raises Deposed when the epoch that was given is over.
        """
        if self.epoch is None:
            self.epoch = self.log.take()
        self.check_owned()
        return self.epoch

    def check_owned(self) -> None:
        """Raise Deposed when another process has taken the epoch that this one owned."""
        if self.epoch is not None and self.epoch != self.log.head().epoch:
            raise Deposed(f"another process has taken {self.log.migration}: this one stops, and leaves it alone")

    def record(self, body: Body, subject: Subject | None = None, cause: int | str | None = None) -> Recorded:
        """Append one event."""
        return self.record_all([Entry(body, subject, cause)])[0]

    def record_all(self, entries: Sequence[Entry]) -> list[Recorded]:
        """Append a batch in one transaction. Raises Deposed where we owned the epoch and another process has taken it.

        Whoever is deposed leaves everything to the new owner, who may have settled and decided it already.
        """
        if not entries:
            return []
        at = self.now()
        events = [self._event(e, at) for e in entries]
        return self.log.append(events, epoch=self.epoch)

    def _event(self, entry: Entry, at: int) -> Event:
        body = msgspec.to_builtins(entry.body)
        sealed = {k: body.pop(k) for k in sorted(entry.body.SEALED) if body.get(k) not in (None, {}, [], "")}
        for k in entry.body.SEALED:
            body.pop(k, None)
        obj, key = entry.subject or (None, None)
        return Event(
            id=self.new_id(),
            kind=type(entry.body).__name__,
            at=at,
            actor=self.actor,
            body=body,
            sealed=sealed,
            object=obj,
            key=key,
            cause=entry.cause,
        )

    def body(self, recorded: Recorded, kind: type[B]) -> B | None:
        """The body of a recorded event; None when its subject was erased."""
        data = self.log.open(recorded)
        return None if data is None else msgspec.convert(data, kind)

    def bodies(self, kind: type[B], *, after: int = 0, newest_first: bool = False) -> Iterator[tuple[Recorded, B]]:
        """Every event of a kind with its body, in order; erased ones are left out."""
        events = self.log.read(after=after, kinds=[kind.__name__], newest_first=newest_first)
        for recorded, body in self.open_all(events, kind):
            if body is not None:
                yield recorded, body

    def open_all(self, events: Iterable[Recorded], kind: type[B]) -> Iterator[tuple[Recorded, B | None]]:
        """Recorded events of a kind with their bodies (None: erased), in order; the vault is asked once for many."""
        mine, theirs = tee(events)
        for recorded, data in zip(mine, self.log.open_many(theirs), strict=True):
            yield recorded, None if data is None else msgspec.convert(data, kind)

    def latest(self, kind: type[B]) -> tuple[Recorded, B] | None:
        """The newest event of a kind."""
        return next(self.bodies(kind, newest_first=True), None)

    def at(self, position: int, kind: type[B]) -> B | None:
        """The body at a position; None when its subject was erased."""
        return self.body(self.log.at(position), kind)
