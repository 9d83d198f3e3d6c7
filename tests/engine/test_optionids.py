"""Ids of options, which may be labels with any character in them."""

import pytest

from engine.optionids import option_ids, options_id


@pytest.mark.parametrize("ids", [["7"], ["7", "8"], ["Decision maker"], ["a/b", "c,d", "50 %"], ["Ümläut"]])
def test_ids_of_options_come_back(ids: list[str]) -> None:
    """Whatever the options are called, their common id names each of them again."""
    made = options_id("contact/tags", ids)
    assert made.startswith("contact/tags/")
    assert made.count("/") == 2
    assert option_ids(made) == ids
