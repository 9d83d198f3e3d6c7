"""find*: pages of stubs or of full records, 1-based, without a total (facts 6)."""

from collections.abc import Callable
from typing import Any

from adapters.protocols import Json
from adapters.sandbox.nutshell import custom, times
from adapters.sandbox.nutshell.errors import MissingError, bad_params
from adapters.sandbox.nutshell.notes import name_of
from adapters.sandbox.nutshell.rpc import views
from adapters.sandbox.nutshell.rpc.names import TABLES, TYPES, whole
from adapters.sandbox.nutshell.state import Draft, Row, ref

LIMIT, MOST = 50, 100
"""How many a page holds when nothing is said, and at most: above, the limit is cut (what the server does is open)."""

Params = dict[str, Any]


def page(found: list[Row], params: Params) -> list[Row]:
    """The page that is asked for. Raises RefusedError."""
    limit, number = params.get("limit", LIMIT), params.get("page", 1)
    if limit < 1 or number < 1:
        raise bad_params("limit and page are 1 or more")
    limit = min(limit, MOST)
    return found[(number - 1) * limit : number * limit]


def ordered(table: str, found: list[Row], params: Params, default: str) -> list[Row]:
    """Rows in the order that is asked for; equal ones by id."""
    by, direction = params.get("orderBy", default), params.get("orderDirection", "ASC")
    if direction not in ("ASC", "DESC"):
        raise bad_params("orderDirection is ASC or DESC")
    key = _ORDERS.get(by)
    if key is None:
        raise bad_params(f"orderBy {by!r} is not known")
    return sorted(found, key=lambda row: (key(table, row), row["id"]), reverse=direction == "DESC")


_ORDERS: dict[str, Callable[[str, Row], Any]] = {
    "id": lambda _table, row: row["id"],
    "name": lambda table, row: _called(table, row).casefold(),
    "description": lambda _table, row: (row.get("name") or row.get("description") or "").casefold(),
    "time": lambda _table, row: _when(row),
    "due_time": lambda _table, row: row.get("due") or 0,
}  # fmt: skip


def _called(table: str, row: Row) -> str:
    return name_of(table, row) if table in ("contacts", "leads") else str(row.get("name", ""))


def _when(row: Row) -> float:
    start = row.get("start")
    return float(row["created"] if start is None else start)


def lookup(table: str, default: str = "name") -> Callable[[Draft, Params], Json]:
    """A handler that lists the active rows of a list."""

    def handler(draft: Draft, params: Params) -> Json:
        found = [row for row in draft.rows(table) if row.get("active", True)]
        return [views.stub(draft, table, row["id"]) for row in page(ordered(table, found, params, default), params)]

    return handler


def records(table: str, default: str = "name") -> Callable[[Draft, Params], Json]:
    """A handler that lists records that fit a query, in stubs unless `stubResponses` is false."""

    def handler(draft: Draft, params: Params) -> Json:
        found = ordered(table, _matching(draft, table, params.get("query")), params, default)
        return [_shown(draft, table, row, params) for row in page(found, params)]

    return handler


def _shown(draft: Draft, table: str, row: Row, params: Params) -> Json:
    if params.get("stubResponses", True):
        return views.stub(draft, table, row["id"])
    return views.full(draft, table, row)


_PARENTS = {"leadId": "leads", "accountId": "accounts", "contactId": "contacts"}
_KEYS = {
    "leads": ("status", "accountId", "contactId", "number"), "contacts": ("leadId", "accountId"),
    "activities": ("leadId", "contactId", "accountId"), "tasks": ("leadId", "contactId", "accountId"),
    "users": ("email",), "accounts": (), "products": (),
}  # fmt: skip


def _matching(draft: Draft, table: str, query: Json) -> list[Row]:
    query = query or {}
    if not isinstance(query, dict):
        raise bad_params("query is an object")
    if unknown := query.keys() - set(_KEYS[table]):
        raise bad_params(f"query of {TYPES[table]} has no {', '.join(sorted(unknown))}")
    if query and table in ("activities", "tasks"):
        draft.doubt(f"query of {TYPES[table]}")
    return [row for row in _candidates(draft, table, query) if all(_fits(row, k, v) for k, v in query.items())]


def _candidates(draft: Draft, table: str, query: Row) -> list[Row]:
    found: list[Row] | None = None
    for key, value in query.items():
        if key in _PARENTS:
            rows = _of(draft, table, _PARENTS[key], whole(key, value))
            found = rows if found is None else [row for row in rows if row in found]
    return draft.rows(table) if found is None else found


def _of(draft: Draft, table: str, parent: str, key: int) -> list[Row]:
    if table == "contacts" and parent == "leads":
        lead = draft.live("leads", key)
        people = (draft.live("contacts", link["id"]) for link in (lead or {}).get("contacts", []))
        return [row for row in people if row is not None]
    return draft.pointing(ref(parent, key), table)


def _fits(row: Row, key: str, value: Json) -> bool:
    if key in _PARENTS:
        return True
    if key == "email":
        return bool(row["email"].casefold() == str(value).casefold())
    return bool(row[key] == whole(key, value))


def users(draft: Draft, params: Params) -> Json:
    """The active users."""
    found = [row for row in _matching(draft, "users", params.get("query")) if row["active"]]
    return [views.stub(draft, "users", row["id"]) for row in page(ordered("users", found, params, "name"), params)]


def timeline(draft: Draft, params: Params) -> Json:
    """Notes and activities of one record, mixed."""
    query = params.get("query")
    if not isinstance(query, dict) or query.keys() != {"entityType", "id"}:
        raise bad_params("query is {entityType, id}")
    table = TABLES.get(str(query["entityType"]))
    if table not in ("accounts", "contacts", "leads"):
        raise bad_params(f"entityType {query['entityType']!r} has no timeline")
    reference = ref(table, whole("id", query["id"]))
    found = [("notes", row) for row in draft.pointing(reference, "notes")]
    found += [("activities", row) for row in draft.pointing(reference, "activities")]
    tables = {id(row): name for name, row in found}
    rows = ordered("notes", [row for _, row in found], params, "time")
    return [_shown(draft, tables[id(row)], row, params) for row in page(rows, params)]


def tags(draft: Draft, _params: Params) -> Json:
    """The names of the tags by entity."""
    out: dict[str, list[str]] = {"Accounts": [], "Contacts": [], "Leads": []}
    for row in draft.rows("tags"):
        out[TYPES[row["kind"]]].append(row["name"])
    return {kind: sorted(names) for kind, names in out.items()}


def custom_fields(draft: Draft, _params: Params) -> Json:
    """The definitions of custom fields by entity."""
    found = {TYPES[entity]: custom.fields(draft, entity) for entity in ("leads", "contacts", "accounts")}
    return {kind: [custom.definition(f, n) for n, f in enumerate(fields)] for kind, fields in found.items()}


def nothing(_draft: Draft, _params: Params) -> Json:
    """A list that is empty in every account here."""
    return []


def get(table: str, parameter: str) -> Callable[[Draft, Params], Json]:
    """A handler that reads one record; with the current rev it only says that this is still valid (form open)."""

    def handler(draft: Draft, params: Params) -> Json:
        key = params[parameter]
        row = draft.get(table, key)
        if row is None or (row["deleted"] is not None and table in ("activities", "tasks")):
            raise _not_found(table, key)
        if params.get("rev") == str(row["rev"]):
            draft.doubt("get with the current rev")
            return {"id": row["id"], "entityType": TYPES[table], "rev": str(row["rev"]), "stillValid": True}
        return views.full(draft, table, row)

    return handler


def _not_found(table: str, key: int) -> Exception:
    return MissingError(f"{TYPES[table]} {key} not found")


def user(draft: Draft, params: Params) -> Json:
    """A user; without a number the caller. An origin is no user (what the server says to it is open)."""
    key = params.get("userId", draft.user)
    row = None if key is None else draft.get("users", key)
    if row is None:
        raise _not_found("users", key or 0)
    return views.full(draft, "users", row)


def update_times(draft: Draft, _params: Params) -> Json:
    """When each kind of list last changed."""
    out = {}
    for table in ("users", "tags", "sources", "products", "competitors", "markets", "stagesets", "outcomes"):
        rows = draft.state.tables.get(table, {}).values()
        out[TYPES[table]] = times.rpc(max((row["_at"] for row in rows), default=None))
    return out
