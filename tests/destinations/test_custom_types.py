"""Custom fields of every type, on everything that has them: written, read back, changed and emptied."""

from typing import Any

import pytest

from adapters.destinations.pipedrive.catalogue import FIELD_PATHS, TYPES
from adapters.protocols import Request
from tests.destinations.account import Furnished

VALUES: dict[str, tuple[Any, Any]] = {
    "varchar": ("one", "two"),
    "varchar_auto": ("one", "two"),
    "text": ("one\nline", "two"),
    "phone": ("+1 555 0100", "+1 555 0101"),
    "double": (12.5, 7),
    "monetary": ({"value": 5.5, "currency": "EUR"}, {"value": 7, "currency": "USD"}),
    "enum": ("A", "B"),
    "set": (["A", "B"], ["B"]),
    "user": ("2", "3"),
    "org": ("1", "2"),
    "people": ("1", "2"),
    "date": ("2024-01-02", "2024-02-29"),
    "daterange": ("2024-01-02/2024-02-29", "2024-01-02/2024-01-02"),
    "time": ("09:15", "23:59"),
    "timerange": ("09:15/10:00", "22:00/23:59"),
    "address": ({"value": "1 Main St", "locality": "Boise"}, {"value": "2 Side St"}),
}
"""Two values of each type; options by label."""


@pytest.fixture(scope="module")
def furnished() -> Furnished:
    """An account with two organizations and two persons."""
    account = Furnished()
    account.create("organization", {"name": "Second"})
    account.create("person", {"name": "Second"})
    return account


def test_every_type_is_tried() -> None:
    """The table above leaves none out."""
    assert set(VALUES) == set(TYPES)


@pytest.mark.parametrize("kind", list(VALUES))
@pytest.mark.parametrize("entity", ["product", "organization", "person", "deal", "lead"])
def test_a_value_of_every_type(furnished: Furnished, entity: str, kind: str) -> None:
    """In the forms of v2, and for leads in those of v1."""
    path = FIELD_PATHS["deal" if entity == "lead" else entity]
    body: dict[str, Any] = {"field_name": f"{entity} {kind}", "field_type": kind}
    if kind in ("enum", "set"):
        body["options"] = [{"label": "A"}, {"label": "B"}]
    row = furnished.world.answer(Request(method="POST", path=path, body=body)).body["data"]
    key, ids = row["field_code"], {o["label"]: str(o["id"]) for o in row.get("options") or []}
    field = furnished.run(furnished.adapter.schema()).object(entity).field(key)
    assert field.kind == TYPES[kind][0]
    for given in VALUES[kind]:
        value = [ids[label] for label in given] if kind == "set" else ids[given] if kind == "enum" else given
        made = furnished.update(entity, furnished.ids[entity], {key: value})
        read = furnished.read(entity, furnished.ids[entity]).values[key]
        assert furnished.adapter.same(entity, key, value, read)
        assert made.values[key] == read
        assert isinstance(value, dict | list) or read == value
    furnished.update(entity, furnished.ids[entity], {key: None})
    assert furnished.read(entity, furnished.ids[entity]).values.get(key) is None
