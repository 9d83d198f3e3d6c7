"""What a column holds, by its samples."""

import re
from collections import Counter
from functools import lru_cache

import msgspec

from engine.matching.data import table
from engine.matching.reading import fold

_EMAIL = re.compile(r"[^@\s,;]+@[^@\s,;]+\.\w{2,}")
_URL = re.compile(r"(https?://\S+|www\.\S+|[a-z0-9-]+(\.[a-z0-9-]+)*\.(com|net|org|io|de|fr|es|it|nl|eu|co|uk|ch|at|be|pl|"
                  r"se|dk|no|fi|pt|br|us|biz|info|cz|ca|au)(/\S*)?)", re.IGNORECASE)  # fmt: skip
_IMAGE = re.compile(r"https?://\S+(\.(png|jpe?g|gif|svg|webp)\b|/(avatar|photo|image)s?/)\S*", re.IGNORECASE)
_PHONE = re.compile(r"\+?[\d(][\d\s()/.\-]{6,22}\d(\s?(x|ext\.?|#)\s?\d+)?", re.IGNORECASE)
_NUMBERS = r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}"
_DAY = rf"({_NUMBERS}|\d{{1,2}}\.? ?[A-Za-z]{{3,9}}\.?,? \d{{4}}|[A-Za-z]{{3,9}}\.? \d{{1,2}},? \d{{4}})"
_DATE = re.compile(_DAY)
_DATETIME = re.compile(_DAY + r"[T ,]+\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?\s?(Z|[AaPp][Mm]|[+-]\d{2}:?\d{2}|UTC|[A-Z]{3,4})?")
_TIME = re.compile(r"\d{1,2}:\d{2}(:\d{2})?\s?([AaPp][Mm])?")
_INTEGER = re.compile(r"-?\d{1,14}")
_DECIMAL = re.compile(r"-?(\d{1,3}([.,' ]\d{3})+([.,]\d{1,4})?|\d+[.,]\d{1,8})")
_MONEY = re.compile(
    r"([$€£¥]|USD|EUR|GBP|CHF|kr\.?|zł|R\$)\s?-?\d[\d.,' ]*|-?\d[\d.,' ]*\s?([$€£¥]|USD|EUR|GBP|CHF|kr|zł)"
)
_PERCENT = re.compile(r"-?\d+([.,]\d+)?\s?%")
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{16,22}|[0-9a-fA-F]{14,40}|\w{15}|\w{18}|\d{15,}|[a-z]+_\d{10,}")
_CODE = re.compile(r"[A-Za-z]{1,6}[-/ .]?\d{2,12}([-/]\w+)?|\d+[-/]\d+")
_YES = frozenset(table("sets")["yes"].split())
_SALUTATIONS = frozenset(table("sets")["salutations"].split())


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """A column.

    kind: blank, email, url, image, phone, date, datetime, time, integer, decimal, money, percent, boolean, salutation,
    id, code, list, long or words; "mixed" where nothing holds for nearly all. filled: the share of samples that are not
    empty. distinct: how many different ones. repeated: they come back, as the values of a list do. numbered: nearly all
    have digits in them. one_host: addresses of pages on one and the same host.
    """

    kind: str
    count: int
    filled: float
    distinct: int
    repeated: bool
    numbered: bool
    one_host: bool
    values: frozenset[str]


def profile(samples: list[str]) -> Profile:
    """The profile of a column's samples."""
    given = [s.strip() for s in samples if s and s.strip() and s.strip() not in ("[]", "null", "NULL", "-", "None")]
    kinds = Counter(_kind(s[:300]) for s in given)
    distinct = frozenset(given)
    return Profile(
        kind=_settled(kinds, len(given), distinct),
        count=len(given),
        filled=len(given) / len(samples) if samples else 0.0,
        distinct=len(distinct),
        repeated=len(given) >= 3 and len(distinct) <= max(len(given) * 0.67, 1),
        numbered=sum(any(map(str.isdigit, v)) for v in distinct) > 0.8 * len(distinct),
        one_host=len(distinct) >= 4 and len({re.sub(r"^https?://", "", v).partition("/")[0] for v in distinct}) == 1,
        values=distinct,
    )


_FAMILIES = (
    ("integer boolean", "integer"),
    ("integer decimal", "decimal"),
    ("integer decimal money", "money"),
    ("date datetime", "datetime"),
    ("url image", "url"),
    ("words long", "long"),
    ("code id integer", "code"),
)
"""Kinds that come together in a column, and what the column then is."""


def _settled(kinds: Counter[str], count: int, distinct: frozenset[str]) -> str:
    """The kind of nearly all values."""
    if not count:
        return "blank"
    for family, kind in _FAMILIES:
        if len(seen := set(family.split()) & set(kinds)) > 1 and sum(kinds[k] for k in seen) >= 0.85 * count:
            return kind if kind != "long" or kinds["long"] >= 0.3 * count else "words"
    kind, most = kinds.most_common(1)[0]
    if kind == "boolean" and most == count and distinct <= {"0", "1"} and len(distinct) == 1 and count < 3:
        return "integer"
    return kind if most >= 0.85 * count else "mixed"


@lru_cache(maxsize=16384)
def _kind(value: str) -> str:
    """What one value looks like."""
    small = value.casefold()
    if small in _YES:
        return "boolean"
    if small in _SALUTATIONS:
        return "salutation"
    if value[0] in "[{" and value[-1] in "]}":
        return "list"
    for kind, pattern in _PATTERNS:
        if pattern.fullmatch(value):
            return kind
    return "long" if len(value) > 45 or value.count(" ") > 6 else "words"


_PATTERNS = (
    ("email", _EMAIL),
    ("image", _IMAGE),
    ("url", _URL),
    ("datetime", _DATETIME),
    ("date", _DATE),
    ("time", _TIME),
    ("integer", _INTEGER),
    ("percent", _PERCENT),
    ("decimal", _DECIMAL),
    ("money", _MONEY),
    ("id", re.compile(rf"(?=.*\d)({_ID.pattern})|0[0-9a-zA-Z]{{14}}([0-9a-zA-Z]{{3}})?")),
    ("phone", _PHONE),
    ("code", _CODE),
)


def overlap(profile: Profile, options: list[str]) -> float:
    """The share of a column's values that are among the options of a list."""
    known = {fold(o) for o in options}
    return sum(fold(v) in known for v in profile.values) / profile.distinct if profile.distinct else 0.0


_NEVER: dict[str, str] = {
    "phone": "email url image date datetime boolean long words salutation money id list",
    "email": "phone url image date datetime boolean words long integer decimal money code salutation id",
    "date": "email url phone boolean words long decimal money percent salutation id code list",
    "number": "email url image date datetime words long salutation id phone list",
    "money": "email url image date datetime words long salutation id phone percent list time",
    "boolean": "email url image date datetime phone decimal money long salutation id",
    "enum": "email url image phone datetime date money long",
    "user": "url image date datetime phone boolean decimal money long percent salutation time",
    "org": "url image date datetime email phone boolean decimal money percent salutation long time",
    "person": "url image date datetime phone boolean decimal money percent salutation time long",
    "url": "email phone date datetime boolean decimal money salutation integer long words code",
    "name": "email url image date datetime phone boolean decimal money percent integer salutation id code time",
    "multienum": "email url image phone date datetime boolean money decimal",
    "zip": "email url image date datetime boolean phone money percent salutation long",
    "place": "integer decimal email url image date datetime boolean money percent salutation id time phone",
    "address": "email url date datetime boolean phone money id salutation integer",
    "longtext": "boolean date datetime integer decimal money email phone percent id salutation",
    "currency": "email url date datetime boolean decimal phone long salutation",
    "duration": "email url date datetime words long salutation phone",
    "time": "email url words long salutation phone money boolean",
}
"""The kinds of column that a kind of field cannot be."""

NEVER = {kind: frozenset(words.split()) for kind, words in _NEVER.items()}
NEVER["datetime"] = NEVER["date"]

_SURE = {
    "phone": "phone",
    "email": "email",
    "date": "date datetime",
    "datetime": "date datetime",
    "money": "money decimal",
    "number": "integer decimal percent",
    "boolean": "boolean",
    "url": "url",
    "longtext": "long",
}


def fits(profile: Profile, kind: str) -> int:
    """1: the values speak for a kind of field; 0: they say nothing; -1: they speak against it."""
    if profile.kind in ("blank", "mixed"):
        return 0
    if kind == "number" and profile.kind == "boolean" and any(map(str.isalpha, profile.values)):
        return -1
    if kind == "zip" and profile.kind == "words" and not profile.numbered:
        return -1
    if kind in ("name", "user", "person") and profile.kind == "words" and profile.numbered:
        return -1
    if kind == "datetime" or kind == "date":
        if profile.kind == "integer":
            return 0 if all(len(v) in (8, 10, 13) for v in profile.values) else -1
        if profile.kind == "time":
            return -1
    if profile.kind in NEVER.get(kind, ()):
        return -1
    return 1 if profile.kind in _SURE.get(kind, "").split() else 0


_CUSTOM = {
    "email": "email", "phone": "phone", "url": "url", "image": "url", "date": "date", "datetime": "datetime",
    "integer": "number", "decimal": "number", "percent": "number", "money": "money", "boolean": "boolean",
    "long": "longtext", "list": "multienum", "id": "text", "code": "text", "salutation": "enum", "time": "text",
}  # fmt: skip


def custom(profile: Profile, kind: str) -> str:
    """The type of the custom field for a column whose meaning says `kind` (empty: nothing)."""
    if kind in ("org", "person", "user", "address", "phone", "email", "url", "multienum", "longtext") and kind:
        return kind
    by_values = _CUSTOM.get(profile.kind, "")
    if kind in ("date", "datetime") and profile.kind == "integer":
        return kind  # seconds since 1970
    if by_values == "number" and kind == "money":
        return "money"
    if by_values == "number" and any(
        len(v) > 14 or (v[0] == "0" and len(v) > 1 and v.isdigit()) for v in profile.values
    ):
        return "text"
    if kind == "enum" and by_values not in ("boolean", "date", "datetime", "money"):
        return "enum"
    if kind == "text" and by_values == "number":
        return "text"
    if by_values:
        return "date" if by_values == "datetime" and kind == "date" else by_values
    if profile.kind == "words":
        return "enum" if profile.repeated and kind != "text" else "text"
    return kind if kind in ("number", "money", "date", "datetime", "boolean", "enum") else "text"
