"""The written estimate: grade, calendar, cost and price, with the reasons, as a paper and as JSON."""

from typing import Any

from engine.appraise import Counted, Estimate
from engine.grade import duration
from engine.quote import Quote
from engine.timeline import Timeline
from ops.paper import Block, Figures, Heading, Items, Note, Paper, Table, Text

HEADERS = ("object", "becomes", "class", "reasons")

_OURS = (
    "The grade is the middle one of the five parts, and at most two letters better than the worst of them; A is easy, "
    "F is hard. Every part follows from what is known; none is typed in."
)
_THEIRS = (
    "These figures are printed on the page of this pair that came with the project. They are cited, not computed: they "
    "know nothing of this company, and nothing above was made from them."
)


def paper(found: Estimate, at: str) -> Paper:
    """The estimate for people. at: when it was made."""
    blocks: list[Block] = [Figures(tuple(_figures(found)))]
    if found.by_hand:
        blocks.append(Note(f"{found.by_hand[0].upper()}{found.by_hand[1:]}"))
    if found.estimated:
        blocks.append(Note("Some counts are estimates; they are marked, and so is what follows from them."))
    grades = tuple((part.part, part.grade, part.reason) for part in found.parts)
    blocks += [Heading(f"Grade {found.grade}"), Text(_OURS), Table(("part", "grade", "why"), grades)]
    if found.weeks:
        blocks += _calendar(found.weeks)
    if found.price:
        blocks += _price(found.price)
    blocks += [Heading("What is there")]
    if found.counts:
        counts = tuple((c.object, _count(c), c.method) for c in found.counts)
        blocks.append(Table(("object", "records", "counted by"), counts))
    else:
        blocks.append(Text("Nothing is counted yet."))
    classes = f"{found.one_to_one} of {len(found.objects)} objects move one to one."
    blocks += [Heading("What becomes of it"), Text(classes), Table(HEADERS, tuple(rows(found)))]
    if found.cited:
        blocks += [Heading("What the vendor's page prints"), Text(_THEIRS)]
        blocks += [Table(("figure", "as printed"), found.cited.words())]
        blocks += [Table(("object", "becomes", "class", "support"), found.cited.rows)]
    subtitle = f"{found.source} to {found.destination}; {at}; from {found.basis}."
    return Paper(f"Estimate: {found.source} to {found.destination}", subtitle, tuple(blocks))


def rows(found: Estimate) -> list[tuple[str, str, str, str]]:
    """A row for each object, for the paper and for the CSV file."""
    return [(o.label, o.to, o.kind, "; ".join(o.reasons)) for o in found.objects]


def about(found: Estimate) -> str:
    """What stands before a figure that follows from estimated counts."""
    return "about " if found.estimated else ""


def _figures(found: Estimate) -> list[tuple[str, str]]:
    about_ = about(found)
    figures = [("Grade", found.grade)]
    if found.weeks:
        figures.append(("Calendar", f"{about_}{found.weeks.least} to {found.weeks.most} weeks"))
    if found.records is not None:
        figures.append(("Records", f"{about_}{found.records:,}"))
    if found.forecast:
        figures.append(("Machine time", f"{about_}{duration(found.forecast.seconds)}"))
        figures.append(("Cost at the destination", f"{about_}{found.forecast.total:,.0f} {found.forecast.unit}s"))
    if found.price:
        figures.append(("Price", f"{found.price.amount:,.2f} {found.price.currency}"))
    return figures


def _count(counted: Counted) -> str:
    """A count as it is shown everywhere: an estimate says that it is one."""
    if counted.records is None:
        return "not counted"
    return f"about {counted.records:,} (estimate)" if counted.estimated else f"{counted.records:,}"


def _calendar(weeks: Timeline) -> list[Block]:
    phases = tuple(
        (p.name, f"{p.least}" if p.least == p.most else f"{p.least} to {p.most}", "beside" if p.beside else "")
        for p in weeks.phases
    )
    why = [Items(tuple(f"Longer for: {words}." for words in weeks.longer))] if weeks.longer else []
    text = f"{weeks.least} to {weeks.most} weeks from the first look to the cutover; what goes on beside adds nothing."
    return [Heading("Calendar"), Text(text), *why, Table(("phase", "weeks", ""), phases)]


def _price(price: Quote) -> list[Block]:
    lines = tuple((what, f"{amount:,.2f} {price.currency}") for what, amount in price.lines)
    total = ("in all", f"{price.amount:,.2f} {price.currency}")
    text = "By the price list of the workspace: a price for the grade and for what makes it longer, none for a record."
    return [Heading("Price"), Text(text), Table(("for", "price"), (*lines, total))]


def document(found: Estimate) -> dict[str, Any]:
    """The estimate as JSON: null where there is no number."""
    weeks, made, price = found.weeks, found.forecast, found.price
    return {
        "source": found.source,
        "destination": found.destination,
        "basis": found.basis,
        "grade": found.grade,
        "parts": [{"part": p.part, "grade": p.grade, "reason": p.reason} for p in found.parts],
        "compatibility": {
            "one_to_one": found.one_to_one,
            "of": len(found.objects),
            "objects": [
                {"object": o.object, "label": o.label, "to": o.to, "class": o.kind, "reasons": o.reasons}
                for o in found.objects
            ],
        },
        "counts": [
            {"object": c.object, "records": c.records, "method": c.method, "estimated": c.estimated}
            for c in found.counts
        ],
        "records": found.records,
        "estimated": found.estimated,
        "by_hand": found.by_hand,
        "cost": {"unit": made.unit, "total": made.total} if made else None,
        "seconds": made.seconds if made else None,
        "weeks": {
            "from": weeks.least,
            "to": weeks.most,
            "longer": weeks.longer,
            "phases": [{"phase": p.name, "from": p.least, "to": p.most, "beside": p.beside} for p in weeks.phases],
        }
        if weeks
        else None,
        "price": {"amount": price.amount, "currency": price.currency, "lines": price.lines} if price else None,
        "cited": {
            "compatibility": f"{found.cited.one_to_one} of {found.cited.objects}",
            "mapped": found.cited.mapped,
            "grade": found.cited.grade,
            "parts": found.cited.parts,
            "timeline": found.cited.timeline,
        }
        if found.cited
        else None,
    }
