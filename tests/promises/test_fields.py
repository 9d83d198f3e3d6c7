"""Section 4: every field of a company, a person and a deal is compared."""

from typing import Any

import pytest

from adapters.protocols import Fields
from tests.engine.world import World

pytestmark = pytest.mark.xdist_group("fields")

COMPANY = {
    "name": "Another", "website": "https://other.example", "address": {"value": "9 Other St"}, "employee_count": 7777,
    "annual_revenue": 7777, "Industry": "other", "Account Tier": "other",
}  # fmt: skip
PERSON = {
    "first_name": "An", "last_name": "Other", "emails": [{"value": "an@other.example", "primary": True}],
    "phones": [{"value": "555", "primary": True}], "job_title": "Other", "postal_address": {"value": "9 Other St"},
    "org_id": "other", "Shirt Size": "other",
}  # fmt: skip
DEAL = {
    "title": "Another", "value": 7777, "currency": "EUR", "expected_close_date": "2031-01-01", "stage_id": "other",
    "owner_id": "other", "Contract Term (months)": 7777,
}  # fmt: skip
"""What a person makes of each field; "other": whatever else may stand there."""


def other(world: World, entity: str, key: str, now: Any) -> Any:
    """Another option, record or user than the present one."""
    schema = world.migration.describe_destination()
    field = next(f for f in schema.object(entity).fields if f.key == key)  # type: ignore[union-attr]
    choices = [o.id for o in field.options]
    if field.kind == "user":
        choices = [user.id for user in schema.users]
    elif field.target:
        choices = [link.id for part, link in world.view.links("production").items() if part.entity == field.target]
    return int(next(choice for choice in choices if str(choice) != str(now)))


def edited(world: World, entity: str, object: str, changes: dict[str, Any]) -> tuple[str, set[str]]:
    """Change every field of one record of the sample as a person would: its id, and the keys of the fields."""
    schema = world.migration.describe_destination().object(entity)
    assert schema is not None
    custom = {f.label: f.key for f in schema.fields if f.custom}
    keys = {name: name if name.islower() else custom[name] for name in changes}
    links = {p: k for p, k in world.view.links("production").items() if (p.entity, p.object) == (entity, object)}
    read = world.wire.one(world.account.destination.fetch(entity, [k.id for k in links.values()]))
    id, values = next((i, r.values) for i, r in read.items() if all(r.values.get(k) for k in keys.values()))
    made: Fields = {}
    for name, value in changes.items():
        key = keys[name]
        new = other(world, entity, key, values[key]) if value == "other" else value
        if name.islower():
            made[key] = new
        else:
            made.setdefault("custom_fields", {})[key] = new
    world.wire.edit(entity, id, **made)
    return id, set(keys.values())


@pytest.mark.parametrize(
    ("entity", "object", "changes"),
    [
        pytest.param("organization", "Company", COMPANY, marks=pytest.mark.promise("F-072")),
        pytest.param("person", "Contact", PERSON, marks=pytest.mark.promise("F-073")),
        pytest.param("deal", "Deal", DEAL, marks=pytest.mark.promise("F-074")),
    ],
)
def test_every_listed_field_is_compared(ready: World, entity: str, object: str, changes: dict[str, Any]) -> None:
    """Whichever of them is not as it was moved, the sample's difference names it, with both values."""
    assert ready.migration.sample(60).sample["different"] == []  # type: ignore[index]
    id, keys = edited(ready, entity, object, changes)
    report = ready.migration.sample(60).sample
    assert report is not None
    found = {d.field: d for d in report["different"]}
    assert {d.id for d in found.values()} == {id}
    assert keys <= found.keys()
    assert all(d.source != d.destination for d in found.values())
