"""A migration into a Nutshell account in memory, with the administrator's part."""

from pathlib import Path
from typing import Any

from adapters.destinations.nutshell import Nutshell
from adapters.sandbox.nutshell import in_memory
from adapters.sandbox.nutshell.settings import NutshellSettings
from tests.engine.world import EXPORT, TOKEN, World

VERBAL = "Verbal Yes (pending PO)"


def nutshell_world(export: Path = EXPORT, **policies: Any) -> World:
    """A migration of an export to an account of the largest plan, whose day has no limit of requests."""
    settings = NutshellSettings(plan="enterprise")
    return World(
        export=export, destination=Nutshell(plan="enterprise"), sandbox=in_memory(settings, token=TOKEN), **policies
    )


def administer(world: World) -> None:
    """The administrator makes the pipeline that the map asks for, with the stage that an answer adds."""
    (pipeline,) = world.migration.history().mapping.pipeline
    stages = [{"name": s.name, "probability": s.probability} for s in pipeline.stages]
    stages.append({"name": VERBAL, "probability": None})
    world.wire.sandbox.control("POST", "/sandbox/admin", {"make": "pipeline", "name": pipeline.name, "stages": stages})
    world.migration.describe_destination()


def prepared(world: World, sample: int = 60) -> None:
    """Everything up to the first run."""
    world.map()
    administer(world)
    world.answer()
    world.migration.approve("configuration", "test")
    world.migration.sample(sample)
    world.migration.approve("sample", "test")
    world.migration.approve("data", "test")
    world.answer()
    world.migration.approve("configuration", "test")
