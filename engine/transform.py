"""Transforms: one source cell to destination values. Pure; doubtful values become findings, never guesses.

A destination value that does not exist yet is written as a symbol, bound to an id when it is sent:

    {"$ref": [entity, object, key]}                a destination record, by what it stands for (in a list where `many`)
    {"$option": [entity, field, label]}            an option of a pick-list
    {"$options": [entity, field, [labels]]}        several
    "new:entity/Label" as a field's key            the custom field of that label
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from adapters.protocols import Field, Fields, Json, ObjectSchema
from adapters.sources.dates import clock_of
from adapters.sources.names import fold
from adapters.sources.numbers import currency
from adapters.sources.values import JSON_LIST, Parsed, parse
from engine.attachments import bare_name, described
from engine.findings import Notes
from engine.history import Item
from engine.mapping import Mapping, Rule
from engine.markup import images, looks_like_html, to_html, to_text

NEW = "new:"
YES, NO = "Yes", "No"
AMOUNTS = frozenset({"value", "price"})
"""Destination fields with an amount whose currency may stand in a field beside them."""
_UNITS = {"minutes": 60, "seconds": 1}
"""What a number is that becomes a duration, as the rule's `part`."""


def new_field(entity: str, label: str) -> str:
    """The symbolic key of a custom field of an entity."""
    return f"{NEW}{entity}/{label}"


class Cell:
    """One source cell on its way: the raw text, its typed value, and where doubts are told."""

    def __init__(self, item: Item, field: Field, raw: str, mapping: Mapping, notes: Notes) -> None:
        self.item = item
        self.field = field
        self.raw = raw.strip()
        self.mapping = mapping
        self.zone = ZoneInfo(mapping.zone)
        self.currency = mapping.currency
        self.files = mapping.files
        self.notes = notes
        self.parsed: Parsed = parse(field, raw, self.zone)

    def tell(self) -> None:
        """Tell of everything doubtful in the cell."""
        for flag in self.parsed.flags:
            self.notes.tell(flag, f"{self.field.key}: {flag.replace('-', ' ')}", self.item.subject, self.field.key)

    def saying(self, values: list[str]) -> "Cell":
        """The same cell with other values in the place of its own: labels, or what they stand for."""
        raw = msgspec.json.encode(values).decode() if isinstance(self.parsed.value, list) else values[0]
        several = msgspec.structs.replace(self.field, format=JSON_LIST) if isinstance(self.parsed.value, list) else None
        return Cell(self.item, several or self.field, raw, self.mapping, self.notes)

    def with_images(self) -> str:
        """The text with its pictures: those on the web stay, others are named in words and told."""
        text, gone = images(self.raw)
        for name in gone:
            detail = f"{self.field.key}: the picture {name!r} lies inside the old system; its name stands in its place"
            self.notes.tell("image-not-moved", detail, self.item.subject, self.field.key)
        return text


def place(fields: Fields, rule: Rule, cell: Cell, entity: ObjectSchema) -> None:
    """Put a cell's value where its rule says."""
    if rule.to:
        target = entity.field(rule.to)
        assert target is not None, f"the map was checked: {entity.name}.{rule.to}"  # noqa: S101
        _place_standard(fields, rule, cell, entity, target)
    elif rule.new:
        _place_new(fields, rule, cell, entity)
    beside(fields, rule, cell, entity)


def beside(fields: Fields, rule: Rule, cell: Cell, entity: ObjectSchema) -> None:
    """Put a cell where its rule says that it goes besides: into a custom field, into a labelled line."""
    if rule.also:
        _place_new(fields, Rule(new=rule.also, kind=rule.kind), cell, entity)
    keep(fields, rule, cell, entity)


def alike(one: str, other: str) -> bool:
    """Whether two texts hold the same letters and digits: "(212) 555-0100" and "212.555.0100"."""
    return [c for c in fold(one) if c.isalnum()] == [c for c in fold(other) if c.isalnum()]


def keep(fields: Fields, rule: Rule, cell: Cell, entity: ObjectSchema) -> None:
    """Put a cell's raw text into a labelled line, where its rule says so."""
    if (label := rule.block or rule.keep) and cell.raw:
        several = cell.parsed.value if cell.field.kind == "multienum" else None
        text = ", ".join(map(str, several)) if isinstance(several, list) else cell.raw
        fields.setdefault(entity.block or "block", {})[label] = text


def _place_standard(fields: Fields, rule: Rule, cell: Cell, entity: ObjectSchema, target: Field) -> None:
    if target.kind == "file":
        _add_file(fields, rule, cell)
    elif target.kind == "address":
        _add_part(fields, rule.to, rule.part, cell)
    elif target.kind == "url" and target.many:
        if cell.raw and cell.raw not in fields.get(rule.to, []):
            fields[rule.to] = [*fields.get(rule.to, []), cell.raw]
    elif target.kind in ("phone", "email") and target.many:
        _add_elements(fields, rule, cell)
    elif target.kind == "multienum":
        labels = cell.parsed.value if isinstance(cell.parsed.value, list) else [cell.raw]
        if cell.raw and labels:
            fields[rule.to] = {"$options": [entity.name, rule.to, list(dict.fromkeys(labels))]}
    elif target.kind == "date" and (time := _time_beside(target, entity)) and _is_instant(cell):
        fields[rule.to], fields[time] = cell.parsed.value[:10], cell.parsed.value[11:16]
    elif target.kind == "money":
        _add_money(fields, rule, cell, target)
    elif target.kind == "duration" and rule.part in _UNITS:
        if isinstance(cell.parsed.value, int | float) and not isinstance(cell.parsed.value, bool):
            fields[rule.to] = clock(round(cell.parsed.value * _UNITS[rule.part]))
    else:
        _convert(fields, rule.to, cell, target.kind)


def _add_money(fields: Fields, rule: Rule, cell: Cell, target: Field) -> None:
    """An amount, in the map's currency unless `part = "currency"` names the column that says which."""
    there = fields.get(rule.to, {})
    money: dict[str, Json] = dict(there[0] if isinstance(there, list) else there)
    if rule.part == "currency":
        money |= {"currency": cell.raw.upper()} if cell.raw else {}
    else:
        _convert(money, "amount", cell, "money")
        amount = money.pop("amount", None) or {}
        money = amount | money | ({"value": amount["value"]} if amount else {})
    if money:
        fields[rule.to] = [money] if target.many else money


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


def _add_file(fields: Fields, rule: Rule, cell: Cell) -> None:
    """A file that was kept; `part = "name"` and "type" give it the name and the media type that another field says."""
    if rule.part == "name":
        if cell.raw:
            fields[rule.to] = fields.get(rule.to, {}) | {"name": bare_name(cell.raw)}
    elif rule.part == "type":
        if cell.raw:
            fields[rule.to] = fields.get(rule.to, {}) | {"mime": cell.raw}
    elif stored := cell.item.files.get(cell.field.key):
        fields[rule.to] = msgspec.to_builtins(stored) | fields.get(rule.to, {})


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
    """Write a cell in a kind; a value that the kind cannot hold is left out and told, if nothing else tells of it.

    A plain number has no currency: one that the cell names and that is not the map's is told, unless the account has a
    place for it beside the number.
    """
    value = convert(cell, kind)
    if value is not None:
        fields[key] = value
        if kind == "number" and key not in AMOUNTS and (named := currency(cell.raw)) not in (None, cell.currency):
            detail = f"{cell.field.key}: {cell.raw} becomes a plain number, which does not say that it is {named}"
            cell.notes.tell("currency-not-written", detail, cell.item.subject, cell.field.key)
    elif cell.raw and not cell.parsed.flags:
        detail = f"{cell.field.key}: a {cell.field.kind} that is no {kind}; it is not written"
        cell.notes.tell("not-written", detail, cell.item.subject, cell.field.key)


def convert(cell: Cell, kind: str) -> Json:
    """A cell's value in a destination field's kind; None when there is nothing to write."""
    value = cell.parsed.value
    source = cell.field.kind
    if source == "file":
        stored = cell.item.files.get(cell.field.key)
        if kind not in ("html", "longtext", "text") or not cell.raw:
            return None
        return described(cell.files, stored) if stored else "The source did not give the file; save it there by hand."
    match kind:
        case "html":
            return to_html(cell.with_images()) or None
        case "longtext" if looks_like_html(cell.raw):
            return to_text(cell.with_images()) or None
        case "number" | "money" | "percent":
            if isinstance(value, bool) or not isinstance(value, int | float):
                return None
            return {"value": value, "currency": currency(cell.raw) or cell.currency} if kind == "money" else value
        case "boolean":
            return value if isinstance(value, bool) else None
        case "date":
            return local_day(value, cell.zone) if isinstance(value, str) and source in ("date", "datetime") else None
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


def moment(day: Cell, clock: str, mapping: Mapping) -> Cell | None:
    """A day's cell as the instant at a time of day ("3:00 PM") in the source's zone; None where that is no time."""
    read = clock_of(clock)
    if read is None or read.hour > 23 or read.minute > 59:
        return None
    field = msgspec.structs.replace(day.field, kind="datetime", format=None)
    date = local_day(day.parsed.value, day.zone)
    return Cell(day.item, field, f"{date}T{read.hour:02d}:{read.minute:02d}:00", mapping, day.notes)


def day_start(date: str, zone: ZoneInfo) -> str:
    """The instant at which a local day begins, RFC 3339 UTC."""
    instant = datetime.fromisoformat(date).replace(tzinfo=zone).astimezone(UTC)
    return instant.isoformat(timespec="seconds").replace("+00:00", "Z")


def local_day(value: str, zone: ZoneInfo) -> str:
    """The day of a date or an instant, as the source's people see it on their calendar; YYYY-MM-DD."""
    if len(value) == 10:
        return value
    try:
        return datetime.fromisoformat(value).astimezone(zone).date().isoformat()
    except OverflowError:  # at either end of the calendar
        return value[:10]


def clock(seconds: int) -> str:
    """A duration as hours:minutes, rounded to the nearest minute, at least one for anything that took time."""
    minutes = max(round(seconds / 60), 1 if seconds > 0 else 0)
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def finish(fields: Fields, entity: ObjectSchema, tell: Callable[[str, str], None]) -> None:
    """Complete what several cells made together: an address its one-line text, labelled lines their order.

    Of alternatives the first in the schema's order stays; what requires a field that is empty heads the description.
    `tell` is told of both: a finding's code and its sentence.
    """
    _name_of_one_word(fields, entity)
    _one_of_each(fields, entity, tell)
    _without_their_ground(fields, entity, tell)
    if entity.block and entity.block in fields:
        fields[entity.block] = dict(sorted(fields[entity.block].items()))  # the order in which the log gives them back
    for key in [k for k, v in fields.items() if _is_worthless(entity.field(k), v)]:
        del fields[key]  # a currency without an amount
    for key, value in fields.items():
        field = entity.field(key)
        if isinstance(value, dict) and not any(k.startswith("$") for k in value):
            is_address = field.kind == "address" if field else key.startswith(NEW)
            if is_address and "value" not in value:
                value["value"] = one_line(value)


def _name_of_one_word(fields: Fields, entity: ObjectSchema) -> None:
    """A first or last name alone is the whole name: a server that keeps names whole cannot tell which of them it is."""
    if entity.field("name") is None or fields.get("name"):
        return
    parts = [key for key in ("first_name", "last_name") if fields.get(key)]
    if len(parts) == 1:
        fields["name"] = fields.pop(parts[0])


def _is_worthless(field: Field | None, value: Json) -> bool:
    money = value[0] if isinstance(value, list) and value else value
    return field is not None and field.kind == "money" and isinstance(money, dict) and "value" not in money


def _one_of_each(fields: Fields, entity: ObjectSchema, tell: Callable[[str, str], None]) -> None:
    chosen: dict[str, str] = {}
    for field in entity.fields:
        if field.alternative and field.key in fields and chosen.setdefault(field.alternative, field.key) != field.key:
            del fields[field.key]
            first = chosen[field.alternative]
            tell("one-link-only", f"{entity.label} holds {first} or {field.key}, not both: {field.key} is left out")


def _without_their_ground(fields: Fields, entity: ObjectSchema, tell: Callable[[str, str], None]) -> None:
    for field in entity.fields:
        if not field.requires or field.key not in fields or field.requires in fields:
            continue
        value = fields.pop(field.key)
        if entity.field("description") is not None and isinstance(value, str):
            fields["description"] = "\n".join(filter(None, (f"{field.label}: {value}", fields.get("description"))))
            tell("in-description", f"without {field.requires} there is no {field.key}: it heads the description")
        else:
            tell("not-written", f"without {field.requires} there is no {field.key}: it is left out")


def one_line(parts: dict[str, Any]) -> str:
    """An address as one line: street, city, state and code, country."""
    region = " ".join(filter(None, (parts.get("admin_area_level_1"), parts.get("postal_code"))))
    return ", ".join(filter(None, (parts.get("route"), parts.get("locality"), region, parts.get("country"))))
