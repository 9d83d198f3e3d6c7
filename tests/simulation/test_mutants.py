"""Each mutant is caught by the seed that is pinned to it, and that seed has nothing to say of the real code."""

import pytest

from tests.simulation.mutants import MUTANTS, Mutant, caught
from tests.simulation.seeds import wrong


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_the_simulator_notices(mutant: Mutant) -> None:
    """The judge finds something wrong, or the play never comes to its end."""
    assert wrong(mutant.seed) == []
    assert caught(mutant, mutant.seed) != []


def test_there_are_enough() -> None:
    """At least thirty guards are taken out, each another one."""
    assert len({(m.where, m.guard) for m in MUTANTS}) == len(MUTANTS) >= 30
