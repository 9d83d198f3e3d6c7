"""The database under the log: opening it, its transactions, its schema.

SQLite is embedded: one file, with the vault's keys in a second one beside it (`cutover.db`, `cutover.keys`), attached
as the schema `vault`. PostgreSQL has them as two schemas of one database.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy
from sqlalchemy import URL, Connection, Engine, StaticPool, event, make_url
from sqlalchemy.engine.interfaces import ExecutionContext
from sqlalchemy.exc import ArgumentError

from eventstore.errors import DriverMissing, KeysMissing, SchemaTooNew
from eventstore.tables import keys

BUSY_MILLISECONDS = 60_000
"""How long a SQLite connection waits for another one's transaction before it gives up."""

MIGRATION_LOCK = 0x63757430  # "cut0": the advisory lock under which one process at a time migrates a PostgreSQL

_PRAGMAS = (
    f"busy_timeout={BUSY_MILLISECONDS}",
    "page_size=8192",  # rows of 600 bytes: a fifth faster than 4096; takes effect on a new file only
    "journal_mode=WAL",
    "synchronous=FULL",  # a commit is on disk: a write intent must outlive a power loss
    "foreign_keys=ON",
    "cache_size=-65536",
    "wal_autocheckpoint=4000",
    "vault.journal_mode=WAL",
    "vault.synchronous=FULL",
    "vault.secure_delete=ON",  # a destroyed key is overwritten
)


def open_engine(url: str) -> Engine:
    """The engine for an address: `sqlite:///FILE`, `sqlite://` (in memory, for one thread) or `postgresql://...`.

    Raises `DriverMissing` for an address that is none or has no driver here, and `KeysMissing` (on connecting) where a
    log's keys file is not there. Nothing is created but the files; `migrate` makes the tables.
    """
    try:
        address = make_url(url)
    except ArgumentError:  # its own words would show a password
        raise DriverMissing("the store's address cannot be read: write sqlite:///FILE or postgresql://...") from None
    kind = address.get_backend_name()
    if kind == "sqlite":
        return _open_sqlite(address)
    if kind in ("postgresql", "postgres"):
        return _open_postgresql(address.set(drivername="postgresql+psycopg"))
    raise DriverMissing(f"the store can be SQLite or PostgreSQL, not {kind}: write sqlite:///FILE or postgresql://...")


def _open_postgresql(address: URL) -> Engine:
    try:
        engine = sqlalchemy.create_engine(address, pool_pre_ping=True, hide_parameters=True)
        from psycopg.pq import Format
    except ImportError as error:
        raise DriverMissing('PostgreSQL needs the driver psycopg: pip install "cutover[postgresql]"') from error

    @event.listens_for(engine, "before_cursor_execute")
    def execute(_1: object, cursor: Any, _2: object, _3: object, context: ExecutionContext, _4: object) -> None:
        # in text, every digest travels in hex and a page of events takes twice the time; the catalogue has types
        # that SQLAlchemy reads in text alone, so statements ask for binary one by one
        if context.execution_options.get("binary"):
            cursor.format = Format.BINARY

    return engine


def _open_sqlite(address: URL) -> Engine:
    memory = address.database in (None, "", ":memory:")
    log = None if memory else Path(str(address.database)).absolute()
    # an error names no parameters: they may be keys of the vault, and errors are logged
    pool: dict[str, Any] = {"poolclass": StaticPool} if memory else {}
    engine = sqlalchemy.create_engine(address, hide_parameters=True, **pool)

    @event.listens_for(engine, "connect")
    def connect(connection: sqlite3.Connection, _: object) -> None:
        connection.isolation_level = None  # transactions begin where `begin` says so, not where sqlite3 guesses
        vault = ":memory:" if log is None else str(_keys_file(log, connection))
        connection.execute("ATTACH DATABASE ? AS vault", (vault,))
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # a deferred transaction that reads first and writes later fails where it should wait
        write = connection.get_execution_options().get("write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine


def _keys_file(log: Path, connection: sqlite3.Connection) -> Path:
    """The file of the vault beside the log, readable by its owner alone; made with a new log, never for an old one."""
    keys = log.with_suffix(".keys")
    if not keys.exists():
        if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'events'").fetchone():
            raise KeysMissing(
                f"{keys} is missing, which holds the keys of {log}: restore it from its backup; "
                "without it the personal data in the log cannot be read"
            )
        os.close(os.open(keys, os.O_CREAT | os.O_RDWR, 0o600))
    return keys


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that writes: on SQLite it takes the write lock at once. It commits, or rolls back on an error."""
    with engine.execution_options(write=True).begin() as connection:
        yield connection


def migrate(engine: Engine) -> None:
    """Brings the schema to the newest revision, in one transaction; raises `SchemaTooNew` for a newer program's.

    Revisions are numbered by their file names. A store that is at the newest needs no Alembic: it is not even imported,
    which is a fifth of the time that a short command takes.
    """
    known = sorted(path.name.partition("_")[0] for path in (_scripts() / "versions").glob("[0-9]*.py"))
    revision = _revision(engine)
    if revision == known[-1]:
        return
    from alembic.config import Config
    from alembic.runtime.migration import MigrationContext

    from alembic import command

    config = Config()
    config.set_main_option("script_location", str(_scripts()).replace("%", "%%"))
    if revision is None and engine.dialect.name == "sqlite":
        # two files are not committed as one: after a crash between them a log without its vault would never open
        with writing(engine) as connection:
            keys.create(connection, checkfirst=True)
    with writing(engine) as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")
        present = MigrationContext.configure(connection).get_current_heads()
        if unknown := sorted(set(present) - set(known)):
            raise SchemaTooNew(
                f"the store has schema revision {', '.join(unknown)}, and this program knows none later than "
                f"{known[-1]}: a newer version of Cutover has written it, use that one"
            )
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _revision(engine: Engine) -> str | None:
    """The revision that the store says it is at; None where it has no schema yet."""
    if not sqlalchemy.inspect(engine).has_table("alembic_version"):
        return None
    with engine.connect() as connection:
        row = connection.exec_driver_sql("SELECT version_num FROM alembic_version").first()
    return None if row is None else str(row[0])


def _scripts() -> Path:
    """The migration folder: inside the package in a wheel, beside it in a checkout."""
    package = Path(__file__).parent
    inside = package / "migrations"
    return inside if inside.is_dir() else package.parent / "alembic"
