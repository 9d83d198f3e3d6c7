"""JSON-RPC's names: entity types, and the references that name a record by type and number."""

from typing import Any

from adapters.protocols import Json
from adapters.sandbox.nutshell.errors import MissingError, RefusedError, bad_params
from adapters.sandbox.nutshell.state import Draft, Row

TYPES = {
    "accounts": "Accounts", "contacts": "Contacts", "leads": "Leads", "activities": "Activities", "tasks": "Tasks",
    "notes": "Notes", "users": "Users", "teams": "Teams", "products": "Products", "sources": "Sources", "tags": "Tags",
    "competitors": "Competitors", "markets": "Markets", "industries": "Industries", "activityTypes": "Activity_Types",
    "stages": "Milestones", "stagesets": "Stagesets", "outcomes": "Lead_Outcomes", "origins": "Origins",
    "territories": "Territories", "accountTypes": "Account_Types", "emAudiences": "Audiences",
}  # fmt: skip
"""Entity types by table."""

TABLES = {name: table for table, name in TYPES.items()}


def whole(what: str, given: Json) -> int:
    """A whole number. Raises RefusedError."""
    if isinstance(given, str) and given.isdigit():
        return int(given)
    if isinstance(given, bool) or not isinstance(given, int):
        raise bad_params(f"{what} {given!r} is not a whole number")
    return given


def known(draft: Draft, table: str, key: int) -> Row:
    """A live row. Raises MissingError (code and text were never captured)."""
    row = draft.live(table, key)
    if row is None:
        raise MissingError(f"{TYPES[table]} {key} not found")
    return row


def number_of(draft: Draft, table: str, what: str, given: Json) -> int | None:
    """The number in {"id": n} (or a bare one) of a live row; null is none. Raises RefusedError."""
    if given is None:
        return None
    key = whole(what, given.get("id") if isinstance(given, dict) else given)
    known(draft, table, key)
    return key


def actor(draft: Draft, what: str, given: Json, tables: tuple[str, ...]) -> str | None:
    """The reference in {"entityType", "id"}; null is none. Raises RefusedError without an entityType (rule 9)."""
    if given is None:
        return None
    if not isinstance(given, dict) or "id" not in given:
        raise bad_params(f"{what} is an object with entityType and id")
    kind = given.get("entityType")
    if kind is None and draft.settings.bare_reference == "user":
        draft.doubt(f"{what} without entityType")
        kind = "Users"
    table = TABLES.get(str(kind))
    if table not in tables:
        raise bad_params(f"entityType {kind!r} of {what} is none of {', '.join(TYPES[t] for t in tables)}")
    row = known(draft, table, whole(f"id of {what}", given["id"]))
    if row.get("active") is False:
        raise RefusedError(f"user {row['id']} is not active")
    return f"{row['id']}-{table}"


def objects(what: str, given: Json) -> list[dict[str, Any]]:
    """A list of objects, each with an id. Raises RefusedError."""
    if given is None:
        return []
    if not isinstance(given, list) or not all(isinstance(one, dict) and "id" in one for one in given):
        raise bad_params(f"{what} is a list of objects with id")
    return given
