"""Keys of rows: as the id of a record, as a cursor that outlives the process, as a condition "after this row"."""

import base64
import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, and_, or_, types

from adapters.protocols import Json
from adapters.sources import UnreadableError
from adapters.sources.sql.columns import Column, bound, raw, typed

KEY_JOINT = "|"
"""Stands between the parts of a key of several columns; in a part it is written %7C, and % is %25."""

_COMPARED = (types.Integer, types.String, types.Uuid, types.Numeric)
_NOT_COMPARED = (types.Float, types.Enum)


def joined(parts: Sequence[str]) -> str:
    """The id that the texts of a key's columns make; empty where one of them is."""
    if len(parts) == 1:
        return parts[0]
    if not all(parts):
        return ""
    return KEY_JOINT.join(part.replace("%", "%25").replace(KEY_JOINT, "%7C") for part in parts)


def condition(id: str, key: Sequence[Column], dialect: str) -> ColumnElement[bool]:
    """What holds for the row of an id alone. Raises ValueError for an id that none can have."""
    parts = [id]
    if len(key) > 1:
        parts = [part.replace("%7C", KEY_JOINT).replace("%25", "%") for part in id.split(KEY_JOINT)]
    if len(parts) != len(key):
        raise ValueError(id)
    values = [typed(part, column, dialect) for part, column in zip(parts, key, strict=True)]
    return and_(*(raw(each) == bound(value, each, dialect) for each, value in zip(key, values, strict=True)))


def is_pageable(key: Sequence[Column], dialect: str) -> bool:
    """Whether rows can be asked for by "after this key": no part may be missing, and all compare as they are sorted.

    In SQLite a key may hold NULLs unless it says NOT NULL or is the one INTEGER PRIMARY KEY.
    """
    if not key or not all(
        isinstance(each.type, _COMPARED) and not isinstance(each.type, _NOT_COMPARED) for each in key
    ):
        return False
    whole = len(key) == 1 and type(key[0].type) is types.INTEGER
    return dialect != "sqlite" or whole or not any(each.nullable for each in key)


def after(values: Sequence[Any], key: Sequence[Column], dialect: str) -> ColumnElement[bool]:
    """What holds for the rows that come after a key, in its order."""
    steps = []
    for place, each in enumerate(key):
        same = [raw(key[n]) == bound(values[n], key[n], dialect) for n in range(place)]
        steps.append(and_(*same, raw(each) > bound(values[place], each, dialect)))
    return or_(*steps)


def packed(values: Sequence[Any]) -> str:
    """A key as the text of a cursor."""
    return msgspec.json.encode([_packed(value) for value in values]).decode()


def unpacked(cursor: str, key: Sequence[Column], table: str) -> list[Any]:
    """The key of a cursor. Raises `UnreadableError` for a text that is none of this table's."""
    try:
        found = msgspec.json.decode(cursor, type=list[Any])
        values = [_unpacked(value) for value in found]
    except (msgspec.MsgspecError, ValueError, ArithmeticError, KeyError):
        values = []
    if len(values) != len(key):
        raise UnreadableError(
            f"{table}: {cursor!r} is no place to go on from, its key is another one now; read it again from the start."
        )
    return values


def _packed(value: Any) -> Json:
    if isinstance(value, Decimal):
        return {"number": str(value)}
    if isinstance(value, uuid.UUID):
        return {"uuid": str(value)}
    return {"bytes": base64.b64encode(value).decode()} if isinstance(value, bytes) else value


def _unpacked(value: Json) -> Any:
    if not isinstance(value, dict):
        return value
    if "bytes" in value:
        return base64.b64decode(value["bytes"])
    return Decimal(value["number"]) if "number" in value else uuid.UUID(value["uuid"])
