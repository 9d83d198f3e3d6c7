"""Section 5: what the plan has switched off, and what people arrange by hand, is said before anything is written."""

from collections.abc import Callable

import pytest

from adapters.destinations.nutshell import Nutshell
from adapters.destinations.pipedrive import Pipedrive
from adapters.sandbox.nutshell import in_memory
from adapters.sandbox.nutshell.settings import NutshellSettings
from ops.scope import scope_of
from tests.engine.world import TOKEN, World


def pipedrive(plan: str) -> World:
    """A mapped migration into an account of a plan."""
    return World(destination=Pipedrive(plan=plan))


def nutshell(plan: str) -> World:
    """The same into Nutshell."""
    return World(destination=Nutshell(plan=plan), sandbox=in_memory(NutshellSettings(plan=plan), token=TOKEN))


SWITCHED_OFF = [
    (pipedrive, "lite", {"field"}, ["formula fields"]),
    (pipedrive, "growth", {"field"}, ["formula fields"]),
    (pipedrive, "ultimate", set(), []),
    (nutshell, "foundation", {"pipeline"}, ["pipelines of one's own"]),
    (nutshell, "enterprise", set(), []),
]


@pytest.mark.promise("F-100")
@pytest.mark.parametrize(("opened", "plan", "entities", "features"), SWITCHED_OFF)
def test_what_a_plan_has_switched_off_is_told(
    opened: Callable[[str], World], plan: str, entities: set[str], features: list[str]
) -> None:
    """The report names the feature and the plan, and what is done instead; a plan that has it all is told nothing."""
    world = opened(plan)
    world.map()
    limits, _ = world.migration.limits()
    told = [limit for limit in limits if limit.action == "plan"]
    assert {limit.entity for limit in told} == entities
    text = scope_of(world.migration, ())
    for limit, feature in zip(told, features, strict=True):
        assert repr(plan) in limit.what
        assert feature in limit.what
        assert "upgraded" in limit.instead
        assert f"- {limit.what} {limit.instead}" in text
    assert world.wire.writes == []
    world.close()


@pytest.mark.promise("F-103")
@pytest.mark.parametrize("opened", [pipedrive, nutshell])
def test_what_people_arrange_by_hand_is_listed_by_name(opened: Callable[[str], World]) -> None:
    """Every new field and every stage of the map stands in the document: their layout and colours are left to people.

    What the API sets, it sets: labels of fields, the order of stages, options.
    """
    world = opened("ultimate" if opened is pipedrive else "enterprise")
    world.map()
    limits, _ = world.migration.limits()
    left = {limit.entity: limit for limit in limits if limit.action == "arrange"}
    past, replayed = world.migration.replayed()
    wanted = {entity: {w.part.key for w in replayed.configuration if w.part.entity == entity} for entity in left}
    assert {"field", "stage"} <= left.keys()
    assert len(wanted["field"]) > 5
    assert wanted["stage"] == {f"{p.name}/{s.name}" for p in past.mapping.pipeline for s in p.stages}
    text = scope_of(world.migration, ())
    for entity, limit in left.items():
        assert set(limit.names) == wanted[entity]
        assert f"- {limit.what} {limit.instead} Here: {', '.join(limit.names)}." in text
    world.close()
