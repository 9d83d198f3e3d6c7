"""Verification: the chain is recomputed from the stored bytes and compared with every digest and with the head."""

from collections.abc import Iterable, Iterator

import msgspec
from sqlalchemy import Engine, select
from sqlalchemy.exc import DBAPIError

from eventstore import proof, rows
from eventstore.codec import Recorded
from eventstore.proof import Chain
from eventstore.tables import events, heads


class Verified(msgspec.Struct, frozen=True, kw_only=True):
    """What a verification found.

    `events`: how many were sound; `digest`: of the log up to the last sound one; `first_bad`: the position of the first
    that is not (None: all are sound), `reason`: why, in words.
    """

    ok: bool
    events: int
    digest: bytes
    first_bad: int | None = None
    reason: str = ""


class _Bad(Exception):  # noqa: N818 - it ends the walk, no error of the program
    """A position that is not sound, and why."""


def verify(engine: Engine, migration: str, after: int) -> Verified:
    """Checks the events after a position, which is trusted with those before it."""
    chain = Chain({0: proof.genesis(migration)})
    try:
        position, digest = _head(engine, migration)
        chain = _trusted(engine, migration, after, chain)
    except _Bad as bad:
        return _unsound(bad, 0, chain)
    return follow(chain, migration, _events(engine, migration, after, position), position, digest)


def follow(chain: Chain, migration: str, events: Iterable[Recorded], position: int, digest: bytes) -> Verified:
    """Checks events from the end of a trusted chain on, up to the head, which is at `position` and has `digest`."""
    after = chain.position
    try:
        for event in events:
            _follow(chain, migration, event)
        _end(chain, position, digest)
    except _Bad as bad:
        return _unsound(bad, chain.position - after, chain)
    return Verified(ok=True, events=chain.position - after, digest=chain.digest)


def _unsound(bad: _Bad, events: int, chain: Chain) -> Verified:
    first, why = bad.args
    return Verified(ok=False, events=events, digest=chain.digest, first_bad=first, reason=f"event {first}: {why}")


def _follow(chain: Chain, migration: str, event: Recorded) -> None:
    """Extends the chain by an event that is sound."""
    expected = chain.position + 1
    if event.position != expected:
        raise _Bad(expected, "it is missing")
    leaf = _leaf(migration, event)
    if event.digest != chain.following(leaf):
        raise _Bad(expected, "its stored bytes do not give its digest: they were changed after it was recorded")
    chain.extend(leaf)


def _end(chain: Chain, position: int, digest: bytes) -> None:
    """Compares the end of the chain with the head."""
    if chain.position < position:
        raise _Bad(chain.position + 1, "it is missing: the log ends before its head")
    if chain.digest != digest:
        raise _Bad(position, "it is sound, and the head has another digest than it: the head was changed")


def _leaf(migration: str, event: Recorded) -> bytes:
    try:
        return proof.leaf(migration, event)
    except (TypeError, ValueError) as error:  # a value that no event has, such as text that is not UTF-8
        raise _Bad(event.position, f"a column holds what no event holds ({error})") from error


def _head(engine: Engine, migration: str) -> tuple[int, bytes]:
    """The head; it must not stand before events that the log holds."""
    query = select(heads.c.position, heads.c.digest).where(heads.c.migration == migration)
    last = select(events.c.position).where(events.c.migration == migration).order_by(events.c.position.desc()).limit(1)
    with engine.connect() as connection:
        row = connection.execute(query).one_or_none()
        end = connection.execute(last).scalar() or 0
    if row is None:
        raise _Bad(end, "the log has no head")
    if end > row.position:
        raise _Bad(row.position + 1, f"it stands behind the head, which is at {row.position}")
    return row.position, row.digest


def _trusted(engine: Engine, migration: str, after: int, chain: Chain) -> Chain:
    """The chain up to `after`, from its stored digests."""
    wanted = proof.peaks(after)
    with engine.connect() as connection:
        found = rows.by_position(connection, migration, wanted)
    for position in wanted[:-1]:
        if position not in found:
            raise _Bad(position, "it is missing")
    return Chain({p: e.digest for p, e in found.items()} | {0: chain.digest})


def _events(engine: Engine, migration: str, after: int, head: int) -> Iterator[Recorded]:
    """The events up to the head; where a page cannot be read, one by one, so that the bad one is named."""
    while after < head:
        try:
            page = _page(engine, migration, after, head, rows.PAGE)
        except DBAPIError:
            page = _readable(engine, migration, after, head)
        if not page:
            return
        yield from page
        after = page[-1].position


def _readable(engine: Engine, migration: str, after: int, head: int) -> list[Recorded]:
    """The next event of a page that cannot be read as a whole; raises `_Bad` when it is the unreadable one."""
    try:
        return _page(engine, migration, after, head, 1)
    except DBAPIError as error:
        raise _Bad(after + 1, f"the database cannot read it ({error.orig})") from error


def _page(engine: Engine, migration: str, after: int, head: int, size: int) -> list[Recorded]:
    position = events.c.position
    query = rows.query(migration).where(position > after, position <= head).order_by(position).limit(size)
    with engine.connect() as connection:
        return [rows.recorded(row) for row in connection.execute(query)]
