"""Read models: folds over the log, kept in SQL in the transaction of the append, and rebuilt from zero at will."""

from collections.abc import Sequence
from typing import Any, Protocol

import msgspec
from sqlalchemy import Connection, Table, delete, insert, select, text, update

from eventstore import rows
from eventstore.codec import Recorded
from eventstore.errors import FoldOutdated
from eventstore.tables import folds


class Fold(Protocol):
    """A read model.

    `version` rises whenever the same events would give other rows. Every table has a `migration` column as the first
    part of its primary key, and belongs to this fold alone. A fold reads and writes nothing but those tables.
    """

    @property
    def name(self) -> str:
        """The name of the read model, unique in the store."""
        ...

    @property
    def version(self) -> int:
        """The version of the fold."""
        ...

    @property
    def tables(self) -> Sequence[Table]:
        """Its tables, each before those that refer to it."""
        ...

    def apply(self, connection: Connection, migration: str, events: Sequence[Recorded]) -> None:
        """Folds a batch, in order, into the tables; an error takes the whole append back."""
        ...


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One row that a rebuild changes: `old` as it stood (None: missing), `new` as the log says (None: too many)."""

    fold: str
    table: str
    key: dict[str, Any]
    old: dict[str, Any] | None
    new: dict[str, Any] | None


def current(connection: Connection, migration: str, models: Sequence[Fold], head: int) -> bool:
    """Whether every read model has seen the whole log, under the fold's present version."""
    states = _states(connection, migration)
    return all(states.get(fold.name) == (fold.version, head) for fold in models)


def catch_up(connection: Connection, migration: str, models: Sequence[Fold], head: int) -> None:
    """Brings read models to the head: one of another version from zero, one that lags from where it stands."""
    states = _states(connection, migration)
    for fold in models:
        version, position = states.get(fold.name, (None, 0))
        if version == fold.version:
            _fold(connection, migration, fold, position, head)
        else:
            _from_zero(connection, migration, fold, head)


def advance(connection: Connection, migration: str, models: Sequence[Fold], batch: Sequence[Recorded]) -> None:
    """Folds a batch that has just been appended; a model that an append without it has left behind catches up first."""
    states = _states(connection, migration)
    for fold in models:
        version, position = states.get(fold.name, (None, 0))
        if version != fold.version:
            raise FoldOutdated(
                f"the read model {fold.name} of {migration} has version {version} in the store and {fold.version} in "
                "this program: another version of the program has opened the log; stop this one, or start it again"
            )
        if position == batch[0].position - 1:
            fold.apply(connection, migration, batch)
            _set_position(connection, migration, fold, batch[-1].position)
        else:
            _fold(connection, migration, fold, position, batch[-1].position)


def rebuild(connection: Connection, migration: str, models: Sequence[Fold], head: int) -> list[Difference]:
    """Folds every read model from zero; what that changed, row by row."""
    found = []
    for fold in models:
        for table in fold.tables:
            _keep(connection, migration, table)
        _from_zero(connection, migration, fold, head)
        for table in fold.tables:
            found += _compare(connection, migration, fold, table)
            connection.execute(text(f"DROP TABLE {_kept(table)}"))
    return found


def _states(connection: Connection, migration: str) -> dict[str, tuple[int, int]]:
    query = select(folds.c.name, folds.c.version, folds.c.position).where(folds.c.migration == migration)
    return {name: (version, position) for name, version, position in connection.execute(query)}


def _from_zero(connection: Connection, migration: str, fold: Fold, head: int) -> None:
    for table in reversed(fold.tables):  # a table may refer to one that stands before it
        connection.execute(delete(table).where(table.c.migration == migration))
    connection.execute(delete(folds).where(folds.c.migration == migration, folds.c.name == fold.name))
    connection.execute(insert(folds).values(migration=migration, name=fold.name, version=fold.version, position=0))
    _fold(connection, migration, fold, 0, head)


def _fold(connection: Connection, migration: str, fold: Fold, after: int, until: int) -> None:
    for page in rows.pages(connection, migration, after, until):
        fold.apply(connection, migration, page)
    _set_position(connection, migration, fold, until)


def _set_position(connection: Connection, migration: str, fold: Fold, position: int) -> None:
    here = folds.c.migration == migration, folds.c.name == fold.name
    connection.execute(update(folds).where(*here).values(position=position))


def _kept(table: Table) -> str:
    return f'"kept_{table.name}"'


def _keep(connection: Connection, migration: str, table: Table) -> None:
    """Copies the migration's rows of a table aside, into a temporary one."""
    statement = f'CREATE TEMPORARY TABLE {_kept(table)} AS SELECT * FROM "{table.name}" WHERE migration = :migration'  # noqa: S608
    connection.execute(text(statement), {"migration": migration})


def _compare(connection: Connection, migration: str, fold: Fold, table: Table) -> list[Difference]:
    """The rows that differ between the kept copy and the table; the database compares, so memory stays flat."""
    new, old = f'SELECT * FROM "{table.name}" WHERE migration = :migration', f"SELECT * FROM {_kept(table)}"  # noqa: S608
    parts = [column.name for column in table.primary_key]
    sides: list[dict[tuple[Any, ...], dict[str, Any]]] = []
    for one, other in ((old, new), (new, old)):
        result = connection.execute(text(f"{one} EXCEPT {other}"), {"migration": migration})
        sides.append({tuple(row[part] for part in parts): dict(row) for row in result.mappings()})
    gone, come = sides
    return [
        Difference(
            fold=fold.name,
            table=table.name,
            key=dict(zip(parts, key, strict=True)),
            old=gone.get(key),
            new=come.get(key),
        )
        for key in {**gone, **come}
    ]
