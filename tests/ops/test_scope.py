"""The scope document: what does not fit into a table is cut, and shows that it is."""

import pytest

from ops.scope import cell


@pytest.mark.parametrize(
    ("text", "shown"),
    [("x" * 120, "x" * 120), ("x" * 121, "x" * 119 + "…"), ("a|b\nc", "a\\|b c")],
    ids=["it fits", "it is cut", "it would break the table"],
)
def test_a_cell_of_a_table(text: str, shown: str) -> None:
    """A long text ends with a sign that there is more of it; a bar and a line break do not end the cell."""
    assert cell(text) == shown
