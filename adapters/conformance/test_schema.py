"""The schema is well-formed, and the two orders fit it."""

from collections import Counter
from collections.abc import Iterator

from adapters.conformance.scene import Scene
from adapters.protocols import Field, ObjectSchema

CAPS = {"custom-fields", "open-records", "contacts"}


def test_the_adapter_has_a_name_and_a_unit(scene: Scene) -> None:
    """Both are words for people."""
    assert scene.adapter.name
    assert scene.adapter.unit


def test_keys_are_unique(scene: Scene) -> None:
    """No two entities, fields of an entity, options of a field or users share a name."""
    schema = scene.schema
    assert _twice(o.name for o in schema.objects) == []
    assert _twice(user.id for user in schema.users) == []
    for entity in schema.objects:
        assert _twice(field.key for field in entity.fields) == [], entity.name
        for field in entity.fields:
            assert _twice(option.id for option in field.options) == [], f"{entity.name}.{field.key}"


def test_entities_are_well_formed(scene: Scene) -> None:
    """What an entity says of its fields, its owner, its title and its block is there."""
    assert scene.schema.objects
    for entity in scene.schema.objects:
        assert entity.label, entity.name
        assert entity.fields, entity.name
        keys = {field.key: field for field in entity.fields}
        assert keys.keys() >= set(entity.title), entity.name
        if entity.owner_field:
            assert keys[entity.owner_field].kind == "user", entity.name
        if entity.block:
            assert keys[entity.block].kind == "block", entity.name
            assert not entity.custom_fields, f"{entity.name} takes custom fields: it needs no block"


def test_fields_are_well_formed(scene: Scene) -> None:
    """A reference names its target, no required field is read-only, ids and labels are texts."""
    for entity, field in _fields(scene):
        where = f"{entity.name}.{field.key}"
        assert field.label, where
        assert not (field.required and field.readonly), where
        assert not field.requires or entity.field(field.requires), where
        group = [other for other in entity.fields if other.alternative == field.alternative]
        assert not field.alternative or len(group) > 1, f"{where} has no alternative"
        assert (field.target is not None) == (field.kind == "reference"), where
        assert field.target is None or field.target in scene.adapter.entity_order, where
        assert field.kind != "multienum" or field.many, f"{where}: a multienum is many"
        assert not field.options or field.kind in ("enum", "multienum"), where
        assert all(isinstance(option.id, str) and option.id and option.label for option in field.options), where
        assert field.max_length is None or field.max_length > 0, where


def test_the_orders_hold_every_entity(scene: Scene) -> None:
    """Both orders have the same entities, each once, among them all of the schema."""
    order, back = scene.adapter.entity_order, scene.adapter.rollback_order
    assert _twice(order) == []
    assert sorted(order) == sorted(back)
    assert {entity.name for entity in scene.schema.objects} <= set(order)


def test_what_is_pointed_at_comes_first(scene: Scene) -> None:
    """A load meets the target of a reference before what points at it, a rollback after it; configuration leads."""
    order, back = scene.adapter.entity_order, scene.adapter.rollback_order
    for entity, field in _fields(scene):
        if field.target is None or field.target == entity.name or field.custom or field.readonly:
            continue
        assert order.index(field.target) < order.index(entity.name), f"{entity.name}.{field.key}"
        assert back.index(entity.name) < back.index(field.target), f"{entity.name}.{field.key}"
    kinds = [scene.schema.object(name) is None for name in order]
    assert kinds == sorted(kinds, reverse=True), "configuration comes before records"


def test_lacks_are_said_in_sentences(scene: Scene) -> None:
    """Each names an entity, a field where it is about one, and says what is done instead."""
    for lack in scene.schema.lacks:
        assert lack.entity, lack
        assert (lack.action == "date") <= bool(lack.field), f"{lack}: which date?"
        for sentence in (lack.what, lack.instead):
            assert sentence.strip().endswith("."), f"{sentence!r} is no sentence"
    assert _twice((lack.action, lack.entity, lack.field) for lack in scene.schema.lacks) == []


def test_what_cannot_be_created_is_lacking(scene: Scene) -> None:
    """An entity that is not creatable has a lack that says so, and the other way round."""
    lacking = {lack.entity for lack in scene.schema.lacks if lack.action == "create" and not lack.field}
    for entity in scene.schema.objects:
        assert entity.creatable == (entity.name not in lacking), entity.name


def test_caps_are_figures_with_a_source(scene: Scene) -> None:
    """Each counts entities that there are, and says where its limit comes from."""
    for cap in scene.schema.caps:
        assert cap.code in CAPS, cap
        assert cap.entities, cap
        assert set(cap.entities) <= set(scene.adapter.entity_order), cap
        assert cap.limit >= 0, cap
        assert cap.used is None or cap.used >= 0, cap
        assert cap.plan, cap
        assert cap.source, cap


def test_somebody_may_own_records(scene: Scene) -> None:
    """The account has an active user, and every user has a name."""
    assert any(user.active for user in scene.schema.users)
    assert all(user.name for user in scene.schema.users)


def test_two_readings_agree(scene: Scene) -> None:
    """An account that nobody touches reads the same to an adapter that has just started, and reading sends nothing."""
    start = len(scene.said)
    first = scene.look()
    scene.again()
    assert scene.look() == first
    assert scene.unsafe(start) == []


def _fields(scene: Scene) -> Iterator[tuple[ObjectSchema, Field]]:
    return ((entity, field) for entity in scene.schema.objects for field in entity.fields)


def _twice(names: Iterator[object] | tuple[object, ...]) -> list[object]:
    return [name for name, count in Counter(names).items() if count > 1]
