"""Several records with one request, where an adapter has the power (`adapters.protocols.Batches`)."""

import pytest

from adapters.conformance.checks import problems
from adapters.conformance.scene import Fate, Scene
from adapters.protocols import (
    Applied,
    Batches,
    Fields,
    Flow,
    InDoubtError,
    Intent,
    Refused,
    RefusedError,
    Request,
    Response,
)


def batching(scene: Scene) -> Batches:
    """The adapter as one that batches."""
    assert isinstance(scene.adapter, Batches)
    return scene.adapter


def several(scene: Scene, batched: str) -> tuple[list[Fields], list[str]]:
    """Creates that may share a request, no two of them alike, and their marks."""
    marks = [scene.mark(batched) for _ in range(8)]
    wanted = [scene.samples.unlike(batched, scene.samples.least(batched)) | mark for mark in marks]
    wanted = [scene.adapter.step(batched, None, fields) for fields in wanted]
    return wanted, ["".join(mark.values()) for mark in marks]


def shared(scene: Scene, batched: str, wanted: list[Fields]) -> list[int]:
    """The indexes of the largest group."""
    groups = batching(scene).together(batched, wanted)
    group: list[int] = max(groups, key=len)
    if len(group) == 1:
        pytest.skip(f"no two creates of {batched} share a request")
    return group


def test_groups_hold_each_create_once(scene: Scene, batched: str) -> None:
    """Every index is in exactly one group, in ascending order; nothing is asked."""
    adapter = batching(scene)
    wanted, _ = several(scene, batched)
    start = len(scene.said)
    groups = adapter.together(batched, wanted)
    assert sorted(index for group in groups for index in group) == list(range(len(wanted)))
    assert all(group == sorted(group) and group for group in groups)
    assert adapter.together(batched, []) == []
    assert len(scene.said) == start


def test_a_batch_is_one_unsafe_request(scene: Scene, batched: str) -> None:
    """All records of a group are made, in their order, with their values, by one request."""
    adapter = batching(scene)
    wanted, _ = several(scene, batched)
    group = [wanted[index] for index in shared(scene, batched, wanted)]
    made, sent = scene.watch(adapter.create_many(batched, group))
    scene.made(batched, *(one.id for one in made))
    assert len(sent) == 1
    assert len({one.id for one in made}) == len(group)
    for fields, one in zip(group, made, strict=True):
        assert problems(scene, batched, fields, scene.values(batched, one.id)) == []


@pytest.mark.parametrize("fate", ["cut", "lost"])
def test_a_batch_in_doubt(scene: Scene, batched: str, fate: Fate) -> None:
    """Each of its intents is settled by itself, and no two by the same record."""
    adapter = batching(scene)
    wanted, marks = several(scene, batched)
    group = shared(scene, batched, wanted)
    at, there = scene.now, scene.listed(batched).keys()
    scene.doubt(fate, adapter.create_many(batched, [wanted[index] for index in group]))
    new = scene.listed(batched).keys() - there
    scene.made(batched, *new)
    found: list[Applied] = []
    for index in group:
        intent = Intent(action="create", entity=batched, mark=marks[index], at=at, fields=wanted[index])
        found += scene.find(intent)
    assert {one.id for one in found} == new
    assert len(found) == len(new) == (0 if fate == "cut" else len(group))


def test_a_batch_that_is_refused_makes_nothing(scene: Scene, batched: str) -> None:
    """One bad record among good ones: none of them was created."""
    adapter = batching(scene)
    wanted, _ = several(scene, batched)
    group = [wanted[index] for index in shared(scene, batched, wanted)]
    there = scene.listed(batched).keys()
    bad = [*group[:-1], group[-1] | {"no_such_field_at_all": "x"}]
    with pytest.raises(RefusedError):
        scene.run(adapter.create_many(batched, bad))
    assert scene.listed(batched).keys() == there
    with pytest.raises((RefusedError, InDoubtError)) as raised:
        flow = adapter.create_many(batched, group)
        request = next(flow)
        while not request.unsafe:
            request = flow.send(scene.run(_ask(request)))
        flow.throw(RefusedError(Refused(status=400, message="not today")))
    assert "not today" in str(raised.value)


def _ask(request: Request) -> Flow[Response]:
    """A flow of one request."""
    return (yield request)
