"""Computed values: a deal's value is worked out from its lines by the server, which is nobody's edit."""

from collections.abc import Iterator

import pytest

from adapters.protocols import BudgetSpentError, Identity, Link, ObjectSchema, Request
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


def bare() -> tuple[World, Tables, int]:
    """A world whose deals have no lines yet, its source, and the position up to there."""
    source = Tables(OBJECTS, shop(0))
    world = migrated(source, MAP, deletions="propagate")
    return world, source, world.journal.log.head().position


def test_a_refill_keeps_what_was_restored() -> None:
    """A delta renames a deal and adds lines; taken back and brought again, it ends as if nothing had been."""
    world, source, before = bare()
    source.rows = shop(LINES)
    source.rows["Deal"][0]["Name"] = "Renamed"
    assert world.migration.sync().outcome == "done"
    world.migration.rewind(before, "rewind")
    assert values(world) == {"Deal 1": VALUE, "Deal 2": VALUE}
    world.migration.resume("again")
    assert world.migration.sync().outcome == "done"
    assert values(world) == {"Renamed": LINES * 20, "Deal 2": VALUE}
    assert world.migration.reconcile().ok
    world.close()


@pytest.mark.promise("F-163")
def test_a_refill_makes_no_edit_ours() -> None:
    """A person's title survives the rewind of the lines, and holds the deal at the rollback that follows."""
    world, source, before = bare()
    source.rows = shop(LINES)
    assert world.migration.sync().outcome == "done"
    deal = next(d for d in world.wire.records()["deals"] if d["title"] == "Deal 1")
    world.wire.edit("deal", str(deal["id"]), title="Mine")
    world.migration.rewind(before, "rewind")
    undoing = world.migration.rewind(0, "rollback")
    assert [d.kind for d in undoing.held] == ["edited"]
    assert [d["title"] for d in world.wire.records()["deals"]] == ["Mine"]
    world.close()


def test_a_rollback_that_stops_between_lines_and_deals_goes_on(world: World) -> None:
    """The lines are gone and the deals are not: what the server forgot meanwhile is nobody's edit."""
    stopped: list[str] = []

    def no_deal(request: Request) -> str:
        if request.method == "DELETE" and request.path.startswith("/api/v2/deals/") and "products" not in request.path:
            stopped.append(request.path)
            return "spent"
        return ""

    world.wire.hurt = no_deal
    with pytest.raises(BudgetSpentError):
        world.migration.rewind(0, "rollback")
    assert stopped
    world.wire.hurt = lambda _request: ""
    undoing = world.migration.rewind(0, "rollback")
    assert (undoing.held, undoing.impossible) == ([], [])
    assert world.wire.records()["deals"] == []


def test_a_delta_without_the_last_line_gives_the_value_back() -> None:
    """When the source deletes all lines of a deal, its own value stands again; both sides agree."""
    world, source, _ = bare()
    source.rows = shop(LINES)
    assert world.migration.sync().outcome == "done"
    source.rows = shop(0)
    assert world.migration.sync(force=True).outcome == "done"
    assert values(world) == {"Deal 1": VALUE, "Deal 2": VALUE}
    assert world.migration.reconcile().ok
    writes = len(world.wire.writes)
    assert world.migration.run().outcome == "done"
    assert len(world.wire.writes) == writes
    world.close()
