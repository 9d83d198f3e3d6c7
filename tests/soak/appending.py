"""Appending: what the writers that are to die append. A seed tells all of it, so a judge knows what must be there."""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import count
from typing import Any

import msgspec
from sqlalchemy import Engine

from eventstore.codec import Event, Recorded
from eventstore.log import Log
from eventstore.store import migrate, open_engine
from tests.eventstore.conftest import Tally, tallies, tally

SIZES = (1, 1, 1, 2, 5, 20)
"""How many events an append has: one as often as several."""

ERASURES = 13
"""Of so many appends one names a person who is erased right after it."""


class Violation(AssertionError):  # noqa: N818 - what it is called in the report
    """A promise that was broken, with all that is needed to look at it."""


class Told(msgspec.Struct, kw_only=True):
    """What writers have acknowledged so far, over all their lives.

    last: the number of the last append that returned (-1: none). epoch: the last one taken. digests: of the log after
    each append. erased: the numbers of appends whose person was erased.
    """

    last: int = -1
    epoch: int = 0
    digests: dict[int, bytes] = {}
    erased: set[int] = set()

    def hear(self, message: tuple[Any, ...]) -> None:
        """Take one message of a writer."""
        if message[0] == "epoch":
            self.epoch = message[1]
        elif message[0] == "kept":
            self.last = max(self.last, message[1])
            if self.digests.setdefault(message[1], message[2]) != message[2]:
                raise Violation(f"append {message[1]} was acknowledged twice, with two digests")
        elif message[0] == "erased":
            self.erased.add(message[1])


@lru_cache(4096)
def batch(writer: str, number: int) -> tuple[Event, ...]:
    """The events of one append of a writer: open ones and sealed ones, some with the first as their cause."""
    dice = random.Random(f"{writer}/{number}")
    events = []
    for n in range(dice.choice(SIZES)):
        id = f"{writer}-{number}-{n}"
        sealed = {"name": f"N{dice.randrange(10**6)}"} if dice.random() < 0.4 else {}
        key = f"{dice.randrange(200)}" if dice.random() < 0.8 else None
        body = {"n": n, "text": "x" * dice.randrange(900)}
        cause = f"{writer}-{number}-0" if n else None
        at = 1_000_000 * (number + 1)
        kind = dice.choice(("Noted", "Moved"))
        events.append(Event(id=id, kind=kind, at=at, actor=writer, body=body, sealed=sealed, object="contact", key=key,
                            cause=cause))  # fmt: skip
    if erases(number):
        events.append(Event(id=f"{writer}-{number}-gone", kind="Noted", at=1_000_000 * (number + 1), actor=writer,
                            sealed={"name": "Gone"}, object="contact", key=f"gone-{writer}-{number}"))  # fmt: skip
    return tuple(events)


def erases(number: int) -> bool:
    """Whether an append names somebody who is erased right after it."""
    return number % ERASURES == ERASURES - 1


@lru_cache(64)
def engine_of(url: str) -> Engine:
    """One engine an address, so that statements are compiled once; who is done with it disposes it."""
    return open_engine(url)


def opened(url: str, migration: str = "acme", sleep: Callable[[float], None] = time.sleep) -> tuple[Engine, Log]:
    """The store as the program opens it, with a read model, made where there is none."""
    engine = engine_of(url)
    migrate(engine)
    tallies.create(engine, checkfirst=True)
    return engine, Log(engine, migration, folds=[Tally()], sleep=sleep)


def append(log: Log, writer: str, first: int, tell: Callable[[tuple[Any, ...]], None]) -> Iterator[int]:
    """Append from number `first` on, and tell what is durable; each step is one append.

    The first may be one whose fate is not known: it is repeated under its ids.
    """
    epoch = log.take()
    tell(("epoch", epoch))
    for number in count(first):
        recorded = log.append(batch(writer, number), epoch=epoch)
        tell(("kept", number, recorded[-1].digest))
        if erases(number):
            log.vault.destroy("contact", f"gone-{writer}-{number}")
            tell(("erased", number))
        yield number


def judge(engine: Engine, log: Log, writer: str, told: Told) -> int:
    """Hold one writer's log against what it acknowledged; how many of its appends stand. Raises Violation.

    Every acknowledged append is there, once and whole; after them at most the one in doubt, whole or not at all.
    """
    verified = log.verify()
    _must(verified.ok, f"the log does not verify: {verified.reason}")
    head = log.head()
    recorded = list(log.read())
    _must(verified.events == head.position == len(recorded), f"{len(recorded)} events, the head at {head.position}")
    _must(head.epoch >= told.epoch, f"epoch {told.epoch} was acknowledged, and the head is in {head.epoch}")
    with engine.connect() as connection:
        counted = tally(connection, log.migration)
    _must(counted == Counter(e.kind for e in recorded), f"the read model is not the fold of the log: {counted}")
    bodies = list(log.open_many(recorded))
    stand = position = 0
    for number in range(told.last + 2):
        end = position + len(batch(writer, number))
        if position == len(recorded) and number > told.last:
            break
        _compare(writer, number, recorded[position:end], bodies[position:end], told)
        position = end
        stand += 1
    _must(position == len(recorded), f"{len(recorded) - position} events too many, from {position + 1} on")
    return stand


def _compare(
    writer: str, number: int, there: list[Recorded], bodies: Sequence[dict[str, Any] | None], told: Told
) -> None:
    """One append, event by event, its sealed parts opened."""
    expected = batch(writer, number)
    kept = "acknowledged" if number <= told.last else "in doubt"
    ids = [e.id for e in there]
    _must(ids == [e.id for e in expected], f"append {number} ({kept}) is torn or lost: {ids}")
    digest = told.digests.get(number)
    _must(digest in (None, there[-1].digest), f"append {number} has another digest than the one acknowledged")
    for event, recorded, body in zip(expected, there, bodies, strict=True):
        same = (event.kind, event.at, event.actor, event.object, event.key) == (
            recorded.kind, recorded.at, recorded.actor, recorded.object, recorded.key
        )  # fmt: skip
        gone = erases(number) and event is expected[-1]
        if gone and (number in told.erased or body is None):
            _must(same and body is None, f"the person of append {number} was erased, and is back")
        else:
            _must(same and body == event.body | event.sealed, f"{event.id} ({kept}) is not what was appended: {body}")


def _must(holds: bool, otherwise: str) -> None:
    if not holds:
        raise Violation(otherwise)
