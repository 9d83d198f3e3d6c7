"""The CSV of Bulk results: everything in quotes, nothing for null, true and false, times that end in Z."""

from collections.abc import Iterable
from typing import Any

from adapters.sandbox.salesforce import plans, times
from adapters.sandbox.salesforce.state import Draft, Row

DELIMITERS = {"BACKQUOTE": "`", "CARET": "^", "COMMA": ",", "PIPE": "|", "SEMICOLON": ";", "TAB": "\t"}
ENDINGS = {"LF": "\n", "CRLF": "\r\n"}


def sheet(draft: Draft, columns: tuple[plans.Column, ...], rows: Iterable[Row], delimiter: str, ending: str) -> str:
    """A header row and a row for each record. delimiter, ending: by the names that a job gives them."""
    lines = [[one.name for one in columns]]
    lines += ([_text(draft, one.field["type"], plans.value(draft, one, row)) for one in columns] for row in rows)
    mark, end = DELIMITERS[delimiter], ENDINGS[ending]
    return "".join(mark.join(_quoted(cell) for cell in line) + end for line in lines)


def _text(draft: Draft, kind: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if kind == "datetime":
        return times.bulk(str(value))
    if kind == "int" and draft.settings.decimal_ints:
        return str(float(value))
    return str(value)


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
