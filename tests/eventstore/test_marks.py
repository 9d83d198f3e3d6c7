"""Checkpoints."""

import pytest

from eventstore.errors import NotRecorded
from eventstore.log import Log
from eventstore.marks import Mark
from tests.eventstore.conftest import several


def test_a_mark_names_the_head_and_its_digest(log: Log) -> None:
    """A checkpoint is the position and digest of the log when it was set, and is itself an event."""
    last = log.append(several(3))[-1]
    mark = log.mark("sample", id="m1", at=77, actor="Ann")
    assert Mark("sample", 3, last.digest, 77) == mark
    assert [mark] == log.marks()
    event = log.at(4)
    assert (event.kind, event.actor, event.at) == ("CheckpointMarked", "Ann", 77)
    assert {"name": "sample", "position": 3, "digest": last.digest.hex()} == event.data()


def test_a_mark_can_name_the_past(log: Log) -> None:
    """An earlier position can be named, the beginning too; one that is not there cannot."""
    log.append(several(3))
    start = log.head()
    second = log.mark("second", id="m1", at=1, actor="Ann", position=2)
    zero = log.mark("zero", id="m2", at=2, actor="Ann", position=0)
    assert (2, log.at(2).digest) == (second.position, second.digest)
    assert (zero.position, len(zero.digest)) == (0, 32)
    assert [zero, second] == log.marks()
    with pytest.raises(NotRecorded):
        log.mark("never", id="m3", at=3, actor="Ann", position=99)
    assert start.position + 2 == log.head().position


def test_the_latest_mark_of_a_name_wins(log: Log) -> None:
    """A name set again names the new position; the events of both remain."""
    log.append(several(1))
    log.mark("sync", id="m1", at=1, actor="Ann")
    again = log.mark("sync", id="m2", at=2, actor="Ann")
    assert [again] == log.marks()
    assert len(list(log.read(kinds=["CheckpointMarked"]))) == 2


def test_a_repeated_mark_is_the_same_mark(log: Log) -> None:
    """Setting a checkpoint again under the same event id changes nothing, even when the log has grown."""
    log.append(several(2))
    mark = log.mark("sync", id="m1", at=1, actor="Ann")
    log.append(several(2, "f"))
    assert mark == log.mark("sync", id="m1", at=1, actor="Ann")
    assert log.head().position == 5
