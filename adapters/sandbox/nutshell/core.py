"""The pure core: one call in, the answer and the changes out. Discovery, JSON-RPC and REST at one address."""

import hashlib

import msgspec

from adapters.protocols import Response
from adapters.sandbox.nutshell import access, errors
from adapters.sandbox.nutshell.rest import gate as rest
from adapters.sandbox.nutshell.rpc import envelope, methods
from adapters.sandbox.nutshell.settings import NutshellSettings
from adapters.sandbox.nutshell.state import Draft, State
from adapters.sandbox.world import Call, Change

DISCOVERY = "/v1/json"
RPC = "/api/v1/json"


def unsafe(call: Call) -> bool:
    """Whether a call may change the account: in JSON-RPC the method says so."""
    if call.request.path in (DISCOVERY, RPC):
        return not methods.reads(envelope.method_name(call))
    return call.request.method != "GET"


def answer(
    state: State, settings: NutshellSettings, token: str, call: Call, now: float
) -> tuple[Response, list[Change]]:
    """The answer to a call and the changes that it makes; the state stays as it is.

    `token` is the key that is accepted; `now` is virtual time, seconds since 1970, UTC.
    """
    draft = Draft(state, settings, now, base=f"http://{call.host}" if call.host else "")
    number = int(draft.value("calls") or 0) + 1
    draft.set("calls", number)
    path = call.request.path
    if path == DISCOVERY and call.request.method == "POST":
        draft.changes.append(["count", "rpc getApiForUsername", 1])
        return envelope.discovery(draft, call), draft.changes
    if path == RPC and call.request.method == "POST":
        return _rpc(draft, token, call)
    if path.startswith("/rest/"):
        response, changes = rest.answer(draft, token, call)
        headers = {**headers_of(state, call, number), **response.headers}
        return msgspec.structs.replace(response, headers=headers), changes
    return errors.page(404, "Not Found"), draft.changes


def headers_of(state: State, call: Call, number: int) -> dict[str, str]:
    """What every answer to the call of that number carries: in REST a request id."""
    if not call.request.path.startswith("/rest/"):
        return {}
    name = f"{state.meta['seed']}:{number}"
    return {"x-nutshell-request-id": hashlib.sha256(name.encode()).hexdigest()[:32]}


def _rpc(draft: Draft, token: str, call: Call) -> tuple[Response, list[Change]]:
    who = access.actor(draft, call, token)
    if who is None:
        return errors.page(401, "Unauthorized"), draft.changes
    draft.actor = who
    name = envelope.method_name(call)
    draft.changes.append(["count", f"rpc {name or '(malformed)'}", 1])
    response, changes = envelope.answer(draft, call)
    done = response.body is not None and response.body["error"] is None
    if done and not methods.reads(name):
        changes = [*changes, ["set", "writes", int(draft.value("writes") or 0) + 1]]
    return response, changes
