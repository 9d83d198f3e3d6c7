"""What is deleted is gone, deleting it again is a success, and what cannot be deleted is said to stay."""

import pytest

from adapters.conformance.scene import Scene
from adapters.protocols import Applied, RefusedError


def test_a_deleted_record_is_gone(scene: Scene, deletable: str) -> None:
    """Neither fetch nor the list has it any more, at once; its neighbour stays."""
    id, neighbour = scene.make(deletable), scene.make(deletable)
    assert scene.read(deletable, id) is not None
    assert {id, neighbour} <= scene.listed(deletable).keys()
    done = scene.run(scene.adapter.delete(deletable, id))
    assert done.id == id
    assert scene.read(deletable, id) is None
    listed = scene.listed(deletable)
    assert id not in listed
    assert neighbour in listed
    assert scene.read(deletable, neighbour) is not None


def test_deleting_twice_is_a_success(scene: Scene, deletable: str) -> None:
    """The second time too, and by an adapter that does not know of the first."""
    id = scene.make(deletable)
    for _ in range(2):
        assert isinstance(scene.run(scene.adapter.delete(deletable, id)), Applied)
    assert isinstance(scene.run(scene.again().delete(deletable, id)), Applied)


def test_what_cannot_be_deleted_stays(scene: Scene, undeletable: str) -> None:
    """The adapter refuses by itself, and the record is still there."""
    if not scene.creatable(undeletable):
        pytest.skip(f"{undeletable} can be neither made nor deleted")
    id = scene.make(undeletable)
    start = len(scene.said)
    with pytest.raises(RefusedError) as refused:
        scene.run(scene.adapter.delete(undeletable, id))
    assert str(refused.value)
    assert scene.unsafe(start) == []
    assert scene.read(undeletable, id) is not None
