"""What a column holds, judged over all its cells: kind, format, options, fill.

A guess proposes and a person confirms. Where the cells cannot settle the order of day and month or the decimal sign,
the format stays None and a finding asks.
"""

import hashlib
import heapq
import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

from adapters.protocols import Field, Finding, Kind, Option
from adapters.sources import dates, durations, numbers, reach
from adapters.sources.names import fold
from adapters.sources.values import BASE_1904, FALSE, NOTHING, PERCENT_OF_ONE, TRUE, ZIP_FORMAT, split

_SAMPLES = 5
_SAMPLE_CHARACTERS = 200
_OPTIONS_MAX = 1000
_GUESSED_OPTIONS_MAX = 20
_OPTION_CHARACTERS_MAX = 60
_EXACT_DISTINCT = 16_384
_TYPED_SHARE = 0.95
_CACHED_CHARACTERS_MAX = 64
_SEPARATORS = (";", "|", "\n", ",")

NEIGHBOURS = "the file's other date columns"
"""What settles the order of day and month where a column's own cells do not."""

_BOOLEAN_PAIRS = tuple(
    frozenset(pair.split())
    for pair in ("yes no", "y n", "true false", "t f", "1 0", "-1 0", "on off", "x", "✓", "✔", "✓ ✗", "✔ ✘", "☑ ☐",
                 "ja nein", "j n",
                 "oui non", "sí no", "si no", "sim não", "sim nao", "vrai faux", "wahr falsch")
)  # fmt: skip
_MARKUP = re.compile(r"</?(p|div|br|b|i|u|ul|ol|li|a|span|table|strong|em|h[1-6])\b[^>]*>", re.IGNORECASE)
_URL = re.compile(r"(https?://|www\.)\S+", re.IGNORECASE)
_EMAIL = re.compile(r"\s*(?:mailto:)?[^\s@;,]+@[^\s@;,]+\.[^\s@;,]+\s*", re.IGNORECASE)
_PHONE = re.compile(r"\(?\+?\d[\d\s().\-/]{6,}\d(\s*(x|ext\.?)\s*\d+)?", re.IGNORECASE)
_PHONE_LABEL = re.compile(r"phone|mobile|\bcell\b|\bfax\b|\btel\b|telefon|handy", re.IGNORECASE)
_ZIP_LABEL = re.compile(r"\bzip\b|postal|postcode|\bplz\b", re.IGNORECASE)
_MINUTES_LABEL = re.compile(r"\bmin(ute)?s?\b", re.IGNORECASE)


class Profile:
    """Watches the cells of one column go by, in memory that does not grow with their number."""

    def __init__(self, label: str) -> None:
        self.label = label
        self.filled = 0
        self._marks: Counter[str] = Counter()
        self._values: dict[str, None] | None = {}
        self._samples: dict[str, None] = {}
        self._distinct = _Distinct()

    def add(self, cell: str) -> None:
        """See one cell."""
        text = cell.strip()
        if not text:
            return
        self.filled += 1
        self._distinct.add(cell)
        if len(self._samples) < _SAMPLES:
            self._samples.setdefault(cell if len(cell) <= _SAMPLE_CHARACTERS else cell[:_SAMPLE_CHARACTERS] + "…")
        if self._values is not None and text not in self._values:
            self._values[text] = None
            if len(self._values) > _OPTIONS_MAX:
                self._values = None
        self._marks.update(_marks(text) if len(text) <= _CACHED_CHARACTERS_MAX else _long_marks(text))

    def shown(self, how: str, cells: int) -> None:
        """Hear how a workbook shows cells of the column: see `adapters.sources.notes.Notes.shown`."""
        self._marks[f"shown {how}"] += cells

    def field(
        self,
        *,
        kind: Kind | None = None,
        position: int = 0,
        custom: bool = True,
        required: bool = False,
        order: dates.Order | None = None,
    ) -> Field:
        """The column as a field. `kind` is what the product's schema says; without it the cells decide.

        `order` is the one of the file's other date columns: it is proposed where this column's own cells show none.
        """
        settled = kind or self._kind()
        if settled == "datetime" and self._marks["date"] and not self._marks["timed"]:
            settled = "date"  # no cell has a time of day
        form = self._format(settled, order)
        return Field(
            key=self.label, label=self.label, kind=settled, custom=custom, required=required,
            many=settled == "multienum",
            options=self._options(settled, form), format=form, samples=tuple(self._samples), filled=self.filled,
            distinct=self._distinct.count(), position=position,
        )  # fmt: skip

    def order(self) -> dates.Order | None:
        """The order of day and month that this column's own cells prove; None where they prove none, or both."""
        day_first, month_first = self._marks["day-first"], self._marks["month-first"]
        if day_first == month_first:
            return None
        return "dmy" if day_first > month_first else "mdy"

    def findings(self, field: Field, object: str, file: str, neighbours: str = NEIGHBOURS) -> tuple[Finding, ...]:
        """What a person has to decide about the column before its cells can be read.

        `neighbours`: where the order that `field` was given came from, in words.
        """
        where = f"{file}, column {self.label}"
        said: list[tuple[str, str]] = []
        if field.kind in ("date", "datetime"):
            first, second = self._marks["day-first"], self._marks["month-first"]
            if self._marks["either-first"] and self.order() is None:
                settled = dates.order_of(field.format)
                said.append(
                    ("ambiguous-dates", "every date could be day first or month first; say which it is")
                    if settled is None
                    else ("dates-by-neighbours", f"taken for {settled} as in {neighbours}; check this")
                )
            if first and second:
                said.append(("mixed-dates", f"{first} dates have the day first, {second} the month first"))
        if field.kind in ("number", "money", "percent"):
            point, comma = self._marks["point"], self._marks["comma"]
            if field.format is None and self._marks["either-sign"]:
                said.append(
                    ("ambiguous-decimals", "every number could use point or comma as its decimal sign; say which")
                )
            if point and comma:
                said.append(("mixed-decimals", f"{point} numbers use a decimal point, {comma} a decimal comma"))
        if field.kind == "boolean" and (odd := self._odd_booleans()):
            said.append(
                ("mixed-booleans", f"yes and no are said in {odd} more words than by most cells; check what they mean")
            )
        if field.kind in ("enum", "multienum") and self._values is None:
            said.append(("too-many-options", f"more than {_OPTIONS_MAX} different values; no options are listed"))
        return tuple(
            Finding(code=code, object=object, where=where, detail=f"{self.label}: {detail}.") for code, detail in said
        )

    def _kind(self) -> Kind:
        seen = self.filled - self._marks["nothing"]
        if not seen:
            return "text"
        if self._is_boolean():
            return "boolean"
        if self._marks["shown percent"] > seen / 2:
            return "percent"
        typed: tuple[tuple[str, Kind], ...] = (
            ("email", "email"), ("url", "url"), ("date", "date"), ("percent", "percent"), ("duration", "duration"),
        )  # fmt: skip
        for mark, kind in typed:
            if self._mostly(mark, seen):
                return "datetime" if kind == "date" and self._marks["timed"] > seen / 2 else kind
        if _PHONE_LABEL.search(self.label) and self._marks["phone"] + self._marks["scientific"]:
            return "phone"
        if self._mostly("number", seen) and not self._marks["code"]:
            return "money" if self._marks["currency"] > seen / 2 else "number"
        return self._textual_kind()

    def _textual_kind(self) -> Kind:
        if self._marks["markup"] > self.filled / 2:
            return "html"
        if self._marks["long"] or self._marks["lines"]:
            return "longtext"
        values = list(self._values or ())
        tokens = {token for value in values for token in split(value, self._separator())}
        if tokens and len(tokens) <= _GUESSED_OPTIONS_MAX and max(map(len, tokens)) <= _OPTION_CHARACTERS_MAX:
            parts = self._marks[f"has {self._separator()}"]
            if self._separator() in (";", "|") and parts and self.filled >= 2 * len(tokens):
                return "multienum"
            if self.filled >= 2 * len(values) and not self._marks["code"]:
                return "enum"
        return "text"

    def _is_boolean(self) -> bool:
        if self._values is None:
            return False
        words = {fold(value) for value in self._values} - NOTHING
        fits = any(words <= pair for pair in _BOOLEAN_PAIRS)
        return fits and (len(words) == 2 or not words & {"1", "0", "-1", "y", "n", "t", "f", "j", "si", "on", "no"})

    def _odd_booleans(self) -> int:
        """How many words of a yes-or-no column are of another pair than most."""
        words = {fold(value) for value in self._values or ()} & (TRUE | FALSE)
        return len(words) - max((len(words & pair) for pair in _BOOLEAN_PAIRS), default=0)

    def _mostly(self, mark: str, seen: int) -> bool:
        count = self._marks[mark]
        return count == seen or (seen >= 20 and count >= _TYPED_SHARE * seen)

    def _format(self, kind: Kind, order: dates.Order | None) -> str | None:
        if kind in ("date", "datetime"):
            base = BASE_1904 if self._marks["shown 1904"] else ""
            return (self._date_pattern(order) or "") + base or None
        if kind in ("number", "money"):
            return self._decimal_sign()
        if kind == "percent":
            sign = self._decimal_sign()
            fractions = self._marks["fraction"] and not self._marks["percent"] and not self._marks["above-one"]
            fractions = fractions or self._marks["shown percent"] > self.filled / 2
            return (sign or ".") + PERCENT_OF_ONE if fractions else sign
        if kind == "multienum":
            return self._separator()
        if kind == "duration":
            return self._duration_form()
        if kind == "text" and _ZIP_LABEL.search(self.label) and self._marks["five-digits"] > self.filled / 2:
            return ZIP_FORMAT
        return None

    def _date_pattern(self, order: dates.Order | None) -> str | None:
        """The commonest pattern, day and month told apart by the cells that can mean one thing only.

        Where some cells leave day and month open, theirs: it says how to read them, and the others need no help.
        """
        patterns = {mark[1:]: count for mark, count in self._marks.items() if mark.startswith("%")}
        if not patterns:
            return None
        if self._marks["either-first"]:
            patterns = {pattern: count for pattern, count in patterns.items() if "{0}" in pattern}
        common = max(patterns, key=lambda pattern: patterns[pattern])
        if "{0}" not in common:
            return common
        settled = self.order() or order
        return common.format(*(("%d", "%m") if settled == "dmy" else ("%m", "%d"))) if settled else None

    def _decimal_sign(self) -> str | None:
        point, comma = self._marks["point"], self._marks["comma"]
        if point == comma:
            return None if point or self._marks["either-sign"] else "."
        return "." if point > comma else ","

    def _separator(self) -> str:
        return next((mark for mark in _SEPARATORS if self._marks[f"has {mark}"]), ";")

    def _duration_form(self) -> str | None:
        if self._marks["three-part-clock"]:
            return "mm:ss"
        return "min" if _MINUTES_LABEL.search(self.label) else None

    def _options(self, kind: Kind, form: str | None) -> tuple[Option, ...]:
        if kind not in ("enum", "multienum") or self._values is None:
            return ()
        labels = dict.fromkeys(
            label for value in self._values for label in (split(value, form) if kind == "multienum" else [value])
        )
        return tuple(Option(label, label) for label in labels)


def profile(label: str, cells: Iterable[str]) -> Field:
    """Guess the field that a column of cells stands for."""
    seen = Profile(label)
    for cell in cells:
        seen.add(cell)
    return seen.field()


class _Distinct:
    """Counts different values: exactly up to 16,384, beyond that within about one per cent.

    Keeps the smallest hashes only; how densely they lie tells how many there are (k minimum values).
    """

    def __init__(self) -> None:
        self._kept: set[int] = set()
        self._largest_first: list[int] = []

    def add(self, cell: str) -> None:
        mark = int.from_bytes(hashlib.blake2b(cell.encode(), digest_size=8).digest())
        if mark in self._kept:
            return
        if len(self._kept) < _EXACT_DISTINCT:
            self._kept.add(mark)
            heapq.heappush(self._largest_first, -mark)
        elif mark < -self._largest_first[0]:
            self._kept.add(mark)
            self._kept.discard(-heapq.heappushpop(self._largest_first, -mark))

    def count(self) -> int:
        if len(self._kept) < _EXACT_DISTINCT:
            return len(self._kept)
        return round((_EXACT_DISTINCT - 1) * 2**64 / -self._largest_first[0])


@lru_cache(maxsize=1 << 16)
def _marks(text: str) -> tuple[str, ...]:
    """What one short cell gives evidence of."""
    if fold(text) in NOTHING and text != "-1":
        return ("nothing",)
    marks = [f"has {sign}" for sign in _SEPARATORS if sign in text]
    marks += ["lines"] if "\n" in text or "\r" in text else []
    marks += [
        name for name, pattern in (("email", _EMAIL), ("url", _URL), ("phone", _PHONE)) if pattern.fullmatch(text)
    ]
    marks += ["email"] if "email" not in marks and "@" in text and reach.emails(text)[0] else []
    if _MARKUP.search(text):
        marks.append("markup")
    return (*marks, *_date_marks(text), *_number_marks(text))


def _long_marks(text: str) -> tuple[str, ...]:
    marks = ["long"] if len(text) > 255 else []
    marks += ["lines"] if "\n" in text or "\r" in text else []
    marks += ["markup"] if _MARKUP.search(text) else []
    marks += ["url"] if _URL.fullmatch(text) else []
    return (*marks, *(f"has {sign}" for sign in _SEPARATORS if sign in text))


def _date_marks(text: str) -> list[str]:
    cell = dates.take_apart(text)
    if cell is None:
        return []
    if not dates.exists(cell):
        return ["date"]  # no evidence of how the others are written
    marks = ["date", f"%{cell.pattern}"] + (["timed"] if cell.clock else [])
    if "{0}" in cell.pattern:
        marks.append({"dmy": "day-first", "mdy": "month-first"}.get(cell.order or "", "either-first"))
    return marks


def _number_marks(text: str) -> list[str]:
    if durations.read(text, "mm:ss")[0] is not None and not re.fullmatch(r"[\d.]+", text):
        return ["duration"] + (["three-part-clock"] if text.count(":") == 2 else [])
    body = text.removesuffix("%")
    value, flags = numbers.read(body, ".")
    if value is None:
        return []
    if "scientific-notation" in flags:
        return ["scientific", "number"]
    found = numbers.bare(body)
    own = numbers.own_sign(found.digits) if found else None
    marks = ["percent" if body != text else "number"]
    marks += {".": ["point"], ",": ["comma"], "?": ["either-sign"]}.get(own or "", [])
    marks += ["above-one"] if abs(value) > 1 else ["fraction"] if 0 < abs(value) < 1 else []
    marks += ["currency"] if re.search(r"[^\d.,()\s+-]", body) else []
    digits = body.strip()
    if digits.isdigit():
        # A leading zero or very many digits: a code that looks like a number.
        marks += ["code"] if (len(digits) > 1 and digits[0] == "0") or len(digits) > 15 else []
        marks += ["five-digits"] if len(digits) == 5 else []
    return marks
