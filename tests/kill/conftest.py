"""The points from which the killed commands start are those of the undo tests."""

from tests.undo.conftest import at_delta, at_end, at_run, empty

__all__ = ["at_delta", "at_end", "at_run", "empty"]
