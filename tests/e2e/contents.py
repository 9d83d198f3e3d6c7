"""What a sandbox holds, in the words of the source: fields by name, options by label, links by source key.

Two accounts that were filled by the same migration are equal in this form, whatever ids, field codes and times their
servers gave.
"""

import re
from collections.abc import Mapping
from typing import Any

KEY_FIELD = "Cutover key"
_OURS = re.compile(r"^[^/]+/(?P<subject>.+)/\d+\.\d+$")
_IN_TEXT = re.compile(r"Migration key = (?P<key>[^<\s]+)")
_TABLES = ("organizations", "persons", "deals", "activities", "notes")
_LINKS = {
    "org_id": "organizations",
    "person_id": "persons",
    "deal_id": "deals",
    "pipeline_id": "pipelines",
    "stage_id": "stages",
}
_SERVERS = frozenset({
    "id", "update_time", "stage_change_time", "marked_as_done_time", "last_updated_by_user_id", "made_by", "code",
    "key", "creator_user_id", "last_update_user_id",
})  # fmt: skip
_STAMPED = frozenset({"deals", "activities", "pipelines", "stages", "fields"})
"""Tables whose add_time the server sets; elsewhere it is ours."""

Record = dict[str, Any]


class Contents:
    """The records of an account.

    `by_key` has each record that we wrote under its source key ("Company/C-1001"); `tables` has everything in
    comparable form, table by table, whoever made it.
    """

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self.raw = raw
        self._fields = {(f["entity"], f["code"]): f for f in raw["fields"]}
        self._names = {t: {r["id"]: self._name(t, r) for r in raw[t]} for t in (*_TABLES, "pipelines", "stages")}
        self.by_key: dict[str, Record] = {}
        for table in _TABLES:
            for row in raw[table]:
                if key := self.source_key(table, row):
                    assert key not in self.by_key, f"{key} is there twice"
                    self.by_key[key] = self._record(table, row) | {"id": row["id"]}
        self.tables = {t: self._rows(t) for t in (*_TABLES, "pipelines", "stages", "fields")}

    def __getitem__(self, key: str) -> Record:
        return self.by_key[key]

    def __contains__(self, key: str) -> bool:
        return key in self.by_key

    def field_name(self, code: str) -> str:
        """A field's name by its code; the code itself where no custom field has it."""
        return next((f["name"] for f in self.raw["fields"] if f["code"] == code and f["custom"]), code)

    def source_key(self, table: str, row: Record) -> str:
        """Which source record a record was made from; empty where we did not make it."""
        for code, value in (row.get("custom_fields") or {}).items():
            field = self._fields.get((table, code))
            if value and field and field["name"] == KEY_FIELD:
                return _subject(str(value))
        found = _IN_TEXT.search(str(row.get("note") or row.get("content") or ""))
        return _subject(found["key"]) if found else ""

    def _name(self, table: str, row: Record) -> str:
        own = row.get("name") or row.get("title") or row.get("subject") or row["id"]
        return self.source_key(table, row) or str(own)

    def _rows(self, table: str) -> list[str]:
        make = self._field if table == "fields" else lambda row: self._record(table, row)
        return sorted(repr(sorted(make(row).items())) for row in self.raw[table])

    def _record(self, table: str, row: Record) -> Record:
        out: Record = {}
        for name, value in row.items():
            if name == "custom_fields":
                out |= {self._label(table, c): self._value(table, c, v) for c, v in value.items() if v is not None}
            elif name in _LINKS:
                out[name] = self._names[_LINKS[name]].get(value, value)
            elif name == "participants":
                out[name] = [p | {"person_id": self._names["persons"].get(p["person_id"])} for p in value or ()]
            elif name not in _SERVERS and not (name == "add_time" and table in _STAMPED):
                out[name] = self._value(table, name, value)
        return out

    def _label(self, table: str, code: str) -> str:
        field = self._fields.get((table, code))
        return field["name"] if field else code

    def _value(self, table: str, code: str, value: Any) -> Any:
        """A value with options as labels, and our key without the run and attempt that it ends with."""
        field = self._fields.get((table, code))
        labels = {o["id"]: o["label"] for o in (field or {}).get("options") or ()}
        if labels and isinstance(value, list):
            return sorted(labels.get(v, v) for v in value)
        if labels:
            return labels.get(value, value)
        if isinstance(value, str):
            return _IN_TEXT.sub(lambda m: f"Migration key = {_subject(m['key'])}", _subject(value) or value)
        return value

    def _field(self, row: Record) -> Record:
        kept = {k: v for k, v in row.items() if k not in _SERVERS and k not in ("add_time", "order_nr", "shape")}
        return kept | {"options": sorted(o["label"] for o in row.get("options") or ())}


def _subject(key: str) -> str:
    """The source record in one of our keys ("ws/Company/C-1001/151.1"); empty where the text is none."""
    found = _OURS.match(key)
    return found["subject"] if found else ""
