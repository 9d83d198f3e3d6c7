"""Answers in the forms that were recorded of real accounts, read and written back."""

from typing import Any

import pytest

from adapters.destinations.nutshell import Nutshell
from adapters.protocols import InDoubtError, Intent, RefusedError, Request, Response
from tests.destinations_nutshell.flows import drive, missing, ok, rest

ACCOUNT: dict[str, Any] = {
    "id": 15, "entityType": "Accounts", "rev": "7", "name": "Burns LLC", "creator": None,
    "createdTime": "2017-12-18T09:24:41+0000", "modifiedTime": "2018-01-02T10:00:00+0000",
    "owner": {"stub": True, "id": 3, "rev": "1", "entityType": "Users", "name": "Andy"},
    "accountType": {"id": 1, "name": "Standard Account"}, "industry": None, "description": None,
    "email": {"0": "info@burns.example", "work": "sales@burns.example", "--primary": "sales@burns.example"},
    "phone": {"0": "(734) 123-4567", "mobile": {"countryCode": "1", "number": "7345550000", "extension": "12",
              "numberFormatted": "734-555-0000", "E164": "+17345550000"}, "--primary": "(734) 123-4567"},
    "url": {"0": "http://burns.example", "blog": "http://blog.burns.example", "--primary": "http://burns.example"},
    "address": {"main": {"location": {"longitude": -83.7, "latitude": 42.2}, "locationAccuracy": "8", "name": None,
                "address_1": "206 E Huron St", "address_2": None, "city": "Ann Arbor", "state": "MI",
                "postalCode": "48103", "country": "US", "timezone": "America/Detroit"}},
    "tags": ["VIP"], "customFields": {"Since": {"timestamp": 1709164800}, "Worth": {"currency": "USD", "amount": 5}},
    "notes": [], "leads": [], "contacts": [],
}  # fmt: skip
"""A company as getAccount gives it (2017-18), with both ages of phones."""

FIELDS = ok(
    {
        "Accounts": [
            {"name": "Since", "type": "Date", "isMultiple": False, "position": 2},
            {"name": "Worth", "type": "Currency", "isMultiple": False, "position": 1},
            {"name": "Rank", "type": "Enum", "isMultiple": False, "position": 3, "enumElements": {"7": "A"}},
        ],
        "Contacts": [],
        "Leads": [],
    }
)
LEAD: dict[str, Any] = {
    "id": 1559, "entityType": "Leads", "rev": "2", "name": "Lead\u20131557", "description": "Car wash", "status": 0,
    "confidence": 0, "createdTime": "2017-12-18T13:19:23+0000", "milestone": {"stub": True, "id": 5},
    "market": {"stub": True, "id": 1, "name": "U.S."}, "assignee": None, "sources": [], "competitors": [],
    "products": [], "contacts": [{"id": 8, "relationship": "Buyer"}, {"id": 9, "relationship": None}], "accounts": [],
    "tags": [], "priority": 1, "value": {"currency": "USD", "amount": "12.50"},
    "primaryAccount": {"stub": True, "id": 4},
}  # fmt: skip
MARKETS = rest({"markets": [{"id": "1-markets", "name": "U.S.", "currency": "USD", "isDefault": True}]})
STAGES = rest([{"id": "5-stages", "name": "Call", "position": 1, "links": [{"stageset": "2-stagesets"}]}])


def test_a_recorded_company_is_read() -> None:
    """Labels or numbers for them, both ages of phones, no primary entry, dates as objects, fields without a value."""
    found, _ = drive(Nutshell().fetch("account", ["15"]), [ok(ACCOUNT), FIELDS])
    values = found["15"].values
    assert values["emails"] == [
        {"value": "info@burns.example", "label": "", "primary": True},
        {"value": "sales@burns.example", "label": "work", "primary": False},
    ]
    assert [p["value"] for p in values["phones"]] == ["(734) 123-4567", "+17345550000 x12"]
    assert values["urls"] == ["http://burns.example", "http://blog.burns.example"]
    assert values["address"]["locality"] == "Ann Arbor"
    assert values["address"]["value"] == "206 E Huron St, Ann Arbor, MI 48103, US"
    assert (values["owner_id"], values["account_type"], values["industry"]) == ("3", "1", None)
    assert (values["created_time"], values["rev"]) == ("2017-12-18T09:24:41Z", "7")
    assert values["cf:Since"] == "2024-02-29"
    assert values["cf:Worth"] == {"value": 5, "currency": "USD"}
    assert values["cf:Rank"] is None


def test_lists_are_written_back_whole_without_the_primary_entry() -> None:
    """A changed list of web addresses keeps the labels that are known; nothing that was only read is sent."""
    answers = [ok(ACCOUNT), FIELDS, ok({**ACCOUNT, "rev": "8"})]
    urls = ["http://blog.burns.example", "http://new.example"]
    made, asked = drive(Nutshell().update("account", "15", {"urls": urls}), answers)
    assert asked[-1].body["params"] == {
        "accountId": 15,
        "rev": "7",
        "account": {"url": {"blog": "http://blog.burns.example", "url": "http://new.example"}},
    }
    assert made.values["rev"] == "8"


def test_a_recorded_lead_is_read() -> None:
    """Its number out of its name, its pipeline by its stage, its currency by its market."""
    found, asked = drive(Nutshell().fetch("lead", ["1559"]), [ok(LEAD), MARKETS, STAGES])
    values = found["1559"].values
    assert (values["number"], values["stage_id"], values["pipeline_id"]) == ("1557", "5", "2")
    assert (values["value"], values["currency"], values["status"]) == (12.5, "USD", "open")
    assert (values["contact_id"], values["contact_ids"], values["account_id"]) == ("8", ["9"], "4")
    assert values["priority"] is True
    assert len(asked) == 3


def test_relationships_of_a_lead_are_written_back() -> None:
    """What a person is to a lead stays when another is added."""
    answers = [ok(LEAD), MARKETS, STAGES, ok({**LEAD, "rev": "3"})]
    _, asked = drive(Nutshell().update("lead", "1559", {"contact_ids": ["9", "10"]}), answers)
    assert asked[-1].body["params"]["lead"]["contacts"] == [
        {"entityType": "Contacts", "id": 8, "relationship": "Buyer"},
        {"entityType": "Contacts", "id": 9},
        {"entityType": "Contacts", "id": 10},
    ]


def test_participants_that_no_field_shows_stay() -> None:
    """A second company or user of an activity is written back when the others change."""
    people = [("Users", 1), ("Users", 2), ("Contacts", 8), ("Accounts", 4), ("Accounts", 5)]
    row = {
        "id": 6, "rev": "1", "entityType": "Activities", "name": "x", "status": 1, "startTime": None, "endTime": None,
        "participants": [{"entityType": kind, "id": id} for kind, id in people],
    }  # fmt: skip
    _, asked = drive(Nutshell().update("activity", "6", {"contact_id": "9"}), [ok(row), ok(row)])
    sent = {(p["entityType"], p["id"]) for p in asked[-1].body["params"]["activity"]["participants"]}
    assert sent == {*people, ("Contacts", 9)} - {("Contacts", 8)}


def test_a_place_is_read_in_either_form() -> None:
    """The location of an activity is described as an address; a text is taken, too."""
    row = {"id": 6, "rev": "1", "name": "x", "status": 1}
    for place in ("Cafe", {"address_1": "Cafe", "city": None}, {"name": "Cafe", "address_1": None}):
        found, _ = drive(Nutshell().fetch("activity", ["6"]), [ok({**row, "location": place})])
        assert found["6"].values["location"] == "Cafe"


@pytest.mark.parametrize("answer", [Response(status=200), Response(status=200, text="<html>"), ok(None), ok({})])
def test_a_yes_that_names_no_record_is_doubt(answer: Response) -> None:
    """An empty 200 has been met: whether the record was made, only a look tells."""
    with pytest.raises(InDoubtError):
        drive(Nutshell().create("account", {"name": "A"}), [answer])


def test_the_feed_is_read_as_it_was_recorded() -> None:
    """Creates of the wanted kind, older pages by max_id, the repeated event once; then the candidates and the key."""

    def event(id: int, action: str, payload: str, at: int) -> dict[str, Any]:
        kind = payload.partition("-")[2]
        links = {"actor": "23-origins", "payloads": [payload]}
        return {"id": f"{id}-events", "createdTime": at, "payloadType": kind, "action": action, "links": links}

    start = 1_577_934_000
    first = [event(30, "update", "15-accounts", start + 90), event(29, "create", "15-accounts", start + 60)]
    second = [event(29, "create", "15-accounts", start + 60), event(28, "create", "9-accounts", start - 4000)]
    pages = [rest({"meta": {"next": "x"}, "events": first}), rest({"events": second})]
    account = {**ACCOUNT, "customFields": {"Key": "m/1"}}
    known = ok({"Accounts": [{"name": "Key", "type": "Text"}], "Contacts": [], "Leads": []})
    fields = {"name": "Burns LLC", "cf:Key": "m/1"}
    intent = Intent(action="create", entity="account", mark="m/1", at="2020-01-02T03:00:00Z", fields=fields)
    found, asked = drive(Nutshell().find(intent), [known, *pages, ok(account)])
    assert [copy.id for copy in found] == ["15"]
    assert asked[1].query == {"limit": "100", "since_time": str(start - 300), "filters[payload][]": "accounts"}
    assert asked[2].query["max_id"] == "29-events"


def test_a_batch_with_an_unknown_id_is_halved() -> None:
    """Where one unknown id makes REST answer 404 for all, the others are still read."""

    def answer(request: Request) -> Response:
        ids = request.path.rpartition("/")[2].split(",")
        if "4-notes" in ids:
            return missing()
        return rest({"notes": [{"id": id, "body": "x", "links": {"parent": "1-contacts"}} for id in ids]})

    found, asked = drive(Nutshell().fetch("note", ["1", "2", "3", "4", "5"]), answer)
    assert sorted(found) == ["1", "2", "3", "5"]
    assert len(asked) <= 7


def test_a_single_bare_object_is_read() -> None:
    """The description shows single records without a collection around them."""
    note = {"id": "7-notes", "body": "Hello", "bodyMarkup": "Hello", "links": {"parent": "3-leads"}}
    found, _ = drive(Nutshell().fetch("note", ["7"]), [rest(note)])
    assert found["7"].values["lead_id"] == "3"


def test_a_refusal_is_in_the_servers_words() -> None:
    """What the server says of a bad record reaches the person who must act on it."""
    answer = Response(status=200, body={"error": {"code": -32602, "message": "Invalid params: owner"}, "result": None})
    with pytest.raises(RefusedError, match="owner"):
        drive(Nutshell().create("account", {"name": "A", "owner_id": "99"}), [answer])
