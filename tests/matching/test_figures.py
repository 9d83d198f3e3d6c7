"""How good proposals are, on schemas whose truth is known: those that matching was built on, and those kept apart."""

import time

import msgspec
import pytest

from engine.matching.document import answer
from tests.matching.figures import figures
from tests.matching.scored import documents, value_lists


@pytest.mark.parametrize("folder", ["schemas", "held"])
@pytest.mark.parametrize("labels", [True, False], ids=["labels", "headers alone"])
def test_proposals_are_right_and_know_it(folder: str, labels: bool) -> None:
    """Nearly every first proposal is right, one of three nearly always; those that are sure are right, and are many."""
    found = figures(documents(folder), labels=labels)
    assert found.recall >= 0.95, found.wrong
    assert found.recall_of_three >= 0.99, found.wrong
    assert found.precision >= 0.995, found.wrong
    assert found.coverage >= 0.75


@pytest.mark.parametrize("name", ["values.txt", "values_held.txt"])
def test_values_find_their_option(name: str) -> None:
    """Nine values of ten go to the right option, or to none where none says the same."""
    found = figures(value_lists(name))
    assert found.recall >= 0.9, found.wrong
    assert found.precision >= 0.99, found.wrong


def test_a_schema_takes_milliseconds() -> None:
    """Half of the schemas take less than 50 ms of one core."""
    asked = [msgspec.json.encode({k: d[k] for k in d if k not in ("truth", "also_ok")}) for d in documents("schemas")]
    answer(asked[0])
    taken = []
    for document in asked:
        begun = time.process_time()
        answer(document)
        taken.append(time.process_time() - begun)
    assert sorted(taken)[len(taken) // 2] < 0.05


def test_every_field_gets_a_reason_and_a_falling_confidence() -> None:
    """Each field has proposals, best first, each with words; no target comes twice."""
    for document in documents("held"):
        for ranked in answer(msgspec.json.encode(document)).values():
            confidences = [p["confidence"] for p in ranked]
            assert ranked
            assert confidences == sorted(confidences, reverse=True)
            assert all(0 < c < 1 for c in confidences)
            assert all(p["reason"] for p in ranked)
            assert len({p["target"] for p in ranked}) == len(ranked)
