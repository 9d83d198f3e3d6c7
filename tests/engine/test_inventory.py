"""The inventory: what was read, declared, inferred and left behind, each with what could rebuild it, or a none."""

from pathlib import Path

import msgspec
import pytest

from adapters.destinations.nutshell import Nutshell
from adapters.protocols import Lack, Schema
from adapters.sandbox.nutshell import in_memory
from adapters.sandbox.nutshell.settings import NutshellSettings
from engine import inventory as inventories
from engine.events import InventoryTaken, SourceDescribed
from engine.inventory import DECLARED, INFERRED, LEFT_BEHIND, READ, Inventory, InventoryError, declare, inventory, keep
from engine.presets import PRESETS
from engine.presets.leftovers import LEFT
from engine.rebuild import EVERY, KINDS, REBUILDS, Rebuild, included, rebuild_of
from tests.engine.world import TOKEN, World

ACCOUNT = {
    "automations": [
        {"kind": "flow", "name": "Follow up", "object": "Deal", "when": "after a record is saved", "does": "a call"},
        {"kind": "assignment rule", "name": "West", "object": "Lead", "does": "Ann if the state is CA"},
        {"kind": "trigger", "name": "SyncDeal", "object": "Deal"},
        {"id": "r1", "label": "rule-7", "makes": "Task"},
    ],
    "validation_rules": [
        {"object": "Deal", "name": "Has_Value", "field": "Value", "message": "A deal has a value", "active": True},
        {"object": "Deal", "name": "Asleep", "field": "Value", "message": "", "active": False},
    ],
    "integrations": [{"kind": "package", "name": "QuickBooks Sync"}],
}
TOLD = (
    ("automation", "Welcome mail"), ("routing", "Calls to the desk"), ("disposition", "Outcomes"),
    ("sequence", "Onboarding"), ("integration", "Mailchimp"), ("quoting", "Price book"), ("code", "Nightly script"),
)  # fmt: skip


def world(destination: str = "pipedrive", **told: object) -> World:
    """A discovered migration whose source says these things of itself."""
    if destination == "pipedrive":
        made = World()
    else:
        sandbox = in_memory(NutshellSettings(plan="foundation"), token=TOKEN)
        made = World(destination=Nutshell(plan="foundation"), sandbox=sandbox)
    made.migration.start("smart-crm-online", destination)
    made.migration.discover()
    if told:
        found = made.journal.latest(SourceDescribed)
        assert found is not None
        assert found[1].schema is not None
        schema = msgspec.structs.replace(found[1].schema, **told)
        made.journal.record(msgspec.structs.replace(found[1], schema=schema))
    return made


def by_name(found: Inventory) -> dict[str, inventories.Entry]:
    """The entries by name."""
    return {entry.name: entry for entry in found.entries}


@pytest.mark.promise("F-017")
@pytest.mark.promise("F-169")
def test_every_declared_thing_is_listed() -> None:
    """Whatever people have told of stands in the inventory, whatever its kind, until it is withdrawn."""
    made = world()
    ids = [declare(made.journal, kind, name, "Lead", "as agreed") for kind, name in TOLD]
    found = inventory(made.migration)
    assert [(e.kind, e.name, e.object, e.does) for e in found.of(DECLARED)] == [
        (kind, name, "Lead", "as agreed") for kind, name in TOLD
    ]
    inventories.withdraw(made.journal, ids[2], "never used")
    assert "Outcomes" not in by_name(inventory(made.migration))
    with pytest.raises(InventoryError, match="no declaration"):
        inventories.withdraw(made.journal, ids[2], "again")
    with pytest.raises(InventoryError, match="declared already"):
        declare(made.journal, *TOLD[0], "Lead", "")
    with pytest.raises(InventoryError, match="no kind"):
        declare(made.journal, "moon", "x", "", "")
    with pytest.raises(InventoryError, match="needs a name"):
        declare(made.journal, "automation", " ", "", "")
    made.close()


@pytest.mark.promise("F-169")
@pytest.mark.promise("F-172")
def test_everything_that_the_source_shows_is_listed() -> None:
    """Flows, rules, code, validation rules that are active, and integrations, each under its own word and its kind."""
    made = world(account=ACCOUNT)
    read = inventory(made.migration).of(READ)
    assert [(e.kind, e.called, e.object, e.name) for e in read] == [
        ("automation", "flow", "Deal", "Follow up"), ("assignment", "assignment rule", "Lead", "West"),
        ("code", "trigger", "Deal", "SyncDeal"), ("automation", "automation", "Task", "rule-7"),
        ("validation", "validation rule", "Deal", "Has_Value"), ("integration", "package", "", "QuickBooks Sync"),
    ]  # fmt: skip
    assert read[0].does == "after a record is saved. a call"
    assert read[4].does == "A deal has a value (at Value)"
    made.close()


@pytest.mark.promise("F-170")
@pytest.mark.parametrize("destination", ["pipedrive", "nutshell"])
def test_each_entry_names_what_rebuilds_it_or_says_that_nothing_does(destination: str) -> None:
    """No entry is without a proposal or a clear none; a proposal names the plan, or says that none is published."""
    made = world(destination, account=ACCOUNT)
    for kind, name in TOLD:
        declare(made.journal, kind, name, "", "")
    found = inventory(made.migration)
    assert len(found.entries) > len(TOLD) + 6
    for entry in found.entries:
        assert entry.feature or entry.note.startswith(("Nothing in", "There is no twin")), entry
        assert bool(entry.plan) == bool(entry.feature), entry
    none = {entry.name for entry in found.entries if not entry.feature}
    assert "Calls to the desk" in none
    assert by_name(found)["West"].feature == {"pipedrive": "Automatic assignment",
                                              "nutshell": "Automated lead assignment"}[destination]  # fmt: skip
    made.close()


@pytest.mark.promise("F-170")
@pytest.mark.parametrize("destination", REBUILDS)
def test_every_kind_has_its_word_at_every_destination(destination: str) -> None:
    """The tables are whole: each kind has a feature or a clear none, and no plan is named without a source."""
    assert set(REBUILDS[destination]) == set(KINDS)
    for kind in KINDS:
        made = rebuild_of(destination, kind)
        assert made.feature or made.note
        assert made.source or not [p for p in made.plans if p != EVERY], kind


@pytest.mark.parametrize(
    ("destination", "plan", "kind", "has"),
    [
        ("pipedrive", "lite", "automation", False), ("pipedrive", "growth", "automation", True),
        ("pipedrive", "Advanced", "automation", True), ("pipedrive", "essential", "automation", False),
        ("pipedrive", "growth", "assignment", False), ("pipedrive", "lite", "report", True),
        ("pipedrive", "", "automation", None), ("pipedrive", "lite", "routing", None),
        ("nutshell", "foundation", "assignment", False), ("nutshell", "pro", "assignment", True),
        ("nutshell", "pro", "sequence", None),
    ],
)  # fmt: skip
def test_whether_the_accounts_plan_has_it(destination: str, plan: str, kind: str, has: bool | None) -> None:
    """Said where both plans are known, today's and the older ones apart; never guessed."""
    assert included(destination, plan, rebuild_of(destination, kind)) is has


def test_a_destination_that_nobody_looked_up_says_so() -> None:
    """A third party's destination has no table: that is said, and nothing is made up."""
    assert rebuild_of("moon", "automation") == Rebuild(
        feature="", note="Nobody has looked up what moon has for this."
    )  # fmt: skip


@pytest.mark.promise("F-171")
def test_what_is_inferred_is_marked_as_inferred() -> None:
    """The records of the system in the bundle are told as a guess, with the evidence; what is read never is."""
    made = world(account=ACCOUNT)
    found = inventory(made.migration)
    (guess,) = found.of(INFERRED)
    assert guess.name == "Tasks of System"
    assert guess.evidence == "2 of 12 records belong to System, who is no person."
    assert guess.id.startswith("inferred-")
    assert not any(entry.evidence for entry in found.of(READ))
    made.close()


SEEDS = {
    "pro-sales-crm": {"routing": "Call routing", "disposition": "dispositions", "automation": "automations",
                      "sequence": "sequences", "report": "dashboards"},
    "improveit-360": {"automation": "Project-management logic", "quoting": "Quoting", "report": "dashboards",
                      "sequence": "sequences"},
    "promoxcrm": {"automation": "Task rules", "integration": "Xero, Stripe, Mailchimp", "report": "dashboards",
                  "sequence": "sequences"},
}  # fmt: skip
"""What the pages of the first three pairs say stays behind, by kind: a word that the entry's name must have."""


@pytest.mark.promise("F-173")
@pytest.mark.parametrize("source", SEEDS)
def test_the_list_of_what_is_left_behind_is_complete(source: str) -> None:
    """All that the page of a pair says does not move is there, with the reason and with what is handed over instead."""
    made = world(lacks=())
    found = made.journal.latest(SourceDescribed)
    assert found is not None
    assert found[1].schema is not None
    schema = msgspec.structs.replace(found[1].schema, system=source)
    made.journal.record(msgspec.structs.replace(found[1], schema=schema))
    left = inventory(made.migration).of(LEFT_BEHIND)
    for kind, word in SEEDS[source].items():
        assert [e for e in left if e.kind == kind and word in e.name], kind
    assert all(e.evidence and e.does for e in left)
    made.close()


def test_every_source_has_its_list() -> None:
    """No preset is without one; each entry is of a kind that there is."""
    assert set(LEFT) == set(PRESETS)
    assert {one.kind for left in LEFT.values() for one in left} <= set(KINDS)


@pytest.mark.promise("F-173")
def test_what_an_adapter_says_that_it_cannot_give_is_listed_too() -> None:
    """A lack of an export is an entry, unless its kind is told already; one of an unknown kind is called other."""
    what, instead = "There are none.", "Look."
    lacks = tuple(
        Lack(action="export", entity=entity, what=what, instead=instead) for entity in ("file", "report", "price_list")
    )
    made = world(lacks=lacks)
    left = {e.name: e for e in inventory(made.migration).of(LEFT_BEHIND)}
    assert (left["Files"].kind, left["Files"].evidence) == ("file", what)
    assert left["Price lists"].kind == "other"
    assert "Reports" not in left
    assert "Reports and dashboards" in left
    made.close()


def test_the_inventory_is_an_event_where_it_is_news() -> None:
    """Taken twice it is recorded once, sealed; a declaration makes another one."""
    made = world(account=ACCOUNT)
    for _ in range(2):
        keep(made.journal, "production", inventory(made.migration))
    declare(made.journal, "automation", "Secret-Canary rule", "", "")
    keep(made.journal, "production", inventory(made.migration))
    taken = [(recorded, body) for recorded, body in made.journal.bodies(InventoryTaken)]
    assert [body.counts["declared"] for _, body in taken] == [0, 1]
    assert taken[1][1].entries[-1]["known"] == LEFT_BEHIND
    assert all("Canary" not in event.body for event in made.journal.log.read())
    made.close()


def test_ids_are_stable() -> None:
    """The same thing has the same id the next time, and no two things share one."""
    made = world(account=ACCOUNT)
    first, second = (inventory(made.migration) for _ in range(2))
    ids = [entry.id for entry in first.entries]
    assert ids == [entry.id for entry in second.entries]
    assert len(set(ids)) == len(ids)
    made.close()


def test_a_source_without_a_preset_has_an_inventory_all_the_same(tmp_path: Path) -> None:
    """What is read does not need to be known beforehand."""
    del tmp_path
    made = world(system="unheard-of")
    found = inventory(made.migration)
    assert isinstance(made.journal.latest(SourceDescribed)[1].schema, Schema)  # type: ignore[index]
    assert {e.kind for e in found.of(LEFT_BEHIND)} >= {"automation", "sequence", "report", "setting"}
    made.close()
