"""The discounts on a whole deal, v2 (facts 7.8)."""

from adapters.protocols import Json
from adapters.sandbox.pipedrive import worth
from adapters.sandbox.pipedrive.answers import Reply, invalid, missing, ok
from adapters.sandbox.pipedrive.bodies import taken
from adapters.sandbox.pipedrive.lines import deal_of
from adapters.sandbox.pipedrive.state import Draft, Row
from adapters.sandbox.pipedrive.values import Spec

_FIELDS = {
    "description": Spec(kind="text", required=True),
    "amount": Spec(kind="number", required=True),
    "type": Spec(kind="text", required=True, choices=("percentage", "amount")),
}


def positive(given: Row) -> None:
    """Raise the v2 refusal of an amount that is not above nothing."""
    if given.get("amount", 1) <= 0:
        raise invalid([("amount", "This value should be positive.")])


def _find(draft: Draft, deal: int, key: str) -> Row:
    row = draft.get("discounts", key)
    if row is None or row["deal_id"] != deal:
        raise missing("Discount")
    return row


def _public(row: Row) -> Row:
    return {key: value for key, value in row.items() if not key.startswith("_")}


def listing(draft: Draft, deal: int) -> Reply:
    """GET /deals/{id}/discounts: all of them, not paged."""
    deal_of(draft, deal)
    return ok([_public(row) for row in draft.parts("discounts", deal)])


def add(draft: Draft, key: int, body: Json) -> Reply:
    """POST /deals/{id}/discounts: the new discount; the deal's value follows."""
    deal = deal_of(draft, key)
    given = taken(draft, _FIELDS, body, creating=True)
    positive(given)
    row: Row = {"id": draft.uuid(), "deal_id": key, "created_at": draft.at, "created_by": draft.user}
    return ok(_put(draft, deal, row | given), 201)


def _put(draft: Draft, deal: Row, row: Row) -> Row:
    row = draft.put("discounts", row["id"], row | {"updated_at": draft.at, "updated_by": draft.user})
    _revalue(draft, deal)
    return _public(row)


def _revalue(draft: Draft, deal: Row) -> None:
    if draft.parts("lines", deal["id"]):  # a discount changes the value of a deal that has products, no other
        worth.revalue(draft, deal)


def update(draft: Draft, key: int, discount: str, body: Json) -> Reply:
    """PATCH /deals/{id}/discounts/{discount}."""
    deal = deal_of(draft, key)
    old = _find(draft, key, discount)
    given = taken(draft, _FIELDS, body, creating=False)
    positive(given)
    return ok(_put(draft, deal, old | given))


def delete(draft: Draft, key: int, discount: str) -> Reply:
    """DELETE /deals/{id}/discounts/{discount}."""
    deal = deal_of(draft, key)
    draft.drop("discounts", _find(draft, key, discount)["id"])
    _revalue(draft, deal)
    return ok({"id": discount})
