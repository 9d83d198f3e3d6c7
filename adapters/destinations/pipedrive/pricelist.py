"""Prices: on the wire one list with a row for each currency, here amounts by what they are (price, cost, direct cost).

A wire row is {"currency", "price", "cost", "direct_cost", "notes"}. The server makes a price of 0 where none is given,
and a cost of 0, so an amount of 0 and none are one; a cost in a currency without a price gets a price of 0 to stand on.
"""

from adapters.destinations.pipedrive.ask import Row
from adapters.protocols import Fields, Json

NOTES = "price_notes"
AMOUNTS = {"prices": "price", "costs": "cost", "direct_costs": "direct_cost"}
"""The name of an amount on the wire, by the field that lists it."""


def rows(fields: Fields) -> list[Row]:
    """The wire rows of the given fields, by currency in the order of the prices.

    Raises ValueError for two prices in one currency.
    """
    found: dict[str, Row] = {}
    for item in fields.get("prices") or []:
        if item["currency"] in found:
            raise ValueError(f"two prices in {item['currency']}")
        found[item["currency"]] = {"currency": item["currency"], "price": item["value"]}
    for key in ("costs", "direct_costs"):
        for item in fields.get(key) or []:
            _of(found, item["currency"])[AMOUNTS[key]] = item["value"]
    for currency, note in (fields.get(NOTES) or {}).items():
        _of(found, currency)["notes"] = note
    return list(found.values())


def read(given: list[Row]) -> Fields:
    """The fields of wire rows; costs of 0 are left out, for so the server spells that there are none."""
    fields: Fields = {}
    for key, name in AMOUNTS.items():
        amounts = [
            {"value": row[name], "currency": row["currency"]} for row in given if row.get(name) or name == "price"
        ]
        fields[key] = amounts or None
    fields[NOTES] = {row["currency"]: row["notes"] for row in given if row.get("notes")} or None
    return fields


def amounts(value: Json) -> dict[str, Json]:
    """A list of amounts by currency, without those of 0: two lists with the same are the same."""
    return {item["currency"]: item["value"] for item in value or [] if item.get("value")}


def _of(found: dict[str, Row], currency: str) -> Row:
    return found.setdefault(currency, {"currency": currency, "price": 0})
