"""The summary of deals, v1: how many there are and what they are worth together (facts 12, 4.2)."""

from typing import Any

from adapters.sandbox.pipedrive import filters
from adapters.sandbox.pipedrive.answers import Reply, ok
from adapters.sandbox.pipedrive.state import Draft, Row

_COLUMNS = {"status": "status", "user_id": "owner_id", "pipeline_id": "pipeline_id", "stage_id": "stage_id"}


def deals(draft: Draft, query: dict[str, Any], *, archived: bool) -> Reply:
    """GET /deals/summary and /deals/summary/archived: counts and values by currency.

    The API has no exchange rates to show (facts 14.9): here one of any currency is worth one of the user's.
    """
    rows = [row for row in draft.rows("deals") if bool(row["is_archived"]) == archived]
    if "filter_id" in query:
        passes = filters.test(draft, query["filter_id"], "deals")
        rows = [row for row in rows if passes(row)]
    for key, column in _COLUMNS.items():
        if key in query:
            rows = [row for row in rows if row[column] == query[key]]
    of = {currency: [row for row in rows if row["currency"] == currency] for currency in {r["currency"] for r in rows}}
    total = sum(row["value"] for row in rows)
    weighted = sum(_weighted(draft, row) for row in rows)
    own = draft.settings.currency
    return ok(
        {
            "values_total": {c: _values(own, c, sum(r["value"] for r in found), found) for c, found in of.items()},
            "weighted_values_total": {c: _weights(draft, c, found) for c, found in of.items()},
            "total_count": len(rows),
            "total_currency_converted_value": total,
            "total_weighted_currency_converted_value": weighted,
            "total_currency_converted_value_formatted": f"{own} {total:,}",
            "total_weighted_currency_converted_value_formatted": f"{own} {weighted:,}",
        }
    )


def _values(own: str, currency: str, value: float, rows: list[Row]) -> Row:
    out: Row = {"value": value, "count": len(rows), "value_converted": value}
    return out | {"value_formatted": f"{currency} {value:,}", "value_converted_formatted": f"{own} {value:,}"}


def _weights(draft: Draft, currency: str, rows: list[Row]) -> Row:
    value = sum(_weighted(draft, row) for row in rows)
    return {"value": value, "count": len(rows), "value_formatted": f"{currency} {value:,}"}


def _weighted(draft: Draft, row: Row) -> float:
    """The value times the probability: the deal's own, or its stage's, and all of it where pipelines have none."""
    pipeline, stage = draft.get("pipelines", row["pipeline_id"]), draft.get("stages", row["stage_id"])
    if pipeline is None or stage is None or not pipeline["is_deal_probability_enabled"]:
        return float(row["value"])
    probability = stage["deal_probability"] if row["probability"] is None else row["probability"]
    return float(row["value"] * probability / 100)
