"""The variations of products, v2 (facts 7.8)."""

from typing import Any

from adapters.protocols import Json
from adapters.sandbox.pipedrive import lists, records
from adapters.sandbox.pipedrive.answers import Reply, missing, ok
from adapters.sandbox.pipedrive.bodies import taken
from adapters.sandbox.pipedrive.entities import PRODUCTS
from adapters.sandbox.pipedrive.products import known_currencies
from adapters.sandbox.pipedrive.state import Draft, Row
from adapters.sandbox.pipedrive.values import Spec

_FIELDS = {
    "name": Spec(kind="text", required=True, longest=255),
    "prices": Spec(kind="prices"),
}


def _product(draft: Draft, key: int) -> None:
    if draft.live("products", key) is None:
        raise missing("Product")


def _find(draft: Draft, product: int, key: int) -> Row:
    row = draft.live("variations", key)
    if row is None or row["product_id"] != product:
        raise missing("Product variation")
    return row


def _public(row: Row) -> Row:
    blank = {"cost": 0, "direct_cost": 0, "notes": ""}
    prices = [{"product_variation_id": row["id"], **blank, **price} for price in row["prices"]]
    return {"id": row["id"], "name": row["name"], "product_id": row["product_id"], "prices": prices}


def listing(draft: Draft, product: int, query: dict[str, Any]) -> Reply:
    """GET /products/{id}/variations: one page."""
    _product(draft, product)
    rows = [row for row in draft.rows("variations") if row["product_id"] == product]
    page, more = lists.cursor_page(rows, query)
    return ok([_public(row) for row in page], additional_data={"next_cursor": more})


def add(draft: Draft, product: int, body: Json) -> Reply:
    """POST /products/{id}/variations; without prices it costs nothing, in the user's currency."""
    _product(draft, product)
    given = taken(draft, _FIELDS, body, creating=True)
    known_currencies(draft, given)
    key = draft.next("variations")
    row: Row = {"id": key, "product_id": product, "prices": [{"currency": draft.settings.currency, "price": 0}]}
    row |= {"add_time": draft.at, "update_time": draft.at, "is_deleted": False} | given
    return ok(_public(draft.put("variations", key, row)), 201)


def update(draft: Draft, product: int, key: int, body: Json) -> Reply:
    """PATCH /products/{id}/variations/{variation}: prices are replaced as a whole."""
    _product(draft, product)
    row = _find(draft, product, key)
    given = taken(draft, _FIELDS, body, creating=False)
    known_currencies(draft, given)
    return ok(_public(draft.put("variations", key, row | given | {"update_time": draft.at})))


def delete(draft: Draft, product: int, key: int) -> Reply:
    """DELETE /products/{id}/variations/{variation}: lines that name it keep its id."""
    _product(draft, product)
    draft.put("variations", key, _find(draft, product, key) | {"is_deleted": True, "update_time": draft.at})
    return ok({"id": key})


def duplicate(draft: Draft, product: int) -> Reply:
    """POST /products/{id}/duplicate: a second product with the same prices, variations and custom fields."""
    _product(draft, product)
    old = draft.get("products", product) or {}
    times: Row = {"add_time": draft.at, "update_time": draft.at, "is_deleted": False}
    key = draft.next("products")
    row = draft.put("products", key, old | times | {"id": key})
    for variation in draft.rows("variations"):
        if variation["product_id"] == product:
            new = draft.next("variations")
            draft.put("variations", new, variation | times | {"id": new, "product_id": key})
    return ok(records.public(draft, PRODUCTS, row), 201)
