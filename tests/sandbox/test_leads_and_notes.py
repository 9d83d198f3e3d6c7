"""Checklist 10 and 11: leads and notes."""

import re
from typing import Any

import pytest

from adapters.protocols import Request
from tests.sandbox.client import Client


@pytest.fixture
def person(account: Client) -> int:
    """The id of a person."""
    return int(account.ok("POST", "/api/v2/persons", {"name": "Ann"})["id"])


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"title": "L"}, 'One of the "person_id" or "organization_id" must be set.'),
        ({"title": "L", "org_id": 1}, 'One of the "person_id" or "organization_id" must be set.'),
        ({"person_id": 1}, '"title" is required'),
        ({"title": "x" * 256, "person_id": 1}, "less than or equal to 255"),
        ({"title": "L", "person_id": 1, "visible_to": 3}, '"visible_to" must be one of'),
        ({"title": "L", "person_id": 1, "value": {"amount": 1}}, "both"),
        ({"title": "L", "person_id": 1, "value": {"amount": 1, "currency": "XXX"}}, "currency"),
        ({"title": "L", "person_id": 1, "is_archived": True}, '"is_archived" is not allowed'),
        ({"title": "L", "person_id": 1, "label_ids": ["nope"]}, "label"),
        ({"title": "L", "person_id": 99}, "person_id"),
        ({"title": "L", "person_id": 1, "expected_close_date": "soon"}, "date"),
    ],
)
def test_refused_leads(account: Client, person: int, body: dict[str, Any], words: str) -> None:
    """A lead needs a title and a contact; its values are checked."""
    assert words in account.refused("POST", "/v1/leads", body)["error"]


def test_lead(account: Client, person: int) -> None:
    """Leads have UUIDs, string visibility, precise times and the token's user as creator; origin is always the API."""
    label = account.ok("GET", "/v1/leadLabels")[0]
    body = {"title": "L", "person_id": person, "label_ids": [label["id"]], "owner_id": 3}
    lead = account.ok("POST", "/v1/leads", body | {"value": {"amount": 5, "currency": "EUR"}})
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", lead["id"])
    assert (lead["visible_to"], lead["owner_id"], lead["creator_id"], lead["origin"]) == ("3", 3, 1, "API")
    assert lead["add_time"].endswith(".000Z")
    account.refused("PATCH", f"/v1/leads/{lead['id']}", {"person_id": None})
    archived = account.ok("PATCH", f"/v1/leads/{lead['id']}", {"is_archived": True, "value": None})
    assert (archived["is_archived"], archived["value"]) == (True, None)
    assert account.ok("GET", "/v1/leads") == []
    assert account.ok("GET", "/v1/leads/archived")[0]["id"] == lead["id"]
    account.ok("DELETE", f"/v1/leads/{lead['id']}")
    answer = account.refused("GET", f"/v1/leads/{lead['id']}", status=404)
    assert answer["error"] == "requested lead not found"


def test_lead_origin(account: Client, person: int) -> None:
    """The source of a lead is the API whatever is sent; its channel changes, the id at its origin does not."""
    sent = {"source_name": "Web forms", "origin": "Import", "origin_id": "o-1", "channel": 52, "channel_id": "c-1"}
    body = {"title": "L", "person_id": person}
    made = account.world.answer(Request(method="POST", path="/v1/leads", body=body | sent)).body["data"]
    assert (made["source_name"], made["origin"], made["origin_id"]) == ("API", "API", "o-1")
    assert (made["channel"], made["channel_id"]) == (52, "c-1")
    one = f"/v1/leads/{made['id']}"
    assert account.ok("PATCH", one, {"channel_id": "c-2"})["channel_id"] == "c-2"
    account.refused("PATCH", one, {"origin_id": "o-2"})
    account.refused("PATCH", one, {"title": None})
    account.refused("PATCH", one, {"visible_to": "7"})


def test_lead_custom_fields(account: Client, person: int) -> None:
    """Leads carry the deal's custom fields at the top level in v1 form; empty and unknown ones are missing."""

    def field(kind: str, **more: Any) -> Any:
        return account.ok("POST", "/api/v2/dealFields", {"field_name": kind, "field_type": kind, **more})

    money, choice = field("monetary"), field("set", options=[{"label": "a"}, {"label": "b"}])
    empty = field("varchar")["field_code"]
    m, c, ids = money["field_code"], choice["field_code"], [o["id"] for o in choice["options"]]
    body = {"title": "L", "person_id": person, m: 12, f"{m}_currency": "EUR", c: f"{ids[0]},{ids[1]}", "f" * 40: "x"}
    lead = account.ok("POST", "/v1/leads", body)
    assert (lead[m], lead[f"{m}_currency"], lead[c]) == (12, "EUR", f"{ids[0]},{ids[1]}")
    assert empty not in lead
    assert "f" * 40 not in lead
    account.refused("PATCH", f"/v1/leads/{lead['id']}", {m: "twelve", f"{m}_currency": "EUR"})
    assert m not in account.ok("PATCH", f"/v1/leads/{lead['id']}", {m: None})


def test_lead_labels(account: Client) -> None:
    """A fresh account has three lead labels; new ones take one of ten colours."""
    assert [(x["name"], x["color"]) for x in account.ok("GET", "/v1/leadLabels")] == [
        ("Hot", "red"),
        ("Warm", "yellow"),
        ("Cold", "blue"),
    ]
    account.refused("POST", "/v1/leadLabels", {"name": "x", "color": "mauve"})
    account.refused("POST", "/v1/leadLabels", {"name": "x"})


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"content": "x"}, "must be associated with at least one"),
        ({"person_id": 1}, "Content"),
        ({"content": "x", "person_id": 99}, "was not found"),
        ({"content": "x", "person_id": "ann"}, "person_id"),
        ({"content": "x", "person_id": 1, "add_time": "2020-01-01T00:00:00Z"}, "add_time"),
        ({"content": "x", "person_id": 1, "pinned_to_deal_flag": 1}, "needs deal_id"),
        ({"content": "x", "person_id": 1, "user_id": 77}, "User 77"),
        ({"content": "x" * 100_001, "person_id": 1}, "too long"),
    ],
)
def test_refused_notes(account: Client, person: int, body: dict[str, Any], words: str) -> None:
    """A note needs content and a parent that exists; pins need their parent."""
    assert words in account.refused("POST", "/v1/notes", body)["error"]


def test_note(account: Client, person: int) -> None:
    """A note keeps its time and author, loses scripts and keeps formatting."""
    html = '<p onclick="x()">a <b>b</b><script>alert(1)</script></p><ul><li>c</li></ul><custom>d</custom>'
    body = {"content": html, "person_id": person, "user_id": 2, "add_time": "2011-12-13 14:15:16", "extra": 1}
    note = account.ok("POST", "/v1/notes", body)
    coerced = account.world.answer(Request(method="POST", path="/v1/notes", body=body | {"person_id": str(person)}))
    assert coerced.body["data"]["person_id"] == person  # v1 takes a numeric string
    assert note["content"] == "<p>a <b>b</b></p><ul><li>c</li></ul>d"
    assert (note["add_time"], note["user_id"], note["person"]) == ("2011-12-13 14:15:16", 2, {"name": "Ann"})
    changed = account.ok("PUT", f"/v1/notes/{note['id']}", {"add_time": "2012-01-01 00:00:00"})
    assert (changed["add_time"], changed["content"]) == ("2012-01-01 00:00:00", note["content"])


def test_note_soft_delete(account: Client, person: int) -> None:
    """A deleted note answers `true`, is still there inactive, is off the list, and cannot be deleted again."""
    account.ok("POST", "/v1/notes", {"content": "x", "person_id": person})
    assert account.ok("DELETE", "/v1/notes/1") is True
    assert account.ok("GET", "/v1/notes/1")["active_flag"] is False
    assert account.ok("GET", "/v1/notes") == []
    account.refused("DELETE", "/v1/notes/1", status=404)


def test_note_list(account: Client, person: int) -> None:
    """Notes page by start and limit, filter by parent and change time, and refuse fractions of a second."""
    for _ in range(3):
        account.ok("POST", "/v1/notes", {"content": "x", "person_id": person})
    page = account.send("GET", "/v1/notes", start=0, limit=2).body
    assert page["additional_data"]["pagination"]["next_start"] == 2
    assert [n["id"] for n in account.ok("GET", "/v1/notes", start=2, limit=2)] == [3]
    account.wait(10)
    account.ok("PUT", "/v1/notes/2", {"content": "y"})
    assert [n["id"] for n in account.ok("GET", "/v1/notes", updated_since="2026-05-28T20:26:41Z")] == [2]
    account.refused("GET", "/v1/notes", updated_since="2026-05-28T20:26:41.5Z")
    assert [n["id"] for n in account.ok("GET", "/v1/notes", sort="id DESC")] == [3, 2, 1]
    account.refused("GET", "/v1/notes", sort="mood")
