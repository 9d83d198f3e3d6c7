"""Stand-ins: what the map lets stand where a record itself says nothing. Each is told."""

from collections.abc import Iterator, Mapping

from adapters.protocols import Fields, ObjectSchema
from engine.findings import Notes
from engine.history import Item
from engine.links import Resolution
from engine.mapping import ObjectMap
from engine.resolve import Resolver
from engine.transform import Cell, convert


def stand_in(fields: Fields, targets: str, cell: Cell | None, entity: ObjectSchema) -> None:
    """Put a cell into the first of some destination fields ("name|last_name") where all of them are empty."""
    keys = targets.split("|")
    target = entity.field(keys[0])
    if cell is None or target is None or any(fields.get(key) for key in keys):
        return
    if value := convert(cell, target.kind):
        fields[target.key] = value
        detail = f"the record has no {target.label}: its {cell.field.key} stands there"
        cell.notes.tell("stands-in", detail, cell.item.subject, cell.field.key)


def borrowed(
    item: Item, object_map: ObjectMap, resolutions: Mapping[str, Resolution], resolver: Resolver, notes: Notes
) -> Iterator[tuple[str, Resolution]]:
    """Relations that a record leaves out, as the records that it names have them; only where those agree."""
    for name, via in object_map.borrow.items():
        if name not in resolutions or resolutions[name].state != "none":
            continue
        found = resolver.beyond(item, via, name)
        if len(found) > 1:
            keys = ", ".join(subject[1] for subject in found)
            notes.tell("not-borrowed", f"{name}: none is named, and its {via} have {keys}", item.subject)
        elif found:
            detail = f"{name}: none is named; {found[0][1]} is taken, which is that of its {via}"
            notes.tell("borrowed", detail, item.subject)
            yield name, Resolution(state="found", subject=found[0], how="borrowed")
