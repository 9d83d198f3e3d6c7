"""The log: append, read, head, marks. The whole public interface of the store."""

import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, inspect, select, text, update

from eventstore import codec, folding, marks, proof, rows
from eventstore.certain import until_known
from eventstore.codec import Event, Recorded
from eventstore.errors import Conflict, Damaged, Deposed, IdTaken, InvalidEvent, NotMigrated, NotRecorded
from eventstore.folding import Difference, Fold
from eventstore.marks import Mark, Marks
from eventstore.proof import Chain, Proof, Step
from eventstore.store import writing
from eventstore.tables import events, heads
from eventstore.vault import Vault, refuse
from eventstore.verify import Verified, verify

_first_head = text(
    "INSERT INTO heads (migration, position, digest, epoch) VALUES (:migration, 0, :digest, 0) ON CONFLICT DO NOTHING"
)


class Head(msgspec.Struct, frozen=True):
    """Where a log ends: its last position (0: empty), the digest there, and the epoch of who may write intents."""

    position: int
    digest: bytes
    epoch: int


class Log:
    """The append-only log of one migration, with its read models and its vault.

    Opening it makes the log where there is none, and brings each read model of `folds` to the head. `entropy` gives the
    vault random bytes for keys; `sleep` waits that many seconds before a transaction whose end nobody told is repeated.
    Safe to share between threads. Raises `NotMigrated`, `KeysMissing`.
    """

    def __init__(
        self,
        engine: Engine,
        migration: str,
        *,
        folds: Sequence[Fold] = (),
        entropy: Callable[[int], bytes] = os.urandom,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        if not inspect(engine).has_table("events"):
            raise NotMigrated(f"the store at {engine.url!r} holds no log: call eventstore.store.migrate first")
        self.migration = migration
        self.vault = Vault(engine, migration, entropy)
        self._engine = engine
        self._sleep = sleep
        self._folds: Sequence[Fold] = (Marks(), *folds)
        if len({fold.name for fold in self._folds}) < len(self._folds):
            raise ValueError("two read models have one name; 'marks' is the store's own")
        self._open()

    def _open(self) -> None:
        """Makes the head and brings the read models to it; a log that has all this is only read."""
        with self._engine.connect() as connection:
            head = self._read_head(connection)
            if head and folding.current(connection, self.migration, self._folds, head.position):
                return
        with writing(self._engine) as connection:
            if head is None:
                first = {"migration": self.migration, "digest": proof.genesis(self.migration)}
                connection.execute(_first_head, first)
            position = self._lock_head(connection).position
            folding.catch_up(connection, self.migration, self._folds, position)

    def __repr__(self) -> str:
        return f"Log({self.migration!r})"

    # --- the head ---------------------------------------------------------------------------------------------------

    def head(self) -> Head:
        """Where the log ends now."""
        with self._engine.connect() as connection:
            return self._must(self._read_head(connection))

    def take(self) -> int:
        """Ends the present epoch and begins the next, which is returned: who appended under the former is deposed."""
        raised = update(heads).where(heads.c.migration == self.migration).values(epoch=heads.c.epoch + 1)

        def work() -> int:
            with writing(self._engine) as connection:
                return int(connection.execute(raised.returning(heads.c.epoch)).scalar_one())

        return until_known(work, self._sleep, f"{self.migration} was taken")

    def _read_head(self, connection: Connection, *, lock: bool = False) -> Head | None:
        query = select(heads.c.position, heads.c.digest, heads.c.epoch).where(heads.c.migration == self.migration)
        row = connection.execute(query.with_for_update() if lock else query).one_or_none()
        return None if row is None else Head(*row)

    def _lock_head(self, connection: Connection) -> Head:
        """The head, which nobody else moves until the transaction ends: appenders wait in line."""
        return self._must(self._read_head(connection, lock=True))

    def _must(self, head: Head | None) -> Head:
        if head is None:
            raise NotMigrated(f"the log {self.migration} has lost its head row: restore the store from its backup")
        return head

    # --- appending --------------------------------------------------------------------------------------------------

    def append(self, events: Sequence[Event], *, epoch: int | None = None, expect: int | None = None) -> list[Recorded]:
        """Records a batch, whole or not at all, and folds it into the read models, in one durable transaction.

        Repeating an append (the same ids and contents) is a no-op that returns what is recorded; so one whose commit
        was not answered is repeated here, until it is known. Appenders wait for each other, so a race is never lost,
        unless `expect` names the position after which alone the batch makes sense: then `Conflict`. `epoch`: the
        caller's, from `take`; `Deposed` when it is over. Also raises `InvalidEvent`, `IdTaken`, `ErasedSubject`,
        `FoldOutdated` and `CommitUnknown`.
        """
        if not events:
            return []
        for event in events:
            codec.check(event)
        ids = [event.id for event in events]
        if len(set(ids)) < len(ids):
            twice = sorted({name for name in ids if ids.count(name) > 1})
            raise InvalidEvent(f"the batch has these ids more than once: {', '.join(twice)}")
        what = f"{len(events)} events were recorded, the first {events[0].id!r} ({events[0].kind})"
        return until_known(lambda: self._append(events, ids, epoch, expect), self._sleep, what)

    def _append(
        self, events: Sequence[Event], ids: Sequence[str], epoch: int | None, expect: int | None
    ) -> list[Recorded]:
        """One attempt; done again, it gives the same bytes under the same ids."""
        sealed = self.vault.seal(events)
        with writing(self._engine) as connection:
            head = self._lock_head(connection)
            if epoch is not None and epoch != head.epoch:
                raise Deposed(
                    f"{self.migration} is in epoch {head.epoch} and this writer in {epoch}: another one has taken the "
                    "log; stop, and leave what is in doubt to it"
                )
            if known := rows.by_id(connection, self.migration, ids):
                self._check_repeated(connection, events, sealed, known)
                return [known[name] for name in ids]
            if expect is not None and expect != head.position:
                raise Conflict(
                    f"{self.migration} ends at {head.position}, not at {expect}: read what is new and decide again"
                )
            batch = self._chain(connection, head, events, sealed)
            self._move_head(connection, head, batch[-1])
            rows.insert(connection, self.migration, batch)
            folding.advance(connection, self.migration, self._folds, batch)
        return batch

    def _chain(
        self, connection: Connection, head: Head, events: Sequence[Event], sealed: Sequence[str | None]
    ) -> list[Recorded]:
        """The events in their stored form, from the head on."""
        chain = self._chain_at(connection, head.position)
        if (chain.position, chain.digest) != (head.position, head.digest):
            raise Damaged(f"the head of {self.migration} is not its last event: nothing is appended; run verify")
        causes = self._causes(connection, events)
        batch: list[Recorded] = []
        for event, secret in zip(events, sealed, strict=True):
            if event.sealed and secret is None:
                raise refuse(event)
            position = chain.position + 1
            recorded = _recorded(event, position, _cause(event, causes, position), codec.encode(event, secret))
            recorded = msgspec.structs.replace(recorded, digest=chain.extend(proof.leaf(self.migration, recorded)))
            causes[event.id] = position
            batch.append(recorded)
        return batch

    def _causes(self, connection: Connection, events: Sequence[Event]) -> dict[str, int]:
        """The positions of the recorded events that these name as their causes by id."""
        own = {event.id for event in events}
        named = {event.cause for event in events if isinstance(event.cause, str)} - own
        found = rows.by_id(connection, self.migration, sorted(named))
        return {name: event.position for name, event in found.items()}

    def _move_head(self, connection: Connection, head: Head, last: Recorded) -> None:
        """The compare-and-swap that keeps the log gapless whatever the database's isolation."""
        here = heads.c.migration == self.migration, heads.c.position == head.position, heads.c.epoch == head.epoch
        moved = connection.execute(update(heads).where(*here).values(position=last.position, digest=last.digest))
        if moved.rowcount != 1:
            raise Conflict(f"the head of {self.migration} has moved on from {head.position}: append again")

    def _check_repeated(
        self,
        connection: Connection,
        events: Sequence[Event],
        sealed: Sequence[str | None],
        known: dict[str, Recorded],
    ) -> None:
        """Raises `IdTaken` unless the batch is recorded already, each event with the same content."""
        if missing := [event.id for event in events if event.id not in known]:
            raise IdTaken(
                f"of this batch {len(known)} ids are recorded and {len(missing)} are not ({missing[0]} is the first): "
                "repeat an append with exactly the events that it had"
            )
        causes = self._causes(connection, events) | {name: event.position for name, event in known.items()}
        for event, secret in zip(events, sealed, strict=True):
            there = known[event.id]
            position = there.position
            given = _recorded(event, position, _cause(event, causes, position), codec.encode(event, secret))
            given = msgspec.structs.replace(given, digest=there.digest)
            erased = bool(event.sealed) and secret is None  # what was sealed cannot be compared any more
            if given != there and not (erased and _without_body(given) == _without_body(there)):
                raise IdTaken(
                    f"the id {event.id!r} is recorded at {position} with other content: give each event its own id"
                )

    # --- reading ----------------------------------------------------------------------------------------------------

    def read(
        self,
        *,
        after: int = 0,
        until: int | None = None,
        kinds: Sequence[str] = (),
        object: str | None = None,
        key: str | None = None,
        newest_first: bool = False,
        limit: int | None = None,
    ) -> Iterator[Recorded]:
        """The events after a position, up to another (included), that fit all filters; by position, at most `limit`.

        What is appended after the reading has begun is not in it. Pages of 1000 in transactions of their own: memory
        stays flat, and no writer waits.
        """
        end = self.head().position if until is None else until
        base = rows.query(self.migration)
        if kinds:
            base = base.where(events.c.kind == kinds[0] if len(kinds) == 1 else events.c.kind.in_(kinds))
        if object is not None:
            base = base.where(events.c.object == object)
        if key is not None:
            base = base.where(events.c.key == key)
        position = events.c.position
        base = base.order_by(position.desc() if newest_first else position)
        while after < end and (limit is None or limit > 0):
            size = rows.PAGE if limit is None else min(limit, rows.PAGE)
            with self._engine.connect() as connection:
                found = connection.execute(base.where(position > after, position <= end).limit(size)).all()
            yield from map(rows.recorded, found)
            if len(found) < size:
                return
            limit = None if limit is None else limit - size
            after, end = (after, found[-1][0] - 1) if newest_first else (found[-1][0], end)

    def at(self, position: int) -> Recorded:
        """The event at a position; raises `NotRecorded`."""
        found = self.many([position])
        if position not in found:
            raise NotRecorded(f"{self.migration} has no event at {position}: it ends at {self.head().position}")
        return found[position]

    def many(self, positions: Iterable[int]) -> dict[int, Recorded]:
        """The events at these positions; positions where nothing is recorded are missing."""
        with self._engine.connect() as connection:
            return rows.by_position(connection, self.migration, positions)

    def open(self, recorded: Recorded) -> dict[str, Any] | None:
        """The whole body, personal part included; None when the key of the subject has been destroyed.

        Raises `KeysMissing` and `SealBroken`. For more than a few events `open_many` asks the vault much less often.
        """
        return next(self.vault.open([recorded]))

    def open_many(self, recorded: Iterable[Recorded]) -> Iterator[dict[str, Any] | None]:
        """`open` for many events, in their order; memory stays flat."""
        return self.vault.open(recorded)

    def find_time(self, at: int) -> int:
        """The last position whose event happened at or before a time (microseconds, UTC); 0 where there is none."""
        query = select(events.c.position).where(events.c.migration == self.migration, events.c.at <= at)
        with self._engine.connect() as connection:
            return connection.execute(query.order_by(events.c.position.desc()).limit(1)).scalar() or 0

    # --- checkpoints ------------------------------------------------------------------------------------------------

    def mark(self, name: str, *, id: str, at: int, actor: str, position: int | None = None) -> Mark:
        """Names a position (None: the head), by an event of its own with this id; repeating it gives the same mark."""
        with self._engine.connect() as connection:
            known = rows.by_id(connection, self.migration, [id]).get(id)
        if known is not None and known.kind == marks.KIND:
            there = marks.mark(known)
            if there.name == name and position in (None, there.position):
                return there
        head = self.head()
        if position is None or position == head.position:
            position, digest = head.position, head.digest
        else:
            digest = self.at(position).digest if position else proof.genesis(self.migration)
        mark = Mark(name, position, digest, at)
        self.append([marks.event(mark, id=id, actor=actor)])
        return mark

    def marks(self) -> list[Mark]:
        """The checkpoints by position; the latest of a name wins."""
        with self._engine.connect() as connection:
            return marks.read(connection, self.migration)

    # --- proof ------------------------------------------------------------------------------------------------------

    def verify(self, *, after: int = 0) -> Verified:
        """Recomputes the chain from the stored bytes and compares it with each digest and with the head.

        With `after`, the events up to there are trusted (say, to a checkpoint whose digest is known from elsewhere).
        """
        return verify(self._engine, self.migration, after)

    def prove(self, position: int) -> Proof:
        """That the event at a position stands in the log as it is now: see `eventstore.proof`; raises `NotRecorded`."""
        head, event = self.head(), self.at(position)
        path = [*proof.route(position, head.position)][::-1]
        near = {q for p in path for q in (p, p - 1, proof.skip(p))}
        there = self.many(sorted(near))
        digests = {p: e.digest.hex() for p, e in there.items()} | {0: proof.genesis(self.migration).hex()}
        steps = []
        for before, p in pairwise(path):
            other = proof.skip(p) if before == p - 1 else p - 1
            leaf = proof.leaf(self.migration, there[p])
            steps.append(Step(position=p, leaf=leaf.hex(), other=digests[other]))
        return Proof(
            migration=self.migration,
            head=head.position,
            digest=head.digest.hex(),
            event=event,
            previous=digests[position - 1],
            skipped=digests[proof.skip(position)],
            steps=tuple(steps),
        )

    def _chain_at(self, connection: Connection, position: int) -> Chain:
        found = rows.by_position(connection, self.migration, proof.peaks(position))
        return Chain({p: e.digest for p, e in found.items()} | {0: proof.genesis(self.migration)})

    # --- read models ------------------------------------------------------------------------------------------------

    def rebuild(self, *, check: bool = False) -> list[Difference]:
        """Folds every read model from zero in one transaction; the rows that this changed, none when all was well.

        `check`: only compare; everything stays as it was.
        """
        with self._engine.execution_options(write=True).connect() as connection, connection.begin() as transaction:
            head = self._lock_head(connection)
            differences = folding.rebuild(connection, self.migration, self._folds, head.position)
            if check:
                transaction.rollback()
        return differences


def _recorded(event: Event, position: int, cause: int | None, body: str) -> Recorded:
    return Recorded(
        position=position,
        id=event.id,
        kind=event.kind,
        at=event.at,
        actor=event.actor,
        object=event.object,
        key=event.key,
        cause=cause,
        body=body,
        digest=b"",
    )


def _cause(event: Event, causes: dict[str, int], position: int) -> int | None:
    """The position of an event's cause; raises `InvalidEvent` unless it is an earlier one."""
    cause = causes.get(event.cause) if isinstance(event.cause, str) else event.cause
    if event.cause is not None and (cause is None or not 0 < cause < position):
        raise InvalidEvent(
            f"event {event.id!r} ({event.kind}) names {event.cause!r} as its cause, which is not recorded before it"
        )
    return cause


def _without_body(recorded: Recorded) -> Recorded:
    return msgspec.structs.replace(recorded, body="")
