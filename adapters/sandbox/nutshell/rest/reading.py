"""What POST and PATCH are sent, as stored values."""

import re
from collections.abc import Callable

from adapters.protocols import Json
from adapters.sandbox.nutshell import custom, times, values
from adapters.sandbox.nutshell.errors import RefusedError
from adapters.sandbox.nutshell.rest.ask import linked, linked_keys
from adapters.sandbox.nutshell.state import Draft, Row, split

Reader = Callable[[Draft, Row, Json], Row]
"""Reads the value of one key: draft, the row as it is ({} for a new one), the value; gives stored values."""


def text(key: str, *, empty: bool = True) -> Reader:
    """A text, or null."""

    def reader(_draft: Draft, _row: Row, value: Json) -> Row:
        if value is not None and not isinstance(value, str):
            raise RefusedError("Invalid value", f"{key} is a text")
        if not empty and not (value or "").strip():
            raise RefusedError("Invalid value", f"{key} is required")
        return {key: value}

    return reader


def _contact_name(_draft: Draft, _row: Row, value: Json) -> Row:
    return {"name": values.person_name(value)}


def _listed(key: str, kind: str) -> Reader:
    return lambda _draft, _row, value: {key: values.listed(kind, value)}


def _one(key: str, table: str) -> Reader:
    def reader(draft: Draft, _row: Row, value: Json) -> Row:
        return {key: None if value is None else split(linked(draft, value, table))[1]}

    return reader


def _many(key: str, table: str) -> Reader:
    return lambda draft, _row, value: {key: linked_keys(draft, value, table)}


def _related(key: str) -> Reader:
    """Links that carry a relationship: those that stay keep theirs."""

    def reader(draft: Draft, row: Row, value: Json) -> Row:
        had = {link["id"]: link["relationship"] for link in row.get(key, [])}
        keys = linked_keys(draft, value, key)
        out: Row = {key: [{"id": one, "relationship": had.get(one)} for one in keys]}
        if key == "accounts" and "primary" in row and row["primary"] not in keys:
            out["primary"] = keys[0] if keys else None
        return out

    return reader


def tags(table: str) -> Reader:
    """Tags by id; those of another kind are refused."""

    def reader(draft: Draft, _row: Row, value: Json) -> Row:
        keys = linked_keys(draft, value, "tags")
        for key in keys:
            if (draft.get("tags", key) or {})["kind"] != table:
                raise RefusedError("Invalid link", f"{key}-tags is not a tag of {table}")
        return {"tags": keys}

    return reader


def _assignee(draft: Draft, _row: Row, value: Json) -> Row:
    return {"assignee": None if value is None else linked(draft, value, "users", "teams")}


def moment(key: str) -> Reader:
    """A time in Unix seconds, or an object that holds them."""

    def reader(_draft: Draft, _row: Row, value: Json) -> Row:
        try:
            return {key: None if value is None else times.read_unix(value)}
        except ValueError as error:
            raise RefusedError("Invalid value", f"{key}: {error}") from None

    return reader


def whole_moment(key: str) -> Reader:
    """A time in whole Unix seconds, as a number."""

    def reader(_draft: Draft, _row: Row, value: Json) -> Row:
        if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
            raise RefusedError("Invalid value", f"{key}: {value!r} is not Unix seconds as a number")
        return {key: None if value is None else float(value)}

    return reader


def _manual(_draft: Draft, _row: Row, value: Json) -> Row:
    return {"manual": amount("manualValue", value)}


def amount(what: str, value: Json) -> float:
    """An amount of money, which REST takes as a text. Raises RefusedError."""
    if not isinstance(value, str) or not re.fullmatch(r"-?\d+(\.\d+)?", value):
        raise RefusedError("Invalid value", f"{what} is an amount as a text, like 999.99")
    return float(value)


def _confidence(_draft: Draft, _row: Row, value: Json) -> Row:
    number = int(value) if isinstance(value, str) and value.isdigit() else value
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number <= 100:
        raise RefusedError("Invalid value", "confidence lies between 0 and 100")
    return {"confidence": number}


def custom_fields(entity: str) -> Reader:
    """Values of custom fields, merged into those that there are."""

    def reader(draft: Draft, row: Row, value: Json) -> Row:
        merged = row.get("custom", {}) | custom.read(draft, entity, value or {})
        return {"custom": {key: one for key, one in merged.items() if one is not None}}

    return reader


_LISTS: dict[str, Reader] = {
    "description": text("description"), "phones": _listed("phones", "phone"), "emails": _listed("emails", "email"),
    "urls": _listed("urls", "url"), "addresses": _listed("addresses", "address"),
}  # fmt: skip
_LINKS: dict[str, Reader] = {"owner": _one("owner", "users"), "territory": _one("territory", "territories")}

ATTRIBUTES: dict[str, dict[str, Reader]] = {
    "accounts": _LISTS | {"name": text("name", empty=False)},
    "contacts": _LISTS | {"name": _contact_name},
    "leads": {
        "description": text("description"), "dueTime": moment("due"), "manualValue": _manual,
        "confidence": _confidence,
    },
}  # fmt: skip
"""Keys of a record by collection; custom fields come in "customFields" on create, by name in a patch."""

LINKS: dict[str, dict[str, Reader]] = {
    "accounts": _LINKS | {
        "tags": tags("accounts"), "industry": _one("industry", "industries"),
        "accountType": _one("account_type", "accountTypes"),
    },
    "contacts": _LINKS | {
        "tags": tags("contacts"), "accounts": _related("accounts"), "emAudiences": _many("audiences", "emAudiences"),
    },
    "leads": {
        "accounts": _related("accounts"), "contacts": _related("contacts"), "owner": _assignee,
        "sources": _many("sources", "sources"), "tags": tags("leads"), "stage": _one("stage", "stages"),
    },
}  # fmt: skip
"""Links of a record by collection; what a company's people and a lead's maps are is kept elsewhere."""

MANY = {"accounts", "contacts", "tags", "emAudiences", "sources", "productMaps", "competitorMaps"}
"""Links that are lists."""
