"""Digests: pure functions that chain events, and proofs that a reader without the store can check.

The digest of position p covers the event, the digest before it and one further back:

    leaf(p)   = blake2b(msgpack of the stored columns)
    digest(p) = blake2b(leaf(p) + digest(p & (p - 1)), key = digest(p - 1))       digest(0) = blake2b(migration)

`p & (p - 1)` clears the lowest set bit of p. The key alone makes a hash chain. The link further back makes it an
authenticated skip list, so that a proof of one event shows no other one and is short: in a log of n events at most
log2(n) squared steps by two, 210 for a million. All digests have 32 bytes.
"""

from collections.abc import Iterator, Mapping
from hashlib import blake2b

import msgspec

from eventstore.codec import Recorded

_row = msgspec.msgpack.Encoder()


def genesis(migration: str) -> bytes:
    """The digest of an empty log: it binds the chain to the log's name."""
    return blake2b(migration.encode(), digest_size=32).digest()


def leaf(migration: str, event: Recorded) -> bytes:
    """The digest of one event's stored columns; `event.digest` itself plays no part."""
    columns = (
        migration,
        event.position,
        event.id,
        event.kind,
        event.at,
        event.actor,
        event.object,
        event.key,
        event.cause,
        event.body,
    )
    return blake2b(_row.encode(columns), digest_size=32).digest()


def link(previous: bytes, skipped: bytes, leaf: bytes) -> bytes:
    """The digest of a position, from the two digests that it stands on and its leaf."""
    return blake2b(leaf + skipped, key=previous, digest_size=32).digest()


def skip(position: int) -> int:
    """The position further back that a position is linked to."""
    return position & (position - 1)


def peaks(position: int) -> list[int]:
    """The positions whose digests are needed to go on from `position`: itself, and where its skips lead, down to 0."""
    found = [position]
    while found[-1]:
        found.append(skip(found[-1]))
    return found


class Chain:
    """The end of a log's chain, which can be extended: the digests at the peaks of its position."""

    def __init__(self, digests: Mapping[int, bytes]) -> None:
        self._peaks = dict(digests)
        self.position = max(self._peaks)

    @property
    def digest(self) -> bytes:
        """The digest at the last position."""
        return self._peaks[self.position]

    def following(self, leaf: bytes) -> bytes:
        """The digest that the next position has with this leaf."""
        return link(self.digest, self._peaks[skip(self.position + 1)], leaf)

    def extend(self, leaf: bytes) -> bytes:
        """The digest of the next position; the chain now ends there."""
        digest, position = self.following(leaf), self.position + 1
        while self.position > skip(position):
            del self._peaks[self.position]
            self.position = skip(self.position)
        self._peaks[position], self.position = digest, position
        return digest


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One step of a proof: a later position, its leaf, and the digest it stands on besides the proven one (hex)."""

    position: int
    leaf: str
    other: str


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """That an event stands in the log which ends at `head` with `digest`.

    Its reader compares `digest` with one that he trusts (a signed report, a checkpoint sent by mail) and calls
    `holds`. `previous` and `skipped` are the digests that the event stands on. All digests are hex. It proves as well
    that the log which ended with the event is the beginning of the one that ends at `head`.
    """

    migration: str
    head: int
    digest: str
    event: Recorded
    previous: str
    skipped: str
    steps: tuple[Step, ...]


def route(position: int, head: int) -> Iterator[int]:
    """The positions from `head` down to `position`, both included, by the longest skips that do not overshoot."""
    while head > position:
        yield head
        head = skip(head) if skip(head) >= position else head - 1
    yield position


def holds(proof: Proof) -> bool:
    """Whether a proof is sound in itself: its steps lead from its event to its digest."""
    at = proof.event.position
    if not 1 <= at <= proof.head:
        return False
    try:
        digest = link(bytes.fromhex(proof.previous), bytes.fromhex(proof.skipped), leaf(proof.migration, proof.event))
        if digest != proof.event.digest or [at, *(s.position for s in proof.steps)] != [*route(at, proof.head)][::-1]:
            return False
        for step in proof.steps:
            other = bytes.fromhex(step.other)
            previous = digest if step.position - 1 == at else other
            skipped = digest if skip(step.position) == at else other
            at, digest = step.position, link(previous, skipped, bytes.fromhex(step.leaf))
    except ValueError:  # not hex, or a key longer than a digest
        return False
    return digest.hex() == proof.digest
