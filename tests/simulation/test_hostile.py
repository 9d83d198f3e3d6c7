"""A world that breaks the bounds: requests land minutes late, processes stand still; the operator's sweep mends it."""

from collections import Counter

import pytest

from tests.simulation.seeds import BILLION, STAGES, judged, made
from tests.undo.dumps import keys

FIRST = BILLION * STAGES.index("hostile")
SEEDS = 120
CHUNKS = 4


@pytest.mark.parametrize("part", range(CHUNKS))
def test_outside_the_bounds_the_sweep_leaves_no_copy(part: int) -> None:
    """No key stands in two live records, the log names each repair, nothing is in doubt, and the log is whole.

    The plays must be as hostile as they are meant to be: some end with copies, and in some the power fails.
    """
    bad, seen = {}, Counter[str]()
    for seed in range(FIRST + part, FIRST + SEEDS, CHUNKS):
        played = made(seed)
        played.run()
        seen["copies"] += any(n > 1 for n in keys(played.records()).values())
        seen["power cuts"] += played.machine.counts["power cut"]
        if found := judged(seed, played):
            bad[seed] = found
        played.close()
    assert bad == {}
    assert seen["copies"] > 0
    assert seen["power cuts"] > 0
