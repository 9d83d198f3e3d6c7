"""Configuration: what a destination account must have before the first record, derived from the map and the wants."""

from collections.abc import Iterable, Iterator

from adapters.protocols import Field, Fields
from engine.findings import Notes
from engine.history import History
from engine.journal import Subject
from engine.mapping import AS, Pipeline, place_of
from engine.placing import labels as placed_labels
from engine.transform import NO, YES
from engine.view import Part
from engine.want import Want


def configuration(
    history: History, wants: dict[Subject, Want], left_out: Iterable[tuple[str, str]] = ()
) -> Iterator[Want]:
    """What must exist before the first record: pipeline and stages, custom fields with their options, labels.

    `left_out`: custom fields, by entity and label, that the plan has no room for.
    """
    out = set(left_out)
    for pipeline in history.mapping.pipeline:
        yield from _pipeline(history, pipeline)
    used = dict(_options(wants))
    for at, labels in _listed(history):
        used[at] = used.get(at, set()) | labels
    entities = dict.fromkeys(m.to for m in history.mapping.object.values())
    for name in entities:
        entity = history.destination.object(name)
        if entity is None or not entity.custom_fields:
            continue
        for label, kind in _new_fields(history, name).items():
            if (name, label) in out:
                continue
            options = sorted(used.get((name, label), ())) if kind != "boolean" else [YES, NO]
            yield _field(name, label, kind, options)
        for (owner, field), labels in used.items():
            if owner == name and (existing := entity.field(field)):
                yield from _labels(name, existing, labels)


def _pipeline(history: History, pipeline: Pipeline) -> Iterator[Want]:
    shown: Fields = {"probability": True} if any(s.probability is not None for s in pipeline.stages) else {}
    yield Want(part=Part("pipeline", "Pipeline", pipeline.name), fields={"label": pipeline.name, **shown})
    answers = [c.removeprefix("stage:") for c in history.answers.values() if c.startswith("stage:")]
    places = (place_of(history.mapping.pipeline, words) for words in answers)
    extra = [stage for name, stage in places if name == pipeline.name]
    stages = {s.name: s.probability for s in pipeline.stages} | dict.fromkeys(extra)
    for name, probability in stages.items():
        fields: Fields = {"label": name, "pipeline": {"$ref": ["pipeline", "Pipeline", pipeline.name]}}
        if probability is not None:
            fields["probability"] = whole(probability)
        yield Want(part=Part("stage", "Stage", f"{pipeline.name}/{name}"), fields=fields)


def whole(probability: float) -> int:
    """A chance in whole per cents, as destinations hold it: the nearest, of a half the even one (52.5 becomes 52)."""
    return round(probability)


def tell_rounded(history: History, notes: Notes) -> None:
    """Tell of every stage whose chance is finer than a destination holds; the map, and so the log, keeps it exactly."""
    for pipeline in history.mapping.pipeline:
        for stage in pipeline.stages:
            if stage.probability is not None and stage.probability != whole(stage.probability):
                rule = "the nearest whole number, of a half the even one; the map keeps the exact value"
                detail = f"{stage.probability:g} % becomes {whole(stage.probability)} %: {rule}"
                notes.tell("probability-rounded", detail, ("Stage", f"{pipeline.name}/{stage.name}"))


def _new_fields(history: History, entity: str) -> dict[str, str]:
    """Custom fields to make for an entity: kind by label, in the map's order."""
    found: dict[str, str] = {history.mapping.key_field: "text"}
    for object_map in history.mapping.object.values():
        if object_map.to == entity:
            found |= {r.made: r.kind or "text" for r in object_map.fields.values() if r.made}
    return found | dict.fromkeys(placed_labels(history, entity), "number")


def _field(entity: str, label: str, kind: str, options: list[str]) -> Want:
    wire = "enum" if kind == "boolean" else kind
    fields: Fields = {"entity": entity, "label": label, "kind": wire}
    if wire in ("enum", "multienum"):
        fields["options"] = options
    return Want(part=Part("field", "Field", f"{entity}/{label}"), fields=fields)


def _labels(entity: str, field: Field, labels: set[str]) -> Iterator[Want]:
    """Options to add to a pick-list that the account has already (labels)."""
    yield Want(
        part=Part("options", "Field", f"{entity}/{field.key}"),
        fields={"entity": entity, "field": field.key, "labels": sorted(labels)},
    )


def _listed(history: History) -> Iterator[tuple[tuple[str, str], set[str]]]:
    """What the map lists as the values of a new pick-list, by entity and label: it is made whole, used or not."""
    for object_map in history.mapping.object.values():
        for rule in object_map.fields.values():
            if rule.new and rule.values and rule.kind in ("enum", "multienum"):
                said = {str(pair[AS]) for pair in object_map.values[rule.values].values() if AS in pair}
                yield (object_map.to, rule.new), said


def _options(wants: dict[Subject, Want]) -> Iterator[tuple[tuple[str, str], set[str]]]:
    """Every option that a wanted record uses, by entity and field."""
    found: dict[tuple[str, str], set[str]] = {}
    for want in wants.values():
        for value in want.fields.values():
            if isinstance(value, dict) and "$option" in value:
                entity, field, label = value["$option"]
                found.setdefault((entity, field), set()).add(label)
            elif isinstance(value, dict) and "$options" in value:
                entity, field, labels = value["$options"]
                found.setdefault((entity, field), set()).update(labels)
    yield from found.items()
