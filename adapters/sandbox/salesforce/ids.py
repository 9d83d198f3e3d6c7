"""Record ids: 15 characters in which case counts, or 18 whose last three repeat the case of the others."""

import re

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_SHAPE = re.compile(r"[A-Za-z0-9]{15}(?:[A-Z0-5]{3})?")
SHORT = 15


def long(key: str) -> str:
    """The id with its checksum: one character for each five, a bit for each capital letter."""
    short = key[:SHORT]
    fives = (short[at : at + 5] for at in range(0, SHORT, 5))
    return short + "".join(_ALPHABET[sum(1 << n for n, c in enumerate(five) if "A" <= c <= "Z")] for five in fives)


def exact(text: str) -> str | None:
    """The id of 18 characters that a text means; None when it is none, or its checksum is wrong."""
    if _SHAPE.fullmatch(text) is None or (len(text) > SHORT and long(text) != text):
        return None
    return long(text)


def numbered(prefix: str, number: int) -> str:
    """The id of 18 characters of a thing that the sandbox makes itself."""
    digits = ""
    while number:
        number, rest = divmod(number, len(_DIGITS))
        digits = _DIGITS[rest] + digits
    return long(prefix + "5f" + digits.rjust(SHORT - len(prefix) - 2, "0"))
