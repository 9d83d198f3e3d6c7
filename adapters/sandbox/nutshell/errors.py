"""Refusals, in the words of either API (facts 4 and 12)."""

import msgspec

from adapters.protocols import Json, Response

HTML = {"content-type": "text/html; charset=UTF-8"}
TEXT = {"content-type": "text/plain; charset=UTF-8"}


class RefusedError(Exception):
    """A call is refused for what it says; either API wraps `title` and `detail` in its own form.

    code: of the RPC error, None for one that nobody has captured.
    """

    def __init__(self, title: str, detail: str | None = None, *, code: int | None = None) -> None:
        super().__init__(title)
        self.title = title
        self.detail = detail
        self.code = code


class MissingError(RefusedError):
    """What is named is not there: in REST an HTML 404."""


class MethodError(Exception):
    """The path is there, not with this method: in REST a text 405."""


class MediaTypeError(Exception):
    """A PATCH without the media type of JSON Patch."""


def bad_params(what: str) -> RefusedError:
    """-32602: parameters that cannot be (by the standard; not captured)."""
    return RefusedError(f"Invalid params: {what}", code=-32602)


def stale() -> RefusedError:
    """409: the rev is not the current one."""
    return RefusedError("rev key is out-of-date", code=409)


def page(status: int, name: str) -> Response:
    """The HTML page of an error."""
    text = (
        f'<!DOCTYPE html>\n<html>\n<head><meta charset="UTF-8" />\n<title>An Error Occurred: {name}</title></head>\n'
        f'<body><h1>Oops! An Error Occurred</h1>\n<h2>The server returned a "{status} {name}".</h2></body>\n</html>'
    )
    return Response(status=status, text=text, headers=HTML)


def text(status: int, words: str) -> Response:
    """An error that is a quoted line of text."""
    return Response(status=status, text=f'"{words}"', headers=TEXT)


def broken(headers: dict[str, str]) -> dict[str, Response]:
    """The answers of injected faults: none but the 500 was ever captured, and no 429 is documented.

    headers: what every answer of this call carries.
    """
    answers = {
        "500": Response(status=500, body={"code": 500, "message": "Internal Server Error"}),
        "503": page(503, "Service Unavailable"),
        "429": page(429, "Too Many Requests"),
        "html403": page(403, "Forbidden"),
        "null": Response(status=200, content=b"", headers=HTML),
    }
    return {name: msgspec.structs.replace(one, headers={**one.headers, **headers}) for name, one in answers.items()}


def envelope(meta: Json, collection: str, refused: RefusedError) -> Json:
    """The JSON body of a REST 400."""
    error = {"id": None, "type": "errors", "code": None, "detail": refused.detail, "href": None}
    error |= {"status": "400", "title": refused.title, "field": None}
    return {"meta": meta, "links": {}, collection: [], "errors": [error]}
