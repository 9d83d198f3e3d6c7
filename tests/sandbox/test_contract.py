"""Every operation that the sandbox answers fits Pipedrive's own description."""

import json
import re
from typing import Any

import pytest

from adapters.sandbox.pipedrive.core import ROUTER
from adapters.sandbox.pipedrive.routes_v1 import ROUTES_V1
from adapters.sandbox.pipedrive.routes_v2 import NOUNS, ROUTES_V2
from adapters.sandbox.pipedrive.routing import Route
from tests.sandbox.client import Client
from tests.sandbox.contract import ABSENT, SHARED, Contract

pytestmark = pytest.mark.skipif(ABSENT is not None, reason=str(ABSENT))

BODIES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "organizations": (
        {
            "name": "Acme", "owner_id": 2, "add_time": "2019-04-01T08:00:00Z", "visible_to": 3,
            "address": {"value": "1 Main St", "locality": "Springfield"}, "website": "https://acme.example",
            "linkedin": None, "annual_revenue": 1000, "employee_count": 12,
        },
        {"name": "Acme Inc", "website": None, "address": {"value": "2 Main St"}},
    ),
    "persons": (
        {
            "name": "Ann Lee", "emails": [{"value": "ann@acme.example", "primary": True, "label": "work"}],
            "phones": [{"value": "+1 555 0100"}], "marketing_status": "subscribed", "job_title": "Buyer",
            "birthday": "1980-02-03", "notes": "n", "im": [{"value": "ann"}], "postal_address": {"value": "x"},
        },
        {"first_name": "Anna", "emails": []},
    ),
    "deals": (
        {"title": "Deal", "value": 12.5, "currency": "EUR", "status": "won", "won_time": "2020-01-02T03:04:05Z"},
        {"status": "open", "probability": 40, "stage_id": 3, "is_archived": True},
    ),
    "activities": (
        {
            "subject": "Call them", "type": "call", "due_date": "2024-05-06", "due_time": "09:15", "duration": "00:30",
            "busy": True, "done": True, "location": {"value": "Office"}, "note": "<b>x</b>", "priority": 1,
            "attendees": [{"email": "a@b.example"}], "public_description": "d", "outcome": None,
        },
        {"done": False},
    ),
    "products": (
        {"name": "Widget", "code": "W1", "tax": 20, "prices": [{"currency": "EUR", "price": 5, "cost": 1}]},
        {"name": "Widget 2", "billing_frequency": "weekly", "billing_frequency_cycles": 4},
    ),
    "pipelines": ({"name": "Second", "is_deal_probability_enabled": True}, {"name": "Third"}),
    "stages": ({"name": "New", "pipeline_id": 1, "deal_probability": 33}, {"days_to_rotten": None}),
}  # fmt: skip


@pytest.mark.parametrize("table", BODIES)
def test_record_life(account: Client, table: str) -> None:
    """Each v2 entity fits the description from create over list, get and update to delete."""
    create, update = BODIES[table]
    path = f"/api/v2/{table}"
    record = account.ok("POST", path, create)
    account.ok("PATCH", f"{path}/{record['id']}", update)
    again = account.ok("GET", f"{path}/{record['id']}")
    assert again["id"] == record["id"]
    for key in ("asc", "desc"):
        account.ok("GET", path, limit=1, sort_by="update_time", sort_direction=key)
    assert account.ok("DELETE", f"{path}/{record['id']}") == {"id": record["id"]}
    assert record["id"] not in [row["id"] for row in account.ok("GET", path)]


@pytest.mark.parametrize("noun", NOUNS)
def test_fields(noun: str) -> None:
    """The field endpoints of each entity fit the description in both versions."""
    account = Client(projects=True)
    more = {} if noun == "project" else {"include_fields": "ui_visibility"}
    everything = account.ok("GET", f"/api/v2/{noun}Fields", limit=3, **more)
    account.ok("GET", f"/api/v2/{noun}Fields/{everything[0]['field_code']}")
    if noun != "project":
        account.ok("GET", f"/v1/{noun}Fields")
    if noun == "activity":
        return
    field = account.ok(
        "POST", f"/api/v2/{noun}Fields", {"field_name": "T", "field_type": "set", "options": [{"label": "a"}]}
    )
    one = f"/api/v2/{noun}Fields/{field['field_code']}"
    account.ok("PATCH", one, {"field_name": "Tags", "ui_visibility": {"add_visible_flag": True}})
    new = account.ok("POST", f"{one}/options", [{"label": "b"}, {"label": "c"}])
    account.ok("PATCH", f"{one}/options", [{"id": new[0]["id"], "label": "B"}])
    account.ok("DELETE", f"{one}/options", [{"id": new[1]["id"]}])
    if noun == "project":  # v1 has none
        account.ok("DELETE", one)
        return
    numbered = next(f for f in account.ok("GET", f"/v1/{noun}Fields") if f["key"] == field["field_code"])
    account.ok("GET", f"/v1/{noun}Fields/{numbered['id']}")
    account.ok("PUT", f"/v1/{noun}Fields/{numbered['id']}", {"options": [*numbered["options"], {"label": "d"}]})
    account.ok("DELETE", one)
    other = account.ok("POST", f"/v1/{noun}Fields", {"name": "V", "field_type": "varchar"})
    account.ok("DELETE", f"/v1/{noun}Fields/{other['id']}")


def test_v1_entities(account: Client) -> None:
    """Notes, comments, leads, labels, activity types, users, filters and relationships fit the v1 description."""
    org, other = (account.ok("POST", "/api/v2/organizations", {"name": name})["id"] for name in "ab")
    person = account.ok("POST", "/api/v2/persons", {"name": "Ann Lee", "org_id": org})["id"]
    deal = account.ok("POST", "/api/v2/deals", {"title": "D", "org_id": org})["id"]
    note = account.ok("POST", "/v1/notes", {"content": "hi", "org_id": org, "pinned_to_organization_flag": 1})
    account.ok("PUT", f"/v1/notes/{note['id']}", {"content": "ho"})
    comment = account.ok("POST", f"/v1/notes/{note['id']}/comments", {"content": "c"})
    account.ok("PUT", f"/v1/notes/{note['id']}/comments/{comment['uuid']}", {"content": "d"})
    account.ok("GET", f"/v1/notes/{note['id']}/comments")
    account.ok("GET", f"/v1/notes/{note['id']}/comments/{comment['uuid']}")
    account.ok("DELETE", f"/v1/notes/{note['id']}/comments/{comment['uuid']}")
    account.ok("GET", "/v1/notes", org_id=org, sort="add_time DESC")
    account.ok("DELETE", f"/v1/notes/{note['id']}")
    label = account.ok("POST", "/v1/leadLabels", {"name": "New", "color": "pink"})
    account.ok("PATCH", f"/v1/leadLabels/{label['id']}", {"color": "red"})
    lead = account.ok("POST", "/v1/leads", {"title": "L", "organization_id": org, "label_ids": [label["id"]]})
    account.ok("PATCH", f"/v1/leads/{lead['id']}", {"value": {"amount": 1.5, "currency": "USD"}, "is_archived": True})
    for path in ("/v1/leads", "/v1/leads/archived", f"/v1/leads/{lead['id']}", "/v1/leadLabels", "/v1/leadSources"):
        account.ok("GET", path)
    account.ok("DELETE", f"/v1/leads/{lead['id']}")
    account.ok("DELETE", f"/v1/leadLabels/{label['id']}")
    kind = account.ok("POST", "/v1/activityTypes", {"name": "Site visit", "icon_key": "car"})
    assert kind["key_string"] == "site_visit"
    account.ok("PUT", f"/v1/activityTypes/{kind['id']}", {"name": "Visit"})
    account.ok("DELETE", f"/v1/activityTypes/{kind['id']}")
    link = account.ok(
        "POST", "/v1/organizationRelationships", {"type": "parent", "rel_owner_org_id": org, "rel_linked_org_id": other}
    )
    assert account.ok("GET", "/v1/organizationRelationships", org_id=org)[0]["calculated_type"] == "daughter"
    account.ok("PUT", f"/v1/organizationRelationships/{link['id']}", {"type": "related"})
    account.ok("GET", f"/v1/organizationRelationships/{link['id']}")
    account.ok("DELETE", f"/v1/organizationRelationships/{link['id']}")
    row = account.ok("POST", f"/v1/deals/{deal}/participants", {"person_id": person})
    assert account.ok("GET", f"/v1/deals/{deal}/participants")[0]["id"] == row["id"]
    account.ok("DELETE", f"/v1/deals/{deal}/participants/{row['id']}")


def test_reading(account: Client) -> None:
    """Account, search and history endpoints fit the description."""
    person = account.ok("POST", "/api/v2/persons", {"name": "Ann Lee", "emails": [{"value": "ann@x.example"}]})["id"]
    account.ok("POST", "/api/v2/deals", {"title": "Ann's deal", "person_id": person, "value": 2.5})
    account.ok("POST", "/v1/leads", {"title": "Ann's lead", "person_id": person})
    account.ok("POST", "/api/v2/products", {"name": "Annual plan"})
    account.ok("POST", "/api/v2/organizations", {"name": "Ann & Co"})
    account.ok("POST", "/api/v2/deals/1/followers", {"user_id": 3})
    account.ok("GET", "/api/v2/deals/1/followers")
    account.ok("DELETE", "/api/v2/deals/1/followers/3")
    account.wait(11)
    for table in ("deals", "persons", "organizations", "products", "leads"):
        assert account.ok("GET", f"/api/v2/{table}/search", term="ann")["items"]
    assert len(account.ok("GET", "/api/v2/itemSearch", term="ann", search_for_related_items="true")["items"]) == 5
    account.ok("GET", "/api/v2/itemSearch/field", term="Ann Lee", entity_type="person", field="name")
    paths = ("/v1/users", "/v1/users/me", "/v1/users/1", "/v1/currencies", "/v1/activityTypes", "/v1/userSettings")
    for path in (*paths, "/v1/noteFields", "/v1/leadFields", "/v1/deals/1/permittedUsers"):
        account.ok("GET", path)
    account.ok("GET", "/v1/users/find", term="maya")
    account.ok("GET", "/v1/recents", since_timestamp="2020-01-01 00:00:00")


def test_included_fields(account: Client) -> None:
    """Counters, labels and option labels can be asked for, on one record and on lists."""
    labels = account.ok("GET", "/api/v2/organizationFields/label_ids")["options"]
    account.ok("POST", "/api/v2/organizations", {"name": "Acme", "label_ids": [labels[0]["id"]]})
    account.ok("POST", "/api/v2/deals", {"title": "D", "org_id": 1})
    shown = account.ok(
        "GET", "/api/v2/organizations/1", include_fields="open_deals_count,notes_count", include_labels="true"
    )
    assert (shown["open_deals_count"], shown["notes_count"], shown["labels"][0]["label"]) == (1, 0, "Customer")


def _routes() -> list[Route]:
    return [*ROUTES_V1, *ROUTES_V2]


def test_prices_and_paths() -> None:
    """Every route is described, and costs what the description says; what is described is answered or left out."""
    index = json.loads((SHARED / "contracts" / "pipedrive-endpoints.json").read_text())["endpoints"]
    blank = {(e["version"], e["method"], re.sub(r"\{[^}]+\}", "{}", e["path"])): e["token_cost"] for e in index}
    for route in _routes():
        key = (route.version, route.method, re.sub(r"\{[^}]+\}", "{}", route.path))
        assert blank[key] == route.cost, route.template
    for version, method, path in blank:
        if "/oauth/" not in path:
            assert ROUTER.find(version, method, path.replace("{}", "7")) is not None, (version, method, path)


def test_checker_sees_what_is_wrong() -> None:
    """The checker reports unknown keys, wrong types, unknown query parameters and errors of no family."""
    contract = Contract()
    assert contract.check_request("POST", "/api/v2/deals", {}, {"title": "x", "foo": 1})
    assert contract.check_request("POST", "/api/v2/deals", {}, {"title": "x", "value": "1"})
    assert contract.check_request("POST", "/api/v2/activities", {}, {"subject": "x", "person_id": 1})
    assert contract.check_request("GET", "/api/v2/deals", {"start": "0"})
    assert contract.check_request("GET", "/api/v2/nothing")
    assert contract.check_response("GET", "/api/v2/deals/1", 200, {"success": True, "data": {"id": "1"}})
    assert contract.check_response("GET", "/api/v2/deals/1", 400, {"message": "no"})
    assert not contract.check_request("POST", "/api/v2/persons", {}, {"first_name": "A", "last_name": "B"})
