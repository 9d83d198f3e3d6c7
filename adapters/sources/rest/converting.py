"""One JSON record to the texts of its fields, by the table's columns. What does not fit is kept as it came."""

import html
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import msgspec

from adapters.protocols import Fields, Json, Record
from adapters.sources.cells import text
from adapters.sources.rest.addresses import is_signed, unsigned
from adapters.sources.rest.table import Column, Convert, Endpoint, Learned, place

_WHOLE = re.compile(r"-?[0-9]+")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

SIGNED = "again:"
"""Begins the reference of a file whose address is signed, and so is asked for again: "again:PATH/ID#PLACE"."""


def record(
    endpoint: Endpoint, columns: Sequence[Column], extra: Sequence[str], row: dict[str, Json], learned: Learned
) -> Record:
    """The record of a row. `extra` are the row's keys that no column reads: custom fields by their own names."""
    id = text(place(row, endpoint.id))
    values: Fields = {endpoint.id_label: id} if endpoint.id_label else {}
    for column in columns:
        values[column.key or column.label] = value(column, row, learned, id)
    values |= {key: text(row.get(key)) for key in extra}
    merged = text(place(row, endpoint.merged)) if endpoint.merged else ""
    gone = bool(merged) or bool(endpoint.deleted and place(row, endpoint.deleted))
    raw = _without_signatures(columns, row)
    return Record(values=values, id=id, where=f"{endpoint.path}/{id}", raw=raw, deleted=gone, merged=merged)


def value(column: Column, row: dict[str, Json], learned: Learned, id: str = "") -> str:
    """The text of one field."""
    if column.work is not None:
        return column.work(row, learned)
    found = place(row, column.at)
    if column.convert == "file" and isinstance(found, str) and is_signed(found):
        return f"{SIGNED}{id}#{column.at}"
    return converted(found, column.convert)


def converted(found: Json, convert: Convert) -> str:
    """The text of a value, converted where it can be; else as it came."""
    match convert:
        case "epoch":
            return moment(found, 1)
        case "epoch-ms":
            return moment(found, 1000)
        case "cents":
            return hundredths(found)
        case "unescape":
            return html.unescape(text(found))
        case "list":
            return listed(found)
    return text(found)


def moment(found: Json, parts: int) -> str:
    """A count since 1970, `parts` of it a second, as RFC 3339 in UTC; what is no such count as it came."""
    said = text(found)
    try:
        count = float(said)
        if isinstance(found, bool) or not said:
            return said
        instant = _EPOCH + timedelta(seconds=count / parts)
    except (ValueError, OverflowError):
        return said
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ").zfill(20)


def hundredths(found: Json) -> str:
    """Whole cents as a decimal with two places; what is no whole number as it came."""
    if isinstance(found, str) and _WHOLE.fullmatch(found.strip()):
        found = int(found)
    if isinstance(found, bool) or not isinstance(found, int):
        return text(found)
    return str((Decimal(found) / 100).quantize(Decimal("0.01")))


def listed(found: Json) -> str:
    """A list as JSON, each entry as text, exactly as given; nothing for an empty one; a single value as a list."""
    if found in (None, "", []):
        return ""
    entries = found if isinstance(found, list) else [found]
    return msgspec.json.encode([text(entry) for entry in entries]).decode()


def _without_signatures(columns: Sequence[Column], row: dict[str, Json]) -> dict[str, Json]:
    """The row as it came, but for the signatures in addresses of files: they are secrets."""
    out = row
    for column in columns:
        found = row.get(column.at)
        if column.convert == "file" and isinstance(found, str) and is_signed(found):
            out = {**out, column.at: unsigned(found)}
    return out
