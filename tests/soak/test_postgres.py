"""PostgreSQL stopped at once: a sample."""

from tests.soak.conftest import Soak


def test_three_stops(soak: Soak) -> None:
    """The server goes down under two writers: what was acknowledged is there once, what was in doubt is known."""
    figures = soak("postgres", "--stops", "3", "--seed", "1")
    assert figures["stops"] == 3
    assert figures["acknowledged"] >= 6
    assert figures["doubts"] >= 1
