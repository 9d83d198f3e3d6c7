"""Changes cut into steps: they end, and what they leave is what was wanted."""

import random
from typing import Any

import pytest

from adapters.destinations.pipedrive import Pipedrive
from adapters.destinations.pipedrive.catalogue import ENTITIES

STEP = Pipedrive().step
DETAILS: dict[str, dict[str, bool]] = {
    "organization": {"followers": True, "parent_id": False, "related_ids": True},
    "person": {"followers": True},
    "deal": {"followers": True, "participants": True},
    "product": {"followers": True},
}
"""The details of each entity, and whether they are lists."""


def some_fields(entity: str, dice: random.Random) -> dict[str, Any]:
    """Some plain fields and some details, in any order."""
    fields: dict[str, Any] = {key: dice.choice([None, "", "x", "y"]) for key in ("name", "title")}
    for key, many in DETAILS[entity].items():
        items = dice.sample("1234", dice.randrange(5))
        fields[key] = dice.choice([items, None]) if many else (items or [None])[0]
    keys = dice.sample(sorted(fields), dice.randrange(1, len(fields) + 1))
    return {key: fields[key] for key in keys}


@pytest.mark.parametrize("entity", list(DETAILS))
def test_repeated_steps_reach_what_is_wanted(entity: str) -> None:
    """From any record, and from none; each step is one request and changes something until nothing is left."""
    for seed in range(500):
        dice = random.Random(seed)
        _reach(entity, some_fields(entity, dice), dice.choice([None, some_fields(entity, dice)]))


def _reach(entity: str, wanted: dict[str, Any], before: dict[str, Any] | None) -> None:
    present = dict(before or {})
    left = dict(wanted)
    if before is None:
        first = STEP(entity, None, wanted)
        assert all(not first.get(key) for key in DETAILS[entity])
        present |= first
        left = {key: value for key, value in wanted.items() if key not in first}
    for _ in range(40):
        if not left:
            break
        step = STEP(entity, {key: present.get(key) for key in left}, left)
        assert step
        assert _requests(entity, present, step) <= 1
        assert any(present.get(key) != value for key, value in step.items()) or step == left
        present |= step
        left = {key: value for key, value in left.items() if key not in present or present[key] != value}
    assert left == {}
    assert {key: present.get(key) for key in wanted} == wanted


def _requests(entity: str, before: dict[str, Any], step: dict[str, Any]) -> int:
    """How many unsafe requests a step needs: one for the plain fields, one for each item of a detail."""
    plain = any(key not in DETAILS[entity] for key in step)
    items = 0
    for key in step.keys() & DETAILS[entity].keys():
        here, there = (set([v] if isinstance(v, str) else v or []) for v in (before.get(key), step[key]))
        items += len(here ^ there)
    return items + plain * (items == 0 or any(before.get(k) != v for k, v in step.items() if k not in DETAILS[entity]))


def test_a_lead_is_archived_after_it_was_made() -> None:
    """The API creates no archived lead."""
    wanted = {"title": "x", "is_archived": True}
    assert STEP("lead", None, wanted) == {"title": "x"}
    assert STEP("lead", {"is_archived": None}, {"is_archived": True}) == {"is_archived": True}
    assert STEP("lead", None, {"title": "x", "is_archived": False}) == {"title": "x", "is_archived": False}


def test_a_file_is_described_after_it_was_made() -> None:
    """The upload carries its content, its name and where it hangs, nothing else."""
    upload = {"content": {"digest": "d"}, "name": "x", "deal_id": "1"}
    later = {"description": "y", "block": {"A": "b"}, "mark": "m"}
    assert STEP("file", None, upload | later) == upload
    assert STEP("file", None, upload | {"description": None}) == upload | {"description": None}
    link = {"remote_id": "r", "deal_id": "1"}
    assert STEP("remote_file", None, link | later | {"name": "n"}) == link


def test_another_parent_is_two_steps() -> None:
    """The old one goes, the new one comes."""
    assert STEP("organization", {"parent_id": "1"}, {"parent_id": "2"}) == {"parent_id": None}
    assert STEP("organization", {"parent_id": None}, {"parent_id": "2"}) == {"parent_id": "2"}


def test_lead_labels_are_made_one_by_one() -> None:
    """All other pick-lists take their labels at once."""
    many = {"field": "label_ids", "labels": ["A", "B"]}
    assert STEP("options", None, {"entity": "lead", **many})["labels"] == ["A"]
    assert STEP("options", None, {"entity": "person", **many})["labels"] == ["A", "B"]
    assert STEP("options", None, {"entity": "lead", **many, "field": "f" * 40})["labels"] == ["A", "B"]
    assert STEP("pipeline", None, {"label": "x"}) == {"label": "x"}


def test_every_detail_is_stepped() -> None:
    """The table above leaves no detail out but the content of files, which the upload carries."""
    details = {name: set(entity.details) - {"content"} for name, entity in ENTITIES.items()}
    assert {name: keys for name, keys in details.items() if keys} == {n: set(k) for n, k in DETAILS.items()}
