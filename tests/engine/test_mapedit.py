"""Changing the map's file in place: what changed is said, everything else stays to the letter."""

import random

import msgspec
import pytest

from engine.mapedit import edited
from engine.mapfile import render
from engine.mapping import FilesMap, Mapping, ObjectMap, Pipeline, Rule, Stage, parse
from tests.engine.shapes import MAPPING, SOURCE
from tests.engine.test_mapping import ODD, changed

TEXT = render(MAPPING, SOURCE)


def test_nothing_changed() -> None:
    """A map that says the same leaves the file as it is, however it is laid out."""
    odd = TEXT.replace("\n\n", "\n# mine\n\n\n")
    assert edited(odd, MAPPING) == odd


def test_a_rule_is_changed_in_its_line() -> None:
    """The line of the field says the new rule; its comment, its neighbours and their order stay."""
    text = TEXT.replace('Website = { to = "website" }', 'Website = { to = "website" }  # ask "Maya" # twice')
    made = edited(text, changed("Company", Website=Rule(exclude="it is # one")))
    assert made == text.replace('{ to = "website" }  #', '{ exclude = "it is # one" }  #')


def test_lines_come_and_go() -> None:
    """A field that nobody had decided gets a line at the end of its table; one without a rule has none."""
    deal = MAPPING.object["Deal"]
    fields = {k: r for k, r in deal.fields.items() if k != "Closes"} | {"Two words": Rule(exclude="why")}
    values = {"Stage": {"New": {"stage": "New"}, "Lost": {"status": "lost"}}}
    new = msgspec.structs.replace(
        MAPPING, object=MAPPING.object | {"Deal": msgspec.structs.replace(deal, fields=fields, values=values)}
    )
    made = edited(TEXT, new)
    assert made is not None
    assert parse(made) == new
    assert [line for line in made.splitlines() if line not in TEXT.splitlines()] == [
        '"Two words" = { exclude = "why" }',
        'Lost = { status = "lost" }',
    ]


def test_settings_files_and_pipelines() -> None:
    """Settings change in their lines; pipelines are written anew in their place; files get a table of their own."""
    text = TEXT.replace('zone = "America/New_York"', 'zone = "America/New_York"  # of the office')
    new = msgspec.structs.replace(
        MAPPING, zone="UTC", owner_gate=(), files=FilesMap(refuse=(".exe",)),
        pipeline=(Pipeline(name="A", stages=(Stage(name="x", probability=0.0),)), Pipeline(name="B", stages=())),
    )  # fmt: skip
    made = edited(text, new)
    assert made is not None
    assert parse(made) == new
    assert 'zone = "UTC"  # of the office\n' in made
    assert made.index("[[pipeline]]") < made.index("[files]") < made.index("[object")
    assert edited(made, MAPPING) is not None


@pytest.mark.parametrize(
    "text",
    [
        TEXT.replace('Website = { to = "website" }', 'Website.to = "website"\nWebsite.label = ""'),
        TEXT.replace('Website = { to = "website" }', "").replace(
            "[object.Contact]", '[object.Company.fields.Website]\nto = "website"\n\n[object.Contact]'
        ),
    ],
    ids=["dotted", "a table of its own"],
)
def test_a_file_that_cannot_be_changed_in_place(text: str) -> None:
    """Where a rule has no line of its own the file must be written anew: nobody guesses."""
    assert parse(text) == MAPPING
    assert edited(text, changed("Company", Website=Rule(exclude="no"))) is None
    assert edited(text, changed("Company", Name=Rule(exclude="no"))) is not None


@pytest.mark.parametrize("seed", range(30))
def test_whatever_changes(seed: int) -> None:
    """Of any two maps the file of the one becomes the file of the other, or it is said that it cannot."""
    dice = random.Random(seed)
    pick = lambda: dice.choice(ODD)  # noqa: E731

    def one() -> Mapping:
        rules = {
            pick(): dice.choice((Rule(to=pick() or "x", label=pick()), Rule(exclude=pick() or "w"))) for _ in "abc"
        }
        values = {name: {pick(): {"as": pick()} for _ in "ab"} for name in ("one", "two #")}
        return Mapping(
            zone="UTC", currency=pick(), owner_gate=(pick(),),
            pipeline=(Pipeline(name=pick(), stages=(Stage(name=pick() or "s"),)),) * dice.randrange(2),
            files=FilesMap(limit_bytes=dice.randrange(3)),
            object={"#a [b]": ObjectMap(to="x", fields=rules, values=values)},
        )  # fmt: skip

    first, second = parse(render(one(), SOURCE)), parse(render(one(), SOURCE))
    made = edited(render(first, SOURCE), second)
    assert made is not None
    assert parse(made) == second
