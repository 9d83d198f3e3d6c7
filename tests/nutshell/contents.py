"""What a Nutshell sandbox holds, in the words of the source: links by source key or by name."""

import re
from collections.abc import Mapping
from typing import Any

from tests.undo.nutshell_dumps import TEXTS, dump

Record = dict[str, Any]

_OURS = re.compile(r"[\w-]+/(?P<subject>[A-Z]\w+/[^\s<>\"/]+)/\d+\.\d+")
_REFERENCE = re.compile(r"\d+-[A-Za-z]+")


class Contents:
    """The records of an account.

    `by_key` has each record that we wrote under its source key ("Company/C-1001"): as REST shows it, its links by the
    source keys or the names of what they point at, and a logged activity's note as "log". `tables` has everything in
    comparable form, whoever made it.
    """

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self.raw = raw
        self.tables = dump(dict(raw))
        self._rows: dict[str, Record] = {row["id"]: row for rows in raw.values() for row in rows}
        self.by_key: dict[str, Record] = {}
        for table in TEXTS:
            for row in raw[table]:
                if (key := self._key(table, row)) and not (table == "notes" and row["links"]["parent"] is None):
                    assert key not in self.by_key, f"{key} is there twice"
                    self.by_key[key] = self._record(table, row)

    def __getitem__(self, key: str) -> Record:
        return self.by_key[key]

    def __contains__(self, key: str) -> bool:
        return key in self.by_key

    def keys(self, object: str) -> set[str]:
        """The source keys of an object's records."""
        return {key for key in self.by_key if key.startswith(f"{object}/")}

    def field(self, entity: str, name: str) -> Record:
        """A custom field."""
        (found,) = [f for f in self.raw["custom_fields"] if (f["entity"], f["title"]) == (entity, name)]
        return dict(found)

    def _key(self, table: str, row: Record) -> str:
        if table in ("accounts", "contacts", "leads"):
            text = str(row["customFields"].get("Cutover key", ""))
        else:
            text = self._text(table, row)
        found = _OURS.search(text)
        return found["subject"] if found else ""

    def _text(self, table: str, row: Record) -> str:
        """The text that carries our key and the labelled lines."""
        if table == "activities":
            note = self._rows.get(row["links"]["logNote"] or "")
            return str(note["body"]) if note else str(row["agenda"])
        return str(row["description"] if table == "tasks" else row["body"])

    def _record(self, table: str, row: Record) -> Record:
        links = {k: self._named(v) for k, v in row["links"].items()}
        out = {**row, "links": links}
        if table == "activities":
            out["log"] = self._text(table, row)
        if table == "contacts":
            out["jobTitles"] = {self._named(k): v for k, v in row["jobTitles"].items()}
        if table == "notes":
            out["author"] = self._named(row["author"])
        return out

    def _named(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._named(one) for one in value]
        if not isinstance(value, str) or not _REFERENCE.fullmatch(value) or value not in self._rows:
            return value
        row = self._rows[value]
        table = value.partition("-")[2]
        key = self._key(table, row) if table in TEXTS else ""
        return key or row.get("name") or row.get("title") or value
