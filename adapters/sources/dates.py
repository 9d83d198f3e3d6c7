"""Dates and times as people and programs write them, by the pattern of their column.

The order of day and month is a property of a column, never of a cell. A cell in another form is read where it can only
mean one thing (ISO, a named month, a day above 12) and flagged. A time without a zone is in the account's zone, which
is applied once, here; a date without a time is never shifted.
"""

import re
from calendar import monthrange
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

Order = Literal["ymd", "dmy", "mdy"]

_ISO = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:(?:[ T]+|, ?)(\S.*))?")
_NUMERIC = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})(?:(?:[ T]+|, ?)(\S.*))?")
_DAY_NAMED = re.compile(
    r"(?:[A-Za-z]{3,9}\.?,? )?(\d{1,2})\.?[ -]([A-Za-z]{3,9})\.?,?[ -](\d{4}|\d{2})(?:(?:[ T]+|, ?)(\S.*))?"
)
_NAMED_DAY = re.compile(
    r"(?:[A-Za-z]{3,9}\.?,? )?([A-Za-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})(?:(?:[ T]+|, ?)(\S.*))?"
)
_TIME = re.compile(
    r"(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?: ?([AaPp])\.?[Mm]\.?)?"
    r"(?: ?(Z|[A-Za-z]{2,5}|(?:UTC|GMT)?[+-]\d{2}:?(?:\d{2})?))?"
)
_SERIAL = re.compile(r"([2-5]\d{4}|60000)(?:\.(\d+))?")
_MONTHS = {name: number for number, names in enumerate((
    ("jan", "january", "januar", "enero", "janvier"), ("feb", "february", "februar", "febrero"),
    ("mar", "march", "marzo", "mars"),
    ("apr", "april", "abril", "avril"), ("may", "mai", "mayo"), ("jun", "june", "juni", "junio", "juin"),
    ("jul", "july", "juli", "julio", "juillet"), ("aug", "august", "agosto"),
    ("sep", "sept", "september", "septiembre"),
    ("oct", "october", "okt", "oktober", "octubre", "octobre"), ("nov", "november", "noviembre"),
    ("dec", "december", "dez", "dezember", "diciembre"),
), start=1) for name in names}  # fmt: skip

_ZONE_HOURS = {
    "Z": 0.0, "UTC": 0.0, "GMT": 0.0, "WET": 0.0, "WEST": 1.0, "CET": 1.0, "CEST": 2.0, "EET": 2.0, "EEST": 3.0,
    "AST": -4.0, "ADT": -3.0,
    "EST": -5.0, "EDT": -4.0, "CST": -6.0, "CDT": -5.0, "MST": -7.0, "MDT": -6.0, "PST": -8.0, "PDT": -7.0,
    "AKST": -9.0, "AKDT": -8.0,
    "HST": -10.0, "JST": 9.0, "AEST": 10.0, "AEDT": 11.0, "NZST": 12.0, "NZDT": 13.0,
}  # fmt: skip

# The second day of 1900 is what spreadsheets make of the first one as databases number it (their 1900 has a leap day).
_SENTINELS = frozenset(
    date(*ymd) for ymd in ((1, 1, 1), (1753, 1, 1), (1899, 12, 30), (1899, 12, 31), (1900, 1, 1), (1900, 1, 2),
                           (1970, 1, 1), (9999, 12, 31))
)  # fmt: skip
_EXCEL_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - a serial has no zone
_PIVOT_YEAR = 69  # as strptime's %y: 69 is 1969, 68 is 2068


class Clock(NamedTuple):
    """A time of day as written: its parts and its own zone, if it has one. `pattern` is its strptime form."""

    hour: int
    minute: int
    second: int
    zone: str
    pattern: str


class Cell(NamedTuple):
    """A date cell taken apart, before day and month are told apart.

    `parts` stand in the order of the text; `order` is known where the text shows it (None: day and month could be
    either way round). `pattern` is the strptime form with {0} and {1} where day and month stand.
    """

    parts: tuple[int, int, int]
    order: Order | None
    pattern: str
    clock: Clock | None


def take_apart(text: str) -> Cell | None:
    """See a date or date-time in a cell, without judging whether it exists; None when there is none."""
    text = " ".join(text.split())
    if match := _ISO.fullmatch(text):
        year, sep, month, day, rest = match.groups()
        return _with_clock((int(year), int(month), int(day)), "ymd", f"%Y{sep}%m{sep}%d", rest, text)
    if match := _NUMERIC.fullmatch(text):
        first, sep, second, year, rest = match.groups()
        order: Order | None = (
            "dmy" if int(first) > 12 >= int(second) else "mdy" if int(second) > 12 >= int(first) else None
        )
        parts = (int(first), int(second), _year(year))
        return _with_clock(parts, order, f"{{0}}{sep}{{1}}{sep}{_year_directive(year)}", rest, text)
    if match := _DAY_NAMED.fullmatch(text):
        day, name, year, rest = match.groups()
        if month_number := _MONTHS.get(name.lower()):
            pattern = text[: match.end(3)]
            sep = pattern[len(pattern) - len(year) - 1]
            directive = f"%d{sep}%{_name_directive(name)}{sep}{_year_directive(year)}"
            return _with_clock((int(day), month_number, _year(year)), "dmy", directive, rest, text)
    if match := _NAMED_DAY.fullmatch(text):
        name, day, year, rest = match.groups()
        if month_number := _MONTHS.get(name.lower()):
            comma = "," if "," in text[match.end(2) : match.start(3)] else ""
            directive = f"%{_name_directive(name)} %d{comma} %Y"
            return _with_clock((month_number, int(day), int(year)), "mdy", directive, rest, text)
    return None


def exists(cell: Cell) -> bool:
    """Whether the day is in the calendar, where the cell itself shows its order; True where it shows none."""
    if cell.order is None:
        return True
    first, second, third = cell.parts
    year, month, day = {"ymd": (first, second, third), "dmy": (third, second, first), "mdy": (third, first, second)}[
        cell.order
    ]
    return 1 <= month <= 12 and 1 <= day <= monthrange(max(year, 1), month)[1]


def order_of(pattern: str | None) -> Order | None:
    """The order of day, month and year in a strptime pattern; None where the pattern does not show one."""
    if not pattern:
        return None
    places = [max(pattern.find(form) for form in forms) for forms in (("%Y", "%y"), ("%m", "%b", "%B"), ("%d",))]
    if min(places) < 0:
        return None
    year, month, day = places
    return "ymd" if year < month else "dmy" if day < month else "mdy"


def read(text: str, pattern: str | None) -> tuple[datetime | None, bool, tuple[str, ...]]:
    """The moment that a cell writes, whether it has a time of day, and flags.

    A moment with its own zone is aware, another naive. None with "not-a-date", "ambiguous-date", "impossible-date" or
    "unknown-zone". A number between 20000 and 60000 is taken for an Excel serial of the 1900 system and flagged.
    """
    text = text.strip()
    if pattern:
        try:
            exact = datetime.strptime(text, pattern)  # noqa: DTZ007 - naive on purpose, the zone comes later
        except ValueError:
            pass
        else:
            return exact, "%H" in pattern or "%I" in pattern, _sentinel(exact)
    if serial := _SERIAL.fullmatch(text):
        seconds = round(float(f"0.{serial.group(2) or 0}") * 86400)
        moment = _EXCEL_EPOCH + timedelta(days=int(serial.group(1)), seconds=seconds)
        return moment, serial.group(2) is not None, ("excel-serial",)
    cell = take_apart(text)
    if cell is None:
        return None, False, ("not-a-date",)
    return _settled(cell, pattern)


def in_utc(moment: datetime, zone: ZoneInfo) -> tuple[datetime, tuple[str, ...]]:
    """The instant of a moment, naive ones being in `zone`; flagged where that local time is skipped or comes twice.

    A time that the clocks skip is read with the offset before the change; of two equal times the first is taken.
    """
    if moment.tzinfo is not None:
        return moment.astimezone(UTC), ()
    local = moment.replace(tzinfo=zone)
    instant = local.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) != moment:
        return instant, ("skipped-local-time",)
    if local.replace(fold=1).utcoffset() != local.utcoffset():
        return instant, ("ambiguous-local-time",)
    return instant, ()


def _settled(cell: Cell, pattern: str | None) -> tuple[datetime | None, bool, tuple[str, ...]]:
    column = order_of(pattern)
    order = cell.order or column
    flags: tuple[str, ...] = ()
    if order is None:
        return None, False, ("ambiguous-date",)
    if "{0}" in cell.pattern and column in ("dmy", "mdy") and order != column:
        flags = ("other-date-order",)
    tz: tzinfo | None = None
    if cell.clock and cell.clock.zone:
        tz = _zone(cell.clock.zone)
        if tz is None:
            return None, False, ("unknown-zone",)
        if pattern is None or "%z" not in pattern:
            flags = (*flags, "own-zone")
    first, second, third = cell.parts
    year, month, day = (
        (first, second, third) if order == "ymd" else (third, *((second, first) if order == "dmy" else (first, second)))
    )
    clock = cell.clock or Clock(0, 0, 0, "", "")
    try:
        moment = datetime(year, month, day, clock.hour, clock.minute, min(clock.second, 59), tzinfo=tz)
    except ValueError:
        return None, False, ("impossible-date",)
    return moment, cell.clock is not None, (*flags, *_sentinel(moment))


def _with_clock(
    parts: tuple[int, int, int], order: Order | None, pattern: str, rest: str | None, text: str
) -> Cell | None:
    if rest is None:
        return Cell(parts, order, pattern, None)
    clock = clock_of(rest)
    if clock is None:
        return None
    joint = "T" if re.search(r"\dT\d", text) else " "
    return Cell(parts, order, f"{pattern}{joint}{clock.pattern}", clock)


def clock_of(text: str) -> Clock | None:
    """See a time of day in a text: 24 hours, or 12 with AM or PM, with or without a zone; None when there is none."""
    match = _TIME.fullmatch(text.strip())
    if not match:
        return None
    hour, minute, second, fraction, half, zone = match.groups()
    if half and not 1 <= int(hour) <= 12:
        return None
    hours = int(hour) if not half else int(hour) % 12 + (12 if half in "Pp" else 0)
    pattern = ("%I" if half else "%H") + ":%M" + (":%S" if second else "") + (".%f" if fraction else "")
    pattern += (" %p" if half else "") + ("%z" if zone else "")
    return Clock(hours, int(minute), int(second or 0), zone or "", pattern)


def _zone(name: str) -> tzinfo | None:
    hours = _ZONE_HOURS.get(name.upper())
    if hours is not None:
        return timezone(timedelta(hours=hours))
    match = re.fullmatch(r"(?:UTC|GMT)?([+-])(\d{2}):?(\d{2})?", name, re.IGNORECASE)
    if not match:
        return None
    sign, whole, minutes = match.groups()
    offset = timedelta(hours=int(whole), minutes=int(minutes or 0))
    return timezone(-offset if sign == "-" else offset) if offset < timedelta(hours=24) else None


def _sentinel(moment: datetime) -> tuple[str, ...]:
    return ("sentinel-date",) if moment.date() in _SENTINELS else ()


def _year(text: str) -> int:
    return int(text) if len(text) == 4 else int(text) + (1900 if int(text) >= _PIVOT_YEAR else 2000)


def _year_directive(text: str) -> str:
    return "%Y" if len(text) == 4 else "%y"


def _name_directive(name: str) -> str:
    return "b" if len(name) <= 3 else "B"
