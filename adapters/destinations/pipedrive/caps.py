"""What the account's plan limits, and how much of it is used.

The plan cannot be read from the account: it is told to the adapter, and without it there is no cap. Seats are counted
as active users: there may be more, unused. The custom fields of the projects add-on are not read, so not counted.

Open deals: their first page (10 tokens) tells the number where there are at most 500, else the summary does (40). For
leads there is no summary, but pages of v1 start anywhere, so the end of the list is found by halving: 20 tokens where
there are fewer than 500, some 300 where there are 100,000.
"""

from collections.abc import Iterable

import msgspec

from adapters.destinations.pipedrive.ask import LIMIT, get, page_v1, page_v2
from adapters.destinations.pipedrive.catalogue import FIELD_OWNERS
from adapters.destinations.pipedrive.columns import V1, V2
from adapters.protocols import Cap, Flow

OPEN_DEALS = f"{V2}/deals"
OPEN_LEADS = f"{V1}/leads"
SUMMARY = f"{V1}/deals/summary"
SOURCE = "Pipedrive Knowledge Base, Usage limits, August 2025"


class Limits(msgspec.Struct, frozen=True):
    """Leads and open deals a seat, at most so many in all; custom fields a company. None: no limit is known."""

    open_records: int | None
    custom_fields: int | None = None
    most: int | None = None


PLANS: dict[str, Limits] = {
    "lite": Limits(2_500, 30),
    "growth": Limits(5_000, 100),
    "premium": Limits(15_000, 300),
    "ultimate": Limits(20_000, 500, most=300_000),
    "essential": Limits(2_000),
    "advanced": Limits(4_000),
    "professional": Limits(10_000),
    "power": Limits(15_000),
    "enterprise": Limits(None),
}
"""By plan. The last five are legacy plans: their limits on custom fields are not published (enterprise has none)."""


def limits(plan: str | None) -> Limits | None:
    """The limits of a plan; None where it is not known."""
    return PLANS.get((plan or "").lower())


def caps(plan: str | None, seats: int, custom_fields: int, open_records: int) -> tuple[Cap, ...]:
    """The caps of an account with so many active users, custom fields, and leads and open deals."""
    known = limits(plan)
    if known is None:
        return ()
    found = []
    if known.custom_fields is not None:
        found.append(_cap("custom-fields", FIELD_OWNERS, known.custom_fields, custom_fields, plan, SOURCE))
    if known.open_records is not None:
        limit = min(known.open_records * max(seats, 1), known.most or known.open_records * max(seats, 1))
        source = f"{SOURCE}; {known.open_records:,} for each of {max(seats, 1)} active users"
        found.append(_cap("open-records", ("deal", "lead"), limit, open_records, plan, source))
    return tuple(found)


def count_open_records() -> Flow[int]:
    """Leads and open deals, archived ones left out."""
    return (yield from _open_deals()) + (yield from _leads())


def _open_deals() -> Flow[int]:
    rows, more = yield from page_v2(OPEN_DEALS, {"status": "open"}, None)
    if more is None:
        return len(rows)
    return int((yield from get(SUMMARY, {"status": "open"}))["total_count"])


def _leads() -> Flow[int]:
    """By doubling until a page is the last or beyond it, then by halving."""
    first, after = yield from page_v1(OPEN_LEADS, {}, 0)
    if after is None:
        return len(first)
    full, beyond = 1, 2  # pages: the first `full` are full, page number `beyond` may not be
    while True:
        rows, after = yield from page_v1(OPEN_LEADS, {}, (beyond - 1) * LIMIT)
        if after is None:
            break
        full, beyond = beyond, beyond * 2
    while not rows:
        middle = (full + beyond) // 2
        if middle == full:
            return full * LIMIT
        rows, after = yield from page_v1(OPEN_LEADS, {}, (middle - 1) * LIMIT)
        if after is not None:
            full, rows = middle, []
        else:
            beyond = middle
    return (beyond - 1) * LIMIT + len(rows)


def _cap(code: str, entities: Iterable[str], limit: int, used: int, plan: str | None, source: str) -> Cap:
    return Cap(code=code, entities=tuple(entities), limit=limit, used=used, plan=plan or "", source=source)
