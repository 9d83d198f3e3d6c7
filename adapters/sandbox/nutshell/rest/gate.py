"""REST: from a call to its handler, and from refusals to their answers (facts 12)."""

from adapters.protocols import Json, Response
from adapters.sandbox.nutshell import access, errors
from adapters.sandbox.nutshell.errors import MissingError, RefusedError
from adapters.sandbox.nutshell.rest import routes
from adapters.sandbox.nutshell.rest.ask import Ask, Reply, site
from adapters.sandbox.nutshell.state import Draft
from adapters.sandbox.world import KINDS, Call, Change

_COLLECTIONS = {"audiences": "emAudiences", "accounttypes": "accountTypes", "activitytypes": "activityTypes"}
_NEEDS_PATCH = "application/json-patch+json is required, see http://jsonapi.org"


def answer(draft: Draft, token: str, call: Call) -> tuple[Response, list[Change]]:
    """The answer, and the changes that it makes; a refusal changes no record."""
    who = access.actor(draft, call, token)
    if who is None:
        return errors.page(401, "Unauthorized"), draft.changes
    draft.actor = who
    path = call.request.path.removeprefix("/rest")
    try:
        template, texts, handler = routes.find(call.request.method, path)
    except KeyError:
        return errors.page(404, "Not Found"), draft.changes
    except LookupError:
        return errors.text(405, "Internal Error"), draft.changes
    draft.changes.append(["count", f"{call.request.method} /rest{template}", 1])
    if handler is None:
        return errors.text(501, f"{template} is not in this sandbox"), draft.changes
    if call.request.method == "PATCH" and call.kind != KINDS["json-patch"]:
        return errors.text(draft.settings.media_type_status, _NEEDS_PATCH), draft.changes
    before = len(draft.changes)
    try:
        reply = handler(draft, Ask(texts, call.request.query, _json(call)))
    except MissingError:
        return errors.page(404, "Not Found"), draft.changes[:before]
    except RefusedError as refused:
        collection = template.split("/")[1]
        body = errors.envelope(site(draft), _COLLECTIONS.get(collection, collection), refused)
        return Response(status=400, body=body), draft.changes[:before]
    if call.request.method != "GET":
        draft.set("writes", int(draft.value("writes") or 0) + 1)
    return _response(reply), draft.changes


def _json(call: Call) -> Json:
    if call.malformed or call.form:
        raise RefusedError("Invalid request", "the body is not JSON")
    return call.request.body


def _response(reply: Reply) -> Response:
    return Response(status=reply.status, body=reply.body)
