"""The sandbox's checklist: each of its rules, and the tests that show the sandbox refusing or answering as it says.

The rules are those at the end of the facts about Pipedrive (section 17), by their numbers.
"""

import importlib
import re
from typing import NamedTuple

import pytest

from tests.sandbox.client import Client
from tests.sandbox.contract import ABSENT, SHARED


class Rule(NamedTuple):
    """A rule in a few words, and its tests as `module::function` below tests.sandbox."""

    words: str
    tests: tuple[str, ...]


CHECKLIST = {
    1: Rule(
        "two roots with their own envelopes, paging, times and errors",
        ("test_gateway::test_two_roots", "test_gateway::test_errors_of_each_root", "test_contract::test_record_life"),
    ),
    2: Rule("a token or 401 in the gateway's form", ("test_gateway::test_credentials", "test_gateway::test_bearer")),
    3: Rule(
        "v2 refuses what v1 took",
        (
            "test_validation::test_refused_bodies",
            "test_validation::test_refused_queries",
            "test_checklist::test_an_empty_set_is_refused",
            "test_leads_and_notes::test_note_list",
        ),
    ),
    4: Rule("an activity's person follows from its primary participant", ("test_validation::test_activity_person",)),
    5: Rule(
        "deals refuse add_time, and won and lost fields under the wrong status",
        ("test_validation::test_deal_add_time", "test_validation::test_closing_fields"),
    ),
    6: Rule("organizations and persons keep add_time from the create", ("test_validation::test_add_time_is_kept",)),
    7: Rule(
        "names one way, arrays as a whole",
        ("test_validation::test_person_names", "test_validation::test_person_arrays"),
    ),
    8: Rule(
        "parts of addresses that are not sent become null",
        ("test_validation::test_address_parts", "test_checklist::test_parts_of_custom_addresses"),
    ),
    9: Rule(
        "keys of custom fields are the account's own, types fixed, option batches atomic",
        (
            "test_custom_fields::test_keys_are_random_per_account",
            "test_custom_fields::test_fixed_type_and_unknown_keys",
            "test_custom_fields::test_options",
        ),
    ),
    10: Rule(
        "leads: a contact, UUIDs, both parts of a value, deal fields at the top",
        (
            "test_leads_and_notes::test_refused_leads",
            "test_leads_and_notes::test_lead",
            "test_leads_and_notes::test_lead_custom_fields",
        ),
    ),
    11: Rule(
        "notes: a parent, the given time, clean HTML, soft deletion",
        (
            "test_leads_and_notes::test_refused_notes",
            "test_leads_and_notes::test_note",
            "test_leads_and_notes::test_note_soft_delete",
        ),
    ),
    12: Rule(
        "the same create twice makes two records",
        ("test_records::test_no_uniqueness", "test_checklist::test_nothing_is_unique"),
    ),
    13: Rule(
        "soft deletion without cascade, and no way back",
        (
            "test_records::test_deletion",
            "test_records::test_deleted_deals",
            "test_search::test_deleted_hits",
            "test_files::test_files_change_and_go",
        ),
    ),
    14: Rule("search lags", ("test_search::test_lag", "test_search::test_adjustable_lag")),
    15: Rule(
        "lists: archived ones apart, 100 ids, filters win, limits",
        (
            "test_records::test_archived",
            "test_leads_and_notes::test_lead",
            "test_records::test_ids_and_filters",
            "test_records::test_filter_wins",
            "test_validation::test_refused_queries",
            "test_checklist::test_limits_of_pages",
            "test_files::test_file_lists",
        ),
    ),
    16: Rule(
        "a budget of tokens by company and day, with the prices of the description",
        (
            "test_gateway::test_daily_budget",
            "test_gateway::test_budget_by_plan",
            "test_gateway::test_headers",
            "test_contract::test_prices_and_paths",
        ),
    ),
    17: Rule(
        "bursts by token, search by itself, and the block page",
        (
            "test_gateway::test_burst",
            "test_gateway::test_search_burst",
            "test_gateway::test_ignored_429_is_blocked",
        ),
    ),
    18: Rule(
        "lines: 100 in bulk, computed sums and values, one tax method",
        (
            "test_products::test_bulk",
            "test_products::test_sums",
            "test_products::test_deal_value",
            "test_products::test_one_tax_method",
        ),
    ),
    19: Rule(
        "conversions take their time and have a status",
        ("test_conversions::test_it_takes_its_time", "test_conversions::test_lead_to_deal"),
    ),
    20: Rule("caps of the plan", ("test_gateway::test_deal_cap", "test_gateway::test_field_cap")),
    21: Rule(
        "following twice is refused; a follower goes by user id",
        ("test_records::test_followers", "test_checklist::test_followers_are_remembered"),
    ),
    22: Rule(
        "webhooks of version 2.0, by the API, three retries",
        (
            "test_webhooks::test_payloads",
            "test_webhooks::test_retries",
            "test_webhooks::test_forty_a_user",
            "test_webhooks::test_delivered_on_the_wire",
        ),
    ),
    23: Rule(
        "the failures of real life",
        (
            "test_faults::test_lost_after_commit",
            "test_faults::test_500_strikes_before_or_after",
            "test_faults::test_null_and_slow",
            "test_faults::test_refusing_faults",
        ),
    ),
    24: Rule("the creator is the token's user, the owner an active one", ("test_records::test_owners",)),
}
"""By number."""


def test_every_rule_has_tests() -> None:
    """The rules are numbered 1 to 24, each has tests, and every test that is named is there and says what it shows."""
    assert list(CHECKLIST) == list(range(1, 25))
    for number, rule in CHECKLIST.items():
        assert rule.tests, number
        for name in rule.tests:
            module, _, function = name.partition("::")
            assert function.startswith("test_")
            assert getattr(importlib.import_module(f"tests.sandbox.{module}"), function).__doc__, name


@pytest.mark.skipif(ABSENT is not None, reason=str(ABSENT))
def test_the_facts_have_no_other_rules() -> None:
    """The table has the numbers that the facts have."""
    facts = (SHARED / "facts" / "pipedrive.md").read_text(encoding="utf-8")
    section = facts.split("Checklist for a faithful sandbox")[1]
    assert [int(number) for number in re.findall(r"^\| (\d+) \|", section, re.MULTILINE)] == list(CHECKLIST)


def test_an_empty_set_is_refused(account: Client) -> None:
    """An empty list is no value of a set, on create and on update; null clears it."""
    body = {"field_name": "Tags", "field_type": "set", "options": [{"label": "a"}]}
    field = account.ok("POST", "/api/v2/personFields", body)
    code, option = field["field_code"], field["options"][0]["id"]
    empty = {"custom_fields": {code: []}}
    assert account.refused("POST", "/api/v2/persons", {"name": "A", **empty})["code"] == "ERR_SCHEMA_VALIDATION_FAILED"
    account.ok("POST", "/api/v2/persons", {"name": "A", "custom_fields": {code: [option]}})
    account.refused("PATCH", "/api/v2/persons/1", empty)
    assert account.ok("PATCH", "/api/v2/persons/1", {"custom_fields": {code: None}})["custom_fields"] == {code: None}


def test_parts_of_custom_addresses(account: Client) -> None:
    """A custom address loses its parts too when they are not sent again; its formatted form follows its value."""
    code = account.ok("POST", "/api/v2/dealFields", {"field_name": "Site", "field_type": "address"})["field_code"]
    sent = {"value": "1 Main St", "locality": "Springfield"}
    made = account.ok("POST", "/api/v2/deals", {"title": "D", "custom_fields": {code: sent}})["custom_fields"][code]
    assert (made["locality"], made["formatted_address"], made["country"]) == ("Springfield", "1 Main St", None)
    short = {"custom_fields": {code: {"value": "2 Oak Ave"}}}
    changed = account.ok("PATCH", "/api/v2/deals/1", short)["custom_fields"][code]
    assert (changed["value"], changed["locality"], changed["formatted_address"]) == ("2 Oak Ave", None, "2 Oak Ave")


TWICE = (
    ("/api/v2/organizations", {"name": "x"}),
    ("/api/v2/persons", {"name": "x"}),
    ("/api/v2/deals", {"title": "x"}),
    ("/api/v2/activities", {"subject": "x", "type": "call"}),
    ("/api/v2/products", {"name": "x", "code": "x"}),
    ("/api/v2/pipelines", {"name": "x"}),
    ("/api/v2/stages", {"name": "x", "pipeline_id": 1}),
    ("/api/v2/dealFields", {"field_name": "x", "field_type": "varchar"}),
    ("/v1/leads", {"title": "x", "person_id": 1}),
    ("/v1/leadLabels", {"name": "x", "color": "red"}),
    ("/v1/notes", {"content": "x", "person_id": 1}),
    ("/v1/activityTypes", {"name": "x", "icon_key": "car"}),
    ("/v1/organizationRelationships", {"type": "related", "rel_owner_org_id": 1, "rel_linked_org_id": 2}),
    ("/api/v2/deals/1/products", {"product_id": 1, "item_price": 1, "quantity": 1}),
    ("/api/v2/products/1/variations", {"name": "x"}),
)


def test_nothing_is_unique(account: Client) -> None:
    """Of every entity the same create twice makes two."""
    for path, body in TWICE:
        first, second = account.ok("POST", path, body), account.ok("POST", path, body)
        key = "field_code" if path.endswith("Fields") else "id"
        assert first[key] != second[key], path


def test_limits_of_pages(account: Client) -> None:
    """A v2 page holds 500, one of itemSearch 100; more is refused. A v1 page holds 500 whatever is asked for."""
    account.ok("GET", "/api/v2/organizations", limit=500)
    account.refused("GET", "/api/v2/organizations", limit=501)
    account.ok("GET", "/api/v2/itemSearch", term="abc", limit=100)
    account.refused("GET", "/api/v2/itemSearch", term="abc", limit=101)
    account.ok("POST", "/api/v2/persons", {"name": "Ann"})
    assert account.send("GET", "/v1/notes", limit=501).body["additional_data"]["pagination"]["limit"] == 500


@pytest.mark.parametrize(
    ("table", "key"),
    [("deals", "deal_id"), ("persons", "person_id"), ("organizations", "org_id"), ("products", "product_id")],
)
def test_followers_are_remembered(account: Client, table: str, key: str) -> None:
    """v1 and v2 see the same followers; v1 removes them by their row; both come and go in the changelog."""
    account.ok("POST", f"/api/v2/{table}", {"title": "x"} if table == "deals" else {"name": "x"})
    path = f"/{table}/1/followers"
    account.ok("POST", f"/api/v2{path}", {"user_id": 2})
    account.refused("POST", f"/v1{path}", {"user_id": 2})
    made = account.ok("POST", f"/v1{path}", {"user_id": 3})
    assert (made["user_id"], made[key]) == (3, 1)
    assert [f["user_id"] for f in account.ok("GET", f"/api/v2{path}")] == [2, 3]
    assert account.ok("DELETE", f"/v1{path}/{made['id']}") == {"id": made["id"]}
    account.refused("DELETE", f"/v1{path}/{made['id']}", status=404)
    log = account.ok("GET", f"/api/v2{path}/changelog")
    assert [(r["action"], r["follower_user_id"]) for r in log] == [("added", 2), ("added", 3), ("removed", 3)]
