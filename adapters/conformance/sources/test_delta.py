"""What changed since a mark, and what was deleted."""

from datetime import datetime

import msgspec
import pytest

from adapters.conformance.sources.bench import CannotError, Later
from adapters.conformance.sources.stage import Stage
from adapters.protocols import Incremental, Record


def test_the_mark_is_a_moment(stage: Stage) -> None:
    """It is in the form of RFC 3339, in UTC."""
    mark = stage.run(stage.incremental().mark())
    assert mark.endswith("Z"), mark
    assert datetime.fromisoformat(mark), mark


def test_objects_that_are_incremental(stage: Stage) -> None:
    """Only a source that has the power says that it heeds a mark."""
    if not isinstance(stage.source, Incremental):
        assert not [o.name for o in stage.objects if o.incremental]
    else:
        assert [o.name for o in stage.objects if o.incremental], "the power is there, and no object uses it"


def test_a_delta_is_part_of_the_whole(stage: Stage) -> None:
    """What is read since a mark is read without it, too, and is the same, but for the form in which the API gave it.

    A whole object may be asked for in another way than a few records, and arrive as CSV.
    """
    mark = stage.run(stage.incremental().mark())
    _later(stage)
    for o in stage.objects:
        whole = [_plain(record) for record in stage.records(o.name)]
        odd = [record.id for record in stage.records(o.name, since=mark) if _plain(record) not in whole]
        assert not odd, f"{o.name}: {odd} are others since {mark} than in the whole"


def test_nothing_is_missed(stage: Stage) -> None:
    """After a day, everything that was changed or made is read, and what was deleted is told, by id alone."""
    source = stage.incremental()
    mark = stage.run(source.mark())
    later = _later(stage)
    stage.again()
    for o in (o for o in stage.objects if o.incremental):
        read = {record.id for record in stage.records(o.name, since=mark)}
        missed = later.changed.get(o.name, frozenset()) - read
        assert not missed, f"{o.name}: {sorted(missed)} changed, and were not read since {mark}"
        told = _deleted(stage, o.name, mark)
        lost = later.deleted.get(o.name, frozenset()) - told - {r.id for r in stage.records(o.name) if r.deleted}
        assert not lost, f"{o.name}: {sorted(lost)} were deleted, and nobody said so"
        alive = {record.id for record in stage.records(o.name) if not record.deleted}
        assert not told & alive, f"{o.name}: {sorted(told & alive)} are said to be deleted, and are there"


def test_a_snapshot_shows_what_changed(stage: Stage) -> None:
    """An object that is not incremental is read whole, whatever the mark, and a day later shows that day.

    What was deleted is not there any more, or says so.
    """
    later = _later(stage)
    stage.again()
    for o in (o for o in stage.objects if not o.incremental):
        alive = {record.id for record in stage.records(o.name) if not record.deleted}
        missed, there = later.changed.get(o.name, frozenset()) - alive, later.deleted.get(o.name, frozenset()) & alive
        assert not missed, f"{o.name}: {sorted(missed)} are there, and were not read"
        assert not there, f"{o.name}: {sorted(there)} were deleted, and are read as living"
        assert stage.records(o.name, since="2020-01-01T00:00:00Z") == stage.records(o.name), o.name


def _plain(record: Record) -> Record:
    return msgspec.structs.replace(record, raw=None)


def _deleted(stage: Stage, object: str, since: str) -> set[str]:
    source = stage.incremental()
    found: set[str] = set()
    at: str | None = None
    while True:
        page = stage.run(source.deleted(object, since, at))
        for record in page.records:
            assert record.id, f"{object}: a deletion without an id"
            assert record.deleted, f"{object} {record.id} is among the deleted, and not marked so"
            assert not record.values, f"{object} {record.id}: a deletion has no values"
            found.add(record.id)
        at = page.next
        if at is None:
            return found


def _later(stage: Stage) -> Later:
    try:
        return stage.bench.later()
    except CannotError as error:
        pytest.skip(f"{stage.name} has no day after: {error}")
