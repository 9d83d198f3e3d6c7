"""Relations of several kinds: parents of the same kind, rings of them, fields that take several records or users."""

from collections.abc import Iterator

import msgspec
import pytest

from adapters.protocols import BudgetSpentError, Identity, Link, ObjectSchema, Request
from engine.mapping import Mapping, ObjectMap, Rule
from tests.engine.tables import KEY, Rows, Tables, begin, column, migrated
from tests.engine.world import World

PARENT = Link(name="parent", to=("Company",), id_field="Parent")
FIRST = Link(name="first", to=("Person",), id_field="First")
SECOND = Link(name="second", to=("Person",), id_field="Second")
OBJECTS = (
    ObjectSchema(name="Company", label="Company", identity=Identity(id_field="ID"), links=(PARENT,), title=("Name",),
                 fields=tuple(map(column, ("ID", "Name", "Parent", "Watchers"))), count=1),
    ObjectSchema(name="Person", label="Person", identity=Identity(id_field="ID"), title=("Name",),
                 fields=tuple(map(column, ("ID", "Name"))), count=1),
    ObjectSchema(name="Deal", label="Deal", identity=Identity(id_field="ID"), links=(FIRST, SECOND), title=("Name",),
                 fields=tuple(map(column, ("ID", "Name", "First", "Second"))), count=1),
)  # fmt: skip

MAP = Mapping(
    zone="UTC",
    currency="USD",
    object={
        "Company": ObjectMap(to="organization", links={"parent": "parent_id"}, fields={
            "ID": KEY, "Name": Rule(to="name"), "Parent": Rule(link="parent"), "Watchers": Rule(owner="followers"),
        }),
        "Person": ObjectMap(to="person", fields={"ID": KEY, "Name": Rule(to="name")}),
        "Deal": ObjectMap(to="deal", links={"first": "participants", "second": "participants"}, fields={
            "ID": KEY, "Name": Rule(to="title"), "First": Rule(link="first"), "Second": Rule(link="second"),
        }),
    },
)  # fmt: skip


def company(id: int, parent: str = "", watchers: str = "") -> dict[str, str]:
    """A company of a source."""
    return {"ID": str(id), "Name": f"Company {id}", "Parent": parent, "Watchers": watchers}


def moved(rows: Rows) -> World:
    """A world in which the rows have been moved."""
    return migrated(Tables(OBJECTS, rows), MAP)


def parents(world: World) -> dict[str, str | None]:
    """The parent of each organization at the account, by names."""
    rows = world.wire.records()["organizations"]
    names = {str(r["id"]): r["name"] for r in rows}
    read = world.wire.one(world.account.destination.fetch("organization", list(names), ["parent_id"]))
    return {names[id]: names.get(str(r.values.get("parent_id"))) for id, r in read.items()}


@pytest.fixture
def family() -> Iterator[World]:
    """Three generations, the youngest first in the file."""
    made = moved({"Company": [company(1, "2"), company(2, "3"), company(3)]})
    yield made
    made.close()


@pytest.mark.promise("F-124")
def test_parents_of_the_same_kind_are_linked(family: World) -> None:
    """A company that comes before its parent in the file is linked to it all the same; nothing is left pending."""
    assert parents(family) == {"Company 1": "Company 2", "Company 2": "Company 3", "Company 3": None}
    assert family.counts()["Company"] | {"written": 3, "pending": 0} == family.counts()["Company"]
    assert family.migration.reconcile().ok


def test_a_second_run_links_nothing_again(family: World) -> None:
    """The relations that are there ask for no write."""
    writes = len(family.wire.writes)
    assert family.migration.run().outcome == "done"
    assert len(family.wire.writes) == writes


def test_another_parent_is_another_relation(family: World) -> None:
    """A delta that moves a company under another parent takes the old relation away and makes the new one."""
    family.migration.ways({})[0].source.rows["Company"][0]["Parent"] = "3"  # type: ignore[attr-defined]
    assert family.migration.sync().outcome == "done"
    assert parents(family)["Company 1"] == "Company 3"
    assert family.migration.reconcile().ok


def test_relations_go_with_a_rollback(family: World) -> None:
    """Everything that was made is gone, the relations too."""
    undoing = family.migration.rewind(0, "rollback")
    assert (undoing.held, undoing.impossible) == ([], [])
    left = family.wire.records()
    assert (left["organizations"], left["relationships"]) == ([], [])


@pytest.mark.promise("F-125")
def test_a_ring_of_three_companies_loads() -> None:
    """All three arrive with two of the three links; that of the smallest id is cut, and told with the whole ring."""
    world = moved({"Company": [company(1, "2"), company(2, "3"), company(3, "1")]})
    assert parents(world) == {"Company 1": None, "Company 2": "Company 3", "Company 3": "Company 1"}
    (found,) = [f for f in world.migration.findings() if f.code == "ring"]
    assert found.key == "1"
    assert "1 → 2 → 3 → 1" in found.detail
    assert world.migration.reconcile().ok
    world.close()


def test_the_link_that_is_cut_is_kept_in_words() -> None:
    """Who the parent was stands in a text field, at the company that lost it as at the others."""
    rules = MAP.object["Company"].fields | {"Parent": Rule(link="parent", also="Parent company", kind="text")}
    named = msgspec.structs.replace(MAP.object["Company"], fields=rules)
    told = msgspec.structs.replace(MAP, object=MAP.object | {"Company": named})
    fields = (*map(column, ("ID", "Name", "Watchers")), column("Parent", "reference"))
    objects = (msgspec.structs.replace(OBJECTS[0], fields=fields), *OBJECTS[1:])
    world = migrated(Tables(objects, {"Company": [company(1, "2"), company(2, "1"), company(3, "9")]}), told)
    records = world.wire.records()
    (key,) = [f["key"] for f in records["fields"] if f["name"] == "Parent company"]
    rows = {row["name"]: row["custom_fields"].get(key) for row in records["organizations"]}
    assert rows == {"Company 1": "Company 2", "Company 2": "Company 1", "Company 3": "9"}
    assert parents(world) == {"Company 1": None, "Company 2": "Company 1", "Company 3": None}
    world.close()


def test_a_company_is_not_its_own_parent() -> None:
    """The smallest ring is broken, too."""
    world = moved({"Company": [company(1, "1")]})
    assert parents(world) == {"Company 1": None}
    assert [f.code for f in world.migration.findings() if f.code == "ring"] == ["ring"]
    world.close()


def test_a_cell_with_several_people_becomes_followers() -> None:
    """Each named user follows, one request each; all of them are read back, and an undo removes the record whole."""
    watchers = "maya.ortiz@brightpath.example, Tom.Becker@brightpath.example"
    world = moved({"Company": [company(1, "", watchers), company(2, "", "Priya Raman")]})
    followers = world.wire.records()["followers"]
    assert sorted(f["user_id"] for f in followers if f["entity"] == "organizations") == [1, 2, 3]
    assert world.migration.reconcile().ok
    world.close()


def test_two_links_may_share_a_field_that_takes_several() -> None:
    """Both people of a deal take part in it."""
    people = [{"ID": "1", "Name": "Ann Lee"}, {"ID": "2", "Name": "Bob Roy"}]
    world = moved({"Person": people, "Deal": [{"ID": "9", "Name": "Big", "First": "1", "Second": "2"}]})
    rows = world.wire.records()
    assert len({p["person_id"] for p in rows["participants"]}) == 2
    assert world.migration.reconcile().ok
    assert world.counts()["Deal"]["written"] == 1
    world.close()


WATCHED = {"Company": [company(1, "", "maya.ortiz@brightpath.example"), company(2, "1")]}


@pytest.mark.parametrize("path", ["/followers", "/v1/organizationRelationships"])
def test_a_detail_whose_answer_was_lost_is_still_ours(path: str) -> None:
    """A follower or a relation that was found after a lost answer is nobody's edit: a rollback takes all of it away."""
    world = World(source=Tables(OBJECTS, WATCHED))
    world.wire.hurt = lambda r: "lost" if r.method == "POST" and r.path.endswith(path) else ""
    begin(world, MAP)
    assert world.migration.run().outcome == "done"
    assert [r for r in world.wire.exchanges if r.method == "POST" and r.path.endswith(path)]
    world.wire.hurt = lambda _request: ""
    undoing = world.migration.rewind(0, "rollback")
    assert (undoing.held, undoing.impossible) == ([], [])
    left = world.wire.records()
    assert (left["organizations"], left["relationships"]) == ([], [])
    world.close()


def test_what_a_person_added_to_a_list_is_seen_in_every_step() -> None:
    """Name and followers change together and the source wins: a person's follower goes; a rewind brings it back."""
    source = Tables(OBJECTS, {"Company": [company(1, "", "maya.ortiz@brightpath.example")]})
    world = migrated(source, MAP, conflicts="source")
    before = world.journal.log.head().position
    id = world.wire.records()["organizations"][0]["id"]
    path = f"/api/v2/organizations/{id}/followers"
    assert world.wire.sandbox.answer(Request(method="POST", path=path, body={"user_id": 3})).status < 300
    source.rows = {"Company": [company(1, "", "tom.becker@brightpath.example") | {"Name": "Other"}]}
    assert world.migration.sync().outcome == "done"
    assert sorted(f["user_id"] for f in world.wire.records()["followers"]) == [2]
    assert world.migration.reconcile().ok
    world.migration.rewind(before, "rewind")
    assert sorted(f["user_id"] for f in world.wire.records()["followers"]) == [1, 3]
    world.close()


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_a_parent_that_is_skipped_lets_its_child_go_in_any_order(order: tuple[int, int]) -> None:
    """The child is written without the link, and that is told, whether the parent stands before or after it."""
    made = {1: company(1, "2", "maya.ortiz@brightpath.example"), 2: company(2, "", "nobody@nowhere.example")}
    world = World(source=Tables(OBJECTS, {"Company": [made[n] for n in order]}))
    begin(world, MAP, answer="migration-user")
    assert world.migration.run().outcome == "done"
    assert parents(world) == {"Company 1": "Company 2", "Company 2": None}
    world.close()


def seats(world: World) -> tuple[str, list[str]]:
    """The main person of the only deal, and the others who take part in it, by name."""
    rows = world.wire.records()
    names = {r["id"]: r["name"] for r in rows["persons"]}
    main = names[rows["deals"][0]["person_id"]]
    return main, sorted({names[p["person_id"]] for p in rows["participants"]} - {main})


@pytest.mark.promise("F-132")
@pytest.mark.parametrize("stops", [0, 1])
def test_who_was_the_main_person_does_not_stay_in_the_deal(stops: int) -> None:
    """The account leaves the former main person as a participant: that is put back, also after a stop in between."""
    main = msgspec.structs.replace(MAP.object["Deal"], links={"first": "person_id", "second": "participants"})
    people = [{"ID": str(n), "Name": name} for n, name in enumerate(("Ann Lee", "Bob Roy", "Cem Oz"), 1)]
    source = Tables(OBJECTS, {"Person": people, "Deal": [{"ID": "9", "Name": "Big", "First": "1", "Second": "2"}]})
    world = migrated(source, msgspec.structs.replace(MAP, object=MAP.object | {"Deal": main}))
    assert seats(world) == ("Ann Lee", ["Bob Roy"])
    before = world.journal.log.head().position
    source.rows = source.rows | {"Deal": [{"ID": "9", "Name": "Big", "First": "3", "Second": "2"}]}
    if stops:
        world.wire.hurt = lambda r: "spent" if r.method == "DELETE" else ""
        with pytest.raises(BudgetSpentError):
            world.migration.sync()
        assert seats(world) == ("Cem Oz", ["Ann Lee", "Bob Roy"])
        world.wire.hurt = lambda _request: ""
    assert world.migration.sync().outcome == "done"
    assert seats(world) == ("Cem Oz", ["Bob Roy"])
    assert world.migration.reconcile().ok
    assert world.migration.rewind(before, "rewind").impossible == []
    assert seats(world) == ("Ann Lee", ["Bob Roy"])
    world.close()
