"""Lays out the pages of a workbook: settings, stages, owners, and for each object its fields and its values."""

from collections.abc import Iterator
from typing import Any

from adapters.protocols import Field, ObjectSchema
from adapters.sources.names import fold
from engine.mapping import AS, ObjectMap, Pipeline
from ops.mapbook.material import Column, Content, Line, Material, Names, Page, clean, distinct, sheet_name
from ops.mapbook.rules import HEADERS, KINDS, Around, besides, cells, decisions

README, LISTS, MADE = "Read me", "Lists", "Made of"
"""Sheets that are no pages: the guide, and two hidden ones."""

FIELDS, VALUES, STAGES, OWNERS, SETTINGS = "fields", "values", "stages", "owners", "settings"
"""The kinds of pages."""

HEADER_ROW, FIRST_ROW = 2, 3
"""Where the headers of a page stand, and where its lines begin; above them, what the page is about."""

YES, NO = "Yes", "No"
MANY = "; "
"""Between several names in a cell."""

_SAMPLES = 3
_SAMPLE_CHARACTERS = 60
_WIDTHS = {"decision": 21, "target": 24, "name": 22, "kind": 12, "list": 16, "part": 16, "label": 12, "relation": 14,
           "reason": 34}  # fmt: skip
_BLANK_VALUES, _BLANK_STAGES, _BLANK_OWNERS = 30, 20, 20

SETTING_WORDS = {
    "zone": "The time zone of times that name none, like America/New_York.",
    "currency": "The currency of amounts that name none: three letters, like USD.",
    "key_field": "The label of the custom field that carries the source's key.",
    "owner_gate": "What waits until every owner has a user there: entities of the destination, with ; between them.",
    "files.limit_bytes": "A larger file becomes a link; 0 for no limit.",
    "files.refuse": "Files with these endings become links, too, like .exe; with ; between them.",
    "files.link": "Where such files will lie: an address with {digest} and {name}. Empty: kept in the workspace.",
}
"""The settings that a workbook shows, each with what it means."""


def pages(material: Material) -> list[Page]:
    """All pages of a workbook, in their order."""
    taken = {fold(name) for name in (README, LISTS, MADE, "History")}
    found = [_settings(material, sheet_name("Settings", taken)), _stages(material, sheet_name("Stages", taken))]
    found.append(_owners(material, sheet_name("Owners", taken)))
    for name, object_map in material.mapping.object.items():
        source = material.source.object(name)
        label = clean(source.label if source else name).strip() or name
        found.append(_fields(material, name, object_map, sheet_name(label, taken)))
        if object_map.values:
            found.append(_values(material, name, object_map, sheet_name(f"{label[:20]} values", taken)))
    return found


def around(material: Material, name: str) -> Around:
    """What the rules of an object may name."""
    object_map = material.mapping.object[name]
    source, entity = material.source.object(name), material.destination.object(object_map.to)
    return Around(source, entity, Names(entity), tuple(object_map.values), decisions(object_map, source, entity))


def field_keys(material: Material, name: str) -> list[str]:
    """The fields of an object, those of the map first, then what nobody has decided."""
    source = material.source.object(name)
    mapped = material.mapping.object[name].fields
    return [*mapped, *(f.key for f in (source.fields if source else ()) if f.key not in mapped)]


def pair_keys(object_map: ObjectMap, entity: ObjectSchema | None, pipelines: tuple[Pipeline, ...]) -> list[str]:
    """What the pairs of an object's value maps may say: what they do say, and what goes with a stage."""
    pairs = [pair for found in object_map.values.values() for pair in found.values()]
    keys = list(dict.fromkeys(key for pair in pairs for key in pair)) or [AS]
    if "stage" in keys:
        more = ["pipeline"] if len(pipelines) > 1 else []
        more += ["status"] if entity and entity.field("status") else []
        keys += [key for key in more if key not in keys]
    return sorted(keys, key=lambda key: {AS: 0, "pipeline": 1, "stage": 2}.get(key, 3))


def pair_text(value: Any, field: Field | None) -> str:
    """One word of a pair as people read it: of an option its label."""
    if isinstance(value, bool):
        return YES if value else NO
    option = next((o for o in field.options if o.id == value), None) if field else None
    return clean(option.label) if option else str(value)


def _settings(material: Material, sheet: str) -> Page:
    mapping = material.mapping
    values: dict[str, Content] = {
        "zone": mapping.zone,
        "currency": mapping.currency,
        "key_field": mapping.key_field,
        "owner_gate": MANY.join(mapping.owner_gate),
        "files.limit_bytes": mapping.files.limit_bytes,
        "files.refuse": MANY.join(mapping.files.refuse),
        "files.link": mapping.files.link,
    }
    lines = [Line(name=(k,), cells={"key": k, "value": v, "words": SETTING_WORDS[k]}) for k, v in values.items()]
    columns = (
        Column(key="key", header="Setting", width=20, locked=True),
        Column(key="value", header="Value", width=44),
        Column(key="words", header="What it means", width=80, locked=True),
    )
    intro = "What holds for the whole migration."
    return Page(kind=SETTINGS, sheet=sheet, intro=intro, keys=("key",), columns=columns, lines=tuple(lines))


def _stages(material: Material, sheet: str) -> Page:
    lines: list[Line] = []
    for pipeline in material.mapping.pipeline:
        for order, stage in enumerate(pipeline.stages, start=1):
            chance: Content = "" if stage.probability is None else stage.probability
            place: dict[str, Content] = {"pipeline": pipeline.name, "order": order}
            said = {**place, "stage": stage.name, "probability": chance}
            lines.append(Line(name=(str(len(lines)),), cells=said))
        if not pipeline.stages:
            said = {"pipeline": pipeline.name, "order": "", "stage": "", "probability": ""}
            lines.append(Line(name=(str(len(lines)),), cells=said))
    columns = (
        Column(key="pipeline", header="Pipeline", width=30),
        Column(key="order", header="Order", width=10),
        Column(key="stage", header="Stage", width=34),
        Column(key="probability", header="Probability %", width=16),
    )
    intro = (
        "The pipelines that are needed there, and their stages. Order is a number: 2.5 stands between 2 and 3. Empty "
        "lines may be filled; a line that is emptied is gone. Values that lead to a stage are on the values sheets."
    )
    return Page(
        kind=STAGES,
        sheet=sheet,
        intro=intro,
        keys=(),
        columns=columns,
        lines=tuple(lines),
        blank=_BLANK_STAGES,
        open=True,
    )


def _owners(material: Material, sheet: str) -> Page:
    automated = {name.casefold() for name in material.mapping.automation_owners}
    known = {owner.name.casefold() for owner in material.owners}
    lines = [
        Line(
            name=(clean(owner.name),),
            cells={
                "name": owner.name,
                "records": owner.records,
                "user": owner.user or "nobody yet",
                "automation": YES if owner.name.casefold() in automated else "",
            },
        )
        for owner in material.owners
    ]
    lines += [
        Line(name=(clean(name),), cells={"name": name, "records": "", "user": "", "automation": YES})
        for name in material.mapping.automation_owners
        if name.casefold() not in known
    ]
    columns = (
        Column(key="name", header="Owner in the source", width=40),
        Column(key="records", header="Records", width=12, locked=True),
        Column(key="user", header="User there", width=40, locked=True),
        Column(key="automation", header="No person", width=14, choices=(YES, NO)),
    )
    intro = (
        "Who owns records. Say Yes under 'No person' where it is an automation: its records go to the migration's own "
        "user. Whoever has no user there is asked about by `cutover review`."
    )
    return Page(
        kind=OWNERS,
        sheet=sheet,
        intro=intro,
        keys=("name",),
        columns=columns,
        lines=tuple(lines),
        blank=_BLANK_OWNERS,
        open=True,
    )


def _fields(material: Material, name: str, object_map: ObjectMap, sheet: str) -> Page:
    keys = field_keys(material, name)
    about = around(material, name)
    source = about.source
    names = distinct(keys)
    lines = []
    for key, spelled in zip(keys, names, strict=True):
        field = source.field(key) if source else None
        rule = object_map.fields.get(key)
        seen = dict(zip(("field", "key", "type", "filled", "samples"), _seen(field, source, spelled), strict=True))
        lines.append(Line(name=(spelled,), cells={**seen, **cells(rule, about.names), "besides": besides(rule)}))
    same = all(line.cells["field"] == line.cells["key"] for line in lines)
    choices = {
        "decision": about.allowed,
        "target": tuple(about.targets("to")),
        "kind": KINDS,
        "list": about.lists,
        "relation": tuple(link.name for link in source.links) if source else (),
    }
    columns = (
        Column(key="field", header="Field", width=24, locked=True),
        Column(key="key", header="Field's name in the source", width=24, locked=True, hidden=same),
        Column(key="type", header="Type", width=10, locked=True),
        Column(key="filled", header="Filled", width=12, locked=True),
        Column(key="samples", header="Samples", width=36, locked=True),
        *(
            Column(
                key=key,
                header=header,
                width=_WIDTHS[key],
                choices=choices.get(key, ()),
                hidden=key in ("list", "relation") and not choices[key],
            )
            for key, header in HEADERS.items()
        ),
        Column(key="besides", header="Besides", width=40, locked=True, checked=True),
    )
    entity = about.entity.label if about.entity else object_map.to
    count = f"{source.count} records" if source and source.count is not None else "Each record"
    intro = f"{count} become: {entity}. For each field choose a decision, and fill the cells that it needs."
    return Page(kind=FIELDS, sheet=sheet, object=name, intro=intro, keys=("key",), columns=columns, lines=tuple(lines))


def _seen(field: Field | None, source: ObjectSchema | None, key: str) -> Iterator[str]:
    """What discovery saw of a field: its label, key, type, how often it is filled, and samples."""
    if field is None:
        yield from (key, key, "", "not in the source", "")
        return
    yield " ".join(clean(field.label).split()) or key
    yield key
    yield field.kind
    total = f" of {source.count}" if source and source.count is not None else ""
    yield f"{field.filled}{total}"
    samples = [" ".join(clean(sample).split()) for sample in field.samples[:_SAMPLES]]
    yield "\n".join(s if len(s) <= _SAMPLE_CHARACTERS else f"{s[: _SAMPLE_CHARACTERS - 1]}…" for s in samples)


def _values(material: Material, name: str, object_map: ObjectMap, sheet: str) -> Page:
    entity = material.destination.object(object_map.to)
    pipelines = material.mapping.pipeline
    keys = pair_keys(object_map, entity, pipelines)
    names, options = Names(entity), _options(entity, keys, pipelines)
    lines = []
    for value_map, pairs in object_map.values.items():
        own = _becomes(object_map, entity, value_map)
        for value, spelled in zip(pairs, distinct(pairs), strict=True):
            said = {
                f"to:{k}": pair_text(pairs[value][k], entity.field(k) if entity else None) if k in pairs[value] else ""
                for k in keys
            }
            line = {"list": value_map, "value": spelled, **said}
            lines.append(Line(name=(clean(value_map), spelled), cells=line, choices={f"to:{AS}": own} if own else {}))
    columns = (
        Column(key="list", header="List of values", width=22, choices=tuple(object_map.values)),
        Column(key="value", header="Value in the source", width=34),
        *(
            Column(
                key=f"to:{k}",
                header=pair_header(names, k),
                width=26,
                choices=options.get(k, ()),
                strict=k != AS,
            )
            for k in keys
        ),
    )
    intro = (
        "What each value becomes. A line in which nothing is said has no pair: records with that value wait for an "
        "answer. Values that are missing may be added below."
    )
    return Page(
        kind=VALUES,
        sheet=sheet,
        object=name,
        intro=intro,
        keys=("list", "value"),
        columns=columns,
        lines=tuple(lines),
        blank=_BLANK_VALUES,
    )


def pair_header(names: Names, key: str) -> str:
    """The header of what a pair says."""
    known = {AS: "Becomes", "stage": "Stage", "pipeline": "Pipeline"}
    return known.get(key) or f"Sets {names.show(key)}"


def _options(
    entity: ObjectSchema | None, keys: list[str], pipelines: tuple[Pipeline, ...]
) -> dict[str, tuple[str, ...]]:
    """The drop-downs of the columns of a values page."""
    found: dict[str, tuple[str, ...]] = {
        "stage": tuple(dict.fromkeys(clean(s.name) for p in pipelines for s in p.stages)),
        "pipeline": tuple(clean(p.name) for p in pipelines),
    }
    for key in keys:
        field = entity.field(key) if entity and key not in found else None
        if field and field.kind == "boolean":
            found[key] = (YES, NO)
        elif field:
            found[key] = tuple(clean(o.label) for o in field.options)
    return found


def _becomes(object_map: ObjectMap, entity: ObjectSchema | None, value_map: str) -> tuple[str, ...]:
    """What the values of a value map can become, where the field that they go to has a list of options."""
    targets = [rule.to for rule in object_map.fields.values() if rule.values == value_map and rule.to]
    fields = [field for key in targets if entity and (field := entity.field(key))]
    return tuple(clean(o.label) for field in fields for o in field.options)
