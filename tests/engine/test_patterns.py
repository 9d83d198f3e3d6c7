"""Patterns: what was planted is found, with its numbers; what chance made is not."""

import random
from collections.abc import Sequence
from datetime import date, timedelta

import pytest

from adapters.protocols import Field, Identity, Kind, Link, ObjectSchema, Schema, User
from engine.history import Item
from engine.patterns import Pattern, patterns, tail

ZONE = "America/New_York"
OWNERS = ("u1", "u2", "u3", "u4")
STAGES = ("New", "Qualified", "Proposal", "Won")
Row = dict[str, str]


def field(key: str, kind: Kind = "text") -> Field:
    """A field named as its key."""
    return Field(key=key, label=key, kind=kind, format="%Y-%m-%d" if kind == "date" else None)


DEAL = ObjectSchema(
    name="Deal", label="Deals", owner_field="Owner", title=("Name",), identity=Identity(id_field="Id"),
    fields=(field("Id"), field("Name"), field("Stage", "enum"), field("Source", "enum"), field("Owner", "user"),
            field("Created", "date"), field("Xero Invoice")),
)  # fmt: skip
TASK = ObjectSchema(
    name="Task", label="Tasks", owner_field="Owner", title=("Subject",),
    links=(Link(name="deal", to=("Deal",), id_field="Deal Id", name_field="Deal"),),
    fields=(field("Subject"), field("Due", "date"), field("Deal Id"), field("Deal"), field("Owner", "user")),
)  # fmt: skip
SCHEMA = Schema(system="x", objects=(DEAL, TASK), users=(User("u1", "Ann Lee", "ann@x.test"),))


def deals(count: int, seed: int) -> list[Row]:
    """Deals whose stage, source and owner are by chance."""
    dice = random.Random(seed)
    return [
        {
            "Id": f"d{n}", "Name": f"Deal {n}", "Stage": dice.choice(STAGES), "Source": dice.choice("abc"),
            "Owner": dice.choice(OWNERS), "Xero Invoice": "",
            "Created": (date(2024, 1, 1) + timedelta(days=dice.randrange(300))).isoformat(),
        }
        for n in range(count)
    ]  # fmt: skip


def tasks(of: Sequence[Row], subject: str, days: Sequence[int], *, by: str = "id") -> list[Row]:
    """A task for each deal, due so many days after it was made, in turn. by: how it names the deal."""
    return [
        {
            "Subject": subject, "Owner": OWNERS[n % 4], "Deal Id": deal["Id"] if by == "id" else "",
            "Deal": deal["Name"] if by == "name" else "",
            "Due": (date.fromisoformat(deal["Created"]) + timedelta(days=days[n % len(days)])).isoformat(),
        }
        for n, deal in enumerate(of)
    ]  # fmt: skip


def found(of: dict[str, list[Row]], systems: Sequence[str] = ()) -> list[Pattern]:
    """The patterns of records."""
    items = {
        name: {str(n): Item(object=name, key=str(n), number=n, position=n, values=row) for n, row in enumerate(rows)}
        for name, rows in of.items()
    }
    return patterns(SCHEMA, items, ZONE, systems)


@pytest.mark.promise("F-171")
@pytest.mark.parametrize("seed", range(5))
def test_a_planted_assignment_is_found_with_its_numbers(seed: int) -> None:
    """One stage belongs to one owner; the rule is told in words, with how many records it rests on."""
    rows = deals(120, seed)
    mine = [r for r in rows if r["Stage"] == "Qualified"]
    for r in mine:
        r["Owner"] = "u1"
    (one,) = found({"Deal": rows})
    assert one.kind == "assignment"
    assert one.does == "Where Stage of Deals is 'Qualified', the owner is Ann Lee."
    assert one.evidence.startswith(f"{len(mine)} of {len(mine)} such records; of all others ")


@pytest.mark.promise("F-171")
def test_noise_is_no_pattern() -> None:
    """Two hundred accounts in which stages, sources, owners and days are by chance: nothing is found in any."""
    for seed in range(200):
        rows = deals(60, seed)
        dice = random.Random(seed)
        days = [dice.randrange(1, 30) for _ in rows]
        assert found({"Deal": rows, "Task": tasks(rows, "Call", days)}) == []


@pytest.mark.promise("F-171")
def test_an_owner_of_almost_everything_is_no_pattern() -> None:
    """That one person owns a stage says nothing where that person owns the rest as well."""
    rows = deals(100, 1)
    for n, r in enumerate(rows):
        r["Owner"] = "u1" if n % 20 else "u2"
    assert found({"Deal": rows}) == []


def test_a_few_records_are_no_pattern() -> None:
    """Nine records of a value may be as alike as they like."""
    rows = deals(60, 3)
    rare = [r | {"Id": f"r{n}", "Stage": "Rare", "Owner": "u1"} for n, r in enumerate(deals(9, 4))]
    assert found({"Deal": rows + rare}) == []


def test_of_two_fields_that_say_the_same_one_is_told() -> None:
    """A source and a stage that go together are one rule, not two."""
    rows = deals(120, 2)
    for r in rows:
        if r["Stage"] == "Won":
            r["Source"], r["Owner"] = "z", "u3"
    assert [p.kind for p in found({"Deal": rows})] == ["assignment"]


@pytest.mark.promise("F-171")
@pytest.mark.parametrize("by", ["id", "name"])
def test_a_planted_habit_is_found(by: str) -> None:
    """A task of one title is due three days after its deal was made: told with the days, whether by id or by name."""
    rows = deals(30, 7)
    habit = tasks(rows, "Send the offer", [3], by=by)
    noise = tasks(rows, "Call back", [1, 5, 9, 2, 14])
    (one,) = found({"Deal": rows, "Task": habit + noise})
    assert (one.kind, one.name) == ("follow-up", "Send the offer")
    assert one.does == "A Task 'Send the offer' is made, with Due 3 days after the Deal's Created."
    assert one.evidence == "30 of 30 records of that title."


def test_the_same_day_is_no_habit() -> None:
    """What is dated on the day on which it was made says nothing."""
    rows = deals(30, 7)
    assert found({"Deal": rows, "Task": tasks(rows, "Log", [0])}) == []


@pytest.mark.promise("F-172")
def test_a_field_of_another_product_is_an_integration() -> None:
    """A field that is named for an accounting program and filled tells of the link; an empty one does not."""
    rows = deals(20, 5)
    assert found({"Deal": rows}) == []
    for r in rows[:7]:
        r["Xero Invoice"] = "INV-1"
    (one,) = found({"Deal": rows})
    assert (one.kind, one.name, one.evidence) == ("integration", "Xero", "Xero Invoice is filled in 7 of 20 records.")


def test_what_belongs_to_no_person_was_made_by_something() -> None:
    """Records of the system's own name are told, with how many."""
    rows = deals(20, 6)
    for r in rows[:4]:
        r["Owner"] = "System"
    (one,) = found({"Deal": rows}, ("System",))
    assert (one.kind, one.evidence) == ("made by", "4 of 20 records belong to System, who is no person.")


def test_the_chance_of_a_tail() -> None:
    """At least nine of ten heads: eleven of 1,024; what is certain is certain."""
    assert tail(9, 10, 0.5) == pytest.approx(11 / 1024)
    assert tail(0, 10, 0.3) == pytest.approx(1.0)
    assert tail(3, 3, 1.0) == 1.0
