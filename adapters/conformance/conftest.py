"""Which tests there are: one for each destination, and for each entity, field or kind that it says it has."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, get_args

import msgspec
import pytest

from adapters.conformance import madeup
from adapters.conformance.bench import installed
from adapters.conformance.scene import Scene
from adapters.protocols import Batches, Field, Kind

collect_ignore = ["sources"]
"""A suite of its own, which is run when it is named."""


class Place(msgspec.Struct, frozen=True):
    """A field of an entity."""

    entity: str
    field: Field

    def __str__(self) -> str:
        return f"{self.entity}.{self.field.key}"


class Kinded(msgspec.Struct, frozen=True):
    """A kind of custom field on an entity."""

    entity: str
    kind: Kind

    def __str__(self) -> str:
        return f"{self.entity}.{self.kind}"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Multiply a test by the destinations, and by what its second argument names."""
    if "scene" not in metafunc.fixturenames:
        return
    subject = next((name for name in SUBJECTS if name in metafunc.fixturenames), None)
    cases = []
    for name in _wanted(metafunc.config):
        if subject is None:
            cases.append(pytest.param(name, id=name))
            continue
        words, look = SUBJECTS[subject]
        found = look(_seen(metafunc.config, name))
        cases += [pytest.param(name, case, id=f"{name}-{case}") for case in found]
        if not found:
            why = f"{name} has not {words}"
            cases.append(pytest.param(name, None, id=name, marks=pytest.mark.skip(reason=why)))
    metafunc.parametrize(["scene", subject] if subject else ["scene"], cases, indirect=["scene"], scope="module")


@pytest.fixture(scope="module")
def scene(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """An account of the destination; one a topic where the bench opens fresh ones."""
    scene = Scene(request.param, installed()[request.param], madeup.files(tmp_path_factory.mktemp("files")))
    yield scene
    scene.close()


@pytest.fixture(autouse=True)
def _tidy(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whatever a test made is deleted after it, so that a trial account stays small."""
    yield
    if "scene" in request.fixturenames:
        request.getfixturevalue("scene").tidy()


def _wanted(config: pytest.Config) -> list[str]:
    wanted: list[str] | None = config.getoption("--destination")
    return wanted or sorted(installed())


_SEEN: pytest.StashKey[dict[str, Scene]] = pytest.StashKey()


def _seen(config: pytest.Config, name: str) -> Scene:
    """An account of a destination, looked at once to know what there is to test."""
    seen = config.stash.setdefault(_SEEN, {})
    if name not in seen:
        seen[name] = Scene(name, installed()[name])
        seen[name].look()
        config.add_cleanup(seen[name].close)
    return seen[name]


def _entities(scene: Scene) -> list[str]:
    return [name for name in scene.adapter.entity_order if scene.creatable(name)]


def _records(scene: Scene) -> list[str]:
    return [name for name in _entities(scene) if scene.schema.object(name)]


def _settings(scene: Scene) -> list[str]:
    return [name for name in _entities(scene) if not scene.schema.object(name)]


def _fields(scene: Scene, *without: Mapping[str, str], readonly: bool = False, optional: bool = False) -> list[Place]:
    """The standard fields that are read-only or not, and if so wished not required, without some that rules name."""
    places = [Place(name, field) for name in _records(scene) for field in scene.entity(name).fields]
    return [
        place
        for place in places
        if not place.field.custom
        and place.field.readonly == readonly
        and not (optional and place.field.required)
        and not any(str(place) in rule for rule in without)
    ]


def _emptyable(scene: Scene) -> list[Place]:
    rules = scene.rules
    places = _fields(scene, rules.final, rules.unread, rules.kept, optional=True)
    always = rules.along
    return [p for p in places if not p.field.alternative and p.field.key not in always.get(p.entity, {})]


def _blocked(scene: Scene) -> list[str]:
    blocks = {name: scene.entity(name).block for name in _records(scene)}
    return [name for name, block in blocks.items() if block and f"{name}.{block}" not in scene.rules.final]


def _kinds(scene: Scene) -> list[Kinded]:
    return [Kinded(o.name, kind) for o in scene.schema.objects if o.custom_fields for kind in get_args(Kind)]


def _lacking(scene: Scene, action: str) -> list[str]:
    lacks = [lack.entity for lack in scene.schema.lacks if lack.action == action and not lack.field]
    return [name for name in scene.adapter.entity_order if name in lacks]


def _batched(scene: Scene) -> list[str]:
    """The entities of which two creates may share a request, where they are alike in all that is required."""
    adapter: Any = scene.adapter
    if not isinstance(adapter, Batches):
        return []
    alike = {name: [{f.key: "1" for f in scene.entity(name).fields if f.required}] * MANY for name in _records(scene)}
    return [name for name, several in alike.items() if len(adapter.together(name, several)) < MANY]


MANY = 8
"""How many creates are tried together."""

SUBJECTS: dict[str, tuple[str, Callable[[Scene], Sequence[Any]]]] = {
    "entity": ("an entity that can be created", _entities),
    "record": ("a record entity that can be created", _records),
    "setting": ("an entity of configuration that can be created", _settings),
    "blocked": ("an entity whose labelled lines can be changed", _blocked),
    "extensible": (
        "an entity that takes custom fields",
        lambda scene: [name for name in _records(scene) if scene.entity(name).custom_fields],
    ),
    "field": ("a field that can be written", _fields),
    "changeable": ("a field that can be updated", lambda scene: _fields(scene, scene.rules.final)),
    "optional": (
        "a field that is not required",
        lambda scene: _fields(scene, scene.rules.final, scene.rules.unread, optional=True),
    ),
    "emptyable": ("a field that can be emptied", _emptyable),
    "locked": ("a field that is read-only", lambda scene: _fields(scene, readonly=True)),
    "labelled": (
        "a pick-list of several values that labels are added to",
        lambda scene: (
            [p for p in _fields(scene) if p.field.kind == "multienum"] if "options" in _settings(scene) else []
        ),
    ),
    "kind": ("an entity that takes custom fields", _kinds),
    "batched": (
        "a way to create several records with one request",
        _batched,
    ),
    "deletable": (
        "an entity that can be deleted",
        lambda scene: [name for name in _entities(scene) if scene.deletable(name)],
    ),
    "uncreatable": ("an entity that only a person can create", lambda scene: _lacking(scene, "create")),
    "undeletable": ("an entity that cannot be deleted", lambda scene: _lacking(scene, "delete")),
    "refused": ("a create that the server refuses", lambda scene: sorted(scene.rules.refused)),
    "revised": ("an entity with revisions", lambda scene: sorted(scene.rules.revised)),
}
"""What a test's second argument may name: in words, and how it is found in a schema and its rules."""
