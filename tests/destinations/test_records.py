"""Whole records, canonical to wire and back."""

import pytest

from adapters.destinations.pipedrive.catalogue import ACTIVITY, DEAL, ENTITIES, LEAD, NOTE, ORGANIZATION, PERSON
from adapters.destinations.pipedrive.records import decode, encode
from adapters.protocols import RefusedError

KEY = {name: f"{index:040x}" for index, name in enumerate(
    ("text", "number", "money", "option", "options", "clock", "range", "id", "address"), start=1
)}  # fmt: skip
CODECS = {key: name for name, key in KEY.items()}
CUSTOM = {
    KEY["text"]: "source:1",
    KEY["number"]: 7,
    KEY["money"]: {"value": 5.5, "currency": "EUR"},
    KEY["option"]: "12",
    KEY["options"]: ["3", "4"],
    KEY["clock"]: "09:15",
    KEY["range"]: "2024-01-01/2024-02-01",
    KEY["id"]: "9",
    KEY["address"]: {"value": "1 Main St", "locality": "Boise"},
}
ADDRESS = {"value": "1 Main St", "postal_code": "83702"}
MAIL = [{"value": "a@b.example", "label": "work", "primary": True}]
RECORDS = {
    "organization": {
        "name": "Acme", "owner_id": "3", "add_time": "2020-01-02T03:04:05Z", "label_ids": ["5"], "address": ADDRESS,
        "website": "https://acme.example", "industry": "4", "annual_revenue": 1000, "visible_to": "3", **CUSTOM,
    },
    "person": {
        "name": "Ann Lee", "owner_id": "3", "org_id": "8", "add_time": "2020-01-02T03:04:05Z", "emails": MAIL,
        "phones": MAIL, "marketing_status": "subscribed", "job_title": "CEO", "birthday": "1970-01-02", **CUSTOM,
    },
    "deal": {
        "title": "Big", "person_id": "1", "org_id": "8", "pipeline_id": "1", "stage_id": "2", "value": 99.5,
        "currency": "USD", "status": "won", "won_time": "2024-05-06T07:08:09Z", "expected_close_date": "2024-06-01",
        "probability": 40, "is_archived": False, "archive_time": "2024-05-06T07:08:09Z", **CUSTOM,
    },
    "lead": {
        "title": "Maybe", "org_id": "8", "label_ids": ["adf2b1c0-1b2c-11ee-be56-0242ac120002"], "visible_to": "3",
        "value": {"value": 10, "currency": "USD"}, "expected_close_date": "2024-06-01", **CUSTOM,
    },
    "activity": {
        "subject": "Call", "type": "call", "owner_id": "3", "deal_id": "5", "person_id": "1", "participants": ["2"],
        "due_date": "2024-06-01", "due_time": "09:15", "duration": "00:30", "done": True, "location": ADDRESS,
        "priority": "2", "note": "<p>Spoke</p>", "block": {"Outcome": "Connected"}, "mark": "m-1",
    },
    "note": {
        "content": "<p>Hi</p>", "deal_id": "5", "user_id": "3", "add_time": "2020-01-02T03:04:05Z", "block": {},
        "mark": "m-2",
    },
}  # fmt: skip


@pytest.mark.parametrize("name", list(RECORDS))
def test_round_trip(name):
    """What is written of an entity reads back as it was asked for."""
    entity, fields = ENTITIES[name], RECORDS[name]
    body = encode(entity, fields, CODECS, create=True)
    if name == "activity":
        body["person_id"] = 1  # the server derives it from the primary participant
    answer = decode(entity, {"id": 1, **body}, CODECS)
    assert {key: answer.get(key) for key in fields} == fields


def test_custom_fields_of_a_lead_have_the_form_of_v1():
    """At top level, options as text, money and addresses in several keys."""
    body = encode(LEAD, {"title": "x", **CUSTOM}, CODECS, create=True)
    assert "custom_fields" not in body
    assert body[KEY["money"]] == 5.5
    assert body[f"{KEY['money']}_currency"] == "EUR"
    assert body[KEY["option"]] == "12"
    assert body[KEY["options"]] == "3,4"
    assert body[f"{KEY['range']}_until"] == "2024-02-01"
    assert body[f"{KEY['address']}_locality"] == "Boise"


@pytest.mark.parametrize(
    ("fields", "create", "expected"),
    [
        ({"first_name": "Ann", "last_name": "Lee", "name": "Ann Lee"}, True, {"first_name": "Ann", "last_name": "Lee"}),
        ({"first_name": "Ann", "last_name": None}, True, {"name": "Ann"}),
        ({"last_name": "Lee"}, True, {"name": "Lee"}),
        ({"name": "Ann Lee"}, True, {"name": "Ann Lee"}),
        ({"first_name": "Eve"}, False, {"first_name": "Eve"}),
        ({"first_name": "Eve", "last_name": None}, False, {"name": "Eve"}),
        ({"name": "Eve"}, False, {"name": "Eve"}),
    ],
)
def test_a_person_has_a_name_or_its_parts(fields, create, expected):
    """Never both ways: the server refuses it."""
    assert encode(PERSON, fields, {}, create=create) == expected


def test_the_person_of_an_activity_is_its_primary_participant():
    """`person_id` is read-only on the wire."""
    body = encode(ACTIVITY, {"person_id": "1", "participants": ["2", "1"]}, {}, create=True)
    assert body == {"participants": [{"person_id": 1, "primary": True}, {"person_id": 2, "primary": False}]}


def test_emptying():
    """Custom values and nullable fields are cleared by null, lists by an empty one, a set never by an empty one."""
    fields = {"website": None, "label_ids": None, KEY["options"]: [], KEY["text"]: ""}
    body = encode(ORGANIZATION, fields, CODECS, create=False)
    assert body == {"website": None, "label_ids": [], "custom_fields": {KEY["options"]: None, KEY["text"]: None}}


def test_a_create_leaves_empty_values_out():
    """Nothing is to be emptied in what does not exist yet."""
    assert encode(DEAL, {"title": "x", "lost_reason": None, KEY["text"]: None}, CODECS, create=True) == {"title": "x"}


def test_an_update_leaves_out_what_cannot_be_changed():
    """`add_time` is for creates only, and an expected close date cannot be emptied."""
    assert encode(DEAL, {"expected_close_date": None, "title": "x"}, {}, create=False) == {"title": "x"}
    assert encode(ORGANIZATION, {"add_time": "2020-01-02T03:04:05Z"}, {}, create=False) == {}
    assert encode(NOTE, {"add_time": "2020-01-02T03:04:05Z"}, {}, create=False) == {"add_time": "2020-01-02 03:04:05"}


@pytest.mark.parametrize(
    ("entity", "fields", "code"),
    [
        (DEAL, {"title": "x", "nonsense": 1}, "unknown-field"),
        (DEAL, {"title": "x", "f" * 40: 1}, "unknown-field"),
        (DEAL, {"title": "x", "add_time": "2020-01-02T03:04:05Z"}, "readonly-field"),
        (DEAL, {"title": "x", "person_id": "not a number"}, "bad-value"),
        (LEAD, {"title": "x", "is_archived": True}, "late-field"),
        (ORGANIZATION, {"name": "x", "mark": "m"}, "unknown-field"),
    ],
)
def test_what_an_entity_cannot_take_is_refused_before_it_is_sent(entity, fields, code):
    """With the field's name, so that a person can mend the map."""
    with pytest.raises(RefusedError) as caught:
        encode(entity, fields, CODECS, create=True)
    assert caught.value.verdict.code == code
    assert [key for key in fields if key != "title"][-1][:40] in str(caught.value)
