"""Durations as call logs write them, in seconds."""

import re

_UNITS = re.compile(
    r"(?:(\d+(?:\.\d+)?) ?h(?:ours?|rs?)?)?,? ?(?:(\d+(?:\.\d+)?) ?m(?:in(?:ute)?s?)?)?,? ?"
    r"(?:(\d+(?:\.\d+)?) ?s(?:ec(?:ond)?s?)?)?"
)
_ISO = re.compile(r"PT(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?")
_CLOCK = re.compile(r"(\d+):([0-5]\d)(?::([0-5]\d)(?:\.\d+)?)?")
_BARE = re.compile(r"\d+(?:\.\d+)?")
_SECONDS = {"s": 1, "min": 60, "h": 3600}


def read(cell: str, form: str | None) -> tuple[int | None, tuple[str, ...]]:
    """Whole seconds of "4m 35s", "1 h 5 min", "PT4M35S", "00:04:35", "275"; else None and a flag.

    `form` settles what a cell leaves open: the unit of a bare number ("s", the default, "min" or "h") and what two
    numbers mean ("mm:ss" or "hh:mm"; without one of these they are flagged "ambiguous-duration" and not read).
    """
    text = cell.strip()
    if _BARE.fullmatch(text):
        return round(float(text) * _SECONDS.get(form or "s", 1)), ()
    if match := _CLOCK.fullmatch(text):
        first, second, third = match.groups()
        if third is not None:
            return int(first) * 3600 + int(second) * 60 + int(third), ()
        if form not in ("mm:ss", "hh:mm"):
            return None, ("ambiguous-duration",)
        return (int(first) * 60 + int(second)) * (60 if form == "hh:mm" else 1), ()
    match = _ISO.fullmatch(text) or _UNITS.fullmatch(text.lower())
    if match and any(match.groups()):
        hours, minutes, seconds = (float(part or 0) for part in match.groups())
        return round(hours * 3600 + minutes * 60 + seconds), ()
    return None, ("not-a-duration",)
