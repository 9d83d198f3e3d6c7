"""Computed values: a deal's value is worked out from its lines by the server, which is nobody's edit."""

from collections.abc import Iterator

import pytest

from adapters.protocols import Identity, Link, ObjectSchema
from engine.mapping import Mapping, ObjectMap, Rule
from tests.engine.tables import KEY, Rows, Tables, column, migrated
from tests.engine.world import World

DEAL = Link(name="deal", to=("Deal",), id_field="Deal")
PRODUCT = Link(name="product", to=("Product",), id_field="Product")
OBJECTS = (
    ObjectSchema(name="Product", label="Product", identity=Identity(id_field="ID"), count=1,
                 fields=(column("ID"), column("Name"))),
    ObjectSchema(name="Deal", label="Deal", identity=Identity(id_field="ID"), count=1,
                 fields=(column("ID"), column("Name"), column("Value", "number"))),
    ObjectSchema(name="Line", label="Line", identity=Identity(id_field="ID"), links=(DEAL, PRODUCT), count=1,
                 fields=(column("ID"), column("Deal"), column("Product"), column("Price", "number"),
                         column("Quantity", "number"))),
)  # fmt: skip

MAP = Mapping(
    zone="UTC",
    currency="USD",
    object={
        "Product": ObjectMap(to="product", fields={"ID": KEY, "Name": Rule(to="name")}),
        "Deal": ObjectMap(to="deal", fields={"ID": KEY, "Name": Rule(to="title"), "Value": Rule(to="value")}),
        "Line": ObjectMap(to="deal_product", links={"deal": "deal_id", "product": "product_id"}, fields={
            "ID": KEY, "Deal": Rule(link="deal"), "Product": Rule(link="product"),
            "Price": Rule(to="item_price"), "Quantity": Rule(to="quantity"),
        }),
    },
)  # fmt: skip

LINES = 8
VALUE = 999.0


def shop(lines: int) -> Rows:
    """A product, two deals, and so many lines on the first of them."""
    line = {"Deal": "1", "Product": "1", "Price": "10", "Quantity": "2"}
    return {
        "Product": [{"ID": "1", "Name": "Mug"}],
        "Deal": [{"ID": str(n), "Name": f"Deal {n}", "Value": str(VALUE)} for n in (1, 2)],
        "Line": [{"ID": str(n), **line} for n in range(1, lines + 1)],
    }


@pytest.fixture
def world() -> Iterator[World]:
    made = migrated(Tables(OBJECTS, shop(LINES)), MAP)
    yield made
    made.close()


def values(world: World) -> dict[str, float]:
    """The value of each deal at the account."""
    return {d["title"]: d["value"] for d in world.wire.records()["deals"]}


@pytest.mark.promise("F-115")
def test_lines_come_after_their_product_and_their_deal(world: World) -> None:
    """The lines of a deal share one request, which leaves when product and deal have their ids."""
    posts = [r.path for r in world.wire.writes if r.method == "POST" and "Fields" not in r.path]
    bulk = [p for p in posts if p.endswith("/products/bulk")]
    assert len(bulk) == 1
    assert posts.index("/api/v2/products") < posts.index(bulk[0])
    assert posts.index("/api/v2/deals") < posts.index(bulk[0])


def test_a_worked_out_value_is_no_difference(world: World) -> None:
    """The deal with lines is worth what they come to, the other what we wrote; both sides agree."""
    assert values(world) == {"Deal 1": LINES * 20, "Deal 2": VALUE}
    assert world.migration.reconcile().ok


def test_a_worked_out_value_is_nobodys_edit(world: World) -> None:
    """A rollback takes lines, deals and product, and holds nothing."""
    undoing = world.migration.rewind(0, "rollback")
    assert (undoing.held, undoing.impossible) == ([], [])
    left = world.wire.records()
    assert (left["deals"], left["products"]) == ([], [])


def test_the_old_value_returns_with_the_last_line() -> None:
    """Lines that are taken back alone leave the deal with the value that it had before them."""
    source = Tables(OBJECTS, shop(0))
    world = migrated(source, MAP)
    before = world.journal.log.head().position
    source.rows = shop(LINES)
    assert world.migration.sync().outcome == "done"
    assert values(world)["Deal 1"] == LINES * 20
    undoing = world.migration.rewind(before, "rewind")
    assert (undoing.count("delete"), undoing.count("refill"), undoing.held) == (LINES, 1, [])
    assert values(world) == {"Deal 1": VALUE, "Deal 2": VALUE}
    world.close()
