"""A source of rows that a test writes down, and its migration by a map written by hand."""

from collections.abc import Iterable
from typing import Any

from adapters.protocols import Field, Flow, ObjectSchema, Page, Record, Schema
from engine.extract import describe, extract
from engine.mapfile import render
from engine.mapping import Mapping, Rule
from tests.engine.world import World

KEY = Rule(exclude="kept as the source key")
"""What becomes of an id column."""

Rows = dict[str, list[dict[str, str]]]
"""Rows by object."""


def column(name: str, kind: Any = "text") -> Field:
    """A column of a table."""
    return Field(key=name, label=name, kind=kind, filled=1, format="." if kind == "number" else None)


class Tables:
    """A source of rows, which a test may change between two extractions."""

    def __init__(self, objects: Iterable[ObjectSchema], rows: Rows) -> None:
        self.objects = tuple(objects)
        self.rows = rows
        self.reading = 0

    def schema(self) -> Flow[Schema]:
        """What it holds; each reading may find other data."""
        self.reading += 1
        return Schema(system="tables", objects=self.objects, fingerprint=str(self.reading))
        yield

    def read(self, object: str, since: str | None, at: str | None) -> Flow[Page]:
        """Everything at once."""
        rows = self.rows.get(object, [])
        return Page(records=tuple(Record(values=row, where=f"{object} {row['ID']}") for row in rows))
        yield


def begin(world: World, mapping: Mapping, *, sample: int = 1, answer: str = "skip") -> None:
    """Through all gates: described, extracted, mapped, each question that allows it answered, sampled, approved."""
    source, progress = world.migration.ways({})[0].source, world.migration.progress
    world.migration.start("tables", "pipedrive")
    world.migration.describe_destination()
    schema, _ = describe(world.journal, world.view, (source, None))
    extract(world.journal, world.view, source, progress, files=world.migration.files)
    world.migration.confirm(render(mapping, schema))
    for question in world.migration.reviews():
        if answer in question.choices:
            world.migration.resolve([question.id], answer, "")
    for gate in ("configuration", "data"):
        world.migration.approve(gate, "")
    world.migration.sample(sample)
    world.migration.approve("sample", "")


def migrated(source: Tables, mapping: Mapping, *, answer: str = "skip", **policies: Any) -> World:
    """A world in which everything has been moved."""
    world = World(source=source, **policies)
    begin(world, mapping, answer=answer)
    assert world.migration.run().outcome == "done"
    return world
