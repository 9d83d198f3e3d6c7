"""Small workbooks of the map, and what people and programs do to them."""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import openpyxl

from adapters.protocols import Field, Schema
from engine import mapping as maps
from engine.mapfile import render
from engine.mapping import ObjectMap, Pipeline, Rule, Stage, digest, parse
from ops.mapbook import Material, Owner, Taken, take, write
from ops.mapbook.material import FORM, Made
from tests.engine.shapes import ACTIVITY, DESTINATION, MAPPING, SOURCE

HEADER_ROW = 2


def _rich() -> tuple[maps.Mapping, Schema]:
    """A map that says a little of everything that a map can say."""
    company, contact, deal = (MAPPING.object[name] for name in ("Company", "Contact", "Deal"))
    rules = company.fields | {
        "Employees": Rule(new="Heads", kind="number"),
        "Street": Rule(to="address", part="route"),
        "Started": Rule(new="Began", kind="datetime", at="Clock", empty="long ago", over="Name"),
        "Clock": Rule(exclude="it stands in Began"),
        "Boss": Rule(undecided="who is it?"),
    }
    objects = {
        "Company": msgspec.structs.replace(company, fields=rules, leave={"Clock": "gone"}, flag="look at it"),
        "Contact": msgspec.structs.replace(
            contact, fields=contact.fields | {"Owner": Rule(owner="owner_id", keep="Owner", also="Rep", kind="text")}
        ),
        "Deal": msgspec.structs.replace(
            deal,
            values={"Stage": {"New": {"stage": "New"}, "Won": {"stage": "Done", "status": "won"}, "Odd": {}}},
            set={"status": "open"},
        ),
        "Call": ObjectMap(
            to="activity",
            fields={"What": Rule(to="subject"), "How": Rule(block="How", values="How"), "Flag": Rule(values="Flag")},
            values={"How": {"p": {"as": "phone"}}, "Flag": {"y": {"done": True}, "n": {"done": False}}},
        ),
    }
    extra = [Field(key=k, label=k, kind="text", samples=("a", "b"), filled=2) for k in ("Street", "Started", "Clock")]
    there = {
        "Company": (*SOURCE.objects[0].fields, *extra, Field(key="Boss", label="Boss", kind="text")),
        "Contact": SOURCE.objects[1].fields,
        "Deal": SOURCE.objects[2].fields,
    }
    objs = [msgspec.structs.replace(o, fields=there[o.name]) for o in SOURCE.objects]
    call = msgspec.structs.replace(
        ACTIVITY, name="Call", label="Calls", block=None,
        fields=tuple(Field(key=k, label=f"{k}?", kind="text") for k in ("What", "How", "Flag")),
    )  # fmt: skip
    pipelines = (
        Pipeline(name="Acme", stages=(Stage(name="New", probability=10.0), Stage(name="Done"))),
        Pipeline(name="Else", stages=(Stage(name="Begin", probability=33.3),)),
        Pipeline(name="Bare", stages=()),
    )
    made = msgspec.structs.replace(
        MAPPING, object=objects, pipeline=pipelines, automation_owners=("System",),
        files=maps.FilesMap(limit_bytes=5, refuse=(".exe",), link="https://files.example/{digest}/{name}"),
    )  # fmt: skip
    return made, msgspec.structs.replace(SOURCE, objects=(*objs, call))


RICH, RICH_SOURCE = _rich()


def material(
    mapping: maps.Mapping = RICH,
    source: Schema = RICH_SOURCE,
    destination: Schema = DESTINATION,
    **made: Any,
) -> Material:
    """What a workbook of a map is made of; the map as its file says it."""
    mapping = parse(render(mapping, source))
    said = Made(
        form=FORM, migration="acme", source=source.system, destination=destination.system, target="production",
        version=3, digest=digest(mapping),
    )  # fmt: skip
    owners = (Owner(name="Maya Ortiz", records=7, user="Maya Ortiz <maya@acme.example>"), Owner(name="Bot", records=2))
    return Material(
        made=msgspec.structs.replace(said, **made), mapping=mapping, source=source, destination=destination,
        owners=owners,
    )  # fmt: skip


@cache
def _usual() -> tuple[Material, bytes]:
    return material(), write(material())


def written(folder: Path, of: Material) -> Path:
    """The workbook, as a file."""
    path = folder / "map.xlsx"
    usual, content = _usual()
    path.write_bytes(content if of == usual else write(of))
    return path


def edited(path: Path, edit: Callable[[Any], None]) -> Path:
    """The file as another program leaves it: opened by openpyxl, changed, saved."""
    book = openpyxl.load_workbook(path)
    edit(book)
    book.save(path)
    return path


def cell(book: Any, sheet: str, row: str, header: str) -> Any:
    """The cell of a header in the row in which some cell says a word."""
    page = book[sheet]
    places = {c.value: c.column for c in page[HEADER_ROW]}
    found = [line for line in page.iter_rows(min_row=HEADER_ROW + 1) if row in [str(c.value) for c in line]]
    return page.cell(found[0][0].row, places[header])


def free_row(book: Any, sheet: str, **cells: Any) -> int:
    """Fill the first empty row of a sheet; headers with blanks as underscores. Its number."""
    page = book[sheet]
    places = {str(c.value).replace(" ", "_"): c.column for c in page[HEADER_ROW]}
    number = next(line[0].row for line in page.iter_rows(min_row=HEADER_ROW + 1) if all(c.value is None for c in line))
    for header, value in cells.items():
        page.cell(number, places[header], value)
    return int(number)


Edits = Mapping[tuple[str, str, str], Any]
"""By sheet, a word of the row, and the header: what is typed into the cell."""


def filled(folder: Path, edits: Edits, of: Material | None = None) -> Taken:
    """What a workbook comes to in which somebody typed."""
    of = of or material()

    def type_in(book: Any) -> None:
        for (sheet, row, header), value in edits.items():
            cell(book, sheet, row, header).value = value

    return take(edited(written(folder, of), type_in), of)
