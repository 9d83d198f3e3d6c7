"""E-mail addresses and telephone numbers: several in one cell, names beside them, spreadsheet damage."""

import re

import phonenumbers

Entry = dict[str, str | bool]
"""One address or number, in canonical form: {"value", "label", "primary"}."""

_LABEL = "work"

_ADDRESS = re.compile(r"[^\s<>;,|\"'()\[\]:/]+@[^\s<>;,|\"'()\[\]:/]+")
_PIECES = re.compile(r"[;|\n]")  # a comma also stands in names: Lee, Ann <ann@example.com>
_LETTER = re.compile(r"\w")
_VALID = re.compile(r"[^@]+@[^@.]+(\.[^@.]+)+")
_BETWEEN = re.compile(r"\s*(?:[/;|\n]|,(?!\s*(?:ext|x)\b)|\bor\b)\s*", re.IGNORECASE)
_SCIENTIFIC = re.compile(r"[+-]?\d+(?:[.,]\d+)?[eE]\+?\d+")
_AS_FLOAT = re.compile(r"\d{7,}\.0+")
_EXTENSION = re.compile(r"(?:ext\.?|x|#|extension|durchwahl)\s*\d+\s*$", re.IGNORECASE)
_FEWEST_DIGITS = 6


def emails(cell: str) -> tuple[list[Entry], tuple[str, ...]]:
    """The addresses of a cell in their order, as written, each once whatever its case; the first is primary.

    Display names, angle brackets and "mailto:" are dropped. "invalid-email" where something that is no address was
    left out.
    """
    found: dict[str, str] = {}
    flags: tuple[str, ...] = ()
    for match in _ADDRESS.finditer(re.sub(r"mailto:", "", cell, flags=re.IGNORECASE)):
        address = match.group().rstrip(".")
        if _VALID.fullmatch(address):
            found.setdefault(address.lower(), address)
        else:
            flags = ("invalid-email",)
    if not found or any("@" not in piece and _LETTER.search(piece) for piece in _PIECES.split(cell)):
        flags = ("invalid-email",)
    return _entries(list(found.values())), flags


def phones(cell: str) -> tuple[list[Entry], tuple[str, ...]]:
    """The numbers of a cell in their order, as written, with their extensions; the first is primary.

    A number is never changed and never dropped. Flags: "scientific-notation" (digits are lost), "spreadsheet-number" (a
    trailing .0), "unclear-phone" (parts that may be a range or a second extension; left together), "not-a-phone".
    """
    text = cell.strip()
    if _SCIENTIFIC.fullmatch(text):
        return _entries([text]), ("scientific-notation",)
    if _AS_FLOAT.fullmatch(text):
        return _entries([text]), ("spreadsheet-number",)
    pieces = [piece for piece in _BETWEEN.split(text) if piece]
    digits = [len(re.sub(r"\D", "", _EXTENSION.sub("", piece))) for piece in pieces]
    if len(pieces) > 1 and min(digits) < _FEWEST_DIGITS:
        return _entries([text]), ("unclear-phone",)
    flags = ("not-a-phone",) if not any(digits) else ()
    return _entries(list(dict.fromkeys(pieces))), flags


def standard_phone(number: str, region: str) -> str | None:
    """One number in international form, "+12125550155" or "+12125550155;ext=204"; None where it cannot be one.

    `region` is the ISO country whose numbers are written without a country code. For comparing and standardising; the
    number as written stays beside it.
    """
    try:
        parsed = phonenumbers.parse(number, region.upper())
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(parsed):
        return None
    plain = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    return f"{plain};ext={parsed.extension}" if parsed.extension else plain


def _entries(values: list[str]) -> list[Entry]:
    return [{"value": value, "label": _LABEL, "primary": place == 0} for place, value in enumerate(values)]
