"""What the plan has room for: told before the first write, and settled by a person in one of several ways."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import msgspec
import pytest

from adapters.destinations.pipedrive import Pipedrive
from adapters.protocols import Cap, Flow, Schema
from engine.load import GateShutError
from engine.mapping import parse
from tests.engine.world import World

SOURCE = "a table of 2025-08"


class Capped(Pipedrive):
    """An account whose plan limits what a test says."""

    def __init__(self, cap: Callable[[Schema], Cap]) -> None:
        super().__init__(plan="ultimate")
        self.cap = cap

    def schema(self) -> Flow[Schema]:
        """The account, with one cap."""
        schema = yield from super().schema()
        return msgspec.structs.replace(schema, caps=(self.cap(schema),))


@contextmanager
def capped(cap: Callable[[Schema], Cap]) -> Iterator[World]:
    """A migration up to its confirmed map, at an account with a cap."""
    world = World(destination=Capped(cap))
    try:
        world.map()
        yield world
    finally:
        world.close()


def custom(schema: Schema) -> int:
    """The custom fields that the account has."""
    lists = (o.fields for o in schema.objects if o.name in ("organization", "person", "deal"))
    return sum(f.custom for fields in lists for f in fields)


def needed(world: World) -> int:
    """How many custom fields the map makes."""
    _, needs = world.migration.limits()
    return next(n.needed for n in needs if n.code == "custom-fields")


def fields_cap(room: int) -> Callable[[Schema], Cap]:
    """Room for so many more custom fields."""
    used: list[int] = []

    def cap(schema: Schema) -> Cap:
        used.append(custom(schema))
        return Cap(
            code="custom-fields", entities=("field",), limit=used[0] + room, used=used[-1], plan="lite", source=SOURCE
        )

    return cap


def refused(world: World) -> str:
    """What the sample, and so the run, says at the gate; not one request that writes has left."""
    world.migration.approve("configuration", "")
    with pytest.raises(GateShutError) as shut:
        world.migration.sample(5)
    assert world.wire.writes == []
    assert "WriteIntended" not in world.kinds()
    return str(shut.value)


@pytest.mark.promise("F-097")
def test_more_custom_fields_than_the_plan_allows_stop_before_anything_is_made() -> None:
    """One field too many shuts the gate; the question names the plan, its figure with the source, and the field."""
    with capped(fields_cap(1_000)) as roomy:
        total = needed(roomy)
        assert total > 10
    with capped(fields_cap(total)) as fitting:
        assert [q.kind for q in fitting.migration.reviews() if q.kind == "cap"] == []
    with capped(fields_cap(total - 1)) as world:
        (question,) = [q for q in world.migration.reviews() if q.kind == "cap"]
        assert question.id in refused(world)
        assert "Too many by 1" in question.question
        assert SOURCE in question.question
        assert question.choices == ["drop", "note"]


@pytest.mark.promise("F-098")
def test_the_least_filled_fields_overflow_and_may_be_dropped() -> None:
    """What overflows is what the fewest records have; dropped by decision, the rest is made and the run is done."""
    with capped(fields_cap(8)) as world:
        (question,) = [q for q in world.migration.reviews() if q.kind == "cap"]
        world.migration.resolve([question.id], "drop", "not worth an upgrade")
        assert run(world) == "done"
        made = [b for b in world.wire.records()["fields"] if b["custom"]]
        assert len(made) == 8
        assert {f["name"] for f in made} >= {"Cutover key"}
        codes = {f.code for f in world.migration.findings()}
        assert "over-the-cap" in codes
        assert [q for q in world.migration.reviews() if q.kind == "cap"] == []


@pytest.mark.promise("F-098")
def test_the_fields_that_overflow_may_become_one_note() -> None:
    """Kept in a note, each record with such values has exactly one, a line for each; a second run writes nothing."""
    with capped(fields_cap(8)) as world:
        (question,) = [q for q in world.migration.reviews() if q.kind == "cap"]
        world.migration.resolve([question.id], "note", "")
        assert run(world) == "done"
        notes = [n for n in world.wire.records()["notes"] if "Further fields" in n["content"]]
        _, replayed = world.migration.replayed()
        assert len(notes) == len(replayed.further) > 20
        assert all("Original modified" in n["content"] or ":" in n["content"] for n in notes)
        assert len({(n["deal_id"], n["person_id"], n["org_id"]) for n in notes}) == len(notes)
        counts = world.counts()
        assert sum(c["pending"] for c in counts.values()) == 0
        writes = len(world.wire.writes)
        assert world.migration.run().outcome == "done"
        assert len(world.wire.writes) == writes
        assert world.migration.reconcile().ok


@pytest.mark.promise("F-098")
def test_an_upgrade_opens_the_gate() -> None:
    """With a larger plan, described anew, the question is withdrawn and the run goes through."""
    with capped(fields_cap(8)) as world:
        assert [q.kind for q in world.migration.reviews() if q.kind == "cap"]
        world.account.destination.cap = fields_cap(1_000)  # type: ignore[attr-defined]
        world.migration.describe_destination()
        assert [q for q in world.migration.reviews() if q.kind == "cap"] == []
        assert run(world) == "done"


def run(world: World) -> str:
    """Through the gates and the run."""
    world.answer()
    world.migration.approve("configuration", "")
    world.migration.sample(40)
    world.migration.approve("sample", "")
    world.migration.approve("data", "")
    world.answer()
    world.migration.approve("configuration", "")
    return world.migration.run().outcome


def open_cap(limit: int, used: int = 0) -> Callable[[Schema], Cap]:
    """So many open deals and leads."""
    return lambda _schema: Cap(
        code="open-records", entities=("lead", "deal"), limit=limit, used=used, plan="lite", source=SOURCE
    )


def test_more_open_deals_than_the_plan_allows_stop_before_the_first_write() -> None:
    """Won and lost deals do not count; with one open deal too many the gate is shut, and says how many fit."""
    with capped(open_cap(1_000)) as world:
        _, (need,) = world.migration.limits()
        total = len([w for w in world.migration.replayed()[1].wants.values() if w.part.entity == "deal"])
        assert 0 < need.needed < total
    with capped(open_cap(need.needed + 3, used=3)) as fitting:
        assert [q for q in fitting.migration.reviews() if q.kind == "cap"] == []
    with capped(open_cap(need.needed + 3, used=4)) as world:
        (question,) = [q for q in world.migration.reviews() if q.kind == "cap"]
        assert question.choices == [f"keep:{need.needed - 1}", "go-on"]
        assert question.id in refused(world)


def test_only_as_many_open_deals_as_fit_are_kept() -> None:
    """Kept by decision, the first that fit are moved and the rest is skipped by that decision; all add up."""
    with capped(open_cap(5)) as world:
        (question,) = [q for q in world.migration.reviews() if q.kind == "cap"]
        world.migration.resolve([question.id], question.choices[0], "")
        assert run(world) == "done"
        deals = world.wire.records()["deals"]
        assert sum(d["status"] == "open" for d in deals) == 5
        assert any(d["status"] == "won" for d in deals)
        left = [r for d, r, _ in world.view.disposed("production").values() if d == "skipped" and r == question.id]
        assert left
        assert [q for q in world.migration.reviews() if q.kind == "cap"] == []


def test_going_on_all_the_same_is_a_decision() -> None:
    """Told to go on, the run writes what it can; what the account refuses is rejected in its words."""
    with capped(open_cap(5)) as world:
        (question,) = [q for q in world.migration.reviews() if q.kind == "cap"]
        world.migration.resolve([question.id], "go-on", "the vendor promised more room")
        assert run(world) == "done"
        assert sum(d["status"] == "open" for d in world.wire.records()["deals"]) > 5


@pytest.mark.promise("F-099")
def test_one_contact_over_the_limit_is_reported_before_the_load() -> None:
    """A plan that counts contacts is held against all that are to come."""

    def contacts(limit: int) -> Callable[[Schema], Cap]:
        return lambda _: Cap(code="contacts", entities=("person",), limit=limit, used=0, plan="lite", source=SOURCE)

    with capped(contacts(10_000)) as world:
        _, (need,) = world.migration.limits()
    with capped(contacts(need.needed)) as world:
        assert [q for q in world.migration.reviews() if q.kind == "cap"] == []
    with capped(contacts(need.needed - 1)) as world:
        assert "cap-contacts" in refused(world)


def test_a_cap_of_which_nobody_knows_the_use_shuts_nothing() -> None:
    """Where the account does not tell how much is used, the plan says so and the gate stays open."""

    def unknown(_schema: Schema) -> Cap:
        return Cap(code="custom-fields", entities=("field",), limit=1, used=None, plan="lite", source=SOURCE)

    with capped(unknown) as world:
        _, (need,) = world.migration.limits()
        assert (need.used, need.over) == (None, 0)
        assert [q for q in world.migration.reviews() if q.kind == "cap"] == []


def test_the_file_of_the_map_is_not_changed_by_a_cap() -> None:
    """The decision stands beside the map, not in it: the confirmed map still names every field."""
    with capped(fields_cap(8)) as world:
        text = world.migration.propose()
        assert parse(text) == world.migration.history().mapping
