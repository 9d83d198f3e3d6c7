"""HTTP as the sandboxes read and write it: a request becomes a call, an answer becomes headers and bytes."""

import base64
import binascii
import io
from email.utils import formatdate
from typing import Any
from urllib.parse import parse_qsl, unquote

import msgspec
import python_multipart

from adapters.protocols import Json, Request, Response
from adapters.sandbox.world import Call

_KEYS = ("x-api-token", "x-api-key")
"""The headers of their own in which keys travel."""
_CREDENTIALS = ("authorization", "cookie", *_KEYS)
"""Headers that are no part of the request that a world sees."""
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


def call(scope: Any, raw: bytes) -> Call:
    """The call that a request is: `scope` as ASGI has it (method, raw_path, query_string, headers, scheme)."""
    headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"]}
    named = headers.get("content-type", "")
    kind = named.partition(";")[0].strip().lower()
    body, content, malformed = _parse(raw, kind, named)
    request = Request(
        method=scope["method"],
        path=unquote(scope["raw_path"].split(b"?")[0].decode("latin-1")),
        query=_query(scope["query_string"].decode("latin-1")),
        body=body,
        headers={name: value for name, value in headers.items() if name not in _CREDENTIALS},
    )
    user, token = _credentials(headers)
    return Call(
        request=request,
        token=token,
        user=user,
        bearer=not any(name in headers for name in _KEYS),
        malformed=malformed,
        form=kind in _FORMS,
        kind=kind,
        content=content,
        raw=raw if kind == _FORMS[0] else b"",
        match=headers.get("if-none-match", ""),
        host=headers.get("host", ""),
        scheme=scope["scheme"],
        target=b"?".join(filter(None, (scope["raw_path"], scope["query_string"]))).decode("latin-1"),
    )


def written(answer: Response, now: float) -> tuple[dict[str, str], bytes]:
    """The headers and the body of an answer at a time, seconds since 1970, UTC."""
    kind = "application/json; charset=utf-8"
    if answer.content is not None:
        body, kind = answer.content, "application/octet-stream"
    elif answer.text:
        body, kind = answer.text.encode(), "text/html; charset=utf-8"
    elif answer.status in (204, 304):
        body = b""
    else:
        body = msgspec.json.encode(answer.body)
    return {"content-type": kind, "date": formatdate(now, usegmt=True), **answer.headers}, body


def _query(text: str) -> dict[str, str]:
    """The query; a parameter that is repeated is a list, and as good as its values with commas."""
    found: dict[str, str] = {}
    for key, value in parse_qsl(text, keep_blank_values=True):
        found[key] = f"{found[key]},{value}" if key in found else value
    return found


def _credentials(headers: dict[str, str]) -> tuple[str, str]:
    """User and token: an API token's header, a bearer token, or HTTP Basic."""
    if key := next((headers[name] for name in _KEYS if name in headers), None):
        return "", key
    scheme, _, given = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return "", given
    try:
        user, _, key = base64.b64decode(given, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return user, key


def _parse(raw: bytes, kind: str, named: str) -> tuple[Json, bytes, bool]:
    """The body, the bytes of the part "file", and whether the body could not be read."""
    if not raw:
        return None, b"", False
    try:
        if kind == "multipart/form-data":
            return _parts(raw, named)
        if kind == "application/x-www-form-urlencoded":
            return dict(parse_qsl(raw.decode(), keep_blank_values=True)), b"", False
        return msgspec.json.decode(raw), b"", False
    except (msgspec.MsgspecError, ValueError):
        return None, b"", True


def _parts(raw: bytes, named: str) -> tuple[Json, bytes, bool]:
    """A form in parts; that of the file is told by its name and its media type."""
    fields: dict[str, Json] = {}
    content = bytearray()

    def on_field(field: Any) -> None:
        fields[field.field_name.decode()] = (field.value or b"").decode()

    def on_file(file: Any) -> None:
        file.file_object.seek(0)
        content.extend(file.file_object.read())
        fields[file.field_name.decode()] = (file.file_name or b"").decode()

    headers = {"Content-Type": named.encode(), "Content-Length": str(len(raw)).encode()}
    python_multipart.parse_form(headers, io.BytesIO(raw), on_field, on_file)
    return fields, bytes(content), False
