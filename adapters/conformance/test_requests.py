"""One intent is one unsafe request: that is what makes a lost answer a question that can be answered."""

from adapters.conformance.scene import Scene
from adapters.protocols import Applied, RefusedError


def test_a_create_is_one_unsafe_request(scene: Scene, entity: str) -> None:
    """Each step of a create sends one, by an adapter that knows the account and by one that does not."""
    fields = scene.samples.whole(entity) if scene.schema.object(entity) else scene.samples.least(entity)
    _, steps = scene.write(entity, None, fields | scene.mark(entity))
    assert [len(step.sent) for step in steps] == [1] * len(steps)
    scene.again()
    _, sent = scene.create(entity, scene.samples.least(entity))
    assert len(sent) == 1


def test_an_update_is_one_unsafe_request(scene: Scene, record: str) -> None:
    """Each step of an update sends one, whether the before-image is given or not."""
    id = scene.make(record, scene.samples.whole(record))
    new = {k: v for k, v in scene.samples.whole(record, 1).items() if f"{record}.{k}" not in scene.rules.final}
    _, steps = scene.write(record, id, new)
    assert [len(step.sent) for step in steps] == [1] * len(steps)
    field = next(key for key in scene.samples.whole(record) if f"{record}.{key}" not in scene.rules.final)
    scene.again()
    part = {field: scene.samples.whole(record)[field]}
    _, sent = scene.watch(scene.adapter.update(record, id, scene.adapter.step(record, {field: None}, part)))
    assert len(sent) == 1


def test_a_delete_is_one_unsafe_request(scene: Scene, deletable: str) -> None:
    """It sends one; for what is gone already it sends one at most."""
    id = scene.make(deletable)
    _, sent = scene.watch(scene.adapter.delete(deletable, id))
    assert len(sent) == 1
    _, sent = scene.watch(scene.adapter.delete(deletable, id))
    assert len(sent) <= 1


def test_reading_is_safe(scene: Scene, entity: str) -> None:
    """Schema, list, fetch and prepare change nothing, and prepare may be run again."""
    id, keys = scene.make(entity), sorted(scene.samples.least(entity))
    start = len(scene.said)
    scene.again()
    scene.look()
    scene.listed(entity)
    scene.read(entity, id)
    for _ in range(2):
        scene.run(scene.adapter.prepare(entity, keys))
    assert scene.unsafe(start) == []


def test_nothing_unsafe_is_sent_again(scene: Scene, entity: str) -> None:
    """A flow whose unsafe request is in doubt says so; it neither sends it again nor takes it for done."""
    fields = scene.samples.least(entity)
    assert len(scene.doubt("cut", scene.adapter.create(entity, fields))) == 1
    there = scene.listed(entity).keys()
    assert len(scene.doubt("lost", scene.adapter.create(entity, fields))) == 1
    scene.made(entity, *(scene.listed(entity).keys() - there))
    id = scene.make(entity)
    if scene.schema.object(entity):
        key = next(key for key in scene.samples.whole(entity) if f"{entity}.{key}" not in scene.rules.final)
        part = scene.adapter.step(entity, {key: None}, {key: scene.samples.one(entity, scene.field(entity, key), 1)})
        assert len(scene.doubt("cut", scene.adapter.update(entity, id, part))) == 1
        assert len(scene.doubt("lost", scene.adapter.update(entity, id, part))) == 1
    if scene.deletable(entity):
        assert len(scene.doubt("cut", scene.adapter.delete(entity, id))) == 1
        assert len(scene.doubt("lost", scene.adapter.delete(entity, id))) == 1


def test_what_is_missing_is_refused_or_supplied(scene: Scene, record: str) -> None:
    """A create without a required field is refused, and nothing is made; or the server thinks of a value by itself."""
    for field in scene.entity(record).fields:
        if not field.required or field.readonly:
            continue
        there = scene.listed(record).keys()
        fields = {k: v for k, v in scene.samples.least(record).items() if k != field.key}
        done = scene.attempt(scene.adapter.create(record, fields))
        if isinstance(done, Applied):
            scene.made(record, done.id)
            assert scene.values(record, done.id).get(field.key) is not None, f"{record} {done.id} has no {field.key}"
        else:
            assert isinstance(done, RefusedError), done
            assert scene.listed(record).keys() == there
