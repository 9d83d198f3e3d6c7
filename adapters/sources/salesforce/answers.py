"""What an answer of Salesforce means. Errors of data come as a list, errors of the login as an object, some as HTML."""

import msgspec

from adapters.protocols import Done, Json, Refused, Request, Response, Unknown, Verdict, Wait

TOKEN_PATH = "/services/oauth2/token"  # noqa: S105 - a path
"""Where sessions are asked for."""

VERSIONS_PATH = "/services/data/"
"""The list of API versions: nobody needs a login for it."""

QUOTA = "REQUEST_LIMIT_EXCEEDED"
_AGAIN = frozenset({406, 420, 429})
"""Statuses that pass, often with an empty or HTML body, besides those of a server in trouble."""
_OPEN_JOB = frozenset({"UploadComplete", "InProgress", "Open"})
_SHOWN = 300


def complaint(response: Response) -> tuple[str, str]:
    """The error's code and words; no code where the body is no error of Salesforce."""
    body = response.body
    if body is None and response.text[:1] in ("[", "{"):  # a raw answer gives its errors as text, too
        body = _parsed(response.text)
    if isinstance(body, list) and body:
        body = body[0]
    if isinstance(body, dict):
        code = str(body.get("errorCode") or body.get("error") or "")
        message = str(body.get("message") or body.get("error_description") or "")
        if code or message:
            return code, " ".join(message.split()) or code
    return "", " ".join(response.text.split())[:_SHOWN] or f"status {response.status}, without a word"


def verdict(request: Request, response: Response) -> Verdict:
    """What became of a request; see `RemoteSource.verdict`."""
    if 200 <= response.status < 300:
        return _answered(request, response)
    code, message = complaint(response)
    if code == QUOTA:
        # the same code for "25 long calls are running" and for "the day's calls are spent": the words tell them apart
        return Wait(cause="burst" if "concurrent" in message.lower() else "daily")
    if response.status in _AGAIN or response.status >= 500:
        return Wait(cause="server", seconds=_retry_after(response))
    return Refused(status=response.status, message=message, code=code)


def price(request: Request) -> int:
    """API calls: one a request, and one for each that travels inside a batch."""
    if request.path.endswith("/composite/batch"):
        return len(request.body["batchRequests"])
    return 1


def _answered(request: Request, response: Response) -> Verdict:
    if request.save or request.digest:
        return Done()
    if request.raw:
        html = "text/html" in response.headers.get("content-type", "")
        if html and request.path.endswith("/results"):
            return Unknown(reason="an HTML page where CSV was asked for")
        return Done()
    if response.body is None:
        return Unknown(reason="no JSON where data was asked for; a login page or a proxy's answer")
    if _is_running(request, response.body):
        return Wait(cause="running")
    return Done()


def _is_running(request: Request, body: Json) -> bool:
    """Whether the answer is the state of a Bulk job that is not done: to be asked again after a while."""
    polled = request.method == "GET" and "/jobs/query/" in request.path
    return polled and isinstance(body, dict) and body.get("state") in _OPEN_JOB


def _retry_after(response: Response) -> float | None:
    stated = response.headers.get("retry-after", "")
    return float(stated) if stated.isdigit() else None


def _parsed(text: str) -> Json:
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return None
