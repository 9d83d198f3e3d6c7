"""Documented operations that this sandbox does not answer: they get a 501 that says so, not a 404."""

UNSUPPORTED: list[str] = []
"""Patterns of `version method path`."""
