"""What the fields of a destination are: its standard ones by concept, its custom ones by their words."""

from collections.abc import Iterable

import msgspec

from engine.matching.concepts import recognise
from engine.matching.data import table
from engine.matching.reading import read
from engine.matching.things import Thing


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A field that could take something. words: of its label, where it is a custom one."""

    key: str
    label: str
    type: str
    options: tuple[str, ...] = ()
    custom: bool = False


class Places:
    """The writable fields of one destination object."""

    def __init__(self, fields: Iterable[Place], thing: Thing) -> None:
        fields = tuple(fields)
        self.types = {place.key: place.type for place in fields}
        self.by_concept: dict[str, Place] = {}
        self.custom: list[tuple[frozenset[str], str, Place]] = []
        known, parts = table("places")["any"], table("places")["parts"]
        for place in fields:
            if place.custom:
                words = frozenset(read(place.label))
                found = recognise(words, thing)
                self.custom.append((words, found[0].concept if found and found[0].whole else "", place))
                continue
            head, _, last = place.key.rpartition(".")
            if place.key in known:
                concept = known[place.key]
            elif "address" in place.key and (last in parts or place.type == "address"):
                concept = f"{'other' if 'other' in head or 'other' in last else 'main'} {parts.get(last, 'address')}"
            else:
                found = recognise(frozenset(read(place.label)), thing) or recognise(frozenset(read(place.key)), thing)
                concept = found[0].concept if found and found[0].whole else ""
            if concept:
                self.by_concept.setdefault(concept, place)
        if "phone fax" in self.by_concept:
            self.by_concept["fax"] = self.by_concept["phone fax"]

    def of(self, concepts: Iterable[str]) -> Place | None:
        """The first of these concepts' fields that is there."""
        return next((self.by_concept[c] for c in concepts if c in self.by_concept), None)
