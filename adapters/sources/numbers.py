"""Numbers as people and programs write them, by the decimal sign of their column.

A cell that shows its own decimal sign ("12.500,00", "12,5") is read by that one and flagged; a cell that could be
either ("1.234") follows its column, and is not read at all where the column's sign is unknown. Money never passes
through float.
"""

import re
from decimal import Decimal, InvalidOperation
from typing import Literal, NamedTuple

Sign = Literal[".", ","]

_GROUP_BLANK = re.compile(r"(?<=\d)[ \u00a0\u202f\u2009\u2007'\u2019](?=\d{3}(?!\d))")
_DASHES = str.maketrans("\u2212\u2013\u2012", "---")
_CODE = (
    r"\b(?:AED|ARS|AUD|BGN|BRL|CAD|CHF|CLP|CNY|COP|CZK|DKK|EUR|GBP|HKD|HUF|IDR|ILS|INR|JPY|KRW|MAD|MXN|MYR|NOK|NZD|PEN|"
    r"PHP|PLN|RON|RUB|SAR|SEK|SGD|THB|TRY|TWD|UAH|USD|UYU|VND|ZAR)\b"
)
_CURRENCY = re.compile(rf"(?:[A-Z]{{1,3}}\s?)?[$€£¥₹₩₽₺₴₪฿]|kr\b\.?|zł|\bFr\b\.?|{_CODE}")
_CODES = {"€": "EUR", "£": "GBP", "₹": "INR", "₩": "KRW", "₽": "RUB", "₺": "TRY", "₴": "UAH", "₪": "ILS", "฿": "THB",
          "US$": "USD", "C$": "CAD", "CA$": "CAD", "A$": "AUD", "AU$": "AUD", "NZ$": "NZD", "R$": "BRL"}  # fmt: skip
_PLAIN = re.compile(r"\d+(?:[.,]\d+)*|[.,]\d+")
_EXPONENT_MOST = 300
_SCIENTIFIC = re.compile(r"[+-]?\d+(?:[.,]\d+)?[eE][+-]?\d+")


class Number(NamedTuple):
    """A cell taken apart: digits and separators only, the sign told apart from them, and what was odd about it."""

    digits: str
    negative: bool
    flags: tuple[str, ...]


def read(cell: str, sign: Sign | None) -> tuple[Decimal | None, tuple[str, ...]]:
    """The number of a cell, with flags; None and "not-a-number" or "ambiguous-number" where it cannot be known."""
    text = cell.strip().translate(_DASHES)
    if _SCIENTIFIC.fullmatch(text):
        value = _decimal(text.replace(",", "."))
        return value, ("not-a-number",) if value is None else ("scientific-notation",)
    number = bare(text)
    if number is None:
        return None, ("not-a-number",)
    own = own_sign(number.digits)
    if own == "?":
        own = sign or "?"
    if own == "?":
        return None, (*number.flags, "ambiguous-number")
    flags = number.flags
    if own is not None and sign is not None and own != sign:
        flags = (*flags, "other-decimal-sign")
    group = "," if own == "." else "."
    value = _decimal(number.digits.replace(group, "").replace(",", ".") if own else _digits_only(number.digits))
    if value is None:
        return None, ("not-a-number",)
    return -value if number.negative else value, flags


def bare(text: str) -> Number | None:
    """Take currency, blanks and signs off a number; None when what is left is no number."""
    inner = _CURRENCY.sub("", text, count=1).strip()
    negative = False
    flags: tuple[str, ...] = ()
    if inner.startswith("(") and inner.endswith(")"):
        inner, negative, flags = inner[1:-1].strip(), True, ("accounting-negative",)
    elif inner.endswith("-"):
        inner, negative, flags = inner[:-1].strip(), True, ("accounting-negative",)
    elif inner.startswith(("-", "+")):
        inner, negative = inner[1:].strip(), inner.startswith("-")
    inner = _GROUP_BLANK.sub("", inner)
    return Number(inner, negative, flags) if _PLAIN.fullmatch(inner) and own_sign(inner) != "x" else None


def own_sign(digits: str) -> Literal[".", ",", "?", "x"] | None:
    """What the cell itself shows: a decimal sign, None (no separator), "?" (it could be either), "x" (no number)."""
    points, commas = digits.count("."), digits.count(",")
    if not points and not commas:
        return None
    if points and commas:
        last: Sign = "." if digits.rfind(".") > digits.rfind(",") else ","
        whole, _, _ = digits.rpartition(last)
        return last if digits.count(last) == 1 and _grouped(whole, _opposite(last)) else "x"
    only: Sign = "." if points else ","
    if points + commas > 1:
        return _opposite(only) if _grouped(digits, only) else "x"
    whole, _, fraction = digits.partition(only)
    return "?" if len(fraction) == 3 and 1 <= len(whole) <= 3 and whole != "0" else only


def currency(cell: str) -> str | None:
    """The ISO 4217 code that a money cell names ("US$ 5", "5 EUR", "€5"); None for none and for a bare $ or ¥."""
    if code := re.search(_CODE, cell):
        return code.group()
    sign = re.search(r"(?:[A-Z]{1,2})?[$€£₹₩₽₺₴₪฿]", cell)
    return _CODES.get(sign.group()) if sign else None


def canonical(value: Decimal) -> tuple[int | float, tuple[str, ...]]:
    """The number as JSON holds it: int when whole, else float; flagged "rounded-number" if float cannot hold it."""
    if value == value.to_integral_value():
        return int(value), ()
    close = float(value)
    return close, () if Decimal(repr(close)) == value else ("rounded-number",)


def _grouped(digits: str, group: Sign) -> bool:
    """Whether separators stand as thousands do: 1,234,567 or, as in India, 12,34,567."""
    sign = re.escape(group)
    return (
        re.fullmatch(rf"\d+|\d{{1,3}}(?:{sign}\d{{3}})+|\d{{1,2}}(?:{sign}\d{{2}})*{sign}\d{{3}}", digits) is not None
    )


def _opposite(sign: Sign) -> Sign:
    return "," if sign == "." else "."


def _digits_only(digits: str) -> str:
    return digits.replace(".", "").replace(",", "")


def _decimal(text: str) -> Decimal | None:
    """A number of a size that is one: "5E12345678" is a product code, and as a whole number it would fill memory."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if abs(value.adjusted()) <= _EXPONENT_MOST else None
