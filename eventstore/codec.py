"""Events in and out of their stored form.

The stored body is one JSON object with sorted members: the open part, plus `"v"`, the version of the kind, when it is
above 1, plus `"sealed"`, the encrypted personal part in base64, when there is one. These two names are reserved.
"""

from collections.abc import Callable
from typing import Any

import msgspec

from eventstore.errors import EventTooNew, InvalidEvent

_RESERVED = ("sealed", "v")

_encoder = msgspec.json.Encoder(order="deterministic")
_decoder = msgspec.json.Decoder(dict[str, Any])


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """What is given to the log.

    `id` is made by the writer and unique in the log; `at` is UTC in microseconds since the epoch; `actor` says who.
    `object` and `key` name the subject. `body` is the open part and `sealed` the personal part, kept encrypted under
    the key of the subject (of the whole log where there is no subject). `cause` is the position of the event that led
    to this one, or the id of an event recorded already or earlier in the same batch.
    """

    id: str
    kind: str
    at: int
    actor: str
    body: dict[str, Any] = {}
    sealed: dict[str, Any] = {}
    object: str | None = None
    key: str | None = None
    cause: int | str | None = None


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """What the log keeps: an event, its position (from 1, gapless) and the digest of the log up to and with it."""

    position: int
    id: str
    kind: str
    at: int
    actor: str
    object: str | None
    key: str | None
    cause: int | None
    body: str
    digest: bytes

    def data(self) -> dict[str, Any]:
        """The open part, brought to the present version of its kind; raises `EventTooNew`."""
        members = decode(self)
        members.pop("sealed", None)
        return newest(self, members)


Upcaster = Callable[[dict[str, Any]], dict[str, Any]]
"""Brings a body from one version of its kind to the next. Personal members may be missing: erased, or not asked for."""

_upcasters: dict[str, dict[int, Upcaster]] = {}


def upcast(kind: str, version: int) -> Callable[[Upcaster], Upcaster]:
    """Registers how a body of `kind` gets from `version` to the next one; new events are written as the newest."""

    def register(function: Upcaster) -> Upcaster:
        steps = _upcasters.setdefault(kind, {})
        if version != len(steps) + 1:
            raise ValueError(f"{kind}: the next step starts at version {len(steps) + 1}, not at {version}")
        steps[version] = function
        return function

    return register


def version(kind: str) -> int:
    """The version in which events of a kind are written at present: 1 until an upcaster is registered."""
    return len(_upcasters.get(kind, ())) + 1


def encode(event: Event, sealed: str | None) -> str:
    """The stored body of an event: JSON text of the open part and, in base64, the sealed one."""
    members = dict(event.body)
    if (number := version(event.kind)) > 1:
        members["v"] = number
    if sealed is not None:
        members["sealed"] = sealed
    return _encode(event, members).decode()


def encode_sealed(event: Event) -> bytes:
    """The personal part as the bytes that are to be encrypted: the same members always give the same bytes."""
    return _encode(event, event.sealed)


def _encode(event: Event, members: dict[str, Any]) -> bytes:
    try:
        return _encoder.encode(members)
    except (TypeError, ValueError, OverflowError) as error:
        raise InvalidEvent(f"event {event.id!r} ({event.kind}) holds a value that JSON cannot: {error}") from None


def decode(recorded: Recorded) -> dict[str, Any]:
    """The stored members of a body as they stand, the reserved ones included."""
    return _decoder.decode(recorded.body)


def decode_sealed(data: bytes) -> dict[str, Any]:
    """The members of a decrypted personal part."""
    return _decoder.decode(data)


def newest(recorded: Recorded, members: dict[str, Any]) -> dict[str, Any]:
    """The members (`"v"` still among them) brought to the present version of their kind."""
    written, present = members.pop("v", 1), version(recorded.kind)
    if written > present:
        raise EventTooNew(
            f"event {recorded.position} is a {recorded.kind} of version {written}, and this program knows it up to "
            f"{present}: use the newer program that wrote it"
        )
    for number in range(written, present):
        members = _upcasters[recorded.kind][number](members)
    return members


def check(event: Event) -> None:
    """Raises `InvalidEvent` for an event that the store could not keep, or not tell apart from its own members."""
    for name in ("id", "kind", "actor"):
        if not getattr(event, name):
            raise InvalidEvent(f"event {event.id!r}: {name} is empty")
    for name in ("id", "kind", "actor", "object", "key"):
        if "\0" in (getattr(event, name) or ""):
            raise InvalidEvent(f"event {event.id!r}: {name} holds a NUL character, which PostgreSQL cannot store")
    if not 0 <= event.at < 2**63:
        raise InvalidEvent(f"event {event.id!r}: at is {event.at}, not microseconds since 1970")
    for name in _RESERVED:
        if name in event.body or name in event.sealed:
            raise InvalidEvent(f"event {event.id!r}: the member {name!r} is reserved by the store; name it otherwise")
    if both := event.body.keys() & event.sealed.keys():
        raise InvalidEvent(f"event {event.id!r}: {sorted(both)} stand in the open and in the sealed part")
