"""What became of a request: three families of errors, two versions, two kinds of 429.

Gateway errors carry `errorCode`, those of v1 applications `error` and `error_info`, those of v2 applications `error`
and a `code` such as ERR_SCHEMA_VALIDATION_FAILED. Source: Pipedrive's documentation and recorded answers.
"""

from typing import Any

from adapters.protocols import Done, Refused, Request, Response, Unknown, Verdict, Wait

BLOCKED_SECONDS = 120.0
"""How long to keep still after a Cloudflare block (an HTML 403). The true length is not documented."""

_MAYBE_APPLIED = frozenset({408, 425, 499})


def verdict(request: Request, response: Response) -> Verdict:
    """The verdict on one answer.

    An unsafe request whose answer makes no sense is `Unknown`; a safe one may be repeated.
    """
    status = response.status
    if 200 <= status < 300:
        body = response.body if isinstance(response.body, dict) else {}
        done = bool(body.get("sha256")) if request.digest else body.get("success") is True
        return Done() if done else _unclear(request, f"status {status} with an answer that does not say it succeeded")
    if status == 429:
        return _too_many(response)
    if status == 403 and response.body is None:
        return Wait(cause="server", seconds=BLOCKED_SECONDS)
    if status >= 500 or status in _MAYBE_APPLIED or status < 400:
        return _unclear(
            request, f"status {status}: {_message(response)}", _seconds(response.headers.get("retry-after"))
        )
    body = response.body if isinstance(response.body, dict) else {}
    return Refused(status=status, message=_message(response), code=str(body.get("code") or body.get("errorCode") or ""))


def _unclear(request: Request, reason: str, seconds: float | None = None) -> Verdict:
    if request.unsafe:
        return Unknown(reason=f"{request.method} {request.path}: {reason}")
    return Wait(cause="server", seconds=seconds)


def _too_many(response: Response) -> Wait:
    """A burst ends within two seconds, a spent day in hours; the text says which, else the burst counter does."""
    headers = response.headers
    remaining = _seconds(headers.get("x-ratelimit-remaining"))
    retry_after = _seconds(headers.get("retry-after"))
    text = _message(response).lower()
    if "daily" in text or ("request over limit" not in text and remaining is not None and remaining >= 1):
        return Wait(cause="daily", seconds=retry_after)
    reset = _seconds(headers.get("x-ratelimit-reset"))
    return Wait(cause="burst", seconds=reset if retry_after is None else retry_after)


def _message(response: Response) -> str:
    """The server's own words, from whichever family of body it chose."""
    body: Any = response.body
    if not isinstance(body, dict):
        return response.text.strip()[:300] or "no message"
    words = body.get("error") or body.get("message") or body.get("errors") or body.get("error_info")
    return str(words) if words else "no message"


def _seconds(text: str | None) -> float | None:
    try:
        return None if text is None else max(0.0, float(text))
    except ValueError:
        return None
