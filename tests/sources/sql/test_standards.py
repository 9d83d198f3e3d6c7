"""A database of a known product: its tables under the product's own names, so that its maps and presets fit."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from adapters.protocols import Link
from adapters.sources.smart_crm_online import STANDARDS
from tests.sources.reading import read_all
from tests.sources.sql.shop import described, schema, source

TABLES = """
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, email TEXT);
CREATE TABLE tblCompanies (
    CompanyId INTEGER PRIMARY KEY, CompanyName TEXT, web TEXT, tier TEXT, owner INT REFERENCES users(id));
CREATE TABLE crm_contacts (
    id INTEGER PRIMARY KEY, first_name TEXT, last_name TEXT, email_address TEXT,
    account_id INT REFERENCES tblCompanies(CompanyId), boss INT REFERENCES crm_contacts(id));
CREATE TABLE deals (
    id INTEGER PRIMARY KEY, title TEXT, deal_amount NUMERIC(12,2), stage TEXT, created_at DATETIME,
    company_id INT REFERENCES tblCompanies(CompanyId), contact_id INT REFERENCES crm_contacts(id));
CREATE TABLE deal_tags (deal_id INT NOT NULL REFERENCES deals(id), tag TEXT NOT NULL, PRIMARY KEY (deal_id, tag));
CREATE TABLE old_contacts (first_name TEXT, last_name TEXT);
CREATE TABLE tasks (id INTEGER PRIMARY KEY, what TEXT);
INSERT INTO users VALUES (1, 'Ann', 'ann@x.example');
INSERT INTO tblCompanies VALUES (7, 'Acme', 'acme.example', 'gold', 1);
INSERT INTO crm_contacts VALUES (3, 'Al', 'Oz', 'al@acme.example', 7, NULL);
INSERT INTO deals VALUES (9, 'Big', 12.5, 'Won', '2025-03-14 18:00:00', 7, 3);
INSERT INTO deal_tags VALUES (9, 'vip');
"""


@pytest.fixture
def product(tmp_path: Path) -> str:
    """A database as a self-hosted installation has it."""
    with closing(sqlite3.connect(tmp_path / "crm.db")) as connection:
        connection.executescript(TABLES)
    return f"sqlite:///{tmp_path / 'crm.db'}"


@pytest.mark.promise("F-010")
def test_standard_names(product: str) -> None:
    """Tables and columns that fit the standard carry its names; columns that do not are custom, tables keep theirs."""
    said = schema(product, standards=STANDARDS)
    assert [o.name for o in said.objects] == [
        "Contact", "deal_tags", "Deal", "old_contacts", "tasks", "Company", "users",
    ]  # fmt: skip
    fields = {f.key: (f.kind, f.custom) for f in described(said, "Company").fields}
    assert fields == {
        "Company ID": ("text", False), "Company Name": ("text", False), "Website": ("url", False),
        "tier": ("text", True), "Owner": ("user", False),
    }  # fmt: skip
    deal = described(said, "Deal")
    assert {f.key for f in deal.fields if not f.custom} == {"Deal Name", "Value", "Stage", "Created", "Company ID"}
    assert [f.key for f in deal.fields if f.custom] == ["id", "contact_id"]
    value, stage = deal.field("Value"), deal.field("Stage")
    assert value is not None
    assert stage is not None
    assert (value.kind, value.format, stage.kind) == ("money", ".", "enum")
    (record,) = read_all(source(product, standards=STANDARDS), "Deal")
    assert record.id == "9"
    assert record.values == {
        "id": "9", "Deal Name": "Big", "Value": "12.5", "Stage": "Won", "Created": "2025-03-14T18:00:00",
        "Company ID": "7", "contact_id": "3",
    }  # fmt: skip


def test_standard_links_and_identities(product: str) -> None:
    """Keys and foreign keys of the database stand above what the standard, made for files without ids, says."""
    said = schema(product, standards=STANDARDS)
    company, contact, deal = (described(said, name) for name in ("Company", "Contact", "Deal"))
    assert (company.identity.id_field, contact.identity.id_field, deal.identity.id_field) == ("Company ID", "id", "id")
    assert company.owner_field == "Owner"
    assert contact.title == ("First Name", "Last Name")
    assert contact.links == (
        Link(name="company", to=("Company",), id_field="Company ID"),
        Link(name="boss", to=("Contact",), id_field="boss"),
    )
    assert {link.name: (link.to, link.id_field) for link in deal.links} == {
        "company": (("Company",), "Company ID"),
        "contact": (("Contact",), "contact_id"),
    }


def test_without_standards_nothing_is_custom(product: str) -> None:
    """Of a database that nobody knows, its own schema is the standard."""
    said = schema(product)
    assert {o.name for o in said.objects} >= {"tblCompanies", "crm_contacts", "deal_tags"}
    assert not any(f.custom for o in said.objects for f in o.fields)
