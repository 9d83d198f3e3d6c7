"""Errors: each kind of bad answer ends in the right kind of error, and never in a record twice or a record lost."""

import pytest

from adapters.conformance.bench import CannotError, Weather
from adapters.conformance.scene import Scene
from adapters.protocols import (
    Applied,
    CredentialsError,
    Done,
    InDoubtError,
    Intent,
    Refused,
    RefusedError,
    Request,
    Response,
    StaleError,
    Unknown,
    UnreachableError,
    Wait,
)

STORMS: tuple[Weather, ...] = ("busy", "down", "garbled")


def meet(scene: Scene, kind: Weather) -> None:
    """Let the next request meet bad weather; the test is skipped where the bench cannot make it."""
    try:
        scene.bench.weather(kind)
    except CannotError as error:
        pytest.skip(f"{scene.destination} cannot be {kind} at will: {error}")


def test_a_refusal_is_in_the_servers_words(scene: Scene, refused: str) -> None:
    """What the server will not have is sent once, raises RefusedError with what it said, and leaves nothing behind."""
    there = scene.listed(refused).keys()
    fields = scene.samples.resolved(scene.rules.refused[refused])
    start = len(scene.said)
    with pytest.raises(RefusedError) as raised:
        scene.run(scene.adapter.create(refused, fields))
    assert len(scene.unsafe(start)) == 1
    answer = scene.said[-1][1]
    assert answer is not None
    verdict = raised.value.verdict
    assert verdict.message
    assert verdict.message[:40] in f"{answer.body} {answer.text}", "these are not the server's words"
    # where one address serves all calls, an error may come as a 200
    assert answer.status in (verdict.status, 200)
    assert scene.listed(refused).keys() == there


@pytest.mark.parametrize("kind", STORMS)
def test_reading_outlives_bad_weather(scene: Scene, record: str, kind: Weather) -> None:
    """A safe request is sent again until it is answered."""
    id = scene.make(record)
    expected = scene.values(record, id)
    meet(scene, kind)
    assert scene.values(record, id) == expected


@pytest.mark.parametrize("kind", STORMS)
def test_writing_outlives_bad_weather(scene: Scene, record: str, kind: Weather) -> None:
    """A create in bad weather is done, or in doubt and then settled; there is never more than one record."""
    mark = scene.mark(record)
    fields = scene.adapter.step(record, None, scene.samples.least(record) | mark)
    scene.run(scene.adapter.prepare(record, list(fields)))
    there = scene.listed(record).keys()
    intent = Intent(action="create", entity=record, mark="".join(mark.values()), at=scene.now, fields=fields)
    meet(scene, kind)
    done = scene.attempt(scene.adapter.create(record, fields))
    new = scene.listed(record).keys() - there
    scene.made(record, *new)
    if isinstance(done, Applied):
        assert new == {done.id}
    else:
        assert isinstance(done, InDoubtError), repr(done)
        assert {copy.id for copy in scene.find(intent)} == new
        assert len(new) <= 1


def test_strangers_are_turned_away(scene: Scene, record: str) -> None:
    """Credentials that are not accepted are an error of their own, for reading and writing, and nothing is made."""
    fields = scene.samples.least(record)
    scene.run(scene.adapter.prepare(record, list(fields)))
    there = scene.listed(record).keys()
    for flow in (scene.adapter.list(record, None), scene.adapter.create(record, fields)):
        meet(scene, "stranger")
        assert isinstance(scene.attempt(flow), CredentialsError)
    assert scene.listed(record).keys() == there


def test_a_stale_record_is_not_written(scene: Scene, revised: str) -> None:
    """A person's edit between our reading and our writing stops the write, and stays."""
    id = scene.make(revised, scene.samples.whole(revised))
    rules = scene.rules
    tied = {*rules.final, *rules.along, *rules.moves}
    keys = [k for k in scene.samples.whole(revised) if f"{revised}.{k}" not in tied]
    ours, theirs = ({k: scene.samples.whole(revised, 1)[k]} for k in keys[:2])
    before = scene.before(revised, id, ours)

    async def edit() -> None:
        other = scene.bench.adapter()
        await scene.driver.run(other.update(revised, id, theirs))

    scene.interrupt = edit
    done = scene.attempt(scene.adapter.update(revised, id, ours, before))
    assert isinstance(done, StaleError), repr(done)
    values = scene.values(revised, id)
    for key, value in theirs.items():
        assert scene.adapter.same(revised, key, value, values[key])
    for key in ours:
        assert scene.adapter.same(revised, key, before[key], values[key])


@pytest.mark.parametrize("status", [408, 500, 502, 504])
@pytest.mark.parametrize("text", ["", "<html>Bad gateway</html>"])
def test_a_broken_answer_to_a_write_proves_nothing(scene: Scene, record: str, status: int, text: str) -> None:
    """Whoever stands between may have passed the request on: it is neither done nor refused."""
    assert (
        len(scene.doubt(Response(status=status, text=text), scene.adapter.create(record, scene.samples.least(record))))
        == 1
    )


@pytest.mark.parametrize("body", [None, [], "", 7, {}])
def test_a_success_in_a_strange_form_proves_nothing(scene: Scene, record: str, body: object) -> None:
    """A 200 to a create that names no record is no success."""
    scene.doubt(Response(status=200, body=body), scene.adapter.create(record, scene.samples.least(record)))


def test_a_verdict_is_one_of_four(scene: Scene, record: str) -> None:
    """Whatever comes back, for reads and writes, the adapter has an opinion."""
    _, [request] = scene.create(record, scene.samples.least(record))
    safe = Request(method="GET", path=request.path)
    bodies: tuple[object, ...] = (
        None,
        {"success": False},
        {"error": None},
        {"error": {"message": "no", "code": -1}},
        [],
    )
    for status in (200, 201, 204, 301, 400, 401, 402, 403, 404, 409, 410, 415, 422, 429, 500, 501, 503, 599):
        for body in bodies:
            for one in (request, safe):
                verdict = scene.adapter.verdict(one, Response(status=status, body=body))
                assert isinstance(verdict, Done | Wait | Refused | Unknown)
                if isinstance(verdict, Refused):
                    assert verdict.message


def test_an_account_that_does_not_answer_is_unreachable(scene: Scene, record: str) -> None:
    """What the driver gives up is not taken for an empty list or a record that is gone."""
    id = scene.make(record)
    for flow in (scene.adapter.list(record, None), scene.adapter.fetch(record, [id]), scene.adapter.delete(record, id)):
        next(flow)
        with pytest.raises(UnreachableError):
            flow.throw(UnreachableError("nobody there"))
