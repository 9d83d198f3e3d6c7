"""Stages: the pipelines that a map proposes, and the pairs by which a source's stage texts travel into them."""

from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from adapters.protocols import ObjectSchema, Schema
from adapters.sources.values import parse
from engine.history import Item
from engine.mapping import Pipeline, Stage
from engine.pairs import Pairs, usual
from engine.preset import Preset


def stages(
    preset: Preset, field: str, source: Schema, schema: ObjectSchema, items: dict[str, Item], zone: str
) -> tuple[tuple[Pipeline, ...], Pairs]:
    """The pipelines and the pairs of the value map of a stage field: as the source tells them, else as its data shows.

    Where the source has several pipelines its texts read "Pipeline / Stage"; where it has one, they may.
    """
    if told := source.account.get("pipelines"):
        # where each pipeline is that of an object, only the object's own counts
        own = [one for one in told if one["id"] == schema.name]
        before = _is_joined(field, items, tuple(f"{one['label']} / " for one in own or told))
        several = len(told) > 1
        return _told(preset, own or told, named=several or before, before=before or (several and not own))
    return _seen(preset, field, schema, items, zone)


def joined(some: tuple[Pipeline, ...], more: tuple[Pipeline, ...]) -> tuple[Pipeline, ...]:
    """Pipelines, and those of others that have another name."""
    return (*some, *(p for p in more if p.name not in {one.name for one in some}))


def _is_joined(field: str, items: dict[str, Item], heads: tuple[str, ...] = ("",)) -> bool:
    """Whether most texts read "Pipeline / Stage". `heads`: how they may begin."""
    texts = [text for item in items.values() if (text := (item.values or {}).get(field, ""))]
    return 2 * sum(" / " in text and text.startswith(heads) for text in texts) > len(texts)


def _told(
    preset: Preset, told: list[dict[str, Any]], *, named: bool, before: bool
) -> tuple[tuple[Pipeline, ...], Pairs]:
    """`named`: a pair says in which pipeline its stage is. `before`: so do the source's texts."""
    statuses = {name.casefold(): status for name, status in preset.stages.items()}
    pipelines: list[Pipeline] = []
    pairs: Pairs = {}
    for pipeline in told:
        name = str(pipeline["label"])
        where = {"pipeline": name} if named else {}
        head = f"{name} / " if before else ""
        odds = {str(s["label"]): s.get("probability") for s in pipeline["stages"]}
        closed = {label: statuses[label.casefold()] for label in odds if statuses.get(label.casefold())}
        steps = tuple(
            Stage(name=label, probability=None if chance is None else float(chance))
            for label, chance in odds.items()
            if label not in closed
        )
        pairs |= {head + step.name: {**where, "stage": step.name} for step in steps}
        if steps:
            last = {**where, "stage": steps[-1].name}
            pairs |= {head + label: {**last, "status": status} for label, status in closed.items()}
        pipelines.append(Pipeline(name=name, stages=steps))
    return tuple(pipelines), pairs


def _seen(
    preset: Preset, field: str, schema: ObjectSchema, items: dict[str, Item], zone: str
) -> tuple[tuple[Pipeline, ...], Pairs]:
    """The pipeline and its pairs: known stage names, in the order of their probabilities.

    Where the preset knows no open stage they are the customer's own, and every name that a deal has is one.
    """
    if not preset.stages or _is_joined(field, items):
        return _written(preset, field, items)
    texts = [(i.values or {}).get(field, "").strip() for i in items.values()]
    used = {text.casefold(): text for text in reversed(texts) if text}
    known = [name for name in preset.stages if name.casefold() in used]
    odds = _probabilities(field, schema, items, zone)
    steps = [name for name in known if not preset.stages[name]]
    if all(preset.stages.values()):
        closed = {name.casefold() for name in preset.stages}
        steps = [used[text.casefold()] for text in dict.fromkeys(texts) if text and text.casefold() not in closed]
        steps = list(dict.fromkeys(steps))
    positions = list(preset.stages) + steps
    steps.sort(key=lambda n: (odds.get(n.casefold(), 101.0), positions.index(n)))
    pairs = {name: {"stage": name} for name in steps}
    if steps:
        pairs |= {n: {"stage": steps[-1], "status": preset.stages[n]} for n in known if preset.stages[n]}
    stages = tuple(Stage(name=n, probability=odds.get(n.casefold())) for n in steps)
    return (Pipeline(name=preset.pipeline, stages=stages),), pairs


def _written(preset: Preset, field: str, items: dict[str, Item]) -> tuple[tuple[Pipeline, ...], Pairs]:
    """The pipelines that records write before their stages, as they name them; odd stages are asked about."""
    found: dict[str, list[str]] = {}
    texts = {text: text.rpartition(" / ")[::2] for text in usual(field, items)}
    for pipeline, stage in texts.values():
        found.setdefault(pipeline or preset.pipeline, []).append(stage)
    told = [{"label": name, "stages": [{"label": s} for s in steps]} for name, steps in found.items()]
    pipelines, pairs = _told(preset, told, named=True, before=True)
    written = {text: pairs.get(f"{pipeline or preset.pipeline} / {stage}") for text, (pipeline, stage) in texts.items()}
    return pipelines, {text: pair for text, pair in written.items() if pair is not None}


def _probabilities(stage: str, schema: ObjectSchema, items: dict[str, Item], zone: str) -> dict[str, float]:
    """The usual probability of each stage, folded, as the deals have it."""
    field = schema.field("Probability")
    found: dict[str, list[float]] = {}
    for item in items.values() if field else ():
        values = item.values or {}
        assert field is not None  # noqa: S101 - narrowed above
        odds = parse(field, values.get("Probability", ""), ZoneInfo(zone)).value
        if isinstance(odds, int | float):
            found.setdefault(values.get(stage, "").strip().casefold(), []).append(odds)
    return {name: median(values) for name, values in found.items()}
