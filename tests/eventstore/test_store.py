"""Opening a store, and its schema."""

import builtins
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine, MetaData, event, text
from sqlalchemy.exc import DBAPIError

from eventstore.errors import DriverMissing, SchemaTooNew
from eventstore.log import Log
from eventstore.store import migrate, open_engine, writing
from eventstore.tables import metadata
from tests.eventstore.conftest import several


def test_migrate_twice_is_once(engine: Engine) -> None:
    """A store with the newest schema stays as it is."""
    Log(engine, "acme").append(several(2))
    migrate(engine)
    assert Log(engine, "acme").head().position == 2


def test_many_may_migrate_at_once(store_url: str) -> None:
    """Processes that start together do not trip over each other's migration."""
    engines = [open_engine(store_url) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(migrate, engines))
    Log(engines[0], "acme").append(several(1))
    for engine in engines:
        engine.dispose()


def test_a_newer_schema_is_refused(engine: Engine) -> None:
    """A store that a newer program wrote is left alone, with a message that says what to do."""
    with writing(engine) as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SchemaTooNew, match=r"9999.*newer version of Cutover"):
        migrate(engine)


def test_the_migrations_make_the_tables_as_described(engine: Engine) -> None:
    """The schema that the migrations leave is the one that `eventstore.tables` describes."""
    own = MetaData()
    for name in ("events", "heads", "folds", "marks", "vault.keys"):
        metadata.tables[name].to_metadata(own)

    def include(name: str | None, kind: str, parents: Any) -> bool:
        return (
            name in (None, "vault")
            if kind == "schema"
            else kind != "table" or name in {t.name for t in own.tables.values()}
        )

    with engine.connect() as connection:
        options = {"include_schemas": True, "include_name": include}
        assert compare_metadata(MigrationContext.configure(connection, opts=options), own) == []


def test_a_store_that_died_with_its_vault_alone_is_completed(tmp_path: Path) -> None:
    """The vault's file is committed before the log's, never after it: the two files have no commit in common."""
    engine = open_engine(f"sqlite:///{tmp_path / 'cutover.db'}")
    seen = []

    @event.listens_for(engine, "commit")
    def look(connection: Connection) -> None:
        names = connection.exec_driver_sql("SELECT name FROM sqlite_master UNION SELECT name FROM vault.sqlite_master")
        seen.append({name for (name,) in names} & {"keys", "events"})
        if len(seen) == 2:
            raise InterruptedError("the power goes")

    with pytest.raises(InterruptedError):
        migrate(engine)
    assert seen == [{"keys"}, {"keys", "events"}]
    migrate(engine)
    Log(engine, "acme").append(several(1))
    engine.dispose()


def test_a_store_in_memory(tmp_path: Path) -> None:
    """A log can live in memory, with its vault: nothing is written to disk."""
    engine = open_engine("sqlite://")
    migrate(engine)
    log = Log(engine, "acme")
    log.append(several(3, sealed={"name": "Ann"}))
    assert [log.verify().events, len(list(log.open_many(log.read())))] == [3, 3]
    log.vault.destroy("contact", "1")
    assert log.rebuild() == []
    engine.dispose()


def test_durability_settings(tmp_path: Path) -> None:
    """A SQLite store writes ahead and syncs each commit to disk, in both its files."""
    engine = open_engine(f"sqlite:///{tmp_path / 'cutover.db'}")
    with engine.connect() as connection:

        def pragma(name: str) -> object:
            return connection.exec_driver_sql(f"PRAGMA {name}").scalar()

        assert [
            pragma(f"{schema}.{name}") for schema in ("main", "vault") for name in ("journal_mode", "synchronous")
        ] == ["wal", 2, "wal", 2]
        assert [pragma("foreign_keys"), pragma("vault.secure_delete"), pragma("busy_timeout")] == [1, 1, 60_000]
    engine.dispose()


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_postgresql_addresses(scheme: str) -> None:
    """Every usual spelling of a PostgreSQL address leads to the one driver, and the password does not show."""
    engine = open_engine(f"{scheme}://ann:hunter2@localhost/crm")
    assert engine.url.drivername == "postgresql+psycopg"
    assert "hunter2" not in repr(engine)


def test_other_databases_are_refused() -> None:
    """A database that is not supported is named."""
    with pytest.raises(DriverMissing, match="not mysql"):
        open_engine("mysql://localhost/crm")


def test_a_missing_driver_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where psycopg is not installed, the message says what to install."""
    real = builtins.__import__

    def without(name: str, *rest: Any, **named: Any) -> Any:
        if name == "psycopg":
            raise ImportError(name)
        return real(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(DriverMissing, match=r"cutover\[postgresql\]"):
        open_engine("postgresql://localhost/crm")


def test_an_error_of_the_database_names_no_values(engine: Engine) -> None:
    """A statement may carry keys of the vault or values of a record; the error of a failed one tells none of them."""
    wrong = text("INSERT INTO nowhere (subject, key) VALUES (:subject, :key)")
    with pytest.raises(DBAPIError) as told, writing(engine) as connection:
        connection.execute(wrong, {"subject": "Contact/17", "key": "a key of the vault"})
    assert "nowhere" in str(told.value)
    assert "a key of the vault" not in str(told.value)
