"""Custom fields: of every kind that the adapter takes, made, filled, changed, emptied, read back and deleted."""

import pytest

from adapters.conformance.checks import problem
from adapters.conformance.conftest import Kinded, Place
from adapters.conformance.scene import Scene
from adapters.protocols import Applied, Fields, Kind, RefusedError

LISTS: frozenset[Kind] = frozenset({"enum", "multienum"})


def new_field(scene: Scene, entity: str, kind: Kind) -> Fields:
    """A field to create, pick-lists with options that are easily confused."""
    fields: Fields = {"entity": entity, "label": scene.name(f"{kind} & co"), "kind": kind}
    return fields | ({"options": ["Ä first", "Second, with comma"]} if kind in LISTS else {})


def create(scene: Scene, fields: Fields) -> Applied:
    """Create it; the test is skipped where the adapter refuses the kind, which it must do by itself."""
    start = len(scene.said)
    try:
        made, sent = scene.create("field", fields)
    except RefusedError as error:
        assert scene.unsafe(start) == [], "a kind that is not taken is refused before anything is sent"
        pytest.skip(f"{scene.destination} takes no custom field of kind {fields['kind']}: {error}")
    assert len(sent) == 1
    return made


def test_a_field_of_a_kind(scene: Scene, kind: Kinded) -> None:
    """It is in the schema after it was made, takes two values and none, and is read back each time."""
    fields = new_field(scene, kind.entity, kind.kind)
    made = create(scene, fields)
    scene.look()
    [field] = [f for f in scene.entity(kind.entity).fields if f.label == fields["label"]]
    assert field.custom
    assert not field.readonly
    assert not field.required
    if kind.kind in LISTS:
        assert field.kind == kind.kind
        assert [o.label for o in field.options] == fields["options"]
    assert {o.label: o.id for o in field.options} == made.children
    id = scene.make(kind.entity, {field.key: scene.samples.one(kind.entity, field, 0)})
    for number in (0, 1):
        ours = scene.samples.one(kind.entity, field, number)
        if number:
            scene.write(kind.entity, id, {field.key: ours})
        assert problem(scene, kind.entity, field, ours, scene.values(kind.entity, id)) == ""
        assert problem(scene, kind.entity, field, ours, scene.listed(kind.entity)[id].values) == ""
    scene.write(kind.entity, id, {field.key: None})
    assert scene.adapter.same(kind.entity, field.key, None, scene.values(kind.entity, id).get(field.key))


def test_a_field_is_known_to_who_has_just_started(scene: Scene, kind: Kinded) -> None:
    """An adapter that remembers nothing writes and reads its values all the same."""
    fields = new_field(scene, kind.entity, kind.kind)
    create(scene, fields)
    scene.look()
    [field] = [f for f in scene.entity(kind.entity).fields if f.label == fields["label"]]
    ours = scene.samples.one(kind.entity, field)
    scene.again()
    made, _ = scene.create(kind.entity, scene.samples.least(kind.entity) | {field.key: ours})
    assert problem(scene, kind.entity, field, ours, made.values) == ""
    scene.again()
    assert problem(scene, kind.entity, field, ours, scene.values(kind.entity, made.id)) == ""


def test_a_field_can_be_deleted_or_is_said_to_stay(scene: Scene, kind: Kinded) -> None:
    """A deleted field is gone from the schema, and its values from the records; one that stays is a lack."""
    fields = new_field(scene, kind.entity, kind.kind)
    made = create(scene, fields)
    start = len(scene.said)
    deleted = scene.attempt(scene.adapter.delete("field", made.id))
    scene.look()
    left = [f.label for f in scene.entity(kind.entity).fields if f.label == fields["label"]]
    if scene.deletable("field"):
        assert isinstance(deleted, Applied), deleted
        assert left == []
    else:
        assert isinstance(deleted, RefusedError), "what cannot be deleted is refused by the adapter itself"
        assert scene.unsafe(start) == []
        assert left == [fields["label"]]


def test_options_are_added_to_a_field(scene: Scene, extensible: str) -> None:
    """New labels get ids, the old ones keep theirs, and a record can have the new one."""
    record = extensible
    if "options" not in scene.adapter.entity_order:
        pytest.skip(f"{scene.destination} adds no options to a field that is there")
    key = scene.custom(record, "enum", options=["A", "B"])
    old = scene.field(record, key).options
    start = len(scene.said)
    try:
        made, _ = scene.create("options", {"entity": record, "field": key, "labels": ["C", "B", "D"]})
    except RefusedError:
        assert scene.unsafe(start) == []
        pytest.skip(f"{scene.destination} adds no options to custom fields of {record}")
    assert made.children.keys() == {"C", "B", "D"}
    options = {o.label: o.id for o in (scene.look(), scene.field(record, key))[1].options}
    assert {o.label: o.id for o in old}.items() <= options.items()
    assert options.items() >= made.children.items()
    assert options.keys() == {"A", "B", "C", "D"}
    id = scene.make(record, {key: made.children["C"]})
    assert scene.values(record, id)[key] == made.children["C"]


def test_a_label_is_added_and_taken_away(scene: Scene, labelled: Place) -> None:
    """A new label of a standard pick-list gets an id, a record can have it, and deleting it leaves the others."""
    entity, key, label = labelled.entity, labelled.field.key, scene.name("Label")
    before = {o.id for o in scene.field(entity, key).options}
    start = len(scene.said)
    try:
        made, _ = scene.create("options", {"entity": entity, "field": key, "labels": [label]})
    except RefusedError:
        assert scene.unsafe(start) == []
        pytest.skip(f"{scene.destination} adds no options to {labelled}")
    options = {o.label: o.id for o in (scene.look(), scene.field(entity, key))[1].options}
    assert options[label] == made.children[label]
    assert before <= set(options.values())
    id = scene.make(entity, scene.samples.along(entity, key) | {key: [made.children[label]]})
    assert scene.values(entity, id)[key] == [made.children[label]]
    scene.run(scene.adapter.delete("options", made.id))
    left = {o.id for o in (scene.look(), scene.field(entity, key))[1].options}
    assert made.children[label] not in left
    assert before <= left
