"""The points from which the killed commands start are those of the undo tests, for each destination."""

import pytest

from tests.e2e.pairs import PAIRS, Pair
from tests.undo.conftest import at_delta, at_end, at_run, empty

__all__ = ["at_delta", "at_end", "at_run", "empty"]


@pytest.fixture(scope="session", params=PAIRS, ids=lambda pair: pair.kind)
def pair(request: pytest.FixtureRequest) -> Pair:
    """The pair that is played; a test of which the destination decides nothing is played with one (`ONE`)."""
    found: Pair = request.param
    return found
