"""Checklist 9: custom fields, their keys, types, values and options; labels."""

import re
from typing import Any

import pytest

from tests.sandbox.client import Client

VALUES: list[tuple[str, Any, Any]] = [
    ("varchar", "abc", "abc"),
    ("varchar_auto", "abc", "abc"),
    ("text", "long", "long"),
    ("phone", "+1 555", "+1 555"),
    ("double", 1.5, 1.5),
    ("date", "2024-02-29", "2024-02-29"),
    ("monetary", {"value": 2300, "currency": "EUR"}, {"value": 2300, "currency": "EUR"}),
    ("daterange", {"value": "2024-01-01", "until": "2024-02-01"}, {"value": "2024-01-01", "until": "2024-02-01"}),
    (
        "time",
        {"value": "09:00:00", "timezone_name": "Europe/London"},
        {"value": "09:00:00", "timezone_id": None, "timezone_name": "Europe/London"},
    ),
    ("user", 2, 2),
]


def make(account: Client, kind: str, entity: str = "deal", labels: tuple[str, ...] = ()) -> Any:
    """A new custom field."""
    body: dict[str, Any] = {"field_name": kind, "field_type": kind}
    if labels:
        body["options"] = [{"label": label} for label in labels]
    return account.ok("POST", f"/api/v2/{entity}Fields", body)


@pytest.mark.parametrize(("kind", "sent", "shown"), VALUES)
def test_values(account: Client, kind: str, sent: Any, shown: Any) -> None:
    """A value of each type is kept, shown, and cleared with null."""
    code = make(account, kind)["field_code"]
    deal = account.ok("POST", "/api/v2/deals", {"title": "D", "custom_fields": {code: sent}})
    assert deal["custom_fields"] == {code: shown}
    cleared = account.ok("PATCH", "/api/v2/deals/1", {"custom_fields": {code: None}})
    assert cleared["custom_fields"] == {code: None}


WRONG: list[tuple[str, Any, str]] = [
    ("double", "12", "Expected 'number' as value for deal custom field"),
    ("double", True, "Expected 'number'"),
    ("varchar", 12, "Expected 'string'"),
    ("varchar", "x" * 256, "too long"),
    ("varchar", {"value": "x"}, "Invalid collection"),
    ("date", "01/02/2024", "valid date"),
    ("time", "09:00", "Time custom field value expected 'object'"),
    ("monetary", 12, "Expected 'object'"),
    ("monetary", {"value": 1, "currency": "XXX"}, "Currency"),
    ("monetary", {"value": 1}, "currency"),
    ("org", 99, "not the id"),
    ("address", {"locality": "x"}, "required"),
]


@pytest.mark.parametrize(("kind", "sent", "words"), WRONG)
def test_wrong_values(account: Client, kind: str, sent: Any, words: str) -> None:
    """A value of the wrong type is refused, naming the field."""
    code = make(account, kind)["field_code"]
    answer = account.refused("POST", "/api/v2/deals", {"title": "D", "custom_fields": {code: sent}})
    assert answer["error"].startswith("Validation failed: custom_fields: ")
    assert words in answer["error"]
    assert answer["field_code"] == code


def test_keys_are_random_per_account() -> None:
    """Keys are 40 hexadecimal digits and differ between accounts that were made in the same way."""
    first, second = Client(account="a"), Client(account="b")
    keys = [make(client, "varchar")["field_code"] for client in (first, second, first)]
    assert all(re.fullmatch(r"[0-9a-f]{40}", key) for key in keys)
    assert len(set(keys)) == 3
    assert make(Client(account="a"), "varchar")["field_code"] == keys[0]


def test_options(account: Client) -> None:
    """Option ids are integers from the server; a batch is done whole or not at all."""
    field = make(account, "set", labels=("a", "b"))
    one = f"/api/v2/dealFields/{field['field_code']}"
    ids = [option["id"] for option in field["options"]]
    assert all(isinstance(key, int) for key in ids)
    account.refused("POST", f"{one}/options", [{"label": "c"}, {"label": ""}])
    account.refused("PATCH", f"{one}/options", [{"id": ids[0], "label": "A"}, {"id": 999, "label": "x"}])
    account.refused("DELETE", f"{one}/options", [{"id": ids[0]}, {"id": 999}])
    assert account.ok("GET", one)["options"] == field["options"]
    new = account.ok("POST", f"{one}/options", [{"label": "c"}])[0]["id"]
    assert new not in ids
    values = {field["field_code"]: [ids[0], new]}
    account.ok("POST", "/api/v2/deals", {"title": "D", "custom_fields": values})
    account.ok("DELETE", f"{one}/options", [{"id": ids[0]}])
    assert account.ok("GET", "/api/v2/deals/1")["custom_fields"] == {field["field_code"]: [new]}
    account.refused("PATCH", "/api/v2/deals/1", {"custom_fields": {field["field_code"]: [ids[0]]}})
    account.refused("PATCH", "/api/v2/deals/1", {"custom_fields": {field["field_code"]: []}})
    labelled = account.ok("GET", "/api/v2/deals/1", include_option_labels="true")["custom_fields"]
    assert labelled == {field["field_code"]: [{"id": new, "label": "c"}]}


def test_fixed_type_and_unknown_keys(account: Client) -> None:
    """The type cannot change; the key of a deleted field, and one outside `custom_fields`, is unknown."""
    code = make(account, "varchar")["field_code"]
    account.refused("PATCH", f"/api/v2/dealFields/{code}", {"field_type": "text"})
    account.refused("POST", "/api/v2/deals", {"title": "D", code: "x"})
    account.ok("DELETE", f"/api/v2/dealFields/{code}")
    answer = account.refused("POST", "/api/v2/deals", {"title": "D", "custom_fields": {code: "x"}})
    assert answer["error"] == f"Validation failed: custom_fields: Unknown key '{code}'"
    account.refused("GET", f"/api/v2/dealFields/{code}", status=404)


@pytest.mark.parametrize(
    "body",
    [
        {"field_name": "x"},
        {"field_name": "", "field_type": "text"},
        {"field_name": "x" * 256, "field_type": "text"},
        {"field_name": "x", "field_type": "boolean"},
        {"field_name": "x", "field_type": "enum"},
        {"field_name": "x", "field_type": "text", "colour": "red"},
    ],
)
def test_refused_fields(account: Client, body: dict[str, Any]) -> None:
    """A field needs a name and one of the sixteen types, and options where the type has them."""
    account.refused("POST", "/api/v2/personFields", body)


def test_same_name_twice(account: Client) -> None:
    """Two fields may have the same name."""
    assert make(account, "text")["field_code"] != make(account, "text")["field_code"]


def test_system_fields(account: Client) -> None:
    """A fresh account has no custom field; system fields can be neither deleted nor given options in v2."""
    assert not any(f["is_custom_field"] for f in account.ok("GET", "/api/v2/personFields", limit=500))
    account.refused("POST", "/api/v2/personFields/label_ids/options", [{"label": "VIP"}])
    account.refused("DELETE", "/api/v2/personFields/name")


def test_labels(account: Client) -> None:
    """Labels are added over v1 with all options; one that is not sent is lost, on the records too."""
    field = next(f for f in account.ok("GET", "/v1/personFields") if f["key"] == "label")
    assert [o["label"] for o in field["options"]] == ["Customer", "Hot lead", "Warm lead", "Cold lead"]
    sent = [*field["options"], {"label": "VIP"}]
    labels = account.ok("PUT", f"/v1/personFields/{field['id']}", {"options": sent})["options"]
    vip = labels[-1]["id"]
    assert [o["id"] for o in labels[:-1]] == [o["id"] for o in field["options"]]
    person = account.ok("POST", "/api/v2/persons", {"name": "Ann", "label_ids": [labels[0]["id"], vip]})
    assert person["label_ids"] == [labels[0]["id"], vip]
    account.ok("PUT", f"/v1/personFields/{field['id']}", {"options": labels[1:]})
    assert account.ok("GET", "/api/v2/persons/1")["label_ids"] == [vip]
    assert account.ok("GET", "/api/v2/dealFields/label_ids")["options"] == []


def test_picked_fields(account: Client) -> None:
    """`custom_fields` picks keys of the answer."""
    codes = [make(account, "varchar", "organization")["field_code"] for _ in range(2)]
    account.ok("POST", "/api/v2/organizations", {"name": "x", "custom_fields": {codes[0]: "a", codes[1]: "b"}})
    assert account.ok("GET", "/api/v2/organizations", custom_fields=codes[1])[0]["custom_fields"] == {codes[1]: "b"}
