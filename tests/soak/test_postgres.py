"""PostgreSQL stopped at once: a sample."""

import pytest

from tests.soak.conftest import Soak


@pytest.mark.promise("F-184")
def test_three_stops(soak: Soak) -> None:
    """The server goes down under two writers: what was acknowledged is there once, what was in doubt is known."""
    figures = soak("postgres", "--stops", "3", "--seed", "1")
    assert figures["stops"] == 3
    assert figures["acknowledged"] >= 6
    assert figures["doubts"] >= 1
