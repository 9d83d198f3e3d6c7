"""Stored bodies and older event versions."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from eventstore import codec
from eventstore.errors import EventTooNew
from eventstore.log import Log
from tests.eventstore.conftest import make


@pytest.fixture
def renamed() -> Iterator[str]:
    """A kind that is in its third version: `colour` became `color`, then got its own object."""
    kind = "Painted"

    @codec.upcast(kind, 1)
    def rename(body: dict[str, Any]) -> dict[str, Any]:
        return {"color" if name == "colour" else name: value for name, value in body.items()}

    @codec.upcast(kind, 2)
    def nest(body: dict[str, Any]) -> dict[str, Any]:
        return body | {"color": {"name": body["color"]}}

    yield kind
    codec._upcasters.pop(kind, None)


def test_an_older_event_reads_as_the_newest(log: Log, renamed: str) -> None:
    """An event written before its kind changed is read in the newest form, its personal part included."""
    steps = codec._upcasters.pop(renamed)
    log.append([make("a", renamed, body={"colour": "red"}, sealed={"by": "Ann"})])
    codec._upcasters[renamed] = steps
    recorded = log.at(1)
    assert recorded.data() == {"color": {"name": "red"}}
    assert log.open(recorded) == {"color": {"name": "red"}, "by": "Ann"}
    assert log.verify().ok


def test_a_new_event_carries_its_version(log: Log, renamed: str) -> None:
    """A kind that has changed is written with its version; the version is no part of its data."""
    [recorded] = log.append([make("a", renamed, body={"color": {"name": "blue"}})])
    assert msgspec.json.decode(recorded.body)["v"] == 3
    assert recorded.data() == {"color": {"name": "blue"}}


def test_an_event_of_a_newer_program_is_refused(log: Log, renamed: str) -> None:
    """A version that this program does not know is an error and never a guess."""
    log.append([make("a", renamed, body={"color": {"name": "blue"}})])
    codec._upcasters.pop(renamed)
    with pytest.raises(EventTooNew, match="event 1 is a Painted of version 3"):
        log.at(1).data()


def test_steps_are_registered_in_order(renamed: str) -> None:
    """A version cannot be left out or given two ways forward."""
    for version in (2, 4):
        with pytest.raises(ValueError, match="starts at version 3"):
            codec.upcast(renamed, version)(lambda body: body)


def test_the_order_of_members_does_not_matter(log: Log) -> None:
    """The same members in another order are the same event."""
    first = log.append([make("a", body={"x": 1, "y": {"b": 1, "a": 2}}, sealed={"p": 1, "q": 2})])
    assert first == log.append([make("a", body={"y": {"a": 2, "b": 1}, "x": 1}, sealed={"q": 2, "p": 1})])
