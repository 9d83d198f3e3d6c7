"""The price of a migration by the rules of its seller: one for each grade, and one for each thing that makes it longer.

No rule asks how many records there are; above two million of them a person decides, and there is no number.
"""

from collections.abc import Sequence

import msgspec

EXTRAS = ("contacts", "deals", "custom objects", "activities", "custom fields", "pipelines")
"""What a price list may have an extra for: the things that make the calendar longer."""


class RatesError(Exception):
    """A price list that cannot be used; the message says what to change."""


class Rates(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A price list. grade: the price by letter. extra: what is added for one of `EXTRAS`."""

    currency: str
    grade: dict[str, float]
    extra: dict[str, float] = {}


class Quote(msgspec.Struct, frozen=True, kw_only=True):
    """A price and how it comes about, line by line."""

    amount: float
    currency: str
    lines: tuple[tuple[str, float], ...]


def quote(rates: Rates, grade: str, longer: Sequence[str]) -> Quote:
    """The price of a migration of a grade. longer: what makes its calendar longer, in words. Raises RatesError."""
    if unknown := sorted(rates.extra.keys() - set(EXTRAS)):
        raise RatesError(f"rates: there is no extra {', '.join(unknown)}; there is {', '.join(EXTRAS)}")
    if grade not in rates.grade:
        raise RatesError(f"rates: there is no price for grade {grade}; add it under `grade`")
    lines = [(f"grade {grade}", rates.grade[grade])]
    for name, price in rates.extra.items():
        lines += [(words, price) for words in longer if _is_of(name, words)]
    return Quote(amount=round(sum(price for _, price in lines), 2), currency=rates.currency, lines=tuple(lines))


def _is_of(name: str, words: str) -> bool:
    """Whether a reason ("about 12,000 contacts (…)") is one of an extra ("contacts")."""
    return words.removeprefix("about ").partition(" ")[2].startswith(name.removesuffix("s"))
