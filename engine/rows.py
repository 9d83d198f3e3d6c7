"""Rows: the few things that a fold does to a read model's tables, and how a database does them."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Literal, NamedTuple, Protocol

from sqlalchemy import ColumnElement, Connection, Table, bindparam, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

Row = Mapping[str, Any]

Test = Literal["is", "from", "below", "in"]
"""How a column is compared: equal, at least, less than, one of. Text is compared byte by byte."""


class Where(NamedTuple):
    """A condition on a column. No column that is asked for can be NULL."""

    column: str
    test: Test
    value: Any


def having(**equal: Any) -> tuple[Where, ...]:
    """Conditions: columns that equal values."""
    return tuple(Where(column, "is", value) for column, value in equal.items())


class Rows(Protocol):
    """The rows of one migration. Conditions hold together."""

    def put(self, table: Table, row: Row) -> None:
        """Insert a row, or replace the one with its primary key."""
        ...

    def add(self, table: Table, rows: Sequence[Row]) -> None:
        """Insert rows that are new, with the same columns."""
        ...

    def first(self, table: Table, *where: Where) -> Row | None:
        """One of the rows that meet the conditions."""
        ...

    def change(self, table: Table, values: Row, *where: Where) -> None:
        """Set columns of the rows that meet the conditions."""
        ...

    def remove(self, table: Table, *where: Where) -> None:
        """Delete the rows that meet the conditions."""
        ...


class SqlRows:
    """The rows in a database, within a transaction. A statement is made once for each shape of it."""

    def __init__(self, connection: Connection, migration: str) -> None:
        self._connection = connection
        self._migration = migration
        self._here = {"migration": migration}

    def put(self, table: Table, row: Row) -> None:
        """Insert a row, or replace the one with its primary key."""
        statement = _upsert(self._connection.dialect.name, table, tuple(row))
        self._connection.execute(statement, {**self._here, **row})

    def add(self, table: Table, rows: Sequence[Row]) -> None:
        """Insert rows that are new, with the same columns."""
        self._connection.execute(_insert(table), [{**self._here, **row} for row in rows])

    def first(self, table: Table, *where: Where) -> Row | None:
        """One of the rows that meet the conditions."""
        row = self._connection.execute(_select(table, _shape(where)), self._values(where)).mappings().first()
        return None if row is None else dict(row)

    def change(self, table: Table, values: Row, *where: Where) -> None:
        """Set columns of the rows that meet the conditions."""
        new = {f"new_{column}": value for column, value in values.items()}
        self._connection.execute(_update(table, tuple(values), _shape(where)), self._values(where) | new)

    def remove(self, table: Table, *where: Where) -> None:
        """Delete the rows that meet the conditions."""
        self._connection.execute(_delete(table, _shape(where)), self._values(where))

    def _values(self, where: Sequence[Where]) -> dict[str, Any]:
        return {"w": self._migration} | {f"w{n}": condition.value for n, condition in enumerate(where)}


Shape = tuple[tuple[str, Test], ...]


def _shape(where: Sequence[Where]) -> Shape:
    return tuple((condition.column, condition.test) for condition in where)


# making a statement costs more than running it


@cache
def _upsert(database: str, table: Table, columns: tuple[str, ...]) -> Any:
    dialect: Any = postgresql if database == "postgresql" else sqlite
    keys = [c.name for c in table.primary_key.columns]
    statement = dialect.insert(table).values({c: bindparam(c) for c in ("migration", *columns)})
    values = {c: statement.excluded[c] for c in columns if c not in keys}
    return statement.on_conflict_do_update(index_elements=keys, set_=values)


@cache
def _insert(table: Table) -> Any:
    return insert(table)


@cache
def _select(table: Table, shape: Shape) -> Any:
    return select(table).where(*_conditions(table, shape)).limit(1)


@cache
def _update(table: Table, columns: tuple[str, ...], shape: Shape) -> Any:
    values: dict[str, Any] = {column: bindparam(f"new_{column}") for column in columns}
    return update(table).where(*_conditions(table, shape)).values(values)


@cache
def _delete(table: Table, shape: Shape) -> Any:
    return delete(table).where(*_conditions(table, shape))


def _conditions(table: Table, shape: Shape) -> list[ColumnElement[bool]]:
    made: list[ColumnElement[bool]] = [table.c.migration == bindparam("w")]
    for n, (name, test) in enumerate(shape):
        column: ColumnElement[Any] = table.c[name]
        value: ColumnElement[Any] = bindparam(f"w{n}")
        match test:
            case "is":
                made.append(column == value)
            case "from":
                made.append(column >= value)
            case "below":
                made.append(column < value)
            case "in":
                made.append(column.in_(bindparam(f"w{n}", expanding=True)))
    return made
