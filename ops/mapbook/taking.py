"""Makes a map of a workbook that was filled: what its cells say now, all that is wrong with them, and what differs."""

from collections.abc import Iterable
from pathlib import Path

import msgspec

from adapters.protocols import Schema
from adapters.sources.names import fold
from engine.mapping import Mapping, ObjectMap, Rule, check
from engine.mapwords import Change, differences
from ops.errors import ConfigError
from ops.mapbook import pairs, tables
from ops.mapbook.cells import read
from ops.mapbook.material import Made, Material, Page, PageProblem
from ops.mapbook.pages import FIELDS, OWNERS, SETTINGS, STAGES, VALUES, around, field_keys, pages
from ops.mapbook.reading import Read, matched
from ops.mapbook.rules import HEADERS, Wrong, changed

PROBLEMS_MAX = 1_000
"""Problems that are listed; of the others only their number is said."""


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """What a workbook comes to. The map counts only where nothing is wrong.

    undecided: fields that nobody has decided. standing: what stood against the map before, and still does.
    """

    mapping: Mapping
    changes: list[Change]
    problems: list[PageProblem]
    undecided: list[str]
    standing: list[str]


def take(path: Path, material: Material) -> Taken:
    """The map that a workbook says. Raises `UnreadableError` for what is none, ConfigError for one of another map."""
    layout = pages(material)

    def wanted(made: Made) -> dict[str, frozenset[str]]:
        _belongs(path, made, material.made)
        return {fold(page.sheet): frozenset(fold(c.header) for c in page.columns) for page in layout}

    book = read(path, wanted)
    found = [matched(page, book) for page in layout]
    problems = [problem for each in found for problem in each.problems]
    mapping = _mapping(material, {(each.page.kind, each.page.object): each for each in found}, problems)
    standing: list[str] = []
    if not problems:
        before = check(_settled(material.mapping, material.source), material.source, material.destination)
        after = check(_settled(mapping, material.source), material.source, material.destination)
        standing = [problem for problem in after if problem in before]
        problems += _located([p for p in after if p not in before], found, material)
    if len(problems) > PROBLEMS_MAX:
        more = f"{len(problems) - PROBLEMS_MAX} more problems"
        rest = PageProblem(sheet="", cell="", wrong=more, remedy="put these right and import it again")
        problems[PROBLEMS_MAX:] = [rest]
    return Taken(
        mapping=mapping,
        changes=[] if problems else differences(material.mapping, mapping),
        problems=problems,
        undecided=list(_undecided(mapping, material.source)),
        standing=standing,
    )


def _belongs(path: Path, made: Made, now: Made) -> None:
    """Raise ConfigError for a workbook of another migration, or of a map that has changed since."""
    for name, what in (("migration", "the migration"), ("source", "the source"), ("destination", "the destination"),
                       ("target", "the account")):  # fmt: skip
        theirs, ours = getattr(made, name), getattr(now, name)
        if theirs != ours:
            raise ConfigError(
                f"{path.name} is a workbook of another migration: it is of {what} {theirs!r}, this is {ours!r}; use "
                "the workbook that `cutover map export` wrote here"
            )
    if made.digest != now.digest:
        raise ConfigError(
            f"{path.name} was made of {made.words}, and the map has changed since (now it is {now.words}): export a "
            "new workbook with `cutover map export` and enter the changes there"
        )


def _mapping(material: Material, found: dict[tuple[str, str], Read], problems: list[PageProblem]) -> Mapping:
    """The map of the rows; what is wrong with them is added to the problems."""
    base = material.mapping
    pipelines = tables.stages(base.pipeline, found[STAGES, ""], problems)
    objects = {}
    for name, object_map in base.object.items():
        fields = _fields(material, name, found[FIELDS, name], problems)
        values = object_map.values
        if VALUES in [kind for kind, of in found if of == name]:
            entity = material.destination.object(object_map.to)
            values = pairs.Pairing(object_map, entity, (base.pipeline, pipelines), found[VALUES, name]).read(problems)
        objects[name] = msgspec.structs.replace(object_map, fields=fields, values=values)
    mapping = msgspec.structs.replace(
        base,
        object=objects,
        pipeline=pipelines,
        automation_owners=tables.owners(base.automation_owners, found[OWNERS, ""], problems),
    )
    return tables.settings(mapping, material.destination, found[SETTINGS, ""], problems)


def _fields(material: Material, name: str, read: Read, problems: list[PageProblem]) -> dict[str, Rule]:
    object_map = material.mapping.object[name]
    about = around(material, name)
    keys = dict(zip((line.name for line in read.page.lines), field_keys(material, name), strict=True))
    said: dict[str, Rule | None] = dict.fromkeys(keys.values())
    said |= object_map.fields
    for row in read.rows:
        if row.line is None:
            continue
        field = keys[row.line.name]
        base = object_map.fields.get(field)
        if row.differs("besides"):
            problems.append(read.problem(row.number, "besides", "Besides is only shown; nothing is read from it",
                                         f"put back {row.line.cells['besides'] or 'nothing'!r}, and change it in "
                                         "mapping.toml"))  # fmt: skip
        if not any(row.differs(key) for key in HEADERS):
            continue
        before = {key: str(row.line.cells[key]) for key in HEADERS}
        try:
            said[field] = changed(base, before, {key: row.text(key) for key in HEADERS}, around=about)
        except Wrong as wrong:
            problems.append(read.problem(row.number, wrong.column, wrong.wrong, wrong.remedy))
    return {field: rule for field, rule in said.items() if rule is not None}


def _settled(mapping: Mapping, source: Schema) -> Mapping:
    """The map as if all that is open were left out: what then stands against it is a fault, not a question."""
    objects = {}
    for name, object_map in mapping.object.items():
        fields = {
            f: Rule(exclude="open") if rule.verb == "undecided" else rule for f, rule in object_map.fields.items()
        }
        there = source.object(name)
        missing = [f.key for f in there.fields if f.key not in fields] if there else []
        fields |= {field: Rule(exclude="open") for field in missing}
        objects[name] = msgspec.structs.replace(object_map, fields=fields)
    return msgspec.structs.replace(mapping, object=objects)


def _undecided(mapping: Mapping, source: Schema) -> Iterable[str]:
    for name, object_map in mapping.object.items():
        there = source.object(name)
        keys = dict.fromkeys((*object_map.fields, *(f.key for f in (there.fields if there else ()))))
        yield from (f"{name}.{f}" for f in keys if _is_open(object_map, f))


def _is_open(object_map: ObjectMap, field: str) -> bool:
    return field not in object_map.fields or object_map.fields[field].verb == "undecided"


def _located(words: list[str], found: list[Read], material: Material) -> list[PageProblem]:
    """What stands against the map, each at the cell that said it."""
    places: dict[str, tuple[str, str]] = {}
    for each in found:
        for prefix, number, key in _prefixes(each, material):
            cell = each.sheet.address(each.page.column(key).header, number) if each.sheet else ""
            places.setdefault(prefix, (each.page.sheet, cell))
    problems = []
    for sentence in words:
        near = max((p for p in places if sentence.startswith((f"{p}:", f"{p} "))), key=len, default="")
        sheet, cell = places[near] if near else ("", "")
        wrong, sign, remedy = sentence.removeprefix(f"{near}: ").partition("; ")
        problems.append(PageProblem(sheet=sheet, cell=cell, wrong=wrong if sign else wrong.rstrip("."),
                                    remedy=remedy or "change one of the cells that say so"))  # fmt: skip
    return problems


def _prefixes(read: Read, material: Material) -> Iterable[tuple[str, int, str]]:
    """What a sentence about the map begins with, and the cell that it is about: its row and its column."""
    page: Page = read.page
    keys = {}
    if page.kind == FIELDS:
        fields = field_keys(material, page.object)
        keys = dict(zip((line.name for line in page.lines), fields, strict=True))
    for row in read.rows:
        if page.kind == FIELDS and row.line is not None:
            used = next((key for key in ("target", "name", "list", "relation") if row.text(key)), "decision")
            yield f"{page.object}.{keys[row.line.name]}", row.number, used
        elif page.kind == VALUES:
            yield f"{page.object}.values.{row.text('list')}", row.number, "value"
        elif page.kind == SETTINGS:
            yield row.text("key"), row.number, "value"
