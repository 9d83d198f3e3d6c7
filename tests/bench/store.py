"""What the log costs over the bare database: append against executemany into the same table, taken in turns."""

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from eventstore.codec import Event
from eventstore.log import Log
from eventstore.store import migrate, open_engine

ROUNDS = 5
_COLUMNS = ("migration", "position", "event_id", "kind", "at", "actor", "object", "key", "cause", "body", "digest")


class Rates(msgspec.Struct, frozen=True):
    """Rows and events a second, the best round of each."""

    raw: float
    append: float


def measure(folder: Path, events: int, batch: int) -> Rates:
    """Both rates; every round writes to files of its own, with the same indexes and durability."""
    folder.mkdir(parents=True)
    made = [_event(number) for number in range(events)]
    raw = append = 0.0
    for number in range(ROUNDS):
        raw = max(raw, events / _timed(_raw, folder / f"raw{number}.db", made, batch))
        append = max(append, events / _timed(_append, folder / f"log{number}.db", made, batch))
    return Rates(raw, append)


def _event(number: int) -> Event:
    """An event of some 600 bytes, as a write has it; its personal part is sealed in a migration and open here."""
    return Event(
        id=f"{number:032x}",
        kind="WriteApplied",
        at=1_780_000_000_000_000 + number,
        actor="bench",
        object="Contact",
        key=f"contact:{number % 1000}",
        body={"target": "production", "entity": "person", "id": str(number), "answer": "x" * 400},
    )


def _timed(
    work: Callable[[Path, list[Event], int], Callable[[], None]], path: Path, made: list[Event], n: int
) -> float:
    run = work(path, made, n)
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


def _append(path: Path, made: list[Event], batch: int) -> Callable[[], None]:
    engine = open_engine(f"sqlite:///{path}")
    migrate(engine)
    log = Log(engine, "bench")

    def run() -> None:
        for start in range(0, len(made), batch):
            log.append(made[start : start + batch])
        engine.dispose()

    return run


def _raw(path: Path, made: list[Event], batch: int) -> Callable[[], None]:
    engine = open_engine(f"sqlite:///{path}")
    migrate(engine)
    engine.dispose()
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("synchronous=FULL", "cache_size=-65536", "wal_autocheckpoint=4000"):
        connection.execute(f"PRAGMA {pragma}")
    insert = f"INSERT INTO events ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"
    rows = [
        (
            "bench",
            n,
            e.id,
            e.kind,
            e.at,
            e.actor,
            e.object,
            e.key,
            None,
            msgspec.json.encode(e.body).decode(),
            b"x" * 32,
        )
        for n, e in enumerate(made, start=1)
    ]

    def run() -> None:
        for start in range(0, len(rows), batch):
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(insert, rows[start : start + batch])
            connection.execute("COMMIT")
        connection.close()

    return run
