"""Appending and reading."""

import pytest
from sqlalchemy import Engine

from eventstore.errors import Conflict, Deposed, IdTaken, InvalidEvent, NotMigrated, NotRecorded
from eventstore.log import Log
from eventstore.store import open_engine
from tests.eventstore.conftest import make, several


def test_an_empty_log_has_a_head_at_zero(log: Log) -> None:
    """A new log ends at position 0, in epoch 0, and has nothing to read."""
    head = log.head()
    assert (head.position, head.epoch, len(head.digest)) == (0, 0, 32)
    assert list(log.read()) == []
    assert log.verify().ok


def test_append_gives_gapless_positions(log: Log) -> None:
    """Positions run from 1 without a hole over several appends, and the head follows."""
    first, second = log.append(several(3)), log.append(several(2, "f"))
    assert [e.position for e in first] == [1, 2, 3]
    assert [e.position for e in second] == [4, 5]
    assert [*first, *second] == list(log.read())
    assert (5, second[-1].digest) == (log.head().position, log.head().digest)


def test_append_of_nothing_changes_nothing(log: Log) -> None:
    """An empty batch is recorded as nothing."""
    assert log.append([]) == []
    assert log.head().position == 0


def test_an_event_comes_back_as_it_was_given(log: Log) -> None:
    """Every column and the open body survive, any Unicode included."""
    body = {"text": "Zoë \0 \U0001f600", "list": [1, 2.5, None, True], "map": {"b": 1, "a": 2}, "big": 2**62}
    given = make("x", "RecordExtracted", at=1_700_000_000_123_456, actor="Ann Ö", body=body, object="deal", key="42")
    [recorded] = log.append([given])
    assert recorded == log.at(1)
    assert body == recorded.data()
    same = ("id", "kind", "at", "actor", "object", "key", "cause")
    assert [getattr(given, name) for name in same] == [getattr(recorded, name) for name in same]


def test_logs_of_one_store_are_apart(engine: Engine) -> None:
    """Two migrations number their events on their own and see none of the other's."""
    one, two = Log(engine, "one"), Log(engine, "two")
    one.append(several(3))
    [only] = two.append(several(1))
    assert [only] == list(two.read())
    assert one.at(1).digest != only.digest
    assert one.verify().ok
    assert two.verify().ok


def test_read_filters(log: Log) -> None:
    """Range, kinds, object, key, order and limit all hold together."""
    log.append([make(f"{n}", "AB"[n % 2], object="deal", key=str(n % 3)) for n in range(1, 11)])

    def positions(**filters: object) -> list[int]:
        return [e.position for e in log.read(**filters)]  # type: ignore[arg-type]

    assert positions(after=3, until=6) == [4, 5, 6]
    assert positions(kinds=["B"]) == [1, 3, 5, 7, 9]
    assert positions(kinds=["A", "B"], after=8) == [9, 10]
    assert positions(object="deal", key="0") == [3, 6, 9]
    assert positions(object="deal", key="0", kinds=["B"], newest_first=True) == [9, 3]
    assert positions(newest_first=True, limit=3) == [10, 9, 8]
    assert positions(after=2, limit=2) == [3, 4]
    assert positions(object="lead") == []
    assert positions(limit=0) == []


def test_read_goes_over_many_pages(log: Log) -> None:
    """More events than one page come whole and in order, either way round and up to any limit."""
    log.append(several(2500))
    assert list(range(1, 2501)) == [e.position for e in log.read()]
    assert list(range(2500, 0, -1)) == [e.position for e in log.read(newest_first=True)]
    assert list(range(1, 2002)) == [e.position for e in log.read(limit=2001)]
    assert list(range(2500, 499, -1)) == [e.position for e in log.read(limit=2001, newest_first=True)]


def test_a_reader_that_appends_comes_to_an_end(log: Log) -> None:
    """What is appended while somebody reads is not in that reading."""
    log.append(several(3))
    for event in log.read():
        log.append([make(f"seen-{event.id}")])
    assert log.head().position == 6


def test_at_and_many(log: Log) -> None:
    """One position gives its event or an error that is a KeyError; many leave out what is not there."""
    first, second = log.append(several(2))
    assert second == log.at(2)
    assert {1: first, 2: second} == log.many([2, 1, 7])
    with pytest.raises(NotRecorded, match="no event at 7") as error:
        log.at(7)
    assert isinstance(error.value, KeyError)
    assert "it ends at 2" in str(error.value)


def test_a_cause_is_a_position_or_an_earlier_id(log: Log) -> None:
    """A cause may be named by position, or by an id in the log or earlier in the batch."""
    log.append([make("a")])
    batch = log.append([make("b", cause=1), make("c", cause="a"), make("d", cause="c")])
    assert [e.cause for e in batch] == [1, 1, 3]


@pytest.mark.parametrize("cause", ["later", "nowhere", 0, 2, 99, -1])
def test_a_cause_that_is_not_earlier_is_refused(log: Log, cause: int | str) -> None:
    """An event cannot be caused by itself, by a later one or by one that is not there."""
    log.append([make("a")])
    with pytest.raises(InvalidEvent, match="not recorded before it"):
        log.append([make("b", cause=cause), make("later")])
    assert log.head().position == 1


@pytest.mark.parametrize(
    "members",
    [
        {"id": ""},
        {"kind": ""},
        {"actor": ""},
        {"key": "a\0b"},
        {"at": -1},
        {"at": 2**63},
        {"body": {"sealed": 1}},
        {"body": {"v": 1}},
        {"sealed": {"v": 1}},
        {"body": {"name": 1}, "sealed": {"name": 1}},
        {"body": {"text": "\udc80"}},
        {"sealed": {"object": object()}},
    ],
    ids=lambda members: "-".join(members),
)
def test_an_event_that_cannot_be_kept_is_refused(log: Log, members: dict[str, object]) -> None:
    """What the store could not keep is refused before anything is recorded."""
    with pytest.raises(InvalidEvent):
        log.append([make(**{"id": "x", **members})])  # type: ignore[arg-type]
    assert log.head().position == 0


def test_a_repeated_append_is_a_no_op(log: Log) -> None:
    """A commit whose answer was lost can be repeated: the same events come back and nothing is added."""
    batch = [
        make("a", body={"x": 1, "y": 2}),
        make("b", sealed={"name": "Ann"}, object="contact", key="1", cause="a"),
        make("c", sealed={"note": "no subject"}),
    ]
    first = log.append(batch)
    log.append([make("later")])
    assert first == log.append(batch)
    assert first == log.append(batch, expect=0)
    assert log.head().position == 4


def test_an_id_with_other_content_is_refused(log: Log) -> None:
    """An id names one event for ever."""
    log.append([make("a", body={"x": 1})])
    with pytest.raises(IdTaken, match="'a' is recorded at 1 with other content"):
        log.append([make("a", body={"x": 2})])


def test_half_a_repeated_batch_is_refused(log: Log) -> None:
    """A batch of which only a part is recorded is neither repeated nor new."""
    log.append([make("a")])
    with pytest.raises(IdTaken, match="b is the first"):
        log.append([make("a"), make("b")])
    assert log.head().position == 1


def test_one_id_twice_in_a_batch_is_refused(log: Log) -> None:
    """A batch cannot give two events one id."""
    with pytest.raises(InvalidEvent, match="more than once: a"):
        log.append([make("a"), make("a")])


def test_expect_refuses_a_head_that_moved(log: Log) -> None:
    """A writer that decided on the log as it was is told that it has grown."""
    log.append([make("a")], expect=0)
    with pytest.raises(Conflict, match="ends at 1, not at 0"):
        log.append([make("b")], expect=0)
    log.append([make("b")], expect=1)


def test_a_deposed_writer_is_refused(log: Log) -> None:
    """Taking the log ends the former owner's epoch, even for an append that he repeats; decisions need no epoch."""
    mine = log.take()
    log.append([make("intent")], epoch=mine)
    theirs = log.take()
    assert (mine, theirs) == (1, 2)
    for event in (make("more"), make("intent")):
        with pytest.raises(Deposed, match="epoch 2 and this writer in 1"):
            log.append([event], epoch=mine)
    log.append([make("decision")])
    log.append([make("theirs")], epoch=theirs)
    assert [e.id for e in log.read()] == ["intent", "decision", "theirs"]


def test_a_log_is_the_same_when_opened_again(engine: Engine, log: Log) -> None:
    """Opening a log anew finds its events, its head and its epoch."""
    log.take()
    log.append(several(3))
    again = Log(engine, "acme")
    assert log.head() == again.head()
    assert list(log.read()) == list(again.read())


def test_a_database_without_tables_is_no_log(store_url: str) -> None:
    """A store that was never migrated says so."""
    engine = open_engine(store_url)
    with pytest.raises(NotMigrated, match="migrate"):
        Log(engine, "acme")
    engine.dispose()


def test_find_time(log: Log) -> None:
    """A time is found as the last position at or before it."""
    log.append([make(f"{n}", at=at) for n, at in enumerate((100, 200, 200, 300))])
    assert [log.find_time(at) for at in (99, 100, 199, 200, 300, 999)] == [0, 1, 1, 3, 4, 4]
