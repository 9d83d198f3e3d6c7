"""The lines of deals, which the API calls deal products, v2 (facts 7.8)."""

from typing import Any

from adapters.protocols import Json
from adapters.sandbox.pipedrive import lists, worth
from adapters.sandbox.pipedrive.answers import Reply, bad_request, invalid, missing, ok, v2_error
from adapters.sandbox.pipedrive.bodies import taken
from adapters.sandbox.pipedrive.records import gone
from adapters.sandbox.pipedrive.state import Draft, Row
from adapters.sandbox.pipedrive.values import FREQUENCIES, Spec

MOST = 100
"""Lines in one bulk request."""
MOST_RECURRING = 20
"""Recurring lines of one deal."""
_YEARS = 10
"""A billing starts at most so many years before or after today."""
_DEFAULT_TAX_METHOD = "exclusive"
"""Of a deal's first line: the account's own setting decides, and the API shows it nowhere."""

FIELDS = {
    "product_id": Spec(kind="integer", required=True, ref="products"),
    "item_price": Spec(kind="number", required=True),
    "quantity": Spec(kind="number", required=True),
    "tax": Spec(kind="number"),
    "comments": Spec(kind="text"),
    "discount": Spec(kind="number"),
    "is_enabled": Spec(kind="boolean"),
    "tax_method": Spec(kind="text", choices=("exclusive", "inclusive", "none")),
    "discount_type": Spec(kind="text", choices=("percentage", "amount")),
    "product_variation_id": Spec(kind="integer", null=True),
    "billing_frequency": Spec(kind="text", choices=FREQUENCIES),
    "billing_frequency_cycles": Spec(kind="integer", null=True, low=1, high=208),
    "billing_start_date": Spec(kind="date", null=True),
}
"""What the body of a line may hold."""

_NEW: Row = {
    "tax": 0, "comments": "", "discount": 0, "is_enabled": True, "discount_type": "percentage",
    "product_variation_id": None, "billing_frequency": "one-time", "billing_frequency_cycles": None,
    "billing_start_date": None,
}  # fmt: skip


def deal_of(draft: Draft, key: int) -> Row:
    """The live deal that a line, discount or installment belongs to. Raises the v2 404."""
    deal = draft.live("deals", key)
    if deal is None:
        raise missing("Deal")
    return deal


def _find(draft: Draft, deal: int, key: int) -> Row:
    row = draft.get("lines", key)
    if row is None or row["deal_id"] != deal:
        raise missing("Deal product")
    return row


def public(draft: Draft, row: Row) -> Row:
    """A line as answers show it; of a product that was purged neither id nor name is left."""
    deal = draft.get("deals", row["deal_id"]) or {}
    out = {key: value for key, value in row.items() if not key.startswith("_")}
    product = draft.get("products", row["product_id"])
    if product is None or gone(product, draft.now):
        out |= {"product_id": None, "name": None}
    return out | {"currency": deal["currency"], "sum": worth.line_sum(draft, row, deal["currency"])}


def listing(draft: Draft, deal: int, query: dict[str, Any]) -> Reply:
    """GET /deals/{id}/products: one page."""
    deal_of(draft, deal)
    return _page(draft, draft.parts("lines", deal), query)


def of_deals(draft: Draft, query: dict[str, Any]) -> Reply:
    """GET /deals/products?deal_ids=: the lines of up to 100 deals; deals that are not there are left out."""
    deals = [key for key in lists.ids(query, "deal_ids") if draft.live("deals", key)]
    return _page(draft, [row for deal in deals for row in draft.parts("lines", deal)], query)


def _page(draft: Draft, rows: list[Row], query: dict[str, Any]) -> Reply:
    page, more = lists.cursor_page(rows, query)
    return ok([public(draft, row) for row in page], additional_data={"next_cursor": more})


def add(draft: Draft, key: int, body: Json) -> Reply:
    """POST /deals/{id}/products: the new line; the deal's value follows."""
    deal = deal_of(draft, key)
    row = _add(draft, deal, taken(draft, FIELDS, body, creating=True))
    worth.revalue(draft, deal)
    return ok(public(draft, row), 201)


def add_many(draft: Draft, key: int, body: Json) -> Reply:
    """POST /deals/{id}/products/bulk: all of them or none."""
    deal = deal_of(draft, key)
    items = taken(draft, {"data": Spec(kind="objects", required=True)}, body, creating=True)["data"]
    if not 1 <= len(items) <= MOST:
        raise invalid([("data", f"This collection should contain 1 to {MOST} elements.")])
    given = [taken(draft, FIELDS, item, creating=True, place=f"data[{i}]") for i, item in enumerate(items)]
    rows = [_add(draft, deal, one) for one in given]
    worth.revalue(draft, deal)
    return ok([public(draft, _find(draft, key, row["id"])) for row in rows], 201)


def _add(draft: Draft, deal: Row, given: Row) -> Row:
    lines = draft.parts("lines", deal["id"])
    product = draft.get("products", given["product_id"])
    if product is None or not product["is_linkable"]:
        raise bad_request(f"Product {given['product_id']} cannot be added to deals.")
    method = lines[0]["tax_method"] if lines else _DEFAULT_TAX_METHOD
    row: Row = {"id": draft.next("lines"), "deal_id": deal["id"], "name": product["name"], "tax_method": method}
    row |= {"order_nr": 1 + max((line["order_nr"] for line in lines), default=0)}
    row |= _NEW | {"add_time": draft.at} | given
    return _put(draft, deal, row, given, lines)


def update(draft: Draft, key: int, line: int, body: Json) -> Reply:
    """PATCH /deals/{id}/products/{line}: the line after it; the deal's value follows."""
    deal = deal_of(draft, key)
    old = _find(draft, key, line)
    given = taken(draft, FIELDS, body, creating=False)
    if given.get("product_id", old["product_id"]) != old["product_id"]:
        old = old | {"name": (draft.get("products", given["product_id"]) or {})["name"], "product_variation_id": None}
    others = [row for row in draft.parts("lines", key) if row["id"] != line]
    row = _put(draft, deal, old | given, given, others)
    worth.revalue(draft, deal)
    return ok(public(draft, row))


def _put(draft: Draft, deal: Row, row: Row, given: Row, others: list[Row]) -> Row:
    """Write a line that fits the deal's others; one tax method holds for all of them."""
    _fits_variation(draft, row)
    _fits_plan(draft, row, given)
    _fits_billing(draft, row, given)
    _fits_others(draft, deal["id"], row, others)
    for other in others:
        if other["tax_method"] != row["tax_method"]:
            draft.put("lines", other["id"], other | {"tax_method": row["tax_method"], "update_time": draft.at})
    return draft.put("lines", row["id"], row | {"update_time": draft.at})


def _fits_variation(draft: Draft, row: Row) -> None:
    key = row["product_variation_id"]
    variation = None if key is None else draft.live("variations", key)
    if key is not None and (variation is None or variation["product_id"] != row["product_id"]):
        raise bad_request(f"'product_variation_id' is {key}, and product {row['product_id']} has no such variation.")


def _fits_plan(draft: Draft, row: Row, given: Row) -> None:
    asked = worth.recurring(row) or any(given.get(key) for key in ("billing_frequency_cycles", "billing_start_date"))
    if asked and draft.settings.plan == "lite":
        raise v2_error(403, "Recurring products need the Growth plan or a higher one.", "ERR_FORBIDDEN")


def _fits_billing(draft: Draft, row: Row, given: Row) -> None:
    frequency, cycles = row["billing_frequency"], row["billing_frequency_cycles"]
    if frequency == "one-time" and cycles is not None:
        raise invalid([("billing_frequency_cycles", "Must be null for the billing frequency 'one-time'.")])
    if frequency == "weekly" and cycles is None:
        raise invalid([("billing_frequency_cycles", "Must be set for the billing frequency 'weekly'.")])
    start = given.get("billing_start_date")
    if start is not None:
        year, rest = int(draft.at[:4]), draft.at[4:10]
        if not f"{year - _YEARS}{rest}" <= start <= f"{year + _YEARS}{rest}":
            raise invalid([("billing_start_date", f"Must be within {_YEARS} years in the past and in the future.")])


def _fits_others(draft: Draft, deal: int, row: Row, others: list[Row]) -> None:
    if worth.recurring(row) and sum(map(worth.recurring, others)) >= MOST_RECURRING:
        raise bad_request(f"A deal can have up to {MOST_RECURRING} recurring products.")
    if not draft.parts("installments", deal):
        return
    if worth.recurring(row):
        raise bad_request("A deal with installments cannot have recurring products.")
    if not row["is_enabled"] and not any(other["is_enabled"] for other in others):
        raise bad_request("The last enabled product of a deal with installments cannot be disabled.")


def delete(draft: Draft, key: int, line: int) -> Reply:
    """DELETE /deals/{id}/products/{line}."""
    deal = deal_of(draft, key)
    _drop(draft, deal, [_find(draft, key, line)["id"]])
    return ok({"id": line})


def delete_many(draft: Draft, key: int, query: dict[str, Any]) -> Reply:
    """DELETE /deals/{id}/products: the named lines, or the first 100; answers what went and whether more is left.

    An id that is no line of the deal is left out of the answer: what else would happen is not documented.
    """
    deal = deal_of(draft, key)
    lines = [row["id"] for row in draft.parts("lines", key)]
    wanted = lists.ids(query) if "ids" in query else lines[:MOST]
    going = [line for line in lines if line in wanted]
    if going:
        _drop(draft, deal, going)
    more = "ids" not in query and len(lines) > MOST
    return ok({"ids": going}, additional_data={"more_items_in_collection": more})


def _drop(draft: Draft, deal: Row, going: list[int]) -> None:
    kept = [row for row in draft.parts("lines", deal["id"]) if row["id"] not in going]
    if draft.parts("installments", deal["id"]) and not kept:
        # Not documented: an installment needs a one-time product, so its last one may not go before it.
        raise bad_request("The last product of a deal with installments cannot be removed.")
    for line in going:
        draft.drop("lines", line)
    worth.revalue(draft, deal)
