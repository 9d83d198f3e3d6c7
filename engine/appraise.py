"""Appraising a migration: its grade, its calendar, its cost and its price, all from what is known, and from how much.

What is known comes from a migration (its log, under the confirmed map or a proposal), from counts alone, or from what a
vendor's page prints; the rules are the same. The page's own figures stand beside as what they are.
"""

from collections.abc import Sequence

import msgspec

from engine import quote as quotes
from engine.classes import Class, Moved, share
from engine.events import EstimateMade
from engine.forecast import Forecast
from engine.grade import (
    MOST_RECORDS,
    Clarity,
    Graded,
    Ways,
    calendar,
    clarity,
    compatibility,
    limits,
    overall,
    volume,
)
from engine.journal import Journal
from engine.presets.cited import CITED, Cited
from engine.quote import Quote, Rates
from engine.timeline import Size, Timeline, timeline

BY_HAND = "a person scopes it"


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """How many records an object has (None: unknown), how that was counted, and whether it is only an estimate."""

    object: str
    records: int | None
    method: str = ""
    estimated: bool = False


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What an appraisal goes by. source, destination: kinds. basis: where it comes from, in words."""

    source: str
    destination: str
    rows: tuple[Moved, ...]
    clarity: Clarity
    size: Size
    ways: Ways
    basis: str
    counts: tuple[Counted, ...] = ()
    forecast: Forecast | None = None

    @property
    def records(self) -> int | None:
        """All records that were counted; None where nothing was."""
        known = [c.records for c in self.counts if c.records is not None]
        return sum(known) if known else None


class Estimate(msgspec.Struct, frozen=True, kw_only=True):
    """An appraisal. one_to_one of `objects`. by_hand: why there is no number; empty where there is.

    forecast: cost and machine time; weeks: the calendar; price: by the owner's price list. cited: what the vendor's
    page prints of this pair.
    """

    source: str
    destination: str
    basis: str
    grade: str
    parts: tuple[Graded, ...]
    one_to_one: int
    objects: tuple[Moved, ...]
    counts: tuple[Counted, ...]
    records: int | None
    estimated: bool
    by_hand: str = ""
    forecast: Forecast | None = None
    weeks: Timeline | None = None
    price: Quote | None = None
    cited: Cited | None = None


def appraise(known: Known, rates: Rates | None = None) -> Estimate:
    """The estimate. Raises RatesError for a price list that has no price for the grade."""
    one_to_one, objects = share(known.rows)
    records, estimated = known.records, any(c.estimated for c in known.counts)
    by_hand = ""
    if records is not None and records > MOST_RECORDS:
        about = "about " if estimated else ""
        by_hand = f"{about}{records:,} records are more than {MOST_RECORDS:,}: {BY_HAND}, and there is no number here."
    weeks = None if by_hand else timeline(known.size, known.forecast.seconds if known.forecast else None)
    parts = (
        compatibility(one_to_one, objects),
        clarity(known.clarity),
        calendar(weeks, compatible=one_to_one == objects > 0),
        limits(known.ways),
        volume(records, known.forecast, estimated=estimated),
    )
    grade = overall(parts)
    priced = quotes.quote(rates, grade, weeks.longer) if rates and weeks and records is not None else None
    return Estimate(
        source=known.source,
        destination=known.destination,
        basis=known.basis,
        grade=grade,
        parts=parts,
        one_to_one=one_to_one,
        objects=known.rows,
        counts=known.counts,
        records=records,
        estimated=estimated,
        by_hand=by_hand,
        forecast=None if by_hand else known.forecast,
        weeks=weeks,
        price=priced,
        cited=CITED.get((known.source, known.destination)),
    )


def keep(journal: Journal, target: str, found: Estimate) -> None:
    """Record an estimate, where it is another than the last one."""
    made, weeks, price = found.forecast, found.weeks, found.price
    body = EstimateMade(
        target=target,
        grade=found.grade,
        parts={part.part: part.grade for part in found.parts},
        one_to_one=found.one_to_one,
        objects=len(found.objects),
        records=found.records,
        estimated=found.estimated,
        unit=made.unit if made else "",
        total=made.total if made else None,
        seconds=made.seconds if made else None,
        weeks=[weeks.least, weeks.most] if weeks else [],
        price=price.amount if price else None,
        currency=price.currency if price else "",
        by_hand=found.by_hand,
    )
    known = next((old for _, old in journal.bodies(EstimateMade, newest_first=True) if old.target == target), None)
    if known != body:
        journal.record(body)


_PRINTED: dict[str, Class] = {"1:1": "one to one", "1:many": "one to many", "lossy": "lossy"}


def known_of_page(source: str, destination: str, ways: Ways) -> Known:
    """What a vendor's page says of a pair, by the words of its own table; nothing is counted there.

    Raises KeyError where there is no page.
    """
    cited = CITED[source, destination]
    rows = tuple(
        Moved(object=name, label=name, to=to, kind=_PRINTED[kind], reasons=(support,))
        for name, to, kind, support in cited.rows
    )
    return Known(
        source=source,
        destination=destination,
        rows=rows,
        clarity=Clarity(preset=True, described="api" in ways.methods),
        size=Size(custom_objects=int(cited.custom_objects)),
        ways=ways,
        basis="what the vendor's page prints",
    )


def summed(pairs: Sequence[tuple[str, int | None]], things: Sequence[str]) -> int | None:
    """How many records there are of some things, of (thing, records) pairs; None where none of them was counted."""
    found = [records for thing, records in pairs if thing in things and records is not None]
    return sum(found) if found else None
