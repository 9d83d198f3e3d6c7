"""The pure core: one call in, the answer and the changes out. Writes are refused, and counted."""

import hashlib
import re
from typing import Any

import msgspec

from adapters.protocols import Json, Response
from adapters.sandbox.rest.data import Data
from adapters.sandbox.rest.settings import RestSettings, listed, pairs
from adapters.sandbox.rest.shapes import Api, Shape, envelope, window
from adapters.sandbox.world import Call, Change

LOGIN = '<html><body><form action="/login"></form></body></html>'
_PAGE = {"content-type": "text/html; charset=utf-8"}
_HALF = '{"data": [{"id": 1, "na'
_MINUTE = 60.0


class State:
    """What an account is at the moment: its data and its single values (counters, the rate window, its birth)."""

    def __init__(self) -> None:
        self.meta: dict[str, Any] = {}
        self.routes: dict[str, int] = {}
        self.data = Data()

    def apply(self, changes: list[Change]) -> None:
        """Make changes: `set name value`, `count route`, `world data`."""
        for kind, name, *rest in changes:
            if kind == "set":
                self.meta[name] = rest[0]
            elif kind == "count":
                self.routes[name] = self.routes.get(name, 0) + rest[0]
            else:
                self.data = msgspec.convert(name, Data)

    def dump(self) -> list[list[Change]]:
        """The changes that lead here from nothing."""
        head: list[Change] = [["set", name, value] for name, value in self.meta.items()]
        head += [["count", route, number] for route, number in self.routes.items()]
        return [head, [["world", msgspec.to_builtins(self.data)]]]


def answer(
    api: Api, state: State, settings: RestSettings, token: str, call: Call, now: float
) -> tuple[Response, list[Change]]:
    """The answer to a call and the changes that it makes; the state stays as it is."""
    request = call.request
    changes: list[Change] = [
        ["set", "total", int(state.meta.get("total", 0)) + 1], ["count", f"{request.method} {request.path}", 1],
    ]  # fmt: skip
    if request.method != "GET":
        changes.append(["set", "writes", int(state.meta.get("writes", 0)) + 1])
        return _json(405, {"message": "Method Not Allowed"}), changes
    if not _known(settings, token, call):
        return _stranger(api, settings, request.path), changes
    left, seconds = _budget(state, settings, now)
    if left < 0:
        return _too_many(settings, seconds), changes
    changes.append(["set", "window", _window(state, now)])
    headers = _rate_headers(api, settings, left)
    response, more = _answered(api, state, settings, call)
    if response.content is None and (response.body is not None or response.status == 200):
        response = msgspec.structs.replace(response, headers={**headers, **response.headers})
    return response, changes + more


def _answered(api: Api, state: State, settings: RestSettings, call: Call) -> tuple[Response, list[Change]]:
    path = call.request.path
    if path in state.data.gone:
        return Response(status=410, headers=_PAGE, text="Gone"), []
    if path in state.data.files:
        return _file(state.data, path, call), []
    if path == api.base and api.missing == "page":
        return _json(200, state.data.answers.get("", {"name": api.system})), []
    if not path.startswith(f"{api.base}/"):
        return _missing(api), []
    below = path.removeprefix(f"{api.base}/")
    if below in api.forbidden:
        return _json(403, {"message": "Forbidden"}), []
    if below in state.data.answers:
        return _json(200, state.data.answers[below]), []
    shape = _shape(api, below)
    if shape is None or below not in state.data.lists:
        return _missing(api), []
    if struck := _first(settings, state, below, call):
        response, name = struck
        return response, [["set", name, True]]
    return _list(api, shape, state, settings, call)


def _list(api: Api, shape: Shape, state: State, settings: RestSettings, call: Call) -> tuple[Response, list[Change]]:
    query = call.request.query
    every = state.data.lists[shape.path]
    hidden = {name.rpartition("/")[2] for name in listed(settings.hidden) if name.startswith(f"{shape.path}/")}
    rows = [row for row in every if str(row.get("id")) not in hidden]
    most = min(shape.size, settings.page_size or shape.size)
    asked = window(shape, query, most)
    if asked is None:
        return _json(400, {"message": "Bad Request"}), []
    changes: list[Change] = []
    if shape.path in listed(settings.shifts):
        if state.meta.get(f"shifted {shape.path}") and asked.start:
            rows = [{**rows[0], "id": f"{rows[0].get('id')}0"}, *rows]
        changes.append(["set", f"shifted {shape.path}", True])
    count, page = _paged(shape, settings, rows, asked.start, asked.size)
    total = len(every) + int(pairs(settings.totals).get(shape.path, "0"))
    page = [_cut(shape, settings, row) for row in page]
    stuck = shape.path in listed(settings.stuck)
    body, headers = envelope(api, shape, asked, page, count, total, query, stuck=stuck)
    return msgspec.structs.replace(_json(200, body), headers={**_json(200, body).headers, **headers}), changes


def _paged(
    shape: Shape, settings: RestSettings, rows: list[dict[str, Json]], start: int, size: int
) -> tuple[int, list[dict[str, Json]]]:
    """How many rows can be paged through, and those of a page; the first page's last row may come twice."""
    if shape.path not in listed(settings.repeats) or len(rows) <= size:
        return len(rows), rows[start : start + size]
    again = rows[size - 1]
    if not shape.extra:
        rows = [*rows[:size], again, *rows[size:]]
        return len(rows), rows[start : start + size]
    page = rows[start : start + size]
    return len(rows), [again, *page] if start == size else page


def _cut(shape: Shape, settings: RestSettings, row: dict[str, Json]) -> dict[str, Json]:
    for name, length in pairs(settings.cut).items():
        path, _, field = name.rpartition("/")
        text = row.get(field)
        if path == shape.path and isinstance(text, str) and len(text) > int(length):
            row = {**row, field: text[: int(length)] + "…"}
    return row


def _first(settings: RestSettings, state: State, below: str, call: Call) -> tuple[Response, str] | None:
    """What the first attempt of a request meets, and the name under which it is remembered."""
    what, _, where = pairs(settings.first).get(below, "").partition("@")
    parameter, _, value = where.partition(":")
    query = call.request.query
    name = f"first {below} {sorted(query.items())}"
    if not what or state.meta.get(name) or (where and query.get(parameter, "") != value):
        return None
    match what:
        case "429":
            headers = {"retry-after": "2", "x-ratelimit-remaining": "0"}
            found = _json(429, {"message": "Too Many Attempts."})
            return msgspec.structs.replace(found, headers={**found.headers, **headers}), name
        case "failed":
            return _json(200, {"success": False, "error": "upstream timeout", "data": None}), name
        case "truncated":
            return Response(status=200, headers={"content-type": "application/json"}, text=_HALF), name
        case "page":
            return Response(status=200, headers=_PAGE, text=LOGIN), name
    return Response(status=500, headers=_PAGE, text="Server Error"), name


def _known(settings: RestSettings, token: str, call: Call) -> bool:
    way = "basic" if call.user else "bearer" if call.bearer and call.token else "header"
    return bool(call.token) and call.token == token and (way == settings.auth or call.host == "")


def _stranger(api: Api, settings: RestSettings, path: str) -> Response:
    if settings.login_page and path.startswith(api.base):
        return Response(status=200, headers=_PAGE, text=LOGIN)
    return _json(401, {"message": "Unauthenticated."})


def _window(state: State, now: float) -> list[float]:
    start, count = state.meta.get("window") or [now, 0]
    return [now, 1] if now - start >= _MINUTE else [start, count + 1]


def _budget(state: State, settings: RestSettings, now: float) -> tuple[int, float]:
    """Requests that are left in this minute after this one, and seconds until the next minute."""
    start, count = _window(state, now)
    return (settings.rate or 1_000_000_000) - int(count), max(0.0, start + _MINUTE - now)


def _too_many(settings: RestSettings, seconds: float) -> Response:
    headers = {"retry-after": str(int(seconds) + 1), "x-ratelimit-remaining": "0"}
    found = _json(429, {"message": "Too Many Attempts."})
    return msgspec.structs.replace(found, headers={**found.headers, **headers, "x-ratelimit-limit": str(settings.rate)})


def _rate_headers(api: Api, settings: RestSettings, left: int) -> dict[str, str]:
    if not api.rate_headers or settings.rate is None:
        return {}
    return {"x-ratelimit-limit": str(settings.rate), "x-ratelimit-remaining": str(left)}


def _shape(api: Api, below: str) -> Shape | None:
    if api.records and re.fullmatch(api.records.format("[^/]+"), below):
        return Shape(path=below, style="bare", size=1000)
    return next((shape for shape in api.shapes if shape.path == below), None)


def _file(data: Data, path: str, call: Call) -> Response:
    """A file, or the part of it that is asked for, with its ETag."""
    file = data.files[path]
    content = file.text.encode()
    tag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
    headers = {"content-type": file.mime, "etag": tag, "accept-ranges": "bytes"}
    if call.match and call.match == tag:
        return Response(status=304, headers=headers)
    wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", call.request.headers.get("range", ""))
    if not wanted or call.request.headers.get("if-range", tag) != tag:
        return Response(status=200, headers=headers, content=content)
    start, end = int(wanted[1]), min(int(wanted[2] or len(content) - 1), len(content) - 1)
    if start > end:
        return Response(status=416, headers={**headers, "content-range": f"bytes */{len(content)}"}, content=b"")
    headers["content-range"] = f"bytes {start}-{end}/{len(content)}"
    return Response(status=206, headers=headers, content=content[start : end + 1])


def _missing(api: Api) -> Response:
    if api.missing == "json":
        return _json(404, {"error": "not_found"})
    return Response(status=404, headers=_PAGE, text="<html><body>Not found</body></html>")


def _json(status: int, body: Json) -> Response:
    return Response(status=status, headers={"content-type": "application/json"}, body=body)
