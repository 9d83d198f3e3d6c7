"""Values as they are stored: labelled lists of e-mails, phones, urls and addresses, and the names of people."""

import re
from typing import Any

import phonenumbers

from adapters.protocols import Json
from adapters.sandbox.nutshell.errors import RefusedError, bad_params

PARTS = ("address_1", "address_2", "address_3", "city", "state", "postalCode", "country")
"""The parts of an address that a client may write."""

_ANSWERED = {"location", "locationAccuracy", "timezone", "name"}
_SALUTATIONS = re.compile(r"(Mr|Mrs|Ms|Dr|Prof)\.?\s+", re.IGNORECASE)

Entry = dict[str, Any]
"""One value of a labelled list: {"name": label or None, "value": ..., "primary": bool}."""


def labelled(kind: str, given: Json) -> list[Entry]:
    """The JSON-RPC form of a list: a text, an array of values, or an object label -> value. Null and "" are none.

    kind: "email", "phone", "url", "address". Raises RefusedError.
    """
    if given is None or given == "":
        return []
    if isinstance(given, str) or (kind == "address" and isinstance(given, dict) and _is_address(given)):
        if kind == "address":
            raise bad_params("address is an array of addresses, or an object label -> address")
        given = [given]
    if isinstance(given, list):
        return _first_is_primary([{"name": None, "value": value_of(kind, value)} for value in given])
    if not isinstance(given, dict):
        raise bad_params(f"{kind} is a text, an array or an object")
    if "--primary" in given:
        raise bad_params(f"--primary of {kind} is output only")
    pairs = [(None if label.isdigit() else label, value) for label, value in given.items()]
    return _first_is_primary([{"name": label, "value": value_of(kind, value)} for label, value in pairs])


def listed(kind: str, given: Json) -> list[Entry]:
    """The REST form of a list: [{"value", "name"?, "isPrimary"?}]. Raises RefusedError."""
    if given is None:
        return []
    if not isinstance(given, list):
        raise RefusedError("Invalid value", f"{kind} takes a list")
    out = []
    for entry in given:
        if not isinstance(entry, dict) or "value" not in entry or entry.keys() - {"value", "name", "isPrimary"}:
            raise RefusedError("Invalid value", f"{kind} takes objects of value, name and isPrimary")
        name = text_or_none("name", entry.get("name"))
        out.append({"name": name, "value": value_of(kind, entry["value"]), "primary": entry.get("isPrimary") is True})
    if sum(entry["primary"] for entry in out) > 1:
        raise RefusedError("Invalid value", f"{kind} has more than one primary value")
    return out if any(entry["primary"] for entry in out) else _first_is_primary(out)


def _first_is_primary(entries: list[Entry]) -> list[Entry]:
    return [{**entry, "primary": number == 0} for number, entry in enumerate(entries)]


def value_of(kind: str, given: Json) -> Json:
    """One value as it is stored. Raises RefusedError."""
    if kind == "address":
        return _address(given)
    if kind == "phone" and isinstance(given, dict):  # as it was read
        given = given.get("E164") or given.get("number")
    if not isinstance(given, str) or not given.strip():
        raise bad_params(f"{kind} {given!r} is not a text")
    text = given.strip()
    if kind == "phone":
        return phone(text)
    if kind == "email" and not re.fullmatch(r"[^@\s]+@[^@\s]+", text):
        raise RefusedError("Invalid email", f"{text!r} is no e-mail address")
    if kind == "url" and "://" not in text and not text.startswith("@"):
        return f"http://{text}"
    return text


def phone(text: str) -> Json:
    """A phone number in its parts; one that cannot be read is kept as it was written."""
    try:
        number = phonenumbers.parse(text, "US")
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        return {"countryCode": "", "number": text, "extension": None, "numberFormatted": text, "E164": ""}
    home = number.country_code == 1
    forms = phonenumbers.PhoneNumberFormat
    return {
        "countryCode": str(number.country_code),
        "number": phonenumbers.national_significant_number(number),
        "extension": number.extension,
        "numberFormatted": phonenumbers.format_number(number, forms.NATIONAL if home else forms.INTERNATIONAL),
        "E164": phonenumbers.format_number(number, forms.E164),
    }


def _is_address(given: dict[str, Json]) -> bool:
    return bool(given) and given.keys() <= {*PARTS, *_ANSWERED}


def _address(given: Json) -> Json:
    if not isinstance(given, dict) or not _is_address(given):
        raise bad_params(f"an address has the parts {', '.join(PARTS)}")
    out: dict[str, Json] = {}
    for part in PARTS:
        value = given.get(part)
        if value is not None and not isinstance(value, str):
            raise bad_params(f"{part} of an address is a text")
        out[part] = value or None
    if out["country"] is not None:
        country = out["country"].upper()
        if not re.fullmatch(r"[A-Z]{2}", country):
            raise RefusedError("Invalid address", f"country {out['country']!r} is not of two letters")
        out["country"] = country
    return out


def person_name(given: Json) -> Json:
    """The name of a contact in its parts, from one text. Raises RefusedError."""
    if not isinstance(given, str):
        raise bad_params("name is a text")
    rest = " ".join(given.split())
    greeting = _SALUTATIONS.match(rest)
    salutation = greeting[0].strip() if greeting and greeting.end() < len(rest) else ""
    first, _, last = rest[len(greeting[0]) if salutation and greeting else 0 :].rpartition(" ")
    if not first:
        first, last = last, ""
    return {"givenName": first, "familyName": last, "salutation": salutation, "displayName": rest}


def text_or_none(what: str, given: Json) -> str | None:
    """A text, null allowed. Raises RefusedError."""
    if given is not None and not isinstance(given, str):
        raise bad_params(f"{what} is a text")
    return given
