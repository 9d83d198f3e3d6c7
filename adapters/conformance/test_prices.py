"""Every request has a price, known before it is sent, and the prices add up to what the account counted."""

import pytest

from adapters.conformance.bench import CannotError
from adapters.conformance.scene import Scene
from adapters.protocols import Intent


def use(scene: Scene, entity: str) -> None:
    """Everything that can be done with an entity, once."""
    scene.look()
    id = scene.make(entity, scene.samples.whole(entity) if scene.schema.object(entity) else None)
    if scene.schema.object(entity):
        scene.write(
            entity,
            id,
            {k: v for k, v in scene.samples.least(entity, 1).items() if f"{entity}.{k}" not in scene.rules.final},
        )
    scene.listed(entity)
    fields = scene.samples.least(entity)
    scene.find(Intent(action="create", entity=entity, at=scene.now, fields=fields))
    if scene.deletable(entity):
        scene.run(scene.adapter.delete(entity, id))
        scene.run(scene.adapter.delete(entity, id))


def test_every_request_has_a_price(scene: Scene, entity: str) -> None:
    """A whole number, nought or more, the same each time it is asked."""
    start = len(scene.said)
    use(scene, entity)
    assert scene.said[start:]
    for request, _ in scene.said[start:]:
        price = scene.adapter.price(request)
        assert isinstance(price, int)
        assert price >= 0
        assert scene.bench.adapter().price(request) == price


def test_prices_add_up(scene: Scene, entity: str) -> None:
    """What the prices say was spent is what the account has counted, and what the throttle believes."""
    try:
        counted = scene.bench.spent()
    except CannotError as error:
        pytest.skip(f"{scene.destination} does not tell what was spent: {error}")
    start, believed = len(scene.said), scene.throttle.spent
    use(scene, entity)
    priced = sum(scene.adapter.price(request) for request, _ in scene.said[start:])
    assert scene.bench.spent() - counted == priced
    assert scene.throttle.spent - believed == priced
