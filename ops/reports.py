"""Report files: CSV that no spreadsheet takes for formulas, and JSON."""

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from ops.workspace import write_atomically

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def safe(cell: Any) -> Any:
    """A cell as it may be written: text that a spreadsheet would run gets an apostrophe before it (OWASP's list)."""
    if isinstance(cell, dict | list):
        cell = msgspec.json.encode(cell).decode()
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def write_csv(path: Path, headers: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """A CSV file, whole or not at all."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(headers)
    writer.writerows([safe(cell) for cell in row] for row in rows)
    write_atomically(path, text.getvalue())


def write_json(path: Path, value: Any) -> None:
    """A JSON file, whole or not at all."""
    write_atomically(path, msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n")
