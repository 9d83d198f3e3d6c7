"""An adapter with one deliberate fault fails the suite, in the topic that the fault belongs to."""

import pytest

from tests.conformance.mutants import MUTANTS
from tests.conformance.running import REPO, offer, run


@pytest.mark.parametrize("name", MUTANTS)
def test_a_mutant_is_found(tmp_path, name):
    """The suite fails it, and so somebody would have noticed."""
    _, topic = MUTANTS[name]
    place = f"tests.conformance.mutants:bench_{name.replace('-', '_')}"
    done = run(tmp_path, name, topic=topic, most=3, path=(offer(tmp_path / "site", **{name: place}), REPO))
    assert done.topics == {topic}, done.printed
    assert done.passed, "what the fault does not touch still passes"
