"""Custom fields: made over REST only, keyed by display name, never changed or deleted by an API (facts 11)."""

from typing import Any

import pytest

from tests.sandbox_nutshell.client import Client


def made(account: Client, entity: str, **body: Any) -> None:
    """Make a field."""
    assert account.rest("POST", f"/{entity}/customfield", body).status == 200


@pytest.mark.parametrize(
    ("setting", "entity", "good", "bad"),
    [
        ("2.0.0", "accounts", ("Text", "LongText", "Currency", "Date"), ("String", "Enum", "Email", "text")),
        ("1.0.1", "accounts", ("String", "Text", "Date", "Currency"), ("LongText", "Decision", "Email", "Url")),
        ("1.0.1", "leads", ("Email", "Location", "Phone", "Url"), ("LongText", "Number")),
    ],
)
def test_types(setting: Any, entity: str, good: tuple[str, ...], bad: tuple[str, ...]) -> None:
    """Which types there are depends on which document is right; leads have more in the older one."""
    account = Client(field_types=setting)
    for kind in good:
        made(account, entity, name=kind, type=kind)
    for kind in bad:
        assert account.refused("POST", f"/{entity}/customfield", {"name": "x", "type": kind})["status"] == "400"
    assert [one["title"] for one in account.found(f"/{entity}/customfields/attributes")] == list(good)


def test_pick_lists(account: Client) -> None:
    """Choices belong to pick-lists alone; a value must be one of them, several where the field is multiple."""
    made(account, "leads", name="Tier", type="Decision", choices=["A", "B"])
    made(account, "leads", name="Tiers", type="Decision", choices=["A", "B"], isMultiple=True)
    shown = {one["title"]: one for one in account.found("/leads/customfields/attributes")}
    assert shown["Tier"]["enum"] == ["A", "B"]
    fields = {one["name"]: one for one in account.rpc("findCustomFields")["Leads"]}
    assert (fields["Tier"]["type"], fields["Tiers"]["isMultiple"]) == ("Enum", True)
    assert fields["Tier"]["enumElements"] == {"1": "A", "2": "B"}
    lead = account.rpc("newLead", lead={"customFields": {"Tier": "A", "Tiers": ["A", "B"]}})
    assert lead["customFields"] == {"Tier": "A", "Tiers": ["A", "B"]}
    for wrong in ({"Tier": "C"}, {"Tier": ["A", "B"]}, {"Tiers": ["A", "C"]}, {"Tiers": 1}):
        assert account.rpc_error("newLead", lead={"customFields": wrong})["code"] == -32000
    for body in ({"type": "Text", "choices": ["a"]}, {"type": "Decision"}, {"type": "Decision", "choices": ["a", "a"]}):
        assert account.refused("POST", "/leads/customfield", {"name": "x", **body})["title"] == "Invalid custom field"


def test_values_in_either_api(account: Client) -> None:
    """REST writes and reads texts, JSON-RPC objects for dates and money; records of REST do not show the values."""
    for name, kind in (("When", "Date"), ("Sum", "Currency"), ("Word", "Text")):
        made(account, "accounts", name=name, type=kind)
    values = {"When": "2020-02-03", "Sum": "12.50", "Word": "w"}
    one = account.made("/accounts", {"accounts": [{"name": "A", "customFields": values}]})
    assert "customFields" not in one
    shown = account.rpc("getAccount", accountId=int(one["id"].split("-")[0]))["customFields"]
    assert shown == {
        "When": {"timestamp": 1_580_688_000}, "Sum": {"currency": "USD", "amount": 12.5}, "Word": "w",
    }  # fmt: skip
    again = account.rpc("newAccount", account={"name": "B", "customFields": shown})
    assert again["customFields"] == shown
    found = account.found(f"/accounts/{again['id']}/customfields")
    assert {one["title"]: one["value"] for one in found} == values
    for wrong in ({"When": "soon"}, {"Sum": "much"}, {"Word": [1]}):
        body = {"accounts": [{"name": "A", "customFields": wrong}]}
        account.checked = False
        assert account.refused("POST", "/accounts", body)["title"] == "Invalid custom field value"


def test_patches_by_name(account: Client) -> None:
    """A value is set by a path with the field's name, slashes escaped, and emptied by remove."""
    made(account, "leads", name="Win/Loss", type="Text")
    made(account, "leads", name="Other", type="Text")
    lead = account.rpc("newLead", lead={"customFields": {"Win/Loss": "x", "Other": "o"}})
    account.patched(f"/leads/{lead['id']}", ("replace", "/leads/0/Win~1Loss", "y"))
    assert account.rpc("getLead", leadId=lead["id"])["customFields"] == {"Win/Loss": "y", "Other": "o"}
    account.patched(f"/leads/{lead['id']}", ("remove", "/leads/0/Win~1Loss"))
    edited = account.rpc("editLead", leadId=lead["id"], rev="REV_IGNORE", lead={"customFields": {"Other": None}})
    assert "customFields" not in edited


def test_filters(account: Client) -> None:
    """A field can be filtered by its name; the value as a whole, or a part of it where the account is set so."""
    for setting, found in (("whole", 1), ("part", 2)):
        account = Client(filter_match=setting)
        made(account, "contacts", name="Source key", type="Text")
        for key in ("crm:1", "crm:12"):
            account.rpc("newContact", contact={"name": "A", "customFields": {"Source key": key}})
        account.wait(6)
        assert len(account.found("/contacts", **{"filter[Source key]": "CRM:1"})) == found
        assert account.refused("GET", "/contacts", **{"filter[Nothing]": "x"})["title"] == "Invalid filter"
        keys = account.rest("GET", "/contacts/list/fields").body["properties"]
        assert keys["Source key"]["isFilterable"] is True


def test_no_update_no_delete(account: Client) -> None:
    """No API changes or deletes a field: a person does, and its values are gone from sight."""
    made(account, "accounts", name="Key", type="Text")
    assert account.refused("POST", "/accounts/customfield", {"name": "key", "type": "Text"})["status"] == "400"
    field = account.found("/accounts/customfields/attributes")[0]["id"]
    for method in ("PUT", "DELETE"):
        assert account.rest(method, f"/accounts/customfields/{field}").status == 404
    company = account.rpc("newAccount", account={"name": "A", "customFields": {"Key": "k"}})
    account.world.control("POST", "/sandbox/admin", {"delete": "custom_field", "id": field})
    assert account.found("/accounts/customfields/attributes") == []
    assert "customFields" not in account.rpc("getAccount", accountId=company["id"])
    assert account.rpc_error("newAccount", account={"name": "A", "customFields": {"Key": "k"}})["code"] == -32000
