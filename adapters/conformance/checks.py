"""What several topics check: whether what is read is what was written."""

from collections.abc import Iterable

from adapters.conformance.scene import Scene
from adapters.conformance.values import complaint, exact
from adapters.protocols import Field, Fields, Json


def problem(scene: Scene, entity: str, field: Field, ours: Json, values: Fields) -> str:
    """What is wrong with a field as it was read back, "" when nothing is."""
    where = f"{entity}.{field.key}"
    if unread(scene, entity, field.key):
        return f"{where} can be read, though the rules say: {scene.rules.unread[where]}" if field.key in values else ""
    if field.key not in values:
        return f"{where} was written and is not among the values read: {sorted(values)}"
    theirs = values[field.key]
    if wrong := complaint(scene.field(entity, field.key), theirs):
        return f"{where}: {wrong}"
    if not scene.adapter.same(entity, field.key, ours, theirs):
        return f"{where}: wrote {ours!r}, read {theirs!r}, which the adapter does not call the same"
    if not exact(field, ours, theirs):
        return f"{where}: wrote {ours!r}, read {theirs!r}"
    return ""


def problems(scene: Scene, entity: str, fields: Fields, values: Fields) -> list[str]:
    """What is wrong with all fields of a record as they were read back."""
    found = [
        problem(scene, entity, scene.field(entity, key), ours, values) for key, ours in fields.items() if key != "mark"
    ]
    if "mark" in fields and values.get("mark") != fields["mark"]:
        found.append(f"{entity}: its mark {fields['mark']!r} reads {values.get('mark')!r}")
    return [wrong for wrong in found if wrong]


def unread(scene: Scene, entity: str, key: str) -> bool:
    """Whether the rules say that a field cannot be read back."""
    return f"{entity}.{key}" in scene.rules.unread


def changed(scene: Scene, entity: str, before: Fields, after: Fields, leave: Iterable[str]) -> list[str]:
    """The writable fields, but for some, in which two readings of a record differ."""
    written = {f.key for f in scene.entity(entity).fields if not f.readonly} - set(leave)
    return [
        f"{entity}.{key}: {before.get(key)!r} became {after.get(key)!r}"
        for key in sorted(written & (before.keys() | after.keys()))
        if not scene.adapter.same(entity, key, before.get(key), after.get(key))
    ]
