"""The write protocol: an intent before every request, an outcome after it, and no question left open in between."""

from collections.abc import Iterator
from typing import Any

import pytest

from adapters.protocols import BudgetSpentError, Request, UnreachableError
from engine.binding import encoded
from engine.changes import Change
from engine.events import WriteAbsent, WriteApplied, WriteIntended, WriteRejected
from engine.view import Part
from engine.waves import WAVE
from engine.write import ATTEMPTS
from eventstore.errors import Deposed
from tests.engine.bench import Bench, create


@pytest.fixture
def bench() -> Iterator[Bench]:
    made = Bench()
    yield made
    made.journal.log._engine.dispose()


def marks(bench: Bench) -> list[str]:
    """The marks on the shelf."""
    return sorted(str(v["mark"]) for v in bench.shelf().values())


@pytest.mark.promise("F-166")
def test_every_request_has_an_intent_before_and_an_outcome_after(bench: Bench) -> None:
    """One intent for each unsafe request, durable before it leaves; events name each other, actor and map version."""
    seen: list[int] = []
    bench.wire.hurt = lambda request: seen.append(len(bench.view.in_doubt())) or ""  # type: ignore[func-returns-value]
    bench.writer().write([create(n) for n in range(5)])
    assert seen == [5] * 5
    intents = list(bench.journal.bodies(WriteIntended))
    applied = list(bench.journal.bodies(WriteApplied))
    assert len(intents) == len(applied) == len(bench.wire.writes) == 5
    for (recorded, body), (outcome, done) in zip(intents, applied, strict=True):
        assert (done.intent, outcome.cause) == (recorded.position, recorded.position)
        assert (recorded.actor, body.map_version, done.map_version) == ("tester", 3, 3)
        assert body.epoch == bench.journal.epoch
        assert body.fields_hash == bench.journal.log.vault.hash(encoded(body.fields))
        assert done.request["body"] == body.fields
        assert done.answer["values"] == body.fields
    assert bench.view.in_doubt() == []


def test_waves_are_commits(bench: Bench) -> None:
    """A wave's intents are recorded together, and the next wave begins when the outcomes of the last are recorded."""
    bench.writer().write([create(n) for n in range(WAVE + 3)])
    assert bench.kinds() == (
        ["WriteIntended"] * WAVE + ["WriteApplied"] * WAVE + ["WriteIntended"] * 3 + ["WriteApplied"] * 3
    )


def test_presence_is_proof_at_once(bench: Bench) -> None:
    """A lost answer to a write that was applied is settled by looking, without waiting and without sending again."""
    bench.hurt("lost")
    (outcome,) = bench.writer().write([create(1)])
    assert isinstance(outcome.body, WriteApplied)
    assert outcome.body.how == "found"
    assert bench.wire.slept == []
    assert len(bench.wire.writes) == len(bench.shelf()) == 1


def test_absence_is_proof_only_after_the_settle_time(bench: Bench) -> None:
    """A write that never arrived is declared absent only when it cannot arrive any more, then sent again, anew."""
    bench.hurt("cut")
    (outcome,) = bench.writer().write([create(1)])
    assert isinstance(outcome.body, WriteApplied)
    assert bench.wire.slept == [35.0]
    assert bench.kinds() == ["WriteIntended", "WriteAbsent", "WriteIntended", "WriteApplied"]
    assert marks(bench) == ["acme/Contact/contact:1/1.2"]
    assert [b.attempt for _, b in bench.journal.bodies(WriteIntended)] == [1, 2]
    ((_, absent),) = bench.journal.bodies(WriteAbsent)
    assert (absent.how, absent.waited, absent.settle, absent.visible) == ("waited", 35.0, 30.0, 5.0)


@pytest.mark.parametrize("action", ["update", "delete"])
def test_a_record_that_people_changed_meanwhile_is_not_written_blindly(bench: Bench, action: Any) -> None:
    """An update or a delete that never arrived is not sent again over what a person did while it was waited for."""
    writer = bench.writer()
    writer.write([create(1)])
    part = Part("person", "Contact", "contact:1")
    bench.hurt("cut", where=lambda r: r.method in ("PATCH", "DELETE"))
    sleep = bench.account.sleep

    def edited(seconds: float) -> None:
        sleep(seconds)
        bench.shelf()["1"]["first_name"] = "Tom's"

    bench.account.sleep = edited
    fields = {"first_name": "New"} if action == "update" else {}
    befores = {0: {"first_name": "F1"}} if action == "update" else {}
    change = Change(action=action, part=part, id="1", fields=fields, whole=fields)
    (outcome,) = writer.write([change], befores)
    assert outcome.stale
    assert isinstance(outcome.body, WriteAbsent)
    assert outcome.body.how == "changed"
    assert bench.shelf()["1"]["first_name"] == "Tom's"
    assert sum(r.method in ("PATCH", "DELETE") for r in bench.wire.writes) == 1
    assert bench.view.in_doubt() == []


def test_what_arrives_late_is_found_and_not_sent_again(bench: Bench) -> None:
    """A request that is applied while we wait is there at the second look: one record, one request."""
    bench.hurt("late")
    (outcome,) = bench.writer().write([create(1)])
    assert isinstance(outcome.body, WriteApplied)
    assert len(bench.wire.writes) == len(bench.shelf()) == 1
    assert bench.wire.slept == [35.0]


def test_of_two_copies_the_lowest_id_is_ours(bench: Bench) -> None:
    """A create that was applied twice takes the lower id; its entity waits for a sweep, which looks at the other."""
    bench.wire._ids = 8
    bench.hurt("twice")
    (outcome,) = bench.writer().write([create(1)])
    assert isinstance(outcome.body, WriteApplied)
    assert (outcome.body.id, list(bench.shelf())) == ("9", ["9", "10"])
    assert bench.view.in_doubt() == []
    assert bench.view.unswept("production") == ["person"]
    link = bench.view.links("production")[Part("person", "Contact", "contact:1")]
    assert (link.id, link.alive) == ("9", True)


@pytest.mark.parametrize("harm", ["spent", "down"])
def test_what_was_not_sent_is_absent_and_goes_on_later(bench: Bench, harm: str) -> None:
    """When the budget ends in a wave, the rest is recorded as absent, nothing is in doubt, and a later run sends it."""
    sent = [0]

    def hurting(request: Request) -> str:
        sent[0] += request.unsafe
        return harm if sent[0] > 4 else ""

    bench.wire.hurt = hurting
    changes = [create(n) for n in range(WAVE + 10)]
    with pytest.raises(BudgetSpentError if harm == "spent" else UnreachableError):
        bench.writer().write(changes)
    assert [b.how for _, b in bench.journal.bodies(WriteAbsent)] == ["unsent"] * (WAVE - 4)
    assert bench.view.unswept("production") == []
    assert bench.kinds().count("WriteIntended") == WAVE
    assert bench.view.in_doubt() == []
    bench.wire.hurt = lambda _request: ""
    links = bench.view.links("production")
    bench.writer().write([c for c in changes if c.part not in links])
    assert len(bench.shelf()) == WAVE + 10
    assert len({m.split("/")[2] for m in marks(bench)}) == WAVE + 10


def test_a_refusal_is_recorded_in_the_servers_words(bench: Bench) -> None:
    """A refusal is final: recorded with status and words, sealed, and not sent again."""
    bench.hurt("refused")
    refused, applied = bench.writer().write([create(1), create(2)])
    assert isinstance(applied.body, WriteApplied)
    assert isinstance(refused.body, WriteRejected)
    assert (refused.body.status, refused.body.message) == (422, "Ann Lee is not welcome")
    assert not any("Ann Lee" in e.body for e in bench.journal.log.read())
    assert len(bench.wire.writes) == 2


def test_an_account_that_loses_everything_is_given_up(bench: Bench) -> None:
    """A write that proves absent again and again ends the run in words, with nothing in doubt and nothing written."""
    bench.hurt("cut", times=10**6)
    with pytest.raises(UnreachableError, match="contact:1"):
        bench.writer().write([create(1)])
    assert len(bench.wire.writes) == ATTEMPTS
    assert bench.kinds() == ["WriteIntended", "WriteAbsent"] * ATTEMPTS
    assert bench.view.in_doubt() == []


@pytest.mark.parametrize("harm", ["lost", "cut", "late"])
@pytest.mark.parametrize("action", ["update", "delete"])
def test_updates_and_deletes_are_settled_too(bench: Bench, action: Any, harm: str) -> None:
    """Whatever happens to the answer of an update or a delete, it ends applied, and its question is answered."""
    writer = bench.writer()
    writer.write([create(1)])
    part = Part("person", "Contact", "contact:1")
    fields = {"first_name": "New"} if action == "update" else {}
    bench.hurt(harm, where=lambda r: r.method in ("PATCH", "DELETE"))
    (outcome,) = writer.write([Change(action=action, part=part, id="1", fields=fields, whole=fields)])
    assert isinstance(outcome.body, WriteApplied)
    assert bench.view.in_doubt() == []
    assert bench.shelf().get("1", {}).get("first_name") == ("New" if action == "update" else None)


@pytest.mark.parametrize("harm", ["lost", "cut"])
def test_a_crash_leaves_a_question_that_the_next_start_answers(bench: Bench, harm: str) -> None:
    """A process that dies between intent and outcome leaves intents in doubt; the next one looks before it sends."""
    bench.hurt(harm, times=3)
    found = bench.writer()
    found.settle = lambda doubtful: (_ for _ in ()).throw(KeyboardInterrupt)  # type: ignore[method-assign,assignment]
    with pytest.raises(KeyboardInterrupt):
        found.write([create(n) for n in range(3)])
    assert len(bench.view.in_doubt()) == 3
    again = bench.writer()
    assert again.settle_all() == 3
    outcomes = [type(b) for kind in (WriteApplied, WriteAbsent) for _, b in bench.journal.bodies(kind)]
    assert outcomes == [WriteApplied if harm == "lost" else WriteAbsent] * 3
    links = bench.view.links("production")
    again.write([c for c in (create(n) for n in range(3)) if c.part not in links])
    assert len(bench.shelf()) == 3
    assert bench.view.in_doubt() == []


def test_a_deposed_writer_sends_nothing(bench: Bench) -> None:
    """When another process has taken the log, the intent is refused and no request leaves."""
    bench.journal.log.take()
    with pytest.raises(Deposed):
        bench.writer().write([create(1)])
    assert bench.wire.requests == []
    assert bench.kinds() == []


def test_the_key_names_migration_record_run_and_attempt(bench: Bench) -> None:
    """The mark of a create is what it is found by, and is in no other write's fields."""
    bench.writer().write([create(1)])
    assert marks(bench) == ["acme/Contact/contact:1/1.1"]
    ((_, intent),) = bench.journal.bodies(WriteIntended)
    assert intent.mark == "acme/Contact/contact:1/1.1"
    assert "mark" not in intent.whole


def test_an_erased_person_is_not_asked_for(bench: Bench) -> None:
    """A write in doubt about a person who was erased meanwhile is closed without a request that names them."""
    bench.hurt("lost")
    writer = bench.writer()
    writer.settle = lambda doubtful: (_ for _ in ()).throw(KeyboardInterrupt)  # type: ignore[method-assign,assignment]
    with pytest.raises(KeyboardInterrupt):
        writer.write([create(1)])
    bench.journal.log.vault.destroy("Contact", "contact:1")
    asked = len(bench.wire.requests)
    bench.writer().settle_all()
    assert len(bench.wire.requests) == asked
    assert bench.view.in_doubt() == []
    ((recorded, _),) = bench.journal.bodies(WriteAbsent)
    assert recorded.data()["how"] == "erased"
