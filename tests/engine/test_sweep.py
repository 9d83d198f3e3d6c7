"""The sweep: what carries our key and the log does not name is adopted, taken away or asked about; never guessed."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from adapters.protocols import BudgetSpentError, Request, UnreachableError
from engine.events import ReviewOpened, SweepFinished, WriteAbsent, WriteApplied, WriteIntended
from engine.strays import Found
from engine.view import DISPOSITIONS
from engine.write import ATTEMPTS
from tests.bench.generate import Sizes
from tests.engine.world import World
from tests.promises.scenes import DESTINATIONS, smart_crm

SIZES = Sizes(companies=4, contacts=4, deals=3, calls=1, emails=1, meetings=1, tasks=1, notes=2)
COMPANY = {"pipedrive": "organization", "nutshell": "account"}


@pytest.fixture(params=DESTINATIONS)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """A migration right before its run, into each destination."""
    made = smart_crm(request.param, tmp_path, SIZES)
    yield made
    made.close()


def company(request: Request) -> str:
    """The name of the company that a request creates; empty for all other requests."""
    body: Any = request.body
    if request.method == "POST" and request.path.endswith("/organizations"):
        return str(body["name"])
    return (
        str(body["params"]["account"]["name"]) if isinstance(body, dict) and body.get("method") == "newAccount" else ""
    )


def lose(
    world: World, times: int, then: Callable[[Request, Request], bool] = lambda _lost, _now: False
) -> list[Request]:
    """Let the first company's creates get lost on their way; `then`: whether the first arrives before a request."""
    lost: list[Request] = []
    landed = [False]

    def hurting(request: Request) -> str:
        if len(lost) < times and company(request) and (not lost or company(request) == company(lost[0])):
            lost.append(request)
            return "cut"
        if lost and not landed[0] and then(lost[0], request):
            landed[0] = True
            world.wire.sandbox.answer(lost[0])
        return ""

    world.wire.hurt = hurting
    return lost


def named(world: World, lost: Request) -> list[str]:
    """The ids of the companies of that name."""
    entity = COMPANY[world.account.destination.name]
    page = world.wire.one(world.account.destination.list(entity, None))
    return sorted((r.id for r in page.records if r.values["name"] == company(lost)), key=int)


def swept(world: World) -> dict[str, Found]:
    """What the operator's sweep finds and repairs."""
    return {f.entity: f for f in world.migration.sweep(act=True)}


def assert_whole(world: World) -> None:
    """Both sides agree, the six dispositions add up, the read models are the fold of the log."""
    assert world.migration.reconcile().ok
    for counts in world.counts().values():
        assert sum(counts[d] for d in DISPOSITIONS) == counts["extracted"]
    assert list(world.journal.log.rebuild(check=True)) == []
    assert world.journal.log.verify().ok


def test_a_late_arrival_that_was_never_repeated_is_adopted(world: World) -> None:
    """Proven absent, given up, and then it comes after all: the next start takes it as ours and sends nothing again."""
    gone = lose(world, ATTEMPTS)
    with pytest.raises(UnreachableError):
        world.migration.run()
    lost = gone[0]
    world.wire.hurt = lambda _request: ""
    world.wire.sandbox.answer(lost)
    sent = len(world.wire.writes)
    assert world.migration.run().outcome == "done"
    (id,) = named(world, lost)
    late = [b for _, b in world.journal.bodies(WriteApplied) if b.how == "late"]
    assert [b.id for b in late] == [id]
    assert company(lost) not in [company(r) for r in world.wire.writes[sent:]]
    assert [b.late for _, b in world.journal.bodies(SweepFinished) if b.late] == [[id]]
    assert_whole(world)


def test_a_copy_that_comes_during_the_run_is_taken_away_at_its_end(world: World) -> None:
    """The first request comes when the second has long been answered: the run's own sweep leaves one."""
    gone = lose(world, 1, then=lambda _lost, now: now.unsafe and not company(now))
    assert world.migration.run().outcome == "done"
    assert len(named(world, gone[0])) == 1
    (deleted,) = [r for r, b in world.journal.bodies(WriteIntended) if b.action == "delete"]
    cause = world.journal.at(deleted.cause or 0, WriteIntended)
    assert deleted.object == "Copy"
    assert cause is not None
    assert (cause.action, cause.attempt) == ("create", 1)
    assert [len(b.copies) for _, b in world.journal.bodies(SweepFinished) if b.copies] == [1]
    assert world.view.unswept("production") == []
    assert_whole(world)


def test_what_comes_after_the_last_sweep_is_found_by_the_operators(world: World) -> None:
    """Only shown at first; then taken away. A second sweep finds nothing, and a rollback nothing more to do."""
    gone = lose(world, 1)
    assert world.migration.run().outcome == "done"
    world.wire.sandbox.answer(gone[0])
    kept, copy = named(world, gone[0])
    assert not world.migration.reconcile().ok
    before = world.journal.log.head().position
    shown = {f.entity: f for f in world.migration.sweep(act=False)}
    entity = COMPANY[world.account.destination.name]
    assert [s.copy.id for s in shown[entity].of("copy")] == [copy]
    assert world.journal.log.head().position == before
    assert named(world, gone[0]) == [kept, copy]
    assert [s.copy.id for s in swept(world)[entity].of("copy")] == [copy]
    assert named(world, gone[0]) == [kept]
    assert not any(f.strays for f in swept(world).values())
    assert_whole(world)


@pytest.mark.parametrize("choice", ["keep", "delete"])
def test_a_copy_that_people_have_touched_waits_for_one_of_them(world: World, choice: str) -> None:
    """It is held and asked about once; kept, it is no difference any more; else the next sweep takes it away."""
    gone = lose(world, 1)
    assert world.migration.run().outcome == "done"
    world.wire.sandbox.answer(gone[0])
    entity = COMPANY[world.account.destination.name]
    kept, copy = named(world, gone[0])
    if entity == "account":
        world.wire.edit("account", copy, description="Tom called them")
    else:
        world.wire.edit("organizations", copy, address={"value": "1 Main Street"})
    (stray,) = swept(world)[entity].strays
    assert (stray.what, stray.copy.id) == ("held", copy)
    assert "people have changed" in stray.why
    swept(world)
    ((opened, question),) = [q for q in world.journal.bodies(ReviewOpened) if q[1].kind == "copy"]
    assert (opened.object, opened.key) == ("Copy", f"{entity}/{copy}")
    assert named(world, gone[0]) == [kept, copy]
    world.migration.resolve([question.review], choice, "Tom says so")
    assert not any(f.of("held") for f in swept(world).values())
    assert named(world, gone[0]) == ([kept, copy] if choice == "keep" else [kept])
    assert_whole(world)


def test_a_copy_made_by_hand_is_not_ours_to_delete(world: World) -> None:
    """A write that was answered has no twin: who copied the record, key and all, is asked."""
    assert world.migration.run().outcome == "done"
    sent = [r for r in world.wire.writes if company(r)]
    world.wire.sandbox.answer(sent[0])
    (stray,) = swept(world)[COMPANY[world.account.destination.name]].strays
    assert stray.what == "held"
    assert "somebody has copied" in stray.why
    assert len(named(world, sent[0])) == 2


def test_of_two_that_came_of_one_request_the_lowest_id_stays(world: World) -> None:
    """Applied twice, answered never: settling takes the first at once, the sweep the other away."""
    first: list[Request] = []

    def twice(request: Request) -> str:
        if first or not company(request):
            return ""
        first.append(request)
        world.wire.sandbox.answer(request)
        return "lost"

    world.wire.hurt = twice
    assert world.migration.run().outcome == "done"
    (kept,) = named(world, first[0])
    (found,) = [b for _, b in world.journal.bodies(WriteApplied) if b.how == "found"]
    ((_, sweep),) = [s for s in world.journal.bodies(SweepFinished) if s[1].copies]
    assert found.id == kept
    assert all(int(kept) < int(copy) for copy in sweep.copies)
    assert_whole(world)


def test_a_sweep_that_breaks_off_is_done_again(world: World) -> None:
    """The budget ends between finding a copy and deleting it: the entity stays unswept, and the next run ends it."""
    gone = lose(world, 1, then=lambda _lost, now: now.unsafe and not company(now))
    losing = world.wire.hurt

    def is_delete(request: Request) -> bool:
        return request.method == "DELETE" or "delete" in str(request.body)

    world.wire.hurt = lambda request: "spent" if is_delete(request) else losing(request)
    with pytest.raises(BudgetSpentError):
        world.migration.run()
    assert world.view.unswept("production") == [COMPANY[world.account.destination.name]]
    assert len(named(world, gone[0])) == 2
    world.wire.hurt = lambda _request: ""
    assert world.migration.run().outcome == "done"
    assert len(named(world, gone[0])) == 1
    assert world.view.unswept("production") == []
    assert_whole(world)


def test_a_copy_that_others_stand_on_is_not_pulled_from_under_them(world: World) -> None:
    """Somebody has put a person of theirs at the second company: it is held, and says who."""
    gone = lose(world, 1)
    assert world.migration.run().outcome == "done"
    world.wire.sandbox.answer(gone[0])
    _, copy = named(world, gone[0])
    if world.account.destination.name == "pipedrive":
        fields: dict[str, Any] = {"first_name": "Tom's friend", "org_id": copy}
        made = world.wire.one(world.account.destination.create("person", fields))
        who = f"person {made.id}"
    else:
        made = world.wire.one(world.account.destination.create("contact", {"last_name": "Friend", "account_id": copy}))
        who = f"contact {made.id}"
    (stray,) = swept(world)[COMPANY[world.account.destination.name]].strays
    assert (stray.what, stray.why) == ("held", f"{who} hangs on it")
    assert copy in named(world, gone[0])


@pytest.mark.parametrize("choice", ["keep", "delete"])
def test_what_carries_no_key_is_asked_about_and_never_guessed(choice: str) -> None:
    """Two equal stages, one of them ours: no sweep takes the other away before a person has said so."""
    world = World()
    world.map()
    world.answer()
    world.migration.approve("configuration", "test")
    lost: list[Request] = []
    landed = [False]

    def hurting(request: Request) -> str:
        is_stage = request.method == "POST" and request.path.endswith("/stages")
        if not lost and is_stage:
            lost.append(request)
            return "cut"
        if lost and request.unsafe and not is_stage and not landed[0]:
            landed[0] = True
            world.wire.sandbox.answer(lost[0])
        return ""

    def stages() -> int:
        body: Any = lost[0].body
        return sum(stage["name"] == body["name"] for stage in world.wire.records()["stages"])

    world.wire.hurt = hurting
    world.migration.sample(0)
    before = stages()
    assert before >= 2
    ((opened, question),) = [q for q in world.journal.bodies(ReviewOpened) if q[1].kind == "copy"]
    assert opened.key is not None
    assert opened.key.startswith("stage/")
    swept(world)
    assert [r.id for r in world.view.reviews() if r.kind == "copy"] == [question.review]
    assert stages() == before
    world.migration.resolve([question.review], choice, "Tom says so")
    swept(world)
    assert stages() == before - (choice == "delete")
    world.close()


def test_a_rollback_takes_back_what_comes_late_meanwhile(world: World) -> None:
    """A create that was given up arrives while all else is taken back: it is adopted, and goes, too."""
    gone = lose(world, ATTEMPTS)
    with pytest.raises(UnreachableError):
        world.migration.run()
    deletes = [0]

    def hurting(request: Request) -> str:
        deletes[0] += request.unsafe
        if deletes[0] == 3 and request.unsafe:
            world.wire.sandbox.answer(gone[0])
        return ""

    world.wire.hurt = hurting
    undoing = world.migration.rewind(0, "rollback")
    assert (undoing.held, undoing.impossible) == ([], [])
    assert named(world, gone[0]) == []
    assert [b.how for _, b in world.journal.bodies(WriteAbsent)].count("waited") == ATTEMPTS
    assert world.view.unswept("production") == []
