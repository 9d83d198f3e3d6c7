"""One value, canonical to wire and back, by codec."""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from adapters.destinations import codecs
from adapters.destinations.codecs import Change
from adapters.destinations.nutshell.catalogue import Codec
from adapters.destinations.nutshell.countries import code_of
from adapters.protocols import Json

PRIMARY = "--primary"
"""An entry of labelled values that repeats one of the others; it is never written."""

TEAM = "team"
"""A lead may belong to a team: "team:5" stands where a user's id stands."""

_ADDRESS = {
    "address_2": "subpremise",
    "address_3": "sublocality",
    "city": "locality",
    "state": "admin_area_level_1",
    "postalCode": "postal_code",
    "country": "country",
}
_NUMBERED = re.compile(r" \d+$")
_CLOCK = re.compile(r"^(\d{1,4}):(\d{2})$")


def whole(id: Json) -> int:
    """The number of an id in either form: "12-accounts" or 12. Raises ValueError for anything else."""
    return int(str(id).partition("-")[0])


def ident(value: Json) -> str | None:
    """The id of a stub, of a REST link ("12-accounts") or a bare id, as text."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("id")
    return None if value is None or value == "" else str(value).partition("-")[0]


def instant(value: Json) -> datetime | None:
    """A time in any of the wire's forms: ISO 8601, Unix seconds, {"timestamp": ...}; None where there is none."""
    if isinstance(value, dict):
        value = value.get("timestamp") or value.get("value")
    if value is None or value == "":
        return None
    if isinstance(value, int | float) or str(value).isdigit():
        return datetime.fromtimestamp(int(value), UTC)
    parsed = datetime.fromisoformat(str(value).replace("Z", "+00:00"))
    return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)


def moment(value: Json) -> str | None:
    """A time as "2025-03-14T09:00:00Z"."""
    found = instant(value)
    return None if found is None else found.strftime("%Y-%m-%dT%H:%M:%SZ")


def iso(value: Json) -> str | None:
    """A time in the form that JSON-RPC shows: "2017-12-18T09:24:41+0000"."""
    found = instant(value)
    return None if found is None else found.strftime("%Y-%m-%dT%H:%M:%S+0000")


def unix(value: Json) -> int | None:
    """A time in seconds since 1970, as REST wants it."""
    found = instant(value)
    return None if found is None else int(found.timestamp())


def day(value: Json) -> str | None:
    """A date: the wire gives a text or an object with a timestamp."""
    if isinstance(value, dict) and re.match(r"\d{4}-\d{2}-\d{2}", str(value.get("value"))):
        value = value["value"]
    if isinstance(value, str) and re.match(r"\d{4}-\d{2}-\d{2}", value):
        return value[:10]
    found = instant(value)
    return None if found is None else found.strftime("%Y-%m-%d")


def minutes(duration: str) -> int:
    """The minutes of "01:45". Raises ValueError for another form."""
    found = _CLOCK.match(duration)
    if found is None:
        raise ValueError(f"{duration!r} is no duration: it reads like 01:45")
    return int(found[1]) * 60 + int(found[2])


def number(value: Json) -> Json:
    """A number, of a text too; whole ones without a fraction."""
    if isinstance(value, str):
        value = float(value)
    return int(value) if isinstance(value, float) and value.is_integer() else value


def plain(value: Json) -> str:
    """A number as a text without needless zeros."""
    return str(number(value))


def contacts(value: Json) -> list[dict[str, Any]]:
    """E-mails, phones or addresses of the web as a list of {"value", "label", "primary"}, from a list or one text."""
    items = [value] if isinstance(value, str | dict) else list(value)
    given = [item if isinstance(item, dict) else {"value": item} for item in items]
    return [
        {"value": item["value"], "label": item.get("label") or "", "primary": bool(item.get("primary"))}
        for item in given
        if item.get("value")
    ]


def _labelled(default: str) -> Callable[[Json], Json]:
    def write(value: Json) -> Json:
        """Label to value, the primary one first; labels are unique on the wire, so the second work is "work 2"."""
        written: dict[str, Json] = {}
        for item in sorted(contacts(value), key=lambda item: not item["primary"]):
            label = item["label"] or default
            # a list without labels comes back with numbers for labels
            written[_free(f"{default} {label}" if label.isdigit() or label == PRIMARY else label, written)] = item[
                "value"
            ]
        return written or []

    return write


def _free(label: str, taken: Iterable[str]) -> str:
    taken = set(taken)
    return next(name for n in range(1, len(taken) + 2) if (name := label if n == 1 else f"{label} {n}") not in taken)


def read_labelled(value: Json) -> Json:
    """What the wire holds by label as a list; the first is the primary one: which `--primary` repeats is not stable."""
    pairs = list(value.items()) if isinstance(value, dict) else [("", item) for item in value]
    pairs = [(label, item) for label, item in pairs if label != PRIMARY and item]
    labels = {label for label, _ in pairs}
    return [
        {"value": phone(item), "label": _own(label, labels), "primary": place == 0}
        for place, (label, item) in enumerate(pairs)
    ]


def _own(label: str, labels: set[str]) -> str:
    base = _NUMBERED.sub("", label)
    return "" if label.isdigit() else base if base in labels else label


def phone(value: Json) -> Json:
    """A phone number as one text, from the parts that the server makes of it."""
    if not isinstance(value, dict):
        return value
    base = value.get("E164") or value.get("numberFormatted") or value.get("number") or ""
    return f"{base} x{value['extension']}" if value.get("extension") else base


def write_address(value: Json) -> dict[str, str]:
    """An address as the wire wants it; one that has no parts stands in the first line whole."""
    given = {"value": value} if isinstance(value, str) else value
    street = " ".join(str(given[part]) for part in ("street_number", "route") if given.get(part))
    written = {wire: str(given[part]) for wire, part in _ADDRESS.items() if given.get(part)}
    if (country := written.pop("country", "")) and (code := code_of(country)):
        written["country"] = code
    elif country:
        # the wire takes codes only: what is none stands in a line
        written["address_3"] = ", ".join(filter(None, (written.get("address_3"), country)))
    first = street or ("" if written else str(given.get("value") or ""))
    return ({"address_1": first} if first else {}) | written


def read_address(value: Json) -> Json:
    """One address of the wire, in canonical form; None for an empty one."""
    if isinstance(value, str):
        return {"value": value} if value else None
    parts = {part: value[wire] for wire, part in _ADDRESS.items() if value.get(wire)}
    if value.get("address_1"):
        parts["route"] = value["address_1"]
    region = " ".join(filter(None, (parts.get("admin_area_level_1"), parts.get("postal_code"))))
    order = ("route", "subpremise", "sublocality", "locality")
    line = ", ".join(filter(None, (*(parts.get(part) for part in order), region, parts.get("country"))))
    return {"value": line, **parts} if line else None


def _user(value: Json) -> Json:
    return {"entityType": "Users", "id": whole(value)}


def _assignee(value: Json) -> Json:
    kind, _, id = str(value).rpartition(":")
    return {"entityType": "Teams" if kind == TEAM else "Users", "id": whole(id)}


def _read_assignee(value: Json) -> Json:
    id = ident(value)
    return f"{TEAM}:{id}" if id and isinstance(value, dict) and value.get("entityType") == "Teams" else id


def _same(value: Json) -> Json:
    return value


def _names(value: Json) -> Json:
    return [str(item) for item in value]


def _stubs(value: Json) -> Json:
    return [ident(item) for item in value]


CODECS: dict[Codec, tuple[Change, Change]] = {
    "text": (_same, lambda value: None if value == "" else value),
    "number": (number, number),
    "percent": (lambda value: round(float(value)), number),
    "boolean": (bool, bool),
    "flag": (int, lambda value: bool(int(value))),
    "datetime": (iso, moment),
    "unix": (lambda value: str(unix(value)), moment),
    "user": (_user, ident),
    "assignee": (_assignee, _read_assignee),
    "stub": (whole, ident),
    "stubs": (lambda value: [{"id": whole(item)} for item in value], _stubs),
    "names": (_names, _names),
    "emails": (_labelled("email"), read_labelled),
    "phones": (_labelled("phone"), read_labelled),
    "urls": (_labelled("url"), read_labelled),
    "address": (write_address, read_address),
    "raw": (_same, _same),
}
"""Writer and reader of each codec. Neither is ever given None."""


def write(codec: Codec, value: Json) -> Json:
    """A canonical value as the API wants it (see `codecs.write`)."""
    return codecs.write(CODECS[codec], value)


def read(codec: Codec, value: Json) -> Json:
    """A value of an answer in canonical form (see `codecs.read`)."""
    return codecs.read(CODECS[codec], value)
