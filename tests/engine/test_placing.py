"""Totals that a person places, links of links, values that travel into fields, twins by name, what is left behind."""

from collections.abc import Iterator
from typing import Any

import pytest

from adapters.protocols import Identity, Link, ObjectSchema, Schema
from engine.history import Item
from engine.mapping import Mapping, ObjectMap, Pipeline, Rule, Stage, Total, check
from engine.pairs import pairs, usual
from engine.preset import ObjectPreset, Preset, other, placed
from engine.stages import joined
from tests.engine.tables import KEY, Tables, begin, column
from tests.engine.world import World

COMPANY = Link(name="company", to=("Company",), id_field="Company")
PERSON = Link(name="person", to=("Person",), id_field="Person")
DEAL = Link(name="deal", to=("Deal",), id_field="Deal")
BECAME = Link(name="became", to=("Person",), id_field="Became")


def table(name: str, *columns: str, links: tuple[Link, ...] = ()) -> ObjectSchema:
    """An object with text columns; an amount is a number."""
    fields = (column(c, "number" if c == "Amount" else "text") for c in ("ID", *columns))
    return ObjectSchema(
        name=name,
        label=name,
        fields=tuple(fields),
        identity=Identity(id_field="ID"),
        links=links,
        title=("Name",),
        count=1,
    )


OBJECTS = (
    table("Company", "Name"),
    table("Person", "Name", "Tier", "Company", links=(COMPANY,)),
    table("Lead", "Name", "Company", "Became", links=(COMPANY, BECAME)),
    table("Deal", "Name", "Amount", "Person", links=(PERSON,)),
    table("Fee", "Amount", "Currency", "Deal", links=(DEAL,)),
)
MAP = Mapping(
    zone="UTC",
    currency="USD",
    object={
        "Company": ObjectMap(to="organization", duplicates="name:Name", fields={"ID": KEY, "Name": Rule(to="name")}),
        "Person": ObjectMap(
            to="person", links={"company": "org_id"}, values={"Tier": {"Gold": {"as": "Gold"}}},
            fields={
                "ID": KEY, "Name": Rule(to="name"), "Company": Rule(link="company"),
                "Tier": Rule(new="Tier", kind="enum", values="Tier"),
            },
        ),
        "Lead": ObjectMap(
            to="lead", links={"company": "org_id", "became": "person_id"}, leave={"Became": "it became a person"},
            fields={
                "ID": KEY, "Name": Rule(to="title"), "Company": Rule(link="company"), "Became": Rule(link="became"),
            },
        ),
        "Deal": ObjectMap(
            to="deal", links={"person": "person_id", "person.company": "org_id"},
            fields={
                "ID": KEY, "Name": Rule(to="title"), "Person": Rule(link="person"),
                "Amount": Rule(to="value", empty="0"),
            },
        ),
        "Fee": ObjectMap(
            to="note", links={"deal": "deal_id"}, set={"content": "Fee"},
            total=Total(of="Amount", new="Fees", on=("deal", "deal.person"), currency="Currency"),
            fields={
                "ID": KEY, "Amount": Rule(block="Amount"), "Currency": Rule(block="Currency"),
                "Deal": Rule(link="deal"),
            },
        ),
    },
)  # fmt: skip


def rows() -> dict[str, list[dict[str, str]]]:
    """Two spellings of a company, a deal of it without an amount, three fees, a lead that became a person."""
    return {
        "Company": [{"ID": "1", "Name": "Tide Coffee"}, {"ID": "2", "Name": "Tide Coffee Inc."}],
        "Person": [{"ID": "1", "Name": "Ann Lee", "Tier": "Gold", "Company": "2"}],
        "Lead": [
            {"ID": "1", "Name": "Bob", "Company": "1", "Became": ""},
            {"ID": "2", "Name": "Ann", "Company": "1", "Became": "1"},
        ],
        "Deal": [{"ID": "1", "Name": "Mugs", "Amount": "", "Person": "1"}],
        "Fee": [
            {"ID": "1", "Amount": "10.1", "Currency": "USD", "Deal": "1"},
            {"ID": "2", "Amount": "-0.2", "Currency": "", "Deal": "1"},
            {"ID": "3", "Amount": "7", "Currency": "EUR", "Deal": "1"},
        ],
    }


def world(data: dict[str, list[dict[str, str]]]) -> World:
    """A world through its gates, with every question that can be answered "merge" answered so."""
    made = World(source=Tables(OBJECTS, data))
    begin(made, MAP, answer="merge")
    return made


@pytest.fixture
def moved() -> Iterator[World]:
    """Moved, with the fees placed on the deal."""
    made = world(rows())
    choose(made, "placement", "deal")
    assert made.migration.run().outcome == "done"
    yield made
    made.close()


def choose(made: World, kind: str, choice: str) -> None:
    """Answer every question of a kind."""
    found = [q.id for q in made.migration.reviews() if q.kind == kind]
    assert made.migration.resolve(found, choice, "") == len(found) > 0
    made.migration.approve("configuration", "")


def labelled(made: World, table: str, row: dict[str, Any]) -> dict[str, Any]:
    """A record's custom fields by name."""
    names = {f["code"]: f["name"] for f in made.wire.records()["fields"] if f["entity"] == table}
    return {names[code]: value for code, value in row["custom_fields"].items() if value is not None}


def only(made: World, table: str) -> dict[str, Any]:
    """The one record of a table."""
    (found,) = made.wire.records()[table]
    return found


# --- totals and links of links ---------------------------------------------------------------------------------------


@pytest.mark.promise("F-069")
def test_records_wait_until_a_person_says_where_their_total_stands() -> None:
    """Nothing is added up, and no field is made, before that."""
    made = world(rows())
    assert made.migration.run().outcome != "done"
    assert made.counts()["Fee"]["held"] == 3
    assert "Fees" not in labelled(made, "deals", only(made, "deals"))
    assert "Fees" not in {f["name"] for f in made.wire.records()["fields"]}
    choose(made, "placement", "deal.person")
    assert made.migration.run().outcome == "done"
    assert labelled(made, "persons", only(made, "persons"))["Fees"] == 9.9
    assert made.migration.reconcile().ok
    made.close()


def test_total_is_exact_and_leaves_out_other_currencies(moved: World) -> None:
    """10.1 less 0.2 is 9.9; seven euros are told and not added to dollars."""
    assert labelled(moved, "deals", only(moved, "deals"))["Fees"] == 9.9
    assert [(f.key, f.object) for f in moved.migration.findings() if f.code == "not-in-total"] == [("3", "Fee")]


def test_total_follows_its_records(moved: World) -> None:
    """A fee that changes, changes the deal that it names."""
    moved.migration.ways({})[0].source.rows["Fee"][0]["Amount"] = "20"  # type: ignore[attr-defined]
    assert moved.migration.sync().outcome == "done"
    assert labelled(moved, "deals", only(moved, "deals"))["Fees"] == 19.8


def test_link_of_a_link_is_followed(moved: World) -> None:
    """The organization of a deal is that of its person, the survivor of its twins."""
    assert only(moved, "deals")["org_id"] == only(moved, "organizations")["id"]


def test_a_total_names_what_the_source_has() -> None:
    """A field or a relation that is not there is told by name."""
    fee = MAP.object["Fee"]
    total = Total(of="Sum", new="Fees", on=("project.client",))
    changed = Mapping(zone="UTC", currency="USD", object={"Fee": ObjectMap(to="note", fields=fee.fields, total=total)})
    found = check(changed, Schema(system="tables", objects=OBJECTS), Schema(system="x", objects=()))
    assert [p for p in found if "total" in p] == []  # the entity comes first
    note = ObjectSchema(name="note", label="Note", fields=(), block="block")
    found = check(changed, Schema(system="tables", objects=OBJECTS), Schema(system="x", objects=(note,)))
    assert [p for p in found if "total" in p] == [
        "Fee.total: the source has no field 'Sum'",
        "Fee.total.on: the source has no relation 'project.client'",
    ]


# --- values ----------------------------------------------------------------------------------------------------------


def test_an_empty_field_may_have_a_text_in_its_place(moved: World) -> None:
    """It is told."""
    assert only(moved, "deals")["value"] == 0
    assert [f.key for f in moved.migration.findings() if f.code == "no-value"] == ["1"]


def test_a_value_without_a_pair_may_become_an_option_of_its_own() -> None:
    """A person says so; the option is made first."""
    made = world(tiers("Platinum"))
    choose(made, "placement", "deal")
    (asked,) = [q for q in made.migration.reviews() if q.kind == "value"]
    assert asked.choices == ["as:Gold", "new:Platinum"]
    choose(made, "value", "new:Platinum")
    assert made.migration.run().outcome == "done"
    (field,) = [f for f in made.wire.records()["fields"] if f["name"] == "Tier"]
    assert {o["label"] for o in field["options"]} == {"Gold", "Platinum"}
    assert made.migration.reconcile().ok
    made.close()


def test_a_label_with_a_slash_that_came_later_is_ours_in_a_rollback() -> None:
    """A field whose options we added is not taken for one that people changed."""
    made = world(tiers("Gold / Silver"))
    choose(made, "placement", "deal")
    choose(made, "value", "new:Gold / Silver")
    made.migration.run()
    undoing = made.migration.rewind(0, "rollback")
    assert (undoing.held, undoing.impossible) == ([], [])
    made.close()


def tiers(text: str) -> dict[str, list[dict[str, str]]]:
    """The rows with a second person, of a tier that the map does not know."""
    data = rows()
    data["Person"].append({"ID": "2", "Name": "Cy Roe", "Tier": text, "Company": "1"})
    return data


def item(number: int, text: str) -> Item:
    """A record with one field."""
    return Item(object="X", key=str(number), number=number, position=0, values={"Tier": text})


def test_pairs_are_proposed_for_what_is_usual() -> None:
    """A slip gets none; a known value keeps its own pair, every other value the one for others."""
    texts = ["Gold"] * 6 + ["silver", "Silver"] * 3 + ["Platinum?", ""]
    items = {str(n): item(n, text) for n, text in enumerate(texts)}
    assert usual("Tier", items) == ["Gold", "silver"]
    assert usual("Tier", items, ("platinum?",)) == ["Gold", "silver", "Platinum?"]
    found = pairs({"gold": {"done": True}, "": {"done": False}}, "Tier", Schema(system="x", objects=()), items)
    assert found == {"Gold": {"done": True}, "silver": {"done": False}}


def test_few_records_have_no_odd_values() -> None:
    """Where every value is seldom, none is a slip."""
    items = {str(n): item(n, text) for n, text in enumerate(["A", "B", "C"])}
    assert usual("Tier", items) == ["A", "B", "C"]


def test_pipelines_of_one_name_are_one() -> None:
    """The first that was found stands."""
    one, two = (Pipeline(name="A", stages=(Stage(name=s),)) for s in ("x", "y"))
    assert joined((one,), (two, Pipeline(name="B", stages=()))) == (one, Pipeline(name="B", stages=()))


# --- twins, what is left behind, what nobody has described -----------------------------------------------------------


def test_names_that_differ_by_their_legal_form_are_asked_about_whatever_the_policy() -> None:
    """That names are alike is weak evidence: no policy merges them."""
    made = World(source=Tables(OBJECTS, rows()), duplicates="merge")
    begin(made, MAP, answer="none")
    (asked,) = [q for q in made.migration.reviews(status=None) if q.kind == "duplicate"]
    assert (asked.object, asked.key, asked.proposed) == ("Company", "2", "merge")
    made.close()


def test_a_record_that_is_left_leads_to_what_it_became(moved: World) -> None:
    """The crosswalk finds the person by the lead's id."""
    rows = {(obj, key): (entity, id) for obj, key, entity, id in moved.migration.crosswalk()}
    assert rows["Lead", "2"] == rows["Person", "1"] == ("person", str(only(moved, "persons")["id"]))
    assert [row["title"] for row in moved.wire.records()["leads"]] == ["Bob"]


@pytest.mark.parametrize(("answer", "left"), [("keep", 1), ("delete", 0)])
def test_a_record_that_was_moved_and_is_to_be_left_goes_by_a_persons_word(moved: World, answer: str, left: int) -> None:
    """It is proposed to stay; kept, it names what it became."""
    moved.migration.ways({})[0].source.rows["Lead"][0]["Became"] = "1"  # type: ignore[attr-defined]
    assert moved.migration.sync().outcome == "done"
    (asked,) = [q for q in moved.migration.reviews() if q.kind == "vanished"]
    assert (asked.proposed, asked.blocking) == ("keep", False)
    assert only(moved, "leads")["person_id"] == only(moved, "persons")["id"]
    moved.migration.resolve([asked.id], answer, "")
    assert moved.migration.sync().outcome == "done"
    assert len(moved.wire.records()["leads"]) == left
    assert moved.migration.reconcile().ok


def test_an_object_that_nobody_described_hangs_on_what_it_names() -> None:
    """What names another one of its kind, or what the preset does not know, is kept as a line."""
    preset = Preset(pipeline="", stages={}, objects={"Deal": ObjectPreset(thing="deal", fields={})}, others="note")
    links = (DEAL, Link(name="previous", to=("Proof",), id_field="Previous"))
    found = other(preset, table("Proof", "Deal", "Previous", "Colour", links=links))
    assert found is not None
    there = placed(found, "pipedrive")
    assert there is not None
    assert (there.to, there.links, there.needs, there.set) == (
        "note",
        {"deal": "deal_id"},
        ("deal",),
        {"content": "Proof"},
    )
    assert there.fields == {"Deal": {"link": "deal"}, "Previous": {"link": "previous", "keep": "Previous"}}
