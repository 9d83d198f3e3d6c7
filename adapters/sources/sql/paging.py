"""Pages of a table, in memory that does not grow with it, and cursors that outlive the process.

A table with a key that compares as it is sorted is asked for page by page, "after this key": rows that are inserted or
deleted meanwhile move nothing. Any other table or view is one open query, sorted so that equal rows stand together; its
cursor names the last row, and whoever goes on from it without the query asks again and skips up to that row.
"""

import hashlib
from collections.abc import Generator
from contextlib import closing, suppress
from typing import Any

import msgspec
from sqlalchemy import Connection, Result, Select, select, table as from_table
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.sql.elements import quoted_name

from adapters.protocols import Page, Record
from adapters.sources import UnreadableError
from adapters.sources.sql.columns import orderly, raw, selected, text
from adapters.sources.sql.files import reference
from adapters.sources.sql.keys import after, is_pageable, joined, packed, unpacked
from adapters.sources.sql.layout import Place
from adapters.sources.sql.matching import Object
from adapters.sources.sql.readonly import Database

PAGE_RECORDS = 500
"""Records a page, at most."""

PAGE_CHARACTERS = 4 << 20
"""A page ends early once its values have so many characters."""

_BUFFERED_ROWS = 500


class Row(msgspec.Struct, frozen=True):
    """One row: the values of its key as the driver gave them, and the record."""

    key: tuple[Any, ...]
    record: Record


class _Place(msgspec.Struct, frozen=True):
    """Where an open query stands: after the `nth` row with this mark (its id, or a digest of all that it holds)."""

    after: str
    nth: int


class _Open:
    """A query that is open from page to page; dropped, it closes."""

    def __init__(self, connection: Connection, rows: Generator[Row, None, None]) -> None:
        self.connection = connection
        self.rows = rows
        self.place: _Place | None = None

    def __del__(self) -> None:
        self.close()

    def close(self) -> None:
        """End the query and its connection, if they have not ended by themselves."""
        with suppress(SQLAlchemyError):
            self.rows.close()
        with suppress(SQLAlchemyError):
            self.connection.close()

    def take(self) -> Row | None:
        """The next row; remembers where that leaves the query."""
        row = next(self.rows, None)
        if row is not None:
            mark = row.record.id or _digest(row.record)
            nth = self.place.nth + 1 if self.place and self.place.after == mark else 1
            self.place = _Place(mark, nth)
        return row


class Reader:
    """Reads one object of a database."""

    def __init__(self, database: Database, object: Object) -> None:
        self._database = database
        self._object = object
        self._key = tuple(object.table.column(name) for name in object.table.key)
        self._dialect = database.engine.dialect.name
        self._open: _Open | None = None

    def page(self, at: str | None) -> Page:
        """The records after a cursor."""
        return self._after(at) if is_pageable(self._key, self._dialect) else self._onward(at)

    def rows(self, connection: Connection, *, ordered: bool = False) -> Generator[Row, None, None]:
        """All rows as they come, or in the order of pages; a query that is read while it runs."""
        statement = self._statement()
        if ordered:
            columns = self._key or self._object.columns
            statement = statement.order_by(*(orderly(each, self._dialect) for each in columns))
        return self._rows(connection, statement)

    def close(self) -> None:
        """Let go of a query that is open."""
        if self._open is not None:
            self._open.close()
            self._open = None

    def _after(self, at: str | None) -> Page:
        statement = self._statement().order_by(*map(raw, self._key)).limit(PAGE_RECORDS)
        if at is not None:
            statement = statement.where(after(unpacked(at, self._key, self._object.name), self._key, self._dialect))
        records: list[Record] = []
        characters = 0
        last: tuple[Any, ...] = ()
        doing = f"reading {self._object.table.name}"
        with self._database.reading(doing) as connection, closing(self._rows(connection, statement)) as rows:
            for row in rows:
                records.append(row.record)
                last = row.key
                characters += _size(row.record)
                if characters >= PAGE_CHARACTERS:
                    break
        whole = len(records) < PAGE_RECORDS and characters < PAGE_CHARACTERS
        return Page(records=tuple(records), next=None if whole else packed(last))

    def _onward(self, at: str | None) -> Page:
        place = _place(at, self._object.name)
        if self._open is None or place is None or self._open.place != place:
            self.close()
            self._open = self._started(place)
        records: list[Record] = []
        characters = 0
        try:
            with self._database.saying(f"reading {self._object.table.name}"):
                while len(records) < PAGE_RECORDS and characters < PAGE_CHARACTERS:
                    row = self._open.take()
                    if row is None:
                        self.close()
                        return Page(records=tuple(records))
                    records.append(row.record)
                    characters += _size(row.record)
        except BaseException:
            self.close()
            raise
        assert self._open is not None and self._open.place is not None  # noqa: S101
        return Page(records=tuple(records), next=msgspec.json.encode(self._open.place).decode())

    def _started(self, place: _Place | None) -> _Open:
        """The query from its start, or from right after a place. Raises `UnreadableError` where that is gone."""
        doing = f"reading {self._object.table.name}"
        connection = self._database.connected(doing)
        with self._database.saying(doing):
            found = _Open(connection, self.rows(connection, ordered=True))
            while place is not None and found.place != place:
                if found.take() is None:
                    raise UnreadableError(
                        f"{self._object.name}: the row after which to go on is not there any more; read it again from "
                        "the start."
                    )
        return found

    def _statement(self) -> Select[Any]:
        columns = selected(self._object.columns, self._dialect)
        keys = [raw(each).label(f"k{place}") for place, each in enumerate(self._key)]
        return select(*columns, *keys).select_from(table_of(self._object.table.place))

    def _rows(self, connection: Connection, statement: Select[Any]) -> Generator[Row, None, None]:
        streaming = connection.execution_options(stream_results=True, max_row_buffer=_BUFFERED_ROWS)
        # no generator of ours may hold the reader that holds it: a source that is dropped lets go at once
        return _records(self._object, streaming.execute(statement))


def _records(object: Object, result: Result[Any]) -> Generator[Row, None, None]:
    try:
        for number, row in enumerate(result, start=1):
            yield _record(object, row, number)
    finally:
        result.close()


def _record(object: Object, row: Any, number: int) -> Row:
    columns = object.columns
    texts = {each.name: text(value, each) for each, value in zip(columns, row, strict=False)}
    id = joined([texts[name] for name in object.table.key]) if object.table.key else ""
    values = {
        each.key: (reference(object.table.name, each.name, id) if texts[each.name] == "1" else "")
        if each.file
        else texts[each.name]
        for each in columns
    }
    for derived in object.derived:
        values[derived.key] = joined([texts[name] for name in derived.columns])
    where = f"{object.table.name} {id}" if id else f"{object.table.name}, row {number}"
    return Row(tuple(row[len(columns) :]), Record(values=values, id=id, where=where))


def table_of(place: Place) -> Any:
    """The table as SQL names it, always in quotes."""
    schema, name = place
    return from_table(
        quoted_name(name, quote=True), schema=quoted_name(schema, quote=True) if schema is not None else None
    )


def _size(record: Record) -> int:
    return sum(map(len, record.values.values()))


def _digest(record: Record) -> str:
    return hashlib.sha256(msgspec.json.encode(record.values)).hexdigest()


def _place(at: str | None, name: str) -> _Place | None:
    if at is None:
        return None
    try:
        return msgspec.json.decode(at, type=_Place)
    except msgspec.MsgspecError:
        raise UnreadableError(f"{name}: {at!r} is no place to go on from; read it again from the start.") from None
