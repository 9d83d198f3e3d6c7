"""Records that take several requests: what each of them writes, and how many there are."""

import pytest

from adapters.destinations.nutshell import Nutshell
from adapters.protocols import Fields
from tests.destinations_nutshell.account import Account, Furnished


def steps(entity: str, before: Fields | None, fields: Fields) -> list[list[str]]:
    """The keys that each request writes."""
    adapter, found = Nutshell(), []
    while fields:
        part = adapter.step(entity, before, fields)
        found.append(sorted(part))
        fields = {key: value for key, value in fields.items() if key not in part}
        before = before or {}
    return found


@pytest.mark.parametrize(
    ("before", "fields", "expected"),
    [
        (None, {"title": "x", "stage_id": "1"}, [["stage_id", "title"]]),
        (None, {"title": "x", "status": "open"}, [["status", "title"]]),
        (None, {"title": "x", "value": 5}, [["title"], ["value"]]),
        (
            None,
            {"title": "x", "value": 5, "status": "won", "outcome": "1"},
            [["title"], ["value"], ["outcome", "status"]],
        ),
        ({}, {"title": "x", "pipeline_id": "2", "stage_id": "7"}, [["title"], ["pipeline_id"], ["stage_id"]]),
        ({"status": "won"}, {"title": "x", "status": "open"}, [["status"], ["title"]]),
        ({"status": "open"}, {"value": 1, "status": "lost"}, [["value"], ["status"]]),
    ],
)
def test_a_lead_is_written_in_this_order(before: Fields | None, fields: Fields, expected: list[list[str]]) -> None:
    """Reopened first, closed last; what one request takes goes together."""
    assert steps("lead", before, fields) == expected


def test_an_activity_with_a_place_and_a_lead_takes_two_requests() -> None:
    """Only REST takes a location, only JSON-RPC a lead."""
    both = {"subject": "x", "location": "Here", "lead_id": "1"}
    assert steps("activity", None, both) == [["location", "subject"], ["lead_id"]]
    assert steps("activity", None, {"subject": "x", "lead_id": "1"}) == [["lead_id", "subject"]]
    assert steps("activity", {}, {"subject": "x", "location": "Here"}) == [["subject"], ["location"]]


def test_labels_go_one_by_one() -> None:
    """A tag or a source a request."""
    fields = {"entity": "lead", "field": "tags", "labels": ["a", "b"]}
    assert Nutshell().step("options", None, fields) == {**fields, "labels": ["a"]}


def test_each_step_is_one_unsafe_request() -> None:
    """A closed lead with a value takes three requests, and reads back whole."""
    account = Furnished()
    stage = account.found.account["pipelines"][0]["stages"][1]["id"]
    fields = {"title": "x", "value": 7.5, "stage_id": stage, "status": "won"}
    start = len(account.said)
    id = account.create("lead", fields).id
    unsafe = [r for r, _ in account.said[start:] if r.unsafe]
    assert [r.method for r in unsafe] == ["POST", "PATCH", "POST"]
    there = account.values("lead", id)
    assert {k: there[k] for k in fields} == fields


def test_a_place_goes_by_rest_and_a_lead_is_linked_after() -> None:
    """The location travels with the create, the lead with an edit that names the revision."""
    account = Furnished()
    fields = {"subject": "Lunch", "start_time": "2030-01-01T12:00:00Z", "duration": "01:00", "location": "Cafe"}
    id = account.create("activity", {**fields, "lead_id": account.ids["lead"], "author": "3"}).id
    posts = [r for r, _ in account.said if r.path == "/rest/activities" and r.unsafe]
    assert [(r.body["activities"][0]["location"], r.actor) for r in posts] == [
        ("Cafe", "Priya.Raman@brightpath.example")
    ]
    assert account.values("activity", id)["lead_id"] == account.ids["lead"]


def test_pipeline_and_stage_move_by_requests_of_their_own() -> None:
    """A lead moves to another pipeline, then to a stage of it, and its value back to that of its products."""
    account = Account()
    second = {"make": "pipeline", "name": "Second", "stages": [{"name": "A"}, {"name": "B"}]}
    account.world.control("POST", "/sandbox/admin", second)
    found = {p["label"]: p for p in account.schema().account["pipelines"]}
    lead = account.create("lead", {"title": "x"}).id
    place = {"pipeline_id": found["Second"]["id"], "stage_id": found["Second"]["stages"][1]["id"]}
    account.update("lead", lead, place | {"value": 5})
    there = account.values("lead", lead)
    assert {k: there[k] for k in place} == place
    account.update("lead", lead, {"value": None})
    assert not account.values("lead", lead)["value"]
