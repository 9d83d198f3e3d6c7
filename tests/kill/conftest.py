"""The points from which the killed commands start are those of the undo tests, for each destination."""

import pytest

from tests.e2e.pairs import PAIRS, Pair
from tests.undo.conftest import at_delta, at_end, at_run, empty

__all__ = ["at_delta", "at_end", "at_run", "empty"]


@pytest.fixture(scope="session", params=PAIRS, ids=lambda pair: pair.kind)
def pair(request: pytest.FixtureRequest) -> Pair:
    """The pair that is played: every test here is played with each."""
    found: Pair = request.param
    return found
