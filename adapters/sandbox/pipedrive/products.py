"""What v2 products do beyond plain fields (facts 7.8)."""

from adapters.sandbox.pipedrive.answers import bad_request, invalid, v2_error
from adapters.sandbox.pipedrive.state import Draft, Row


def settle(draft: Draft, old: Row | None, row: Row, given: Row) -> Row:
    """Prices and billing in step. Raises the v2 refusals."""
    if old is None:
        row = row | {
            "tax": row["tax"] or 0,
            "is_linkable": given.get("is_linkable", True),
            "billing_frequency": row["billing_frequency"] or "one-time",
            "prices": row["prices"] or [{"currency": draft.settings.currency, "price": 0}],
        }
    known_currencies(draft, given)
    _billed(draft, row)
    return row


def known_currencies(draft: Draft, given: Row) -> None:
    """Raise the v2 refusal of a price in a currency that the account does not know."""
    for price in given.get("prices", ()):
        if draft.get("currencies", price["currency"]) is None:
            raise bad_request(f"Currency '{price['currency']}' is not known.")


def _billed(draft: Draft, row: Row) -> None:
    frequency, cycles = row["billing_frequency"], row["billing_frequency_cycles"]
    if frequency == "one-time" and cycles is not None:
        raise invalid([("billing_frequency_cycles", "Must be null for the billing frequency 'one-time'.")])
    if frequency == "weekly" and cycles is None:
        raise invalid([("billing_frequency_cycles", "Must be set for the billing frequency 'weekly'.")])
    if (frequency != "one-time" or cycles is not None) and draft.settings.plan == "lite":
        raise v2_error(403, "Recurring products need the Growth plan or a higher one.", "ERR_FORBIDDEN")


def shown(draft: Draft, row: Row, out: Row) -> Row:
    """A product as answers show it: the category as a string, each price with its product."""
    del draft
    out["category"] = None if row["category"] is None else str(int(row["category"]))
    blank = {"cost": 0, "direct_cost": None, "notes": ""}
    out["prices"] = [{"product_id": row["id"], **blank, **price} for price in row["prices"]]
    return out
