"""The change log: /events, newest first, walked back by `meta.previous`; and /events/deleted (facts 13)."""

from collections.abc import Callable
from urllib.parse import urlencode

from adapters.protocols import Json
from adapters.sandbox.nutshell import times
from adapters.sandbox.nutshell.errors import RefusedError
from adapters.sandbox.nutshell.rest.ask import Ask, Reply, number, wrapped
from adapters.sandbox.nutshell.rest.views import view
from adapters.sandbox.nutshell.state import Draft, Row, ref, split

LIMIT, MOST = 20, 1000
"""How many events a page holds when nothing is said, and at most (neither is documented)."""

Fits = Callable[[Row], bool]


def events(draft: Draft, ask: Ask) -> Reply:
    """The events that fit, newest first. since_* exclude and max_* include; their times include, as ids decide."""
    query = ask.query
    limit = _whole("limit", query.get("limit", str(LIMIT)))
    wanted = _conditions(query)
    since = _event(query, "since_id")
    found: list[Row] = []
    for row in reversed(draft.state.tables.get("events", {}).values()):
        if (since is not None and row["id"] <= since) or len(found) == min(limit, MOST):
            break
        if all(fits(row) for fits in wanted):
            found.append(row)
    reply = wrapped(draft, "events", [_shown(row) for row in found], **_meta(draft, query, found, limit))
    return Reply(reply.status, {**reply.body, **_sides(draft, found)})


def _conditions(query: dict[str, str]) -> list[Fits]:
    out: list[Fits] = []
    latest = _event(query, "max_id")
    if latest is not None:
        out.append(lambda row: row["id"] <= latest)
    if "since_time" in query:
        start = _whole("since_time", query["since_time"])
        out.append(lambda row: int(row["created"]) >= start)
    if "max_time" in query:
        end = _whole("max_time", query["max_time"])
        out.append(lambda row: int(row["created"]) <= end)
    if "entity_id" in query:
        out.append(lambda row: row["payload"] == query["entity_id"])
    payloads = _list(query, "filters[payload][]")
    if payloads:
        out.append(lambda row: split(row["payload"])[0] in payloads)
    creators = _list(query, "filters[creator][]")
    if creators:
        out.append(lambda row: row["actor"] in creators)
    return out


def _list(query: dict[str, str], key: str) -> list[str]:
    return [one for one in query.get(key, "").split(",") if one]


def _event(query: dict[str, str], key: str) -> int | None:
    if key not in query:
        return None
    found = number("events", query[key])
    if found is None:
        raise RefusedError("Invalid filter", f"Invalid {key}: {query[key]}")
    return found


def _whole(what: str, text: str) -> int:
    if not text.isdigit() or (what == "limit" and text == "0"):
        raise RefusedError("Invalid filter", f"Invalid {what}: {text}")
    return int(text)


def _meta(draft: Draft, query: dict[str, str], found: list[Row], limit: int) -> dict[str, Json]:
    """`next` polls for newer events, `previous` walks to older ones and repeats the oldest of this page.

    An empty page repeats the place from which it was asked, so that polling goes on.
    """
    kept = {key: value for key, value in query.items() if key.startswith("filter") or key in ("entity_id", "events")}

    def link(**place: Json) -> str:
        return f"{draft.base}/rest/events?{urlencode({**kept, 'limit': limit, **place})}"

    if not found:
        place = {key: value for key, value in query.items() if key in ("since_id", "since_time")}
        return {"next": link(**place), "previous": None, "last": None}
    newest, oldest = found[0], found[-1]
    return {
        "next": link(since_id=ref("events", newest["id"]), since_time=int(newest["created"])),
        "previous": link(max_id=ref("events", oldest["id"]), max_time=int(oldest["created"])),
        "last": ref("events", oldest["id"]),
    }


def _shown(row: Row) -> dict[str, Json]:
    return {
        "id": ref("events", row["id"]), "type": "events", "createdTime": times.unix(row["created"]),
        "actorType": split(row["actor"])[0], "payloadType": split(row["payload"])[0], "action": row["action"],
        "changes": row["changes"], "count": None,
        "links": {"comments": [], "actor": row["actor"], "payloads": [row["payload"]]},
    }  # fmt: skip


def _sides(draft: Draft, found: list[Row]) -> dict[str, Json]:
    """The records and the actors of a page, as they are now."""
    out: dict[str, Json] = {}
    for key, field in (("payloads", "payload"), ("actors", "actor")):
        names = dict.fromkeys(row[field] for row in found)
        rows = [(split(name)[0], draft.get(*split(name))) for name in names]
        out[key] = [view(draft, table, row) for table, row in rows if row is not None]
    return out


def deleted(draft: Draft, ask: Ask) -> Reply:
    """Every deletion, newest first; `sort=-change_time` reverses that, in the words of the document."""
    rows = list(draft.state.tables.get("deletions", {}).values())
    kinds = _list(ask.query, "filter[types]")
    rows = [row for row in rows if not kinds or split(row["payload"])[0] in kinds]
    sort = ask.query.get("sort")
    if sort not in (None, "-change_time"):
        raise RefusedError("Invalid sort", f"Invalid field: {sort}")
    return wrapped(draft, "events", [_shown(row) for row in (rows if sort else reversed(rows))])
