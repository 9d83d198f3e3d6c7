"""A made-up company's database, on any dialect: odd names, every kind of column, keys of all sorts."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, ForeignKeyConstraint, MetaData, Table

from adapters.protocols import ObjectSchema, Record, Schema
from adapters.secret import Secret
from adapters.sources.sql import SqlSource
from tests.sources.reading import finish, read_all

PHOTO = bytes(range(256)) * 9_000  # 2.3 MB: several pieces

METADATA = MetaData()

USERS = Table(
    "users",
    METADATA,
    Column("id", sa.Integer, primary_key=True),
    Column("full_name", sa.String(80)),
    Column("email", sa.String(80)),
)
COMPANIES = Table(
    "Companies",
    METADATA,
    Column("CompanyID", sa.String(20), primary_key=True, nullable=False),
    Column("Company Name", sa.String(80), nullable=False),
    Column("100% sure?", sa.Boolean),
    Column("order", sa.Integer),
    Column("Revenue", sa.Numeric(30, 10)),
    Column("Created", sa.DateTime),
    Column("Seen", sa.DateTime(timezone=True)),
    Column("Founded", sa.Date),
    Column("Opens", sa.Time),
    Column("owner_id", ForeignKey("users.id")),
    Column("Logo", sa.LargeBinary),
    Column('quo"ted', sa.Text),
)
CONTACTS = Table(
    "contacts",
    METADATA,
    Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    Column("first_name", sa.String(80)),
    Column("last_name", sa.String(80)),
    Column("email", sa.String(80)),
    Column("company", ForeignKey("Companies.CompanyID")),
)
LINES = Table(
    "order lines",
    METADATA,
    Column("select", sa.Integer, primary_key=True, nullable=False),
    Column("Part", sa.String(20), primary_key=True, nullable=False),
    Column("quantity", sa.Integer),
    Column("photo", sa.LargeBinary),
)
SHIPMENTS = Table(
    "shipments",
    METADATA,
    Column("number", sa.Integer, primary_key=True),
    Column("line", sa.Integer),
    Column("part", sa.String(20)),
    ForeignKeyConstraint(["line", "part"], ["order lines.select", "order lines.Part"]),
)
LOG = Table("log", METADATA, Column("said", sa.Text), Column("by", sa.String(20)), Column("proof", sa.LargeBinary))
HISTORY = Table(
    "history",
    METADATA,
    Column("at", sa.DateTime, primary_key=True, nullable=False),
    Column("what", sa.String(20), primary_key=True, nullable=False),
)


def fill(engine: sa.Engine) -> None:
    """Make the tables and their rows."""
    METADATA.create_all(engine)
    rows: dict[Table, list[dict[str, Any]]] = {
        USERS: [
            {"id": 1, "full_name": "Ann Ames", "email": "ann@shop.example"},
            {"id": 2, "full_name": "Bob Bell", "email": "bob@shop.example"},
        ],
        COMPANIES: [
            {
                "CompanyID": "C-1", "Company Name": "Müller & Söhne", "100% sure?": True, "order": 7,
                "Revenue": Decimal("12345678901234567890.1234567890"),
                "Created": datetime.fromisoformat("2025-03-14T18:00:00"),
                "Seen": datetime(2025, 3, 14, 18, 0, 0, 500_000, tzinfo=UTC), "Founded": date(1999, 12, 31),
                "Opens": time(9, 15), "owner_id": 1, "Logo": PHOTO, 'quo"ted': 'a "b" \\ c',
            },
            {"CompanyID": "C-2", "Company Name": "Null", "100% sure?": False, "Logo": b""},
            {"CompanyID": "c/3", "Company Name": "日本", "owner_id": 2},
        ],
        CONTACTS: [
            {"id": 5_000_000_000, "first_name": "Zoë", "last_name": "Null", "email": "z@x.example", "company": "C-1"},
            {"id": 2, "first_name": "Al", "last_name": "Oz", "company": "c/3"},
        ],
        LINES: [
            {"select": 1, "Part": "a|b", "quantity": 3, "photo": b"one"},
            {"select": 1, "Part": "a", "quantity": 4},
            {"select": 2, "Part": "50%", "quantity": 5, "photo": b"two"},
        ],
        SHIPMENTS: [{"number": 1, "line": 1, "part": "a|b"}, {"number": 2}],
        LOG: [
            {"said": "hello", "by": "ann"}, {"said": "hello", "by": "ann"}, {"said": "bye", "proof": b"x"},
            {"said": "hello", "by": "Ann"},
        ],
        HISTORY: [{"at": datetime.fromisoformat(f"2025-01-0{n}T00:00:00"), "what": "moved"} for n in (3, 1, 2)],
    }  # fmt: skip
    with engine.begin() as connection:
        for table, values in rows.items():
            for row in values:
                connection.execute(table.insert(), row)


def source(url: str, **more: Any) -> SqlSource:
    """The database as a source."""
    return SqlSource(Secret(url), **more)


def schema(url: str, **more: Any) -> Schema:
    """What the database is said to hold."""
    return finish(source(url, **more).schema())


def described(schema: Schema, name: str) -> ObjectSchema:
    """One object of a schema."""
    found = schema.object(name)
    assert found is not None, [o.name for o in schema.objects]
    return found


def by_id(url: str, object: str, **more: Any) -> dict[str, Record]:
    """The records of an object by their ids."""
    return {record.id: record for record in read_all(source(url, **more), object)}


def insert(engine: sa.Engine, table: Table, rows: Iterable[dict[str, Any]]) -> None:
    """Add rows."""
    with engine.begin() as connection:
        connection.execute(table.insert(), list(rows))
