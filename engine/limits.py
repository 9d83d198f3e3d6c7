"""Limits: what the destination's API cannot do, said by name before anything moves, and what people must do about it.

A thing that only an administrator can make (a pipeline, a stage, a pick-list's value) becomes an item of a checklist.
Nobody ticks it off: it closes by itself when the account, described anew, shows the thing.
"""

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from adapters.protocols import Lack, Schema
from engine.binding import existing_option
from engine.findings import Draft
from engine.history import History
from engine.want import Want

CHECKLIST = "checklist"


class Limit(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that the destination cannot do in this migration. `names`: what it concerns here, by name."""

    action: str
    entity: str
    field: str
    what: str
    instead: str
    names: list[str]


def lack_of(schema: Schema, action: str, entity: str, field: str = "") -> Lack | None:
    """What the account says that it cannot do, if it says so."""
    return next((k for k in schema.lacks if (k.action, k.entity, k.field) == (action, entity, field)), None)


def limits(history: History, configuration: Sequence[Want]) -> list[Limit]:
    """Everything that the account cannot do and that this map would want of it."""
    moved = {m.to for m in history.mapping.object.values()} | {w.part.entity for w in configuration}
    moved |= {"user", "file"}
    return [
        Limit(
            action=lack.action,
            entity=lack.entity,
            field=lack.field,
            what=lack.what,
            instead=lack.instead,
            names=list(_names(lack, configuration)),
        )
        for lack in (*history.source.lacks, *history.destination.lacks)
        if lack.action == "export" or (lack.entity in moved and _concerns(history, lack))
    ]


def _concerns(history: History, lack: Lack) -> bool:
    """Whether a lack can be felt under this map: values that cannot be added to a pick-list only where it is filled."""
    if lack.action != "create" or not lack.field:
        return True
    maps = [m for m in history.mapping.object.values() if m.to == lack.entity]
    filled = {key for m in maps for r in m.fields.values() for key in (r.to, r.owner, *r.when.values())}
    filled |= {key for m in maps for key in m.set}
    filled |= {key for m in maps for pairs in m.values.values() for pair in pairs.values() for key in pair}
    custom = {r.made for m in maps for r in m.fields.values() if r.made}
    schema = history.destination.object(lack.entity)
    field = schema.field(lack.field) if schema else None
    return lack.field in filled or (field is not None and field.custom and field.label in custom)


def _names(lack: Lack, configuration: Iterable[Want]) -> Iterator[str]:
    """What of our configuration a lack concerns."""
    for want in configuration:
        if want.part.entity == lack.entity and lack.action in ("create", "delete", "arrange"):
            yield want.part.key


def checklist(history: History, configuration: Sequence[Want]) -> Iterator[Draft]:
    """What an administrator must make before the first record, as far as the account does not show it."""
    schema = history.destination
    stages = [w for w in configuration if w.part.entity == "stage"]
    for want in configuration:
        if want.part.entity == "pipeline" and (lack := _pipeline_lack(schema)):
            mine = [s for s in stages if s.part.key.rpartition("/")[0] == want.part.key]
            if problem := _pipeline_problem(schema, want.part.key, mine):
                yield _item(history, want, f"{lack.what} {problem}")
        elif want.part.entity in ("options", "field") and (problem := _options_problem(schema, want)):
            yield _item(history, want, problem)


def _options_problem(schema: Schema, want: Want) -> str:
    """What a pick-list of the account lacks and its API cannot add; empty when it lacks nothing."""
    entity = schema.object(want.fields["entity"])
    named = want.fields.get("field") or want.fields["label"]
    fields = entity.fields if entity else ()
    field = next((f for f in fields if f.key == named or (f.custom and f.label == named)), None)
    labels = want.fields.get("labels") or want.fields.get("options") or ()
    if entity is None or field is None or (lack := lack_of(schema, "create", entity.name, field.key)) is None:
        return ""
    lacking = [label for label in labels if not existing_option(schema, entity.name, field.key, label)]
    return f"{lack.what} Add to {field.label} of {entity.name}: {', '.join(lacking)}." if lacking else ""


def _pipeline_lack(schema: Schema) -> Lack | None:
    return lack_of(schema, "create", "pipeline") or lack_of(schema, "create", "stage")


def _pipeline_problem(schema: Schema, label: str, stages: Sequence[Want]) -> str:
    """What stands against a pipeline as the account shows it; empty when it is as wanted."""
    wanted = [s.part.key.rpartition("/")[2] for s in stages]
    odds = {s.part.key.rpartition("/")[2]: s.fields.get("probability") for s in stages}
    listed = "; ".join(f"{n}. {w}" + ("" if odds[w] is None else f" ({odds[w]} %)") for n, w in enumerate(wanted, 1))
    there = next((p for p in schema.account.get("pipelines", ()) if folded(p["label"]) == folded(label)), None)
    if there is None:
        if lack_of(schema, "create", "pipeline") is None:
            return ""
        return f"Make the pipeline {label!r} with these stages, in this order: {listed}."
    found = [folded(s["label"]) for s in there["stages"]]
    if missing := [w for w in wanted if folded(w) not in found]:
        return f"Add to the pipeline {label!r} the stages {', '.join(missing)}, so that the order is: {listed}."
    if [f for f in found if f in map(folded, wanted)] != list(map(folded, wanted)):
        return f"Put the stages of the pipeline {label!r} in this order: {listed}."
    return ""


def folded(label: str) -> str:
    """A label as people mean it: without blanks at its ends, in whatever case."""
    return label.strip().casefold()


def _item(history: History, want: Want, what: str) -> Draft:
    """An item of the checklist; when something else is left to be done it is another item."""
    return Draft(
        id=f"checklist-{history.token('/'.join((*want.part, what)))[:10]}",
        kind=CHECKLIST,
        subject=(want.part.object, want.part.key),
        question=f"{what} An administrator does it in the web app; then run `cutover discover`: this item closes by "
        "itself when the account shows it.",
        choices=(),
    )
