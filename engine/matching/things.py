"""Things: what kind of record is being moved, and the words by which its own fields name it."""

import msgspec

from engine.matching.data import table
from engine.matching.reading import read

_ENTITIES = frozenset(table("sets")["things"].split())

_THINGS = {
    "person": ({"person"}, {"contact", "customer", "lead"}),
    "contact": ({"person"}, {"contact", "customer", "lead"}),
    "organization": ({"org"}, {"company", "customer"}),
    "account": ({"org"}, {"company", "customer"}),
    "deal": ({"deal"}, {"deal"}),
    "lead": ({"lead", "deal"}, {"lead", "deal"}),
    "activity": ({"activity"}, {"activity", "task", "call", "meeting"}),
    "task": ({"activity"}, {"activity", "task"}),
    "note": ({"note"}, {"note"}),
    "product": ({"product"}, {"product"}),
}


class Thing(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of record. tags: "@person" and the like, as concepts have them. own: the words that stand for it."""

    tags: frozenset[str]
    own: frozenset[str]


def thing(destination_object: str, source_object: str) -> Thing:
    """What a source object is that becomes a destination object."""
    tags, own = _THINGS.get(destination_object.lower().rstrip("s"), (set(), set()))
    named = frozenset(read(source_object)) & _ENTITIES
    if named and "lead" not in named:
        own = own - {"lead"}  # beside something else, a lead is another record
    return Thing(tags=frozenset(f"@{t}" for t in tags), own=frozenset(own) | named)
