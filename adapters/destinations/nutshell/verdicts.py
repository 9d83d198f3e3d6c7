"""What became of a request: JSON-RPC, which answers 200 whatever happens, and REST, with four kinds of error bodies.

JSON-RPC: an error is an object in a 200; code 409 means that the revision named is not the current one. An empty 200
has been met. REST: 400 is an envelope, 401 and 404 are pages of HTML, 405 is a text, 500 a small object. Neither API
documents a limit, a 429 or a Retry-After; all are heeded where they come. Source: vendor's documentation and recorded
answers.
"""

import re
from typing import Any

from adapters.protocols import Done, Json, Refused, Request, Response, Unknown, Verdict, Wait

_MAYBE_APPLIED = frozenset({408, 425, 499})
_TITLE = re.compile(r"<title>(.*?)</title>", re.IGNORECASE | re.DOTALL)
_INTERNAL = -32603
"""The code by which a JSON-RPC server says that it failed inside, which is no refusal."""


def verdict(request: Request, response: Response) -> Verdict:
    """The verdict on one answer. An unsafe request whose answer makes no sense is `Unknown`; a safe one is repeated."""
    status = response.status
    if 200 <= status < 300:
        return _called(request, response) if is_rpc(request) else _rested(request, response)
    if status == 429:
        return Wait(cause="burst", seconds=_seconds(response.headers.get("retry-after")))
    if status >= 500 or status in _MAYBE_APPLIED or status < 400:
        why = f"status {status}: {_message(response)}"
        return _unclear(request, why, _seconds(response.headers.get("retry-after")))
    return Refused(status=status, message=_message(response), code=_code(response.body))


def is_rpc(request: Request) -> bool:
    """Whether a request is a JSON-RPC call."""
    return request.path.endswith("/json")


def _called(request: Request, response: Response) -> Verdict:
    body = response.body
    error = body.get("error") if isinstance(body, dict) else None
    if error:
        told = error if isinstance(error, dict) else {"message": str(error)}
        code = told.get("code")
        message = str(told.get("message") or "no message")
        if code == _INTERNAL:
            return _unclear(request, f"the server failed ({code}: {message})")
        return Refused(status=409 if code == 409 else 400, message=message, code="" if code is None else str(code))
    if isinstance(body, dict) and "result" in body:
        return Done()
    return _unclear(request, f"status {response.status} with an answer that is no answer of JSON-RPC")


def _rested(request: Request, response: Response) -> Verdict:
    """A yes needs a body, but for a 204, and for the two requests whose described 200 has no content."""
    if isinstance(response.body, dict | list):
        return Done()
    silent = response.body is None and not response.text
    told_nothing = request.method == "PATCH" or request.path.endswith("/customfield")
    if silent and (response.status == 204 or (response.status == 200 and told_nothing)) and request.unsafe:
        return Done()
    return _unclear(request, f"status {response.status} with an answer that says nothing")


def _unclear(request: Request, reason: str, seconds: float | None = None) -> Verdict:
    if request.unsafe:
        return Unknown(reason=f"{_named(request)}: {reason}")
    return Wait(cause="server", seconds=seconds)


def _named(request: Request) -> str:
    """How a request is called: all calls of JSON-RPC have one path."""
    return str(request.body["method"]) if is_rpc(request) else f"{request.method} {request.path}"


def _message(response: Response) -> str:
    """The server's own words, from whichever family of body it chose."""
    body: Any = response.body
    if isinstance(body, dict):
        errors = body.get("errors")
        first = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], dict) else {}
        words = [first.get("title"), first.get("detail"), body.get("message")]
        return ": ".join(dict.fromkeys(str(word) for word in words if word)) or "no message"
    if isinstance(body, str):
        return body
    title = _TITLE.search(response.text)
    return (title[1] if title else response.text).strip()[:300] or "no message"


def _code(body: Json) -> str:
    errors = body.get("errors") if isinstance(body, dict) else None
    first = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], dict) else {}
    return str(first.get("code") or "")


def _seconds(text: str | None) -> float | None:
    try:
        return None if text is None else max(0.0, float(text))
    except ValueError:
        return None
