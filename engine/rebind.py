"""Rebinding: bound values that were written once, spelled with the ids that stand for the same things now."""

from collections.abc import Mapping

from adapters.protocols import Fields, Json, Schema
from engine.binding import order
from engine.view import Linked, Part


class Rebinder:
    """Rebinds fields of one destination account.

    Args:
        schema: the account as described.
        links: live links of the account, as they are now.
    """

    def __init__(self, schema: Schema, links: Mapping[Part, Linked]) -> None:
        self.schema = schema
        self.links = links

    def refs(self, refs: Mapping[str, str]) -> dict[str, str]:
        """The links that values were bound with, with the ids of now; what is gone keeps the id that it had."""
        return {ref: link.id if (link := self.links.get(as_part(ref))) else old for ref, old in refs.items()}

    def fields(self, entity: str, fields: Fields, refs: Mapping[str, str]) -> Fields:
        """Fields that were bound with `refs`, with the custom field keys, option ids and links of now."""
        labels = _labels(entity, refs)
        return {
            self._key(entity, key, labels): self._value(entity, key, labels.get(key, key), value, refs)
            for key, value in fields.items()
        }

    def _key(self, entity: str, key: str, labels: Mapping[str, str]) -> str:
        link = self.links.get(Part("field", "Field", f"{entity}/{labels[key]}")) if key in labels else None
        return link.id.rpartition("/")[2] if link else key

    def _value(self, entity: str, key: str, name: str, value: Json, refs: Mapping[str, str]) -> Json:
        options = f"option/Option/{entity}/{name}/"
        target = self._target(entity, key)
        moved = {
            old: link.id
            for ref, old in refs.items()
            if (ref.startswith(options) or (target and as_part(ref).entity == target))
            and (link := self.links.get(as_part(ref)))
        }
        if isinstance(value, list):
            new = [moved.get(v, v) if isinstance(v, str) else v for v in value]
            return new if target else sorted(new, key=order) if moved else value
        return moved.get(value, value) if isinstance(value, str) else value

    def _target(self, entity: str, key: str) -> str | None:
        """What a field points at; configuration (a stage's pipeline) is not in the schema and names it by its key."""
        schema = self.schema.object(entity)
        if schema is None:
            return key
        field = schema.field(key)
        return field.target if field and field.kind == "reference" else None


def as_part(ref: str) -> Part:
    """The part that a reference of an intent ("entity/object/key") names."""
    return Part(*ref.split("/", 2))


def _labels(entity: str, refs: Mapping[str, str]) -> dict[str, str]:
    """The labels of our custom fields by the key that they had."""
    prefix = f"field/Field/{entity}/"
    return {id.rpartition("/")[2]: ref.removeprefix(prefix) for ref, id in refs.items() if ref.startswith(prefix)}
