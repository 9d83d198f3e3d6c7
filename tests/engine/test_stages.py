"""Stages: the pairs that a map proposes fit the texts that the records have."""

from typing import Any

import msgspec
import pytest

from engine.mapping import Stage
from engine.preset import ObjectPreset, Preset
from engine.stages import stages
from tests.engine.shapes import DEAL, SOURCE, item

PRESET = Preset(
    pipeline="Acme", objects={"Deal": ObjectPreset(thing="deal", fields={})}, stages={"Won": "won", "New": ""}
)


def told(*names: str) -> dict[str, Any]:
    """An account whose pipelines each have the stages New, Later and Won."""
    steps = [{"label": "New", "probability": 10}, {"label": "Later", "probability": None}, {"label": "Won"}]
    return {"pipelines": [{"id": name, "label": name, "stages": steps} for name in names]}


@pytest.mark.parametrize(
    ("names", "text", "pair"),
    [
        (("Sales",), "Later", {"stage": "Later"}),
        (("Sales",), "Sales / Later", {"pipeline": "Sales", "stage": "Later"}),
        (("Sales", "Jobs"), "Jobs / Later", {"pipeline": "Jobs", "stage": "Later"}),
        (("Sales", "Jobs"), "Jobs / Won", {"pipeline": "Jobs", "stage": "Later", "status": "won"}),
    ],
)
def test_pairs_are_spelled_as_the_records_spell_them(names: tuple[str, ...], text: str, pair: dict[str, Any]) -> None:
    """A stage alone where there is one pipeline, behind its pipeline where records write it so."""
    source = msgspec.structs.replace(SOURCE, account=told(*names))
    pipelines, pairs = stages(PRESET, "Stage", source, DEAL, {"d": item("Deal", "d", Stage=text)}, "UTC")
    assert pairs[text] == pair
    assert [p.name for p in pipelines] == list(names)
    assert Stage(name="Later", probability=None) in pipelines[0].stages


def test_pipelines_that_nobody_lists_are_those_that_records_write() -> None:
    """Without a list of them they are taken from the texts, and the names that close a deal still close it."""
    texts = ["Sales / New", "Sales / New", "Jobs / New", "Jobs / New", "Sales / Won", "Sales / Won"]
    items = {str(n): item("Deal", str(n), Stage=text) for n, text in enumerate(texts)}
    pipelines, pairs = stages(PRESET, "Stage", SOURCE, DEAL, items, "UTC")
    assert {p.name: [s.name for s in p.stages] for p in pipelines} == {"Sales": ["New"], "Jobs": ["New"]}
    assert pairs["Sales / Won"] == {"pipeline": "Sales", "stage": "New", "status": "won"}
    assert pairs["Jobs / New"] == {"pipeline": "Jobs", "stage": "New"}
