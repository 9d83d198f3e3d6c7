"""The administrator of the demo: makes by hand, in the sandbox, what the checklist asks for."""

from collections.abc import Iterator, Sequence
from typing import Any

from adapters.protocols import Schema
from engine.binding import existing_option
from engine.limits import folded, lack_of
from engine.migration import Migration
from engine.want import Want

Bodies = list[dict[str, Any]]
"""Bodies of the sandbox's control address /sandbox/admin."""


def part(migration: Migration) -> Bodies:
    """What an administrator has to make for the map as it stands: pipelines, stages, values of pick-lists."""
    past, replayed = migration.replayed()
    schema, wanted = past.destination, replayed.configuration
    return [*_pipelines(schema, wanted), *_choices(schema, wanted)]


def _pipelines(schema: Schema, wanted: Sequence[Want]) -> Iterator[dict[str, Any]]:
    if lack_of(schema, "create", "pipeline") is None:
        return
    for want in (w for w in wanted if w.part.entity == "pipeline"):
        name = want.part.key
        mine = [w for w in wanted if w.part.entity == "stage" and w.part.key.startswith(f"{name}/")]
        stages = [{"name": w.fields["label"], "probability": w.fields.get("probability")} for w in mine]
        there = next((p for p in schema.account.get("pipelines", ()) if folded(p["label"]) == folded(name)), None)
        if there is None:
            yield {"make": "pipeline", "name": name, "stages": stages}
            continue
        known = {folded(stage["label"]) for stage in there["stages"]}
        for stage in stages:
            if folded(stage["name"]) not in known:
                yield {"make": "stage", "pipeline": name, **stage}


def _choices(schema: Schema, wanted: Sequence[Want]) -> Iterator[dict[str, Any]]:
    for want in (w for w in wanted if w.part.entity in ("options", "field")):
        entity = schema.object(want.fields["entity"])
        named = want.fields.get("field") or want.fields["label"]
        fields = entity.fields if entity else ()
        field = next((f for f in fields if f.key == named or (f.custom and f.label == named)), None)
        if entity is None or field is None or lack_of(schema, "create", entity.name, field.key) is None:
            continue
        for label in want.fields.get("labels") or want.fields.get("options") or ():
            if not existing_option(schema, entity.name, field.key, label):
                yield {"make": "choice", "entity": f"{entity.name}s", "field": field.label, "name": label}
