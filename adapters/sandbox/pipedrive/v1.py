"""What v1 does with values: it coerces, ignores unknown keys, and writes times without a zone mark (facts 1, 3)."""

import re
from datetime import datetime
from typing import Any

from adapters.protocols import Json
from adapters.sandbox.pipedrive.answers import RefusedError, v1_error

_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")


def stamp(instant: str | None) -> str | None:
    """A kept instant as v1 writes it, `YYYY-MM-DD HH:MM:SS` UTC."""
    return None if instant is None else instant.replace("T", " ").removesuffix("Z")


def refuse(error: str) -> RefusedError:
    """The v1 refusal of bad data."""
    return v1_error(400, error)


def integer(body: dict[str, Any], key: str) -> int | None:
    """A whole number or a numeric string; None when absent, null or empty. Raises the v1 refusal."""
    value = body.get(key)
    if value is None or value == "":
        return None
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and re.fullmatch(r"-?\d{1,18}", value):
        return int(value)
    raise refuse(f"{key} is not a valid number")


def text(body: dict[str, Any], key: str) -> str | None:
    """A string; None when absent or null. Raises the v1 refusal."""
    value = body.get(key)
    if value is None or isinstance(value, str):
        return value
    raise refuse(f"{key} is not a valid string")


def flag(body: dict[str, Any], key: str) -> bool | None:
    """A boolean, 0 or 1, also as a string; None when absent. Raises the v1 refusal."""
    value = body.get(key)
    if value is None:
        return None
    if value in (True, 1, "1", "true"):
        return True
    if value in (False, 0, "0", "false"):
        return False
    raise refuse(f"{key} is not a valid flag")


def moment(body: dict[str, Any], key: str) -> str | None:
    """A `YYYY-MM-DD HH:MM:SS` UTC time as it is kept; None when absent. Raises the v1 refusal."""
    value = body.get(key)
    if value is None:
        return None
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        raise refuse(f"{key} is not a valid date and time, YYYY-MM-DD HH:MM:SS is expected")
    try:
        datetime.fromisoformat(value)
    except ValueError:
        raise refuse(f"{key} is not a valid date and time") from None
    return value.replace(" ", "T") + "Z"


def mapping(body: Json) -> dict[str, Any]:
    """The body as an object; no body counts as an empty one. Raises the v1 refusal."""
    if body is None:
        return {}
    if not isinstance(body, dict):
        raise refuse("Bad request")
    return body
