"""An update changes what it is given and nothing else, and its before-image takes it back."""

import pytest

from adapters.conformance.checks import changed, problem, unread
from adapters.conformance.conftest import Place
from adapters.conformance.scene import Scene
from adapters.protocols import Fields, Json, RefusedError


def moved(scene: Scene, field: Place) -> set[str]:
    """The fields that may change together with one: what is written along, and what the server moves with any of it."""
    keys = {field.field.key, *scene.samples.along(field.entity, field.field.key)}
    return keys.union(*(scene.rules.moves.get(f"{field.entity}.{key}", ()) for key in keys))


def started(scene: Scene, field: Place, number: int) -> tuple[str, Json, Fields]:
    """A whole record, the new value for its field, and what is written along with it."""
    ours = scene.samples.one(field.entity, field.field, number)
    if ours is None:
        pytest.skip(f"{field} is a pick-list without options in this account")
    along = scene.samples.along(field.entity, field.field.key, number)
    return scene.make(field.entity, scene.samples.whole(field.entity, having=field.field.key)), ours, along


def test_only_the_given_fields_change(scene: Scene, field: Place) -> None:
    """Of a whole record one field gets another value, and the others keep theirs."""
    entity, key = field.entity, field.field.key
    id, ours, along = started(scene, field, 1)
    before = scene.values(entity, id)
    scene.write(entity, id, {**along, key: ours})
    after = scene.values(entity, id)
    if str(field) in scene.rules.final:
        same = scene.adapter.same(entity, key, before.get(key), after.get(key))
        assert same, f"{field} changed, though the rules say: {scene.rules.final[str(field)]}"
    else:
        assert problem(scene, entity, field.field, ours, after) == ""
    assert changed(scene, entity, before, after, moved(scene, field)) == []


def test_the_before_image_takes_an_update_back(scene: Scene, changeable: Place) -> None:
    """Writing back what was there before, as it was fetched, leaves the record as it was."""
    entity, key = changeable.entity, changeable.field.key
    id, ours, along = started(scene, changeable, 1)
    before = scene.values(entity, id)
    scene.write(entity, id, {**along, key: ours})
    back = {k: before.get(k) for k in moved(scene, changeable) if not unread(scene, entity, k)}
    back = {k: v for k, v in back.items() if v is not None or f"{entity}.{k}" not in scene.rules.kept}
    scene.write(entity, id, back)
    assert changed(scene, entity, before, scene.values(entity, id), set(moved(scene, changeable)) - back.keys()) == []


def test_none_empties_a_field(scene: Scene, optional: Place) -> None:
    """Where the rules do not say that it is kept, a field is empty afterwards, and the others are as they were."""
    entity, key = optional.entity, optional.field.key
    id, ours, along = started(scene, optional, 0)
    scene.write(entity, id, {**along, key: ours})
    before = scene.values(entity, id)
    refused = isinstance(scene.attempt(scene.adapter.update(entity, id, {key: None})), RefusedError)
    after = scene.values(entity, id)
    empty = scene.adapter.same(entity, key, None, after.get(key))
    if why := scene.rules.kept.get(str(optional)):
        assert not empty, f"{optional} can be emptied, though the rules say: {why}"
        assert changed(scene, entity, before, after, scene.rules.moves.get(str(optional), ())) == []
    else:
        assert not refused, f"{optional} cannot be emptied, and no rule says so"
        assert empty, f"{optional} was to be emptied and holds {after.get(key)!r}"
        assert changed(scene, entity, before, after, moved(scene, optional)) == []


def test_an_empty_field_can_be_filled_and_emptied_again(scene: Scene, emptyable: Place) -> None:
    """A field that was empty is taken back to empty: the before-image of nothing is None."""
    entity, key = emptyable.entity, emptyable.field.key
    ours = scene.samples.one(entity, emptyable.field)
    if ours is None:
        pytest.skip(f"{emptyable} is a pick-list without options in this account")
    along = scene.samples.along(emptyable.entity, emptyable.field.key)
    id = scene.make(entity, {k: v for k, v in along.items() if k != key})
    before = scene.values(entity, id)
    scene.write(entity, id, {key: ours})
    assert problem(scene, entity, emptyable.field, ours, scene.values(entity, id)) == ""
    scene.write(entity, id, {key: before.get(key)})
    after = scene.values(entity, id)
    assert changed(scene, entity, before, after, moved(scene, emptyable) - {key}) == []


def test_an_update_of_nothing_new_changes_nothing(scene: Scene, record: str) -> None:
    """Writing the values that are there, all at once, leaves the record as it is."""
    ours = scene.samples.whole(record)
    id = scene.make(record, ours)
    before = scene.values(record, id)
    known = {k: before[k] for k in ours if before.get(k) is not None}
    scene.write(record, id, known)
    assert changed(scene, record, before, scene.values(record, id), ()) == []


def test_the_given_before_image_is_enough(scene: Scene, record: str) -> None:
    """With the values and companions that were read right before, an update comes to the same as without."""
    for key in scene.samples.whole(record):
        field = scene.field(record, key)
        if f"{record}.{key}" in scene.rules.final:
            continue
        new = scene.samples.along(record, key, 1) | {key: scene.samples.one(record, field, 1)}
        first, second = scene.make(record, scene.samples.whole(record)), scene.make(record, scene.samples.whole(record))
        part = scene.adapter.step(record, scene.before(record, first, new), new)
        scene.run(scene.adapter.update(record, first, part, scene.before(record, first, part)))
        scene.run(scene.adapter.update(record, second, part))
        final = [key for key in scene.samples.whole(record) if f"{record}.{key}" in scene.rules.final]
        assert changed(scene, record, scene.values(record, first), scene.values(record, second), final) == [], key
        scene.tidy()


def test_a_text_keeps_its_mark_and_its_lines(scene: Scene, blocked: str) -> None:
    """A mark, a block and a text share one wire field with no one noticing: each survives an update of another."""
    record, block = blocked, str(scene.entity(blocked).block)
    mark = scene.mark(record)
    id, _ = scene.write(record, None, scene.samples.whole(record) | mark)
    before = scene.values(record, id)
    lines = scene.samples.one(record, scene.field(record, block), 1)
    scene.run(scene.adapter.update(record, id, {block: lines}))
    after = scene.values(record, id)
    assert after[block] == lines
    assert after["mark"] == before["mark"] == mark["mark"]
    assert changed(scene, record, before, after, {block}) == []
    scene.run(scene.adapter.update(record, id, {"mark": ""}))
    last = scene.values(record, id)
    assert not last["mark"]
    assert changed(scene, record, after, last, ()) == []


def test_a_record_that_is_gone_is_not_updated(scene: Scene, record: str) -> None:
    """An update of a deleted record is refused; it does not come back."""
    if not scene.deletable(record):
        pytest.skip(f"{record} records cannot be deleted")
    id = scene.make(record)
    field = next(f for f in scene.entity(record).fields if f.required or f.key in scene.samples.least(record))
    scene.run(scene.adapter.delete(record, id))
    done = scene.attempt(scene.adapter.update(record, id, {field.key: scene.samples.one(record, field, 1)}))
    assert isinstance(done, Exception), done
    assert scene.read(record, id) is None
