"""What a database is said to hold: objects, fields, kinds, keys, links, owners, users, counts."""

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import mssql, mysql, postgresql

from adapters.protocols import Kind, Link, User
from adapters.sources import UnreadableError
from adapters.sources.sql import describe
from adapters.sources.sql.columns import column_of, kind_of, orderly, selected, text
from tests.sources.reading import read_all
from tests.sources.sql.shop import by_id, described, schema, source


@pytest.mark.promise("F-001")
@pytest.mark.promise("F-012")
def test_objects_and_counts(shop: str, engine: sa.Engine) -> None:
    """Every table and view of the database is an object with its count; the database's own tables are not."""
    with engine.begin() as connection:
        connection.execute(sa.text('CREATE VIEW "big ones" AS SELECT "CompanyID" FROM "Companies"'))
    found = {o.name: o.count for o in schema(shop).objects}
    assert found == {
        "Companies": 3, "big ones": 3, "contacts": 2, "history": 3, "log": 4, "order lines": 3, "shipments": 2,
        "users": 2,
    }  # fmt: skip
    assert all(o.method.startswith("COUNT(*)") and not o.incremental for o in schema(shop).objects)
    assert {o: len(read_all(source(shop), o)) for o in found} == found


@pytest.mark.promise("F-002")
def test_fields(shop: str) -> None:
    """A field's kind is that of its SQL type; what may be anything is told by its cells."""
    fields = {f.key: f for f in described(schema(shop), "Companies").fields}
    assert {key: field.kind for key, field in fields.items()} == {
        "CompanyID": "text", "Company Name": "text", "100% sure?": "boolean", "order": "number", "Revenue": "number",
        "Created": "datetime", "Seen": "datetime", "Founded": "date", "Opens": "time", "owner_id": "user",
        "Logo": "file", 'quo"ted': "text",
    }  # fmt: skip
    assert (fields["owner_id"].filled, fields["owner_id"].distinct, fields["owner_id"].samples) == (2, 2, ("1", "2"))
    assert fields["Revenue"].format == "."
    contact = {f.key: f.kind for f in described(schema(shop), "contacts").fields}
    assert contact == {
        "id": "text",
        "first_name": "text",
        "last_name": "text",
        "email": "email",
        "company": "reference",
    }


def test_identities_links_owners_titles(shop: str) -> None:
    """Keys are identities, foreign keys links, and names of columns give owners and titles."""
    said = schema(shop)
    companies, contacts = described(said, "Companies"), described(said, "contacts")
    lines, shipments = described(said, "order lines"), described(said, "shipments")
    assert [o.identity.id_field for o in (companies, contacts, lines)] == ["CompanyID", "id", "select|Part"]
    assert contacts.links == (Link(name="company", to=("Companies",), id_field="company"),)
    assert shipments.links == (Link(name="line", to=("order lines",), id_field="line|part"),)
    ids = by_id(shop, "order lines").keys()
    assert all(r.values["line|part"] in {*ids, ""} for r in read_all(source(shop), "shipments"))
    assert companies.owner_field == "owner_id"
    assert companies.links == (), "an owner is a user, not a link"
    assert (companies.title, contacts.title) == (("Company Name",), ("first_name", "last_name"))


@pytest.mark.promise("F-005")
def test_users(shop: str) -> None:
    """A table of users gives the users."""
    assert schema(shop).users == (
        User("1", "Ann Ames", "ann@shop.example"),
        User("2", "Bob Bell", "bob@shop.example"),
    )


def test_users_beyond_those_that_are_listed_are_told(shop: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No cap is silent: the owners among the others have to be matched by hand."""
    monkeypatch.setattr(describe, "USERS_MAX", 1)
    found = schema(shop)
    assert len(found.users) == 1
    (told,) = [f for f in found.findings if f.code == "users-left-out"]
    assert (told.object, "the first 1 are listed" in told.detail) == ("users", True)


def test_what_has_no_key_is_told(shop: str) -> None:
    """A table without a key is known by whole rows, its files cannot be asked for, and a finding says both."""
    found = {(f.code, f.object) for f in schema(shop).findings}
    assert {("no-key", "log"), ("files-left-out", "log")} <= found
    assert described(schema(shop), "log").field("proof") is None


def test_a_unique_index_is_a_key(url: str, engine: sa.Engine) -> None:
    """Where there is no primary key, the shortest unique one without gaps is the identity."""
    with engine.begin() as connection:
        for statement in (
            "CREATE TABLE things (code varchar(10) NOT NULL, name varchar(10), other varchar(10) NOT NULL)",
            "CREATE UNIQUE INDEX one ON things (code)",
            "CREATE UNIQUE INDEX two ON things (name)",
            "CREATE UNIQUE INDEX three ON things (code, other)",
            "INSERT INTO things VALUES ('a', NULL, 'b')",
        ):
            connection.execute(sa.text(statement))
    assert described(schema(url), "things").identity.id_field == "code"
    assert list(by_id(url, "things")) == ["a"]


def test_only_some(shop: str) -> None:
    """Options choose tables by name, with stars; a name that fits nothing is refused with what there is."""
    assert {o.name for o in schema(shop, options={"only": "Contacts, o*"}).objects} == {"contacts", "order lines"}
    with pytest.raises(UnreadableError, match="no table or view 'deals'; there are Companies, contacts"):
        schema(shop, options={"only": "deals"})
    with pytest.raises(UnreadableError, match="no schema 'other'"):
        schema(shop, options={"schema": "other"})
    with pytest.raises(UnreadableError, match="no option 'tables'"):
        source(shop, options={"tables": "x"})


def test_schemas_of_postgresql(database: str) -> None:
    """All schemas but the system's are read; a table outside the default one has its schema's name; parts are not."""
    engine = sa.create_engine(database.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        for statement in (
            "CREATE SCHEMA crm",
            "CREATE TABLE base (id int PRIMARY KEY, name text)",
            "CREATE TABLE crm.leads (id int PRIMARY KEY, base_id int REFERENCES base, up int REFERENCES crm.leads)",
            "CREATE TABLE crm.parts (id int, day date) PARTITION BY RANGE (day)",
            "CREATE TABLE crm.part1 PARTITION OF crm.parts FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')",
            "INSERT INTO crm.parts VALUES (1, '2025-05-05')",
            "CREATE MATERIALIZED VIEW crm.sums AS SELECT count(*) AS n FROM base",
            "INSERT INTO base VALUES (1, 'x')",
            "INSERT INTO crm.leads VALUES (1, 1, NULL)",
        ):
            connection.execute(sa.text(statement))
    engine.dispose()
    said = schema(database)
    assert {o.name: o.count for o in said.objects} == {"base": 1, "crm.leads": 1, "crm.parts": 1, "crm.sums": 1}
    assert {link.name: link.to for link in described(said, "crm.leads").links} == {
        "base": ("base",),
        "up": ("crm.leads",),
    }
    assert [o.name for o in schema(database, options={"schema": "crm", "only": "crm.leads"}).objects] == ["crm.leads"]


def test_types_of_postgresql(database: str) -> None:
    """What a driver would refuse or round is read as the server writes it."""
    engine = sa.create_engine(database.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        for statement in (
            "CREATE TYPE mood AS ENUM ('sad', 'glad')",
            """CREATE TABLE odd (id uuid PRIMARY KEY, m mood, tags text[], n int[], j jsonb, far timestamp,
                 gone timestamptz, span interval, cash money, range int4range, net inet, bits bit(3), tz timetz,
                 bc date, nan numeric, fixed char(5))""",
            """INSERT INTO odd VALUES ('2b7f0c3e-0000-4000-8000-000000000001', 'glad', '{a,"b, c",NULL}', '{1,2}',
                 '{"big": 12345678901234567890.123}', 'infinity', '12025-01-01 00:00:00+00', '1 hour 5 minutes', 12.5,
                 '[1,5)', '10.0.0.1', B'101', '10:00+02', '0044-03-15 BC', 'NaN', 'ab')""",
        ):
            connection.execute(sa.text(statement))
    engine.dispose()
    said = described(schema(database), "odd")
    kinds = {f.key: f.kind for f in said.fields}
    assert (kinds["m"], kinds["tags"], kinds["span"], kinds["cash"]) == ("enum", "multienum", "duration", "money")
    moods, tags = said.field("m"), said.field("tags")
    assert moods is not None
    assert [o.label for o in moods.options] == ["sad", "glad"]
    assert tags is not None
    assert (tags.format, [o.label for o in tags.options]) == ("json", ["a", "b, c"])
    (record,) = read_all(source(database), "odd")
    assert record.values == {
        "id": "2b7f0c3e-0000-4000-8000-000000000001", "m": "glad", "tags": '["a","b, c"]', "n": '["1","2"]',
        "j": '{"big": 12345678901234567890.123}', "far": "infinity", "gone": "12025-01-01 00:00:00+00",
        "span": "PT1H5M", "cash": record.values["cash"], "range": "[1,5)", "net": "10.0.0.1/32", "bits": "101",
        "tz": "10:00:00+02", "bc": "0044-03-15 BC", "nan": "NaN", "fixed": "ab",
    }  # fmt: skip
    assert "12.50" in record.values["cash"]


def test_sqlite_holds_anything_anywhere(tmp_path: object) -> None:
    """Values that do not fit their column, text that is no UTF-8 and keys with gaps are read and told."""
    url = f"sqlite:///{tmp_path}/odd.db"
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        for statement in (
            "CREATE TABLE odd (k TEXT PRIMARY KEY, n INTEGER, d DATETIME, b BOOLEAN, deleted_at TEXT, x, s DATE)",
            "INSERT INTO odd VALUES ('a', 'n/a', 1741975200, 'maybe', '', x'00ff', '2025-01-01')",
            "INSERT INTO odd VALUES (NULL, 1.5, 1741975201, 1, '2025-01-01', 7, '2025-01-02')",
            "INSERT INTO odd VALUES (NULL, 2, 1741975202, 0, NULL, CAST(x'4dfc6c6c6572' AS TEXT), NULL)",
        ):
            connection.execute(sa.text(statement))
    engine.dispose()
    said = schema(url)
    records = read_all(source(url), "odd")
    assert [r.id for r in records] == ["", "", "a"]
    assert [r.values["n"] for r in records] == ["1.5", "2", "n/a"]
    assert [r.values["b"] for r in records] == ["true", "false", "maybe"]
    assert [r.values["x"] for r in records] == ["7", "M\\xfcller", "AP8="]
    kinds = {f.key: f.kind for f in described(said, "odd").fields}
    assert (kinds["d"], kinds["s"]) == ("number", "date")
    assert {f.code for f in said.findings} == {"undecodable-text", "missing-ids", "dates-as-numbers", "looks-deleted"}


@pytest.mark.parametrize(
    ("type_", "kind"),
    [
        (mssql.BIT(), "boolean"), (mssql.MONEY(), "money"), (mssql.DATETIMEOFFSET(), "datetime"),
        (mssql.UNIQUEIDENTIFIER(), "text"), (mssql.IMAGE(), "file"), (mssql.VARBINARY(None), "file"),
        (mssql.ROWVERSION(), "text"), (mssql.BINARY(8), "text"), (mssql.XML(), None), (mssql.NVARCHAR(), None),
        (mysql.TINYINT(display_width=1), "boolean"), (mysql.TINYINT(), "number"), (mysql.BIT(1), "boolean"),
        (mysql.SET("a", "b"), "multienum"), (mysql.ENUM("a"), "enum"), (mysql.LONGBLOB(), "file"),
        (mysql.DATETIME(), "datetime"), (mysql.YEAR(), None), (mysql.JSON(), "longtext"),
        (postgresql.INTERVAL(), "duration"), (postgresql.BYTEA(), "file"), (sa.types.NullType(), None),
    ],
    ids=str,
)  # fmt: skip
def test_kinds_of_types(type_: sa.types.TypeEngine[object], kind: Kind | None) -> None:
    """Each dialect's own types have a kind, or are left to their cells."""
    assert kind_of(type_) == kind


def test_values_of_other_drivers() -> None:
    """Bits, sets and times of day as MySQL's driver gives them, and SQL Server's offsets."""
    from datetime import UTC, datetime, timedelta, timezone

    def written(type_: object, value: object) -> str:
        return text(value, column_of({"name": "x", "type": type_}))

    assert written(mysql.BIT(1), b"\x01") == "true"
    assert written(mysql.SET("a", "b"), {"b", "a"}) == "a,b"
    assert written(mysql.TIME(), timedelta(hours=9, minutes=5)) == "09:05:00"
    assert written(mysql.TIME(), -timedelta(hours=100, seconds=1)) == "-100:00:01"
    moment = datetime(2025, 3, 14, 13, tzinfo=timezone(timedelta(hours=-5)))
    assert written(mssql.DATETIMEOFFSET(), moment) == "2025-03-14T13:00:00-05:00"
    assert written(mssql.DATETIMEOFFSET(), moment.astimezone(UTC)) == "2025-03-14T18:00:00Z"


def test_statements_of_sql_server() -> None:
    """What the driver could not give is asked for as text, and sorting tells apart what only case tells apart."""
    columns = tuple(
        column_of({"name": name, "type": type_})
        for name, type_ in (("select", mssql.NVARCHAR(20)), ("x", mssql.XML()), ("f", mssql.IMAGE()))
    )
    statement = sa.select(*selected(columns, "mssql")).order_by(orderly(columns[0], "mssql")).limit(5)
    written = " ".join(str(statement.compile(dialect=mssql.dialect(), compile_kwargs={"literal_binds": True})).split())
    assert written == (
        "SELECT TOP 5 [select] AS c0, CAST([x] AS NVARCHAR(max)) AS c1, "
        "CASE WHEN ([f] IS NULL) THEN 0 ELSE 1 END AS c2 "
        "ORDER BY CAST([select] AS NVARCHAR(max)) COLLATE Latin1_General_100_BIN2"
    )
