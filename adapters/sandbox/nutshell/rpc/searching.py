"""search*: fuzzy, over an index that lags behind (facts 6, rule 17)."""

from collections.abc import Callable
from typing import Any

from adapters.protocols import Json
from adapters.sandbox.nutshell import index
from adapters.sandbox.nutshell.errors import bad_params
from adapters.sandbox.nutshell.rpc import views
from adapters.sandbox.nutshell.state import Draft

LIMIT = 10
BY_EMAIL = 5

Params = dict[str, Any]


def _stub(draft: Draft, table: str, key: int) -> Json:
    """The stub of a hit; recorded ones have neither rev nor times."""
    found = views.stub(draft, table, key)
    return {name: value for name, value in found.items() if name not in ("rev", "modifiedTime", "createdTime")}


def search(*tables: str) -> Callable[[Draft, Params], Json]:
    """A handler that searches these tables for a text."""

    def handler(draft: Draft, params: Params) -> Json:
        limit = params.get("limit", LIMIT)
        if limit < 1:
            raise bad_params("limit is 1 or more")
        return [hit for table in tables for hit in _hits(draft, table, params["string"])][:limit]

    return handler


def _hits(draft: Draft, table: str, words: str) -> list[Json]:
    found = index.search(draft, table, words)
    return [_stub(draft, table, row["id"]) for row in reversed(found) if draft.live(table, row["id"])]


def universal(draft: Draft, params: Params) -> Json:
    """People, companies and leads at once."""
    found = {table: _hits(draft, table, params["string"])[:LIMIT] for table in ("contacts", "accounts", "leads")}
    return dict(found)


def by_email(draft: Draft, params: Params) -> Json:
    """Who holds exactly this address; no more than five of each are told."""
    out: dict[str, Json] = {}
    for table in ("contacts", "accounts"):
        rows = index.with_email(draft, table, params["emailAddressString"])
        out[table] = [_stub(draft, table, row["id"]) for row in rows if draft.live(table, row["id"])][:BY_EMAIL]
    return out
