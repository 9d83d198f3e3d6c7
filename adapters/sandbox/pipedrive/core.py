"""The pure core: one call in, the answer and the changes out."""

import re
from typing import Any

from adapters.protocols import Json, Request, Response
from adapters.sandbox.pipedrive import events, gateway
from adapters.sandbox.pipedrive.answers import (
    RefusedError,
    Reply,
    gateway as gateway_error,
    invalid,
    v1_error,
    v2_error,
)
from adapters.sandbox.pipedrive.routes_v1 import ROUTES_V1
from adapters.sandbox.pipedrive.routes_v2 import ROUTES_V2
from adapters.sandbox.pipedrive.routing import Ask, Route, Router, split
from adapters.sandbox.pipedrive.state import Draft, State
from adapters.sandbox.pipedrive.unsupported import LEFT_OUT, left_out
from adapters.sandbox.pipedrive.values import Spec, WrongError, check
from adapters.sandbox.settings import Settings
from adapters.sandbox.world import Call, Change

ROUTER = Router([*ROUTES_V1, *ROUTES_V2, *LEFT_OUT])
"""All operations that are answered."""


def answer(state: State, settings: Settings, token: str, call: Call, now: float) -> tuple[Response, list[Change]]:
    """The answer to a call and the changes that it makes; the state stays as it is.

    `token` is the one that is accepted; `now` is virtual time, seconds since 1970, UTC.
    """
    draft = Draft(state, settings, now, settings.users[0].id)
    number = draft.next("request")
    if call.token != token:
        headers = {"x-401-by-gw": "true"}
        return Response(status=401, body=gateway_error(401, "unauthorized access").body, headers=headers), draft.changes
    place = split(call.request.path)
    found = ROUTER.find(place[0], call.request.method, place[1]) if place else None
    if place is None or found is None:
        return _unknown(place, call.request), draft.changes
    route, texts = found
    refused = gateway.refusal(draft, call, route.cost, search=route.search)
    draft.changes.append(["count", route.template, 1])
    headers = gateway.headers(draft, call, number)
    if refused is not None:
        return Response(
            status=refused.status, body=refused.body, text=refused.text, headers=headers | dict(refused.headers)
        ), draft.changes
    reply, changes = application(draft, route, texts, call, headers["x-correlation-id"])
    return Response(status=reply.status, body=reply.body, content=reply.content, headers=headers), changes


def application(
    draft: Draft, route: Route, texts: dict[str, str], call: Call, correlation: str = ""
) -> tuple[Reply, list[Change]]:
    """What the application behind the gateway says, and all changes of the draft; a refusal changes no record."""
    before = len(draft.changes)
    try:
        if call.malformed or (call.form and route.version == "v2") or (route.takes and call.kind != route.takes):
            raise _bad_body(route.version)
        if route.handler is left_out:
            raise _left_out(route)
        if route.needs and not getattr(draft.settings, route.needs):
            raise v2_error(415, f"The feature '{route.needs}' is not enabled for this company", "ERR_FEATURE")
        query = _query(route, call.request.query)
        ask = Ask(_params(route, texts), query, call.request.body, call.content)
        reply = route.handler(draft, ask)
    except RefusedError as refused:
        return refused.reply, draft.changes[:before]
    if call.request.unsafe:
        events.queue(draft, draft.changes[before:], correlation, draft.state)
        draft.set("writes", int(draft.value("writes") or 0) + 1)
    return reply, draft.changes


def _left_out(route: Route) -> RefusedError:
    text = f"{route.template} is not in this sandbox"
    return v2_error(501, text, "ERR_NOT_IMPLEMENTED") if route.version == "v2" else v1_error(501, text)


def _bad_body(version: str) -> RefusedError:
    if version == "v1":
        return v1_error(400, "Bad request")
    return v2_error(400, "Bad request: the body is not valid JSON", "ERR_BAD_REQUEST")


def _unknown(place: tuple[str, str] | None, request: Request) -> Response:
    if place is None:
        return gateway_error(404, "Unknown path: the roots are /api/v2, /api/v1 and /v1")
    version, path = place
    verbs = ROUTER.methods(version, path)
    if verbs:
        error = v1_error(405, f"Method {request.method} is not allowed, only {', '.join(verbs)}")
        return Response(status=405, body=error.reply.body)
    return Response(status=404, body=v1_error(404, f"Unknown method {request.method} {path}").reply.body)


def _params(route: Route, texts: dict[str, str]) -> dict[str, Any]:
    params: dict[str, Any] = dict(texts)
    for name in _NUMBERS & texts.keys():
        if not re.fullmatch(r"\d{1,15}", texts[name]):
            raise _bad_id(route.version, texts[name])
        params[name] = int(texts[name])
    return params


_NUMBERS = {"id", "line", "variation", "installment"}
"""The variables of paths that are numbers."""


def _bad_id(version: str, text: str) -> RefusedError:
    if version == "v1":
        return v1_error(400, f"Bad request: '{text}' is not an id")
    return invalid([("id", "The value is not a valid 'integer'")])


def _query(route: Route, given: dict[str, str]) -> dict[str, Any]:
    """The query by its specs: v2 refuses what it does not know, v1 passes it over."""
    out: dict[str, Any] = {}
    for key, text in given.items():
        spec = route.query.get(key)
        if spec is None:
            if route.version == "v2":
                raise invalid([(key, f"Parameter '{key}' is not allowed for this request")])
            continue
        try:
            out[key] = check(_from_text(text, spec), spec)
        except WrongError as error:
            if route.version == "v1":
                raise v1_error(400, f"Bad request: {key}: {error}") from None
            raise invalid([(key, str(error))]) from None
    for key in route.needed:
        if key not in out:
            raise missing_parameter(route.version, key)
    return out


def missing_parameter(version: str, key: str) -> RefusedError:
    """The refusal of a request without a query parameter that it needs."""
    if version == "v1":
        return v1_error(400, f"Bad request: {key} must be given")
    return invalid([(key, f"Parameter '{key}' is required")])


def _from_text(text: str, spec: Spec) -> Json:
    if spec.kind == "integer" and re.fullmatch(r"-?\d{1,15}", text):
        return int(text)
    if spec.kind == "boolean" and text in ("true", "false", "1", "0"):
        return text in ("true", "1")
    return text


__all__ = ["ROUTER", "answer", "application", "missing_parameter"]
