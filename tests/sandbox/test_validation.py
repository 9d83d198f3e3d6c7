"""Checklist 3 to 8: what v2 refuses, and the rules of activities, deals, persons and addresses."""

from typing import Any

import pytest

from adapters.protocols import Request
from adapters.sandbox.pipedrive.values import ADDRESS_PARTS
from adapters.sandbox.world import Call
from tests.sandbox.client import Client

REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("deals", {"title": "D", "foo": 1}, "foo: Parameter 'foo' is not allowed for this request"),
    ("deals", {"title": "D", "value": "12"}, "value: The value is not a valid 'number'"),
    ("deals", {"title": "D", "is_archived": 1}, "is_archived: The value is not a valid 'boolean'"),
    ("deals", {"title": "D", "expected_close_date": None}, "expected_close_date: The value is not a valid 'string'"),
    ("deals", {"title": "D", "status": "lapsed"}, "status: The value you selected is not a valid choice."),
    ("deals", {}, "title: Parameter 'title' is required"),
    ("organizations", {"name": "O", "owner_id": "1"}, "owner_id: The value is not a valid 'integer'"),
    ("organizations", {"name": "O", "visible_to": 5}, "visible_to"),
    ("organizations", {"name": "O", "industry": 7}, "industry: Option with ID 7 does not exist"),
    ("products", {"name": "P", "category": 7}, "category: Option with ID 7 does not exist"),
    ("organizations", {"name": "O", "update_time": "2020-01-01T00:00:00Z"}, "update_time: Parameter"),
    ("organizations", {"name": "O", "add_time": "2020-01-01 00:00:00"}, "add_time: This value is not a valid datetime"),
    ("organizations", {"name": "O", "address": {"city": "x"}}, "address.city: Parameter 'city' is not allowed"),
    ("organizations", {"name": "O", "address": {"locality": "x"}}, "address.value"),
    ("persons", {"name": "P", "emails": "a@b.example"}, "emails: The value is not a valid 'array'"),
    ("persons", {"name": "P", "emails": ["a@b.example"]}, "emails: The value is not a valid 'object'"),
    ("persons", {"name": "P", "label_ids": [999]}, "label_ids"),
    (
        "activities",
        {"subject": "S", "type": "call", "due_time": "9 am"},
        "due_time: This value is not a valid datetime",
    ),
    ("activities", {"subject": "S", "type": "fax"}, "type"),
    ("stages", {"name": "S"}, "pipeline_id: Parameter 'pipeline_id' is required"),
    ("products", {"name": "P", "billing_frequency": "weekly"}, "billing_frequency_cycles"),
    ("products", {"name": "P", "prices": [{"currency": "USD", "price": 1}] * 2}, "prices"),
]


@pytest.mark.parametrize(("table", "body", "words"), REFUSED)
def test_refused_bodies(account: Client, table: str, body: dict[str, Any], words: str) -> None:
    """v2 refuses unknown keys, wrong types, null where it is not allowed and values that cannot be."""
    answer = account.refused("POST", f"/api/v2/{table}", body)
    assert answer["code"] == "ERR_SCHEMA_VALIDATION_FAILED"
    assert words in answer["error"]
    assert answer["error"].startswith("Validation failed: ")


@pytest.mark.parametrize(
    "query",
    [
        {"start": 0},
        {"include_fields": "nothing"},
        {"updated_since": "2026-01-02T03:04:05.123Z"},
        {"updated_since": "2026-01-02"},
        {"limit": 501},
        {"limit": "many"},
        {"sort_by": "name"},
        {"ids": ",".join(map(str, range(101)))},
        {"cursor": "zzz"},
        {"custom_fields": ",".join(f"k{i}" for i in range(16))},
    ],
)
def test_refused_queries(account: Client, query: dict[str, Any]) -> None:
    """v2 refuses unknown query keys, fractions of a second, and values outside their limits."""
    account.ok("POST", "/api/v2/organizations", {"name": "x"})
    assert account.refused("GET", "/api/v2/organizations", **query)["code"] == "ERR_SCHEMA_VALIDATION_FAILED"


def test_refusal_changes_nothing(account: Client) -> None:
    """A refused create leaves neither a record nor a gap in the ids."""
    account.refused("POST", "/api/v2/deals", {"title": "D", "stage_id": 99})
    assert account.ok("POST", "/api/v2/deals", {"title": "D"})["id"] == 1


def test_activity_person(account: Client) -> None:
    """`person_id` of an activity is read only and follows from the primary participant."""
    ann, bob = (account.ok("POST", "/api/v2/persons", {"name": name})["id"] for name in ("Ann", "Bob"))
    body = {"subject": "S", "type": "call"}
    refused = account.refused("POST", "/api/v2/activities", body | {"person_id": ann})
    assert refused["code"] == "ERR_BAD_REQUEST"
    assert refused["error"].startswith("'person_id' is a read-only field.")
    people = [{"person_id": ann}, {"person_id": bob, "primary": True}]
    activity = account.ok("POST", "/api/v2/activities", body | {"participants": people})
    assert activity["person_id"] == bob
    changed = account.ok("PATCH", "/api/v2/activities/1", {"participants": [{"person_id": ann, "primary": True}]})
    assert changed["person_id"] == ann
    assert account.ok("GET", "/api/v2/activities", person_id=ann)[0]["id"] == 1
    account.refused("POST", "/api/v2/activities", body | {"participants": [{"person_id": 99, "primary": True}]})


def test_activity_done(account: Client) -> None:
    """Completion is stamped with now, and can be taken back."""
    account.ok("POST", "/api/v2/activities", {"subject": "S", "type": "call", "due_date": "2020-01-01", "done": True})
    assert account.ok("GET", "/api/v2/activities/1")["marked_as_done_time"] == "2026-05-28T20:26:40Z"
    assert account.ok("PATCH", "/api/v2/activities/1", {"done": False})["marked_as_done_time"] is None


def test_deal_add_time(account: Client) -> None:
    """Deals refuse `add_time`, unless the account is switched to accept it; it is never taken in a PATCH."""
    body = {"title": "D", "add_time": "2020-01-01T00:00:00Z"}
    account.refused("POST", "/api/v2/deals", body)
    lenient = Client(accept_deal_add_time=True)
    answer = lenient.world.answer(_post("/api/v2/deals", body))
    assert answer.body["data"]["add_time"] == "2020-01-01T00:00:00Z"
    lenient.refused("PATCH", "/api/v2/deals/1", {"add_time": "2020-01-01T00:00:00Z"})


def _post(path: str, body: Any) -> Any:
    return Request(method="POST", path=path, body=body)


@pytest.mark.parametrize(
    "body",
    [
        {"status": "open", "won_time": "2020-01-01T00:00:00Z"},
        {"status": "won", "lost_time": "2020-01-01T00:00:00Z"},
        {"status": "won", "lost_reason": "x"},
        {"lost_reason": ""},
        {"close_time": "2020-01-01T00:00:00Z"},
    ],
)
def test_closing_fields(account: Client, body: dict[str, Any]) -> None:
    """Won and lost fields are refused under the wrong status, on create and on update."""
    account.refused("POST", "/api/v2/deals", {"title": "D", **body})
    account.ok("POST", "/api/v2/deals", {"title": "D"})
    account.refused("PATCH", "/api/v2/deals/1", body)


def test_deal_status(account: Client) -> None:
    """Won and lost keep the times that were given, default to now, and are emptied when the deal is reopened."""
    deal = account.ok("POST", "/api/v2/deals", {"title": "D", "status": "won", "won_time": "2020-01-01T00:00:00Z"})
    assert (deal["won_time"], deal["close_time"], deal["local_won_date"]) == (
        "2020-01-01T00:00:00Z",
        "2020-01-01T00:00:00Z",
        "2020-01-01",
    )
    lost = account.ok("PATCH", "/api/v2/deals/1", {"status": "lost", "lost_reason": "price"})
    assert (lost["won_time"], lost["lost_time"], lost["lost_reason"]) == (None, "2026-05-28T20:26:40Z", "price")
    reopened = account.ok("PATCH", "/api/v2/deals/1", {"status": "open"})
    assert (reopened["lost_time"], reopened["close_time"], reopened["lost_reason"]) == (None, None, None)


def test_deal_place(account: Client) -> None:
    """The stage decides the pipeline; a pipeline alone means its first stage; nothing means the default pipeline."""
    account.ok("POST", "/api/v2/pipelines", {"name": "P2"})
    account.refused("POST", "/api/v2/deals", {"title": "D", "pipeline_id": 2})
    stage = account.ok("POST", "/api/v2/stages", {"name": "S", "pipeline_id": 2})["id"]
    deal = account.ok("POST", "/api/v2/deals", {"title": "D"})
    assert (deal["pipeline_id"], deal["stage_id"]) == (1, 1)
    assert account.ok("PATCH", "/api/v2/deals/1", {"pipeline_id": 2})["stage_id"] == stage
    assert account.ok("PATCH", "/api/v2/deals/1", {"stage_id": 3})["pipeline_id"] == 1


def test_deal_probability_and_date(account: Client) -> None:
    """The probability shows only where the pipeline has it; an empty close date is stored as zeros."""
    account.ok("POST", "/api/v2/pipelines", {"name": "P2"})
    account.ok("POST", "/api/v2/stages", {"name": "S", "pipeline_id": 2})
    deal = account.ok("POST", "/api/v2/deals", {"title": "D", "probability": 30, "expected_close_date": ""})
    assert (deal["probability"], deal["expected_close_date"]) == (30, "0000-00-00")
    assert account.ok("PATCH", "/api/v2/deals/1", {"pipeline_id": 2})["probability"] is None


@pytest.mark.parametrize("table", ["organizations", "persons"])
def test_add_time_is_kept(account: Client, table: str) -> None:
    """Organizations and persons keep `add_time` from the create and refuse it in an update."""
    record = account.ok("POST", f"/api/v2/{table}", {"name": "x", "add_time": "2015-06-07T10:09:10+02:00"})
    assert record["add_time"] == "2015-06-07T08:09:10Z"
    account.refused("PATCH", f"/api/v2/{table}/1", {"add_time": "2016-01-01T00:00:00Z"})


def test_person_names(account: Client) -> None:
    """A name, or both its parts, never both ways; a changed part changes the name."""
    both = {"name": "Ann Lee", "first_name": "Ann"}
    assert "at the same time" in account.refused("POST", "/api/v2/persons", both)["error"]
    account.refused("POST", "/api/v2/persons", {"first_name": "Ann"})
    account.refused("POST", "/api/v2/persons", {})
    person = account.ok("POST", "/api/v2/persons", {"first_name": "Ann", "last_name": "Lee"})
    assert person["name"] == "Ann Lee"
    assert account.ok("PATCH", "/api/v2/persons/1", {"first_name": "Anna"})["name"] == "Anna Lee"
    split = account.ok("PATCH", "/api/v2/persons/1", {"name": "Anna Maria Day"})
    assert (split["first_name"], split["last_name"]) == ("Anna Maria", "Day")


def test_person_arrays(account: Client) -> None:
    """E-mails and phones are replaced as a whole; the first is primary and `work` the label unless told."""
    mails = [{"value": "a@x.example"}, {"value": "b@x.example", "label": "home"}]
    person = account.ok("POST", "/api/v2/persons", {"name": "Ann", "emails": mails, "phones": [{"value": " 1 2 "}]})
    assert person["emails"] == [
        {"value": "a@x.example", "primary": True, "label": "work"},
        {"value": "b@x.example", "primary": False, "label": "home"},
    ]
    assert person["phones"][0]["value"] == " 1 2 "
    changed = account.ok("PATCH", "/api/v2/persons/1", {"emails": [{"value": "c@x.example"}]})
    assert [e["value"] for e in changed["emails"]] == ["c@x.example"]
    two = [{"value": "a", "primary": True}, {"value": "b", "primary": True}]
    account.refused("PATCH", "/api/v2/persons/1", {"phones": two})


def test_contact_sync() -> None:
    """Without contact sync its fields are refused with 403 and missing from answers."""
    account = Client(contact_sync=False)
    account.refused("POST", "/api/v2/persons", {"name": "Ann", "job_title": "x"}, status=403)
    assert "job_title" not in account.ok("POST", "/api/v2/persons", {"name": "Ann"})


def test_marketing_status(account: Client) -> None:
    """The marketing status needs an e-mail and changes once; a forbidden change is silently ignored."""
    include = {"include_fields": "marketing_status"}
    account.ok("POST", "/api/v2/persons", {"name": "A", "marketing_status": "subscribed"})
    assert account.ok("GET", "/api/v2/persons/1", **include)["marketing_status"] == "no_consent"
    account.ok("PATCH", "/api/v2/persons/1", {"emails": [{"value": "a@x.example"}], "marketing_status": "subscribed"})
    account.ok("PATCH", "/api/v2/persons/1", {"marketing_status": "unsubscribed"})
    assert account.ok("GET", "/api/v2/persons/1", **include)["marketing_status"] == "subscribed"


def test_address_parts(account: Client) -> None:
    """Parts of an address that are not sent become null, on create and on update; sent ones stay as sent."""
    sent = {"value": "1 Main St, Springfield", "locality": "Springfield", "country": "US"}
    address = account.ok("POST", "/api/v2/organizations", {"name": "x", "address": sent})["address"]
    assert address == dict.fromkeys(ADDRESS_PARTS) | sent
    changed = account.ok("PATCH", "/api/v2/organizations/1", {"address": {"value": "2 Oak Ave"}})["address"]
    assert changed == dict.fromkeys(ADDRESS_PARTS) | {"value": "2 Oak Ave"}


def test_visibility_by_plan() -> None:
    """Visibility groups exist on Premium and Ultimate only."""
    assert Client(plan="premium").ok("POST", "/api/v2/organizations", {"name": "O", "visible_to": 7})["visible_to"] == 7


def test_industry(account: Client) -> None:
    """An industry is an option that was added over v1 before."""
    field = next(f for f in account.ok("GET", "/v1/organizationFields") if f["key"] == "industry")
    option = account.ok("PUT", f"/v1/organizationFields/{field['id']}", {"options": [{"label": "Signs"}]})["options"][0]
    assert (
        account.ok("POST", "/api/v2/organizations", {"name": "O", "industry": option["id"]})["industry"] == option["id"]
    )


def test_malformed_and_form_bodies(account: Client) -> None:
    """A body that is not JSON is refused in the family of its version; v2 takes no forms."""
    for path in ("/api/v2/deals", "/v1/notes"):
        call = Call(request=Request(method="POST", path=path), token="sandbox", malformed=True)
        outcome = account.world.world.outcome(call, account.world.now)
        assert outcome.response is not None
        assert outcome.response.status == 400
