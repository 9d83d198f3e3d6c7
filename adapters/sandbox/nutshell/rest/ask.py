"""What a REST handler is given and gives back, and the references in what it is given."""

import re
from typing import Any, NamedTuple

import msgspec

from adapters.protocols import Json
from adapters.sandbox.nutshell.errors import MissingError, RefusedError
from adapters.sandbox.nutshell.state import Draft, Row, ref


class Ask(NamedTuple):
    """One request: the texts in its path, its query, its body."""

    params: dict[str, str]
    query: dict[str, str]
    body: Json


class Reply(msgspec.Struct, frozen=True):
    """A handler's answer; the body of a 204 is None."""

    status: int
    body: Json = None


def wrapped(draft: Draft, collection: str, found: list[Json], status: int = 200, **meta: Json) -> Reply:
    """The envelope of every good answer."""
    return Reply(status, {"meta": {**meta, **site(draft)}, "links": {}, collection: found})


def site(draft: Draft) -> dict[str, Json]:
    """What every meta says of the account."""
    return {"instanceId": draft.value("instance"), "siteId": "sandbox"}


def number(table: str, given: Json) -> int | None:
    """The number in "7-contacts", "7" or 7, whatever the row; None for anything else."""
    if isinstance(given, int) and not isinstance(given, bool):
        return given
    match = re.fullmatch(rf"(\d{{1,15}})(-{table})?", given) if isinstance(given, str) else None
    return int(match[1]) if match else None


def there(draft: Draft, table: str, text: str) -> Row:
    """The live row that a path names. Raises MissingError."""
    key = number(table, text)
    row = None if key is None else draft.live(table, key)
    if row is None:
        raise MissingError(f"{text} not found")
    return row


def linked(draft: Draft, given: Json, *tables: str) -> str:
    """The reference that a link's value means, of a live row. Raises RefusedError."""
    for table in tables:
        key = number(table, given)
        if key is not None and draft.live(table, key) is not None:
            return ref(table, key)
    raise RefusedError("Invalid link", f"{given!r} is none of {', '.join(tables)}")


def linked_keys(draft: Draft, given: Json, table: str) -> list[int]:
    """The numbers of a list of links into one table. Raises RefusedError."""
    if not isinstance(given, list):
        raise RefusedError("Invalid link", f"links to {table} are a list")
    found = [int(linked(draft, one, table).partition("-")[0]) for one in given]
    return list(dict.fromkeys(found))


def the_one(body: Json, collection: str) -> dict[str, Any]:
    """The one resource of a POST. Raises RefusedError, as recorded, for any other number."""
    found = body.get(collection) if isinstance(body, dict) else None
    if not isinstance(found, list) or len(found) != 1 or not isinstance(found[0], dict):
        raise RefusedError(f"You may only create one {collection} resource per request.")
    return found[0]


def part(given: dict[str, Any], key: str) -> dict[str, Any]:
    """The object under a key, empty where there is none. Raises RefusedError."""
    found = given.get(key)
    if found is not None and not isinstance(found, dict):
        raise RefusedError("Invalid value", f"{key} is an object")
    return found or {}


def items(given: dict[str, Any], key: str) -> list[Json]:
    """The list under a key, empty where there is none. Raises RefusedError."""
    found = given.get(key)
    if found is not None and not isinstance(found, list):
        raise RefusedError("Invalid value", f"{key} is a list")
    return found or []


def known_keys(given: dict[str, Any], *known: str) -> None:
    """Raise RefusedError for a key that is not known."""
    if unknown := sorted(given.keys() - set(known)):
        raise RefusedError("Invalid attribute", f"there is no {', '.join(unknown)}")
