"""What lines and deals are worth (facts 7.8): the sum of a line, and the value of a deal that has lines.

The facts say that both are computed and not how. Ours: a percentage or an amount comes off price times quantity, then a
tax that the price does not include is added. A deal is worth its enabled lines, a recurring one counting for a single
billing; the deal's discounts come off its one-time lines, percentages of their whole, and never below nothing.
"""

from adapters.sandbox.pipedrive.state import Draft, Row


def line_sum(draft: Draft, row: Row, currency: str) -> int | float:
    """The sum of a line in the deal's currency, rounded to its decimals."""
    gross = row["item_price"] * row["quantity"]
    off = row["discount"] if row["discount_type"] == "amount" else gross * row["discount"] / 100
    net = gross - off
    if row["tax_method"] == "exclusive":
        net += net * row["tax"] / 100
    return rounded(draft, net, currency)


def rounded(draft: Draft, amount: float, currency: str) -> int | float:
    """An amount with the decimals of its currency; a whole one as an integer."""
    known = draft.get("currencies", currency)
    amount = round(amount, 2 if known is None else known["decimal_points"])
    return int(amount) if amount == int(amount) else amount


def recurring(row: Row) -> bool:
    """Whether a line is billed again and again."""
    return bool(row["billing_frequency"] != "one-time")


def deal_value(draft: Draft, deal: Row) -> int | float:
    """What the deal's lines and discounts make of its value."""
    lines = [row for row in draft.parts("lines", deal["id"]) if row["is_enabled"]]
    once = sum(line_sum(draft, row, deal["currency"]) for row in lines if not recurring(row))
    again = sum(line_sum(draft, row, deal["currency"]) for row in lines if recurring(row))
    off = 0.0
    for discount in draft.parts("discounts", deal["id"]):
        off += discount["amount"] if discount["type"] == "amount" else once * discount["amount"] / 100
    return rounded(draft, max(once - off, 0) + again, deal["currency"])


def revalue(draft: Draft, deal: Row) -> None:
    """Write the deal with the value that its parts make.

    A deal whose last line went is worth nothing: what else it would be worth is not documented.
    """
    draft.put("deals", deal["id"], deal | {"value": deal_value(draft, deal), "update_time": draft.at})
