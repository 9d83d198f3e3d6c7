"""The grade of a migration, A (easy) to F (hard), in five parts, each with its reason; derived from what is known.

The whole is the middle one of the five parts, and never more than two letters better than the worst of them. Nothing
here is typed in: each part is a rule over counts, classes, the calendar and the ways to read and to write.
"""

from collections.abc import Mapping, Sequence

import msgspec

from engine.forecast import Forecast
from engine.timeline import Timeline

LETTERS = "ABCDEF"
MOST_RECORDS = 2_000_000
"""Above this many records a person decides: there is no number."""
SPREAD = 2
"""How many letters the whole may be better than its worst part."""

PARTS = ("object compatibility", "mapping clarity", "timeline", "API limits", "data volume")

_HOUR, _DAY = 3600.0, 86_400.0
_SHARES = (0.95, 0.70, 0.50, 0.30, 0.10)
"""Of the objects that move one to one, the least for A, B, C, D, E."""
_OPEN_SHARES = (0.0, 0.10, 0.30, 0.50, 0.75)
"""Of the fields that need a person's word, the most for A, B, C, D, E; A only for a map that is confirmed."""
_RUN_SECONDS = (_HOUR, _DAY, 3 * _DAY, 7 * _DAY, 30 * _DAY)
"""Of machine time, the most for A, B, C, D, E."""


class Graded(msgspec.Struct, frozen=True, kw_only=True):
    """One part: its letter, and why, as a sentence."""

    part: str
    grade: str
    reason: str


class Clarity(msgspec.Struct, frozen=True, kw_only=True):
    """How clear it is what becomes of each field.

    preset: the pair is known. described: the source says itself which fields it has; else headers alone do. fields:
    those with values, 0 where nothing was seen yet; of these `unknown` the preset does not name, and `undecided` nobody
    has decided. confirmed: a person confirmed the map.
    """

    preset: bool
    described: bool
    fields: int = 0
    unknown: int = 0
    undecided: int = 0
    confirmed: bool = False


class Ways(msgspec.Struct, frozen=True, kw_only=True):
    """How both sides are talked to.

    methods: how many objects are read in each way ("api", "bundle", "database", "workbook", "none"); before discovery
    the way that is planned. documented: the source's API is published. in_bulk: the destination makes several records
    with one request. planned: nothing was tried yet.
    """

    methods: Mapping[str, int]
    documented: bool
    in_bulk: bool
    planned: bool = False


def overall(parts: Sequence[Graded]) -> str:
    """The grade of the whole."""
    places = sorted(LETTERS.index(part.grade) for part in parts)
    middle = places[len(places) // 2]
    return LETTERS[max(middle, places[-1] - SPREAD)]


def compatibility(one_to_one: int, objects: int) -> Graded:
    """By the share of objects that move one to one."""
    if not objects:
        return Graded(part=PARTS[0], grade="F", reason="No object is known: there is no preset for the pair.")
    grade = _at_least(one_to_one / objects, _SHARES)
    more = "" if one_to_one == objects else "; the others are split, lose something or stay behind"
    return Graded(part=PARTS[0], grade=grade, reason=f"{one_to_one} of {objects} objects move one to one{more}.")


def clarity(known: Clarity) -> Graded:
    """By how many fields still need a person's word."""
    if not known.preset:
        return Graded(part=PARTS[1], grade="E", reason="There is no preset for the pair: every field is to be decided.")
    if not known.fields:
        grade = "B" if known.described else "C"
        how = (
            "the source describes its fields itself"
            if known.described
            else "the source describes no fields: they are known when an export is read"
        )
        return Graded(part=PARTS[1], grade=grade, reason=f"Standard fields go by the preset; {how}.")
    if known.confirmed and not known.undecided:
        return Graded(part=PARTS[1], grade="A", reason=f"A person confirmed what becomes of all {known.fields} fields.")
    need = known.unknown + known.undecided
    grade = max("B", _at_most(need / known.fields, _OPEN_SHARES))
    words = f"{need} of {known.fields} fields with values need a person's word"
    kinds = ((known.unknown, "custom or unknown to the preset"), (known.undecided, "undecided"))
    more = f" ({', '.join(f'{count} {kind}' for count, kind in kinds if count)})" if need else ""
    return Graded(part=PARTS[1], grade=grade, reason=f"{words}{more}; the map is a proposal until it is confirmed.")


def calendar(made: Timeline | None, compatible: bool) -> Graded:
    """By what makes the calendar longer than the base case. compatible: every object moves one to one.

    made: None where a person sets it.
    """
    if made is None:
        return Graded(part=PARTS[2], grade="F", reason="A person sets the calendar of a migration of this size.")
    range_ = f"{made.least} to {made.most} weeks"
    if not made.longer:
        grade = "A" if compatible else "B"
        return Graded(part=PARTS[2], grade=grade, reason=f"{range_}: the base case.")
    grade = LETTERS[min(1 + len(made.longer), len(LETTERS) - 1)]
    return Graded(part=PARTS[2], grade=grade, reason=f"{range_}, for there are {'; '.join(made.longer)}.")


_READ = {
    "bundle": ("B", "files have no limit to meet, and flat links to rebuild"),
    "database": ("B", "a database has no limit to meet"),
    "workbook": ("D", "it is filled by hand"),
    "none": ("F", "no way that was tried gives it"),
}
_BY = {
    "api": "by its API",
    "bundle": "from exported files",
    "database": "from its database",
    "workbook": "from a workbook",
    "none": "in no way",
}


def limits(ways: Ways) -> Graded:
    """By the dearest way in which the source is read, and by how the destination is written."""
    read = {method: _read(method, ways.documented) for method in ways.methods}
    if not read:
        return Graded(part=PARTS[3], grade="F", reason="No way to read the source is known.")
    tried = "is to be" if ways.planned else "is"
    said = [
        f"{'the source' if len(read) == 1 else f'{ways.methods[method]} of its objects'} "
        f"{tried if len(read) == 1 or ways.methods[method] == 1 else 'are'} read {_BY[method]}: {why}"
        for method, (_, why) in sorted(read.items(), key=lambda item: item[1])
    ]
    written = "takes several records a request" if ways.in_bulk else "takes one record a request"
    worst = max(*(grade for grade, _ in read.values()), "A" if ways.in_bulk else "B")
    words = "; ".join(said)
    return Graded(part=PARTS[3], grade=worst, reason=f"{words[0].upper()}{words[1:]}. The destination {written}.")


def _read(method: str, documented: bool) -> tuple[str, str]:
    if method == "api":
        return ("A", "it is documented") if documented else ("C", "it is not documented, and has to be probed")
    return _READ[method]


def volume(records: int | None, made: Forecast | None, *, estimated: bool = False) -> Graded:
    """By how long the machine is at work. estimated: some of the records are."""
    about = "about " if estimated else ""
    if records is not None and records > MOST_RECORDS:
        why = f"{about}{records:,} records: above {MOST_RECORDS:,} each migration is scoped by a person."
        return Graded(part=PARTS[4], grade="F", reason=f"{why[0].upper()}{why[1:]}")
    if records is None or made is None:
        return Graded(part=PARTS[4], grade="B", reason="Nothing is counted yet; records go one by one, side by side.")
    grade = _at_most(made.seconds, _RUN_SECONDS)
    cost = f"about {made.total:,.0f} {made.unit}s and {duration(made.seconds)} of machine time"
    why = f"{about}{records:,} records are {cost}."
    return Graded(part=PARTS[4], grade=grade, reason=f"{why[0].upper()}{why[1:]}")


def duration(seconds: float) -> str:
    """A span as people say it: "40 seconds", "12 minutes", "5.5 hours", "3.2 days"."""
    for size, word in ((_DAY, "days"), (_HOUR, "hours"), (60.0, "minutes")):
        if seconds >= 2 * size:
            number = seconds / size
            return f"{number:.1f} {word}" if number < 10 else f"{number:,.0f} {word}"
    return f"{seconds:.0f} seconds"


def _at_least(number: float, least: Sequence[float]) -> str:
    return next((letter for letter, bound in zip(LETTERS, least, strict=False) if number >= bound), LETTERS[-1])


def _at_most(number: float, most: Sequence[float]) -> str:
    return next((letter for letter, bound in zip(LETTERS, most, strict=False) if number <= bound), LETTERS[-1])
