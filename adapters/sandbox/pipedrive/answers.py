"""Answers: the two envelopes of success and the three families of errors (facts 3.1 to 3.3)."""

from typing import Any

import msgspec

from adapters.protocols import Json, Response

_HELP = "Please check developers.pipedrive.com"
_HELP_V1 = "Please check developers.pipedrive.com for more information about Pipedrive API."


class Reply(msgspec.Struct, frozen=True):
    """A handler's answer: status and body; `content` are the bytes of a file that is answered instead of a body."""

    status: int
    body: Json
    content: bytes | None = None


class RefusedError(Exception):
    """A request is refused; `reply` says how."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(str(reply.body.get("error", "")))
        self.reply = reply


def ok(data: Json, status: int = 200, **more: Json) -> Reply:
    """Success in either version; `more` are keys beside `data`."""
    return Reply(status, {"success": True, "data": data, **more})


def gateway(status: int, error: str) -> Response:
    """The gateway's error: before the request reached an application."""
    body = {"success": False, "error": error, "errorCode": status, "error_info": _HELP}
    return Response(status=status, body=body)


def v1_error(status: int, error: str, *, info: str = _HELP_V1, code: str = "") -> RefusedError:
    """An error of the v1 application."""
    body: dict[str, Any] = {"success": False, "error": error, "error_info": info, "data": None, "additional_data": None}
    if code:
        body["code"] = code
    return RefusedError(Reply(status, body))


def v2_error(status: int, error: str, code: str) -> RefusedError:
    """An error of the v2 application."""
    return RefusedError(Reply(status, {"success": False, "error": error, "code": code}))


def invalid(problems: list[tuple[str, str]]) -> RefusedError:
    """The v2 validation error: (place, what is wrong) for each problem."""
    text = " ".join(f"{place}: {wrong};" for place, wrong in problems)
    return v2_error(400, f"Validation failed: {text} ", "ERR_SCHEMA_VALIDATION_FAILED")


def bad_request(error: str) -> RefusedError:
    """The v2 error for a value that is well formed and cannot be."""
    return v2_error(400, error, "ERR_BAD_REQUEST")


def missing(label: str) -> RefusedError:
    """The v2 error for a record that is not there."""
    return v2_error(404, f"{label} not found", "ERR_NOT_FOUND")


def html_block() -> Response:
    """The block page in front of the gateway, for clients that ignore 429."""
    page = "<!DOCTYPE html><html><head><title>Access denied</title></head><body><h1>Error 1015</h1></body></html>"
    return Response(status=403, text=page, headers={"content-type": "text/html; charset=utf-8"})


def broken(version: str) -> dict[str, Response]:
    """The answers of injected faults, in the words of the API version (facts 3.2, 3.3, checklist 23)."""
    if version == "v2":
        error: dict[str, Any] = {"success": False, "error": "Internal Server Error", "code": "ERR_UNKNOWN"}
        down: dict[str, Any] = {"success": False, "error": "Service Unavailable", "code": "ERR_UNAVAILABLE"}
    else:
        error = v1_error(500, "Internal Server Error").reply.body
        down = v1_error(503, "Service Unavailable").reply.body
    limited = gateway(429, "request over limit")
    return {
        "500": Response(status=500, body=error),
        "503": Response(status=503, body=down),
        "429": Response(
            status=429, body=limited.body, headers={"x-ratelimit-remaining": "0", "x-ratelimit-reset": "2"}
        ),
        "html403": html_block(),
        "null": Response(status=200, body=None),
    }
