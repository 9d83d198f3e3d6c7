"""The installments of a deal, v2, Growth and better (facts 7.8, 12)."""

from typing import Any

from adapters.protocols import Json
from adapters.sandbox.pipedrive import lists, worth
from adapters.sandbox.pipedrive.answers import Reply, bad_request, missing, ok, v2_error
from adapters.sandbox.pipedrive.bodies import taken
from adapters.sandbox.pipedrive.deal_discounts import positive
from adapters.sandbox.pipedrive.lines import deal_of
from adapters.sandbox.pipedrive.state import Draft, Row
from adapters.sandbox.pipedrive.values import Spec

_FIELDS = {
    "description": Spec(kind="text", required=True),
    "amount": Spec(kind="number", required=True),
    "billing_date": Spec(kind="date", required=True),
}


def _planned(draft: Draft) -> None:
    if draft.settings.plan == "lite":
        raise v2_error(403, "Installments need the Growth plan or a higher one.", "ERR_FORBIDDEN")


def _find(draft: Draft, deal: int, key: int) -> Row:
    row = draft.get("installments", key)
    if row is None or row["deal_id"] != deal:
        raise missing("Installment")
    return row


def _public(row: Row) -> Row:
    return {key: value for key, value in row.items() if not key.startswith("_")}


def of_deals(draft: Draft, query: dict[str, Any]) -> Reply:
    """GET /deals/installments?deal_ids=: those of up to 100 deals; deals that are not there are left out."""
    _planned(draft)
    deals = [key for key in lists.ids(query, "deal_ids") if draft.live("deals", key)]
    page, more = lists.cursor_page([row for deal in deals for row in draft.parts("installments", deal)], query)
    return ok([_public(row) for row in page], additional_data={"next_cursor": more})


def add(draft: Draft, deal: int, body: Json) -> Reply:
    """POST /deals/{id}/installments: needs a one-time product, and bears no recurring one."""
    _planned(draft)
    deal_of(draft, deal)
    given = taken(draft, _FIELDS, body, creating=True)
    positive(given)
    lines = draft.parts("lines", deal)
    if any(worth.recurring(line) for line in lines):
        raise bad_request("A deal with recurring products cannot have installments.")
    if not any(line["is_enabled"] for line in lines):
        raise bad_request("An installment needs a one-time product in the deal.")
    row = {"id": draft.next("installments"), "deal_id": deal} | given
    return ok(_public(draft.put("installments", row["id"], row)), draft.settings.create_status)


def update(draft: Draft, deal: int, key: int, body: Json) -> Reply:
    """PATCH /deals/{id}/installments/{installment}."""
    _planned(draft)
    deal_of(draft, deal)
    row = _find(draft, deal, key)
    given = taken(draft, _FIELDS, body, creating=False)
    positive(given)
    return ok(_public(draft.put("installments", key, row | given)))


def delete(draft: Draft, deal: int, key: int) -> Reply:
    """DELETE /deals/{id}/installments/{installment}."""
    _planned(draft)
    deal_of(draft, deal)
    draft.drop("installments", _find(draft, deal, key)["id"])
    return ok({"id": key})
