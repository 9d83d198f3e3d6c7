"""The least that a migration can cost at Nutshell, in calls, whatever program does it.

The best case of each record, from the descriptions of both APIs, written down here a second time so that a mistake in
the adapter's own table does not hide.
"""

import math

from tests.bench.generate import Row

READ_BACK = 100
"""Records that one call reads back: the largest page of JSON-RPC, and as many ids as a path of REST may well hold."""

CREATE = {"account": 1, "contact": 1, "lead": 1, "activity": 1, "note": 1, "task": 1}
FREE_VALUE = 1
"""JSON-RPC takes no value: it is a patch of its own."""
CLOSED = 1
"""A lead is closed by its own address."""
PLACE_AND_LEAD = 2
"""JSON-RPC takes no place and REST no lead: made by REST, which tells no revision, read for it, then edited."""


def least(files: dict[str, list[Row]]) -> dict[str, int]:
    """The least calls for each entity of an export of Smart CRM Online: made, and read back once."""
    deals = files["deals.csv"]
    valued = sum(bool(row["Value"]) for row in deals)
    closed = sum(row["Stage"] in ("Won", "Lost") for row in deals)
    placed = sum(bool(row["Location"] and row["Deal"]) for row in files["meetings.csv"])
    made = {
        "account": len(files["companies.csv"]),
        "contact": len(files["contacts.csv"]),
        "lead": len(deals),
        "activity": len(files["calls.csv"]) + len(files["meetings.csv"]),
        "note": len(files["notes.csv"]) + len(files["emails.csv"]),
        "task": len(files["tasks.csv"]),
    }
    further = {"lead": valued * FREE_VALUE + closed * CLOSED, "activity": placed * PLACE_AND_LEAD}
    return {
        entity: count * CREATE[entity] + further.get(entity, 0) + math.ceil(count / READ_BACK)
        for entity, count in made.items()
    }
