"""What an appraisal goes by: a migration's log, or counts alone; and what is recorded of it."""

from pathlib import Path

import pytest

from adapters.destinations.nutshell import Nutshell
from adapters.destinations.pipedrive import Pipedrive
from engine.appraise import appraise, keep
from engine.events import EstimateMade
from engine.known import Counts, known_of, known_of_counts
from ops.estimates import paper
from ops.paper import markdown
from tests.contract.nutshell import nutshell_world
from tests.contract.test_pace import MIXED, gates, simulated
from tests.engine.world import World

COUNTS = Counts(
    records={
        "Companies": MIXED.companies, "Contacts": MIXED.contacts, "Deals": MIXED.deals, "Calls": MIXED.calls,
        "Emails": MIXED.emails, "Meetings": MIXED.meetings, "Tasks": MIXED.tasks, "Notes": MIXED.notes,
    },
    seats=5,
)  # fmt: skip


@pytest.mark.promise("F-178")
@pytest.mark.parametrize("plan", ["lite", "ultimate"])
def test_the_forecast_from_counts_alone(tmp_path: Path, plan: str) -> None:
    """Counts, calls a record, token costs and the plan's budget alone: within a tenth of a simulated run."""
    with simulated(tmp_path, MIXED, Pipedrive(plan=plan), plan=plan) as (world, wire):
        destination = world.account.destination
        made = known_of_counts("smart-crm-online", "pipedrive", destination, world.account.costs, COUNTS).forecast
        gates(world)
        started, spent = wire.now, wire.spent
        assert world.migration.run().outcome == "done"
        assert made is not None
        assert made.seconds == pytest.approx(wire.now - started, rel=0.10)
        assert made.total == pytest.approx(wire.spent - spent, rel=0.10)


@pytest.mark.promise("F-178")
def test_a_larger_plan_is_faster_and_a_day_has_its_budget() -> None:
    """The plan's burst limit sets the pace; what a day's budget does not pay for waits for the next day."""
    many = Counts(records={"Contact": 400_000}, seats=1)
    found = {}
    for plan in ("lite", "growth", "ultimate"):
        destination = Pipedrive(plan=plan)
        made = known_of_counts("smart-crm-online", "pipedrive", destination, destination, many).forecast
        assert made is not None
        found[plan] = made
    assert len({made.total for made in found.values()}) == 1
    assert found["lite"].seconds > found["growth"].seconds > found["ultimate"].seconds
    days = found["lite"].total / found["lite"].per_day
    assert found["lite"].seconds / 86_400 == pytest.approx(days, abs=1)


def test_a_migration_is_appraised_before_any_map_and_after() -> None:
    """Before there is a map a proposal is gone by, and says so; a confirmed one makes the fields clear."""
    world = World()
    world.migration.start("smart-crm-online", "pipedrive")
    world.migration.discover()
    before = world.journal.log.head().position
    proposed = appraise(known_of(world.migration))
    assert world.journal.log.head().position == before
    assert "nobody has confirmed" in proposed.basis
    world.migration.confirm(world.migration.propose())
    confirmed = appraise(known_of(world.migration))
    assert "map version 1" in confirmed.basis
    letters = [next(p.grade for p in found.parts if p.part == "mapping clarity") for found in (proposed, confirmed)]
    assert letters == ["B", "A"]
    assert {c.object: c.records for c in confirmed.counts} == {
        "Companies": 24, "Contacts": 39, "Deals": 22, "Calls": 11, "Emails": 9, "Meetings": 6, "Tasks": 12, "Notes": 10,
    }  # fmt: skip
    assert confirmed.cited is not None
    world.close()


def test_records_that_wait_for_a_person_cost_like_the_others() -> None:
    """An estimate is of the whole: what a question holds back is forecast as if it were let go."""
    world = World()
    world.map()
    plan = world.migration.plan()
    held = sum(counts.hold for counts in plan.entities.values())
    made = known_of(world.migration).forecast
    assert held > 0
    assert made is not None
    assert made.requests == len(plan.lines) + held
    assert made.total > plan.total
    world.close()


@pytest.mark.promise("F-052")
def test_classes_are_derived_from_map_and_data() -> None:
    """What a person leaves out makes its object lossy, with the reason; an object without a map is not moved."""
    world = World()
    world.map()
    assert {row.kind for row in known_of(world.migration).rows} == {"one to one"}
    text = world.migration.propose()
    left = text.replace('Website = { to = "website" }', 'Website = { exclude = "nobody needs it" }')
    assert left != text
    world.migration.confirm(left)
    known = known_of(world.migration)
    rows = {row.object: row for row in known.rows}
    assert (rows["Company"].kind, rows["Company"].reasons) == ("lossy", ("Website is left out: nobody needs it",))
    table = markdown(paper(appraise(known), "today"))
    assert "| Companies | organization | lossy | Website is left out: nobody needs it |" in table
    assert "| Contacts | person | one to one |  |" in table
    world.close()


@pytest.mark.promise("F-052")
def test_the_same_object_has_another_class_at_another_destination() -> None:
    """There is no place for an e-mail that was sent in Nutshell: it is a note there, and the class says so."""
    world = nutshell_world()
    world.map()
    rows = {row.object: row for row in known_of(world.migration).rows}
    assert (rows["Email"].kind, rows["Email"].to) == ("lossy", "note")
    assert rows["Contact"].kind == "one to one"
    world.close()


def test_an_estimate_is_recorded_once_for_what_it_says() -> None:
    """The same figures again are no news; another map is."""
    world = World()
    world.map()
    for _ in range(2):
        keep(world.journal, "production", appraise(known_of(world.migration)))
    world.migration.confirm(world.migration.propose().replace('Website = { to = "website" }',
                                                              'Website = { exclude = "nobody needs it" }'))  # fmt: skip
    keep(world.journal, "production", appraise(known_of(world.migration)))
    made = [body for _, body in world.journal.bodies(EstimateMade)]
    assert [(body.one_to_one, body.objects) for body in made] == [(8, 8), (7, 8)]
    assert made[0].parts["object compatibility"] == "A"
    assert made[0].unit == "token"
    world.close()


@pytest.mark.parametrize(
    ("source", "name", "kind", "to"),
    [
        ("smart-crm-online", "contacts", "one to one", "person"),
        ("smart-crm-online", "PEOPLE", "one to one", "person"),
        ("smart-crm-online", "Opportunities", "one to one", "deal"),
        ("improveit-360", "Prospects", "one to one", "person"),
        ("improveit-360", "i360__Sale__c", "one to one", "deal"),
        ("improveit-360", "Staff", "not moved", ""),
        ("promoxcrm", "Artwork", "lossy", "note"),
        ("smart-crm-online", "Moons", "not moved", ""),
    ],
)
def test_counted_objects_by_whatever_name(source: str, name: str, kind: str, to: str) -> None:
    """Names, plurals and words are understood; what nobody knows is not moved, or becomes text, and says so."""
    destination = Pipedrive(plan="growth")
    known = known_of_counts(source, "pipedrive", destination, destination, Counts(records={name: 3}))
    (row,) = known.rows
    assert (row.kind, row.to) == (kind, to)


def test_counts_for_the_other_destination() -> None:
    """Nutshell counts calls, a closed lead with its value takes three; nothing is known of a budget."""
    nutshell = Nutshell(plan="pro")
    made = known_of_counts("pro-sales-crm", "nutshell", nutshell, nutshell, Counts(records={"Deal": 100})).forecast
    assert made is not None
    assert made.unit == "call"
    assert made.total == pytest.approx(300, rel=0.05)


def test_without_a_preset_the_hardest_is_said() -> None:
    """A source that nobody knows has no class, and every field is to be decided."""
    destination = Pipedrive(plan="growth")
    found = appraise(known_of_counts("unheard-of", "pipedrive", destination, destination, Counts(records={"X": 1})))
    assert {part.part: part.grade for part in found.parts}["mapping clarity"] == "E"
    assert found.one_to_one == 0
