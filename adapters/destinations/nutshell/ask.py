"""The small questions that the flows are made of: one call, one list, one page; both APIs."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from adapters.destinations.nutshell.catalogue import REST, RPC, Entity
from adapters.protocols import Flow, InDoubtError, Json, RefusedError, Request, Response, StaleError

Row = dict[str, Any]

PAGE = 100
"""The largest page of JSON-RPC: a public client holds itself to it, what lies above is not documented."""
REST_PAGE = 1000
"""REST allows pages of 10,000; so many notes would not fit into the answer that our client takes (32 MB)."""
MOST_PAGES = 10_000

_READS = ("get", "find", "search", "instance")


def call(method: str, params: Json, *, actor: str = "", path: str = RPC) -> Request:
    """The request of a JSON-RPC call."""
    body = {"jsonrpc": "2.0", "method": method, "params": params, "id": method}
    return Request(method="POST", path=path, body=body, actor=actor, reads=method.startswith(_READS))


def result(response: Response) -> Json:
    """The result of a call that was judged to be done."""
    return response.body.get("result") if isinstance(response.body, dict) else None


def rpc(method: str, params: Json) -> Flow[Json]:
    """The result of one call that only asks."""
    return result((yield call(method, params)))


def edit(request: Request) -> Flow[Response]:
    """The answer to a change that names a revision. Raises StaleError where the record has another by now."""
    try:
        return (yield request)
    except RefusedError as error:
        if error.verdict.code == "409":
            raise StaleError(f"the record has changed since it was read ({error})") from error
        raise


def find_page(entity: Entity, page: int, *, newest: bool = False, order: str = "id") -> Flow[list[Row]]:
    """One page of whole objects, by id; pages count from 1."""
    params = {
        "query": {},
        "orderBy": order,
        "orderDirection": "DESC" if newest else "ASC",
        "limit": PAGE,
        "page": page,
        "stubResponses": False,
    }
    return rows_of((yield from rpc(f"find{entity.plural}", params)))


def rpc_listed(method: str, order: str) -> Flow[list[Row]]:
    """All stubs of a small list of JSON-RPC, in an order."""
    rows: list[Row] = []
    for page in range(1, MOST_PAGES):
        params = {"orderBy": order, "orderDirection": "ASC", "limit": PAGE, "page": page}
        found = rows_of((yield from rpc(method, params)))
        rows += found
        if len(found) < PAGE:
            break
    return rows


def rows_of(value: Json) -> list[Row]:
    """The objects of a list; none where it is no list."""
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def get(path: str, query: dict[str, str] | None = None) -> Flow[Json]:
    """The body of one GET below /rest."""
    return (yield Request(method="GET", path=REST + path, query=query or {})).body


def unwrapped(body: Json, key: str) -> list[Row]:
    """The rows of a REST answer: under the collection's name, bare in a list, or a single bare object."""
    if isinstance(body, dict):
        body = body.get(key, [body] if "id" in body else [])
    return rows_of(body)


def listed(path: str, key: str) -> Flow[list[Row]]:
    """All rows of a small list of REST; where it names a next page, that one, too."""
    rows: dict[str, Row] = {}
    query: dict[str, str] = {}
    for _ in range(MOST_PAGES):
        body = yield from get(path, query)
        fresh = {str(row.get("id")): row for row in unwrapped(body, key)}
        more = _next(body)
        if not more or more == query or not fresh.keys() - rows.keys():
            return [row for row in (rows | fresh).values() if not row.get("deletedTime")]
        rows |= fresh
        query = more
    return list(rows.values())


def _next(body: Json) -> dict[str, str]:
    meta = body.get("meta") if isinstance(body, dict) else None
    address = (meta or {}).get("next")
    return dict(parse_qsl(urlsplit(address).query)) if isinstance(address, str) else {}


def by_ids(entity: Entity, ids: list[str]) -> Flow[dict[str, Row]]:
    """The rows of a REST entity among ids, in one request where all are there.

    What the API answers for a list of which one id is unknown is not documented: where it is 404, the list is halved.
    """
    if not ids:
        return {}
    path = f"/{entity.rest}/" + ",".join(f"{id}-{entity.rest}" for id in ids)
    try:
        rows = unwrapped((yield from get(path)), entity.rest)
    except RefusedError as error:
        if error.verdict.status not in (404, 410):
            raise
        if len(ids) == 1:
            return {}
        middle = len(ids) // 2
        left = yield from by_ids(entity, ids[:middle])
        return left | (yield from by_ids(entity, ids[middle:]))
    return {str(row["id"]).partition("-")[0]: row for row in rows if row.get("id")}


def named(row: Json, what: str) -> Row:
    """The object of an answer that names one. A success that names none leaves the write in doubt."""
    if not isinstance(row, dict) or not row.get("id"):
        raise InDoubtError(f"Nutshell said yes to {what} but named none.")
    return row


def is_live(row: Json) -> bool:
    """Whether a row is of a living record: a deleted one may still be answered, with the time of its deletion."""
    return isinstance(row, dict) and not row.get("deletedTime")


def chunks(items: list[str], size: int) -> Iterable[list[str]]:
    """The items in runs of at most so many."""
    return (items[start : start + size] for start in range(0, len(items), size))
