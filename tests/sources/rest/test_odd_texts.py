"""Texts that read like something else: they are kept as they came, and nothing breaks."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from adapters.protocols import Fields, Schema
from adapters.sources.pro_sales_crm import CONTACT, TABLE
from adapters.sources.rest.converting import hundredths
from adapters.sources.rest.offline import ExportSource
from adapters.sources.rest.supplement import Supplement
from adapters.sources.rest.table import Learned
from adapters.sources.values import parse
from tests.sources.reading import finish, read_all

CONTACTS = (
    "First Name,Last Name,Email,Created,Lifecycle Stage\n"
    "A,B,a@x.example,03/14/2025 2:05 PM,[Old] Gold\n"
    "C,D,c@x.example,03/15/2025 2:05 PM,Lead\n"
    "E,F,e@x.example,2025-03-16T14:05:00-06:00,[1]\n"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An export with one file."""
    (tmp_path / "contacts.csv").write_text(CONTACTS)
    return tmp_path


def exported(folder: Path) -> tuple[Schema, list[Fields]]:
    """The export alone: its schema, and the contacts."""
    source = ExportSource(TABLE, folder)
    return finish(source.schema()), [record.values for record in read_all(source, "Contact")]


def test_a_choice_in_brackets_is_no_list(folder: Path) -> None:
    """It is an option like any other."""
    schema, _ = exported(folder)
    contact = schema.object("Contact")
    assert contact is not None
    stage = contact.field("Lifecycle Stage")
    assert stage is not None
    assert [option.label for option in stage.options] == ["[Old] Gold", "Lead", "[1]"]


def test_local_times_stay_local_where_nobody_has_said_the_zone(folder: Path) -> None:
    """An export alone does not tell the account's zone: the configured one is applied later, and once."""
    schema, rows = exported(folder)
    contact = schema.object("Contact")
    assert contact is not None
    created = contact.field("Created")
    assert created is not None
    assert [row["Created"] for row in rows] == [
        "2025-03-14T14:05:00", "2025-03-15T14:05:00", "2025-03-16T14:05:00-06:00",
    ]  # fmt: skip
    assert parse(created, str(rows[0]["Created"]), ZoneInfo("America/Chicago")).value == "2025-03-14T19:05:00Z"


@pytest.mark.parametrize(
    ("zone", "at"),
    [("America/Chicago", "2025-03-14T19:05:00Z"), ("Central Time (US/Canada)", "2025-03-14T14:05:00"),
     ("CST", "2025-03-14T14:05:00"), ("../../etc/passwd", "2025-03-14T14:05:00")],
)  # fmt: skip
def test_the_accounts_zone_is_used_where_it_is_one(folder: Path, zone: str, at: str) -> None:
    """What is no zone is not taken for UTC."""
    supplement = Supplement(TABLE, folder)
    finish(supplement.describe())
    learned = Learned()
    learned.account["zone"] = zone
    page = finish(supplement.read(CONTACT, CONTACT.columns, learned, None))
    assert page.records[0].values["Created"] == at


@pytest.mark.parametrize(
    ("found", "text"), [("--5", "--5"), ("²", "²"), ("-250", "-2.50"), (" 1999 ", "19.99"), ("12.5", "12.5")]
)
def test_cents_that_are_no_number_stay(found: str, text: str) -> None:
    """Only whole numbers are hundredths."""
    assert hundredths(found) == text
