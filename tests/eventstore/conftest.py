"""What the tests of the log share."""

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import BigInteger, Column, Connection, Engine, MetaData, Table, Text, delete, insert, select

from eventstore.codec import Event, Recorded
from eventstore.log import Log

tallies = Table(
    "tallies",
    MetaData(),
    Column("migration", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("events", BigInteger, nullable=False),
)


class Tally:
    """A read model for the tests: how many events there are of each kind."""

    name = "tally"
    tables: Sequence[Table] = (tallies,)

    def __init__(self, version: int = 1) -> None:
        self.version = version

    def apply(self, connection: Connection, migration: str, events: Sequence[Recorded]) -> None:
        """Counts the events; a kind called Poison cannot be folded."""
        counts = tally(connection, migration)
        for event in events:
            if event.kind == "Poison":
                raise RuntimeError("cannot be folded")
            counts[event.kind] = counts.get(event.kind, 0) + self.version
        connection.execute(delete(tallies).where(tallies.c.migration == migration))
        connection.execute(
            insert(tallies), [{"migration": migration, "kind": k, "events": n} for k, n in counts.items()]
        )


def tally(connection: Connection, migration: str = "acme") -> dict[str, int]:
    """The rows of the read model."""
    query = select(tallies.c.kind, tallies.c.events).where(tallies.c.migration == migration)
    return {row.kind: row.events for row in connection.execute(query)}


@pytest.fixture
def tally_engine(engine: Engine) -> Engine:
    """A store that also has the table of the test's read model."""
    tallies.create(engine)
    return engine


@pytest.fixture
def log(engine: Engine) -> Log:
    """An empty log."""
    return Log(engine, "acme")


def make(id: str, kind: str = "Noted", **members: Any) -> Event:
    """An event with what matters to a test; the rest is plain."""
    return Event(**{"id": id, "kind": kind, "at": 1_000_000, "actor": "test", **members})


def several(count: int, prefix: str = "e", **members: Any) -> list[Event]:
    """Events e1, e2, ... each with its number in the body."""
    return [make(f"{prefix}{n}", body={"n": n}, **members) for n in range(1, count + 1)]
