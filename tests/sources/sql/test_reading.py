"""What is read: values as exact text, keys, pages, and places to go on from."""

import json
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from adapters.protocols import Source
from adapters.sources import UnreadableError
from adapters.sources.sql import paging
from adapters.sources.values import parse
from tests.sources.reading import finish, read_all
from tests.sources.sql.shop import CONTACTS, LOG, by_id, described, insert, schema, source


def test_it_is_a_source(shop: str) -> None:
    """The adapter has the shape of a source."""
    shape: Source = source(shop)
    assert shape is not None


@pytest.mark.promise("F-029")
def test_values_are_exact_text(shop: str, engine: sa.Engine) -> None:
    """Numbers keep every digit, moments are ISO, naive ones stay naive, nothing is empty text."""
    values = by_id(shop, "Companies")["C-1"].values
    exact = engine.dialect.name == "postgresql"
    assert {k: v for k, v in values.items() if k not in ("Logo", "Revenue", "Seen")} == {
        "CompanyID": "C-1", "Company Name": "Müller & Söhne", "100% sure?": "true", "order": "7",
        "Created": "2025-03-14T18:00:00.000000" if not exact else "2025-03-14T18:00:00",
        "Founded": "1999-12-31", "Opens": "09:15:00.000000" if not exact else "09:15:00", "owner_id": "1",
        'quo"ted': 'a "b" \\ c',
    }  # fmt: skip
    if exact:  # SQLite has neither exact decimals nor zones
        assert values["Revenue"] == "12345678901234567890.1234567890"
        assert values["Seen"] == "2025-03-14T18:00:00.5Z"
    assert set(by_id(shop, "Companies")["c/3"].values.values()) == {"c/3", "日本", "2", ""}
    assert by_id(shop, "Companies")["C-2"].values["100% sure?"] == "false"


def test_what_is_read_can_be_understood(shop: str) -> None:
    """By the kind and format of its field each cell of every record gives a value, or nothing."""
    said = schema(shop)
    for object in said.objects:
        for record in read_all(source(shop), object.name):
            for field in object.fields:
                parsed = parse(field, record.values[field.key], ZoneInfo("America/New_York"))
                assert (parsed.value is None) == (record.values[field.key] == ""), (object.name, field.key)
    moment = described(said, "Companies").field("Created")
    assert moment is not None
    assert parse(moment, by_id(shop, "Companies")["C-1"].values["Created"], ZoneInfo("America/New_York")).value == (
        "2025-03-14T22:00:00Z"
    )


@pytest.mark.promise("F-026")
def test_ids(shop: str) -> None:
    """A key is the id; one of several columns is joined so that no two can be taken for one another."""
    assert by_id(shop, "Companies").keys() == {"C-1", "C-2", "c/3"}
    assert by_id(shop, "contacts").keys() == {"2", "5000000000"}
    assert by_id(shop, "order lines").keys() == {"1|a", "1|a%7Cb", "2|50%25"}
    assert all(record.values["select|Part"] == id for id, record in by_id(shop, "order lines").items())
    assert by_id(shop, "shipments")["1"].values["line|part"] == "1|a%7Cb"
    assert by_id(shop, "shipments")["2"].values["line|part"] == ""


def test_rows_without_a_key(shop: str) -> None:
    """Equal rows stay as many as there are; they have no id, and are known by all that they hold."""
    rows = read_all(source(shop), "log")
    assert sorted((r.values["said"], r.values["by"]) for r in rows) == [
        ("bye", ""), ("hello", "Ann"), ("hello", "ann"), ("hello", "ann"),
    ]  # fmt: skip
    assert {r.id for r in rows} == {""}
    assert described(schema(shop), "log").identity.natural == (("said", "by"), ("said",))


def pages(source: Any, object: str, at: str | None = None) -> list[Any]:
    """The pages of an object, from a cursor on."""
    found = [finish(source.read(object, None, at))]
    while found[-1].next is not None:
        found.append(finish(source.read(object, None, found[-1].next)))
    return found


@pytest.mark.promise("F-028")
@pytest.mark.parametrize("object", ["Companies", "contacts", "order lines", "log", "history"])
def test_a_page_is_gone_on_from_by_another_process(monkeypatch: Any, shop: str, object: str) -> None:
    """From any cursor a new source gives the same rest, whatever kind of key there is."""
    monkeypatch.setattr(paging, "PAGE_RECORDS", 1)
    whole = pages(source(shop), object)
    assert len(whole) > 2
    for number, page in enumerate(whole[:-1], start=1):
        assert json.loads(page.next or "")
        assert pages(source(shop), object, page.next) == whole[number:]


def test_the_same_source_goes_back(monkeypatch: Any, shop: str) -> None:
    """A cursor that was used already serves again."""
    monkeypatch.setattr(paging, "PAGE_RECORDS", 1)
    one = source(shop)
    whole = pages(one, "log")
    assert pages(one, "log", whole[0].next) == whole[1:]
    assert pages(one, "log") == whole


def test_a_page_ends_early_when_it_is_large(monkeypatch: Any, shop: str) -> None:
    """Long texts make short pages, and nothing is lost between them."""
    monkeypatch.setattr(paging, "PAGE_CHARACTERS", 10)
    for object, count in (("Companies", 3), ("order lines", 3), ("log", 3)):
        found = pages(source(shop), object)
        assert len(found) >= count
        assert [r for page in found for r in page.records] == read_all(source(shop), object)


@pytest.mark.promise("F-028")
def test_rows_that_come_meanwhile_move_nothing(monkeypatch: Any, shop: str, engine: sa.Engine) -> None:
    """While an object is read page by page, rows are added before and behind: each old one comes once."""
    monkeypatch.setattr(paging, "PAGE_RECORDS", 2)
    insert(engine, CONTACTS, [{"id": n} for n in range(10, 20)])
    old = by_id(shop, "contacts").keys()
    one, seen, at, number = source(shop), [], None, 0
    while True:
        page = finish(one.read("contacts", None, at))
        seen += [record.id for record in page.records]
        number += 1
        if number <= 3:
            insert(engine, CONTACTS, [{"id": 100 - number}, {"id": 200 + number}, {"id": -number}])
            with engine.begin() as connection:
                connection.execute(CONTACTS.delete().where(CONTACTS.c.id == int(page.records[0].id)))
        at = page.next
        if at is None:
            break
    assert [id for id in seen if id in old] == sorted(old, key=int)
    assert len(seen) == len(set(seen))


def test_rows_without_a_key_that_come_meanwhile(monkeypatch: Any, shop: str, engine: sa.Engine) -> None:
    """After a stop, a table without a key goes on behind the last row, whatever was added before it."""
    monkeypatch.setattr(paging, "PAGE_RECORDS", 2)
    whole = [r.values["said"] for r in read_all(source(shop), "log")]
    first = finish(source(shop).read("log", None, None))
    insert(engine, LOG, [{"said": "aaa"}, {"said": "zzz"}])
    rest = [r.values["said"] for page in pages(source(shop), "log", first.next) for r in page.records]
    assert [r.values["said"] for r in first.records] + rest == [*whole, "zzz"]


def test_a_place_that_is_gone(monkeypatch: Any, shop: str, engine: sa.Engine) -> None:
    """Where the last row was deleted, or the cursor is none of this table, the reader is told to begin again."""
    monkeypatch.setattr(paging, "PAGE_RECORDS", 1)
    first = finish(source(shop).read("log", None, None))
    with engine.begin() as connection:
        connection.execute(LOG.delete())
    for object, at in (("log", first.next), ("log", "nonsense"), ("contacts", "nonsense"), ("contacts", "[1,2]")):
        with pytest.raises(UnreadableError, match="read it again from the start"):
            finish(source(shop).read(object, None, at))


def test_an_object_that_is_not_there(shop: str) -> None:
    """Asking for it is a fault of the caller."""
    with pytest.raises(ValueError, match="has no object 'deals'"):
        finish(source(shop).read("deals", None, None))
