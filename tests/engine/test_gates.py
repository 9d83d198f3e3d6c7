"""Gates and reviews: shut until a person opens them, shut again when what was approved changes."""

import msgspec
import pytest

from engine.events import GateApproved, MigrationHeld, ReviewOpened, ReviewResolved
from engine.findings import Draft
from engine.history import NotReadyError
from engine.load import GateShutError
from engine.mapping import MapError, parse
from engine.migration import HeldError
from engine.reviews import ReviewError, answers, ask, questions, resolve, sync
from tests.engine.world import DELTA, World, journal_at, view_of

ORDER = ("data", "configuration", "sample")


@pytest.mark.promise("F-048")
def test_nothing_is_written_before_a_map_is_confirmed() -> None:
    """Every verb that writes refuses while there is no confirmed map, a proposal notwithstanding; no request leaves."""
    world = World()
    world.migration.start("smart-crm-online", "pipedrive")
    world.migration.discover()
    world.migration.propose()
    for verb in (
        world.migration.run, world.migration.sync, lambda: world.migration.sample(10),
        lambda: world.migration.retry((), ""), lambda: world.migration.approve("sample", ""),
    ):  # fmt: skip
        with pytest.raises(NotReadyError, match="map"):
            verb()
    assert world.wire.writes == []
    assert "WriteIntended" not in world.kinds()
    world.close()


def test_a_map_with_a_fault_is_not_confirmed() -> None:
    """A map against which something stands records nothing, and the fault is named."""
    world = World()
    world.migration.discover()
    text = world.migration.propose().replace('to = "name"', 'to = "nonsense"', 1)
    with pytest.raises(MapError, match="nonsense"):
        world.migration.confirm(text)
    assert world.view.fact("map") is None
    world.close()


@pytest.mark.promise("F-147")
@pytest.mark.promise("F-053")
@pytest.mark.parametrize("missing", ORDER)
def test_each_gate_must_be_open(missing: str) -> None:
    """Production needs all three approvals; the one that is missing is named with the command that opens it."""
    world = World()
    world.map()
    world.migration.approve("configuration", "")
    world.migration.sample(5)
    world.answer()
    for gate in ORDER:
        if gate != missing:
            world.migration.approve(gate, "")
    if missing == "configuration":  # an answer has added a stage, so its first approval is void
        assert world.view.fact("gate:production:configuration")
    else:
        world.migration.approve("configuration", "")
    before = len(world.wire.writes)
    with pytest.raises(GateShutError, match=f"the {missing} is not approved.*cutover approve {missing}"):
        world.migration.run()
    assert len(world.wire.writes) == before
    world.close()


def test_an_approval_says_who_and_why(ready: World) -> None:
    """Approvals are events with their actor, reason and the digest of what was approved."""
    approvals = list(ready.journal.bodies(GateApproved))
    assert {b.gate for _, b in approvals} == set(ORDER)
    assert {(r.actor, b.reason) for r, b in approvals} == {("tester", "test")}
    assert all(b.digest for _, b in approvals)


@pytest.mark.promise("F-053")
@pytest.mark.promise("F-147")
def test_a_changed_map_voids_the_sample(ready: World) -> None:
    """A new map version shuts the sample's gate, and it cannot be approved before it has been run again."""
    text = ready.migration.propose()
    changed = text.replace('Industry = { new = "Industry", kind = "enum" }', 'Industry = { exclude = "unused" }')
    assert changed != text
    assert ready.migration.confirm(changed) == (2, True)
    ready.migration.approve("configuration", "")
    with pytest.raises(GateShutError, match="the sample is not approved"):
        ready.migration.run()
    with pytest.raises(GateShutError, match="no sample of map version 2"):
        ready.migration.approve("sample", "")
    ready.migration.sample(5)
    ready.migration.approve("sample", "")
    ready.migration.run()


def test_the_same_map_again_voids_nothing(ready: World) -> None:
    """Confirming what is confirmed is no new version, and the gates stay open."""
    version, new = ready.migration.confirm(ready.migration.propose())
    assert (version, new) == (1, False)
    ready.migration.run()


def test_changed_data_voids_its_approval(ready: World) -> None:
    """Another export before the first run shuts the data's gate."""
    ready.export = DELTA
    ready.migration.discover()
    with pytest.raises(GateShutError, match="the data is not approved"):
        ready.migration.run()
    ready.migration.approve("data", "")
    ready.migration.refresh()
    assert ready.view.fact("gate:production:data")


@pytest.mark.parametrize("verb", ["sync", "retry"])
def test_a_changed_map_shuts_the_delta_and_the_retry_as_well(moved: World, verb: str) -> None:
    """What a run refuses under a map that nobody has approved no other verb does, the daemon's delta included."""
    text = moved.migration.propose()
    changed = text.replace('Industry = { new = "Industry", kind = "enum" }', 'Industry = { exclude = "unused" }')
    assert moved.migration.confirm(changed) == (2, True)
    go = {"sync": moved.migration.sync, "retry": lambda: moved.migration.retry((), "")}[verb]
    before = len(moved.wire.writes)
    with pytest.raises(GateShutError, match="the configuration is not approved"):
        go()
    moved.migration.approve("configuration", "")
    with pytest.raises(GateShutError, match="the sample is not approved"):
        go()
    assert len(moved.wire.writes) == before
    moved.migration.sample(5)
    moved.migration.approve("sample", "")
    go()


def test_a_changed_configuration_voids_its_approval(ready: World) -> None:
    """A new custom field shuts the configuration's gate."""
    made = parse(ready.migration.propose())
    company = made.object["Company"]
    there = msgspec.structs.replace(company.fields["Industry"], new="Branch")
    fields = company.fields | {"Industry": there}
    from engine.history import source_schema
    from engine.mapfile import render

    changed = msgspec.structs.replace(
        made, object=made.object | {"Company": msgspec.structs.replace(company, fields=fields)}
    )
    ready.migration.confirm(render(changed, source_schema(ready.journal)))
    with pytest.raises(GateShutError, match="the configuration is not approved"):
        ready.migration.sample(5)


def test_a_hold_shuts_everything(ready: World) -> None:
    """A held migration writes nothing, whatever is approved, until a person resumes it; each happens once."""
    ready.migration.hold("the customer asked")
    ready.migration.hold("again")
    assert [b.reason for _, b in ready.journal.bodies(MigrationHeld)] == ["the customer asked"]
    before = len(ready.wire.writes)
    for verb in (ready.migration.run, lambda: ready.migration.sample(5), lambda: ready.migration.retry((), "")):
        with pytest.raises(GateShutError, match="the customer asked"):
            verb()
    assert len(ready.wire.writes) == before
    ready.migration.resume("")
    with pytest.raises(HeldError):
        ready.migration.resume("")
    ready.migration.run()


def test_a_changed_map_needs_its_sample_before_a_delta(moved: World) -> None:
    """A delta would write all that a changed map asks for: it writes nothing before the sample of it is approved."""
    text = moved.migration.propose()
    changed = text.replace('Industry = { new = "Industry", kind = "enum" }', 'Industry = { exclude = "unused" }')
    assert moved.migration.confirm(changed) == (2, True)
    moved.export = DELTA
    writes = len(moved.wire.writes)
    with pytest.raises(GateShutError, match="the configuration is not approved"):
        moved.migration.sync()
    moved.migration.approve("configuration", "")
    with pytest.raises(GateShutError, match="the sample is not approved"):
        moved.migration.sync()
    assert len(moved.wire.writes) == writes
    moved.migration.sample(5)
    moved.migration.approve("sample", "")
    report = moved.migration.sync()
    assert report.checkpoint
    assert {"deal:16", "C-1020"} <= {key for _, key, _, _ in moved.migration.crosswalk()}


@pytest.mark.parametrize("missing", ORDER)
def test_records_are_tried_again_only_where_a_run_may_write(missing: str) -> None:
    """Before the first run, `retry` needs the approvals that the run needs: it is no way around a gate."""
    world = World()
    world.map()
    world.migration.approve("configuration", "")
    world.migration.sample(5)
    for gate in ORDER:
        if gate != missing:
            world.migration.approve(gate, "")
    if missing == "configuration":
        world.answer()  # an answer adds a stage, so the first approval is void
    writes = len(world.wire.writes)
    with pytest.raises(GateShutError, match=f"the {missing} is not approved"):
        world.migration.retry((), "")
    assert len(world.wire.writes) == writes
    world.close()


def test_only_what_is_stuck_can_be_tried_again(moved: World) -> None:
    """A record that was written, one that there is not, an entity that nothing becomes: told, and nothing is sent."""
    writes = len(moved.wire.writes)
    with pytest.raises(ReviewError, match="neither rejected nor held: Company/C-1002, Company/nobody"):
        moved.migration.retry(("Company/nobody", "Company/C-1002"), "")
    with pytest.raises(ReviewError, match=r"nothing becomes a 'company'.*organization, person"):
        moved.migration.retry((), "company")
    assert len(moved.wire.writes) == writes


def test_the_data_gate_accepts_proposed_duplicates_at_once() -> None:
    """Approving the data answers open duplicates as proposed, in the append that approves."""
    world = World()
    world.map()
    duplicates = [q for q in world.migration.reviews() if q.kind == "duplicate"]
    assert duplicates
    head = world.journal.log.head().position
    assert world.migration.approve("data", "seen") == len(duplicates)
    kinds = [k for k in world.kinds(after=head) if not k.startswith("Review") or k == "ReviewResolved"]
    assert kinds == ["ReviewResolved"] * len(duplicates) + ["GateApproved"]
    assert len({e.at for e in world.journal.log.read(after=head)}) == 1
    world.close()


# --- reviews -----------------------------------------------------------------------------------------------------


def draft(id: str, kind: str = "orphan", *, blocking: bool = True) -> Draft:
    """A question about a deal."""
    return Draft(
        id=id,
        kind=kind,
        subject=("Deal", f"deal:{id}"),
        question=f"What of {id}?",
        choices=("skip", "keep"),
        blocking=blocking,
    )


def test_questions_open_once_and_are_withdrawn() -> None:
    """What is asked is opened once, what is no longer asked is withdrawn, what is asked again is opened again."""
    journal = journal_at()
    view = view_of(journal)
    sync(journal, view, [draft("a"), draft("b")])
    sync(journal, view, [draft("a"), draft("b")])
    sync(journal, view, [draft("b")])
    sync(journal, view, [draft("b"), draft("a")])
    assert [e.kind for e in journal.log.read()] == ["ReviewOpened", "ReviewOpened", "ReviewWithdrawn", "ReviewOpened"]
    assert [r.id for r in view.reviews()] == ["b", "a"]
    journal.log._engine.dispose()


def test_what_a_person_answered_is_not_withdrawn() -> None:
    """An answered question stays answered when it is no longer asked, and opens again if its answer no longer fits."""
    journal = journal_at()
    view = view_of(journal)
    sync(journal, view, [draft("a")])
    assert resolve(journal, view, "production", ["a"], "skip", "why not") == 1
    sync(journal, view, [])
    assert [r.status for r in view.reviews(status=None)] == ["resolved"]
    assert answers(journal, view) == {"a": "skip"}
    sync(journal, view, [draft("a")])
    assert [r.status for r in view.reviews(status=None)] == ["open"]
    assert answers(journal, view) == {}
    journal.log._engine.dispose()


def test_questions_of_the_destination_are_not_replays_to_withdraw() -> None:
    """A conflict is asked while writing and stays open whatever replay asks."""
    journal = journal_at()
    view = view_of(journal)
    ask(journal, view, [draft("c", "conflict")])
    ask(journal, view, [draft("c", "conflict")])
    sync(journal, view, [])
    assert [(r.id, r.status) for r in view.reviews(status=None)] == [("c", "open")]
    journal.log._engine.dispose()


def test_an_answer_must_be_a_choice_of_a_question() -> None:
    """Unknown items and unknown choices are refused before anything is recorded, with what there is."""
    journal = journal_at()
    view = view_of(journal)
    sync(journal, view, [draft("a"), draft("b")])
    with pytest.raises(ReviewError, match=r"'nope'.*cutover review"):
        resolve(journal, view, "production", ["a", "nope"], "skip", "")
    with pytest.raises(ReviewError, match="skip, keep"):
        resolve(journal, view, "production", ["a", "b"], "burn", "")
    assert not list(journal.bodies(ReviewResolved))
    resolve(journal, view, "production", ["a", "b"], "keep", "both")
    given = [(r.object, r.key, b.choice, b.reason) for r, b in journal.bodies(ReviewResolved)]
    assert given == [("Deal", "deal:a", "keep", "both"), ("Deal", "deal:b", "keep", "both")]
    opened = {r.position for r, _ in journal.bodies(ReviewOpened)}
    assert {r.cause for r, _ in journal.bodies(ReviewResolved)} == opened
    journal.log._engine.dispose()


def test_a_question_says_who_waits_for_it() -> None:
    """Each question of the small bundle names the records that it holds back, before any phase has run."""
    world = World(duplicates="merge")
    world.map()
    items = world.migration.reviews()
    waiting = {(q.object, q.key): q.blocks for q in items if q.blocking}
    assert all(waiting.values())
    _, replayed = world.migration.replayed()
    held = {"/".join(s) for s, v in replayed.settled.items() if v.disposition == "held"}
    assert held == {b for blocks in waiting.values() for b in blocks}
    world.close()


def test_questions_of_an_erased_person_say_nothing() -> None:
    """The words of a question go with the person's key."""
    journal = journal_at()
    view = view_of(journal)
    sync(journal, view, [draft("a")])
    journal.log.vault.destroy("Deal", "deal:a")
    (question,) = questions(journal, view, "production", {})
    assert (question.question, question.choices) == ("(the person was erased)", [])
    journal.log._engine.dispose()
