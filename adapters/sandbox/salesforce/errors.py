"""Refusals in Salesforce's words: data errors are a list, login errors an object, and some answers no JSON at all."""

import msgspec

from adapters.protocols import Json, Response

HTML = {"content-type": "text/html; charset=UTF-8"}
JSON = {"content-type": "application/json;charset=UTF-8"}
FAULTS = ("406", "420", "busy", "timeout", "short")
"""Faults beside those that every sandbox has: two empty answers, too many long calls, a query that takes too long, and
an answer that breaks off."""


class RefusedError(Exception):
    """A call is refused: HTTP status, error code and message."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status

    def response(self) -> Response:
        """The answer: a list with one error."""
        return Response(status=self.status, body=[{"message": self.message, "errorCode": self.code}], headers=JSON)


class LoginError(Exception):
    """A login is refused; its answer is an object, not a list."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(f"{error}: {description}")
        self.error = error
        self.description = description
        self.status = status

    def response(self) -> Response:
        """The answer."""
        body = {"error": self.error, "error_description": self.description}
        return Response(status=self.status, body=body, headers=JSON)


def missing() -> RefusedError:
    """404: nothing lies at this address."""
    return RefusedError("NOT_FOUND", "The requested resource does not exist", 404)


def absent(what: str) -> RefusedError:
    """501: the API has it, this sandbox has not. Never an answer of the API itself."""
    return RefusedError("NOT_IN_THIS_SANDBOX", f"{what} is not in this sandbox", 501)


def ended() -> RefusedError:
    """401: no such session, or it is over."""
    return RefusedError("INVALID_SESSION_ID", "Session expired or invalid", 401)


def spent() -> RefusedError:
    """403: the day's calls are used up."""
    return RefusedError("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.", 403)


def page(status: int, title: str) -> Response:
    """An answer in HTML."""
    return Response(status=status, text=f"<html><body>{title}</body></html>", headers=HTML)


def broken(headers: dict[str, str]) -> dict[str, Response]:
    """The answers of injected faults. headers: what every answer of this call carries."""
    busy = RefusedError("REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests (Concurrent API Requests) Limit exceeded.", 403)
    answers = {
        "500": RefusedError("UNKNOWN_EXCEPTION", "An unexpected error occurred.", 500).response(),
        "503": page(503, "Service Unavailable"),
        "429": RefusedError("REQUEST_LIMIT_EXCEEDED", "Too many requests.", 429).response(),
        "html403": page(403, "Forbidden"),
        "null": Response(status=200, content=b"", headers=JSON),
        "406": Response(status=406, content=b"", headers=HTML),
        "420": Response(status=420, content=b"", headers=HTML),
        "busy": busy.response(),
        "timeout": RefusedError("QUERY_TIMEOUT", "Your query request was running for too long.").response(),
    }
    return {name: msgspec.structs.replace(one, headers={**one.headers, **headers}) for name, one in answers.items()}


def located(text: str, at: int, message: str) -> str:
    """A message with the part of the query that it is about, and a mark below the place."""
    start = max(0, at - 40)
    line = text[start : at + 40].replace("\n", " ")
    return f"\n{line}\n{' ' * (at - start)}^\nERROR at Row:1:Column:{at + 1}\n{message}"


def one(code: str, message: str) -> Json:
    """An error as the body of a part of a batch."""
    return [{"errorCode": code, "message": message}]
