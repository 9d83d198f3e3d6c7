"""Single values, canonical to wire and back."""

import pytest

from adapters.destinations.pipedrive.values import CODECS, moment, read, write

PAIRS = [
    ("text", "abc", "abc"),
    ("number", 12500, 12500),
    ("number", 9800.5, 9800.5),
    ("number", 3.0, 3),
    ("boolean", True, True),
    ("date", "2025-03-14", "2025-03-14"),
    ("datetime", "2025-03-14T09:00:00Z", "2025-03-14T09:00:00Z"),
    ("datetime-spaced", "2025-03-14T09:00:00Z", "2025-03-14 09:00:00"),
    ("time", "09:15", "09:15"),
    ("duration", "00:05", "00:05"),
    ("option", "123", 123),
    ("option-text", "won", "won"),
    ("options", ["1", "2"], [1, 2]),
    ("options-text", ["f0", "a1"], ["f0", "a1"]),
    ("id", "42", 42),
    ("id-text", "adf2b1c0-1b2c-11ee-be56-0242ac120002", "adf2b1c0-1b2c-11ee-be56-0242ac120002"),
    (
        "contacts",
        [{"value": "a@b.example", "label": "work", "primary": True}],
        [{"value": "a@b.example", "label": "work", "primary": True}],
    ),
    (
        "attendees",
        [{"value": "a@b.example", "label": "Ann", "primary": False}],
        [{"email": "a@b.example", "name": "Ann", "is_organizer": False}],
    ),
    ("address", {"value": "1 Main St", "locality": "Boise"}, {"value": "1 Main St", "locality": "Boise"}),
    ("money", {"value": 2300, "currency": "EUR"}, {"value": 2300, "currency": "EUR"}),
    ("lead-money", {"value": 10.5, "currency": "USD"}, {"amount": 10.5, "currency": "USD"}),
    ("clock", "09:15", {"value": "09:15:00"}),
    ("range", "2024-01-01/2024-02-01", {"value": "2024-01-01", "until": "2024-02-01"}),
    ("clock-range", "09:15/10:00", {"value": "09:15:00", "until": "10:00:00"}),
    ("content", {"digest": "d"}, {"digest": "d"}),
    ("raw", {"x": 1}, {"x": 1}),
]


@pytest.mark.parametrize(("codec", "canonical", "wire"), PAIRS)
def test_round_trip(codec, canonical, wire):
    """A value is written in the form of the API and read back as it was."""
    assert write(codec, canonical) == wire
    assert read(codec, wire) == canonical


def test_every_codec_is_tried():
    """The table above leaves no codec out but the one that is only read."""
    assert {codec for codec, _, _ in PAIRS} | {"persons", "variation"} == set(CODECS)


@pytest.mark.parametrize("codec", list(CODECS))
def test_none_stays_none(codec):
    """None asks for emptying on the way out and means empty on the way in."""
    assert write(codec, None) is None
    assert read(codec, None) is None


@pytest.mark.parametrize(
    ("spelled", "expected"),
    [
        ("2024-10-15T09:33:33.213Z", "2024-10-15T09:33:33Z"),
        ("2024-10-15 09:33:33", "2024-10-15T09:33:33Z"),
        ("2024-10-15T11:33:33+02:00", "2024-10-15T09:33:33Z"),
        ("0000-00-00 00:00:00", None),
        ("", None),
    ],
)
def test_times_of_both_versions(spelled, expected):
    """Both versions' times become UTC with whole seconds."""
    assert moment(spelled) == expected


@pytest.mark.parametrize(
    ("codec", "wire", "expected"),
    [
        ("option", "123", "123"),
        ("options", "123,456", ["123", "456"]),
        ("time", "09:15:00", "09:15"),
        ("time", "9:15:30", "09:15:30"),
        ("clock", "09:15:00", "09:15"),
        ("clock", {"value": "09:15:00", "timezone_id": 3}, "09:15"),
        ("id", {"id": 7, "name": "x"}, "7"),
        ("id", {"value": 7, "name": "x"}, "7"),
        ("address", {"value": "a", "route": None, "formatted_address": "b"}, {"value": "a"}),
        ("date", "0000-00-00", None),
        ("text", "", None),
        ("number", "12.50", 12.5),
        ("clock-range", {"value": "09:15:00", "until": "10:00:30"}, "09:15/10:00:30"),
        ("variation", 7, "7"),
        ("persons", [{"person_id": 1, "primary": True}, {"person_id": 2, "primary": False}], ["2"]),
        ("number", "no number at all", "no number at all"),
    ],
)
def test_other_spellings_are_read(codec, wire, expected):
    """Forms that answers are known to have; one that nobody knows is given as it came."""
    assert read(codec, wire) == expected


def test_an_address_without_its_whole_gets_one():
    """`value` must be there: it is made of the parts."""
    written = write("address", {"street_number": "1", "route": "Main St", "locality": "Boise"})
    assert written == {"value": "1, Main St, Boise", "street_number": "1", "route": "Main St", "locality": "Boise"}


def test_a_variation_is_written_by_its_own_id():
    """Ours names its product as well."""
    assert write("variation", "3/7") == write("variation", "7") == 7


def test_the_first_contact_is_primary_when_none_says_so():
    """The API makes the first entry the primary one, so we say it."""
    items = [{"value": "a"}, {"value": "b", "label": "home"}]
    assert [item["primary"] for item in write("contacts", items)] == [True, False]
