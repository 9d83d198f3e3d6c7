"""Steps: one intent a request; what is half made never passes for whole; several creates may share a request."""

from collections.abc import Iterator, Sequence

import msgspec
import pytest

from adapters.protocols import Applied, BudgetSpentError, Fields, Flow, Request, StaleError, UnreachableError
from engine.changes import Change
from engine.events import WriteAbsent, WriteApplied, WriteIntended, WriteRejected
from engine.steps import MOST, Stepper
from engine.view import Part
from tests.engine.bench import Bench, create
from tests.engine.shelf import Shelf


class Stepwise(Shelf):
    """A shelf that archives in a request of its own, and takes one follower a request."""

    def step(self, entity: str, before: Fields | None, fields: Fields) -> Fields:
        """Everything plain first, then the archive, then follower by follower."""
        plain = {k: v for k, v in fields.items() if k not in ("archived", "followers")}
        if plain or before is None:
            return plain
        if "archived" in fields:
            return {"archived": fields["archived"]}
        there = before.get("followers") or []
        wanted = fields["followers"]
        gone = [f for f in there if f not in wanted]
        if gone:
            return {"followers": [f for f in there if f != gone[0]]}
        return {"followers": [*there, next(f for f in wanted if f not in there)]}


class Stuck(Shelf):
    """A shelf whose steps lead nowhere."""

    def step(self, entity: str, before: Fields | None, fields: Fields) -> Fields:
        """Never more than a name."""
        return {"name": len(str(before))}


class Batching(Shelf):
    """A shelf that takes three creates in one request."""

    def together(self, entity: str, several: Sequence[Fields]) -> list[list[int]]:
        """In threes; what is left over goes alone."""
        full = len(several) // 3 * 3
        return [[n, n + 1, n + 2] for n in range(0, full, 3)] + [[n] for n in range(full, len(several))]

    def create_many(self, entity: str, several: Sequence[Fields]) -> Flow[list[Applied]]:
        """One POST of a list."""
        response = yield Request(method="POST", path=f"/{entity}/bulk", body=list(several))
        return [Applied(id=i, answer=response.body, values=v) for i, v in response.body["made"].items()]


class Moving(Shelf):
    """A shelf that tells of a record that has changed meanwhile, so many times."""

    stale = 0

    def update(self, entity: str, id: str, fields: Fields, before: Fields | None = None) -> Flow[Applied]:
        """A PATCH, or no."""
        if self.stale:
            self.stale -= 1
            raise StaleError("rev key is out-of-date")
        return (yield from super().update(entity, id, fields, before))


@pytest.fixture
def bench() -> Iterator[Bench]:
    made = Bench(Stepwise())
    yield made
    made.journal.log._engine.dispose()


WHOLE = {"first_name": "Ann", "archived": True, "followers": ["1", "2"]}


def ann() -> Change:
    """A person in four steps."""
    return msgspec.structs.replace(create(1), fields={**WHOLE, "$mark": "mark"}, whole=WHOLE, whole_hash="whole")


def test_each_step_is_an_intent_of_its_own(bench: Bench) -> None:
    """A create and three updates, each with its own intent, before-image and outcome; the last one alone is whole."""
    (outcome,) = Stepper(bench.writer()).write([ann()])
    assert isinstance(outcome.body, WriteApplied)
    intents = [b for _, b in bench.journal.bodies(WriteIntended)]
    assert [b.action for b in intents] == ["create", "update", "update", "update"]
    assert [b.partial for b in intents] == [True, True, True, False]
    assert [{k: v for k, v in b.fields.items() if k != "mark"} for b in intents] == [
        {"first_name": "Ann"}, {"archived": True}, {"followers": ["1"]}, {"followers": ["1", "2"]},
    ]  # fmt: skip
    assert [b.before.get("followers") for b in intents[2:]] == [None, ["1"]]
    assert intents[-1].whole == WHOLE
    assert {k: v for k, v in bench.shelf()["1"].items() if k != "mark"} == WHOLE
    assert len(bench.wire.writes) == 4


def test_a_half_made_record_is_pending(bench: Bench) -> None:
    """When the budget ends between two steps the record does not pass for whole, and another run writes the rest."""
    bench.hurt("spent", where=lambda r: r.method == "PATCH")
    with pytest.raises(BudgetSpentError):
        Stepper(bench.writer()).write([ann()])
    link = bench.view.link("production", Part("person", "Contact", "contact:1"))
    assert link is not None
    assert link.whole_hash != "whole"
    written = bench.journal.at(link.intent, WriteIntended)
    assert written is not None
    assert written.whole == {"first_name": "Ann"}
    rest = {k: v for k, v in WHOLE.items() if written.whole.get(k) != v}
    again = msgspec.structs.replace(ann(), action="update", id=link.id, fields=rest, link=link)
    Stepper(bench.writer()).write([again])
    link = bench.view.link("production", Part("person", "Contact", "contact:1"))
    assert link is not None
    assert link.whole_hash == "whole"
    assert {k: v for k, v in bench.shelf()["1"].items() if k != "mark"} == WHOLE


def test_a_lost_step_is_settled_like_any_write(bench: Bench) -> None:
    """Each step of a record whose answers are all lost is found, and none is sent twice."""
    bench.hurt("lost", times=4)
    (outcome,) = Stepper(bench.writer()).write([ann()])
    assert isinstance(outcome.body, WriteApplied)
    assert outcome.body.how == "found"
    assert len(bench.wire.writes) == 4


def test_what_is_known_of_a_record_adds_up(bench: Bench) -> None:
    """An answer that shows only what was written is laid over what the answers before have shown."""
    Stepper(bench.writer()).write([ann()])
    last = [b for _, b in bench.journal.bodies(WriteApplied)][-1]
    assert {k: v for k, v in last.values.items() if k != "mark"} == WHOLE


def test_steps_that_lead_nowhere_end(bench: Bench) -> None:
    """An adapter whose steps never arrive is stopped, and the record named."""
    stuck = Bench(Stuck())
    with pytest.raises(UnreachableError, match="contact:1"):
        Stepper(stuck.writer()).write([ann()])
    assert len(stuck.wire.writes) == MOST
    stuck.journal.log._engine.dispose()


@pytest.fixture
def batching() -> Iterator[Bench]:
    made = Bench(Batching())
    apply = made.wire._apply

    def bulk(request: Request) -> object:
        if not request.path.endswith("/bulk"):
            return apply(request)
        made_of = [apply(Request(method="POST", path="/person", body=body)).body for body in request.body]
        return msgspec.structs.replace(apply(Request(method="GET", path="/person")), body={
            "made": {m["id"]: m["values"] for m in made_of}
        })  # fmt: skip

    made.wire._apply = bulk  # type: ignore[method-assign, assignment]
    yield made
    made.journal.log._engine.dispose()


@pytest.mark.promise("F-118")
def test_creates_that_share_a_request_have_an_intent_each(batching: Bench) -> None:
    """Seven records take three requests, with seven intents before and seven outcomes after them."""
    outcomes = batching.writer().write([create(n) for n in range(7)])
    assert len(batching.wire.writes) == 3
    assert batching.kinds() == ["WriteIntended"] * 7 + ["WriteApplied"] * 7
    ids = {o.change.part.key: o.body.id for o in outcomes if isinstance(o.body, WriteApplied)}
    assert {key: v["first_name"] for key, v in ((k, batching.shelf()[i]) for k, i in ids.items())} == {
        f"contact:{n}": f"F{n}" for n in range(7)
    }


def test_a_shared_request_that_is_lost_leaves_each_in_doubt(batching: Bench) -> None:
    """The answer to three creates is lost: each is found by its own key, and none is sent again."""
    batching.hurt("lost")
    outcomes = batching.writer().write([create(n) for n in range(3)])
    assert [o.body.how for o in outcomes if isinstance(o.body, WriteApplied)] == ["found"] * 3
    assert len(batching.wire.writes) == 1
    assert len(batching.shelf()) == 3


def test_a_shared_request_that_is_refused_is_split(batching: Bench) -> None:
    """One bad record does not take two good ones down: after the refusal each is asked for by itself."""
    batching.wire.hurt = lambda r: "refused" if r.unsafe and "F1" in str(r.body) else ""
    outcomes = batching.writer().write([create(n) for n in range(3)])
    assert [type(o.body) for o in outcomes] == [WriteApplied, WriteRejected, WriteApplied]
    assert batching.kinds().count("WriteAbsent") == 3
    assert len(batching.shelf()) == 2


def test_a_stale_record_is_not_written(bench: Bench) -> None:
    """Where the account says that a record has changed since it was read, nothing is sent and nothing is in doubt."""
    shelf = Moving()
    moving = Bench(shelf)
    (made,) = moving.writer().write([create(1)])
    assert isinstance(made.body, WriteApplied)
    shelf.stale = 1
    change = msgspec.structs.replace(create(1), action="update", id=made.body.id, fields={"first_name": "New"})
    (outcome,) = moving.writer().write([change])
    assert outcome.stale
    assert isinstance(outcome.body, WriteAbsent)
    assert moving.shelf()["1"]["first_name"] == "F1"
    assert moving.view.in_doubt() == []
    moving.journal.log._engine.dispose()


class Fixed(Shelf):
    """A shelf whose records cannot be changed: an update of them sends nothing."""

    def update(self, entity: str, id: str, fields: Fields, before: Fields | None = None) -> Flow[Applied]:
        """The record as it is."""
        response = yield Request(method="GET", path=f"/{entity}")
        return Applied(id=id, answer=response.body, values=response.body[id])


def test_an_update_that_sends_nothing_is_no_write() -> None:
    """What the API cannot change is rejected in words that name it; it never counts as written."""
    fixed = Bench(Fixed())
    (made,) = fixed.writer().write([create(1)])
    assert isinstance(made.body, WriteApplied)
    change = msgspec.structs.replace(create(1), action="update", id=made.body.id, fields={"first_name": "New"})
    (outcome,) = fixed.writer().write([change])
    assert isinstance(outcome.body, WriteRejected)
    assert (outcome.body.code, outcome.body.request) == ("unchangeable", None)
    assert "first_name" in outcome.body.message
    assert len(fixed.wire.writes) == 1
    fixed.journal.log._engine.dispose()
