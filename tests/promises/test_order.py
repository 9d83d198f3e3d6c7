"""Section 7: what is pointed at is there before what points at it; phases, batches."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.destinations.pipedrive.prices import template
from adapters.protocols import Request
from tests.contract.trade import MAP, Amounts, House
from tests.engine.world import World
from tests.promises.scenes import DESTINATIONS, log, of_source, smart_crm

pytestmark = pytest.mark.xdist_group("order")

SCENES = (*DESTINATIONS, "trading house")


def trading(folder: Path, amounts: Amounts | None = None) -> World:
    """A trading house right before its run: something of every entity of Pipedrive."""
    return of_source(House(amounts or Amounts()), MAP, files=folder)


@pytest.fixture(scope="module", params=SCENES)
def moved(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A migration whose run is done."""
    folder = tmp_path_factory.mktemp("order")
    world = trading(folder) if request.param == "trading house" else smart_crm(request.param, folder)
    assert world.migration.run().outcome == "done"
    yield world
    world.close()


@pytest.mark.promise("F-114")
def test_all_that_a_record_points_at_was_acknowledged_earlier(moved: World) -> None:
    """Of every write: each record, user field, stage and option that it names was there before it was intended."""
    born: dict[tuple[str, str, str], int] = {}
    pointed: Counter[str] = Counter()
    for event in log(moved, "WriteIntended", "WriteApplied"):
        body = event["body"]
        if event["kind"] == "WriteApplied":
            born.setdefault((body["entity"], event["object"], event["key"]), event["position"])
            for label in body.get("children", {}) if body["entity"] == "pipeline" else ():
                born.setdefault(("stage", "Stage", f"{event['key']}/{label}"), event["position"])
            continue
        for ref in body["refs"]:
            entity, obj, key = ref.split("/", 2)
            if entity != "option":  # it comes with its field
                assert born[entity, obj, key] < event["position"], ref
                pointed[entity] += 1
    assert len(pointed) >= 4
    assert {"field", "stage"} <= pointed.keys()


@pytest.mark.promise("F-117")
def test_the_report_lies_between_two_phases(moved: World) -> None:
    """No phase of the run begins before the one before it has reported what was read, written and found."""
    phases: list[str] = []
    reported: list[str] = []
    (run,) = [e["position"] for e in log(moved, "RunStarted") if e["body"]["verb"] == "run"]
    order = set(moved.migration.replayed()[1].order)
    for event in log(moved, "WriteIntended", "PhaseReported"):
        entity = event["body"]["entity"]
        if event["body"]["run"] != run or entity not in order:
            continue
        if event["kind"] == "PhaseReported":
            assert event["body"]["found"] == event["body"]["written"]
            reported.append(entity)
        elif entity not in phases:
            assert reported == phases
            phases.append(entity)
    assert reported == phases
    assert len(phases) >= 5


def refusing(path: str, name: str) -> object:
    """A server that refuses the creation of one record."""

    def hurt(request: Request) -> str:
        wanted = request.method == "POST" and request.path == path and name in str(request.body)
        return "refused" if wanted else ""

    return hurt


@pytest.mark.promise("F-115")
def test_a_line_item_waits_for_its_product(tmp_path: Path) -> None:
    """Lines of a product that was refused are held and name it; when it is there they follow, and nothing else does."""
    world = trading(tmp_path)
    world.wire.hurt = refusing("/api/v2/products", "No. 1")  # type: ignore[assignment]
    world.migration.run()
    waiting = {key for obj, key, _, why in world.migration.rejects() if obj == "Line" and "waits for product 1" in why}
    lines = world.migration.ways({})[0].source.rows["Line"]  # type: ignore[attr-defined]
    assert waiting == {row["ID"] for row in lines if row["Product"] == "1"}
    world.wire.hurt = lambda _request: ""
    start = len(world.wire.writes)
    world.migration.retry((), "")
    paths = [template(request.path) for request in world.wire.writes[start:]]
    assert paths[0] == "/api/v2/products"
    assert world.counts()["Line"]["written"] == len(lines)
    born = {(e["body"]["entity"], e["key"]): e["position"] for e in log(world, "WriteApplied")}
    assert all(born["product", row["Product"]] < born["deal_product", row["ID"]] for row in lines)
    world.close()


@pytest.mark.promise("F-116")
def test_no_upload_precedes_its_parents_id(tmp_path: Path) -> None:
    """While a deal is refused its file is not sent; it follows when the deal is there."""
    world = trading(tmp_path)
    world.wire.hurt = refusing("/api/v2/deals", "No. 0")  # type: ignore[assignment]
    world.migration.run()
    files = world.migration.ways({})[0].source.rows["File"]  # type: ignore[attr-defined]
    of_deal = {row["ID"] for row in files if row["Deal"] == "0"}
    assert of_deal == {key for obj, key, _, _ in world.migration.rejects() if obj == "File"}
    assert len(world.wire.records()["files"]) == len(files) - len(of_deal) + 1  # and a link to a file
    world.wire.hurt = lambda _request: ""
    world.migration.retry((), "")
    applied = {(e["body"]["entity"], e["key"]): e["position"] for e in log(world, "WriteApplied")}
    intents = {e["key"]: e["position"] for e in log(world, "WriteIntended") if e["body"]["entity"] == "file"}
    assert intents.keys() == {row["ID"] for row in files}
    for row in files:
        parent = ("deal", row["Deal"]) if row["Deal"] else ("organization", row["Company"])
        assert applied[parent] < intents[row["ID"]]
    world.close()


@pytest.mark.promise("F-118")
@pytest.mark.parametrize(
    ("lines", "alone", "together"),
    [(1, 1, 0), (5, 5, 0), (7, 0, 1), (60, 0, 1), (100, 0, 1), (103, 3, 1), (107, 0, 2)],
)
def test_above_six_lines_a_deal_the_batch_endpoint_is_called(
    tmp_path: Path, lines: int, alone: int, together: int
) -> None:
    """Whatever the size of a wave, the lines of each deal take as few requests as the endpoint allows; all arrive."""
    world = trading(tmp_path, Amounts(deals=3, lines=lines, variations=0))
    assert world.migration.run().outcome == "done"
    paths = Counter(template(request.path) for request in world.wire.writes if request.method == "POST")
    assert paths["/api/v2/deals/{id}/products"] == 3 * alone
    assert paths["/api/v2/deals/{id}/products/bulk"] == 3 * together
    by_deal = Counter(row["deal_id"] for row in world.wire.records()["lines"])
    assert sorted(by_deal.values()) == [lines] * 3
    assert world.migration.reconcile().ok
    world.close()
