"""In doubt: what became of a write without an answer `find` tells at once, to a process that knows nothing."""

from typing import Any

import pytest

from adapters.conformance.checks import problems, unread
from adapters.conformance.conftest import Place
from adapters.conformance.scene import Fate, Scene
from adapters.protocols import Applied, Fields, Intent, RefusedError

FATES: tuple[Fate, ...] = ("cut", "lost", "twice")


def attempt(scene: Scene, entity: str, fate: Fate, wanted: Fields) -> tuple[list[Applied], set[str], Fields]:
    """A create that meets a fate: what is found of it, what is really new in the account, and what was written."""
    mark = scene.mark(entity)
    if not mark and scene.schema.object(entity):
        wanted = scene.samples.unlike(entity, wanted)  # what carries no mark is known by its values alone
    fields = scene.adapter.step(entity, None, wanted | mark)
    intent = Intent(action="create", entity=entity, mark="".join(mark.values()), at=scene.now, fields=fields)
    there = scene.listed(entity).keys()
    assert scene.find(intent) == []
    scene.doubt(fate, scene.adapter.create(entity, fields))
    found = scene.find(intent)
    new = scene.listed(entity).keys() - there
    scene.made(entity, *new)
    return found, new, fields


@pytest.mark.parametrize("fate", FATES)
@pytest.mark.parametrize("whole", [False, True])
def test_a_create_in_doubt(scene: Scene, entity: str, fate: Fate, *, whole: bool) -> None:
    """All copies are found, alive and with their values: none, one or two."""
    record = scene.schema.object(entity) is not None
    wanted = scene.samples.whole(entity) if whole and record else scene.samples.least(entity)
    found, new, fields = attempt(scene, entity, fate, wanted)
    assert {copy.id for copy in found} == new
    assert len(found) in {"cut": {0}, "lost": {1}}.get(str(fate), {1, 2}), f"{len(found)} copies"
    for copy in found:
        there = scene.read(entity, copy.id)
        assert there is not None
        if record:
            values = scene.values(entity, copy.id)
            assert problems(scene, entity, fields, values) == []
            assert {k: v for k, v in copy.values.items() if k in there.values} == {
                k: there.values[k] for k in copy.values if k in there.values
            }


def test_a_twin_is_not_taken_for_ours(scene: Scene, record: str) -> None:
    """A record alike in everything but the mark, made a moment ago, is not what an intent made."""
    mark = scene.mark(record)
    if not mark:
        pytest.skip(f"{record} can carry no mark")
    wanted = scene.samples.least(record)
    twin, _ = scene.write(record, None, wanted | mark)
    found, new, _ = attempt(scene, record, "lost", wanted)
    assert [copy.id for copy in found] == list(new)
    assert twin not in new


def test_what_was_deleted_again_is_not_found(scene: Scene, deletable: str) -> None:
    """A copy that is gone by the time of asking is no copy."""
    found, _, fields = attempt(scene, deletable, "lost", scene.samples.least(deletable))
    scene.run(scene.adapter.delete(deletable, found[0].id))
    key = scene.marking(deletable)
    mark = str(fields.get(key, ""))
    intent = Intent(action="create", entity=deletable, mark=mark, at=scene.now, fields=fields)
    assert scene.find(intent) == []


def test_an_update_of_a_field_in_doubt(scene: Scene, changeable: Place) -> None:
    """It is found when it was applied and not when it was not, whichever field it is of."""
    entity, field = changeable.entity, changeable.field
    ours = scene.samples.one(entity, field, 1)
    if ours is None or unread(scene, entity, field.key):
        pytest.skip(f"{changeable} has no options in this account or cannot be read")
    id = scene.make(entity, scene.samples.whole(entity, having=field.key))
    fields = scene.samples.along(changeable.entity, changeable.field.key, 1) | {field.key: ours}
    before = scene.before(entity, id, fields)
    if all(scene.adapter.same(entity, key, value, before.get(key)) for key, value in fields.items()):
        pytest.skip(f"{changeable} has one possible value")
    settle(scene, entity, id, scene.adapter.step(entity, {k: before.get(k) for k in fields}, fields))


def test_an_update_step_by_step_in_doubt(scene: Scene, record: str) -> None:
    """Every step of an update of all fields is settled by itself."""
    id = scene.make(record, scene.samples.whole(record))
    wanted = {k: v for k, v in scene.samples.whole(record, 1).items() if f"{record}.{k}" not in scene.rules.final}
    written: Fields = {}
    left = wanted
    while left:
        values = scene.values(record, id)
        part = scene.adapter.step(record, {k: (written | values).get(k) for k in left}, left)
        settle(scene, record, id, part)
        written |= part
        left = {k: v for k, v in left.items() if written.get(k) != v}
    assert problems(scene, record, wanted, scene.values(record, id)) == []


def settle(scene: Scene, entity: str, id: str, fields: Fields) -> None:
    """Send an update into the void, then for good without an answer: it is found the second time alone."""
    before = scene.before(entity, id, fields)
    intent = Intent(action="update", entity=entity, id=id, at=scene.now, fields=fields, before=before)
    changes = any(not scene.adapter.same(entity, key, value, before.get(key)) for key, value in fields.items())
    scene.doubt("cut", scene.adapter.update(entity, id, fields, before))
    if changes:
        assert scene.find(intent) == [], f"{fields} was never written"
    scene.doubt("lost", scene.adapter.update(entity, id, fields, before))
    assert [copy.id for copy in scene.find(intent)] == [id], f"{fields} was written"


def test_an_update_of_configuration_in_doubt(scene: Scene, setting: str) -> None:
    """A renamed one is found by its new label; what cannot be renamed is refused by the adapter itself."""
    id = scene.make(setting)
    fields: dict[str, Any] = {"label": scene.name("Renamed")}
    start = len(scene.said)
    try:
        scene.doubt("cut", scene.adapter.update(setting, id, fields))
    except RefusedError:
        assert scene.unsafe(start) == []
        pytest.skip(f"{setting} cannot be renamed")
    intent = Intent(action="update", entity=setting, id=id, at=scene.now, fields=fields)
    assert scene.find(intent) == []
    scene.doubt("lost", scene.adapter.update(setting, id, fields))
    assert [copy.id for copy in scene.find(intent)] == [id]


def test_a_delete_in_doubt(scene: Scene, deletable: str) -> None:
    """It is found when the record is gone, and not while it is there."""
    id = scene.make(deletable)
    intent = Intent(action="delete", entity=deletable, id=id, at=scene.now)
    scene.doubt("cut", scene.adapter.delete(deletable, id))
    assert scene.find(intent) == []
    assert scene.read(deletable, id) is not None
    scene.doubt("lost", scene.adapter.delete(deletable, id))
    assert [copy.id for copy in scene.find(intent)] == [id]
    assert scene.read(deletable, id) is None
