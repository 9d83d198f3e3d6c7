"""Values by kind: what v2 takes, in which words it refuses, and how it keeps what it took (facts 1, 3.4, 8.2)."""

import math
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec

from adapters.protocols import Json

ADDRESS_PARTS = (
    "value", "country", "admin_area_level_1", "admin_area_level_2", "locality", "sublocality", "route",
    "street_number", "subpremise", "postal_code",
)  # fmt: skip
"""The keys of an address; only `value` is needed, and parts that are not sent become null."""


FREQUENCIES = ("one-time", "annually", "semi-annually", "quarterly", "monthly", "weekly")
"""How often a product is billed."""


class Spec(msgspec.Struct, frozen=True, kw_only=True):
    """One field of a record or one query parameter.

    `kind` names a check below. `null`: null is taken. `required`: must be there on create. `on`: where it may be sent,
    "create", "update" or "" for both. `ref`: the table that an id must be found in. `choices`: the only values.
    `low`, `high`: bounds of a number. `longest`: characters. `feature`: the account feature that it needs.
    """

    kind: str
    null: bool = False
    required: bool = False
    on: str = ""
    ref: str = ""
    choices: tuple[Json, ...] = ()
    low: float | None = None
    high: float | None = None
    longest: int | None = None
    feature: str = ""


class WrongError(ValueError):
    """A value is refused; the message is the server's, `place` the path inside the value."""

    def __init__(self, message: str, place: str = "") -> None:
        super().__init__(message)
        self.place = place


def _type(name: str) -> WrongError:
    return WrongError(f"The value is not a valid '{name}'")


def text(value: Json, spec: Spec) -> str:
    """A string within its length."""
    if not isinstance(value, str):
        raise _type("string")
    if spec.required and not value.strip():
        raise WrongError("This value should not be blank.")
    if spec.longest is not None and len(value) > spec.longest:
        raise WrongError(f"This value is too long. It should have {spec.longest} characters or less.")
    return value


def integer(value: Json, spec: Spec) -> int:
    """A whole number; neither a numeric string nor a boolean."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise _type("integer")
    return int(_bounded(value, spec))


def number(value: Json, spec: Spec) -> int | float:
    """A number; neither a numeric string nor a boolean."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise _type("number")
    return _bounded(value, spec)


def _bounded(value: float, spec: Spec) -> float:
    if spec.low is not None and value < spec.low:
        raise WrongError(f"This value should be {spec.low:g} or more.")
    if spec.high is not None and value > spec.high:
        raise WrongError(f"This value should be {spec.high:g} or less.")
    return value


def boolean(value: Json, _spec: Spec) -> bool:
    """True or false; not 0 or 1."""
    if not isinstance(value, bool):
        raise _type("boolean")
    return value


_RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_BAD_TIME = "This value is not a valid datetime."


def instant(value: Json, _spec: Spec) -> str:
    """An RFC 3339 time, kept in UTC and whole seconds."""
    if not isinstance(value, str):
        raise _type("string")
    if not _RFC3339.fullmatch(value):
        raise WrongError(_BAD_TIME)
    try:
        return datetime.fromisoformat(value).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except ValueError:
        raise WrongError(_BAD_TIME) from None


def whole_instant(value: Json, spec: Spec) -> str:
    """An RFC 3339 time without fractions of a second, as `updated_since` wants it."""
    if isinstance(value, str) and "." in value:
        raise WrongError(_BAD_TIME)
    return instant(value, spec)


def archive_instant(value: Json, spec: Spec) -> str:
    """`YYYY-MM-DD HH:MM:SS` in UTC, as the description of `archive_time` says, or RFC 3339 as everywhere else."""
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", value):
        return instant(value.replace(" ", "T") + "Z", spec)
    return instant(value, spec)


def date(value: Json, _spec: Spec) -> str:
    """A day, `YYYY-MM-DD`."""
    if not isinstance(value, str):
        raise _type("string")
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", value) or not _parses(value, "%Y-%m-%d"):
        raise WrongError("This value is not a valid date.")
    return value


def close_date(value: Json, spec: Spec) -> str:
    """The expected close date: the empty string is stored as 0000-00-00 (facts 7.3)."""
    return "0000-00-00" if value == "" else date(value, spec)


def _parses(value: str, pattern: str) -> bool:
    try:
        datetime.strptime(value, pattern)  # noqa: DTZ007  only asked whether it is one
    except ValueError:
        return False
    return True


def due_time(value: Json, _spec: Spec) -> str:
    """A time of day, `HH:MM` or with seconds, kept with seconds."""
    if not isinstance(value, str):
        raise _type("string")
    for pattern in ("%H:%M", "%H:%M:%S"):
        if re.fullmatch(r"\d\d:\d\d(:\d\d)?", value) and _parses(value, pattern):
            return value if len(value) == 8 else value + ":00"
    raise WrongError(_BAD_TIME)


def duration(value: Json, _spec: Spec) -> str:
    """Hours and minutes, `HH:MM`."""
    if not isinstance(value, str):
        raise _type("string")
    if not re.fullmatch(r"\d{2,3}:[0-5]\d(:[0-5]\d)?", value):
        raise WrongError(_BAD_TIME)
    return value[:5] if len(value) == 8 else value


def integers(value: Json, spec: Spec) -> list[int]:
    """A list of whole numbers."""
    if not isinstance(value, list):
        raise _type("array")
    return [integer(item, spec) for item in value]


def members(value: Json, parts: dict[str, Spec]) -> dict[str, Json]:
    """An object of known keys, each by its own spec."""
    if not isinstance(value, dict):
        raise _type("object")
    for key in value:
        if key not in parts:
            raise WrongError(f"Parameter '{key}' is not allowed for this request", key)
    for key, spec in parts.items():
        if spec.required and key not in value:
            raise WrongError("This value is required", key)
    return {key: _member(key, item, parts[key]) for key, item in value.items()}


def _member(key: str, value: Json, spec: Spec) -> Json:
    try:
        return check(value, spec)
    except WrongError as error:
        raise WrongError(str(error), f"{key}.{error.place}" if error.place else key) from None


_ADDRESS = {part: Spec(kind="text", required=False) for part in ADDRESS_PARTS}
_ADDRESS["value"] = Spec(kind="text", required=False)


def address(value: Json, _spec: Spec) -> dict[str, str | None]:
    """An address; parts that were not sent become null."""
    given = members(value, _ADDRESS)
    if "value" not in given:
        raise WrongError("This value is required", "value")
    return {part: given.get(part) for part in ADDRESS_PARTS}


_ENTRY = {
    "value": Spec(kind="text"),
    "primary": Spec(kind="boolean"),
    "label": Spec(kind="text"),
}


def entries(value: Json, _spec: Spec) -> list[dict[str, Json]]:
    """E-mails, phones, messengers: objects; label `work` and the first one primary by default, at most one primary."""
    if not isinstance(value, list):
        raise _type("array")
    given = [members(item, _ENTRY) for item in value]
    if any("value" not in item for item in given):
        raise WrongError("This value is required", "value")
    primary = [i for i, item in enumerate(given) if item.get("primary")]
    if len(primary) > 1:
        raise WrongError("Only one item can be primary")
    first = primary[0] if primary else 0
    return [
        {"value": item["value"], "primary": i == first, "label": item.get("label") or "work"}
        for i, item in enumerate(given)
    ]


_PARTICIPANT = {"person_id": Spec(kind="integer", required=True), "primary": Spec(kind="boolean")}


def participants(value: Json, _spec: Spec) -> list[dict[str, Json]]:
    """Participants of an activity: at most one primary, the first one by default."""
    if not isinstance(value, list):
        raise _type("array")
    given = [members(item, _PARTICIPANT) for item in value]
    primary = [i for i, item in enumerate(given) if item.get("primary")]
    if len(primary) > 1:
        raise WrongError("Only one participant can be primary")
    first = primary[0] if primary else 0
    return [{"person_id": item["person_id"], "primary": i == first} for i, item in enumerate(given)]


_ATTENDEE = {
    "email": Spec(kind="text"),
    "name": Spec(kind="text"),
    "status": Spec(kind="text"),
    "is_organizer": Spec(kind="boolean"),
    "person_id": Spec(kind="integer", null=True),
    "user_id": Spec(kind="integer", null=True),
}


def attendees(value: Json, _spec: Spec) -> list[dict[str, Json]]:
    """Attendees of an activity."""
    if not isinstance(value, list):
        raise _type("array")
    return [members(item, _ATTENDEE) for item in value]


_PRICE = {
    "currency": Spec(kind="currency", required=True),
    "price": Spec(kind="number", required=True),
    "cost": Spec(kind="number"),
    "direct_cost": Spec(kind="number", null=True),
    "notes": Spec(kind="text"),
}


def prices(value: Json, _spec: Spec) -> list[dict[str, Json]]:
    """Prices of a product, one for each currency."""
    if not isinstance(value, list):
        raise _type("array")
    given = [members(item, _PRICE) for item in value]
    if len({item["currency"] for item in given}) < len(given):
        raise WrongError("There can be only one price for each currency")
    return given


def objects(value: Json, _spec: Spec) -> list[Json]:
    """A list whose items are looked into elsewhere."""
    if not isinstance(value, list):
        raise _type("array")
    return value


def plain(value: Json, _spec: Spec) -> dict[str, Json]:
    """An object that is looked into elsewhere."""
    if not isinstance(value, dict):
        raise _type("object")
    return value


def check(value: Json, spec: Spec) -> Json:
    """The value as it is kept. Raises WrongError."""
    if value is None:
        if spec.null:
            return None
        raise _type(_NAMES.get(spec.kind, "string"))
    kept = CHECKS[spec.kind](value, spec)
    if spec.choices and kept not in spec.choices:
        raise WrongError("The value you selected is not a valid choice.")
    return kept


_NAMES = {
    "integer": "integer", "number": "number", "boolean": "boolean", "integers": "array", "entries": "array",
    "participants": "array", "attendees": "array", "prices": "array", "address": "object", "plain": "object",
    "objects": "array",
}  # fmt: skip

CHECKS: dict[str, Callable[[Any, Spec], Any]] = {
    "text": text,
    "currency": text,
    "integer": integer,
    "number": number,
    "boolean": boolean,
    "instant": instant,
    "whole_instant": whole_instant,
    "archive_instant": archive_instant,
    "date": date,
    "close_date": close_date,
    "due_time": due_time,
    "duration": duration,
    "integers": integers,
    "address": address,
    "entries": entries,
    "participants": participants,
    "attendees": attendees,
    "prices": prices,
    "objects": objects,
    "plain": plain,
}
"""The checks by kind: each returns the value as it is kept, or raises WrongError."""
