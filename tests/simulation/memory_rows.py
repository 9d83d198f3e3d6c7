"""The read models' rows in memory: what `engine.rows` asks of a database, asked of dictionaries."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Table

from engine.rows import Row, Test, Where
from engine.tables import TABLES

Key = tuple[Any, ...]

_TESTS: dict[Test, Callable[[Any, Any], bool]] = {
    "is": lambda found, value: found == value,
    "from": lambda found, value: found >= value,
    "below": lambda found, value: found < value,
    "in": lambda found, value: found in value,
}


class MemoryRows:
    """The rows of one migration, by table and primary key. A row is replaced, never changed in place.

    `changes`: how often rows of a table were touched.
    """

    def __init__(self, migration: str) -> None:
        self.migration = migration
        self.tables: dict[str, dict[Key, Row]] = {table.name: {} for table in TABLES}
        self.changes: Counter[str] = Counter()

    def copy(self) -> "MemoryRows":
        """The same rows, to go on with."""
        other = MemoryRows(self.migration)
        other.tables = {name: dict(rows) for name, rows in self.tables.items()}
        other.changes = self.changes.copy()
        return other

    def put(self, table: Table, row: Row) -> None:
        """Insert a row, or replace the one with its primary key."""
        self.changes[table.name] += 1
        self.tables[table.name][_keys(table)(row)] = {"migration": self.migration, **row}

    def add(self, table: Table, rows: Sequence[Row]) -> None:
        """Insert rows that are new."""
        self.changes[table.name] += 1
        there, key = self.tables[table.name], _keys(table)
        for row in rows:
            if key(row) in there:
                raise ValueError(f"{table.name} has a row {key(row)} already")
            there[key(row)] = {"migration": self.migration, **row}

    def first(self, table: Table, *where: Where) -> Row | None:
        """One of the rows that meet the conditions."""
        return next((row for _, row in self._matching(table, where)), None)

    def change(self, table: Table, values: Row, *where: Where) -> None:
        """Set columns of the rows that meet the conditions."""
        self.changes[table.name] += 1
        rows = self.tables[table.name]
        for key, row in list(self._matching(table, where)):
            rows[key] = {**row, **values}

    def remove(self, table: Table, *where: Where) -> None:
        """Delete the rows that meet the conditions."""
        self.changes[table.name] += 1
        rows = self.tables[table.name]
        for key, _ in list(self._matching(table, where)):
            del rows[key]

    def _matching(self, table: Table, where: Sequence[Where]) -> Iterator[tuple[Key, Row]]:
        """The rows that meet the conditions; where these name the primary key, it is looked up."""
        rows = self.tables[table.name]
        equal = {column: value for column, test, value in where if test == "is"}
        names = _names(table)
        if equal.keys() >= set(names):
            key = tuple(equal[name] for name in names)
            candidates: Any = [(key, rows[key])] if key in rows else []
        else:
            candidates = rows.items()
        for key, row in candidates:
            if all(_TESTS[test](row[column], value) for column, test, value in where):
                yield key, row


@cache
def _names(table: Table) -> tuple[str, ...]:
    """The primary key, without the migration."""
    return tuple(column.name for column in table.primary_key.columns if column.name != "migration")


@cache
def _keys(table: Table) -> Callable[[Row], Key]:
    names = _names(table)
    if len(names) > 1:
        return itemgetter(*names)
    return lambda row: (row[names[0]],)
