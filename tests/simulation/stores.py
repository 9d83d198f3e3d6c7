"""What a play keeps its log in: SQLite as in life, or memory, which costs a tenth. A seed has one story under both."""

import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal, NamedTuple, Protocol

from sqlalchemy import Engine
from sqlalchemy.event import listen
from sqlalchemy.util import LRUCache

from engine.journal import Journal
from engine.state import StateFold
from engine.view import View
from eventstore.codec import Event, Recorded
from eventstore.log import Log
from eventstore.store import open_engine
from tests.engine.world import Bytes
from tests.simulation import plot
from tests.simulation.machine import Machine, Process
from tests.simulation.memory_journal import MemoryJournal
from tests.simulation.memory_log import MemoryLog
from tests.simulation.memory_view import MemoryView

Kind = Literal["memory", "sqlite", "file"]


RAM = Path("/dev/shm")
"""A disk in memory, where there is one: no power fails here, so nothing is learned from waiting for a real one."""


class Mortal(Log):
    """The log of a process, which can die on each side of each commit."""

    machine: Machine
    wrong: list[str]

    def live(self, machine: Machine, wrong: list[str]) -> "Mortal":
        """Begin to be a process's; `wrong` hears of an append under an epoch that is over."""
        self.machine, self.wrong = machine, wrong
        seal = self.vault.seal

        def sealed(events: Sequence[Event]) -> list[str | None]:
            made = seal(events)
            machine.point("keys kept")
            return made

        self.vault.seal = sealed  # type: ignore[method-assign]
        return self

    def append(self, events: Sequence[Event], *, epoch: int | None = None, expect: int | None = None) -> list[Recorded]:
        """As in life; the judge is told who appended under which epoch."""
        machine = self.machine
        machine.point("before a commit")
        made = super().append(events, epoch=epoch, expect=expect)
        for event in made:
            machine.tell(event.kind, event.position, event.object, event.key)
        if epoch is not None and epoch != self.head().epoch:
            self.wrong.append(f"appended at {made[-1].position} under epoch {epoch}, which is over")
        machine.point("after a commit")
        return made

    def take(self) -> int:
        """As in life."""
        self.machine.point("before taking")
        epoch = super().take()
        self.machine.tell("epoch", epoch)
        self.machine.point("after taking")
        return epoch


class MortalInMemory(Mortal, MemoryLog):
    """The same, over a log in memory."""


class Opening(NamedTuple):
    """Who opens the log: see `Mortal.live` and `engine.journal.Journal`."""

    machine: Machine
    wrong: list[str]
    actor: str
    now: Callable[[], int]
    new_id: Callable[[], str]


class Store(Protocol):
    """Where the log of a play is, whatever becomes of its processes."""

    def journal(self, of: Opening) -> Journal:
        """The journal of a process that opens the log."""
        ...

    def view(self) -> View:
        """The read models, as a process asks them."""
        ...

    def ended(self, process: Process) -> None:
        """A process is gone."""
        ...

    def close(self) -> None:
        """Nothing is needed any more."""
        ...


class InSqlite:
    """A database in memory, by the real store."""

    def __init__(self, point: plot.Point) -> None:
        self.engine = open_engine("sqlite://")
        self.entropy = Bytes()
        with self.engine.connect() as connection:
            raw: Any = connection.connection.driver_connection
            raw.deserialize(point.log)
            raw.deserialize(point.keys, name="vault")

    def journal(self, of: Opening) -> Journal:
        """Over the store's own log."""
        log = Mortal(self.engine, plot.MIGRATION, folds=[StateFold()], entropy=self.entropy)
        return Journal(log.live(of.machine, of.wrong), actor=of.actor, now=of.now, new_id=of.new_id)

    def view(self) -> View:
        """By SQL."""
        return View(self.engine, plot.MIGRATION)

    def ended(self, process: Process) -> None:
        """They share a connection."""

    def close(self) -> None:
        """Close the connection."""
        self.engine.dispose()


_COMPILED: Any = LRUCache(1000)
"""SQL that was compiled once: hundreds of thousands of processes ask for the same. Each its own, in life."""


class InFile:
    """A database on disk, opened anew by each process, as in life."""

    def __init__(self, point: plot.Point) -> None:
        self.folder = TemporaryDirectory(prefix="cutover-simulation-", dir=RAM if RAM.is_dir() else None)
        self.entropy = Bytes()
        file = Path(self.folder.name) / "cutover.db"
        file.write_bytes(point.log)
        file.with_suffix(".keys").write_bytes(point.keys)
        self.url = f"sqlite:///{file}"
        self._engines: dict[Process | None, Engine] = {}
        self._open: dict[Process | None, list[sqlite3.Connection]] = {}

    def journal(self, of: Opening) -> Journal:
        """Over the store's own log."""
        log = Mortal(self._engine(of.machine.current), plot.MIGRATION, folds=[StateFold()], entropy=self.entropy)
        return Journal(log.live(of.machine, of.wrong), actor=of.actor, now=of.now, new_id=of.new_id)

    def view(self) -> View:
        """By SQL, of the process that asked for the journal last."""
        return View(next(reversed(self._engines.values())), plot.MIGRATION)

    def ended(self, process: Process) -> None:
        """As the system does it when a process is gone: its files are closed, and what was under way is undone."""
        for connection in self._open.pop(process, []):
            connection.close()
        self._engines.pop(process, None)

    def close(self) -> None:
        """Away with the files."""
        for process in list(self._engines):
            self.ended(process)  # type: ignore[arg-type]
        self.folder.cleanup()

    def _engine(self, process: Process | None) -> Engine:
        engine = self._engines[process] = open_engine(self.url)
        engine._compiled_cache = _COMPILED
        opened = self._open.setdefault(process, [])
        listen(engine, "connect", lambda connection, _: opened.append(connection))
        return engine


class InMemory:
    """Lists and dictionaries."""

    def __init__(self, point: plot.Point) -> None:
        self.store = point.memory.copy()
        self.entropy = Bytes()

    def journal(self, of: Opening) -> Journal:
        """Over the log in memory."""
        log = MortalInMemory(self.store, self.entropy)
        log.live(of.machine, of.wrong)
        return MemoryJournal(log, actor=of.actor, now=of.now, new_id=of.new_id)

    def view(self) -> View:
        """By dictionary."""
        return MemoryView(self.store)

    def ended(self, process: Process) -> None:
        """There is nothing to close."""

    def close(self) -> None:
        """There is nothing to close."""

    def lose(self, commits: int) -> int:
        """See `MemoryStore.lose`."""
        return self.store.lose(commits)


STORES: dict[Kind, Callable[[plot.Point], Store]] = {"memory": InMemory, "sqlite": InSqlite, "file": InFile}
