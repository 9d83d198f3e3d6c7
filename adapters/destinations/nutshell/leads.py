"""Leads and their products, canonical to wire and back, and the requests that change what `editLead` does not."""

import re

from adapters.destinations.nutshell import records
from adapters.destinations.nutshell.ask import Row, rows_of
from adapters.destinations.nutshell.catalogue import CLOSED, LEAD, LEAD_PRODUCT, RELATIONSHIPS, REST, STATUSES
from adapters.destinations.nutshell.learned import Learned
from adapters.destinations.nutshell.records import empty, refuse
from adapters.destinations.nutshell.values import ident, number, plain, whole
from adapters.protocols import Fields, Json, Request

_DIGITS = re.compile(r"\d+$")


def encode(fields: Fields, learned: Learned, *, create: bool) -> Row:
    """The body of `newLead` or `editLead`: everything but value, status and outcome, and in an update the stage."""
    body = records.encode(LEAD, fields, learned, create=create)
    for key, plural in (("sources", "Sources"), ("competitors", "Competitors")):
        if key in body:
            # on leads, the members of a list say what they are
            body[key] = [{"entityType": plural, **item} for item in body[key]]
    if "account_id" in fields and not (create and empty(fields["account_id"])):
        account = fields["account_id"]
        body["primaryAccount"] = {"entityType": "Accounts", "id": whole(account)} if account else None
    if fields.keys() & {"contact_id", "contact_ids"}:
        ids = list(dict.fromkeys(filter(None, (fields.get("contact_id"), *(fields.get("contact_ids") or ())))))
        if ids or not create:
            known = fields.get(RELATIONSHIPS) or {}
            told = {id: {"relationship": known[id]} if id in known else {} for id in ids}
            body["contacts"] = [{"entityType": "Contacts", "id": whole(id), **told[id]} for id in ids]
    if fields.get("currency"):
        body["market"] = {"id": whole(_market(fields["currency"], learned))}
    if create:
        places = {"stagesetId": fields.get("pipeline_id"), "milestoneId": fields.get("stage_id")}
        body |= {wire: whole(id) for wire, id in places.items() if id}
    return body


def decode(row: Row, learned: Learned) -> Fields:
    """The canonical values of a lead as JSON-RPC gives it whole."""
    fields = records.decode(LEAD, row, learned)
    contacts = [ident(c) for c in rows_of(row.get("contacts"))]
    known = {ident(c): c["relationship"] for c in rows_of(row.get("contacts")) if c.get("relationship")}
    value = row.get("value")
    stage = ident(row.get("milestone"))
    pipeline = ident(row.get("stageset") or row.get("stagesetId")) or (learned.stages or {}).get(stage or "")
    currency = (learned.markets or {}).get(ident(row.get("market")) or "")
    return fields | {
        "account_id": ident(row.get("primaryAccount")),
        "contact_id": contacts[0] if contacts else None,
        "contact_ids": contacts[1:],
        RELATIONSHIPS: known,
        "stage_id": stage,
        "pipeline_id": pipeline,
        "status": status_of(row.get("status")),
        "outcome": ident(row.get("outcome")),
        "value": amount(value),
        "currency": currency or (value.get("currency") if isinstance(value, dict) else None),
        "number": _number(row),
    }


def status_of(value: Json) -> str | None:
    """The state of a lead, of its number (JSON-RPC) or its word (REST)."""
    if value is None:
        return None
    return STATUSES.get(int(value), str(value)) if str(value).isdigit() else str(value)


def amount(value: Json) -> Json:
    """The number of an amount of money in either form."""
    value = value.get("amount") if isinstance(value, dict) else value
    return None if value is None or value == "" else number(value)


def _number(row: Row) -> str | None:
    found = _DIGITS.search(str(row.get("name") or ""))
    return str(row["number"]) if row.get("number") else found[0] if found else None


def _market(currency: str, learned: Learned) -> str:
    return learned.market(currency) or refuse(
        "no-market",
        f"Nutshell has no market in {currency}: an administrator adds it under Setup, then read the schema.",
    )


# --- the changes that have a request of their own -----------------------------------------------------------------


def change(id: str, fields: Fields, learned: Learned) -> Request | None:
    """The request of a step that `editLead` does not take; None where it does."""
    lead = f"{REST}/leads/{id}-leads"
    if "pipeline_id" in fields:
        body = {"stageset": f"{_given(fields, 'pipeline_id')}-stagesets"}
        return Request(method="POST", path=f"{lead}/stageset", body=body)
    if "stage_id" in fields:
        patch = {"op": "replace", "path": "/leads/0/links/stage", "value": f"{_given(fields, 'stage_id')}-stages"}
        return Request(method="PATCH", path=lead, body=[patch], encoding="json-patch")
    if "value" in fields:
        return Request(method="PATCH", path=lead, body=[_valued(fields["value"])], encoding="json-patch")
    if fields.keys() & {"status", "outcome"}:
        return _ended(lead, fields, learned)
    return None


def _given(fields: Fields, key: str) -> str:
    return str(fields[key] or "") or refuse(
        "required", f"A lead always has a {key.removesuffix('_id')}: it cannot be emptied."
    )


def _valued(value: Json) -> Row:
    if value is None:
        # back to the sum of the products
        return {"op": "replace", "path": "/leads/0/valueToProductMode"}
    return {"op": "replace", "path": "/leads/0/manualValue", "value": plain(value)}


def _ended(lead: str, fields: Fields, learned: Learned) -> Request:
    """Close with an outcome (the first of its kind where none is named), or reopen."""
    status, outcome = fields.get("status"), fields.get("outcome")
    if status == "open" or (status is None and outcome is None):
        return Request(method="POST", path=f"{lead}/reopen")
    if status is not None and status not in CLOSED:
        refuse("bad-value", f"A lead cannot be made {status!r}: open, won, lost or cancelled.")
    if outcome is None:
        outcome = learned.outcome_of(str(status))
        if outcome is None:
            refuse("no-outcome", f"Nutshell has no outcome for {status} leads: an administrator adds one.")
    known = learned.outcome(outcome)
    if known is None or (status is not None and known.status != status):
        words = f"an outcome of {known.status} leads" if known else "no outcome of the account"
        refuse("bad-value", f"{outcome!r} is {words}: the status {status!r} does not go with it.")
    return Request(method="POST", path=f"{lead}/status", body={"outcomeId": f"{outcome}-outcomes"})


def outcome_of(request: Request, learned: Learned) -> Fields:
    """What closing or reopening makes of status and outcome, whichever of the two was asked for; else nothing."""
    if request.path.endswith("/reopen"):
        return {"status": "open", "outcome": None}
    if not request.path.endswith("/status"):
        return {}
    outcome = str(request.body["outcomeId"]).removesuffix("-outcomes")
    known = learned.outcome(outcome)
    return {"outcome": outcome, **({"status": known.status} if known else {})}


# --- products of leads --------------------------------------------------------------------------------------------


def product_row(fields: Fields, currency: str) -> Row:
    """A product on a lead, as `editLead` wants it; `currency` is that of the lead."""
    row: Row = {"entityType": "Products", "id": whole(fields["product_id"])}
    if fields.get("quantity") is not None:
        row["quantity"] = number(fields["quantity"])
    if fields.get("price") is not None:
        code = fields.get("currency") or currency or refuse("required", "The price of a product needs its currency.")
        row["price"] = {"currency_shortname": code, "amount": number(fields["price"])}
    return row


def products_of(row: Row) -> dict[str, Fields]:
    """The products of a lead, by "lead/product"."""
    lead = ident(row) or ""
    found: dict[str, Fields] = {}
    for product in rows_of(row.get("products")):
        price = product.get("price")
        fields: Fields = {
            "lead_id": lead,
            "product_id": ident(product),
            "quantity": amount(product.get("quantity")),
            "price": amount(price),
            "currency": price.get("currency") or price.get("currency_shortname") if isinstance(price, dict) else None,
        }
        found[f"{lead}/{fields['product_id']}"] = fields | ({"rev": str(row["rev"])} if "rev" in row else {})
    return found


def check_product(fields: Fields) -> None:
    """Refuse a product of a lead with a field that there is not, or without lead or product."""
    unknown = [key for key in fields if LEAD_PRODUCT.column(key) is None and key != "rev"]
    if unknown:
        refuse("unknown-field", f"A product of a lead has no field {unknown[0]!r}: read the schema again.")
    if not fields.get("lead_id") or not fields.get("product_id"):
        refuse("required", "A product of a lead names its lead and its product.")
