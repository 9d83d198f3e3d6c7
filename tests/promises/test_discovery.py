"""Section 1: what discovery finds, and what becomes of every object."""

import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from engine.history import source_schema
from engine.mapfile import render
from engine.mapping import EMPTY, MapError
from ops.scope import scope_of
from tests.engine.world import World
from tests.promises.scenes import raw, smart_crm


def stage_texts(world: World) -> set[str]:
    """The different stages that deals name, as they are meant: without blanks at their ends, in whatever case."""
    return {row["Stage"].strip().casefold() for row in raw(world, "Deal").values() if row["Stage"].strip()}


@pytest.mark.promise("F-004")
def test_the_stages_of_a_file_are_proposed(tmp_path: Path) -> None:
    """Where no pipeline is listed, the stages that deals name are the proposed ones, no more and no less."""
    world = smart_crm("pipedrive", tmp_path)
    proposed = world.migration.history().mapping.object["Deal"].values["Stage"]
    assert {text.casefold() for text in proposed} == stage_texts(world)
    world.close()


@pytest.mark.promise("F-004")
def test_a_stage_that_is_none_of_the_usual_ones_is_asked_about(at_rest: World) -> None:
    """Each text of a deal is a proposed stage or a question; nothing falls through, and nothing is made up."""
    proposed = {text.casefold() for text in at_rest.migration.history().mapping.object["Deal"].values["Stage"]}
    asked = {q.question.split("'")[1].casefold() for q in at_rest.migration.reviews(None) if q.kind == "value"}
    assert stage_texts(at_rest) == proposed | asked


@pytest.mark.promise("F-015")
def test_the_fields_to_make_are_listed_before_anything_is_made(at_run: World) -> None:
    """The plan has a line for every custom field of the map that the account has not; and it has them afterwards."""
    mapping, destination = at_run.migration.history().mapping, at_run.migration.history().destination
    wanted = {(m.to, rule.made) for m in mapping.object.values() for rule in m.fields.values() if rule.made}
    there = {(o.name, f.label) for o in destination.objects for f in o.fields if f.custom}
    written = {part.key for part in at_run.view.links("production") if part.entity == "field"}  # by the sample
    fresh = World()
    fresh.map()
    listed = {line.key for line in fresh.migration.plan().lines if line.entity == "field"}
    new = {f"{entity}/{label}" for entity, label in wanted - there}
    assert len(new) > 10
    assert new <= listed
    assert listed - new <= {f"{m.to}/{mapping.key_field}" for m in mapping.object.values()}
    assert listed == written
    fresh.close()


def without(text: str, object: str) -> str:
    """A map without one of its objects."""
    parts = re.split(r"(?m)^(?=\[object\.)", text)
    return "".join(part for part in parts if not part.startswith((f"[object.{object}]", f"[object.{object}.")))


@pytest.mark.promise("F-021")
def test_no_object_is_without_a_treatment(at_run: World) -> None:
    """A map that leaves an object out is refused, by its name."""
    text = at_run.migration.propose()
    for object in ("Note", "Task"):
        with pytest.raises(MapError, match=rf"^{object}: not in the map"):
            at_run.migration.check_map(without(text, object))
    assert at_run.migration.check_map(text)


@pytest.mark.promise("F-021")
def test_an_object_that_stays_behind_says_why() -> None:
    """The treatment is in the map and in the scope; every one of its records is counted as left for that reason."""
    world = World()
    world.map()
    mapping = world.migration.history().mapping
    notes = msgspec.structs.replace(mapping.object["Note"], leave={"Created": "notes stay in the old system"})
    made = msgspec.structs.replace(mapping, object=mapping.object | {"Note": notes})
    world.migration.confirm(render(made, source_schema(world.journal)))
    settled = {s: v for s, v in world.migration.replayed()[1].settled.items() if s[0] == "Note"}
    keys = {("Note", key) for key in raw(world, "Note")}
    assert settled.keys() == keys
    assert {settled[s].reason for s in keys} == {"notes stay in the old system"}
    assert "| Note, where Created is filled | notes stay in the old system |" in scope_of(world.migration, ())
    world.close()


class Silent:
    """A network on which nobody may be asked anything."""

    spent, left, slowest = 0, None, 0.0

    def one(self, flow: Any) -> Any:
        """Asks nobody."""
        raise AssertionError("the network was used")

    many = one


@pytest.mark.promise("F-013")
def test_the_scope_follows_from_the_log_alone() -> None:
    """Counts, custom fields to decide about, pipelines, exclusions and risks, with no network, source or file."""
    world = World()
    world.migration.start("smart-crm-online", "pipedrive")
    world.migration.discover()
    before = scope_of(world.migration, ("Is there an API?",))
    world.account.wire = Silent()
    world.migration.ways = lambda _dialects: []
    text = scope_of(world.migration, ("Is there an API?",))
    assert text == before
    counts = source_schema(world.journal)
    for obj in counts.objects:
        assert f"| {obj.label} | {obj.count} | {obj.method} |" in text
    assert "| Company.Account Tier | new field 'Account Tier' (enum) | a custom field of the source |" in text
    pipeline = text.partition("## Proposed pipelines")[2]
    assert re.findall(r"(?m)^\| (\w[\w ]+) \| (\d+) % \|$", pipeline)[:2] == [("New", "10"), ("Qualified", "25")]
    assert f"| {EMPTY} |" in text.partition("## What stays behind")[2]
    assert "holds no files and no pictures" in text.partition("## What pipedrive cannot do")[2]
    assert "- Is there an API?" in text
    world.close()
