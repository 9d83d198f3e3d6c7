"""What is written in a test: values for fields, least and whole records, by the schema and the rules of the bench."""

from typing import TYPE_CHECKING

from adapters.conformance import madeup
from adapters.conformance.bench import New, Ref
from adapters.protocols import Field, Fields, Json, RefusedError

if TYPE_CHECKING:
    from adapters.conformance.scene import Scene


class Samples:
    """Samples for one account. Another `number` gives other values and other records to point at."""

    def __init__(self, scene: "Scene") -> None:
        self._scene = scene
        self._empty: set[tuple[str, str]] = set()
        self._unlike = 0

    def one(self, entity: str, field: Field, number: int = 0) -> Json:
        """A value for a field; None where the account holds none (a pick-list without options)."""
        scene = self._scene
        field = scene.field(entity, field.key)  # as this account has it: another has other options
        given = scene.rules.samples.get(f"{entity}.{field.key}")
        if given:
            return self.resolved(given, number)
        if field.kind == "reference":
            id = scene.record(field.target or "", number)
            return [id] if field.many else id
        if field.kind == "user":
            users = [user.id for user in scene.schema.users if user.active]
            return [users[number % len(users)]] if field.many else users[number % len(users)]
        if field.kind in ("enum", "multienum"):
            return _chosen(field if field.options else self._supplied(entity, field), number)
        if field.kind == "money":
            amount = madeup.money(number, str(scene.schema.account.get("currency") or "USD"))
            return [amount] if field.many else amount
        value = madeup.file(number) if field.kind == "file" else madeup.plain(field, number)
        return [value] if field.many and not isinstance(value, list) else value

    def along(self, entity: str, key: str, number: int = 0) -> Fields:
        """What must be written with a field: by the rules, and what the field requires."""
        fields: Fields = self.resolved(self._scene.rules.along.get(f"{entity}.{key}", {}), number)
        field = self._scene.field(entity, key)
        if field.requires and field.requires not in fields:
            needed = self._scene.field(entity, field.requires)
            fields = self.along(entity, needed.key, number) | {needed.key: self.one(entity, needed, number)} | fields
        return fields

    def least(self, entity: str, number: int = 0) -> Fields:
        """The least that a record of an entity needs: required fields, and what the rules say goes along."""
        scene = self._scene
        schema = scene.schema.object(entity)
        along: Fields = self.resolved(scene.rules.along.get(entity, {}), number)
        if schema is None:
            return self._configured(entity, number, along)
        needed = {f.key: self.one(entity, f, number) for f in schema.fields if f.required and not f.readonly}
        return needed | along

    def with_these(self, entity: str, fields: Fields, number: int = 0) -> Fields:
        """The least with these fields, which take the place of their alternatives."""
        schema = self._scene.schema.object(entity)
        least = self.least(entity, number)
        if schema is not None:
            taken = {f.alternative for f in schema.fields if f.key in fields and f.alternative}
            others = {f.key for f in schema.fields if f.alternative in taken} - fields.keys()
            least = {k: v for k, v in least.items() if k not in others}
        return least | fields

    def whole(self, entity: str, number: int = 0, having: str = "") -> Fields:
        """As many fields of a record as go together, `having` among them."""
        schema = self._scene.entity(entity)
        fields: Fields = {}
        if having:
            value = self.one(entity, self._scene.field(entity, having), number)
            fields = self.along(entity, having, number) | ({} if value is None else {having: value})
        fields = self.with_these(entity, fields, number)
        fixed = dict(fields)
        for field in schema.fields:
            if field.custom or field.readonly or field.key in fixed or self._instead(entity, field, fixed):
                continue
            along = self.along(entity, field.key, number)
            if any(fixed.get(key, value) != value for key, value in along.items()):
                continue
            if any(self._instead(entity, self._scene.field(entity, key), fixed) for key in along):
                continue
            if (value := self.one(entity, field, number)) is not None:
                fields[field.key] = value
                if field.alternative:
                    fixed[field.key] = value
            fixed |= along
            fields |= along
        return fields

    def unlike(self, entity: str, fields: Fields) -> Fields:
        """These fields, one of them with a value that no other record has."""
        self._unlike += 1
        for field in self._scene.entity(entity).fields:
            place, rules = f"{entity}.{field.key}", self._scene.rules
            bound = field.custom or field.readonly or field.detail or field.many or place in rules.samples
            if bound or place in rules.along or place in rules.unread or field.requires:
                continue
            if field.kind in ("text", "longtext") and field.max_length in (None, 255):
                return fields | {field.key: self._scene.name()}
            if field.kind == "number":
                return fields | {field.key: self._unlike}
        return fields

    def resolved(self, value: Json, number: int = 0) -> Json:
        """A value of the rules with ids in place of its references, and one value in place of a tuple."""
        if isinstance(value, Ref):
            return self._scene.record(value.entity, number + value.number)
        if isinstance(value, New):
            return self._scene.make(value.entity)
        if isinstance(value, tuple):
            return self.resolved(value[number % len(value)], number)
        if isinstance(value, dict):
            return {key: self.resolved(part, number) for key, part in value.items()}
        return [self.resolved(part, number) for part in value] if isinstance(value, list) else value

    def _instead(self, entity: str, field: Field, fixed: Fields) -> bool:
        """Whether an alternative of a field is there already."""
        others = self._scene.entity(entity).fields
        return bool(field.alternative) and any(
            other.key in fixed for other in others if other.alternative == field.alternative and other.key != field.key
        )

    def _configured(self, entity: str, number: int, along: Fields) -> Fields:
        """What the protocols say an entity of configuration is made of."""
        scene = self._scene
        label = scene.name(entity.replace("_", " ").capitalize())
        if entity == "options":
            if "field" not in along:
                owner = self._owner()
                along = {"entity": owner, "field": scene.custom(owner, "enum", options=["A", "B"])}
            return along | {"labels": [label]}
        fields: Fields = {"label": label}
        if entity == "field":
            fields |= {"entity": self._owner(), "kind": "text"}
        if entity == "stage":
            fields |= {"pipeline": scene.record("pipeline", number), "probability": 40}
        return fields | along

    def _owner(self) -> str:
        """The first entity that takes custom fields."""
        return next((o.name for o in self._scene.schema.objects if o.custom_fields), "")

    def _supplied(self, entity: str, field: Field) -> Field:
        """A pick-list without options with some, where the API adds any."""
        scene = self._scene
        if (entity, field.key) in self._empty or "options" not in scene.adapter.entity_order:
            return scene.field(entity, field.key)
        self._empty.add((entity, field.key))
        try:
            with scene.lasting():
                for label in (scene.name("Option"), scene.name("Option")):
                    scene.create("options", {"entity": entity, "field": field.key, "labels": [label]})
        except RefusedError:
            return field
        scene.look()
        return scene.field(entity, field.key)


def _chosen(field: Field, number: int) -> Json:
    ids = [option.id for option in field.options]
    if not ids:
        return None
    one = ids[number % len(ids)]
    if field.kind == "enum":
        return one
    return [one] if number % 2 else sorted(dict.fromkeys([one, ids[-1]]))
