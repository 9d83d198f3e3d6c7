"""From a path to what answers it, parts of a batch included; and the refusal of all that would write."""

from collections.abc import Callable
from urllib.parse import parse_qsl, unquote, urlsplit

import msgspec

from adapters.protocols import Response
from adapters.sandbox.salesforce import bulk, catalogue, queries, records, tooling
from adapters.sandbox.salesforce.ask import Ask
from adapters.sandbox.salesforce.errors import JSON, RefusedError, missing, one
from adapters.sandbox.salesforce.state import Draft

Handler = Callable[[Draft, Ask], Response]

LARGEST_BATCH = 25


def batch(draft: Draft, ask: Ask) -> Response:
    """POST /composite/batch: up to 25 requests; each counts as a call."""
    parts = ask.mapping().get("batchRequests")
    if not isinstance(parts, list) or not parts:
        raise RefusedError("JSON_PARSER_ERROR", "batchRequests is a list of requests")
    if len(parts) > LARGEST_BATCH:
        raise RefusedError("PROCESSING_HALTED", f"No more than {LARGEST_BATCH} requests in one batch.")
    draft.kept.append(["calls", int(draft.now // 3600), len(parts) - 1])
    results: list[dict[str, object]] = []
    halted = failed = False
    for part in parts:
        if halted:
            error = one("BATCH_PROCESSING_HALTED", "An earlier request of the batch failed.")
            results.append({"statusCode": 412, "result": error})
            continue
        answer = _part(draft, ask, part)
        results.append({"statusCode": answer.status, "result": answer.body})
        failed = failed or answer.status >= 400
        halted = failed and bool(ask.mapping().get("haltOnError"))
    return Response(status=200, body={"hasErrors": failed, "results": results}, headers=JSON)


def _part(draft: Draft, ask: Ask, part: object) -> Response:
    if not isinstance(part, dict):
        return RefusedError("JSON_PARSER_ERROR", "a request of a batch is an object").response()
    split = urlsplit(str(part.get("url", "")))
    path = "/" + unquote(split.path).lstrip("/").removeprefix("services/data/")
    query = dict(parse_qsl(split.query, keep_blank_values=True))
    inner = path.removeprefix(f"/v{draft.version}")
    if inner == path or inner.startswith("/composite"):
        return RefusedError("INVALID_BATCH", f"{part.get('url')!r} cannot be part of this batch").response()
    try:
        asked = Ask(str(part.get("method")), inner, {}, query, part.get("richInput"), ask.headers)
        return run(draft, asked)
    except RefusedError as refused:
        return refused.response()


ROUTES: dict[str, dict[str, Handler]] = {
    "/": {"GET": catalogue.resources},
    "/limits": {"GET": catalogue.limits},
    "/limits/recordCount": {"GET": catalogue.counts},
    "/sobjects": {"GET": catalogue.objects},
    "/sobjects/{object}": {"GET": catalogue.one_object},
    "/sobjects/{object}/describe": {"GET": catalogue.describe},
    "/sobjects/{object}/deleted": {"GET": records.deleted},
    "/sobjects/{object}/updated": {"GET": records.updated},
    "/sobjects/{object}/{id}": {"GET": records.by_id},
    "/sobjects/{object}/{id}/{field}": {"GET": records.body},
    "/query": {"GET": queries.query},
    "/queryAll": {"GET": queries.query},
    "/query/{locator}": {"GET": queries.more},
    "/queryAll/{locator}": {"GET": queries.more},
    "/jobs/query": {"GET": bulk.every, "POST": bulk.create},
    "/jobs/query/{id}": {"GET": bulk.look, "PATCH": bulk.change, "DELETE": bulk.remove},
    "/jobs/query/{id}/results": {"GET": bulk.results},
    "/composite/batch": {"POST": batch},
    "/tooling/query": {"GET": tooling.query},
}
"""By path below the version, and method."""

_ABSENT = ("/search", "/parameterizedSearch", "/recent", "/analytics", "/chatter", "/connect", "/tooling", "/ui-api")


def run(draft: Draft, ask: Ask) -> Response:
    """The answer to one request below a version. Raises RefusedError."""
    method = ask.query.get("_HttpMethod", ask.method).upper() if ask.method == "POST" else ask.method
    path = "/" + ask.path.strip("/")
    template, params = _find(path)
    handlers = ROUTES.get(template, {})
    draft.count(f"{method} {template or '(unknown)'}")
    if method in handlers:
        return handlers[method](draft, ask._replace(params=params, path=path))
    if method in ("POST", "PUT", "PATCH", "DELETE"):
        raise _written(draft)
    if handlers:
        allowed = ", ".join(sorted(handlers))
        raise RefusedError("METHOD_NOT_ALLOWED", f"HTTP Method '{method}' not allowed. Allowed are {allowed}", 405)
    if path.startswith(_ABSENT):
        raise RefusedError("NOT_IN_THIS_SANDBOX", f"{path} is not in this sandbox", 501)
    raise missing()


def _written(draft: Draft) -> RefusedError:
    """Nobody writes here: the attempt is counted and refused as for a user who may only read."""
    number = int(draft.value("writes") or 0) + 1
    draft.set("writes", number)
    draft.kept.append(["set", "writes", number])
    return RefusedError("INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id", 403)


def _find(path: str) -> tuple[str, dict[str, str]]:
    given = path.strip("/").split("/")
    best: tuple[str, dict[str, str]] = ("", {})
    for template in ROUTES:
        params: dict[str, str] = {}
        parts = template.strip("/").split("/")
        if len(parts) != len(given):
            continue
        for part, text in zip(parts, given, strict=True):
            if part.startswith("{"):
                params[part[1:-1]] = text
            elif part != text:
                break
        else:
            if not best[0] or len(params) < len(best[1]):
                best = template, params
    return best


def plain(response: Response, headers: dict[str, str]) -> Response:
    """An answer with the headers that every one carries."""
    return msgspec.structs.replace(response, headers={**response.headers, **headers})
