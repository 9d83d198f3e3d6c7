"""What requests cost."""

import json
import re

import pytest

from adapters.destinations.pipedrive.catalogue import ENTITY_ORDER
from adapters.destinations.pipedrive.prices import (
    PRICES,
    cost,
    daily_budget,
    learning,
    pace,
    price,
    reading,
    schema_price,
    template,
)
from adapters.protocols import Request
from tests.destinations.shared import SHARED, needs_contracts


@needs_contracts
def test_every_price_is_that_of_the_contracts():
    """Each method and path of the table exists in the API descriptions and costs what they say."""
    endpoints = json.loads((SHARED / "contracts" / "pipedrive-endpoints.json").read_text())["endpoints"]
    listed = {
        (e["method"], ("/v1" if e["version"] == "v1" else "/api/v2") + re.sub(r"\{\w+\}", "{id}", e["path"])): e[
            "token_cost"
        ]
        for e in endpoints
        if e["status"] != "removed"
    }
    assert {key: listed.get(key) for key in PRICES} == PRICES


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/api/v2/deals/7", "/api/v2/deals/{id}"),
        ("/api/v2/deals/archived", "/api/v2/deals/archived"),
        (f"/api/v2/dealFields/{'a' * 40}/options", "/api/v2/dealFields/{id}/options"),
        ("/v1/leads/adf2b1c0-1b2c-11ee-be56-0242ac120002", "/v1/leads/{id}"),
        ("/v1/users/me", "/v1/users/me"),
    ],
)
def test_templates(path, expected):
    """Numbers, field codes and UUIDs are ids; words are not."""
    assert template(path) == expected


def test_an_endpoint_that_is_not_ours_has_no_price():
    """A price is never guessed."""
    with pytest.raises(KeyError):
        price(Request(method="GET", path="/api/v2/itemSearch"))


def test_every_entity_has_its_costs():
    """Estimates can be made for every action on every entity."""
    for entity in ENTITY_ORDER:
        for action in ("create", "update", "delete", "verify", "find"):
            assert cost(entity, action) >= 0


def test_the_schema_is_one_reading():
    """Twelve lists, read once; two more where the plan is known, to tell how much of it is used."""
    assert schema_price(None) == schema_price("odd") == 132
    assert schema_price("growth") == 162


@pytest.mark.parametrize(
    ("plan", "seats", "tokens"), [("lite", 1, 30_000), ("Growth", 5, 300_000), ("premium", 5, 750_000)]
)
def test_the_daily_budget(plan, seats, tokens):
    """30,000 tokens a seat, times what the plan gives."""
    assert daily_budget(plan, seats) == tokens


@pytest.mark.parametrize(
    ("entity", "count", "held", "tokens"),
    [
        ("deal", 0, 9, 0),
        ("deal", 100, 900, 10),
        ("deal", 101, 900, 20),
        ("note", 3, 900, 6),
        ("note", 99, 900, 40),
        ("variation", 3, 9, 30),
        ("deal_product", 101, 900, 20),
        ("file", 3, 900, 6),
        ("file", 200, 250, 60),
    ],
)
def test_reading_by_ids(entity, count, held, tokens):
    """Lists of a hundred ids in v2; in v1 single records or pages of all that there are, whichever is cheaper."""
    assert reading(entity, count, held) == tokens


def test_learning_is_one_field_list_an_owner():
    """Leads carry the fields of deals; notes and activities have none."""
    assert learning(["deal", "lead", "note", "activity", "field"]) == 10
    assert learning(["organization", "person"]) == 20
    assert learning(["product", "variation", "deal_product", "file"]) == 10


@pytest.mark.parametrize(
    ("entity", "action", "fields", "tokens"),
    [
        ("organization", "create", {"name": "x", "followers": ["1", "2"], "parent_id": "1"}, 5 + 10 + 10),
        ("organization", "update", {"related_ids": ["1", "2"]}, 20),
        ("organization", "update", {"name": "x", "related_ids": ["1"]}, 5 + 10),
        ("deal", "create", {"title": "x", "participants": ["1"], "followers": None}, 5 + 10),
        ("lead", "create", {"title": "x", "is_archived": True}, 20),
        ("lead", "update", {"is_archived": True}, 10),
        ("file", "create", {"content": {}, "block": {"A": "b"}}, 20),
        ("file", "create", {"content": {}, "name": "x"}, 10),
        ("deal", "delete", {"followers": ["1"]}, 3),
        ("pipeline", "create", {"label": "x"}, 10),
    ],
)
def test_what_comes_after_the_first_step_is_counted(entity, action, fields, tokens):
    """An update after a create, and one request for each item of a detail."""
    assert cost(entity, action, fields) == tokens


def test_options_of_our_own_fields_are_cheaper():
    """A custom pick-list is read by itself; a system field is found in the whole list, and all its options are put."""
    assert cost("options", "create", {"field": "a" * 40}) == 6
    assert cost("options", "create", {"field": "label_ids"}) == 30


@pytest.mark.parametrize(
    ("plan", "seats", "expected"),
    [
        ("Growth", 5, (20.0, 300_000)),
        (None, 2, (10.0, 60_000)),
        ("power", 1, (10.0, 150_000)),
        ("odd", 0, (10.0, 30_000)),
    ],
)
def test_the_pace_of_an_account(plan, seats, expected):
    """Requests a second and tokens a day; what is not published is counted as the smallest."""
    assert pace(plan, seats) == expected
