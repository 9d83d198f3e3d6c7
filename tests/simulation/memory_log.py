"""The log in memory: all that `eventstore.log` does, with lists and dictionaries in the place of a database.

The protocol of an append (fencing, repetition, causes, digests), the codec, the seal, the chain and the fold are the
real code; only the statements are answered here.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import msgspec
from sqlalchemy import select

from engine.events import Body
from engine.state import StateFold, fold
from eventstore import marks, proof
from eventstore.codec import Recorded
from eventstore.folding import Difference
from eventstore.log import Head, Log
from eventstore.marks import Mark
from eventstore.proof import Chain
from eventstore.tables import keys
from eventstore.vault import Vault
from eventstore.verify import Verified, follow
from tests.simulation.memory_rows import MemoryRows

Opened = dict[tuple[bytes, type[Body]], Body | None]
"""Bodies by the digest of their event, which no other event has, and by kind."""


class MemoryStore:
    """What is there when every process is gone: one log, its read models, its keys.

    What was read of it is kept, too (`opened`): bodies are frozen. Up to `start` it is shared by the plays of a point.
    """

    def __init__(self, migration: str) -> None:
        self.migration = migration
        self.events: list[Recorded] = []
        self.ids: dict[str, int] = {}
        self.kinds: defaultdict[str, list[Recorded]] = defaultdict(list)
        self.head = Head(0, proof.genesis(migration), 0)
        self.heads = [self.head]
        self.rows = MemoryRows(migration)
        self.marks: dict[str, Mark] = {}
        self.keys: dict[str, bytes | None] = {}
        self.start = 0
        self.opened: Opened = {}
        self.opened_before: Opened = {}

    def keep(self, batch: Sequence[Recorded]) -> None:
        """Take in events that follow the last one."""
        self.events += batch
        self.ids |= {event.id: event.position for event in batch}
        for event in batch:
            self.kinds[event.kind].append(event)
        self.marks |= {mark.name: mark for mark in (marks.mark(e) for e in batch if e.kind == marks.KIND)}
        self.head = msgspec.structs.replace(self.head, position=batch[-1].position, digest=batch[-1].digest)
        fold(self.rows, batch)
        self.heads.append(self.head)

    def lose(self, commits: int) -> int:
        """As a power cut leaves a store that is not durable: without its last commits. How many events are gone."""
        kept = self.heads[: max(1, len(self.heads) - commits)]
        lost = self.events[kept[-1].position :]
        anew = MemoryStore(self.migration)
        anew.keep(self.events[: kept[-1].position])
        anew.rows.changes = self.rows.changes + Counter(list(anew.rows.tables))
        self.events, self.ids, self.kinds, self.marks = anew.events, anew.ids, anew.kinds, anew.marks
        self.rows, self.head, self.heads = anew.rows, kept[-1], kept
        return len(lost)

    def copy(self) -> "MemoryStore":
        """The same, to go on with."""
        other = MemoryStore(self.migration)
        other.events, other.ids, other.head = list(self.events), dict(self.ids), self.head
        other.kinds = defaultdict(list, {kind: list(events) for kind, events in self.kinds.items()})
        other.rows, other.marks, other.keys = self.rows.copy(), dict(self.marks), dict(self.keys)
        other.start, other.opened_before, other.heads = self.head.position, self.opened, [self.head]
        return other


def remembered(log: Log) -> MemoryStore:
    """What a log in a database holds."""
    store = MemoryStore(log.migration)
    store.keep(list(log.read()))
    store.head = log.head()
    with log._engine.connect() as connection:
        found = connection.execute(select(keys.c.subject, keys.c.key).where(keys.c.migration == log.migration))
        store.keys = {row.subject: row.key for row in found}
    return store


class MemoryVault(Vault):
    """Its keys are in a dictionary; the seal is the real one."""

    def __init__(self, store: MemoryStore, entropy: Callable[[int], bytes]) -> None:
        self._store = store
        self._migration = store.migration
        self._entropy = entropy
        self._pepper = b""

    def _find(self, names: Iterable[str]) -> dict[str, bytes | None]:
        return {name: self._store.keys[name] for name in names if name in self._store.keys}

    def _keep(self, rows: Sequence[Mapping[str, Any]]) -> None:
        for row in rows:
            self._store.keys.setdefault(row["subject"], row["key"])

    def _bar(self, name: str) -> None:
        self._store.keys[name] = None
        self._store.opened, self._store.opened_before = {}, {}

    def _scrub(self) -> None: ...


class MemoryLog(Log):
    """A process's access to a log in memory. Transactions need no isolation: processes take turns between them."""

    def __init__(self, store: MemoryStore, entropy: Callable[[int], bytes]) -> None:
        self.store = store
        self.migration = store.migration
        self.vault = MemoryVault(store, entropy)
        self._sleep = _no_sleep

    # --- statements ------------------------------------------------------------------------------------------------

    def _reading(self) -> AbstractContextManager[Any]:
        return nullcontext()

    def _writing(self) -> AbstractContextManager[Any]:
        return nullcontext()

    def _read_head(self, _connection: Any, *, lock: bool = False) -> Head:
        return self.store.head

    def _raise_epoch(self, _connection: Any) -> int:
        head = self.store.head
        self.store.head = msgspec.structs.replace(head, epoch=head.epoch + 1)
        self.store.heads.append(self.store.head)
        return head.epoch + 1

    def _by_id(self, _connection: Any, ids: Iterable[str]) -> dict[str, Recorded]:
        store = self.store
        return {id: store.events[store.ids[id] - 1] for id in ids if id in store.ids}

    def _by_position(self, _connection: Any, positions: Iterable[int]) -> dict[int, Recorded]:
        events = self.store.events
        return {p: events[p - 1] for p in positions if 0 < p <= len(events)}

    def _keep(self, _connection: Any, _head: Head, batch: Sequence[Recorded]) -> None:
        self.store.keep(batch)

    # --- reading ---------------------------------------------------------------------------------------------------

    def head(self) -> Head:
        """Where the log ends now."""
        return self.store.head

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
        """The events after a position, up to another (included), that fit all filters; by position, at most `limit`."""
        end = self.store.head.position if until is None else until
        if not kinds:
            found = self.store.events[after:end]
        elif len(kinds) == 1:
            found = [e for e in self.store.kinds.get(kinds[0], ()) if after < e.position <= end]
        else:
            found = [e for e in self.store.events[after:end] if e.kind in kinds]
        if object is not None:
            found = [e for e in found if e.object == object]
        if key is not None:
            found = [e for e in found if e.key == key]
        if newest_first:
            found.reverse()
        yield from found[:limit]

    def find_time(self, at: int) -> int:
        """The last position whose event happened at or before a time; 0 where there is none."""
        return max((e.position for e in self.store.events if e.at <= at), default=0)

    def marks(self) -> list[Mark]:
        """The checkpoints by position, then name."""
        return sorted(self.store.marks.values(), key=lambda mark: (mark.position, mark.name))

    # --- proof and read models -------------------------------------------------------------------------------------

    def verify(self, *, after: int = 0) -> Verified:
        """The chain recomputed from the events, compared with each digest and with the head."""
        before = self._by_position(None, proof.peaks(after))
        chain = Chain({p: e.digest for p, e in before.items()} | {0: proof.genesis(self.migration)})
        head = self.store.head
        return follow(chain, self.migration, self.store.events[after:], head.position, head.digest)

    def rebuild(self, *, check: bool = False) -> list[Difference]:
        """Folds the read models from zero; the rows that this changed. `check`: everything stays as it was."""
        anew = MemoryRows(self.migration)
        fold(anew, self.store.events)
        found = [
            Difference(fold=StateFold.name, table=name, key={"key": key}, old=old.get(key), new=rows.get(key))  # type: ignore[arg-type]
            for name, rows in anew.tables.items()
            for old in [self.store.rows.tables[name]]
            for key in old.keys() | rows.keys()
            if old.get(key) != rows.get(key)
        ]
        if not check:
            anew.changes = self.store.rows.changes + Counter(list(anew.tables))
            self.store.rows = anew
        return found


def _no_sleep(_seconds: float) -> None:
    raise AssertionError("a commit in memory is never in doubt")
