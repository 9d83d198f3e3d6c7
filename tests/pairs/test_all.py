"""Every source into every destination: complete, verified, and taken back."""

import pytest

from tests.e2e.pairs import PAIRS, Pair
from tests.pairs.conftest import Played
from tests.pairs.sides import SIDES, Side

COMBINATIONS = [
    pytest.param(side, pair, id=f"{side.kind}:{pair.kind}", marks=pytest.mark.xdist_group(f"{side.kind}-{pair.kind}"))
    for side in SIDES.values()
    for pair in PAIRS
]
SIX = ("written", "unchanged", "skipped", "held", "rejected", "pending")


@pytest.mark.parametrize(("side", "pair"), COMBINATIONS)
def test_it_completes(played: Played, side: Side, pair: Pair) -> None:
    """All that was extracted is accounted for, both sides agree after the run and after the delta."""
    found = played(side, pair)
    for seen in (found.base, found.later):
        assert seen.reconciled.ok, seen.reconciled
        assert sum(c["written"] for c in seen.counts.values()) > 50
        for counts in seen.counts.values():
            assert sum(counts[d] for d in SIX) == counts["extracted"]
            assert counts["pending"] == 0


@pytest.mark.parametrize(("side", "pair"), COMBINATIONS)
def test_it_is_taken_back(played: Played, side: Side, pair: Pair) -> None:
    """After the rollback the account holds what it held before, but for what the platform cannot delete."""
    found = played(side, pair)
    for table, rows in found.before.items():
        if table not in {*pair.stays, "fields", "pipelines", "stages", "tags", "customFields", "activity_types"}:
            assert len(found.after[table]) == len(rows), table
