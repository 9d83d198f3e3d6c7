"""The bounds: measured at the account, stored in the log, used by every proof of absence, and named by it."""

from collections.abc import Iterator

import pytest

from adapters.protocols import Copies, Flow, Intent
from engine.bounds import FACTOR, PATIENCE_SECONDS, PROBE_AGAIN_MICROSECONDS
from engine.events import BoundsMeasured, WriteAbsent, WriteApplied
from engine.waves import WAVE
from tests.engine.bench import Bench, create
from tests.engine.shelf import Shelf


class Trailing(Shelf):
    """A shelf whose witness shows a record only some seconds after it was made."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.asked: list[Intent] = []
        self.bench: Bench | None = None
        self._seen: dict[str, float] = {}

    def shows_at_once(self, entity: str) -> bool:
        """Not here."""
        return entity == "deal"

    def find(self, intent: Intent) -> Flow[Copies]:
        """As the shelf has it, but late."""
        assert self.bench is not None
        self.asked.append(intent)
        now = self.bench.wire.now()
        copies = yield from super().find(intent)
        return [c for c in copies if now - self._seen.setdefault(c.id, now) >= self.seconds]


@pytest.fixture
def shelf() -> Trailing:
    return Trailing()


@pytest.fixture
def bench(shelf: Trailing) -> Iterator[Bench]:
    made = Bench(shelf)
    shelf.bench = made
    yield made
    made.journal.log._engine.dispose()


def measured(bench: Bench) -> list[BoundsMeasured]:
    """What was measured, in order."""
    return [body for _, body in bench.journal.bodies(BoundsMeasured)]


def test_an_acknowledged_create_is_looked_for_once_an_entity_and_day(bench: Bench, shelf: Trailing) -> None:
    """Not each record: the youngest of the first wave, and again only when the measurement is a day old."""
    writer = bench.writer()
    writer.write([create(n) for n in range(WAVE + 2)])
    assert len(shelf.asked) == 1
    bench.writer().write([create(1000)])
    assert len(shelf.asked) == 1
    now = bench.journal.now
    bench.journal.now = lambda: now() + PROBE_AGAIN_MICROSECONDS
    bench.writer().write([create(1001)])
    assert len(shelf.asked) == 2
    assert [m.probes for m in measured(bench)] == [{"person": 0.0}] * 2
    assert bench.wire.slept == []


def test_what_cannot_trail_is_not_measured(bench: Bench, shelf: Trailing) -> None:
    """Where the adapter says that the witness is the record's parent itself, nobody asks."""
    change = create(1)
    deal = change.part._replace(entity="deal")
    bench.writer().write([type(change)(action="create", part=deal, fields=change.fields, whole=change.whole)])
    assert shelf.asked == []
    assert measured(bench) == []


def test_a_witness_that_trails_widens_the_bound(bench: Bench, shelf: Trailing) -> None:
    """The largest that was seen, doubled; a later proof of absence waits so long, and names the measurement."""
    shelf.seconds = 12.0
    bench.writer().write([create(1)])
    (body,) = measured(bench)
    assert body.slowest_witness >= 12.0
    assert (body.visible, body.settle, body.unseen) == (FACTOR * body.slowest_witness, 30.0, [])
    slept = sum(bench.wire.slept)
    shelf.seconds = 0.0
    bench.hurt("cut")
    (outcome,) = bench.writer().write([create(2)])
    assert isinstance(outcome.body, WriteApplied)
    ((_, absent),) = bench.journal.bodies(WriteAbsent)
    assert sum(bench.wire.slept) - slept == absent.waited == absent.settle + absent.visible
    assert absent.visible == body.visible
    assert bench.journal.at(absent.measured, BoundsMeasured) == body


def test_a_witness_that_never_shows_is_believed_to_trail_by_our_patience(bench: Bench, shelf: Trailing) -> None:
    """Patience ends, the entity is named, and the load goes on."""
    shelf.seconds = 10**6
    bench.writer().write([create(1)])
    (body,) = measured(bench)
    assert (body.unseen, body.probes) == (["person"], {"person": PATIENCE_SECONDS})
    assert body.visible == FACTOR * PATIENCE_SECONDS


def test_a_record_that_people_deleted_at_once_measures_nothing(bench: Bench, shelf: Trailing) -> None:
    """It is not there to be seen: that is no witness that trails."""
    shelf.seconds = 10**6
    sleep = bench.account.sleep

    def deleted(seconds: float) -> None:
        sleep(seconds)
        bench.shelf().clear()

    bench.account.sleep = deleted
    bench.writer().write([create(1)])
    (body,) = measured(bench)
    assert (body.unseen, body.visible) == ([], 5.0)


def test_slow_answers_widen_the_bound_and_only_ever_more(bench: Bench) -> None:
    """The slowest answer to a write, doubled, where that is more than the floor; a later process keeps to it."""
    bench.wire.slowest = 20.0
    bench.hurt("cut")
    bench.writer().write([create(1)])
    ((_, first),) = bench.journal.bodies(WriteAbsent)
    assert first.settle == FACTOR * 20.0
    bench.wire.slowest = 3.0
    bench.hurt("cut")
    bench.writer().write([create(2)])
    *_, (_, second) = bench.journal.bodies(WriteAbsent)
    assert (second.settle, second.measured) == (first.settle, measured_at(bench))
    assert [m.slowest_answer for m in measured(bench)] == [20.0] * len(measured(bench))


def measured_at(bench: Bench) -> int:
    """The position of the newest measurement."""
    *_, (recorded, _) = bench.journal.bodies(BoundsMeasured)
    return recorded.position


def test_what_was_never_measured_has_its_floors(bench: Bench) -> None:
    """Before the first acknowledged write: the floors, and no measurement named."""
    bench.hurt("cut")
    bench.writer().write([create(1)])
    ((_, absent),) = bench.journal.bodies(WriteAbsent)
    assert (absent.settle, absent.visible, absent.measured) == (30.0, 5.0, 0)
