"""Rows of tables of tests, each marked with the trap that it stands for."""

import pytest


def trap(id: str, *values: object) -> object:
    """A row, marked with its trap."""
    return pytest.param(*values, marks=pytest.mark.trap(id), id=f"{id}-{'-'.join(map(str, values))}")
