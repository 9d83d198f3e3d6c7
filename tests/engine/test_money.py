"""Money: an amount keeps its currency, whoever says it; what adds up counts each amount once and in one currency."""

from typing import Any

import pytest

from adapters.protocols import Link
from engine.mapping import Mapping, ObjectMap, Rule, Total
from tests.engine.tables import KEY, Tables, migrated
from tests.engine.test_hanging import table
from tests.engine.world import World

DEAL = table("Deal", "Value", "Currency", "Budget", Value="money", Budget="money")


def deals(*rows: dict[str, str], to: str = "deal", **said: Any) -> World:
    """Deals, moved under a map whose own currency is EUR; the account's own is USD."""
    fields = {
        "ID": KEY, "Name": Rule(to="title"), "Value": Rule(to="value"),
        "Currency": Rule(to="currency") if to == "deal" else Rule(to="value", part="currency"),
        "Budget": Rule(new="Budget", kind="number"),
    }  # fmt: skip
    mapping = Mapping(zone="UTC", currency="EUR", object={"Deal": ObjectMap(to=to, fields=fields, **said)})
    numbered = [{"ID": str(n), "Name": f"Deal {n}"} | row for n, row in enumerate(rows, 1)]
    return migrated(Tables([DEAL], {"Deal": numbered}), mapping)


def told(world: World) -> set[tuple[str, str]]:
    """What people are told, by code and field."""
    return {(finding.code, finding.where) for finding in world.migration.findings()}


@pytest.mark.parametrize(
    ("value", "currency", "there", "code"),
    [
        ("100", "USD", (100, "USD"), None),
        ("100", "", (100, "EUR"), ("no-currency", "Currency")),
        ("£ 100", "", (100, "GBP"), None),
        ("£ 100", "USD", (100, "USD"), ("two-currencies", "Value")),
        ("€ 100", "eur", (100, "EUR"), None),
        ("", "", (0, "USD"), None),
    ],
)
def test_a_deal_is_in_the_currency_that_somebody_says(
    value: str, currency: str, there: tuple[float, str], code: tuple[str, str] | None
) -> None:
    """The record's column, else the cell, else the map: never the account's own by default."""
    world = deals({"Value": value, "Currency": currency.upper() or currency, "Budget": ""})
    (deal,) = world.wire.records()["deals"]
    assert (deal["value"], deal["currency"]) == there
    assert told(world) & {("no-currency", "Currency"), ("two-currencies", "Value")} == ({code} if code else set())
    assert world.migration.reconcile().ok
    world.close()


def test_a_constant_currency_gives_way_to_the_cell() -> None:
    """Where no column has the currency the map sets it; a cell that names its own is believed."""
    table_ = table("Deal", "Value", Value="money")
    fields = {"ID": KEY, "Name": Rule(to="title"), "Value": Rule(to="value")}
    mapping = Mapping(
        zone="UTC", currency="USD", object={"Deal": ObjectMap(to="deal", set={"currency": "USD"}, fields=fields)}
    )
    rows = [{"ID": "1", "Name": "a", "Value": "100 EUR"}, {"ID": "2", "Name": "b", "Value": "100"}]
    world = migrated(Tables([table_], {"Deal": rows}), mapping)
    assert [(d["value"], d["currency"]) for d in world.wire.records()["deals"]] == [(100, "EUR"), (100, "USD")]
    world.close()


def test_a_plain_number_does_not_hide_its_currency() -> None:
    """A custom number field has no currency: that one was named is told; the map's own needs no word."""
    world = deals(
        {"Value": "1", "Currency": "EUR", "Budget": "£ 5"}, {"Value": "1", "Currency": "EUR", "Budget": "€ 5"}
    )
    found = [f.key for f in world.migration.findings() if f.code == "currency-not-written"]
    assert found == ["1"]
    world.close()


COMPANY = table("Company")
ORDER = table("Order", "Company", "Amount", "Email", "Test", Amount="money", Email="email",
              links=(Link(name="company", to=("Company",), id_field="Company"),))  # fmt: skip


def test_a_total_counts_what_is_moved_once_and_in_one_currency() -> None:
    """Twins are one order; one that the map leaves behind and one in another currency are not part of it."""
    orders = ObjectMap(
        to="activity",
        links={"company": "org_id"},
        duplicates="email:Email",
        leave={"Test": "a test"},
        total=Total(of="Amount", new="Ordered", on=("company",)),
        fields={
            "ID": KEY, "Name": Rule(to="subject"), "Company": Rule(link="company"), "Amount": Rule(block="Amount"),
            "Email": Rule(block="Email"), "Test": Rule(exclude="x"),
        },
    )  # fmt: skip
    companies = ObjectMap(to="organization", fields={"ID": KEY, "Name": Rule(to="name")})
    cells = [("100.10", "a@acme.example", ""), ("100.10", "a@acme.example", ""), ("0.20", "", ""), ("7", "", "yes"),
             ("€ 1000", "", "")]  # fmt: skip
    rows = [
        {"ID": str(n), "Name": f"Order {n}", "Company": "1", "Amount": amount, "Email": email, "Test": test}
        for n, (amount, email, test) in enumerate(cells, 1)
    ]
    source = Tables([COMPANY, ORDER], {"Company": [{"ID": "1", "Name": "Acme"}], "Order": rows})
    mapping = Mapping(zone="UTC", currency="USD", object={"Company": companies, "Order": orders})
    world = migrated(source, mapping, duplicates="merge")
    (company,) = world.wire.records()["organizations"]
    assert 100.3 in company["custom_fields"].values()
    assert ("not-in-total", "Amount") in told(world)
    world.close()
