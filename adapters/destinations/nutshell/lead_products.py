"""Products of leads. They have no call of their own that makes one: `editLead` takes the whole list of a lead.

An id is "lead/product". Each write reads the lead and names the revision it read; where another was faster, nothing was
written and the lead is read again. Products of one lead are created together, with one request.
"""

from collections.abc import Callable, Sequence
from typing import Any

from adapters.destinations.nutshell import leads
from adapters.destinations.nutshell.ask import Row, call, edit, named, result, rows_of
from adapters.destinations.nutshell.catalogue import LEAD, REV
from adapters.destinations.nutshell.reading import row_of
from adapters.destinations.nutshell.records import refuse
from adapters.destinations.nutshell.values import ident, number
from adapters.protocols import Applied, Fields, Flow, Refused, RefusedError, StaleError

ATTEMPTS = 5
"""How often a lead is read again because its revision has changed in between."""


def create(several: Sequence[Fields]) -> Flow[list[Applied]]:
    """Put products on one lead. One that is there already is refused: a lead holds a product once."""
    for fields in several:
        leads.check_product(fields)
    lead = str(several[0]["lead_id"])
    wanted = [str(fields["product_id"]) for fields in several]
    if len(set(wanted)) < len(wanted):
        refuse("twice", f"Lead {lead} is given a product twice: add up the quantities.")

    def add(rows: list[Row], currency: str) -> list[Row]:
        for row in rows:
            if ident(row) in wanted:
                refuse("twice", f"Lead {lead} holds product {ident(row)} already: change its quantity.")
        return [*rows, *(leads.product_row(fields, currency) for fields in several)]

    answer, there = yield from _rewritten(lead, add)
    ids = [f"{lead}/{product}" for product in wanted]
    return [Applied(id=id, answer=answer, values=there.get(id, {})) for id in ids]


def update(id: str, fields: Fields, before: Fields) -> Flow[Applied]:
    """Change quantity or price of a product on a lead."""
    lead, product = parted(id)
    fixed = {"lead_id": lead, "product_id": product}

    def change(rows: list[Row], currency: str) -> list[Row]:
        if product not in [ident(row) for row in rows]:
            message = f"Lead {lead} holds product {product} no more: it cannot be changed."
            raise RefusedError(Refused(status=404, message=message, code="deleted"))
        whole = before | fields | fixed
        return [_changed(row, whole, currency) if ident(row) == product else row for row in rows]

    leads.check_product(fields | fixed)
    answer, there = yield from _rewritten(lead, change)
    return Applied(id=id, answer=answer, values=there.get(id, {}))


def delete(id: str) -> Flow[Applied]:
    """Take a product off a lead; what is gone already, with its lead or by itself, is a success."""
    lead, product = parted(id)
    row = yield from row_of(LEAD, lead)
    if row is None or id not in leads.products_of(row):
        return Applied(id=id, answer=None)
    answer, _ = yield from _rewritten(lead, lambda rows, _: [r for r in rows if ident(r) != product])
    return Applied(id=id, answer=answer)


def parted(id: str) -> tuple[str, str]:
    """Lead and product of an id."""
    lead, _, product = id.partition("/")
    if not lead.isdigit() or not product.isdigit():
        refuse("bad-id", f"{id!r} is no id of a product of a lead: those read like '12/7'.")
    return lead, product


def _rewritten(lead: str, change: Callable[[list[Row], str], list[Row]]) -> Flow[tuple[Any, dict[str, Fields]]]:
    """Write a lead's list of products; the answer and the products that are there then."""
    attempt = 0
    while True:
        row = yield from row_of(LEAD, lead)
        if row is None:
            message = f"Lead {lead} is deleted: its products cannot be changed."
            raise RefusedError(Refused(status=404, message=message, code="deleted"))
        money = row.get("value")
        currency = str(money.get("currency") or "") if isinstance(money, dict) else ""
        products = change([_kept(product) for product in rows_of(row.get("products"))], currency)
        params = {"leadId": int(lead), REV: str(row.get(REV)), "lead": {"products": products}}
        try:
            response = yield from edit(call("editLead", params))
        except StaleError:
            attempt += 1
            if attempt >= ATTEMPTS:
                raise
            continue
        return response.body, leads.products_of(named(result(response), "the products of a lead"))


def _kept(row: Row) -> Row:
    """A product that is on a lead, as it is written back."""
    kept: Row = {"entityType": "Products", "id": row["id"]}
    if row.get("relationship"):
        kept["relationship"] = row["relationship"]
    if row.get("quantity") is not None:
        kept["quantity"] = number(row["quantity"])
    price = row.get("price")
    if isinstance(price, dict) and price.get("amount") is not None:
        code = price.get("currency") or price.get("currency_shortname")
        kept["price"] = {"currency_shortname": code, "amount": number(price["amount"])}
    return kept


def _changed(row: Row, fields: Fields, currency: str) -> Row:
    price = row.get("price") or {}
    whole = {"price": price.get("amount")} | fields
    own = leads.product_row(whole, price.get("currency_shortname") or currency)
    emptied = {key for key in ("quantity", "price") if key in fields and fields[key] is None}
    return {key: value for key, value in (row | own).items() if key not in emptied}
