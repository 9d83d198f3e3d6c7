"""Value lists: which option of a destination says what a source's value says, or that none does."""

import re
from functools import cache, lru_cache

import msgspec

from engine.matching.data import table
from engine.matching.reading import fold, split


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """An option for a value; the target None is "no counterpart". confidence: that it is right, 0 to 1."""

    target: str | None
    confidence: float
    reason: str = ""


_REST = {"industry": "other", "source": "other", "phone": "other"}
"""Kinds of list whose option for everything else takes what nothing fits."""

_STEPS_FAR = 17
"""Steps on a way that are further apart than this are not the same."""


def choose(values: list[str], options: list[str], kind: str) -> dict[str, list[Choice]]:
    """For each value the options, best first; `kind` names the list ("stage", "industry"), where it is known."""
    lists = _lists(kind)
    return {value: _ranked(value, options, lists) for value in values}


def _lists(kind: str) -> tuple[str, ...]:
    known = table("values")["kinds"]
    plain = fold(kind).replace(" ", "_")
    if plain in known:
        return tuple(known[plain].split())
    parts = [known[part].split() for part in plain.split("_") if part in known]
    return tuple(parts[0]) if parts else tuple(name for name in table("values") if name != "kinds")


def _ranked(value: str, options: list[str], lists: tuple[str, ...]) -> list[Choice]:
    scored = sorted(((*_likeness(value, o, lists), o) for o in options), key=lambda s: (-s[0], options.index(s[2])))
    ranked = [Choice(target=o, confidence=c, reason=why) for c, why, o in scored if c >= 0.5]
    none = Choice(target=None, confidence=0.5, reason="no option says the same")
    if ranked:
        return [*ranked, msgspec.structs.replace(none, confidence=round(1 - ranked[0].confidence, 3))]
    if fallback := _fallback(value, options, lists):
        return [fallback, none]
    closed = _meaning(value, lists)[:2] if value else ("", "")
    sure = 0.9 if closed[1] in ("won", "lost") else 0.8
    return [msgspec.structs.replace(none, confidence=sure), *(Choice(target=o, confidence=0.1) for _, _, o in scored)]


def _likeness(value: str, option: str, lists: tuple[str, ...]) -> tuple[float, str]:
    one, two = _plain(value), _plain(option)
    if one == two:
        return 0.98, "it is the same word"
    mine, theirs = _meaning(value, lists), _meaning(option, lists)
    if mine[1] and mine[:2] == theirs[:2]:
        return (0.94 if mine[2] and theirs[2] else 0.88), f"both say {mine[1]}"
    if mine[0] == theirs[0] and (steps := _steps(mine[1], theirs[1])) is not None and steps <= _STEPS_FAR:
        return 0.8 - steps / 100, "it is the nearest step"
    if mine[1] and theirs[1]:
        return 0.0, ""
    words, others = set(one.split()), set(two.split())
    if words and others and (words <= others or others <= words):
        return 0.72, "one says what the other says, and more"
    common = {w for w in words & others if len(w) > 3}
    return (0.55, "they share words") if common and len(common) * 2 >= len(words | others) else (0.0, "")


def _steps(one: str, two: str) -> int | None:
    first, second = one.split(" ")[0], two.split(" ")[0]
    return abs(int(first) - int(second)) if first.isdigit() and second.isdigit() else None


def _fallback(value: str, options: list[str], lists: tuple[str, ...]) -> Choice | None:
    """The option for what fits none of the others, or that what is neither won nor lost is open."""
    if lists[0] == "status":
        meaning = _meaning(value, lists)[1]
        wanted = {"won": "won", "lost": "lost"}.get(meaning, "lost" if meaning == "cancelled" else "open")
        found = next((o for o in options if _meaning(o, ("status",))[1] == wanted), None)
        return Choice(target=found, confidence=0.9, reason=f"it is {wanted}") if found else None
    if lists[0] in _REST:
        found = next((o for o in options if _meaning(o, lists[:1])[1] == _REST[lists[0]]), None)
        return Choice(target=found, confidence=0.6, reason="no other option says the same") if found else None
    return None


def _plain(value: str) -> str:
    return " ".join(split(value)) or fold(value).strip()


@cache
def _forms(name: str) -> dict[str, str]:
    pairs = [(fold(form), meaning) for meaning, line in table("values")[name].items() for form in line.split("|")]
    return dict([*((form.replace(" ", ""), meaning) for form, meaning in pairs), *pairs])


@lru_cache(maxsize=16384)
def _meaning(value: str, lists: tuple[str, ...]) -> tuple[str, str, bool]:
    """(list, meaning, whether the whole value says it); empty where no list knows the value."""
    plain = _plain(value)
    for form in (plain, plain.removesuffix("s"), plain.replace(" ", "")):
        for name in lists:
            if meaning := _forms(name).get(form):
                return name, meaning, True
    padded = f" {plain} "
    found = [(len(f), name, m) for name in lists for f, m in _forms(name).items() if len(f) > 2 and f" {f} " in padded]
    found += [
        (len(f) - 1, name, m)
        for name in lists
        for f, m in _forms(name).items()
        if len(f) > 4 and re.search(rf"\b{re.escape(f)}|{re.escape(f)}\b", plain) and f" {f} " not in padded
    ]
    if not found:
        return "", "", False
    _, name, meaning = max(found, key=lambda f: f[0])
    return name, meaning, False
