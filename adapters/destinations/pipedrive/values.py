"""One value, canonical to wire and back, by codec."""

import re
from datetime import UTC, datetime
from typing import Any

from adapters.destinations import codecs
from adapters.destinations.codecs import Change
from adapters.destinations.pipedrive.columns import Codec
from adapters.protocols import Json

ADDRESS_PARTS = (
    "country", "admin_area_level_1", "admin_area_level_2", "locality", "sublocality", "route", "street_number",
    "subpremise", "postal_code",
)  # fmt: skip
"""The parts of an address. The server nulls the parts that a request leaves out, so all we have are always sent."""

_CLOCK = re.compile(r"^(\d{1,3}):(\d{2})(?::(\d{2}))?")


def moment(value: str) -> str | None:
    """A time as either version writes it, as "2025-03-14T09:00:00Z"; None for empty and for 0000-00-00."""
    if not value or value.startswith("0000"):
        return None
    text = value.strip().replace(" ", "T", 1)
    parsed = datetime.fromisoformat(text.replace("Z", "+00:00"))
    parsed = parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
    return parsed.strftime("%Y-%m-%dT%H:%M:%SZ")


def spaced(value: str) -> str:
    """A canonical time in the form of v1: "2025-03-14 09:00:00", UTC."""
    whole = moment(value)
    return "" if whole is None else whole[:10] + " " + whole[11:19]


def _number(value: Json) -> Json:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _read_number(value: Json) -> Json:
    if isinstance(value, str):
        value = float(value)
    return _number(value)


def _text(value: Json) -> Json:
    return None if value == "" else value


def _day(value: Json) -> Json:
    return None if not value or str(value).startswith("0000") else str(value)[:10]


def _hours(value: Json) -> Json:
    """Hours and minutes: "9:05:00" and "09:05" as "09:05"; seconds stay only where there are any."""
    if not value:
        return None
    found = _CLOCK.match(str(value))
    if found is None:
        return value
    hours, minutes, seconds = found.groups()
    tail = f":{seconds}" if seconds and seconds != "00" else ""
    return f"{int(hours):02d}:{minutes}{tail}"


def _write_clock(value: Json) -> Json:
    hours = str(_hours(value))
    return {"value": hours if hours.count(":") == 2 else f"{hours}:00"}


def _read_clock(value: Json) -> Json:
    return _hours(value.get("value") if isinstance(value, dict) else value)


def _write_range(value: Json) -> Json:
    start, _, until = str(value).partition("/")
    return {"value": start, "until": until or start}


def _read_range(value: Json) -> Json:
    return f"{value.get('value')}/{value.get('until')}" if isinstance(value, dict) else value


def _write_clock_range(value: Json) -> Json:
    return {part: _write_clock(clock)["value"] for part, clock in _write_range(value).items()}


def _read_clock_range(value: Json) -> Json:
    start, _, until = str(_read_range(value)).partition("/")
    return f"{_hours(start)}/{_hours(until)}"


def _write_variation(value: Json) -> Json:
    """The variation's own id: ours names its product as well."""
    return int(str(value).rpartition("/")[2])


def _identity(value: Json) -> Json:
    """An option or record id as text, whether it comes bare or inside an object (v1 answers do both)."""
    if isinstance(value, dict):
        value = value.get("id", value.get("value"))
    return None if value is None or value == "" else str(value)


def _identities(value: Json) -> Json:
    items = value.split(",") if isinstance(value, str) else value
    return [str(_identity(item)) for item in items]


def _contact(item: dict[str, Any]) -> dict[str, Any]:
    return {
        "value": item.get("value") or "",
        "label": item.get("label") or "work",
        "primary": bool(item.get("primary")),
    }


def _contacts(value: Json) -> Json:
    items = [_contact(item) for item in value if item.get("value")]
    if items and not any(item["primary"] for item in items):
        items[0]["primary"] = True
    return items


def _write_attendees(value: Json) -> Json:
    return [
        {
            "email": item["value"],
            **({"name": item["label"]} if item.get("label") else {}),
            "is_organizer": bool(item.get("primary")),
        }
        for item in value
    ]


def _read_attendees(value: Json) -> Json:
    return [
        {
            "value": item.get("email") or "",
            "label": item.get("name") or "",
            "primary": bool(item.get("is_organizer")),
        }
        for item in value
    ]


def _read_persons(value: Json) -> Json:
    return [str(item["person_id"]) for item in value if not item.get("primary")]


def address(value: Json) -> Json:
    """An address with the parts that are filled; None when there is none."""
    if isinstance(value, str):
        value = {"value": value}
    parts = {part: value[part] for part in ("value", *ADDRESS_PARTS) if value.get(part)}
    return parts or None


def _write_address(value: Json) -> Json:
    parts = address(value) or {}
    # `value` is the one part that must be there; without it the parts in reading order are the address
    spelled = ("street_number", "route", "sublocality", "locality", "admin_area_level_1", "postal_code", "country")
    return {"value": ", ".join(parts[p] for p in spelled if p in parts), **parts}


def _write_money(value: Json) -> Json:
    return {"value": _number(value["value"]), "currency": value["currency"]}


def _read_money(value: Json) -> Json:
    if value.get("value") is None:
        return None
    return {"value": _read_number(value["value"]), "currency": value.get("currency")}


def _write_lead_money(value: Json) -> Json:
    return {"amount": _number(value["value"]), "currency": value["currency"]}


def _read_lead_money(value: Json) -> Json:
    return _read_money({"value": value.get("amount"), "currency": value.get("currency")})


def _same(value: Json) -> Json:
    return value


CODECS: dict[Codec, tuple[Change, Change]] = {
    "text": (_same, _text),
    "number": (_number, _read_number),
    "boolean": (bool, bool),
    "date": (_day, _day),
    "datetime": (moment, moment),
    "datetime-spaced": (spaced, moment),
    "time": (_hours, _hours),
    "duration": (_hours, _hours),
    "option": (int, _identity),
    "option-text": (str, _identity),
    "options": (lambda value: [int(item) for item in value], _identities),
    "options-text": (lambda value: [str(item) for item in value], _identities),
    "id": (int, _identity),
    "id-text": (str, _identity),
    "variation": (_write_variation, _identity),
    "contacts": (_contacts, _contacts),
    "attendees": (_write_attendees, _read_attendees),
    "persons": (_same, _read_persons),
    "address": (_write_address, address),
    "money": (_write_money, _read_money),
    "lead-money": (_write_lead_money, _read_lead_money),
    "clock": (_write_clock, _read_clock),
    "range": (_write_range, _read_range),
    "clock-range": (_write_clock_range, _read_clock_range),
    "content": (_same, _same),
    "raw": (_same, _same),
}
"""Writer and reader of each codec. Neither is ever given None."""


def write(codec: Codec, value: Json) -> Json:
    """A canonical value as the API wants it (see `codecs.write`)."""
    return codecs.write(CODECS[codec], value)


def read(codec: Codec, value: Json) -> Json:
    """A value of an answer in canonical form (see `codecs.read`)."""
    return codecs.read(CODECS[codec], value)
