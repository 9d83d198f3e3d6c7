"""Section 3: stage names, required fields, what is stored by nobody, what was settled and by whom."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from adapters.protocols import Identity, Link, ObjectSchema, Request, Response
from adapters.sandbox.pipedrive import world as account_world
from engine.mapping import Mapping, ObjectMap, Pipeline, Rule, Stage
from tests.engine.tables import KEY, Rows, Tables, column
from tests.engine.world import TOKEN, World
from tests.promises.scenes import of_source, opened, through_gates

COMPANY = Link(name="company", to=("Company",), id_field="Company")
OBJECTS = (
    ObjectSchema(name="Company", label="Company", identity=Identity(id_field="ID"), title=("Name",), count=1,
                 fields=tuple(map(column, ("ID", "Name")))),
    ObjectSchema(name="Person", label="Person", identity=Identity(id_field="ID"), title=("Name",), count=1,
                 fields=(*map(column, ("ID", "Name")), column("Email", "email"))),
    ObjectSchema(name="Deal", label="Deal", identity=Identity(id_field="ID"), title=("Name",), count=1,
                 links=(COMPANY,), fields=(*map(column, ("ID", "Name", "Company")), column("Stage", "enum"))),
)  # fmt: skip
MAP = Mapping(
    zone="UTC",
    currency="USD",
    pipeline=(Pipeline(name="Sales", stages=(Stage(name="Asked"), Stage(name="Offered"))),),
    object={
        "Company": ObjectMap(to="organization", fields={"ID": KEY, "Name": Rule(to="name")}),
        "Person": ObjectMap(to="person", expected=("emails",), fields={
            "ID": KEY, "Name": Rule(to="name"), "Email": Rule(to="emails"),
        }),
        "Deal": ObjectMap(
            to="deal", needs=("company",), expected=("stage_id", "org_id"), links={"company": "org_id"},
            values={"Stage": {"Asked": {"stage": "Asked"}, "Offered": {"stage": "Offered"}}},
            fields={
                "ID": KEY, "Name": Rule(to="title"), "Company": Rule(link="company"), "Stage": Rule(values="Stage"),
            },
        ),
    },
)  # fmt: skip


def deal(id: int, stage: str, company: str = "1") -> dict[str, str]:
    """A deal of a source."""
    return {"ID": str(id), "Name": f"Deal {id}", "Company": company, "Stage": stage}


def rows() -> Rows:
    """Two companies; a person with an address and one without; deals whose stages are written in many ways."""
    return {
        "Company": [{"ID": "1", "Name": "Acme"}, {"ID": "2", "Name": "Bolt"}],
        "Person": [{"ID": "1", "Name": "Ann", "Email": "ann@acme.example"}, {"ID": "2", "Name": "Bob", "Email": ""}],
        "Deal": [deal(1, "Asked"), deal(2, " asked "), deal(3, "ASKED"), deal(4, "Offered"), deal(5, "offered")],
    }


@pytest.fixture
def world() -> Iterator[World]:
    """Right before the run."""
    made = of_source(Tables(OBJECTS, rows()), MAP)
    yield made
    made.close()


@pytest.mark.promise("F-041")
def test_variants_of_a_name_are_one_stage(world: World) -> None:
    """Case and blanks make no stage of their own; the map shows each stage once, and the log keeps each spelling."""
    assert world.migration.run().outcome == "done"
    stages = {row["id"]: row["name"] for row in world.wire.records()["stages"]}
    deals = {row["title"]: stages[row["stage_id"]] for row in world.wire.records()["deals"]}
    assert deals == {"Deal 1": "Asked", "Deal 2": "Asked", "Deal 3": "Asked", "Deal 4": "Offered", "Deal 5": "Offered"}
    shown = world.migration.history().mapping.object["Deal"].values["Stage"]
    assert shown == {"Asked": {"stage": "Asked"}, "Offered": {"stage": "Offered"}}
    kept = {key: item.values["Stage"] for key, item in world.migration.history().items["Deal"].items() if item.values}
    assert kept == {"1": "Asked", "2": " asked ", "3": "ASKED", "4": "Offered", "5": "offered"}


@pytest.mark.promise("F-043")
def test_what_a_record_lacks_is_told_before_any_write() -> None:
    """What must be filled is said in the map, by object: a person without an address, deals without stage or company.

    Another pair's map asks for other fields of the same records.
    """
    found = rows()
    found["Deal"] += [deal(6, "", "1"), deal(7, "Asked", "")]
    world = opened(Tables(OBJECTS, found), "pipedrive")
    through_gates(world, world.migration.ways({})[0].source, MAP)  # type: ignore[arg-type]
    told = {(f.object, f.key, f.code) for f in world.migration.findings() if f.code.startswith("no-")}
    assert told == {("Person", "2", "no-emails"), ("Deal", "6", "no-stage-id")}
    asked = [(q.kind, q.object, q.key) for q in world.migration.reviews() if q.blocking]
    assert ("orphan", "Deal", "7") in asked
    assert [r.path for r in world.wire.writes if "persons" in r.path or "deals" in r.path] == []
    person = msgspec.structs.replace(MAP.object["Person"], expected=("name",))
    other = msgspec.structs.replace(MAP, object=MAP.object | {"Person": person})
    another = of_source(Tables(OBJECTS, found), other)
    assert [f.code for f in another.migration.findings() if f.object == "Person"] == []
    another.close()
    world.close()


class Dropping:
    """An account that answers as if a record were made, and stores nothing: a rule of its own let it drop."""

    def __init__(self, world: World, name: str) -> None:
        self.inner = world.wire.sandbox
        self.settings = world.wire.settings
        self.name = name

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def answer(self, request: Request) -> Response:
        """Everything but the one create is answered in earnest."""
        if request.method != "POST" or not isinstance(request.body, dict) or request.body.get("name") != self.name:
            return self.inner.answer(request)
        before = self.inner.world.dump()
        response = self.inner.answer(request)
        self.inner.world = account_world(before, self.settings, TOKEN, 0, "memory")
        return response


@pytest.mark.promise("F-045")
def test_what_is_dropped_without_a_word_is_caught(world: World) -> None:
    """The answer says that it is made; the count of the phase finds that it is not, and names it."""
    inner = world.wire.sandbox
    world.wire.sandbox = Dropping(world, "Bob")  # type: ignore[assignment]
    report = world.migration.run()
    assert report.outcome == "gate"
    assert "2 were written, 1 are found" in report.message
    (lost,) = [q for q in world.migration.reviews() if q.kind == "lost"]
    assert (lost.object, lost.key, lost.choices) == ("Person", "2", ["recreate", "leave"])
    world.wire.sandbox = inner
    world.migration.resolve([lost.id], "recreate", "its rule is off now")
    assert world.migration.run().outcome == "done"
    assert sorted(row["name"] for row in world.wire.records()["persons"]) == ["Ann", "Bob"]
    assert world.migration.reconcile().ok


@pytest.mark.promise("F-047")
def test_a_settled_problem_says_by_whom_and_when(at_rest: World) -> None:
    """Every question that was answered before the load has an event with the answer, its author, time and reason."""
    answered = [q for q in at_rest.migration.reviews(None) if q.status == "resolved"]
    events = list(at_rest.journal.log.read(kinds=["ReviewResolved"]))
    bodies = {(at_rest.journal.log.open(e) or {})["review"]: e for e in events}
    first = min(e.position for e in at_rest.journal.log.read(kinds=["RunStarted"], after=_last_sample(at_rest)))
    assert len(answered) > 4
    for question in answered:
        event = bodies[question.id]
        body = at_rest.journal.log.open(event) or {}
        assert (event.actor, body["choice"]) == ("tester", question.choice)
        assert body["reason"]
        assert event.at > 0
        assert event.position < first


def _last_sample(world: World) -> int:
    found = [e.position for e in world.journal.log.read(kinds=["RunFinished"])]
    return found[0]
