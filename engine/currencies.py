"""Currencies: an amount is in the one that its record says, else in the one that its cell names, else in the map's own.

Nothing is converted. Where record and cell say two, the record's stands, and that is told.
"""

from collections.abc import Callable

from adapters.protocols import Fields, ObjectSchema
from adapters.sources import numbers
from engine.mapping import ObjectMap
from engine.transform import AMOUNTS, Cell


def denominate(
    fields: Fields, object_map: ObjectMap, entity: ObjectSchema, currency: str, read: Callable[[str], Cell | None]
) -> None:
    """Put the currency beside a record's amount. `currency`: the map's own. `read`: the cell of a source field."""
    there = entity.field("currency")
    if there is None or there.readonly:
        return
    cells = {rule.to: cell for key, rule in object_map.fields.items() if rule.to and (cell := read(key))}
    said = cells.get("currency")
    for target in sorted(AMOUNTS & cells.keys() & fields.keys()):
        cell = cells[target]
        named = numbers.currency(cell.raw) or ""
        if said and said.raw:
            if named and named != said.raw.upper():
                detail = f"{cell.field.key} names {named} and {said.field.key} says {said.raw}, which stands"
                cell.notes.tell("two-currencies", detail, cell.item.subject, cell.field.key)
        else:
            if said and not named:
                detail = f"{said.field.key} is empty; the amount is taken to be in {currency}, the currency of the map"
                cell.notes.tell("no-currency", detail, cell.item.subject, said.field.key)
            fields["currency"] = named or fields.get("currency") or currency
