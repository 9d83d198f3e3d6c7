"""Rows of the table `events`, in and out: many rows a statement on SQLite, binary COPY on PostgreSQL."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection, Select, select

from eventstore.codec import Recorded
from eventstore.tables import events

PAGE = 1000
"""Events read with one statement."""

_columns = tuple(events.c)
_names = ", ".join(f'"{column.name}"' for column in _columns)
_types = ["int8" if column.name in ("position", "at", "cause") else "text" for column in _columns[:-1]] + ["bytea"]

# One row a statement costs SQLite twice as much; 50 rows are 550 of the 32,766 parameters that it takes.
_ROWS = 50

T = TypeVar("T")


def batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """The items in lists of at most `size`."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch


def insert(connection: Connection, migration: str, recorded: Sequence[Recorded]) -> None:
    """Inserts events as they are."""
    rows = [
        (migration, e.position, e.id, e.kind, e.at, e.actor, e.object, e.key, e.cause, e.body, e.digest)
        for e in recorded
    ]
    if connection.dialect.name == "postgresql":
        _copy(connection, rows)
        return
    for batch in batches(rows, _ROWS):
        values = ", ".join([f"({', '.join('?' * len(_columns))})"] * len(batch))
        parameters = tuple(value for row in batch for value in row)
        connection.exec_driver_sql(f"INSERT INTO events ({_names}) VALUES {values}", parameters)  # noqa: S608 - our names


def _copy(connection: Connection, rows: list[tuple[Any, ...]]) -> None:
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY events ({_names}) FROM STDIN (FORMAT BINARY)") as copy:
        copy.set_types(_types)
        for row in rows:
            copy.write_row(row)


def query(migration: str) -> Select[Any]:
    """Selects the events of a migration, in the columns that `recorded` takes."""
    return select(*_columns[1:]).where(events.c.migration == migration).execution_options(binary=True)


def recorded(row: Sequence[Any]) -> Recorded:
    """The event of a row that `query` selected."""
    return Recorded(
        position=row[0],
        id=row[1],
        kind=row[2],
        at=row[3],
        actor=row[4],
        object=row[5],
        key=row[6],
        cause=row[7],
        body=row[8],
        digest=row[9],
    )


def by_id(connection: Connection, migration: str, ids: Iterable[str]) -> dict[str, Recorded]:
    """The recorded events among these ids, by id."""
    found = {}
    for batch in batches(ids, PAGE):
        for row in connection.execute(query(migration).where(events.c.event_id.in_(batch))):
            found[row[1]] = recorded(row)
    return found


def by_position(connection: Connection, migration: str, positions: Iterable[int]) -> dict[int, Recorded]:
    """The recorded events among these positions, by position."""
    found = {}
    for batch in batches(positions, PAGE):
        for row in connection.execute(query(migration).where(events.c.position.in_(batch))):
            found[row[0]] = recorded(row)
    return found


def pages(connection: Connection, migration: str, after: int, until: int) -> Iterator[list[Recorded]]:
    """The events after one position up to another, in order, a page at a time, within the connection's transaction."""
    while after < until:
        at = query(migration).where(events.c.position > after, events.c.position <= until)
        page = [recorded(row) for row in connection.execute(at.order_by(events.c.position).limit(PAGE))]
        if not page:
            return
        yield page
        after = page[-1].position
