"""Columns: the source fields of one object, each read by itself."""

import re
from collections.abc import Iterable
from functools import cache

import msgspec

from engine.matching.concepts import RELATIONS, Reading, concepts, recognise
from engine.matching.data import table
from engine.matching.profile import Profile, fits, profile
from engine.matching.reading import fold, read
from engine.matching.things import Thing

ADDRESS_PARTS = frozenset(
    ("address", "street", "street second", "house number", "city", "state", "county", "district", "zip", "country")
)

ADDRESS_SETS = ("", "visiting", "work", "billing", "home", "mailing", "shipping", "other", "second")
"""Which of several addresses of a record is its first, in this order."""


class Column(msgspec.Struct, kw_only=True):
    """A source field. words: of its name, then of its label. address: which of several addresses it belongs to.

    concept: what it is, empty where nobody knows. known: by a pack, not by its words alone. extra: words that the
    concept does not explain, which make it another thing. against: its values speak against what its header says.
    """

    name: str
    type: str
    words: tuple[tuple[str, ...], ...]
    profile: Profile
    address: str = ""
    concept: str = ""
    known: bool = False
    extra: frozenset[str] = frozenset()
    against: str = ""
    exact: bool = False
    readings: tuple[Reading, ...] = ()

    @property
    def head(self) -> tuple[str, ...]:
        """The words of its name."""
        return self.words[0] if self.words else ()

    @property
    def whole(self) -> bool:
        """Whether the header says the concept and nothing else."""
        return bool(self.concept) and not self.extra


@cache
def _pack(system: str) -> dict[str, dict[str, str]]:
    """What is known of a system's own fields: by object ("any": all), by folded name."""
    words = set(re.findall(r"[a-z0-9]+", fold(system)))
    found: dict[str, dict[str, str]] = {}
    for name, objects in table("packs").items():
        if set(name.split("-")) & words:
            for thing, fields in objects.items():
                for concept, names in fields.items():
                    found.setdefault(thing, {}).update({_squeezed(n): concept for n in names.split("|")})
    return found


def _squeezed(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", fold(re.sub(r"__(c|pc)$", "", name)))


def columns(fields: Iterable[tuple[str, str, str, list[str]]], thing: Thing, system: str) -> list[Column]:
    """The columns of an object, from (name, label, type, samples) each."""
    pack = _pack(system)
    tags = ["any", *(tag[1:] for tag in sorted(thing.tags))]
    found = []
    for name, label, kind, samples in fields:
        words = tuple(dict.fromkeys(filter(None, (read(name), read(label) if label else ()))))
        column = Column(name=name, type=kind, words=words, profile=profile(samples))
        known = [pack[tag][key] for tag in tags if tag in pack and (key := _squeezed(name)) in pack[tag]]
        if known:
            column.concept, column.known = known[-1], True
        else:
            _sense(column, thing)
        _weigh(column, thing)
        found.append(column)
    return found


def _sense(column: Column, thing: Thing) -> None:
    """What the words of a column say."""
    best: tuple[tuple[float, ...], Reading, str] | None = None
    for at, words in enumerate(column.words):
        every = frozenset(words)
        for place in (frozenset(), every & frozenset(ADDRESS_SETS)):
            rest = (every - place) or _bare(column.profile)
            for reading in recognise(rest, thing)[:4]:
                if place and reading.concept not in ADDRESS_PARTS and every != place:
                    continue
                rank = (reading.whole, reading.share, len(rest - reading.extra) + len(place), -at)
                if best is None or rank > best[0]:
                    best = (rank, reading, _set_of(place))
        column.readings += recognise(every, thing)[:3]
    if best is not None:
        _, reading, column.address = best
        column.concept, column.exact = reading.concept, reading.exact
        column.extra = frozenset() if concepts()[reading.concept].loose else reading.extra


def _bare(profile: Profile) -> frozenset[str]:
    """What a header means that says only whose it is ("Work"), by the values."""
    if profile.kind in ("phone", "email"):
        return frozenset({profile.kind})
    return frozenset({"address"}) if profile.kind in ("words", "long", "mixed", "blank") else frozenset()


def _set_of(place: frozenset[str]) -> str:
    return next((w for w in ADDRESS_SETS[::-1] if w in place), "")


_CHECKED = {"name": "name", "first name": "name", "last name": "name", "city": "place", "state": "place",
            "country": "place", "county": "place", "zip": "zip", "job title": "name"}  # fmt: skip
"""Concepts whose values are checked as something narrower than their kind."""


def _weigh(column: Column, thing: Thing) -> None:
    """Let the values have their say: what a column holds decides."""
    if not column.concept or concepts().get(column.concept) is None:
        return
    kind = _CHECKED.get(column.concept, concepts()[column.concept].kind)
    if column.concept == "name" and "@person" not in thing.tags:
        kind = "text"
    same = column.profile.distinct == 1 and column.profile.filled == 1 and column.profile.count >= 5
    if column.concept == "job title" and column.profile.kind == "salutation":
        column.concept = "salutation"
    elif column.concept == "website" and column.profile.one_host:
        site = next(iter(column.profile.values))
        column.concept = next((c for c in ("linkedin", "facebook", "twitter") if c in site), "own link")
    elif column.concept == "type" and same and "@activity" not in thing.tags:
        column.concept = "record type"
    elif column.concept in RELATIONS and _counts(column):
        column.concept = "count bare"
    elif fits(column.profile, kind) < 0:
        _reconsider(column)


def _counts(column: Column) -> bool:
    """Small numbers under the word for other records ("People") count them, unless the header speaks of numbers."""
    small = column.profile.kind == "integer" and all(len(v) < 4 for v in column.profile.values)
    return small and not any({"id", "number"} & set(words) for words in column.words)


def _reconsider(column: Column) -> None:
    """Take another reading that the values do not speak against, or note that they do."""
    for reading in column.readings:
        other = concepts()[reading.concept]
        if reading.whole and reading.concept != column.concept and fits(column.profile, other.kind) >= 0:
            column.concept, column.extra = reading.concept, frozenset()
            return
    if concepts()[column.concept].rest == "new":
        column.against = column.profile.kind
