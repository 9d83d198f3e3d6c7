"""A JSON value as the text of a cell: what a source adapter makes of an API's record, one form for every API."""

import msgspec

from adapters.protocols import Fields, Json


def text(value: Json) -> str:
    """The text of one value: nothing for null, "true" and "false", numbers as written, JSON for lists and objects."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, int):
        return str(value)
    return msgspec.json.encode(value).decode()


def texts(record: dict[str, Json]) -> Fields:
    """The texts of a flat record."""
    return {key: text(value) for key, value in record.items()}
