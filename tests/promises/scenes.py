"""Migrations in memory that the promises are looked at in: into both destinations, of any source."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from adapters.destinations.nutshell import Nutshell
from adapters.protocols import Fields, Source
from adapters.sandbox.nutshell import in_memory
from adapters.sandbox.nutshell.settings import NutshellSettings
from engine.extract import describe, extract
from engine.mapfile import render
from engine.mapping import Mapping
from tests.bench.generate import Sizes, generate
from tests.contract.nutshell import nutshell_world, prepared
from tests.engine.world import TOKEN, World

SIZES = Sizes(companies=12, contacts=18, deals=12, calls=14, emails=10, meetings=12, tasks=12, notes=14)
DESTINATIONS = ("pipedrive", "nutshell")
ZONE = ZoneInfo("America/New_York")

Event = dict[str, Any]


def smart_crm(destination: str, folder: Path, sizes: Sizes = SIZES) -> World:
    """A generated export of Smart CRM Online, right before its run: every gate open, a sample of two moved."""
    generate(folder / "export", sizes)
    if destination == "nutshell":
        world = nutshell_world(folder / "export")
        prepared(world, 2)
        return world
    world = World(export=folder / "export")
    world.map()
    world.migration.approve("configuration", "test")
    world.migration.sample(2)
    world.migration.approve("sample", "test")
    world.migration.approve("data", "test")
    return world


def of_source(source: Source, mapping: Mapping, destination: str = "pipedrive", files: Path | None = None) -> World:
    """A migration of any source by a map written by hand, right before its run; no sample was moved."""
    world = opened(source, destination, files)
    through_gates(world, source, mapping)
    return world


def through_gates(world: World, source: Source, mapping: Mapping) -> None:
    """From nothing to right before the run, by a map written by hand."""
    migration = world.migration
    migration.start("made-up", world.account.destination.name)
    migration.describe_destination()
    schema, _ = describe(world.journal, world.view, (source, None))
    extract(world.journal, world.view, source, migration.progress, files=migration.files)
    migration.confirm(render(mapping, schema))
    for gate in ("configuration", "data"):
        migration.approve(gate, "test")
    migration.sample(0)
    migration.approve("sample", "test")


def opened(source: Source, destination: str, files: Path | None = None) -> World:
    """A migration of a source of which nothing is known yet."""
    if destination == "pipedrive":
        return World(source=source, files=files)
    sandbox = in_memory(NutshellSettings(plan="enterprise"), token=TOKEN)
    return World(source=source, files=files, destination=Nutshell(plan="enterprise"), sandbox=sandbox)


def log(world: World, *kinds: str) -> list[Event]:
    """Events of kinds, in order, with their opened bodies."""
    found = []
    for event in world.journal.log.read(kinds=list(kinds) or None):
        body = world.journal.log.open(event)
        found.append({"position": event.position, "kind": event.kind, "object": event.object, "key": event.key,
                      "body": body})  # fmt: skip
    return found


def there(world: World, object: str) -> dict[str, Fields]:
    """What the destination holds of a source object's records, by source key, read back record by record."""
    ids = {key: (entity, id) for obj, key, entity, id in world.migration.crosswalk() if obj == object}
    entity = next(entity for entity, _ in ids.values())
    read = world.wire.one(world.account.destination.fetch(entity, [id for _, id in ids.values()]))
    return {key: read[id].values for key, (_, id) in ids.items()}


def raw(world: World, object: str) -> dict[str, dict[str, str]]:
    """The records of a source object as they were read, by source key."""
    items = world.migration.history().items[object]
    return {key: dict(item.values or {}) for key, item in items.items()}


def instant(text: str, form: str) -> datetime:
    """The instant that a local time of the source names."""
    return datetime.strptime(text, form).replace(tzinfo=ZONE).astimezone(UTC)


def parsed(text: Any) -> datetime:
    """An instant as the destination spells it, with or without its zone."""
    found = datetime.fromisoformat(str(text).replace("Z", "+00:00"))
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def labelled(world: World, entity: str, label: str) -> str:
    """The key of the field of that label."""
    schema = world.migration.describe_destination().object(entity)
    assert schema is not None
    return next(field.key for field in schema.fields if field.label == label)
