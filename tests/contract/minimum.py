"""The least that a migration can cost at Pipedrive, in tokens, whatever program does it.

The figures are the prices of single requests of Pipedrive's API descriptions (August 2026), the cheapest way for each
kind of record; they are written down here a second time so that a mistake in the adapter's own table does not hide.
"""

import math
from collections.abc import Mapping
from typing import Any

from tests.bench.generate import Sizes
from tests.contract.trade import Amounts, rows

CREATE = {
    "organization": 5, "person": 5, "deal": 5, "activity": 5, "product": 5, "variation": 5, "deal_product": 5,
    "lead": 10, "note": 10, "file": 10, "remote_file": 10, "followers": 5, "participants": 10, "parent_id": 10,
}  # fmt: skip
"""One record, or one item of a list that takes a request an item."""
ARCHIVE = 10
"""A lead is archived by a request of its own."""
BULK, IN_BULK, WORTH_BULK = 25, 100, 6
"""Lines of one deal by one request; how many it takes at most, and from how many on it is cheaper."""
UPDATE = CREATE

SCHEMA_OF = {"product": 10, "organization": 10, "person": 10, "deal": 10 + 10, "activity": 10, "lead": 20}
"""One reading of the account, what of it is about an entity: its fields; how many deals and leads are open."""
SCHEMA = sum(SCHEMA_OF.values()) + 82
"""All of it: users, pipelines, stages, types, labels and currencies besides."""

_FIELD, _PIPELINE, _STAGE, _SYSTEM_LABELS = 5, 5, 5, 30

PAGE = {
    "organization": (100, 10), "person": (100, 10), "deal": (100, 10), "activity": (100, 10), "product": (100, 10),
    "lead": (500, 20), "note": (500, 20), "file": (100, 20),
}  # fmt: skip
"""How many records one request reads back, and its price."""


def entities(sizes: Sizes) -> dict[str, int]:
    """How many records of each entity an export of Smart CRM Online becomes."""
    return {
        "organization": sizes.companies,
        "person": sizes.contacts,
        "deal": sizes.deals,
        "activity": sizes.calls + sizes.emails + sizes.meetings + sizes.tasks,
        "note": sizes.notes,
    }


def trading(amounts: Amounts) -> dict[str, float]:
    """The least for each entity of a trading house: made, and read back once."""
    there = rows(amounts)
    archived = {name: sum(row["Archived"] == "yes" for row in there[name]) for name in ("Deal", "Lead")}
    watched = [row["Watchers"] for name in ("Company", "Deal") for row in there[name] if row["Watchers"]]
    made = {
        "organization": len(there["Company"]), "person": len(there["Person"]), "product": len(there["Product"]),
        "variation": len(there["Variation"]), "deal": len(there["Deal"]), "lead": len(there["Lead"]),
        "activity": len(there["Visit"]), "note": len(there["Note"]), "file": len(there["File"]),
        "remote_file": len(there["Drive"]), "followers": sum(len(w.split(";")) for w in watched),
        "participants": sum(bool(row["Guest"]) for row in there["Deal"]),
        "parent_id": sum(bool(row["Parent"]) for row in there["Company"]),
    }  # fmt: skip
    least = {entity: count * CREATE[entity] + _read_back(entity, count) for entity, count in made.items()}
    least["lead"] += archived["Lead"] * ARCHIVE + math.ceil(archived["Lead"] / 500) * 40
    least["deal"] += math.ceil(archived["Deal"] / 500) * 20
    # no list holds the variations of several products
    least["variation"] += len({row["Product"] for row in there["Variation"]}) * 10
    least["deal_product"] = amounts.deals * _lines(amounts.lines) + math.ceil(amounts.deals / 100) * 10
    return least


def _read_back(entity: str, count: int) -> float:
    size, price = PAGE.get(entity, (1, 0))
    return math.ceil(count / size) * price


def _lines(count: int) -> int:
    """The lines of one deal."""
    full, rest = divmod(count, IN_BULK)
    return full * BULK + (BULK if rest >= WORTH_BULK else rest * CREATE["deal_product"])


def configuration(before: Mapping[str, Any], after: Mapping[str, Any]) -> int:
    """What the fields, pipelines, stages and labels cost that are there after and were not before."""

    def made(table: str) -> int:
        return len(after[table]) - len(before[table])

    lists = sum(_labels(after, entity) > _labels(before, entity) for entity in ("organizations", "persons"))
    return made("fields") * _FIELD + made("pipelines") * _PIPELINE + made("stages") * _STAGE + lists * _SYSTEM_LABELS


def _labels(records: Mapping[str, Any], entity: str) -> int:
    fields = [f for f in records["fields"] if (f["entity"], f["code"]) == (entity, "label_ids")]
    return sum(len(f.get("options") or ()) for f in fields)
