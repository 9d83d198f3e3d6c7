"""Every field that can be written is read back as it was written, by id and in the list."""

import pytest

from adapters.conformance.checks import problem, problems
from adapters.conformance.conftest import Place
from adapters.conformance.scene import Scene
from adapters.protocols import RefusedError


def test_a_field_is_read_back(scene: Scene, field: Place) -> None:
    """A record that is created with a field has its value, in canonical form, fetched and listed."""
    entity, key = field.entity, field.field.key
    ours = scene.samples.one(entity, field.field)
    if ours is None:
        pytest.skip(f"{field} is a pick-list without options in this account")
    along = scene.samples.along(field.entity, field.field.key)
    id = scene.make(entity, {**along, key: ours})
    values = scene.values(entity, id)
    assert problem(scene, entity, field.field, ours, values) == ""
    listed = scene.listed(entity)[id].values
    if field.field.detail:
        assert key not in listed, f"{field} is in the list: it is no detail"
        short = scene.read(entity, id)
        assert short is not None
        assert key not in short.values, f"{field} is read without being asked for: it is no detail"
    else:
        assert problem(scene, entity, field.field, ours, listed) == ""


def test_two_values_are_not_the_same(scene: Scene, field: Place) -> None:
    """`same` tells two values of a field apart, and nothing from one of them at least; it takes each for itself."""
    entity, key = field.entity, field.field.key
    one, other = scene.samples.one(entity, field.field, 0), scene.samples.one(entity, field.field, 1)
    if one is None:
        pytest.skip(f"{field} is a pick-list without options in this account")
    same = scene.adapter.same
    assert same(entity, key, one, one)
    assert same(entity, key, None, None)
    if one != other:
        assert not same(entity, key, one, other), f"{one!r} and {other!r}"
        assert not same(entity, key, other, one), f"{other!r} and {one!r}"
        nothing = [same(entity, key, None, value) for value in (one, other)]
        assert not all(nothing), f"nothing, {one!r} and {other!r}"


def test_a_read_only_field_is_refused(scene: Scene, locked: Place) -> None:
    """Writing it is refused before anything is sent, not left out in silence."""
    fields = scene.samples.least(locked.entity)
    start = len(scene.said)
    with pytest.raises(RefusedError):
        scene.run(scene.adapter.create(locked.entity, {**fields, locked.field.key: "2020-01-02T03:04:05Z"}))
    assert scene.unsafe(start) == []


def test_an_unknown_field_is_refused(scene: Scene, record: str) -> None:
    """A field that the entity has not is refused before anything is sent, or by the server."""
    fields = scene.samples.least(record)
    start = len(scene.said)
    with pytest.raises(RefusedError):
        scene.run(scene.adapter.create(record, {**fields, "no_such_field_at_all": "x"}))
    assert all(answer is None or answer.status >= 400 for request, answer in scene.said[start:] if request.unsafe)


@pytest.mark.parametrize("number", [0, 1])
def test_a_whole_record_is_read_back(scene: Scene, record: str, number: int) -> None:
    """All fields together survive, and the answer to the write says the same as reading it."""
    ours = scene.samples.whole(record, number)
    id, steps = scene.write(record, None, ours)
    values = scene.values(record, id)
    assert problems(scene, record, ours, values) == []
    listed = scene.listed(record)[id].values
    details = {f.key for f in scene.entity(record).fields if f.detail}
    assert problems(scene, record, {k: v for k, v in ours.items() if k not in details}, listed) == []
    assert steps


def test_an_answer_reads_like_the_record(scene: Scene, record: str) -> None:
    """`Applied.values` of a create are what a read gives a moment later, as far as they go."""
    ours = scene.samples.whole(record)
    part = scene.adapter.step(record, None, ours)
    made, _ = scene.create(record, part)
    values = scene.values(record, made.id)
    assert made.answer is not None
    assert {k: v for k, v in made.values.items() if k in values} == {k: values[k] for k in made.values if k in values}
    assert made.values.keys() & ours.keys(), "the answer says nothing of what was written"


def test_a_mark_is_read_back(scene: Scene, record: str) -> None:
    """The correlation key is read back under its own name and leaves the other values as they are."""
    mark = scene.mark(record)
    if not mark:
        pytest.skip(f"{record} can carry no mark")
    ours = scene.samples.whole(record)
    id, _ = scene.write(record, None, ours | mark)
    values = scene.values(record, id)
    assert {key: values.get(key) for key in mark} == mark
    assert problems(scene, record, ours, values) == []


def test_what_is_not_there_is_not_fetched(scene: Scene, entity: str) -> None:
    """Of several ids the live ones come back, each once, whatever their order."""
    first, second = scene.make(entity), scene.make(entity)
    gone = scene.make(entity)
    scene.run(scene.adapter.delete(entity, gone)) if scene.deletable(entity) else None
    wanted = [second, first] + ([gone] if scene.deletable(entity) else [])
    found = scene.run(scene.adapter.fetch(entity, wanted))
    assert sorted(found) == sorted({first, second})
    assert all(found[id].id == id for id in found)
    assert scene.run(scene.adapter.fetch(entity, [])) == {}
