"""Commits whose answer is lost: repeated under the same ids until they are known, and given up in words."""

import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Connection, Engine, event

from eventstore.certain import WAITS
from eventstore.errors import CommitUnknown, IdTaken
from eventstore.log import Log
from eventstore.store import migrate, open_engine
from tests.eventstore.conftest import make, several
from tests.eventstore.proxy import Proxy

SEALED = {"object": "contact", "key": "1", "sealed": {"name": "Ann Lee"}}


@pytest.fixture
def proxy(database: str) -> Iterator[Proxy]:
    """A proxy before a database of the test's own; its socket's path must be short."""
    with tempfile.TemporaryDirectory(prefix="px-") as folder, Proxy(database, Path(folder)) as made:
        yield made


@pytest.fixture
def distant(proxy: Proxy) -> Iterator[Engine]:
    """A store behind the proxy."""
    engine = open_engine(proxy.address.render_as_string(hide_password=False))
    migrate(engine)
    yield engine
    engine.dispose()


def test_an_append_whose_commit_was_not_answered_is_recorded_once(distant: Engine, proxy: Proxy) -> None:
    """The server committed and the connection broke: the repetition finds the events, the same as were made."""
    slept: list[float] = []
    log = Log(distant, "acme", sleep=slept.append)
    log.append(several(2))
    log.append([make("sealed", **SEALED)])
    proxy.lose = 1
    made = log.append([make("a", **SEALED), make("b", cause="a")])
    assert proxy.lost == 1
    assert slept == [WAITS[0]]
    assert [e.id for e in log.read(after=3)] == ["a", "b"]
    assert made == list(log.read(after=3))
    assert log.open(made[0]) == {"name": "Ann Lee"}
    assert log.verify().ok


def test_an_append_is_repeated_while_the_server_is_away(distant: Engine, proxy: Proxy) -> None:
    """No connection can be made for a while: the append waits, longer each time, and is then recorded once."""
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        proxy.refuse = len(slept) < 4

    log = Log(distant, "acme", sleep=sleep)
    proxy.refuse, proxy.lose = True, 1
    log.append(several(3))
    assert tuple(slept) == WAITS[:4]
    assert log.head().position == 3
    assert log.verify().ok


def test_patience_ends_in_words(distant: Engine, proxy: Proxy) -> None:
    """When nobody ever answers the caller is told what is not known; what had been recorded is found later."""
    log = Log(distant, "acme", sleep=lambda _seconds: None)
    proxy.refuse, proxy.lose = True, 1
    with pytest.raises(CommitUnknown, match="3 events were recorded, the first 'e1'"):
        log.append(several(3))
    assert proxy.lost == 1
    proxy.refuse = False
    assert log.head().position == 3
    log.append(several(3))
    assert log.head().position == 3


def test_an_epoch_is_taken_although_the_answer_is_lost(distant: Engine, proxy: Proxy) -> None:
    """Taken twice, the later epoch is ours, and an append under it is recorded."""
    log = Log(distant, "acme", sleep=lambda _seconds: None)
    proxy.lose = 1
    epoch = log.take()
    assert epoch == log.head().epoch == 2
    log.append(several(1), epoch=epoch)


@pytest.mark.parametrize("when", ["at the commit", "before it"])
def test_a_backend_that_is_terminated(database: str, when: str) -> None:
    """PostgreSQL's own backend ends while it commits, or in the middle of the append: recorded once all the same."""
    engine = open_engine(database)
    migrate(engine)
    with psycopg.connect(database, autocommit=True) as other:
        other.execute("CREATE TABLE terminations (n int)")
        other.execute(
            "CREATE FUNCTION terminate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "IF (SELECT last_value FROM deaths) < 3 THEN PERFORM nextval('deaths'); "  # a sequence survives the abort
            "PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(5); END IF; RETURN NULL; END $$"
        )
        other.execute("CREATE SEQUENCE deaths MINVALUE 0 START 0")
        other.execute("SELECT nextval('deaths')")
        deferred = "DEFERRABLE INITIALLY DEFERRED" if when == "at the commit" else ""
        other.execute(
            f"CREATE CONSTRAINT TRIGGER dies AFTER INSERT ON events {deferred} "
            "FOR EACH ROW EXECUTE FUNCTION terminate()"
        )
    slept: list[float] = []
    log = Log(engine, "acme", sleep=slept.append)
    log.append(several(2))
    assert tuple(slept) == WAITS[:3]
    assert [e.id for e in log.read()] == ["e1", "e2"]
    assert log.verify().ok
    engine.dispose()


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[Engine]:
    """A store in a file that waits 10 milliseconds for others."""
    engine = open_engine(f"sqlite:///{tmp_path / 'cutover.db'}")

    @event.listens_for(engine, "connect")
    def impatient(connection: sqlite3.Connection, _: object) -> None:
        connection.execute("PRAGMA busy_timeout=10")

    migrate(engine)
    yield engine
    engine.dispose()


def test_a_busy_file_is_waited_for(embedded: Engine, tmp_path: Path) -> None:
    """Another process holds the file's lock longer than SQLite waits: the append comes after it."""
    other = sqlite3.connect(tmp_path / "cutover.db", isolation_level=None)
    log = Log(embedded, "acme", sleep=lambda _seconds: other.execute("ROLLBACK") and None)
    other.execute("BEGIN IMMEDIATE")
    log.append(several(2))
    assert log.head().position == 2
    other.close()


@pytest.mark.parametrize("applied", [True, False])
def test_a_disk_that_fails_at_the_commit(embedded: Engine, applied: bool) -> None:
    """Whether or not the commit reached the disk, the events are there once."""
    log = Log(embedded, "acme", sleep=lambda _seconds: None)
    failing = [True]

    @event.listens_for(embedded, "commit")
    def fail(connection: Connection) -> None:
        if failing.pop() if failing else False:
            driver = connection.connection.driver_connection
            driver.execute("COMMIT" if applied else "ROLLBACK")  # type: ignore[union-attr]
            error = sqlite3.OperationalError("disk I/O error")
            error.sqlite_errorcode = sqlite3.SQLITE_IOERR_FSYNC
            raise error

    log.append(several(2))
    assert failing == []
    assert [e.id for e in log.read()] == ["e1", "e2"]
    assert log.verify().ok


def test_what_will_not_pass_is_told_at_once(embedded: Engine) -> None:
    """An id that is taken, or a table that is not there, is no question of patience."""
    slept: list[float] = []
    log = Log(embedded, "acme", sleep=slept.append)
    log.append([make("a")])
    with pytest.raises(IdTaken):
        log.append([make("a", kind="Other")])
    with embedded.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE heads RENAME TO former")
    with pytest.raises(Exception, match="heads"):
        log.append([make("b")])
    assert slept == []
