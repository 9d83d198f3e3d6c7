"""What requests cost."""

import json
import re

import pytest

from adapters.destinations.pipedrive.catalogue import ENTITY_ORDER
from adapters.destinations.pipedrive.prices import PRICES, cost, daily_budget, price, schema_price, template
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
    """Eleven lists, read once."""
    assert schema_price() == 122


@pytest.mark.parametrize(
    ("plan", "seats", "tokens"), [("lite", 1, 30_000), ("Growth", 5, 300_000), ("premium", 5, 750_000)]
)
def test_the_daily_budget(plan, seats, tokens):
    """30,000 tokens a seat, times what the plan gives."""
    assert daily_budget(plan, seats) == tokens
