"""Report files: what a spreadsheet would run is text in them, and everything else is as it was."""

import csv
from pathlib import Path

import pytest

from ops.reports import safe, write_csv

FORMULA = "=HYPERLINK(0)"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20"])
def test_a_formula_is_written_as_text(start: str) -> None:
    """Whatever a spreadsheet takes for the beginning of a formula has an apostrophe before it."""
    assert safe(start + FORMULA) == f"'{start}{FORMULA}"


def test_numbers_and_plain_text_are_left_alone(tmp_path: Path) -> None:
    """A negative number stays one; a text with an equals sign inside stays as it is; a list becomes JSON."""
    write_csv(tmp_path / "f.csv", ("a", "b", "c"), [(-5, "1=1", ["=1"])])
    rows = list(csv.reader((tmp_path / "f.csv").read_text(encoding="utf-8").splitlines()))
    assert rows == [["a", "b", "c"], ["-5", "1=1", '["=1"]']]
