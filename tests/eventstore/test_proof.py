"""The log cannot be changed without notice."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import Engine, delete, update
from sqlalchemy.exc import DBAPIError

from eventstore import proof
from eventstore.errors import Damaged, NotRecorded
from eventstore.log import Log
from eventstore.proof import Proof
from eventstore.store import migrate, open_engine, writing
from eventstore.tables import events, heads
from tests.eventstore.conftest import make, several

TRIGGERS = {
    "postgresql": ["ALTER TABLE events DISABLE TRIGGER USER"],
    "sqlite": [f"DROP TRIGGER events_no_{verb}" for verb in ("update", "delete", "replace")],
}


@pytest.fixture
def tamper(engine: Engine, log: Log) -> Callable[..., None]:
    """Executes statements as somebody who has switched the triggers off; the log has ten events by then."""
    log.append(several(10, actor="Ann", object="deal", key="1"))

    def execute(*statements: object) -> None:
        with writing(engine) as connection:
            for switch in TRIGGERS[engine.dialect.name]:
                connection.exec_driver_sql(switch)
            for statement in statements:
                connection.execute(statement)  # type: ignore[call-overload]

    return execute


@pytest.mark.promise("F-167")
@pytest.mark.parametrize(
    "change",
    [
        {"body": '{"n":8}'},
        {"actor": "Bob"},
        {"kind": "Note"},
        {"at": 1_000_001},
        {"object": None},
        {"key": "2"},
        {"cause": 1},
        {"event_id": "f7"},
        {"digest": bytes(32)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_verify_names_the_changed_event(log: Log, tamper: Callable[..., None], change: dict[str, object]) -> None:
    """Whatever column of an event is changed behind the triggers, verification names its position."""
    assert log.verify().ok
    tamper(update(events).where(events.c.position == 7).values(**change))
    found = log.verify()
    assert (found.ok, found.events, found.first_bad) == (False, 6, 7)
    assert log.at(6).digest == found.digest
    assert "event 7" in found.reason


def test_verify_notices_a_removed_event(log: Log, tamper: Callable[..., None]) -> None:
    """An event that was removed from the middle leaves a hole that is named."""
    tamper(delete(events).where(events.c.position == 4))
    assert (log.verify().ok, log.verify().first_bad) == (False, 4)


def test_verify_notices_a_cut_tail(log: Log, tamper: Callable[..., None]) -> None:
    """A log that ends before its head lacks its tail, and takes no further event."""
    tamper(delete(events).where(events.c.position > 8))
    assert (log.verify().ok, log.verify().events, log.verify().first_bad) == (False, 8, 9)
    with pytest.raises(Damaged, match="run verify"):
        log.append([make("next")])


@pytest.mark.parametrize(
    ("change", "first"), [({"position": 8}, 9), ({"digest": bytes(32)}, 10)], ids=["moved", "forged"]
)
def test_verify_notices_a_changed_head(
    log: Log, tamper: Callable[..., None], change: dict[str, object], first: int
) -> None:
    """A head that was moved back or forged does not fit the last event."""
    tamper(update(heads).values(**change))
    assert (False, first) == (log.verify().ok, log.verify().first_bad)


def test_verify_notices_two_events_that_changed_places(log: Log, tamper: Callable[..., None]) -> None:
    """Events cannot be put in another order."""
    here = events.c.position
    moves = [update(events).where(here == a).values(position=b) for a, b in ((3, 99), (4, 3), (99, 4))]
    tamper(*moves)
    assert (log.verify().ok, log.verify().first_bad) == (False, 3)


def test_verify_after_trusts_what_came_before(log: Log, tamper: Callable[..., None]) -> None:
    """Verification from a checkpoint on looks at the later events only."""
    assert log.verify(after=6).events == 4
    tamper(update(events).where(events.c.position == 5).values(actor="Bob"))
    assert log.verify(after=6).ok
    assert log.verify(after=3).first_bad == 5
    assert log.verify(after=3).events == 1


@pytest.mark.promise("F-167")
def test_one_flipped_byte_in_the_file_is_found(tmp_path: Path) -> None:
    """A byte of an event's text flipped in the file itself, to UTF-8 or not, fails verification by its position."""
    url, path = f"sqlite:///{tmp_path / 'cutover.db'}", tmp_path / "cutover.db"
    engine = open_engine(url)
    migrate(engine)
    log = Log(engine, "acme")
    log.append([make(f"e{n}", body={"mark": f"find-me-{n}"}) for n in range(1, 31)])
    with engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA main.wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    engine.dispose()
    whole = path.read_bytes()
    at = whole.index(b"find-me-17")
    for bit in (0x01, 0x80):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ bit]) + whole[at + 1 :])
        found = Log(engine, "acme").verify()
        assert (found.ok, found.first_bad) == (False, 17)
        engine.dispose()
    path.write_bytes(whole)
    assert Log(engine, "acme").verify().ok
    engine.dispose()


@pytest.mark.promise("F-184")
@pytest.mark.parametrize(
    "statement",
    ["UPDATE events SET actor = 'x'", "UPDATE events SET actor = 'x' WHERE position = 2", "DELETE FROM events"],
)
def test_the_database_refuses_changes(engine: Engine, log: Log, statement: str) -> None:
    """UPDATE and DELETE on the log are refused by the database itself."""
    log.append(several(3))
    with pytest.raises(DBAPIError, match="append-only"), writing(engine) as connection:
        connection.exec_driver_sql(statement)
    assert log.verify().ok


@pytest.mark.promise("F-184")
def test_the_database_refuses_replacement(engine: Engine, log: Log) -> None:
    """No other way around is open: REPLACE by any key on SQLite, TRUNCATE and upsert on PostgreSQL."""
    log.append(several(3))
    columns = "(migration, position, event_id, kind, at, actor, body, digest)"
    row = columns + " VALUES ('acme', {}, '{}', 'K', 1, 'x', '{{}}', 'd')"
    statements = {
        "sqlite": [
            "INSERT OR REPLACE INTO events " + row.format(2, "new"),
            "INSERT OR REPLACE INTO events " + row.format(9, "e2"),
            "INSERT OR REPLACE INTO events " + row.format(9, "new").replace("(m", "(rowid, m").replace("('a", "(2, 'a"),
            "UPDATE OR REPLACE events SET position = 1 WHERE position = 2",
        ],
        "postgresql": [
            "TRUNCATE events",
            "INSERT INTO events "
            + row.format(2, "new")
            + " ON CONFLICT (migration, position) DO UPDATE SET actor = 'x'",
        ],
    }
    for statement in statements[engine.dialect.name]:
        with pytest.raises(DBAPIError, match="append-only"), writing(engine) as connection:
            connection.exec_driver_sql(statement)
    assert log.verify().ok


def test_every_event_has_a_proof_that_holds(log: Log) -> None:
    """A proof of any event, read back from JSON, leads from the event to the head of the log."""
    log.append(several(70))
    head = log.head()
    for position in range(1, 71):
        read_back = msgspec.json.decode(msgspec.json.encode(log.prove(position)), type=Proof)
        assert proof.holds(read_back)
        assert (head.position, head.digest.hex()) == (read_back.head, read_back.digest)


def test_a_proof_is_short(log: Log) -> None:
    """The proof of one event among 5000 has at most 13 * 13 / 2 steps, none of which shows another event."""
    log.append([make(f"e{n}", body={"text": f"secret-{n}"}) for n in range(1, 5001)])
    for position in (1, 777, 4095, 4096, 5000):
        made = log.prove(position)
        assert len(made.steps) <= 84
        assert msgspec.json.encode(made).count(b"secret-") == 1


def test_a_changed_proof_does_not_hold(log: Log) -> None:
    """A proof whose event, place, step or end is changed does not hold."""
    log.append(several(20))
    sound = log.prove(5)
    replace = msgspec.structs.replace
    step = replace(sound.steps[1], leaf="00" * 32)
    for forged in (
        replace(sound, event=replace(sound.event, actor="Bob")),
        replace(sound, event=replace(sound.event, digest=bytes(32))),
        replace(sound, event=replace(sound.event, position=6)),
        replace(sound, migration="other"),
        replace(sound, steps=(sound.steps[0], step, *sound.steps[2:])),
        replace(sound, steps=sound.steps[:-1]),
        replace(sound, digest="00" * 32),
        replace(sound, head=19),
        replace(sound, head=3),
        replace(sound, previous="no hex"),
        replace(sound, previous="00" * 65),
    ):
        assert not proof.holds(forged)
    assert proof.holds(sound)


def test_there_is_no_proof_of_what_is_not_there(log: Log) -> None:
    """A position beyond the head has no proof."""
    with pytest.raises(NotRecorded):
        log.prove(1)
