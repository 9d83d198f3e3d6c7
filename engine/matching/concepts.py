"""Concepts: what a field can be, and recognising one in the words of a header."""

from functools import cache, lru_cache

import msgspec

from engine.matching.data import table
from engine.matching.reading import read
from engine.matching.things import Thing

RELATIONS = frozenset(("company", "contact", "deal", "lead", "customer", "product"))
"""Concepts that are another record, named by the word for it."""

_WHEN = frozenset(("date", "time"))


class Concept(msgspec.Struct, frozen=True, kw_only=True):
    """What a field can be; see `data/concepts.toml`. loose: further words do not make it another thing."""

    kind: str
    bags: tuple[str, ...] = ()
    to: tuple[str, ...] = ()
    rest: str = "new"
    loose: bool = False
    vague: bool = False
    words: str = msgspec.field(name="with", default="")


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """A concept that a header may name. whole: no word is left over. extra: those that are. share: of words told.

    exact: nor any that was let go.
    """

    concept: str
    whole: bool
    exact: bool
    share: float
    extra: frozenset[str] = frozenset()


@cache
def concepts() -> dict[str, Concept]:
    """Every concept by name."""
    return msgspec.convert(table("concepts"), dict[str, Concept])


class _Bag(msgspec.Struct, frozen=True):
    at: int
    concept: str
    words: frozenset[str]
    tag: str
    free: frozenset[str]


@cache
def _bags() -> dict[str, tuple[_Bag, ...]]:
    """The bags by each of their words."""
    found: dict[str, list[_Bag]] = {}
    at = 0
    for name, concept in concepts().items():
        free = (
            frozenset(concept.words.split())
            | (_WHEN if concept.kind in ("date", "datetime") else frozenset())
            | {w for part in concept.words.split() for w in read(part)}
        )
        for text in concept.bags:
            tag, _, rest = text.partition(" ") if text[0] == "@" else ("", "", text)
            words = frozenset(read(rest))
            at += 1
            for word in words:
                found.setdefault(word, []).append(_Bag(at, name, words, tag, free))
    return {word: tuple(bags) for word, bags in found.items()}


@lru_cache(maxsize=16384)
def recognise(words: frozenset[str], thing: Thing) -> tuple[Reading, ...]:
    """What a header's words may name, best first."""
    found: dict[str, tuple[tuple[float, ...], Reading]] = {}
    for bag in {bag for word in words for bag in _bags().get(word, ())}:
        if not bag.words <= words or (bag.tag and bag.tag not in thing.tags):
            continue
        if bag.concept in RELATIONS and bag.concept in thing.own:
            continue  # its own name is no relation
        left = words - bag.words
        extra = left - bag.free - thing.own
        share = len(bag.words) / (len(bag.words) + len(extra))
        owned = len(left & thing.own - bag.free)
        rank = (not extra, share, len(bag.words), bool(bag.tag), -owned, -bag.at)
        reading = Reading(concept=bag.concept, whole=not extra, exact=not left, share=share, extra=extra)
        if bag.concept not in found or rank > found[bag.concept][0]:
            found[bag.concept] = (rank, reading)
    return tuple(r for _, r in sorted(found.values(), key=lambda pair: pair[0], reverse=True))
