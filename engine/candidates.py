"""Candidates: the fields of a source object, read, and what each could become at a destination entity."""

from itertools import islice

from adapters.protocols import Field, ObjectSchema
from engine.history import Item
from engine.matching.columns import Column, columns
from engine.matching.match import Proposal, propose
from engine.matching.neighbours import settled
from engine.matching.places import Place, Places
from engine.matching.things import thing

SAMPLES = 40
"""Records whose values are looked at."""


def matched(
    schema: ObjectSchema, entity: ObjectSchema, system: str, items: dict[str, Item]
) -> tuple[list[Column], dict[str, list[Proposal]]]:
    """The columns of a source object, and what each could become at a destination entity."""
    what = thing(entity.name, schema.name)
    places = [
        Place(key=f.key, label=f.label, type=f.kind, options=tuple(o.label for o in f.options), custom=f.custom)
        for f in entity.fields
        if not f.readonly
    ]
    found = settled(columns(((f.key, f.label, f.kind, _samples(f, items)) for f in schema.fields), what, system))
    return found, propose(found, Places(places, what), custom_fields=entity.custom_fields)


def _samples(field: Field, items: dict[str, Item]) -> list[str]:
    """What some records have in a field; what discovery saw, before any was read."""
    first = [(item.values or {}).get(field.key, "") for item in islice(items.values(), SAMPLES)]
    return first or list(field.samples)
