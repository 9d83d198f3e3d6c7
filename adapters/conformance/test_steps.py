"""A record that takes several requests is written step by step, and shows that it is not whole until the last."""

import copy

import pytest

from adapters.conformance.checks import problems
from adapters.conformance.scene import Scene
from adapters.protocols import Fields


def updated(scene: Scene, entity: str) -> Fields:
    """A whole record's other values, as far as an update changes them."""
    return {k: v for k, v in scene.samples.whole(entity, 1).items() if f"{entity}.{k}" not in scene.rules.final}


def test_a_step_is_pure(scene: Scene, record: str) -> None:
    """It asks nobody, gives the same twice, also from an adapter that has just started, and leaves its arguments."""
    whole = scene.samples.whole(record)
    for before, fields in ((None, whole), (whole, updated(scene, record))):
        given = copy.deepcopy((before, fields))
        start = len(scene.said)
        first = scene.adapter.step(record, before, fields)
        assert scene.adapter.step(record, before, fields) == first
        assert scene.bench.adapter().step(record, before, fields) == first
        assert (before, fields) == given
        assert len(scene.said) == start


@pytest.mark.parametrize("action", ["create", "update"])
def test_steps_go_forward_and_end(scene: Scene, record: str, action: str) -> None:
    """Each writes something of what is left and nothing else; after the last the record is whole."""
    wanted = scene.samples.whole(record)
    id = None
    if action == "update":
        id, wanted = scene.make(record, wanted), updated(scene, record)
    written: Fields = {}
    for step in scene.steps(record, id, wanted):
        assert step.fields, "a step that writes nothing"
        assert step.fields.keys() <= wanted.keys()
        assert any(k not in written or written[k] != v for k, v in step.fields.items()), f"{step.fields} once more"
        written |= step.fields
        id = step.id
    assert id is not None
    assert problems(scene, record, wanted, scene.values(record, id)) == []


def test_a_record_that_is_half_made_shows(scene: Scene, record: str) -> None:
    """Between two steps, reading it back and comparing finds what is missing."""
    wanted = scene.samples.whole(record)
    for step in scene.steps(record, None, wanted):
        missing = problems(scene, record, wanted, scene.values(record, step.id))
        assert bool(missing) == bool(step.left), f"left: {step.left}; seen: {missing}"


def test_a_step_of_one_field_is_that_field(scene: Scene, record: str) -> None:
    """An update of a field that needs no other is written as it is asked for, by one step or several."""
    id = scene.make(record, scene.samples.whole(record))
    for key, value in updated(scene, record).items():
        along = scene.samples.along(record, key, 1)
        _, steps = scene.write(record, id, along | {key: value})
        assert steps[-1].fields.keys() <= {key, *along}
