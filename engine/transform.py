"""Transforms: one source cell to destination values. Pure; doubtful values become findings, never guesses.

A destination value that does not exist yet is written as a symbol, bound to an id when it is sent:

    {"$ref": [entity, object, key]}                a destination record, by what it stands for
    {"$option": [entity, field, label]}            an option of a pick-list
    {"$options": [entity, field, [labels]]}        several
    "new:entity/Label" as a field's key            the custom field of that label
"""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import nh3

from adapters.protocols import Field, Fields, Json, ObjectSchema
from adapters.sources.values import Parsed, parse
from engine.findings import Notes
from engine.history import Item
from engine.mapping import Mapping, Rule

NEW = "new:"
YES, NO = "Yes", "No"


def new_field(entity: str, label: str) -> str:
    """The symbolic key of a custom field of an entity."""
    return f"{NEW}{entity}/{label}"


class Cell:
    """One source cell on its way: the raw text, its typed value, and where doubts are told."""

    def __init__(self, item: Item, field: Field, raw: str, mapping: Mapping, notes: Notes) -> None:
        self.item = item
        self.field = field
        self.raw = raw.strip()
        self.zone = ZoneInfo(mapping.zone)
        self.notes = notes
        self.parsed: Parsed = parse(field, raw, self.zone)

    def tell(self) -> None:
        """Tell of everything doubtful in the cell."""
        for flag in self.parsed.flags:
            self.notes.tell(flag, f"{self.field.key}: {flag.replace('-', ' ')}", self.item.subject, self.field.key)


def place(fields: Fields, rule: Rule, cell: Cell, entity: ObjectSchema) -> None:
    """Put a cell's value where its rule says."""
    if rule.to:
        target = entity.field(rule.to)
        assert target is not None, f"the map was checked: {entity.name}.{rule.to}"  # noqa: S101
        _place_standard(fields, rule, cell, entity, target)
    elif rule.new:
        _place_new(fields, rule, cell, entity)
    keep(fields, rule, cell, entity)


def keep(fields: Fields, rule: Rule, cell: Cell, entity: ObjectSchema) -> None:
    """Put a cell's raw text into a labelled line, where its rule says so."""
    if (label := rule.block or rule.keep) and cell.raw:
        fields.setdefault(entity.block or "block", {})[label] = cell.raw


def _place_standard(fields: Fields, rule: Rule, cell: Cell, entity: ObjectSchema, target: Field) -> None:
    if target.kind == "address":
        _add_part(fields, rule.to, rule.part, cell)
    elif target.kind in ("phone", "email") and target.many:
        _add_elements(fields, rule, cell)
    elif target.kind == "multienum":
        labels = cell.parsed.value if isinstance(cell.parsed.value, list) else [cell.raw]
        if cell.raw and labels:
            fields[rule.to] = {"$options": [entity.name, rule.to, list(dict.fromkeys(labels))]}
    elif target.kind == "date" and (time := _time_beside(target, entity)) and _is_instant(cell):
        fields[rule.to], fields[time] = cell.parsed.value[:10], cell.parsed.value[11:16]
    else:
        _convert(fields, rule.to, cell, target.kind)


def _time_beside(target: Field, entity: ObjectSchema) -> str | None:
    """The time field that stands beside a date field (due_date, due_time): both halves of an instant, in UTC."""
    field = entity.field(target.key.removesuffix("_date") + "_time")
    return field.key if field and field.kind == "time" else None


def _is_instant(cell: Cell) -> bool:
    return isinstance(cell.parsed.value, str) and len(cell.parsed.value) > 10 and cell.field.kind == "datetime"


def _place_new(fields: Fields, rule: Rule, cell: Cell, entity: ObjectSchema) -> None:
    key = new_field(entity.name, rule.new)
    if rule.kind == "address":
        _add_part(fields, key, rule.part, cell)
    elif rule.kind == "boolean":
        if cell.parsed.value is not None:
            fields[key] = {"$option": [entity.name, rule.new, YES if cell.parsed.value else NO]}
    elif rule.kind == "enum":
        if cell.raw:
            fields[key] = {"$option": [entity.name, rule.new, cell.raw]}
    elif rule.kind == "multienum":
        labels = cell.parsed.value if isinstance(cell.parsed.value, list) else [cell.raw] if cell.raw else []
        if labels:
            fields[key] = {"$options": [entity.name, rule.new, list(dict.fromkeys(labels))]}
    else:
        _convert(fields, key, cell, rule.kind or "text")


def _add_part(fields: Fields, key: str, part: str, cell: Cell) -> None:
    """One part of an address; its whole text is composed when all parts are there."""
    if cell.raw:
        fields.setdefault(key, {})[part or "value"] = cell.raw


def _add_elements(fields: Fields, rule: Rule, cell: Cell) -> None:
    """Phones or e-mails of a cell, appended in order; the first of all is primary."""
    elements: list[dict[str, Json]] = fields.setdefault(rule.to, [])
    for value in cell.parsed.value or []:
        text = value["value"] if isinstance(value, dict) else value
        if text not in [e["value"] for e in elements]:
            elements.append({"value": text, "label": rule.label or "work", "primary": not elements})
    if not elements:
        fields.pop(rule.to)


def _convert(fields: Fields, key: str, cell: Cell, kind: str) -> None:
    """Write a cell in a kind; a value that the kind cannot hold is left out and told, if nothing else tells of it."""
    value = convert(cell, kind)
    if value is not None:
        fields[key] = value
    elif cell.raw and not cell.parsed.flags:
        detail = f"{cell.field.key}: a {cell.field.kind} that is no {kind}; it is not written"
        cell.notes.tell("not-written", detail, cell.item.subject, cell.field.key)


def convert(cell: Cell, kind: str) -> Json:
    """A cell's value in a destination field's kind; None when there is nothing to write."""
    value = cell.parsed.value
    source = cell.field.kind
    match kind:
        case "html":
            return to_html(cell.raw) or None
        case "number" | "money" | "percent":
            return value if isinstance(value, int | float) and not isinstance(value, bool) else None
        case "boolean":
            return value if isinstance(value, bool) else None
        case "date":
            return value[:10] if isinstance(value, str) and source in ("date", "datetime") else None
        case "datetime":
            return _instant(cell) if isinstance(value, str) and source in ("date", "datetime") else None
        case "time":
            return value if source == "time" else None
        case "duration":
            return clock(value) if isinstance(value, int) else None
        case _:
            return _text(cell)


def _text(cell: Cell) -> str | None:
    """The cell as text: times in RFC 3339, phones and the like exactly as they stand."""
    value = cell.parsed.value
    if cell.field.kind in ("date", "datetime") and isinstance(value, str):
        return value
    return cell.raw or None


def _instant(cell: Cell) -> str | None:
    """An instant; a date alone is the beginning of that day in the source's zone."""
    value: str = cell.parsed.value
    return day_start(value, cell.zone) if len(value) == 10 else value


def day_start(date: str, zone: ZoneInfo) -> str:
    """The instant at which a local day begins, RFC 3339 UTC."""
    return datetime.fromisoformat(date).replace(tzinfo=zone).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def clock(seconds: int) -> str:
    """A duration as hours:minutes, rounded to the nearest minute, at least one for anything that took time."""
    minutes = max(round(seconds / 60), 1 if seconds > 0 else 0)
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


_TAGS = {
    "p",
    "br",
    "div",
    "span",
    "b",
    "strong",
    "i",
    "em",
    "u",
    "ul",
    "ol",
    "li",
    "a",
    "table",
    "tr",
    "td",
    "th",
    "blockquote",
    "h1",
    "h2",
    "h3",
    "pre",
    "code",
}


def to_html(text: str) -> str:
    """Text as safe HTML: markup is kept without what could run; plain text is escaped, line breaks kept."""
    if looks_like_html(text):
        return nh3.clean(text)
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return escaped.replace("\r\n", "\n").replace("\n", "<br>")


def looks_like_html(text: str) -> bool:
    """Whether a text holds at least one tag that documents are made of."""
    lower = text.lower()
    return any(f"<{tag}>" in lower or f"<{tag} " in lower or f"<{tag}/" in lower for tag in _TAGS)


def finish(fields: Fields, entity: ObjectSchema) -> None:
    """Complete what several cells made together: an address gets its one-line text, labelled lines their order."""
    if entity.block and entity.block in fields:
        fields[entity.block] = dict(sorted(fields[entity.block].items()))  # the order in which the log gives them back
    for key, value in fields.items():
        field = entity.field(key)
        if isinstance(value, dict) and not any(k.startswith("$") for k in value):
            is_address = field.kind == "address" if field else key.startswith(NEW)
            if is_address and "value" not in value:
                value["value"] = one_line(value)


def one_line(parts: dict[str, Any]) -> str:
    """An address as one line: street, city, state and code, country."""
    region = " ".join(filter(None, (parts.get("admin_area_level_1"), parts.get("postal_code"))))
    return ", ".join(filter(None, (parts.get("route"), parts.get("locality"), region, parts.get("country"))))
