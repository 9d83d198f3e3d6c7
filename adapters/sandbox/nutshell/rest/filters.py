"""Filters and orders of lists: `filter[<key>]`, `email`, `sort` (facts 12)."""

import re
from collections.abc import Callable
from typing import Any

from adapters.protocols import Json
from adapters.sandbox.nutshell import custom, leads, times
from adapters.sandbox.nutshell.errors import RefusedError
from adapters.sandbox.nutshell.notes import name_of
from adapters.sandbox.nutshell.rest.ask import number
from adapters.sandbox.nutshell.state import Draft, Row, split

Fits = Callable[[Row], bool]

_DATES = {"createdTime": "created", "closedTime": "closed", "dueTime": "due"}
_LINKS = {
    "owner": ("owner", "users"), "territory": ("territory", "territories"), "industry": ("industry", "industries"),
    "accountType": ("account_type", "accountTypes"), "tags": ("tags", "tags"), "sources": ("sources", "sources"),
    "stage": ("stage", "stages"), "stageset": ("stageset", "stagesets"), "accounts": ("accounts", "accounts"),
    "contacts": ("contacts", "contacts"), "outcome": ("outcome", "outcomes"),
}  # fmt: skip
KEYS: dict[str, tuple[str, ...]] = {
    "accounts": ("name", "createdTime", "owner", "territory", "industry", "accountType", "tags"),
    "contacts": ("name", "createdTime", "owner", "territory", "tags", "accounts"),
    "leads": (
        "name", "number", "status", "createdTime", "closedTime", "dueTime", "owner", "stage", "stageset", "tags",
        "sources", "accounts", "contacts", "outcome", "value", "confidence",
    ),
}  # fmt: skip
"""What can be filtered beside custom fields, as `/{entity}/list/fields` says."""

_FILTER = re.compile(r"filter\[(.+)\]")
_WITHOUT = {"q", "sort", "page[page]", "page[limit]"}


def conditions(draft: Draft, table: str, query: dict[str, str]) -> list[Fits]:
    """What a row must fulfil. Raises RefusedError for a key that is no filter.

    Whether the server refuses an unknown parameter or passes it over is open: refused, a misspelled filter is noticed.
    """
    out: list[Fits] = []
    for key, text in query.items():
        match = _FILTER.fullmatch(key)
        if match:
            out.append(_condition(draft, table, match[1], text))
        elif key == "email" and table != "leads":
            out.append(_holds(text))
        elif key not in _WITHOUT:
            raise RefusedError("Invalid filter", f"Invalid parameter: {key}")
    return out


def _holds(address: str) -> Fits:
    asked = address.casefold()
    return lambda row: any(one["value"].casefold() == asked for one in row["emails"])


def _condition(draft: Draft, table: str, key: str, text: str) -> Fits:
    field = custom.by_name(draft, table, key)
    if field is not None:
        return _custom(draft, field, text)
    if key not in KEYS[table]:
        raise RefusedError("Invalid filter", f"Invalid field: {key}")
    if key in _DATES:
        return between(_DATES[key], text)
    if key == "name":
        return lambda row: text.casefold() in name_of(table, row).casefold()
    if key == "status":
        return lambda row: leads.STATUSES[row["status"]] == text
    if key in ("number", "confidence", "value"):
        return _amount(draft, key, text)
    return _link(table, key, text)


def _custom(draft: Draft, field: Row, text: str) -> Fits:
    asked, whole = text.casefold(), draft.settings.filter_match == "whole"

    def fits(row: Row) -> bool:
        value = row["custom"].get(str(field["id"]))
        texts = [one for one in (value if isinstance(value, list) else [custom.as_text(value)]) if one]
        return any(one.casefold() == asked if whole else asked in one.casefold() for one in texts)

    return fits


def between(stored: str, text: str) -> Fits:
    """A range of times: two RFC 3339 times with a space, or with a space, TO and a space between them."""
    ends = text.split(" TO ") if " TO " in text else text.split(" ")
    try:
        start, end = (times.read_iso(one) for one in ends)  # not two: a ValueError, too
    except ValueError:
        raise RefusedError("Invalid filter", f"Invalid date range: {text}") from None
    return lambda row: row[stored] is not None and start <= row[stored] <= end


def days(query: dict[str, str], stored: str) -> list[Fits]:
    """`filter[dateMin]` and `filter[dateMax]`: a day or a time each, both included. Raises RefusedError."""
    out: list[Fits] = []
    for key, sign in (("filter[dateMin]", 1), ("filter[dateMax]", -1)):
        if key not in query:
            continue
        try:
            edge = times.read_iso(query[key]) + (86_399 if sign < 0 and len(query[key]) == 10 else 0)
        except ValueError:
            raise RefusedError("Invalid filter", f"Invalid date: {query[key]}") from None
        out.append(_edge(stored, edge, sign))
    return out


def _edge(stored: str, edge: float, sign: int) -> Fits:
    return lambda row: row[stored] is not None and sign * (row[stored] - edge) >= 0


def _amount(draft: Draft, key: str, text: str) -> Fits:
    match = re.fullmatch(r"([<>]?)\s*(-?\d+(?:\.\d+)?)", text)
    if match is None:
        raise RefusedError("Invalid filter", f"Invalid number: {text}")
    sign, edge = match[1], float(match[2])

    def fits(row: Row) -> bool:
        found = (leads.value(draft, row) or {"amount": 0})["amount"] if key == "value" else row[key]
        return bool(found < edge if sign == "<" else found > edge if sign == ">" else found == edge)

    return fits


def _link(table: str, key: str, text: str) -> Fits:
    stored, target = _LINKS[key]
    if table == "leads" and key == "owner":
        return lambda row: row["assignee"] == text
    wanted = [number(target, one) for one in text.split(",")]
    if None in wanted:
        raise RefusedError("Invalid filter", f"Invalid {key}: {text}")

    def fits(row: Row) -> bool:
        held = row[stored] if isinstance(row[stored], list) else [row[stored]]
        return any((one["id"] if isinstance(one, dict) else one) in wanted for one in held)

    return fits


SORTS: dict[str, tuple[str, ...]] = {
    "accounts": ("accountType", "createdTime", "industry", "lastContactedTime", "name", "numberOfContacts", "owner",
                 "phone", "postalCode", "territory"),
    "contacts": ("accountType", "accounts", "createdTime", "email", "industry", "lastContactedTime", "name", "owner",
                 "phone", "postalCode", "territory"),
    "leads": ("age", "value", "milestone", "confidence", "name", "closedTime", "owner", "sources"),
}  # fmt: skip
"""Orders by table, as the document lists them."""


def ordered(draft: Draft, table: str, rows: list[Row], sort: str) -> list[Row]:
    """Rows in the order that is asked for, equal ones by id; without one by id. Raises RefusedError."""
    name = sort.removeprefix("-")
    if sort and name not in SORTS[table]:
        raise RefusedError("Invalid sort", f"Invalid field: {sort}")
    rows = sorted(rows, key=lambda row: (_order(draft, table, row, name), row["id"]))
    return rows[::-1] if sort.startswith("-") else rows


def _order(draft: Draft, table: str, row: Row, name: str) -> Any:
    if name == "value":
        return (leads.value(draft, row) or {"amount": 0})["amount"]
    if name == "numberOfContacts":
        return len(draft.pointing(f"{row['id']}-accounts", "contacts"))
    simple = {"createdTime": "created", "age": "created", "confidence": "confidence", "closedTime": "closed"}
    if name in simple:
        return row[simple[name]] or 0
    return _words(draft, table, row, name).casefold()


def _words(draft: Draft, table: str, row: Row, name: str) -> str:
    if name == "name":
        return name_of(table, row)
    if name == "owner" and table == "leads":
        return _called(draft, *split(row["assignee"])) if row["assignee"] else ""
    if name in ("email", "phone"):
        first = next((one["value"] for one in row[f"{name}s"]), "")
        return first if isinstance(first, str) else str(first["E164"])
    if name == "postalCode":
        return next((one["value"]["postalCode"] or "" for one in row["addresses"]), "")
    stored, target = _LINKS.get("stage" if name == "milestone" else name, ("", ""))
    held = row.get(stored)
    key = held[0] if isinstance(held, list) and held else held
    key = key["id"] if isinstance(key, dict) else key
    return _called(draft, target, key) if isinstance(key, int) else ""


def _called(draft: Draft, table: str, key: int) -> str:
    row = draft.get(table, key)
    return "" if row is None else name_of(table, row)


def fields(draft: Draft, table: str) -> Json:
    """What `/{entity}/list/fields` says: standard keys and custom fields by name."""
    out: dict[str, Json] = {}
    for key in KEYS[table]:
        out[key] = _described(key, "string", sortable=key in SORTS[table])
    for field in custom.fields(draft, table):
        shown = custom.attribute(field)
        more = {"enum": shown["enum"]} if "enum" in shown else {}
        out[field["name"]] = _described(field["name"], str(shown["type"]), sortable=False) | more
    return {"properties": out}


def _described(title: str, kind: str, *, sortable: bool) -> dict[str, Json]:
    return {"type": kind, "title": title, "isFilterable": True, "isDisplayable": True, "isSortable": sortable}
