"""One raw cell to one canonical value, by the kind and format of its column. Pure: no clock, no state."""

from collections.abc import Callable
from datetime import UTC, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from adapters.protocols import Field, Json
from adapters.sources import dates, durations, numbers, reach
from adapters.sources.names import domain, fold

ZIP_FORMAT = "00000"
"""The `format` of a text column that holds five-digit United States ZIP codes."""

PERCENT_OF_ONE = "*100"
"""The end of the `format` of a percent column that writes fractions of one (0.35 for 35 %): ".*100" or ",*100"."""

BASE_1904 = "@1904"
"""The end of the `format` of a date column whose bare numbers count days from 1904, as old Mac workbooks do."""

JSON_LIST = "json"
"""The `format` of a multi-value column whose cells are JSON lists of texts."""

NOTHING = frozenset({"null", "(null)", "nil", "none", "n/a", "na", "#n/a", "n.a.", "-", "--", "–", "—", "nan", "\\n",
                     "0000-00-00", "0000-00-00 00:00:00", "00/00/0000"})  # fmt: skip
"""Words for "no value", folded. They are heeded in typed columns only: Null is a surname."""

TRUE = frozenset(
    {"yes", "y", "true", "t", "1", "-1", "x", "✓", "✔", "☑", "on", "ja", "j", "oui", "sí", "si", "sim", "vrai", "wahr"}
)
"""Words for true, folded."""

FALSE = frozenset({"no", "n", "false", "f", "0", "✗", "✘", "☐", "off", "nein", "non", "não", "nao", "faux", "falsch"})
"""Words for false, folded."""

_KEY_CHARACTERS = 64
_DAYS_TO_1904 = 1462


class Parsed(NamedTuple):
    """A cell as understood: its canonical value (None: nothing) and what a person should know about it.

    Canonical is what `adapters.protocols` says, with two differences: a duration is whole seconds (int), and the
    options of a multi-value cell are their labels. A date-time column's cell without a time of day gives a date
    ("2025-03-14", flagged "date-only"), since making an instant of it would shift it.
    """

    value: Json
    flags: tuple[str, ...] = ()


def parse(field: Field, raw: str, zone: ZoneInfo) -> Parsed:
    """Understand one cell by `field.kind` and `field.format`. Local times are in `zone`. Never raises for bad cells.

    Text of any kind is given as it stands. A cell that does not fit gives None and a flag; the raw text is the
    caller's to keep.
    """
    if not raw.strip():
        return Parsed(None)
    if field.kind in _TEXTS:
        return _text(raw, field.format)
    if field.kind in _LABELS:
        return Parsed(raw.strip())
    if field.kind == "multienum":
        return Parsed(split(raw, field.format))
    if fold(raw) in NOTHING:
        return Parsed(None, ("null-word",))
    if field.kind in ("date", "datetime"):
        return _date(raw, field, zone)
    reader = _READERS.get(field.kind)
    if reader is None:
        raise ValueError(f"A source column cannot be of kind {field.kind!r} ({field.label}).")
    return reader(raw, field.format)


def key(field: Field, raw: str) -> str:
    """The form in which a cell takes part in a natural key; empty when it holds nothing.

    E-mail: the first address in lower case. Address of a site: its domain. Long text: the first 64 characters, folded.
    Anything else: folded.
    """
    if field.kind == "email":
        found, _ = reach.emails(raw)
        return str(found[0]["value"]).lower() if found else ""
    if field.kind == "url":
        return domain(raw) or ""
    if field.kind in ("longtext", "html"):
        return fold(raw)[:_KEY_CHARACTERS]
    return fold(raw)


def split(raw: str, separator: str | None) -> list[str]:
    """The values of a multi-value cell in their order: spelling untouched, exact repeats and empty ones left out.

    A JSON list says where each value begins and ends: there, blanks at the ends belong to the value.
    """
    if separator == JSON_LIST:
        return _listed(raw)
    pieces = raw.split(separator) if separator else [raw]
    return list(dict.fromkeys(stripped for piece in pieces if (stripped := piece.strip())))


def _listed(raw: str) -> list[str]:
    try:
        found = msgspec.json.decode(raw, type=list[str])
    except msgspec.MsgspecError:
        return [raw]
    return list(dict.fromkeys(value for value in found if value.strip()))


def _text(raw: str, form: str | None) -> Parsed:
    if form == ZIP_FORMAT and raw.strip().isdigit() and len(raw.strip()) in (3, 4):
        return Parsed(raw, ("lost-leading-zero",))
    return Parsed(raw)


def _sign(form: str | None) -> numbers.Sign | None:
    head = (form or "").removesuffix(PERCENT_OF_ONE)
    return "." if head == "." else "," if head == "," else None


def _number(raw: str, form: str | None) -> Parsed:
    value, flags = numbers.read(raw, _sign(form))
    if value is None:
        return Parsed(None, flags)
    number, more = numbers.canonical(value)
    return Parsed(number, flags + more)


def _percent(raw: str, form: str | None) -> Parsed:
    shown = raw.strip().endswith("%")
    value, flags = numbers.read(raw.strip().removesuffix("%"), _sign(form))
    if value is None:
        return Parsed(None, flags)
    if (form or "").endswith(PERCENT_OF_ONE) and not shown:
        # 35 among 0.25 and 0.5 was typed in as per cent, without its sign.
        value, flags = (value, (*flags, "percent-outlier")) if abs(value) > 1 else (value * 100, flags)
    number, more = numbers.canonical(value)
    return Parsed(number, flags + more)


def _date(raw: str, field: Field, zone: ZoneInfo) -> Parsed:
    pattern = (field.format or "").removesuffix(BASE_1904)
    moment, timed, flags = dates.read(raw, pattern or None)
    if moment is None or "sentinel-date" in flags:
        return Parsed(None, flags)
    if "excel-serial" in flags and (field.format or "").endswith(BASE_1904):
        moment += timedelta(days=_DAYS_TO_1904)
    if field.kind == "date":
        dropped = ("time-dropped",) if timed and (moment.hour, moment.minute, moment.second) != (0, 0, 0) else ()
        return Parsed(moment.date().isoformat(), flags + dropped)
    if not timed:
        return Parsed(moment.date().isoformat(), (*flags, "date-only"))
    instant, more = dates.in_utc(moment, zone)  # the first and the last day there are have gone as sentinels
    return Parsed(instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ").zfill(20), flags + more)


def _time(raw: str, _form: str | None) -> Parsed:
    clock = dates.clock_of(raw)
    if clock is None or clock.hour > 23 or clock.minute > 59:
        return Parsed(None, ("not-a-time",))
    return Parsed(f"{clock.hour:02d}:{clock.minute:02d}")


def _boolean(raw: str, _form: str | None) -> Parsed:
    word = fold(raw)
    if word in TRUE or word in FALSE:
        return Parsed(word in TRUE)
    return Parsed(None, ("not-a-boolean",))


def _email(raw: str, _form: str | None) -> Parsed:
    found, flags = reach.emails(raw)
    return Parsed(found or None, flags)


def _phone(raw: str, _form: str | None) -> Parsed:
    found, flags = reach.phones(raw)
    return Parsed(found or None, flags)


def _duration(raw: str, form: str | None) -> Parsed:
    return Parsed(*durations.read(raw, form))


def _url(raw: str, _form: str | None) -> Parsed:
    return Parsed(raw.strip(), () if domain(raw) else ("not-a-url",))


_TEXTS = frozenset({"text", "longtext", "html", "address", "block"})
_LABELS = frozenset({"enum", "user", "reference", "file"})
_READERS: dict[str, Callable[[str, str | None], Parsed]] = {
    "number": _number,
    "money": _number,
    "percent": _percent,
    "time": _time,
    "duration": _duration,
    "boolean": _boolean,
    "email": _email,
    "phone": _phone,
    "url": _url,
}
