"""Files that lie in a database: how a record names one, and its bytes, a piece at a time."""

import io
import sqlite3
from collections.abc import Callable, Generator
from typing import Any, BinaryIO, cast
from urllib.parse import quote, unquote

from sqlalchemy import Connection, func, literal, literal_column, select
from sqlalchemy.exc import SQLAlchemyError

from adapters.sources.sql.columns import Column, raw, selected
from adapters.sources.sql.keys import condition
from adapters.sources.sql.layout import Table
from adapters.sources.sql.readonly import Database

PIECE_BYTES = 1 << 20
"""How much of a file is asked for at once."""

_SQL_SERVER_PIECE_BYTES = 8_000


def reference(table: str, column: str, id: str) -> str:
    """What a field of the kind file holds: "table/column/key", percent-encoded; nothing for a row without a key."""
    return "/".join(quote(part, safe=" .,-_|@") for part in (table, column, id)) if id else ""


def parts(reference: str) -> tuple[str, str, str]:
    """Table, column and key of a reference. Raises FileNotFoundError for another text."""
    found = [unquote(part) for part in reference.split("/")]
    if len(found) != 3 or not all(found):
        raise FileNotFoundError(f"{reference!r} names no file of a database: that is table/column/key.")
    return found[0], found[1], found[2]


def opened(database: Database, source: Any, table: Table, column: Column, id: str) -> BinaryIO:
    """A file's content. `source`: the table as SQL names it. Raises FileNotFoundError where there is none."""
    dialect = database.engine.dialect.name
    where = f"{table.name} {id}, column {column.name}"
    try:
        whose = condition(id, [table.column(name) for name in table.key], dialect)
    except (ValueError, ArithmeticError):
        raise FileNotFoundError(f"{table.name} has no row {id!r}.") from None
    doing = f"reading the file of {where}"
    with database.reading(doing) as connection:
        there = connection.execute(select(*selected((column,), dialect)).select_from(source).where(whose)).first()
    if there is None:
        raise FileNotFoundError(f"{table.name} has no row {id} any more.")
    if not there[0]:
        raise FileNotFoundError(f"{where}: there is no file in it any more.")
    connection = database.connected(doing)
    blob = _blob(connection, source, table, column, whose) if dialect == "sqlite" else None
    if blob is not None:
        return _reader(_read(blob), connection)
    size = _SQL_SERVER_PIECE_BYTES if dialect == "mssql" else PIECE_BYTES
    pieces = _pieces(connection, select_piece(source, column, whose, dialect), size)
    return _reader(_said(database, pieces, where), connection)


def select_piece(source: Any, column: Column, whose: Any, dialect: str) -> Callable[[int, int], Any]:
    """The statement for a piece of a file, by its first byte (from 1) and its length."""
    part = func.substr if dialect in ("sqlite", "oracle") else func.substring
    return lambda start, size: select(part(raw(column), literal(start), literal(size))).select_from(source).where(whose)


def _read(blob: sqlite3.Blob) -> Generator[bytes, None, None]:
    with blob:
        while piece := blob.read(PIECE_BYTES):
            yield piece


def _said(database: Database, pieces: Generator[bytes, None, None], where: str) -> Generator[bytes]:
    with database.saying(f"reading the file of {where}"):
        yield from pieces


def _pieces(connection: Connection, statement: Callable[[int, int], Any], size: int) -> Generator[bytes, None, None]:
    start = 1
    while True:
        value = connection.execute(statement(start, size)).scalar()
        piece = value.encode() if isinstance(value, str) else bytes(value or b"")
        if not piece:
            return
        yield piece
        if len(piece) < size:
            return
        start += size


def _blob(connection: Connection, source: Any, table: Table, column: Column, whose: Any) -> sqlite3.Blob | None:
    """SQLite's own handle of a large value, which is never in memory whole; None where the table has no row numbers."""
    try:
        number: int = connection.execute(select(literal_column("rowid")).select_from(source).where(whose)).scalar_one()
        driver = cast("sqlite3.Connection", connection.connection.dbapi_connection)
        return driver.blobopen(table.place[1], column.name, number, readonly=True, name=table.place[0] or "main")
    except (SQLAlchemyError, sqlite3.Error):
        return None


class _Stream(io.RawIOBase):
    """Pieces as one file; lets go of its connection when it is closed."""

    def __init__(self, pieces: Generator[bytes, None, None], connection: Connection) -> None:
        super().__init__()
        self._pieces = pieces
        self._connection = connection
        self._left = b""

    def readable(self) -> bool:
        """It is for reading."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer as far as the present piece goes."""
        if not self._left:
            self._left = next(self._pieces, b"")
        taken = self._left[: len(buffer)]
        self._left = self._left[len(taken) :]
        buffer[: len(taken)] = taken
        return len(taken)

    def close(self) -> None:
        """Close the file and its connection."""
        if not self.closed:
            self._pieces.close()
            self._connection.close()
        super().close()


def _reader(pieces: Generator[bytes, None, None], connection: Connection) -> BinaryIO:
    return io.BufferedReader(_Stream(pieces, connection), buffer_size=1 << 16)
