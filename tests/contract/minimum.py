"""The least that a migration can cost at Pipedrive, in tokens, whatever program does it.

The figures are the prices of single requests of Pipedrive's API descriptions (August 2026), the cheapest way for each
kind of record; they are written down here a second time so that a mistake in the adapter's own table does not hide.
"""

from collections.abc import Mapping
from typing import Any

from tests.bench.generate import Sizes

CREATE = {"organization": 5, "person": 5, "deal": 5, "activity": 5, "note": 10}
UPDATE = CREATE
SCHEMA = 162
"""One reading of everything that a plan must know: five field lists, users, pipelines, stages, types, labels,
currencies, and how many leads and open deals there are, which the account's plan limits."""

_FIELD, _PIPELINE, _STAGE, _SYSTEM_LABELS = 5, 5, 5, 30


def entities(sizes: Sizes) -> dict[str, int]:
    """How many records of each entity an export becomes."""
    return {
        "organization": sizes.companies,
        "person": sizes.contacts,
        "deal": sizes.deals,
        "activity": sizes.calls + sizes.emails + sizes.meetings + sizes.tasks,
        "note": sizes.notes,
    }


def configuration(before: Mapping[str, Any], after: Mapping[str, Any]) -> int:
    """What the fields, pipelines, stages and labels cost that are there after and were not before."""

    def made(table: str) -> int:
        return len(after[table]) - len(before[table])

    lists = sum(_labels(after, entity) > _labels(before, entity) for entity in ("organizations", "persons"))
    return made("fields") * _FIELD + made("pipelines") * _PIPELINE + made("stages") * _STAGE + lists * _SYSTEM_LABELS


def _labels(records: Mapping[str, Any], entity: str) -> int:
    fields = [f for f in records["fields"] if (f["entity"], f["code"]) == (entity, "label_ids")]
    return sum(len(f.get("options") or ()) for f in fields)
