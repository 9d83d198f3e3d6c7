"""A change that takes several requests, cut into what one request writes of it. Pure.

A new record is created with all that a create takes; then one update writes the rest (a lead is archived, a file gets
its description), then each item of a list that takes one request an item is added or removed by itself. The parent of
an organization is taken away before another is given.
"""

from typing import Literal

from adapters.destinations.pipedrive.columns import Column
from adapters.destinations.pipedrive.comparing import same
from adapters.destinations.pipedrive.entities import Entity
from adapters.destinations.pipedrive.fields import is_custom
from adapters.destinations.pipedrive.records import BLOCK, MARK
from adapters.protocols import Fields, Json

Move = tuple[Literal["add", "remove"], str]
"""One item that comes or goes."""


def step(entity: Entity, before: Fields | None, fields: Fields) -> Fields:
    """What the next request writes of `fields`; of a record that has them all already, all of them."""
    if before is None:
        return {key: value for key, value in fields.items() if _at_once(entity, key, value)}
    details = [c for c in entity.columns if c.detail and not c.create_only and c.key in fields]
    plain = {key: value for key, value in fields.items() if key not in {c.key for c in details}}
    if any(not same(entity.name, key, value, before.get(key)) for key, value in plain.items()):
        return plain
    for column in details:
        present, wanted = before.get(column.key), fields[column.key]
        if found := moves(column, present, wanted):
            return {column.key: wanted if len(found) == 1 else _moved(column, present, found[0])}
    return fields


def labels(fields: Fields) -> Fields:
    """Lead labels are made one by one; the options of any other pick-list at once."""
    one_by_one = fields.get("entity") == "lead" and not is_custom(str(fields.get("field")))
    return {**fields, "labels": fields["labels"][:1]} if one_by_one else fields


def moves(column: Column, present: Json, wanted: Json) -> list[Move]:
    """What must come and go, one request each: of a list first what comes, of a single link first what goes."""
    here, there = _items(present), _items(wanted)
    added: list[Move] = [("add", item) for item in there if item not in here]
    removed: list[Move] = [("remove", item) for item in here if item not in there]
    return [*added, *removed] if column.many else [*removed, *added]


def _at_once(entity: Entity, key: str, value: Json) -> bool:
    """Whether a create takes this; what is empty asks for nothing and goes along."""
    column = entity.column(key)
    if value in (None, "", [], {}, False):
        return True
    if column is None:
        text = entity.column(entity.text) if entity.text else None
        return not (key in (BLOCK, MARK) and text is not None and text.late)
    return not column.late and (not column.detail or column.create_only)


def _items(value: Json) -> list[str]:
    """A link or a list of them as a list, each once."""
    if value is None:
        return []
    return list(dict.fromkeys(str(item) for item in (value if isinstance(value, list) else [value])))


def _moved(column: Column, present: Json, move: Move) -> Json:
    action, item = move
    if not column.many:
        return item if action == "add" else None
    return [*_items(present), item] if action == "add" else [other for other in _items(present) if other != item]
