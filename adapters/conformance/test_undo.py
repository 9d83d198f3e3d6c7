"""Undo: whatever the adapter can write it can take back, and the account is as it was before."""

from typing import Any

from adapters.conformance.checks import changed
from adapters.conformance.scene import Scene
from adapters.protocols import AdapterError, Fields

Held = dict[str, dict[str, Fields]]


def held(scene: Scene) -> Held:
    """Everything in the account, details included: values by entity and id."""
    there: Held = {}
    for entity in scene.adapter.entity_order:
        schema = scene.schema.object(entity)
        details = [f.key for f in schema.fields if f.detail] if schema else []
        listed = {id: record.values for id, record in scene.listed(entity).items()}
        if details and listed:
            listed |= {
                id: record.values
                for id, record in scene.run(scene.adapter.fetch(entity, list(listed), details)).items()
            }
        there[entity] = listed
    return there


def differences(scene: Scene, before: Held, after: Held) -> list[str]:
    """What is different, but for what the lacks say stays."""
    found: list[str] = []
    for entity, was in before.items():
        now = after[entity]
        found += [f"{entity} {id} is gone" for id in sorted(was.keys() - now.keys())]
        if scene.deletable(entity):
            found += [f"{entity} {id} is left" for id in sorted(now.keys() - was.keys())]
        for id in sorted(was.keys() & now.keys()):
            if scene.schema.object(entity):
                found += [f"{id}: {difference}" for difference in changed(scene, entity, was[id], now[id], ())]
            elif was[id] != now[id]:
                found.append(f"{entity} {id}: {was[id]} became {now[id]}")
    return found


def test_a_whole_web_is_taken_back(scene: Scene) -> None:
    """Records of every entity are made and changed, then restored and deleted in the order of a rollback."""
    for entity in scene.adapter.entity_order:
        scene.record(entity)
        if scene.schema.object(entity) and scene.creatable(entity):
            scene.samples.whole(entity), scene.samples.whole(entity, 1), scene.marking(entity)
    scene.tidy()
    before = held(scene)
    made: list[tuple[str, str]] = []
    updated: list[tuple[str, str, Fields]] = []
    for entity in scene.adapter.entity_order:
        if not scene.creatable(entity):
            continue
        record = scene.schema.object(entity) is not None
        wanted = scene.samples.whole(entity) if record else scene.samples.least(entity)
        id, _ = scene.write(entity, None, wanted | scene.mark(entity))
        made.append((entity, id))
        if record:
            updated.append((entity, id, change(scene, entity, id)))
    during = held(scene)
    assert all(id in during[entity] for entity, id in made)
    for entity, id, image in reversed(updated):
        scene.write(entity, id, image)
    order = scene.adapter.rollback_order.index
    for entity, id in sorted(scene.all_made(), key=lambda one: order(one[0])):
        if scene.deletable(entity):
            scene.run(scene.adapter.delete(entity, id))
    assert differences(scene, before, held(scene)) == []


def test_what_was_there_before_us_is_restored(scene: Scene, record: str) -> None:
    """A record that we adopt and change is given back its values, and is not deleted."""
    id, _ = scene.write(record, None, scene.samples.whole(record) | scene.mark(record))
    before = scene.values(record, id)
    image = change(scene, record, id)
    scene.write(record, id, image)
    kept = [k for k, v in before.items() if v is None and f"{record}.{k}" in scene.rules.kept]
    assert changed(scene, record, before, scene.values(record, id), kept) == []


def test_what_points_at_a_deleted_record_can_still_be_deleted(scene: Scene, record: str) -> None:
    """A rollback that comes to a record whose target is gone already does not stop."""
    for field in scene.entity(record).fields:
        if field.kind != "reference" or field.readonly or field.custom or field.many:
            continue
        target = str(field.target)
        if not (scene.deletable(target) and scene.creatable(target) and scene.deletable(record)):
            continue
        aim = scene.make(target)
        along: dict[str, Any] = scene.samples.along(record, field.key)
        id = scene.attempt_make(record, {**along, field.key: aim})
        if id is None:
            continue
        scene.attempt(scene.adapter.delete(target, aim))
        done = scene.attempt(scene.adapter.delete(record, id))
        assert not isinstance(done, AdapterError), f"{record} {id} after its {field.key}: {done}"
        assert scene.read(record, id) is None


def change(scene: Scene, entity: str, id: str) -> Fields:
    """Change all of a record that can be changed; the before-image of what was changed and can be written back."""
    rules = scene.rules
    new = {k: v for k, v in scene.samples.whole(entity, 1).items() if f"{entity}.{k}" not in rules.final}
    before = scene.values(entity, id)
    scene.write(entity, id, new)
    moved = set(new).union(*(rules.moves.get(f"{entity}.{key}", ()) for key in new))
    return {
        k: before[k]
        for k in sorted(moved)
        if k in before and (before[k] is not None or f"{entity}.{k}" not in rules.kept)
    }
