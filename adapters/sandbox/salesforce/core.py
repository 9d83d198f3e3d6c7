"""The pure core: one call in, the answer and the changes out."""

from email.utils import formatdate
from urllib.parse import quote, urlencode

from adapters.protocols import Response
from adapters.sandbox.salesforce import catalogue, login, routes
from adapters.sandbox.salesforce.ask import Ask
from adapters.sandbox.salesforce.errors import LoginError, RefusedError, missing, page, spent
from adapters.sandbox.salesforce.settings import SalesforceSettings
from adapters.sandbox.salesforce.state import HOUR, Draft, State
from adapters.sandbox.world import Call, Change

ROOT = "/services/data"
TOKEN = "/services/oauth2/token"  # noqa: S105  a path
LONGEST = 16_384
"""Bytes of the request's target, and of all of its headers."""
MY_DOMAIN = "https://sandbox.my.salesforce.com"
"""The org's address where no real one is known, in memory."""


def answer(
    state: State, settings: SalesforceSettings, token: str, call: Call, now: float
) -> tuple[Response, list[Change]]:
    """The answer to a call and the changes that it makes; the state stays as it is.

    `token` is the session that never ends, the app's secret and its first refresh token. `now` is virtual time, seconds
    since 1970, UTC.
    """
    draft = Draft(state, settings, now, f"{call.scheme}://{call.host}" if call.host else MY_DOMAIN)
    draft.kept.append(["set", "calls", int(state.meta.get("calls") or 0) + 1])
    try:
        response = _answered(draft, token, call)
    except (RefusedError, LoginError) as refused:
        response = refused.response()
        draft.made.clear()
    return routes.plain(response, headers_of(state, settings, call, now)), draft.kept + draft.made


def headers_of(state: State, settings: SalesforceSettings, call: Call, now: float) -> dict[str, str]:
    """What every answer carries: the time, and below a version how many calls the last 24 hours saw."""
    headers = {"date": formatdate(now, usegmt=True)}
    if call.request.path.startswith(f"{ROOT}/v"):
        used = state.used(now) + 1
        usage = f"api-usage={used}/{settings.daily}"
        if settings.app:
            usage += f"; per-app-api-usage={used}/{settings.app_daily}(appName={settings.app})"
        headers["sforce-limit-info"] = usage
    return headers


def _answered(draft: Draft, token: str, call: Call) -> Response:
    request = call.request
    if len(call.target or f"{quote(request.path)}?{urlencode(request.query)}") > LONGEST:
        return page(414, "URI Too Long")
    if sum(len(name) + len(value) for name, value in request.headers.items()) > LONGEST:
        return page(431, "Request Header Fields Too Large")
    path = request.path.rstrip("/")
    if path == TOKEN and request.method == "POST":
        draft.count(f"POST {TOKEN}")
        return login.token(draft, token, call)
    if path == ROOT and request.method == "GET":
        draft.count(f"GET {ROOT}")
        return catalogue.versions(draft.settings)
    if not path.startswith(f"{ROOT}/v"):
        return page(404, "URL No Longer Exists")
    return _below_version(draft, token, call, path)


def _below_version(draft: Draft, token: str, call: Call, path: str) -> Response:
    version, _, rest = path.removeprefix(f"{ROOT}/v").partition("/")
    number, _, minor = version.partition(".")
    if minor != "0" or not number.isdigit() or not draft.settings.oldest <= int(number) <= draft.settings.newest:
        raise missing()
    draft.version = f"{int(number)}.0"
    login.check(draft, token, call)
    if not draft.settings.api_enabled:
        raise RefusedError("API_CURRENTLY_DISABLED", "API is currently disabled for this user", 403)
    if draft.state.used(draft.now) + 1 > draft.settings.daily:
        raise spent()
    draft.kept.append(["calls", int(draft.now // HOUR), 1])
    if call.malformed:
        raise RefusedError("JSON_PARSER_ERROR", "The HTTP entity body could not be read as JSON")
    request = call.request
    headers = {name.lower(): value for name, value in request.headers.items()}
    return routes.run(draft, Ask(request.method, f"/{rest}", {}, request.query, request.body, headers))
