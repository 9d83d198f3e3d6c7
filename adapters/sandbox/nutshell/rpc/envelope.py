"""The envelope: what a call must look like, and how answers and errors are wrapped (facts 4)."""

import hashlib
from collections.abc import Callable
from typing import Any

import msgspec

from adapters.protocols import Json, Response
from adapters.sandbox.nutshell.errors import RefusedError, bad_params
from adapters.sandbox.nutshell.rpc.methods import METHODS, Method, Param
from adapters.sandbox.nutshell.state import Draft
from adapters.sandbox.world import Call, Change

_KINDS: dict[str, tuple[type, ...]] = {
    "integer": (int,), "number": (int, float), "string": (str,), "boolean": (bool,), "object": (dict,),
}  # fmt: skip


def body_of(call: Call) -> Json:
    """The body as JSON, whatever its media type says; None where it is none."""
    if not call.raw:
        return None if call.malformed else call.request.body
    try:
        return msgspec.json.decode(call.raw)
    except msgspec.DecodeError:
        return None


def method_name(call: Call) -> str:
    """The method that a body names; empty for a malformed one."""
    body = body_of(call)
    name = body.get("method") if isinstance(body, dict) else None
    return name if isinstance(name, str) else ""


def discovery(draft: Draft, call: Call) -> Response:
    """`getApiForUsername`, which needs no credentials: the host that this very request came to."""
    body = body_of(call)
    if not _well_formed(body):
        return invalid_request()
    if body["method"] != "getApiForUsername":
        return _failure(body, -32601, "Method not found")
    params = body.get("params") or {}
    name = params.get("username") if isinstance(params, dict) else params[0]
    known = [row["email"].casefold() for row in draft.rows("users")] + [draft.settings.domain]
    if not isinstance(name, str) or name.casefold() not in known:
        return _failure(body, draft.settings.unrecorded_code, "There is no user of that name")
    host = call.host or draft.settings.api_host
    return _success(body, {"api": host, "login": host, "iphone": host, "mobile": host})


def answer(draft: Draft, call: Call) -> tuple[Response, list[Change]]:
    """The answer of the account's RPC address, and the changes that it makes; a refusal changes no record."""
    body = body_of(call)
    if not _well_formed(body):
        return invalid_request(), draft.changes
    name = body["method"]
    method = METHODS.get(name)
    if method is None:
        return _failure(body, -32601, "Method not found"), draft.changes
    before = len(draft.changes)
    try:
        result = (method.handler or _left_out(name))(draft, _params(method, body.get("params")))
    except RefusedError as refused:
        code = draft.settings.unrecorded_code if refused.code is None else refused.code
        kept = draft.changes[:before]
        return _failure(body, code, ": ".join(filter(None, (refused.title, refused.detail)))), kept
    return _with_etag(_success(body, result), name, call), draft.changes


def _left_out(name: str) -> Callable[[Draft, dict[str, Any]], Json]:
    def handler(_draft: Draft, _params: dict[str, Any]) -> Json:
        raise RefusedError(f"{name} is not in this sandbox")

    return handler


def _well_formed(body: Json) -> bool:
    """Whether a body is a call: an object with a method and an id, and parameters by name or by position."""
    if not isinstance(body, dict) or not isinstance(body.get("method"), str):
        return False
    fits = isinstance(body.get("params", {}), dict | list) and body.get("jsonrpc", "2.0") == "2.0"
    return fits and isinstance(body.get("id"), str | int) and not isinstance(body.get("id"), bool)


def invalid_request() -> Response:
    """-32600, as recorded: the id null and no jsonrpc key."""
    error = {"code": -32600, "message": "Invalid Request", "data": None}
    return Response(status=200, body={"result": None, "error": error, "id": None})


def _failure(body: Json, code: int, message: str) -> Response:
    error = {"code": code, "message": message, "data": None}
    return Response(status=200, body={"result": None, "error": error, "id": body["id"]})


def _success(body: Json, result: Json) -> Response:
    return Response(status=200, body={"result": result, "id": body["id"], "error": None, "jsonrpc": "2.0"})


def _with_etag(response: Response, name: str, call: Call) -> Response:
    """get* and find* carry an ETag; a client that has it already is told no more than that."""
    if not name.startswith(("get", "find")):
        return response
    tag = f'"{hashlib.sha256(msgspec.json.encode(response.body["result"])).hexdigest()[:32]}"'
    if call.match == tag:
        return Response(status=304, headers={"etag": tag})
    return msgspec.structs.replace(response, headers={"etag": tag})


def _params(method: Method, given: Json) -> dict[str, Any]:
    """Parameters by name. Raises RefusedError for unknown, missing and wrong ones."""
    if isinstance(given, list):
        names = method.names()
        if len(given) > len(names):
            raise bad_params(f"there are {len(names)} at most")
        given = dict(zip(names, given, strict=False))
    given = given or {}
    if unknown := given.keys() - set(method.names()):
        raise bad_params(f"there is no {', '.join(sorted(unknown))}")
    out = {}
    for param in method.params:
        value = given.get(param.name)
        if value is None:
            if param.required:
                raise bad_params(f"{param.name} is missing")
            continue
        out[param.name] = _checked(param, value)
    return out


def _checked(param: Param, value: Json) -> Json:
    if param.kind == "any":
        return value
    if param.kind == "object" and value == []:
        return {}
    if param.kind == "integer" and isinstance(value, str) and value.isdigit():
        return int(value)
    if not isinstance(value, _KINDS[param.kind]) or (isinstance(value, bool) and param.kind != "boolean"):
        raise bad_params(f"{param.name} is of the wrong type")
    return value
