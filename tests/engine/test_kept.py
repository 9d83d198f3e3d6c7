"""Answers that outlive what they were given for: none deletes a record, and none leads a record nowhere."""

import msgspec
import pytest

from adapters.protocols import Cap
from engine.history import source_schema
from engine.mapfile import render
from engine.mapping import Mapping, ObjectMap, Pipeline, Rule, Stage, place_of
from tests.engine.tables import KEY, Rows, Tables, begin, migrated
from tests.engine.test_caps import SOURCE, Capped
from tests.engine.test_hanging import table
from tests.engine.world import World

DEAL = table("Deal", "State", State="enum")
STATES = {name: {"status": name} for name in ("open", "won")}
COUNTED = Mapping(zone="UTC", currency="USD", object={"Deal": ObjectMap(to="deal", values={"State": STATES}, fields={
    "ID": KEY, "Name": Rule(to="title"), "State": Rule(values="State"),
})})  # fmt: skip


def deals(*states: str) -> Rows:
    """Deals by their states."""
    return {"Deal": [{"ID": str(n), "Name": f"Deal {n}", "State": state} for n, state in enumerate(states, 1)]}


def titles(world: World) -> list[str]:
    """The deals of the account."""
    return sorted(deal["title"] for deal in world.wire.records()["deals"])


def test_a_count_of_what_is_kept_deletes_nothing() -> None:
    """Two open deals are kept of three; a won one is opened again: no deal that was moved is deleted for it."""
    source = Tables([DEAL], deals("open", "won", "open", "open"))
    cap = Cap(code="open-deals", entities=("deal",), limit=2, used=0, plan="lite", source=SOURCE)
    world = World(source=source, destination=Capped(lambda _schema: cap))
    begin(world, COUNTED, answer="keep:2")
    assert world.migration.run().outcome == "done"
    assert titles(world) == ["Deal 1", "Deal 2", "Deal 3"]
    source.rows = deals("open", "open", "open", "open")
    assert world.migration.sync().outcome == "done"
    assert titles(world) == ["Deal 1", "Deal 2", "Deal 3"]
    world.close()


SALES = Pipeline(name="Sales", stages=(Stage(name="New"),))
EUROPE = Pipeline(name="Sales/EU", stages=(Stage(name="New"),))


@pytest.mark.parametrize(
    ("pipelines", "words", "place"),
    [
        ((SALES,), "Late", ("Sales", "Late")),
        ((SALES,), "Proposal/Quote", ("Sales", "Proposal/Quote")),
        ((SALES,), "Sales/Late", ("Sales", "Late")),
        ((SALES, EUROPE), "Sales/Late", ("Sales", "Late")),
        ((SALES, EUROPE), "Sales/EU/Late", ("Sales/EU", "Late")),
        ((SALES, EUROPE), "Late", ("", "")),
        ((), "Late", ("", "")),
    ],
)
def test_where_an_answer_leads(pipelines: tuple[Pipeline, ...], words: str, place: tuple[str, str]) -> None:
    """An answer that was given under another map leads to its own pipeline or nowhere, never into another one."""
    assert place_of(pipelines, words) == place


def staged(*pipelines: Pipeline) -> Mapping:
    """A map whose known stage is that of the first pipeline."""
    pair: dict[str, str | bool] = {"pipeline": pipelines[0].name, "stage": "New"}
    there = msgspec.structs.replace(COUNTED.object["Deal"], values={"State": {"New": pair}})
    return msgspec.structs.replace(COUNTED, pipeline=pipelines, object={"Deal": there})


def test_an_answer_that_leads_nowhere_is_asked_for_again() -> None:
    """A stage was named while there was one pipeline; with two, the record waits, and its question is open again."""
    world = migrated(Tables([DEAL], deals("New", "Late")), staged(SALES), answer="stage:Late")
    world.migration.confirm(render(staged(SALES, EUROPE), source_schema(world.journal)))
    (question,) = world.migration.reviews()
    assert (question.kind, question.blocks) == ("value", ["Deal/2"])
    assert "stage:Sales/Late" in question.choices
    world.close()
