"""Whether a value read back is the value that was written, as Nutshell spells it."""

import re

from adapters.destinations.nutshell.catalogue import ENTITIES, REV
from adapters.destinations.nutshell.fields import YES_NO, is_custom
from adapters.destinations.nutshell.values import contacts, moment, write_address
from adapters.protocols import Json

_KINDS = {(e.name, c.key): c.kind for e in ENTITIES.values() for c in e.columns}
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}")
_EXTENSION = re.compile(r"\s*(?:x|ext\.?|extension)\s*(\d+)\s*$", re.IGNORECASE)
_BLANKS = re.compile(r"[ \t\u00a0]+")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_LEAST_DIGITS = 6
_NEVER_EMPTY = ("number", "percent", "boolean", "duration")
"""Kinds of standard fields for which the wire has no empty value."""


def same(entity: str, key: str, ours: Json, theirs: Json) -> bool:
    """Whether the two are one value.

    Numbers compare by value, also where the API keeps one as text, times to the second, ids and options as text (lists
    of them in any order), texts without blanks at the ends of lines. E-mails, phones and web addresses compare by value
    in any order, since which of several is the primary one is not stable: phones by their digits (a country code or a
    trunk zero may come or go), web addresses with or without "http://". Addresses compare by the parts we sent. Parts
    of a name may be cut elsewhere, as the API takes the name whole. Empty values (None, "", [], {}) are one, and what
    cannot be empty is 0, "00:00" or no. A revision is no value.
    """
    if key == REV:
        return True
    kind = _KINDS.get((entity, key))
    if _empty(ours) or _empty(theirs):
        return (_empty(ours) and _empty(theirs)) or (kind in _NEVER_EMPTY and not (_amount(ours) or _amount(theirs)))
    if kind in ("email", "phone", "url"):
        return _bag(str(kind), ours) == _bag(str(kind), theirs) or (kind == "phone" and _phones(ours, theirs))
    if kind == "address":
        return _addresses(ours, theirs)
    if entity == "contact" and key in ("first_name", "last_name"):
        return _cut(str(ours), str(theirs), last=key == "last_name")
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return all(part in theirs and scalar(value, theirs[part]) for part, value in ours.items() if not _empty(value))
    if isinstance(ours, list) and isinstance(theirs, list):
        return sorted(map(str, ours)) == sorted(map(str, theirs))
    return scalar(ours, theirs) or (is_custom(key) and _as_text(ours, theirs))


def _amount(value: Json) -> Json:
    return None if value == "00:00" else value


def _empty(value: Json) -> bool:
    return value is None or value in ("", [], {})


def scalar(ours: Json, theirs: Json) -> bool:
    """Whether two single values are one."""
    if isinstance(ours, bool) or isinstance(theirs, bool):
        return bool(_truth(ours) == _truth(theirs))
    if isinstance(ours, int | float) and isinstance(theirs, int | float):
        return ours == theirs or abs(ours - theirs) <= 1e-12 * max(abs(ours), abs(theirs))
    left, right = str(ours), str(theirs)
    if _TIME.match(left) and _TIME.match(right):
        return _moment(left) == _moment(right)
    return _normal(left) == _normal(right)


def _as_text(ours: Json, theirs: Json) -> bool:
    """A value of a kind for which the API has no type is kept as text."""
    left, right = (str(value) for value in (ours, theirs))
    if isinstance(ours, dict) and "value" in ours:
        left = str(ours["value"])
    if _NUMBER.fullmatch(left) and _NUMBER.fullmatch(right):
        return float(left) == float(right)
    return _normal(left) == _normal(right)


def _truth(value: Json) -> Json:
    return value == YES_NO[0] if value in YES_NO else value


def _normal(text: str) -> str:
    lines = text.replace("\r\n", "\n").strip().split("\n")
    return "\n".join(_BLANKS.sub(" ", line).strip() for line in lines)


def _moment(text: str) -> str | None:
    try:
        return moment(text)
    except ValueError:
        return text


def _bag(kind: str, value: Json) -> list[str]:
    return sorted(_spelled(kind, str(item["value"])) for item in contacts(value))


def _spelled(kind: str, value: str) -> str:
    value = value.strip()
    if kind == "url":
        return re.sub(r"^http://", "", value, flags=re.IGNORECASE).rstrip("/")
    return value.casefold() if kind == "email" else value


def _phones(ours: Json, theirs: Json) -> bool:
    """Each number of ours has one of theirs, and none of theirs is left over."""
    left = [str(item["value"]) for item in contacts(theirs)]
    for item in contacts(ours):
        found = next((other for other in left if _phone(str(item["value"]), other)), None)
        if found is None:
            return False
        left.remove(found)
    return not left


def _phone(ours: str, theirs: str) -> bool:
    """By digits, one the end of the other; a text that holds too few of them is no number and compares as it stands."""
    pairs = []
    for text in (ours, theirs):
        extension = _EXTENSION.search(text)
        digits = re.sub(r"\D", "", _EXTENSION.sub("", text).replace("(0)", "")).lstrip("0")
        pairs.append((digits, extension[1] if extension else ""))
    (left, own), (right, other) = pairs
    if min(len(left), len(right)) < _LEAST_DIGITS:
        return left == right and own == other and bool(left or ours == theirs)
    return own == other and (left.endswith(right) or right.endswith(left))


def _addresses(ours: Json, theirs: Json) -> bool:
    """By the parts that we sent, as the wire takes them."""
    sent, read = write_address(ours), write_address(theirs)
    return all(_normal(value) == _normal(read.get(part, "")) for part, value in sent.items())


def _cut(ours: str, theirs: str, *, last: bool) -> bool:
    left, right = _normal(ours).split(), _normal(theirs).split()
    short, long = sorted((left, right), key=len)
    return short == (long[len(long) - len(short) :] if last else long[: len(short)])
