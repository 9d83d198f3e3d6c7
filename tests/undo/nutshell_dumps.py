"""A Nutshell account's contents in a form that two accounts share: no ids, no revs, no times of the server's own."""

import json
import re
from collections import Counter
from typing import Any

from tests.undo.dumps import MARK, Dump, Row

MOVING = {
    "id", "rev", "number", "href", "htmlUrl", "htmlUrlPath", "createdTime", "modifiedTime", "closedTime", "loggedTime",
}  # fmt: skip
"""What a second creation changes."""

TEXTS = ("accounts", "contacts", "leads", "activities", "tasks", "notes")
"""The tables that carry our keys; that of a logged activity stands in the note of its log."""

_REFERENCE = re.compile(r"\d+-[A-Za-z]+")


def dump(records: dict[str, list[Row]]) -> Dump:
    """Every table as sorted lines of JSON, links by name."""
    names = _Names(records)
    return {table: sorted(map(names.line, rows)) for table, rows in records.items() if table != "users"}


def keys(records: dict[str, list[Row]]) -> Counter[str]:
    """How often each of our keys (object/key, without migration, run and attempt) stands in a live record."""
    found = Counter[str]()
    for table in TEXTS:
        for row in records[table]:
            found.update(m.partition("/")[2] for m in set(MARK.findall(json.dumps(row))))
    return found


class _Names:
    """What the references of one account mean."""

    def __init__(self, records: dict[str, list[Row]]) -> None:
        self.rows: dict[str, Row] = {row["id"]: row for rows in records.values() for row in rows}

    def line(self, row: Row) -> str:
        """One record as a line; choices of a pick-list, and links that have no first one, in the alphabet's order."""
        kept = {k: self._value(v) for k, v in row.items() if k not in MOVING}
        kept |= {"enum": sorted(kept["enum"])} if "enum" in kept else {}
        if isinstance(links := kept.get("links"), dict):
            ordered = {"accounts", "contacts"} if kept["type"] == "leads" else set()
            kept["links"] = {k: sorted(v) if isinstance(v, list) and k not in ordered else v for k, v in links.items()}
        return json.dumps(kept, sort_keys=True, ensure_ascii=False)

    def _value(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._value(item) for item in value]
        if isinstance(value, dict):
            return {self._value(k): self._value(v) for k, v in value.items()}
        if not isinstance(value, str):
            return value
        return self._name(value) if _REFERENCE.fullmatch(value) else MARK.sub(r"\1", value)

    def _name(self, reference: str) -> str:
        """What a reference points at, by our key where it has one, else by its name."""
        row = self.rows.get(reference)
        if row is None:
            return reference
        found = MARK.search(json.dumps([row.get("customFields"), row.get("body"), row.get("description")]))
        return found.group(1) if found else str(row.get("name") or row.get("title") or row.get("body"))
