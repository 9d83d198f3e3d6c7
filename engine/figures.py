"""Figures of the old system's reports, which no system moves: from the log, as rows for files.

How deals went through their stages, how many stand in each, how many tasks are done, where deals came from. Texts are
the source's own; records that are gone are counted in the history alone.
"""

from collections import Counter
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import msgspec

from adapters.protocols import ObjectSchema
from adapters.sources.values import parse
from engine.events import RecordExtracted, RecordVanished
from engine.history import History, Item
from engine.journal import Journal
from engine.mapping import ObjectMap
from engine.times import rfc3339

Row = tuple[str | int, ...]
DEALS = ("deal", "lead")
"""What a deal is called at destinations."""
SOURCES = ("lead source", "source", "deal source")
"""How a field is called that says where a deal came from."""


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """The rows of four files, without their headers; see HEADERS."""

    deal_history: list[Row]
    stage_counts: list[Row]
    task_completion: list[Row]
    lead_source: list[Row]


HEADERS: dict[str, tuple[str, ...]] = {
    "deal_history": ("object", "key", "deal", "read", "stage", "amount"),
    "stage_counts": ("object", "stage", "records"),
    "task_completion": ("object", "done", "records"),
    "lead_source": ("object", "source", "records"),
}
"""The columns of each file. `read`: when that state was read, UTC; a deal that is gone has a row "(gone)"."""


def figures(journal: Journal, past: History) -> Figures:
    """The figures under the confirmed map."""
    maps = {name: (m, s) for name, m in past.mapping.object.items() if (s := past.source.object(name))}
    staged = {name: key for name, (m, _) in maps.items() if (key := _stage(m))}
    done = {name: key for name, (m, _) in maps.items() if (key := _done(m))}
    sources = {n: key for n, (m, s) in maps.items() if m.to in DEALS and (key := _source(m, s))}
    return Figures(
        deal_history=list(_history(journal, past, staged)),
        stage_counts=_counted(past, staged),
        task_completion=[row for name, key in done.items() for row in _completion(past, name, key)],
        lead_source=_counted(past, sources),
    )


def _stage(object_map: ObjectMap) -> str:
    """The field that says in which stage a record is."""
    for key, rule in object_map.fields.items():
        if rule.values and any("stage" in pair for pair in object_map.values[rule.values].values()):
            return key
    return ""


def _done(object_map: ObjectMap) -> str:
    """The field that says whether a record is done."""
    for key, rule in object_map.fields.items():
        pairs = object_map.values.get(rule.values, {}).values() if rule.values else ()
        if rule.to == "done" or rule.block == "Completed" or any("done" in pair for pair in pairs):
            return key
    return ""


def _source(object_map: ObjectMap, schema: ObjectSchema) -> str:
    """The field that says where a record came from."""
    labels = {field.key: field.label.casefold() for field in schema.fields}
    rules = object_map.fields.items()
    return next((key for key, r in rules if r.to == "sources" or labels.get(key) in SOURCES), "")


def _there(past: History, name: str) -> Iterator[Item]:
    return (item for item in past.items.get(name, {}).values() if not item.vanished)


def _counted(past: History, fields: dict[str, str]) -> list[Row]:
    """How many records have each text in a field, by object; the most first."""
    rows: list[Row] = []
    for name, key in fields.items():
        found = Counter((item.values or {}).get(key, "").strip() for item in _there(past, name))
        rows += [(name, text, number) for text, number in found.most_common()]
    return rows


def _completion(past: History, name: str, key: str) -> Iterator[Row]:
    object_map, schema = past.mapping.object[name], past.source.object(name)
    field = schema.field(key) if schema else None
    rule = object_map.fields[key]
    pairs = object_map.values.get(rule.values, {}) if rule.values else {}
    pairs = {text.strip().casefold(): pair for text, pair in pairs.items()}
    found: Counter[str] = Counter()
    for item in _there(past, name):
        text = (item.values or {}).get(key, "")
        value = parse(field, text, ZoneInfo(past.mapping.zone)).value if field and not pairs else None
        is_done = pairs.get(text.strip().casefold(), {}).get("done", value)
        found[{True: "yes", False: "no"}.get(is_done, "not said") if isinstance(is_done, bool) else "not said"] += 1
    yield from ((name, word, found[word]) for word in ("yes", "no", "not said") if found[word])


def _history(journal: Journal, past: History, staged: dict[str, str]) -> Iterator[Row]:
    """Each state of each deal, by stage and amount, as it was read, oldest first."""
    amounts = {name: _amount(past.mapping.object[name]) for name in staged}
    last: dict[tuple[str, str], tuple[str, str]] = {}
    for event in journal.log.read(kinds=[RecordExtracted.__name__, RecordVanished.__name__]):
        name, key = str(event.object), str(event.key)
        if name not in staged:
            continue
        title, stage, amount = "", "(gone)", ""
        body = journal.body(event, RecordExtracted) if event.kind == RecordExtracted.__name__ else None
        if body is not None and not body.deleted:
            schema = past.source.object(name)
            title = " ".join(filter(None, (body.values.get(k, "") for k in schema.title))) if schema else ""
            stage, amount = body.values.get(staged[name], "").strip(), body.values.get(amounts[name], "").strip()
        if last.get((name, key)) != (stage, amount):
            last[name, key] = stage, amount
            yield name, key, title, rfc3339(event.at), stage, amount


def _amount(object_map: ObjectMap) -> str:
    return next((key for key, rule in object_map.fields.items() if rule.to == "value"), "")
