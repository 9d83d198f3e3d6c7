"""Transforms: one cell to what the destination gets, and what is told of cells that do not fit."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from adapters.protocols import Field, Fields, Kind, ObjectSchema
from engine.findings import Notes
from engine.mapping import Mapping, Rule
from engine.markup import to_html
from engine.transform import Cell, clock, convert, day_start, finish, one_line, place
from tests.engine.shapes import ACTIVITY, ORGANIZATION, PERSON, codes, item

NEW_YORK = ZoneInfo("America/New_York")


def cell(kind: Kind, raw: str, *, format: str | None = None, notes: Notes | None = None, zone: str = "UTC") -> Cell:
    """A cell of a column of that kind."""
    field = Field(key="Column", label="Column", kind=kind, format=format)
    return Cell(
        item("Contact", "contact:1"), field, raw, Mapping(zone=zone, currency="USD", object={}), notes or Notes()
    )


def placed(entity: ObjectSchema, *cells: tuple[Rule, Cell]) -> Fields:
    """The fields that cells make together."""
    fields: Fields = {}
    for rule, there in cells:
        place(fields, rule, there, entity)
    finish(fields, entity, lambda _code, _detail: None)
    return fields


def test_address_parts_make_one_line() -> None:
    """An address of parts gets its one-line text, in the order of an envelope, without what is missing."""
    fields = placed(
        ORGANIZATION,
        (Rule(to="address", part="country"), cell("text", "USA")),
        (Rule(to="address", part="route"), cell("text", " 1 Main St ")),
        (Rule(to="address", part="postal_code"), cell("text", "83702")),
        (Rule(to="address", part="admin_area_level_1"), cell("text", "ID")),
        (Rule(to="address", part="locality"), cell("text", "")),
    )
    assert fields["address"]["value"] == "1 Main St, ID 83702, USA"
    assert fields["address"]["route"] == "1 Main St"
    assert "locality" not in fields["address"]


def test_an_address_in_one_cell_stays_as_it_is() -> None:
    """A whole address is not composed again; nothing at all makes no address."""
    assert placed(ORGANIZATION, (Rule(to="address"), cell("text", "1 Main St"))) == {"address": {"value": "1 Main St"}}
    assert placed(ORGANIZATION, (Rule(to="address", part="route"), cell("text", " "))) == {}
    assert one_line({}) == ""


def test_a_new_address_field_is_composed_too() -> None:
    """Parts of a custom address field become one value with its text."""
    rule = Rule(new="Home", kind="address", part="route")
    assert placed(PERSON, (rule, cell("text", "2 Side St"))) == {
        "new:person/Home": {"route": "2 Side St", "value": "2 Side St"}
    }


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "00:00"), (1, "00:01"), (29, "00:01"), (31, "00:01"), (89, "00:01"), (91, "00:02"), (3599, "01:00"),
     (3600, "01:00"), (5400, "01:30"), (90_000, "25:00"), (360_000, "100:00")],
)  # fmt: skip
def test_durations_are_rounded_to_minutes(seconds: int, text: str) -> None:
    """The nearest minute, but never nothing for what took time, and hours beyond a day stay hours."""
    assert clock(seconds) == text


@pytest.mark.parametrize(
    ("date", "instant"),
    [
        ("2024-01-15", "2024-01-15T05:00:00Z"),
        ("2024-03-10", "2024-03-10T05:00:00Z"),
        ("2024-03-11", "2024-03-11T04:00:00Z"),
        ("2024-11-03", "2024-11-03T04:00:00Z"),
        ("2024-11-04", "2024-11-04T05:00:00Z"),
    ],
)
def test_a_day_begins_at_local_midnight(date: str, instant: str) -> None:
    """The instant of a local midnight, on both sides of both changes of the clocks."""
    assert day_start(date, NEW_YORK) == instant


def test_a_day_without_midnight_begins_when_it_begins() -> None:
    """In Santiago the clocks jump at midnight; the day still gets an instant of its own."""
    assert day_start("2024-09-08", ZoneInfo("America/Santiago")) == "2024-09-08T04:00:00Z"


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a < b & c > d", "a &lt; b &amp; c &gt; d"),
        ("one\ntwo\r\nthree", "one<br>two<br>three"),
        ("<p>kept <b>bold</b></p>", "<p>kept <b>bold</b></p>"),
        ("<p onclick='x()'>safe</p>", "<p>safe</p>"),
        ("<p>a</p><script>alert(1)</script>", "<p>a</p>"),
        ('<a href="javascript:alert(1)">x</a>', '<a rel="noopener noreferrer">x</a>'),
        ("price <3 mails <ann@acme.example>", "price &lt;3 mails &lt;ann@acme.example&gt;"),
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
    ],
)
def test_html_is_safe_and_text_stays_text(text: str, html: str) -> None:
    """Markup keeps its meaning without anything that runs; plain text is escaped and keeps its lines."""
    assert to_html(text) == html


def test_phones_of_several_columns_keep_their_labels() -> None:
    """Each column's phones carry its label, one number appears once, and only the first is primary."""
    fields = placed(
        PERSON,
        (Rule(to="phones", label="work"), cell("phone", "(208) 555-0142 / (208) 555-0143")),
        (Rule(to="phones", label="mobile"), cell("phone", "(208) 555-0144")),
        (Rule(to="phones", label="other"), cell("phone", "(208) 555-0142")),
    )
    assert [(p["value"], p["label"], p["primary"]) for p in fields["phones"]] == [
        ("(208) 555-0142", "work", True),
        ("(208) 555-0143", "work", False),
        ("(208) 555-0144", "mobile", False),
    ]


def test_no_phone_makes_no_field() -> None:
    """Empty cells leave nothing behind, not even an empty list."""
    assert placed(PERSON, (Rule(to="phones"), cell("phone", ""))) == {}


def test_an_instant_is_split_over_date_and_time() -> None:
    """Where a date field has a time beside it, an instant fills both halves in UTC; a date alone only its own."""
    local = cell("datetime", "2024-07-01 21:30", format="%Y-%m-%d %H:%M", zone="America/New_York")
    assert placed(ACTIVITY, (Rule(to="due_date"), local)) == {"due_date": "2024-07-02", "due_time": "01:30"}
    alone = cell("datetime", "2024-07-01", format="%Y-%m-%d %H:%M", zone="America/New_York")
    assert placed(ACTIVITY, (Rule(to="due_date"), alone)) == {"due_date": "2024-07-01"}


def test_labelled_lines_stand_in_order_of_their_names() -> None:
    """Lines of several cells make one block whose order does not depend on that of the columns."""
    one, two = (Rule(block="Zeta"), cell("text", "1")), (Rule(to="subject", keep="Alpha"), cell("text", "2"))
    first, second = placed(ACTIVITY, one, two), placed(ACTIVITY, two, one)
    assert first == second == {"block": {"Alpha": "2", "Zeta": "1"}, "subject": "2"}
    assert list(first["block"]) == list(second["block"]) == ["Alpha", "Zeta"]


def test_pick_lists_are_symbols() -> None:
    """Options are named by label until they have ids; repeats are dropped, the order is the cell's."""
    labels = (Rule(to="label_ids"), cell("multienum", "VIP; Old; VIP", format=";"))
    assert placed(ORGANIZATION, labels) == {"label_ids": {"$options": ["organization", "label_ids", ["VIP", "Old"]]}}
    one = (Rule(new="Industry", kind="enum"), cell("enum", " Steel "))
    assert placed(ORGANIZATION, one) == {
        "new:organization/Industry": {"$option": ["organization", "Industry", "Steel"]}
    }
    yes = (Rule(new="Active", kind="boolean"), cell("boolean", "ja"))
    assert placed(ORGANIZATION, yes) == {"new:organization/Active": {"$option": ["organization", "Active", "Yes"]}}


@pytest.mark.promise("F-088")
@pytest.mark.parametrize(
    ("kind", "raw", "there"),
    [
        ("text", "about fifty", "number"),
        ("text", "some day", "date"),
        ("text", "some day", "datetime"),
        ("text", "perhaps", "boolean"),
        ("text", "a while", "duration"),
        ("number", "12", "boolean"),
        ("number", "12", "date"),
        ("boolean", "yes", "number"),
    ],
)
def test_a_value_of_the_wrong_kind_is_not_sent(kind: Kind, raw: str, there: Kind) -> None:
    """What a destination field's kind cannot hold never reaches it, and people are told of the cell."""
    notes = Notes()
    entity = ObjectSchema(name="thing", label="Thing", fields=(Field(key="x", label="X", kind=there),))
    assert placed(entity, (Rule(to="x"), cell(kind, raw, notes=notes))) == {}
    assert codes(notes) == ["not-written"]
    assert placed(entity, (Rule(new="Y", kind=there), cell(kind, raw, notes=notes))).keys() <= {"new:thing/Y"}


@pytest.mark.promise("F-088")
@pytest.mark.parametrize(
    ("kind", "raw", "there", "value"),
    [
        ("number", "1,234.5", "number", 1234.5),
        ("money", "$12", "money", {"value": 12, "currency": "USD"}),
        ("percent", "35%", "number", 35),
        ("boolean", "off", "boolean", False),
        ("date", "2024-05-06", "date", "2024-05-06"),
        ("datetime", "2024-05-06 07:08", "date", "2024-05-06"),
        ("date", "2024-05-06", "datetime", "2024-05-06T00:00:00Z"),
        ("date", "2024-05-06", "text", "2024-05-06"),
        ("number", "007", "text", "007"),
        ("text", "n/a", "text", "n/a"),
        ("text", "  ", "text", None),
        ("number", "n/a", "number", None),
    ],
)
def test_values_are_written_in_the_kind_of_the_field(kind: Kind, raw: str, there: Kind, value: Any) -> None:
    """Each kind gets its canonical form; text gets what stood in the cell."""
    formats = {"date": "%Y-%m-%d", "datetime": "%Y-%m-%d %H:%M", "number": ".", "money": ".", "percent": "."}
    assert convert(cell(kind, raw, format=formats.get(kind)), there) == value


def test_a_doubtful_cell_is_told_once() -> None:
    """A cell that cannot be read as its kind gives no value and one finding, not two."""
    notes = Notes()
    there = cell("number", "about fifty", notes=notes)
    there.tell()
    assert placed(ORGANIZATION, (Rule(to="employee_count"), there)) == {}
    assert len(codes(notes)) == 1


LEAD = ObjectSchema(
    name="lead",
    label="Lead",
    fields=(
        Field(key="value", label="Value", kind="money"),
        Field(key="prices", label="Prices", kind="money", many=True),
        Field(key="account_id", label="Company", kind="reference", target="account", alternative="parent"),
        Field(key="contact_id", label="Person", kind="reference", target="contact", alternative="parent"),
        Field(key="job_title", label="Job title", kind="text", requires="account_id"),
        Field(key="description", label="Description", kind="longtext"),
    ),
)
AMOUNT = Rule(to="value"), cell("number", "12.5", format=".")
CURRENCY = Rule(to="value", part="currency"), cell("text", "eur")


def test_an_amount_has_the_currency_of_its_own_column() -> None:
    """The column that names the currency wins over the map's, in whatever order the two stand; alone it is nothing."""
    assert placed(LEAD, AMOUNT)["value"] == {"value": 12.5, "currency": "USD"}
    for cells in ((AMOUNT, CURRENCY), (CURRENCY, AMOUNT)):
        assert placed(LEAD, *cells) == {"value": {"value": 12.5, "currency": "EUR"}}
    assert placed(LEAD, CURRENCY) == {}
    prices = (Rule(to="prices"), AMOUNT[1]), (Rule(to="prices", part="currency"), CURRENCY[1])
    assert placed(LEAD, *prices) == {"prices": [{"value": 12.5, "currency": "EUR"}]}


def test_of_alternatives_the_first_stays_and_the_rest_is_told() -> None:
    """A record that hangs on one other record only keeps the link that the schema names first."""
    told: list[str] = []
    fields: Fields = {"contact_id": "2", "account_id": "1"}
    finish(fields, LEAD, lambda code, _detail: told.append(code))
    assert (fields, told) == ({"account_id": "1"}, ["one-link-only"])


def test_what_requires_another_field_heads_the_description() -> None:
    """A job title without a company is not lost: it is the first line of the description, and told."""
    told: list[str] = []
    fields: Fields = {"job_title": "CEO", "description": "An old friend"}
    finish(fields, LEAD, lambda code, _detail: told.append(code))
    assert (fields, told) == ({"description": "Job title: CEO\nAn old friend"}, ["in-description"])
