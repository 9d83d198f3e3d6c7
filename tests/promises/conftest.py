"""Worlds that these tests start from: a migration right before its run, and one whose base run is done."""

from tests.engine.conftest import at_rest, at_run, moved, ready

__all__ = ["at_rest", "at_run", "moved", "ready"]
