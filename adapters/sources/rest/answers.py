"""Reading an answer of an API whose manners are unknown: what became of a request, and what the answer holds."""

from email.utils import parsedate_to_datetime

from adapters.protocols import Done, Json, Refused, Request, Response, Unknown, Verdict, Wait
from adapters.sources.rest.table import place

_SHOWN = 200
_LISTS = ("data", "items", "results", "records", "rows", "values", "entries")


def verdict(request: Request, response: Response) -> Verdict:
    """What became of a request. A page of HTML with status 200 is a login page; `success: false` is an error."""
    if response.status == 429:
        return Wait(cause="burst", seconds=retry_after(response))
    if response.status in (408, 425) or response.status >= 500:
        return Wait(cause="server", seconds=retry_after(response))
    if not 200 <= response.status < 300:
        return Refused(status=response.status, message=said(response), code=str(response.status))
    if request.digest or request.save or request.raw:
        return Done()
    if is_page(response):
        return Refused(status=401, message="a login page with status 200: not authenticated", code="login-page")
    if response.body is None:
        return Unknown(reason=f"the answer to {request.path} is no whole JSON")
    if isinstance(response.body, dict) and (response.body.get("success") is False or response.body.get("ok") is False):
        return Unknown(reason=f"{request.path} says that it failed, with status {response.status}: {said(response)}")
    return Done()


def is_page(response: Response) -> bool:
    """Whether an answer is a page for people."""
    kind = response.headers.get("content-type", "").lower()
    return response.body is None and ("html" in kind or response.text.lstrip().lower().startswith(("<!", "<html")))


def said(response: Response) -> str:
    """The server's own words, short."""
    if isinstance(response.body, dict):
        words = next((response.body[k] for k in ("message", "error", "detail", "errors") if response.body.get(k)), None)
        if words is not None:
            return str(words)[:_SHOWN]
    if is_page(response):
        return "a page of HTML"
    return response.text[:_SHOWN].strip() or f"status {response.status}"


def retry_after(response: Response) -> float | None:
    """Seconds that the server asks to wait: given as seconds, or as a date beside the answer's own."""
    text = response.headers.get("retry-after", "").strip()
    try:
        return max(0.0, float(text))
    except ValueError:
        pass
    try:
        until, now = parsedate_to_datetime(text), parsedate_to_datetime(response.headers["date"])
    except (ValueError, TypeError, KeyError):
        return None
    return max(0.0, (until - now).total_seconds())


def rows_at(body: Json, at: str) -> list[dict[str, Json]] | None:
    """The records at a place of an answer; None where there is no list of objects."""
    found = place(body, at) if at else body
    if isinstance(found, dict) and not at:
        found = place(body, found_at(body) or "?")
    if not isinstance(found, list):
        return None
    return [row for row in found if isinstance(row, dict)]


def found_at(body: Json) -> str | None:
    """Where an answer of unknown shape has its records: "" where it is the list itself."""
    if isinstance(body, list):
        return ""
    if not isinstance(body, dict):
        return None
    lists = [key for key, value in body.items() if isinstance(value, list) and all(isinstance(v, dict) for v in value)]
    usual = [key for key in _LISTS if key in lists]
    if usual or lists:
        return (usual or lists)[0]
    inner = body.get("data")
    below = found_at(inner) if isinstance(inner, dict) else None
    return f"data.{below}" if below else None


def total_at(body: Json, at: str) -> int | None:
    """The number of all rows that an answer states, as a number or as text."""
    found = place(body, at) if at else None
    try:
        return None if found is None or isinstance(found, bool) else int(str(found).strip())
    except ValueError:
        return None
