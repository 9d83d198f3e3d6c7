"""Preparing the schema: fields, options, pipelines, stages are made, seen and renamed, or left to a person."""

from adapters.conformance.scene import Scene
from adapters.protocols import Applied, Intent, Json, RefusedError


def test_what_was_made_is_there(scene: Scene, setting: str) -> None:
    """It is fetched and listed with its label, and its children have ids."""
    fields = scene.samples.least(setting)
    made, _ = scene.create(setting, fields)
    there = scene.read(setting, made.id)
    assert there is not None
    assert scene.listed(setting)[made.id].values == there.values
    for key in ("label", "labels"):
        if key in fields:
            assert there.values[key] == fields[key]
    assert all(isinstance(id, str) and id for id in made.children.values())
    assert {k: v for k, v in made.values.items() if k in there.values} == {
        k: there.values[k] for k in made.values if k in there.values
    }


def test_the_schema_shows_what_was_made(scene: Scene, setting: str) -> None:
    """Records can be given it: whoever reads the schema now finds it by its label."""
    fields = scene.samples.least(setting)
    scene.create(setting, fields)
    scene.again()
    labels = set(_labels(scene.look(), setting, fields))
    assert set(fields.get("labels") or [fields["label"]]) <= labels


def test_made_twice_is_two_or_one_and_never_in_between(scene: Scene, setting: str) -> None:
    """A second create adopts what is there, is refused in words, or makes another; `find` gives just what there is."""
    at, fields = scene.now, scene.samples.least(setting)
    there = scene.listed(setting).keys()
    first, _ = scene.create(setting, fields)
    second = scene.attempt(scene.adapter.create(setting, fields))
    new = scene.listed(setting).keys() - there
    scene.made(setting, *new)
    if isinstance(second, RefusedError):
        assert str(second)
        assert len(new) == 1
    else:
        assert isinstance(second, Applied), repr(second)
        assert len(new) in (1, 2)
        if len(new) == 1:
            assert second.children == first.children, "what was adopted has the children of what is there"
    found = scene.find(Intent(action="create", entity=setting, at=at, fields=fields))
    assert {copy.id for copy in found} == new
    assert all(copy.children == first.children for copy in found if copy.id == first.id)


def test_adopting_takes_nothing_back(scene: Scene, setting: str) -> None:
    """What a second create adopted outlives the undoing of that create."""
    fields = scene.samples.least(setting)
    first, _ = scene.create(setting, fields)
    second = scene.attempt(scene.adapter.create(setting, fields))
    if isinstance(second, Applied) and second.id != first.id and scene.deletable(setting):
        scene.run(scene.adapter.delete(setting, second.id))
        assert scene.read(setting, first.id) is not None


def test_a_rename_changes_the_label(scene: Scene, setting: str) -> None:
    """It reads back under its new label with everything else as it was; or the adapter refuses by itself."""
    id = scene.make(setting)
    before, label = scene.values(setting, id), scene.name("Renamed")
    start = len(scene.said)
    done = scene.attempt(scene.adapter.update(setting, id, {"label": label}))
    if isinstance(done, RefusedError):
        assert scene.unsafe(start) == []
        assert scene.values(setting, id) == before
    else:
        assert isinstance(done, Applied), repr(done)
        assert scene.values(setting, id) == before | {"label": label}


def test_what_cannot_be_made_is_refused(scene: Scene, uncreatable: str) -> None:
    """An entity that a person has to make is refused by the adapter itself, in a sentence."""
    start = len(scene.said)
    done = scene.attempt(scene.adapter.create(uncreatable, {"label": scene.name()}))
    assert isinstance(done, RefusedError), repr(done)
    assert len(str(done)) > 10
    assert scene.unsafe(start) == []


def test_what_cannot_be_made_can_be_read_back(scene: Scene, uncreatable: str) -> None:
    """A checklist is verified by reading: what a person made is listed and fetched."""
    listed = scene.listed(uncreatable)
    for id, record in list(listed.items())[:3]:
        again = scene.read(uncreatable, id)
        assert again is not None
        assert again.values == record.values


def _labels(schema: Json, setting: str, fields: Json) -> list[str]:
    """The labels that a schema has of an entity of configuration, wherever they stand in it."""
    if setting == "field":
        return [f.label for f in schema.object(fields["entity"]).fields]
    if setting == "options":
        return [o.label for o in schema.object(fields["entity"]).field(fields["field"]).options]
    pipelines = schema.account.get("pipelines", [])
    if setting == "pipeline":
        return [p["label"] for p in pipelines]
    if setting == "stage":
        return [s["label"] for p in pipelines if p["id"] == fields["pipeline"] for s in p["stages"]]
    return [o.label for entity in schema.objects for field in entity.fields for o in field.options]
