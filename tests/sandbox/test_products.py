"""Checklist 18: products, variations, the lines of deals, discounts and installments."""

from typing import Any

import pytest

from tests.sandbox.client import Client


def product(account: Client, **more: Any) -> int:
    """The id of a new product."""
    return int(account.ok("POST", "/api/v2/products", {"name": "Widget", **more})["id"])


def deal(account: Client, **more: Any) -> int:
    """The id of a new deal."""
    return int(account.ok("POST", "/api/v2/deals", {"title": "D", **more})["id"])


def line(account: Client, of: int = 1, item: int = 1, **more: Any) -> Any:
    """A new line of a deal."""
    body = {"product_id": item, "item_price": 10, "quantity": 2, **more}
    return account.ok("POST", f"/api/v2/deals/{of}/products", body)


def value(account: Client, key: int = 1) -> Any:
    """What a deal is worth."""
    return account.ok("GET", f"/api/v2/deals/{key}")["value"]


def test_prices(account: Client) -> None:
    """A product has one price a currency, none means zero in the user's, and an update replaces them all."""
    (price,) = account.ok("POST", "/api/v2/products", {"name": "W"})["prices"]
    assert (price["currency"], price["price"]) == ("USD", 0)
    two = [{"currency": "EUR", "price": 5, "cost": 1}, {"currency": "USD", "price": 6, "direct_cost": 2}]
    made = account.ok("POST", "/api/v2/products", {"name": "W", "prices": two})
    assert [p["price"] for p in made["prices"]] == [5, 6]
    changed = account.ok("PATCH", "/api/v2/products/2", {"prices": [{"currency": "GBP", "price": 7}]})
    assert [(p["currency"], p["price"]) for p in changed["prices"]] == [("GBP", 7)]
    account.refused("PATCH", "/api/v2/products/2", {"prices": [{"currency": "XXX", "price": 7}]})
    account.refused("PATCH", "/api/v2/products/2", {"prices": [{"currency": "GBP", "price": 7}] * 2})
    account.refused("PATCH", "/api/v2/products/2", {"prices": [{"currency": "GBP"}]})
    account.refused("PATCH", "/api/v2/products/2", {"name": ""})


def test_billing_of_products(account: Client) -> None:
    """Cycles are null for one-time and set for weekly; a plan without recurring billing refuses them."""
    account.refused("POST", "/api/v2/products", {"name": "W", "billing_frequency_cycles": 3})
    account.refused("POST", "/api/v2/products", {"name": "W", "billing_frequency": "weekly"})
    account.refused(
        "POST", "/api/v2/products", {"name": "W", "billing_frequency": "monthly", "billing_frequency_cycles": 209}
    )
    assert product(account, billing_frequency="monthly", billing_frequency_cycles=208)
    lite = Client(plan="lite")
    lite.refused("POST", "/api/v2/products", {"name": "W", "billing_frequency": "monthly"}, status=403)


def test_variations(account: Client) -> None:
    """Variations have a name and prices of their own, belong to one product, and can be deleted."""
    one, other = product(account), product(account)
    path = f"/api/v2/products/{one}/variations"
    made = account.ok("POST", path, {"name": "Blue"})
    assert (made["product_id"], made["prices"][0]["price"]) == (one, 0)
    account.refused("POST", path, {"name": "x" * 256})
    account.refused("POST", path, {"prices": []})
    account.ok("POST", path, {"name": "Red", "prices": [{"currency": "EUR", "price": 4, "notes": "n"}]})
    page = account.send("GET", path, limit=1).body
    assert [v["name"] for v in page["data"]] == ["Blue"]
    rest = account.ok("GET", path, limit=1, cursor=page["additional_data"]["next_cursor"])
    assert [v["name"] for v in rest] == ["Red"]
    changed = account.ok("PATCH", f"{path}/{made['id']}", {"prices": [{"currency": "USD", "price": 9}]})
    assert changed["prices"][0]["price"] == 9
    account.refused("PATCH", f"/api/v2/products/{other}/variations/{made['id']}", {"name": "x"}, status=404)
    deal(account)
    account.refused(
        "POST",
        "/api/v2/deals/1/products",
        {"product_id": other, "item_price": 1, "quantity": 1, "product_variation_id": made["id"]},
    )
    assert line(account, item=one, product_variation_id=made["id"])["product_variation_id"] == made["id"]
    assert account.ok("DELETE", f"{path}/{made['id']}") == {"id": made["id"]}
    assert [v["name"] for v in account.ok("GET", path)] == ["Red"]


def test_duplicate(account: Client) -> None:
    """A duplicate has the same prices and variations under new ids."""
    product(account, prices=[{"currency": "EUR", "price": 5}])
    account.ok("POST", "/api/v2/products/1/variations", {"name": "Blue"})
    copy = account.ok("POST", "/api/v2/products/1/duplicate")
    assert (copy["id"], copy["name"], copy["prices"][0]["price"]) == (2, "Widget", 5)
    assert [v["name"] for v in account.ok("GET", "/api/v2/products/2/variations")] == ["Blue"]


@pytest.mark.parametrize(
    ("more", "total"),
    [
        ({"tax_method": "none", "tax": 10}, 20),
        ({"tax_method": "inclusive", "tax": 10}, 20),
        ({"tax_method": "exclusive", "tax": 10}, 22),
        ({"discount": 25}, 15),
        ({"discount": 5, "discount_type": "amount"}, 15),
        ({"discount": 5, "discount_type": "amount", "tax": 20, "tax_method": "exclusive"}, 18),
        ({"item_price": 3.335, "quantity": 1}, 3.33),
    ],
)
def test_sums(account: Client, more: dict[str, Any], total: float) -> None:
    """The sum of a line and the value of its deal are computed from price, quantity, discount and tax."""
    product(account)
    deal(account, value=999)
    made = line(account, **more)
    assert (made["sum"], value(account)) == (total, total)


def test_deal_value(account: Client) -> None:
    """With lines the deal's value is theirs: enabled ones only, whatever value is sent; lines have its currency."""
    product(account)
    deal(account, value=999, currency="EUR")
    first, second = line(account), line(account, quantity=1, is_enabled=False)
    assert (first["currency"], first["order_nr"], second["order_nr"]) == ("EUR", 1, 2)
    assert value(account) == 20
    assert account.ok("PATCH", "/api/v2/deals/1", {"value": 5})["value"] == 20
    account.ok("PATCH", f"/api/v2/deals/1/products/{second['id']}", {"is_enabled": True, "quantity": 3})
    assert value(account) == 50
    account.ok("DELETE", f"/api/v2/deals/1/products/{first['id']}")
    assert value(account) == 30
    assert account.ok("GET", "/api/v2/deals/1", include_fields="products_count")["products_count"] == 1
    account.refused("POST", "/api/v2/deals/1/products", {"product_id": 1, "item_price": 1, "quantity": 1, "sum": 1})
    account.refused("POST", "/api/v2/deals/1/products", {"product_id": 1, "item_price": "1", "quantity": 1})
    account.refused("POST", "/api/v2/deals/1/products", {"product_id": 1, "quantity": 1})
    account.refused("POST", "/api/v2/deals/9/products", {"product_id": 1, "item_price": 1, "quantity": 1}, status=404)
    account.refused("POST", "/api/v2/deals/1/products", {"product_id": 7, "item_price": 1, "quantity": 1})


def test_one_tax_method(account: Client) -> None:
    """A changed tax method changes all lines of the deal."""
    product(account)
    deal(account)
    line(account, tax=10, tax_method="none")
    assert line(account, tax=10)["tax_method"] == "none"
    line(account, tax=10, tax_method="exclusive")
    lines = account.ok("GET", "/api/v2/deals/1/products")
    assert [(row["tax_method"], row["sum"]) for row in lines] == [("exclusive", 22)] * 3
    assert value(account) == 66


def test_bulk(account: Client) -> None:
    """Up to 100 lines in one request, all or none; 25 tokens; the same many lines go in one request of 15."""
    product(account)
    deal(account)
    one = {"product_id": 1, "item_price": 1, "quantity": 1}
    path = "/api/v2/deals/1/products"
    before = account.world.control("GET", "/sandbox/requests")["tokens"]
    made = account.ok("POST", f"{path}/bulk", {"data": [one] * 100})
    assert account.world.control("GET", "/sandbox/requests")["tokens"] - before == 25
    assert (len(made), value(account), made[99]["order_nr"]) == (100, 100, 100)
    account.refused("POST", f"{path}/bulk", {"data": [one] * 101})
    account.refused("POST", f"{path}/bulk", {"data": []})
    bad = account.refused("POST", f"{path}/bulk", {"data": [one, one | {"quantity": "2"}]})
    assert "data[1].quantity: The value is not a valid 'number'" in bad["error"]
    account.refused("POST", f"{path}/bulk", {"data": [one, one | {"product_id": 9}]})
    assert value(account) == 100
    line(account)
    gone = account.send("DELETE", path, ids=f"{made[0]['id']},{made[1]['id']},999").body
    assert (gone["data"]["ids"], gone["additional_data"]) == ([1, 2], {"more_items_in_collection": False})
    account.ok("POST", f"{path}/bulk", {"data": [one] * 3})
    gone = account.send("DELETE", path).body
    assert (len(gone["data"]["ids"]), gone["additional_data"]["more_items_in_collection"]) == (100, True)
    assert account.send("DELETE", path).body["additional_data"]["more_items_in_collection"] is False
    assert (account.ok("GET", path), value(account)) == ([], 0)
    account.refused("DELETE", path, ids=",".join(map(str, range(101))))


def test_lines_of_many_deals(account: Client) -> None:
    """The lines of up to 100 deals come in one list; pages and order are as asked for."""
    product(account)
    for number in (1, 2, 3):
        deal(account)
        line(account, of=number, quantity=number)
    found = account.ok("GET", "/api/v2/deals/products", deal_ids="3,1,99", sort_by="deal_id", sort_direction="desc")
    assert [row["deal_id"] for row in found] == [3, 1]
    page = account.send("GET", "/api/v2/deals/products", deal_ids="1,2,3", limit=2).body
    rest = account.ok("GET", "/api/v2/deals/products", deal_ids="1,2,3", cursor=page["additional_data"]["next_cursor"])
    assert [row["id"] for row in page["data"] + rest] == [1, 2, 3]
    account.refused("GET", "/api/v2/deals/products")
    account.refused("GET", "/api/v2/deals/products", deal_ids=",".join(map(str, range(101))))
    account.refused("GET", "/api/v2/deals/1/products", sort_by="deal_id")


def test_recurring_lines(account: Client) -> None:
    """Twenty recurring lines a deal, cycles and start within their bounds, and a plan that has them."""
    product(account)
    deal(account)
    monthly = {"billing_frequency": "monthly", "billing_start_date": "2026-06-01"}
    for _ in range(20):
        line(account, **monthly)
    body = {"product_id": 1, "item_price": 1, "quantity": 1}
    path = "/api/v2/deals/1/products"
    account.refused("POST", path, body | monthly)
    line(account)
    deal(account)
    path = "/api/v2/deals/2/products"
    account.refused("POST", path, body | {"billing_frequency": "weekly"})
    account.refused("POST", path, body | {"billing_frequency_cycles": 2})
    account.refused("POST", path, body | monthly | {"billing_start_date": "2036-05-29"})
    account.refused("POST", path, body | monthly | {"billing_start_date": "2016-05-27"})
    account.ok("POST", path, body | monthly | {"billing_start_date": "2036-05-28"})
    lite = Client(plan="lite")
    product(lite)
    deal(lite)
    lite.refused("POST", "/api/v2/deals/1/products", body | monthly, status=403)


def test_deal_discounts(account: Client) -> None:
    """Discounts come off the one-time lines of a deal that has products, and must be above nothing."""
    product(account)
    deal(account, value=100)
    path = "/api/v2/deals/1/discounts"
    account.ok("POST", path, {"description": "early", "amount": 10, "type": "percentage"})
    assert value(account) == 100
    line(account, quantity=10)
    assert value(account) == 90
    flat = account.ok("POST", path, {"description": "flat", "amount": 5, "type": "amount"})["id"]
    line(account, quantity=1, billing_frequency="annually")
    assert value(account) == 95
    account.ok("PATCH", f"{path}/{flat}", {"amount": 15})
    assert value(account) == 85
    assert [d["description"] for d in account.ok("GET", path)] == ["early", "flat"]
    assert account.ok("DELETE", f"{path}/{flat}") == {"id": flat}
    assert value(account) == 100
    for body in ({"amount": 0}, {"amount": -1}, {"type": "gift"}):
        account.refused("POST", path, {"description": "x", "amount": 1, "type": "amount", **body})
    account.refused("PATCH", f"{path}/{flat}", {"amount": 2}, status=404)


def test_installments(account: Client) -> None:
    """An installment needs a one-time line, excludes recurring ones, and its last line stays."""
    product(account)
    deal(account)
    path = "/api/v2/deals/1/installments"
    body = {"description": "first", "amount": 10, "billing_date": "2026-07-01"}
    account.refused("POST", path, body)
    only = line(account)["id"]
    made = account.ok("POST", path, body)
    account.refused("POST", path, body | {"amount": 0})
    account.refused("POST", path, body | {"billing_date": "July"})
    recurring = {"product_id": 1, "item_price": 1, "quantity": 1, "billing_frequency": "monthly"}
    account.refused("POST", "/api/v2/deals/1/products", recurring)
    account.refused("PATCH", f"/api/v2/deals/1/products/{only}", {"is_enabled": False})
    account.refused("DELETE", f"/api/v2/deals/1/products/{only}")
    assert account.ok("PATCH", f"{path}/{made['id']}", {"amount": 12})["amount"] == 12
    found = account.ok("GET", "/api/v2/deals/installments", deal_ids="1,2", sort_by="billing_date")
    assert [row["amount"] for row in found] == [12]
    assert account.ok("DELETE", f"{path}/{made['id']}") == {"id": made["id"]}
    line(account, billing_frequency="monthly")
    account.refused("POST", path, body)
    lite = Client(plan="lite")
    lite.refused("GET", "/api/v2/deals/installments", status=403, deal_ids="1")


def test_purged_product(account: Client) -> None:
    """The lines of a deleted product stay, and lose its id and name when it is purged; new ones are refused."""
    product(account)
    deal(account)
    line(account)
    account.ok("DELETE", "/api/v2/products/1")
    (row,) = account.ok("GET", "/api/v2/deals/1/products")
    assert (row["product_id"], row["name"]) == (1, "Widget")
    account.refused("POST", "/api/v2/deals/1/products", {"product_id": 1, "item_price": 1, "quantity": 1})
    account.wait(31 * 86_400)
    (row,) = account.ok("GET", "/api/v2/deals/1/products")
    assert (row["product_id"], row["name"], row["sum"]) == (None, None, 20)
    product(account, is_linkable=False)
    account.refused("POST", "/api/v2/deals/1/products", {"product_id": 2, "item_price": 1, "quantity": 1})
