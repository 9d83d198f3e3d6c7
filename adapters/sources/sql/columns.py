"""A column of a database: the kind of field that it is, how it is selected, and the text of its values.

The driver's own values are taken, not SQLAlchemy's: a column whose values do not fit its type (any of SQLite's, dates
of the year 0) is then still text that can be read. What a driver cannot give exactly, the database itself writes as
text.
"""

import base64
import re
import uuid
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import ARRAY, JSON, ColumnElement, case, cast, column, literal, types
from sqlalchemy.dialects import mssql, mysql
from sqlalchemy.sql.elements import quoted_name

from adapters.protocols import Json, Kind
from adapters.sources import cells

_SHORT_BYTES = 16
"""Binary columns of a fixed length up to this hold ids and versions, not files."""

_MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?(?:\+00)?")

_DRIVERS_OWN = (types.String, types.Integer, types.Numeric, types.Boolean, types.Uuid, types.LargeBinary, ARRAY)
"""Types of PostgreSQL that the driver gives exactly; all others are selected as the text that the server writes."""


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """One column: its name in the database, the key of its field, its SQL type.

    kind: None where the cells decide. options: those that the type itself lists.
    """

    name: str
    key: str
    type: Any
    kind: Kind | None
    nullable: bool = True
    options: tuple[str, ...] = ()

    @property
    def file(self) -> bool:
        """Whether its values are files."""
        return self.kind == "file"


def column_of(reflected: Any) -> Column:
    """The column that an inspector described."""
    type_ = reflected["type"]
    name = str(reflected["name"])
    return Column(
        name=name, key=name, type=type_, kind=kind_of(type_), nullable=bool(reflected.get("nullable", True)),
        options=tuple(map(str, getattr(type_, "enums", None) or getattr(type_, "values", None) or ())),
    )  # fmt: skip


def kind_of(type_: Any) -> Kind | None:  # noqa: C901 - a table, in the order in which types are told apart
    """The kind of field of a SQL type; None for text, in which anything may stand."""
    name = type(type_).__name__.upper()
    if isinstance(type_, types.Enum):
        return "enum"
    if isinstance(type_, ARRAY | mysql.SET):
        return "multienum"
    if isinstance(type_, mssql.TIMESTAMP) or _is_short_binary(type_):
        return "text"
    if isinstance(type_, types.Boolean) or _is_bit(type_):
        return "boolean"
    if "MONEY" in name:
        return "money"
    if isinstance(type_, types.Integer | types.Numeric):
        return "number"
    if isinstance(type_, types.DateTime):
        return "datetime"
    if isinstance(type_, types.Date):
        return "date"
    if isinstance(type_, types.Time):
        return "time"
    if isinstance(type_, types.Interval) or name == "INTERVAL":
        return "duration"
    if _is_binary(type_):
        return "file"
    if isinstance(type_, types.Uuid):
        return "text"
    return "longtext" if isinstance(type_, JSON) else None


def selected(columns: tuple[Column, ...], dialect: str) -> list[ColumnElement[Any]]:
    """What is selected for each column. A file is not: only whether there is one (1 or 0)."""
    return [_expression(each, dialect).label(f"c{place}") for place, each in enumerate(columns)]


def raw(each: Column) -> ColumnElement[Any]:
    """The column itself, its name always in quotes, its values as the driver gives them."""
    return column(quoted_name(each.name, quote=True))


def orderly(each: Column, dialect: str) -> ColumnElement[Any]:
    """What rows are sorted by so that no two different values of the column are taken for equal."""
    expression = _expression(each, dialect)
    texts = isinstance(each.type, types.String)
    if dialect == "postgresql":
        return expression.collate("C") if texts else cast(expression, types.Text).collate("C")
    if dialect == "sqlite":
        return expression.collate("BINARY")
    if dialect == "mssql":
        return cast(expression, mssql.NVARCHAR()).collate("Latin1_General_100_BIN2")
    return cast(expression, types.LargeBinary) if dialect in ("mysql", "mariadb") else expression


def text(value: Any, each: Column) -> str:
    """The text of one value: nothing for null, numbers exact, moments in ISO form, naive ones left naive."""
    if value is None:
        return ""
    if each.kind == "boolean" and (value in (0, 1) or value in (b"\x00", b"\x01")):
        return "true" if value in (1, b"\x01") else "false"
    if isinstance(value, str) and isinstance(each.type, types.CHAR | types.NCHAR):
        return value.rstrip(" ")  # the padding of a fixed width is no part of the value
    if isinstance(value, str):
        return _iso(value) if each.kind == "datetime" else value
    if isinstance(value, Decimal):
        return format(value, "f") if value.is_finite() else str(value)
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return _clock(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return base64.b64encode(bytes(value)).decode()
    if isinstance(value, list | tuple):
        return cells.text(_plain(value))
    if isinstance(value, set | frozenset):
        return ",".join(sorted(map(str, value)))
    return cells.text(value) if isinstance(value, int | float | dict) else str(value)


def typed(word: str, each: Column, dialect: str) -> Any:
    """The value whose text is `word`, to compare the column with. Raises ValueError where it cannot be one."""
    if isinstance(each.type, types.Integer):
        return int(word)
    if dialect == "sqlite":
        return word
    if isinstance(each.type, types.Numeric):
        return Decimal(word)
    if isinstance(each.type, types.Uuid):
        return uuid.UUID(word)
    if isinstance(each.type, types.DateTime):
        return datetime.fromisoformat(word)
    if isinstance(each.type, types.Date):
        return date.fromisoformat(word)
    return word


def bound(value: Any, each: Column, dialect: str) -> ColumnElement[Any]:
    """A value as a parameter that the database compares with the column by the column's own type."""
    if isinstance(value, str) and isinstance(each.type, types.Uuid):
        value = uuid.UUID(value)
    return literal(value, types.NullType() if dialect == "sqlite" else each.type)


def _expression(each: Column, dialect: str) -> ColumnElement[Any]:
    if each.file:
        return case((raw(each).is_(None), 0), else_=1)
    if dialect == "postgresql" and (not isinstance(each.type, _DRIVERS_OWN) or isinstance(each.type, types.Enum)):
        return cast(raw(each), types.Text)
    if dialect == "mssql" and isinstance(each.type, types.NullType | mssql.SQL_VARIANT | mssql.XML):
        return cast(raw(each), mssql.NVARCHAR())
    return raw(each)


def _is_binary(type_: Any) -> bool:
    try:
        return type_.python_type is bytes
    except NotImplementedError:
        return False


def _is_short_binary(type_: Any) -> bool:
    fixed = isinstance(type_, types.BINARY) and not isinstance(type_, types.VARBINARY)
    return fixed and (type_.length or 1) <= _SHORT_BYTES


def _is_bit(type_: Any) -> bool:
    if isinstance(type_, mysql.TINYINT):
        return bool(type_.display_width == 1)
    return isinstance(type_, mysql.BIT) and (type_.length or 1) == 1


def _iso(written: str) -> str:
    """A moment as PostgreSQL and SQLite write it, in ISO form; anything else (infinity, a text) as it stands."""
    if not _MOMENT.fullmatch(written):
        return written
    return f"{written[:10]}T{written[11:].replace('+00', 'Z')}"


def _clock(span: timedelta) -> str:
    seconds = abs(span) // timedelta(seconds=1)
    fraction = f".{abs(span).microseconds:06d}" if span.microseconds else ""
    sign = "-" if span < timedelta() else ""
    return f"{sign}{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{fraction}"


def _plain(value: Any) -> Json:
    """A list as JSON: its values as texts, lists in it as lists; nothing (NULL) is left out."""
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value if item is not None]
    return value if isinstance(value, str) else text(value, _ELEMENT)


_ELEMENT = Column(name="", key="", type=types.NullType(), kind=None)
