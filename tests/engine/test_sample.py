"""The sample: a slice that stands on its own, with every parent, and with as much variety as fits."""

import pytest

from engine.replay import Replayed, replay
from engine.sample import choose
from engine.want import Want
from tests.engine.shapes import history, item
from tests.engine.world import World


def parents(want: Want) -> set[tuple[str, str]]:
    """The subjects that a want's links name."""
    refs = [v["$ref"] for v in want.fields.values() if isinstance(v, dict) and "$ref" in v]
    return {(obj, key) for _, obj, key in refs}


def features(found: Replayed, subjects: frozenset[tuple[str, str]]) -> set[tuple[str, str]]:
    """Each field of each object, each stage and each owner that these records show."""
    shown: set[tuple[str, str]] = set()
    for subject in subjects:
        want = found.wants[subject]
        shown |= {(subject[0], key) for key in want.fields}
        shown |= {
            ("stage" if k == "stage_id" else "owner", str(v))
            for k, v in want.fields.items()
            if k in ("stage_id", "owner_id")
        }
    return shown


@pytest.mark.promise("F-141")
@pytest.mark.parametrize("size", [1, 5, 20, 60, 1000])
def test_a_sample_is_closed_under_links(at_rest: World, size: int) -> None:
    """Whatever its size, every record in the sample has its parents in it."""
    _, found = at_rest.migration.replayed()
    chosen = choose(found, size)
    assert chosen <= found.wants.keys()
    for subject in chosen:
        assert {p for p in parents(found.wants[subject]) if p in found.wants} <= chosen
    assert len(chosen) >= min(size, len(found.wants))


def test_a_sample_shows_every_field_stage_and_owner(at_rest: World) -> None:
    """A sample of sixty of the small bundle has every field, stage and owner that any record has."""
    _, found = at_rest.migration.replayed()
    chosen = choose(found, 60)
    assert features(found, chosen) == features(found, frozenset(found.wants))
    assert len(chosen) < len(found.wants)


def test_a_sample_has_every_entity(at_rest: World) -> None:
    """Even a small sample has records of every object that there is."""
    _, found = at_rest.migration.replayed()
    assert {obj for obj, _ in choose(found, 20)} == {obj for obj, _ in found.wants}


def test_a_sample_is_the_same_each_time(at_rest: World) -> None:
    """What is approved is what was shown: choosing again chooses the same."""
    _, found = at_rest.migration.replayed()
    assert choose(found, 30) == choose(found, 30)


def test_a_sample_writes_nothing_else() -> None:
    """Only records of the sample are written, and the run that follows writes each of the rest once."""
    world = World()
    world.map()
    world.migration.approve("configuration", "")
    report = world.migration.sample(20)
    assert report.sample is not None
    written = {
        (p.object, p.key)
        for p, k in world.view.links("production").items()
        if (p.object, p.key) in world.migration.replayed()[1].wants
    }
    assert written == choose(world.migration.replayed()[1], 20)
    assert report.sample["records"] == len(written)
    assert report.sample["different"] == []
    world.close()


def test_nothing_makes_no_sample() -> None:
    """Without records there is nothing to choose, and no error."""
    assert choose(replay(history()), 10) == frozenset()
    lone = item("Company", "7", ID="7", Name="Acme")
    assert choose(replay(history(lone)), 10) == {("Company", "7")}
