"""The forecast: what a run costs in the destination's own unit and how long it takes, from counts and the plan alone.

The cost model is the adapter's (`engine.account.Costs`), as `engine.estimate` uses it for the very writes of a run;
here each record counts as one create, read back once.
"""

from collections.abc import Mapping

import msgspec

from adapters.protocols import Fields
from engine.account import Costs
from engine.estimate import run_seconds
from engine.words import WORDS

STAGES = 6
"""Stages that a pipeline is taken to have where nobody has counted them."""

_TYPICAL: dict[str, dict[str, Fields]] = {
    "nutshell": {"lead": {"title": "x", "value": {"value": 1, "currency": "USD"}, "status": "won"}},
}
"""Fields of a typical record, by destination, where some take a request of their own: a lead with a value, closed."""


class Forecast(msgspec.Struct, frozen=True, kw_only=True):
    """What a run costs and how long it takes. unit: the destination's. per_day: what the plan allows in a day."""

    unit: str
    total: float
    seconds: float
    requests: int
    per_day: int


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """What is made before the first record: custom fields by entity, pipelines with their stages.

    by_api: the API makes pipelines; else an administrator does.
    """

    fields: Mapping[str, int] = {}
    pipelines: int = 0
    by_api: bool = False


def forecast(
    destination: str, unit: str, costs: Costs, entities: Mapping[str, int], made: Made, seats: int
) -> Forecast:
    """The forecast of a first run. entities: how many records of each are to be made."""
    total, requests = 0.0, 0
    for entity, count in entities.items():
        fields = _TYPICAL.get(destination, {}).get(entity)
        each = costs.cost(entity, "create", fields)
        steps = max(round(each / costs.cost(entity, "create")), 1)
        total += count * each + costs.reading(entity, count, count)
        requests += count * steps
    of_fields = sum(made.fields.values())
    stages = made.pipelines * STAGES
    total += of_fields * costs.cost("field", "create") + costs.learning(entities)
    if made.by_api:
        total += made.pipelines * costs.cost("pipeline", "create") + stages * costs.cost("stage", "create")
        requests += made.pipelines + stages
    per_second, per_day = costs.pace(seats)
    return Forecast(
        unit=unit,
        total=round(total, 2),
        seconds=round(run_seconds(requests + of_fields, total, per_second, per_day), 1),
        requests=requests + of_fields,
        per_day=per_day,
    )


def entity_of(destination: str, thing: str) -> str:
    """The entity that a thing (a word of `engine.words`) becomes at a destination; empty where there is none."""
    there = WORDS.get(destination, {}).get(thing)
    return there.to if there else ""
