"""Deals with their times, their visibility and their currency; leads with what only they have."""

import pytest

from adapters.protocols import RefusedError
from tests.destinations.account import Account

TIME, LATER = "2021-03-04T05:06:07Z", "2022-03-04T05:06:07Z"


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "open"},
        {"status": "won", "won_time": TIME},
        {"status": "won", "won_time": TIME, "close_time": TIME},
        {"status": "won", "close_time": TIME},
        {"status": "lost", "lost_time": TIME, "lost_reason": "price"},
        {"status": "lost", "close_time": TIME, "lost_reason": "price"},
        {"status": "lost", "lost_time": TIME, "is_archived": True, "archive_time": LATER},
        {"status": "open", "is_archived": True, "archive_time": TIME},
        {"visible_to": "1"},
        {"visible_to": "3"},
        {"value": 12.5, "currency": "EUR"},
        {"expected_close_date": "2024-02-29", "probability": 40},
    ],
)
def test_a_deal_keeps_its_times(fields):
    """Written in one request, read back as they were, and again from the list."""
    account = Account()
    pipeline = account.create("pipeline", {"label": "Sales", "probability": True}).id
    stage = account.create("stage", {"label": "Offer", "pipeline": pipeline}).id
    id = account.create("deal", {"title": "x", "pipeline_id": pipeline, "stage_id": stage, **fields}).id
    assert len(account.exchanges) == 1
    values = account.read("deal", id).values
    assert {key: values[key] for key in fields} == fields


def test_a_currency_that_the_account_has_not_is_refused():
    """Which ones it has is a fact of the account."""
    account = Account()
    assert "XXX" not in account.run(account.adapter.schema()).account["currencies"]
    with pytest.raises(RefusedError, match="XXX"):
        account.create("deal", {"title": "x", "value": 1, "currency": "XXX"})
    with pytest.raises(RefusedError, match="XXX"):
        account.create("product", {"name": "x", "prices": [{"value": 1, "currency": "XXX"}]})


def test_two_prices_in_one_currency_are_refused():
    """Before anything is sent."""
    account = Account()
    price = {"value": 1, "currency": "USD"}
    with pytest.raises(RefusedError, match="two prices in USD"):
        account.create("product", {"name": "x", "prices": [price, price]})
    with pytest.raises(RefusedError, match="prices"):
        account.create("product", {"name": "x", "prices": [5]})
    assert account.exchanges == []


def test_a_cost_stands_on_a_price():
    """Of 0 where there is none, which is as good as none; other prices do not suffer."""
    account = Account()
    fields = {"prices": [{"value": 5, "currency": "USD"}], "costs": [{"value": 2, "currency": "EUR"}]}
    id = account.create("product", {"name": "x", **fields}).id
    values = account.read("product", id).values
    assert all(account.adapter.same("product", key, value, values[key]) for key, value in fields.items())
    account.update("product", id, {"prices": None})
    values = account.read("product", id).values
    assert account.adapter.same("product", "prices", None, values["prices"])
    assert values["costs"] == fields["costs"]


def test_a_lead_has_a_channel_and_an_origin():
    """The origin for good; the source is always the API's."""
    account = Account()
    org = account.create("organization", {"name": "x"}).id
    fields = {"title": "x", "org_id": org, "origin_id": "form-7", "channel": 52, "channel_id": "spring"}
    id = account.create("lead", fields).id
    values = account.read("lead", id).values
    assert {key: values[key] for key in fields} == fields
    assert values["source_name"] == "API"
    account.update("lead", id, {"origin_id": "other", "channel": None, "channel_id": None})
    values = account.read("lead", id).values
    assert (values["origin_id"], values["channel"], values["channel_id"]) == ("form-7", None, None)
    with pytest.raises(RefusedError, match="source_name"):
        account.update("lead", id, {"source_name": "Import"})


def test_an_archived_lead_is_two_steps():
    """Its creation and its archiving, each one request."""
    account = Account()
    org = account.create("organization", {"name": "x"}).id
    fields = {"title": "x", "org_id": org, "is_archived": True}
    id = account.write("lead", fields)
    assert account.read("lead", id).values["is_archived"] is True
    assert account.adapter.cost("lead", "create", fields) == 20
