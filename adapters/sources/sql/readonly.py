"""Connections that cannot write: the database is told so where it can be, and no statement but a SELECT is sent."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from adapters.sources import UnreadableError
from adapters.sources.sql.address import Address

CONNECT_SECONDS = 15
"""How long a server may take to accept a connection."""

HOW = {
    "sqlite": "the file is opened with mode=ro and PRAGMA query_only",
    "postgresql": "every transaction is REPEATABLE READ, READ ONLY",
    "mysql": "the session's transactions are READ ONLY",
    "mariadb": "the session's transactions are READ ONLY",
    "oracle": "every transaction is READ ONLY",
    "mssql": "ApplicationIntent=ReadOnly is asked for; SQL Server itself has no read-only transactions",
}
"""What keeps writes out on the database's side, by its kind; beside that, the guard here refuses all but SELECT."""

_ON_CONNECT = {
    "mysql": "SET SESSION TRANSACTION READ ONLY",
    "mariadb": "SET SESSION TRANSACTION READ ONLY",
}
_ON_BEGIN = {
    # one form of dates, times and intervals as text, whatever the server's or the role's settings are
    "postgresql": "SET TRANSACTION READ ONLY; SET LOCAL datestyle = 'ISO, YMD'; "
    "SET LOCAL intervalstyle = 'iso_8601'; SET LOCAL timezone = 'UTC'; SET LOCAL bytea_output = 'hex'",
    "oracle": "SET TRANSACTION READ ONLY",
}

_QUOTED = re.compile(
    r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|`(?:[^`]|``)*`|\[[^\]]*\]|--[^\n]*|/\*.*?\*/", re.DOTALL
)  # fmt: skip
_READS = re.compile(r"\(*\s*(SELECT|WITH)\b", re.IGNORECASE)
_SHOWS = re.compile(r"(SHOW|DESCRIBE|DESC)\b", re.IGNORECASE)
_PRAGMA = re.compile(
    r"\s*PRAGMA\s+(?:(?:main|temp)?\s*\.\s*)?(?:table_info|table_xinfo|table_list|index_list|index_info|index_xinfo"
    r"|foreign_key_list|database_list|query_only)\s*(?:\([^)]*\))?\s*;?\s*",
    re.IGNORECASE,
)
_WRITES = re.compile(
    r"(?<![\w$#@.])(INSERT|UPDATE|DELETE|MERGE|REPLACE\s+INTO|INTO|CREATE|DROP|ALTER|TRUNCATE|GRANT|REVOKE|EXEC|EXECUTE|CALL"
    r"|COPY|ATTACH|DETACH|VACUUM|REINDEX|LOCK|SET|ANALYZE)(?![\w$#@])",
    re.IGNORECASE,
)


def refuse_writes(statement: str) -> None:
    """Raise `UnreadableError` for what is no SELECT (nor a question about the schema), or holds a second statement.

    Names and texts in quotes are not looked at; whoever makes a statement quotes every name in it.
    """
    bare = _QUOTED.sub(" ' ", statement)
    rest = bare.strip().rstrip(";")
    if _PRAGMA.fullmatch(bare.replace("'", "")):
        return
    shows = _SHOWS.match(rest)
    if ";" in rest or not (shows or _READS.match(rest)) or (not shows and _WRITES.search(rest)):
        raise UnreadableError(f"A source is only read, so this is not sent: {' '.join(bare.split())[:80]}")


class Database:
    """One database: connections for reading, each of its own, opened when they are needed and closed after.

    `undecodable` counts texts of SQLite that are no UTF-8.
    """

    def __init__(self, address: Address) -> None:
        self.address = address
        self.undecodable = 0
        self._engine: Engine | None = None

    @property
    def engine(self) -> Engine:
        """SQLAlchemy's engine, guarded. Raises `UnreadableError` where the driver is missing."""
        if self._engine is None:
            self._engine = self._opened()
        return self._engine

    @contextmanager
    def reading(self, doing: str) -> Iterator[Connection]:
        """One read-only transaction. Raises errors in words; `doing` says what was tried."""
        engine = self.engine
        with self.saying(doing), engine.connect() as connection:
            yield connection

    def connected(self, doing: str) -> Connection:
        """The same, for a query that stays open; whoever asks closes it."""
        engine = self.engine
        with self.saying(doing):
            return engine.connect()

    @contextmanager
    def saying(self, doing: str) -> Iterator[None]:
        """Turn what a driver throws into errors in words."""
        try:
            yield
        except SQLAlchemyError as error:
            raise self.address.error(error, doing) from None

    def _opened(self) -> Engine:
        url, backend = self.address.url, self.address.backend_named()
        options: dict[str, Any] = {}
        if backend == "sqlite":
            options["creator"] = self._sqlite
        elif backend == "postgresql":
            options |= {"isolation_level": "REPEATABLE READ", "execution_options": {"postgresql_readonly": True}}
            if "connect_timeout" not in url.query:
                options["connect_args"] = {"connect_timeout": CONNECT_SECONDS}
        try:
            engine = create_engine(url, poolclass=NullPool, hide_parameters=True, **options)
        except (NoSuchModuleError, ImportError):
            raise self.address.no_driver() from None
        if statement := _ON_CONNECT.get(engine.dialect.name):
            event.listen(engine, "connect", lambda connection, _record: _run(connection, statement))
        if opening := _ON_BEGIN.get(engine.dialect.name):
            event.listen(engine, "begin", lambda connection: _run(connection.connection, opening))
        event.listen(engine, "before_cursor_execute", _guard)
        return engine

    def _sqlite(self) -> sqlite3.Connection:
        path = self.address.file()
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, check_same_thread=False)
        connection.execute("PRAGMA query_only = ON")
        connection.text_factory = self._text
        return connection

    def _text(self, raw: bytes) -> str:
        try:
            return raw.decode()
        except UnicodeDecodeError:
            self.undecodable += 1
            return raw.decode(errors="backslashreplace")


def _run(connection: Any, statement: str) -> None:
    cursor = connection.cursor()
    try:
        cursor.execute(statement)
    finally:
        cursor.close()


def _guard(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
    refuse_writes(statement)
