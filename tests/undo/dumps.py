"""A sandbox's contents in a form that two accounts share: no ids, no field codes, no times of the server's own."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

Row = dict[str, Any]
Dump = dict[str, list[str]]

MOVING = {
    "id", "update_time", "stage_change_time", "marked_as_done_time", "code", "key", "order_nr", "deal", "person",
    "organization", "modified", "created", "last_login",
}  # fmt: skip
"""What a second creation changes, and what the server embeds or counts for itself."""

TABLE_OF = {
    "org_id": "organizations", "person_id": "persons", "deal_id": "deals", "pipeline_id": "pipelines",
    "stage_id": "stages", "lead_id": "leads",
}  # fmt: skip
"""Which table a link points into."""

MARK = re.compile(r"([\w-]+/[A-Z]\w+/[^\s<>\"/]+)/\d+\.\d+")
"""Our key in a value: migration, object, key; then the run and the attempt, which a second creation changes."""


def dump(records: dict[str, list[Row]]) -> Dump:
    """Every table as sorted lines of JSON, links and options by name."""
    names = _Names(records)
    return {
        table: sorted(names.line(table, row) for row in rows) for table, rows in records.items() if table != "users"
    }


def keys(records: dict[str, list[Row]]) -> Counter[str]:
    """How often each of our keys (object/key, without migration, run and attempt) stands in a live record."""
    return Counter(key for _, _, key in marked(records))


def marked(records: dict[str, list[Row]]) -> Iterator[tuple[str, str, str]]:
    """Live records that carry our key: table, id, and the key (object/key)."""
    for table in ("organizations", "persons", "deals", "activities", "notes"):
        for row in records[table]:
            for mark in sorted(set(MARK.findall(json.dumps(row)))):
                yield table, str(row["id"]), mark.partition("/")[2]


class _Names:
    """What ids and codes of one account mean."""

    def __init__(self, records: dict[str, list[Row]]) -> None:
        self.founded = min(row["add_time"] for row in records["pipelines"])[:10]
        self.fields = {(f["entity"], f["code"]): f for f in records["fields"]}
        self.rows = {(table, str(row["id"])): row for table, rows in records.items() for row in rows if "id" in row}

    def line(self, table: str, row: Row) -> str:
        """One record as a line."""
        kept = {k: self._value(table, k, v) for k, v in row.items() if k not in MOVING and not self._own_time(k, v)}
        custom = row.get("custom_fields") or {}
        kept["custom_fields"] = {
            self.fields[table, code]["name"]: self._value(table, code, value)
            for code, value in custom.items()
            if value is not None
        }
        if table == "fields":
            kept["options"] = sorted(o["label"] for o in row.get("options") or ())
        return json.dumps(kept, sort_keys=True, ensure_ascii=False)

    def _own_time(self, key: str, value: Any) -> bool:
        """Whether a time is one that the server gave: no record of ours is as young as the account."""
        return key == "add_time" and str(value) >= self.founded

    def _value(self, table: str, key: str, value: Any) -> Any:
        if key in TABLE_OF and value is not None:
            return self._name(TABLE_OF[key], value)
        options = {o["id"]: o["label"] for o in self.fields.get((table, key), {}).get("options") or ()}
        if isinstance(value, list):
            items = [self._value(table, key, item) for item in value]
            return sorted(items, key=str) if options else items
        if isinstance(value, dict):
            return {k: self._value(table, k, v) for k, v in value.items()}
        if isinstance(value, str):
            return MARK.sub(r"\1", value)
        return options.get(value, value) if options and not isinstance(value, bool) else value

    def _name(self, table: str, id: Any) -> str:
        """What a link points at, by our key where it has one, else by its name."""
        row = self.rows.get((table, str(id)))
        if row is None:
            return f"a deleted one of {table}"
        found = MARK.search(json.dumps(row.get("custom_fields") or {}))
        return found.group(1) if found else str(row.get("name") or row.get("title"))
