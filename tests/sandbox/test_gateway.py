"""Checklist 1, 2, 16, 17, 20: roots, credentials, budget, burst, caps."""

import pytest

from adapters.protocols import Request
from adapters.sandbox.world import Call
from tests.sandbox.client import NOW, Client


def test_two_roots(account: Client) -> None:
    """The two roots differ in envelope, paging and times, and /api/v1 is the same as /v1."""
    account.ok("POST", "/api/v2/organizations", {"name": "Acme"})
    account.ok("POST", "/v1/notes", {"content": "x", "org_id": 1})
    v2 = account.send("GET", "/api/v2/organizations").body
    v1 = account.send("GET", "/v1/notes").body
    assert v2["additional_data"] == {"next_cursor": None}
    assert v1["additional_data"]["pagination"]["more_items_in_collection"] is False
    assert v2["data"][0]["add_time"] == "2026-05-28T20:26:40Z"
    assert v1["data"][0]["add_time"] == "2026-05-28 20:26:40"
    assert account.send("GET", "/api/v1/notes").body == v1


def test_errors_of_each_root(account: Client) -> None:
    """v1 and v2 refuse in their own families; unknown paths are 404, wrong verbs 405, what is left out 501."""
    assert set(account.refused("POST", "/v1/notes", {})) >= {"error_info", "data"}
    assert account.refused("POST", "/api/v2/deals", {})["code"] == "ERR_SCHEMA_VALIDATION_FAILED"
    assert account.refused("GET", "/api/v2/deals/7", status=404)["error"] == "Deal not found"
    account.refused("GET", "/api/v2/nothing", status=404)
    account.refused("GET", "/elsewhere", status=404)
    account.refused("PUT", "/api/v2/deals/7", {}, status=405)
    assert "not in this sandbox" in account.refused("PUT", "/v1/deals/1/merge", status=501)["error"]
    assert "not in this sandbox" in account.refused("GET", "/api/v2/products/1/images", status=501)["error"]


@pytest.mark.parametrize("token", ["", "wrong"])
def test_credentials(account: Client, token: str) -> None:
    """Nothing or a wrong token is 401 in the gateway's form, and costs nothing."""
    call = Call(request=Request(method="GET", path="/v1/users/me"), token=token)
    outcome = account.world.world.outcome(call, NOW)
    assert outcome.response is not None
    assert outcome.response.status == 401
    assert outcome.response.body["errorCode"] == 401
    assert outcome.response.headers == {"x-401-by-gw": "true"}
    assert account.world.control("GET", "/sandbox/requests")["tokens"] == 0


def test_bearer(account: Client) -> None:
    """A bearer token is accepted and may send four times as many requests."""
    call = Call(request=Request(method="GET", path="/v1/users/me"), token="sandbox", bearer=True)
    limited = Client(burst=None, plan="lite")
    outcome = limited.world.world.outcome(call, NOW)
    assert outcome.response is not None
    assert outcome.response.headers["x-ratelimit-limit"] == "80"


def test_daily_budget() -> None:
    """The budget is tokens a day; an empty one is 429 with the seconds until it is full again, reads included."""
    account = Client(daily_budget=27)
    for _ in range(5):
        account.ok("POST", "/api/v2/organizations", {"name": "x"})
    left = account.send("GET", "/api/v2/organizations/1").headers["x-daily-ratelimit-token-remaining"]
    assert left == "1"
    answer = account.send("POST", "/api/v2/organizations", {"name": "x"})
    assert answer.status == 429
    assert answer.body["error"] == "daily request budget exceeded"
    account.wait(float(answer.headers["retry-after"]) - 2)
    assert account.send("POST", "/api/v2/organizations", {"name": "x"}).status == 429
    account.wait(3)
    account.ok("POST", "/api/v2/organizations", {"name": "x"})
    assert account.world.control("GET", "/sandbox/requests")["tokens"] == 31


def test_headers(account: Client) -> None:
    """Every answer that passed the gateway says what is left; only POST and PUT say how many writes, to API tokens."""
    read, write = account.send("GET", "/v1/users/me").headers, account.send("POST", "/v1/notes", {}).headers
    always = {"x-correlation-id", "x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"}
    always |= {"x-daily-ratelimit-token-limit", "x-daily-ratelimit-token-remaining"}
    assert set(read) == always
    assert set(write) == always | {"x-daily-requests-left"}
    assert read["x-correlation-id"] != write["x-correlation-id"]
    assert int(read["x-daily-ratelimit-token-remaining"]) - int(write["x-daily-ratelimit-token-remaining"]) == 10


def test_budget_by_plan() -> None:
    """The daily budget is 30,000 tokens times the plan's multiplier times the seats."""
    account = Client(plan="premium", seats=3, daily_budget=None)
    headers = account.send("GET", "/v1/users/me").headers
    assert headers["x-daily-ratelimit-token-limit"] == str(30_000 * 5 * 3)


def test_clock_rate_shortens_waiting() -> None:
    """With a fast clock the seconds that the client shall wait are its own, not virtual ones."""
    account = Client(daily_budget=0, clock_rate=3600)
    assert 1 <= int(account.send("GET", "/v1/users").headers["retry-after"]) <= 24


def test_burst() -> None:
    """A rolling window of two seconds; over it 429 with nothing remaining, and it opens again by itself."""
    account = Client(burst=None, plan="lite")
    answers = [account.send("GET", "/v1/users/me") for _ in range(21)]
    assert [a.status for a in answers] == [200] * 20 + [429]
    assert answers[0].headers["x-ratelimit-remaining"] == "19"
    assert answers[-1].headers["x-ratelimit-remaining"] == "0"
    assert answers[-1].body["error"] == "request over limit"
    account.wait(float(answers[-1].headers["x-ratelimit-reset"]) + 0.1)
    account.ok("GET", "/v1/users/me")


def test_search_burst() -> None:
    """Search has a limit of ten requests in two seconds of its own."""
    account = Client()
    statuses = [account.send("GET", "/api/v2/itemSearch", term="ab").status for _ in range(11)]
    assert statuses == [200] * 10 + [429]
    account.ok("GET", "/v1/users/me")


def test_ignored_429_is_blocked() -> None:
    """A client that keeps on sending over the limit meets an HTML 403, for minutes."""
    account = Client(burst=1)
    account.ok("GET", "/v1/users/me")
    statuses = [account.send("GET", "/v1/users/me").status for _ in range(31)]
    assert statuses == [429] * 30 + [403]
    account.wait(10)
    answer = account.send("GET", "/v1/users/me")
    assert (answer.status, answer.body) == (403, None)
    assert "<html>" in answer.text
    account.wait(120)
    account.ok("GET", "/v1/users/me")


def test_deal_cap() -> None:
    """Leads and open deals together are capped by plan and seats; closed deals do not count."""
    account = Client(plan="lite", seats=1)
    account.ok("POST", "/api/v2/persons", {"name": "Ann"})
    lead = account.ok("POST", "/v1/leads", {"title": "L", "person_id": 1})
    for _ in range(2_499):
        account.world.answer(Request(method="POST", path="/api/v2/deals", body={"title": "D"}))
    body = account.refused("POST", "/api/v2/deals", {"title": "one more"}, status=403)
    assert body["code"] == "feature_capping_deals_limit"
    refused = account.refused("POST", "/v1/leads", {"title": "L", "person_id": 1}, status=403)
    assert set(refused) == {"success", "error", "error_info", "data", "additional_data", "code"}
    assert refused["code"] == "feature_capping_deals_limit"
    won = account.ok("POST", "/api/v2/deals", {"title": "closed", "status": "won"})["id"]
    account.refused("PATCH", f"/api/v2/deals/{won}", {"status": "open"}, status=403)
    account.ok("DELETE", f"/v1/leads/{lead['id']}")
    account.ok("POST", "/api/v2/deals", {"title": "one more"})


def test_field_cap() -> None:
    """Custom fields are capped by plan, over all entities."""
    account = Client(plan="lite")
    for number in range(30):
        entity = "deal" if number % 2 else "person"
        account.ok("POST", f"/api/v2/{entity}Fields", {"field_name": f"F{number}", "field_type": "varchar"})
    body = account.refused("POST", "/api/v2/dealFields", {"field_name": "F", "field_type": "text"}, status=403)
    assert body["code"] == "feature_capping_custom_fields_limit"
    old = account.refused("POST", "/v1/dealFields", {"name": "F", "field_type": "text"}, status=403)
    assert (old["code"], old["data"]) == ("feature_capping_custom_fields_limit", None)
