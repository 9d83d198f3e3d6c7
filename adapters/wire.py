"""The wire: requests and answers as an adapter sees them, what became of a request, and what a driver throws."""

from collections.abc import Generator, Mapping
from typing import Any, Literal, TypeVar

import msgspec

Json = Any
"""A JSON value: None, bool, int, float, str, list or dict of those."""


class Upload(msgspec.Struct, frozen=True, kw_only=True):
    """A file that a request carries: a handle, never the bytes. Who sends the request finds the bytes by the digest.

    digest: SHA-256 of the content, hex. size: in bytes.
    """

    digest: str
    name: str
    size: int
    mime: str = "application/octet-stream"


Encoding = Literal["json", "json-patch", "form", "multipart"]
"""How a body travels: application/json, application/json-patch+json, a URL-encoded form, a multipart form."""


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """One HTTP request, addressed relative to the account's base address.

    upload: the part "file" of a multipart body, whose other parts are those of `body`. actor: the e-mail address of the
    user to act for, where the API lets one key do that; empty for the key's own. reads: a POST that only asks (RPC).
    headers: more of them, none of which is a credential. A form's values may be `Secret`s.
    digest: the answer is a file; its body is given as {"sha256", "size"} and is not kept.
    save: the answer is a file, to be kept: its body is given as {"sha256", "size", "path"}; a download that broke off
    is taken up again. raw: the answer is given as `Response.text` whole, whatever it holds (CSV).
    within: the seconds after which it does not leave any more, if it has had to wait so long: what it was decided by
    may have changed.
    """

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
    path: str
    query: dict[str, str] = {}
    body: Json = None
    encoding: Encoding = "json"
    upload: Upload | None = None
    actor: str = ""
    reads: bool = False
    headers: dict[str, str] = {}
    digest: bool = False
    save: bool = False
    raw: bool = False
    within: float | None = None

    @property
    def unsafe(self) -> bool:
        """Whether the request may change the outside system, so that repeating it could do so twice."""
        return self.method != "GET" and not self.reads


class Response(msgspec.Struct, frozen=True, kw_only=True):
    """One HTTP answer. `body` is the parsed JSON, None when the answer is not JSON; header names are lower case.

    text: what came instead of JSON. content: a file's bytes, as a sandbox answers a download.
    """

    status: int
    headers: Mapping[str, str] = {}
    body: Json = None
    text: str = ""
    content: bytes | None = None


T = TypeVar("T")
Flow = Generator[Request, Response, T]
"""Yields requests, is sent responses, returns T."""


class Done(msgspec.Struct, frozen=True, tag=True):
    """The request did what it asks for."""


class Wait(msgspec.Struct, frozen=True, tag=True):
    """Certainly not applied; the same request may be sent again after `seconds` (None: the caller's own backoff).

    "running": what is asked for is being made (a job); nothing is wrong, and it may take long.
    """

    cause: Literal["burst", "daily", "server", "running"]
    seconds: float | None = None


class Refused(msgspec.Struct, frozen=True, tag=True):
    """Certainly not applied, and sending it again would be refused again. `message` is in the server's words."""

    status: int
    message: str
    code: str = ""


class Unknown(msgspec.Struct, frozen=True, tag=True):
    """Neither done nor refused: in doubt, to be settled by `Destination.find` before anything is sent again."""

    reason: str


Verdict = Done | Wait | Refused | Unknown


class AdapterError(Exception):
    """Base of what a driver throws into a flow or out of it.

    AdapterError
    ├── RefusedError      the server said no, for good; the flow may catch it (a 404 on a delete is a success)
    ├── StaleError        the record has changed since it was read; nothing was written: read it again and decide again
    ├── InDoubtError      an unsafe request whose answer is missing or makes no sense
    ├── BudgetSpentError  the daily budget is gone; `seconds` until it is full again, where the server says so
    └── UnreachableError  the account cannot be reached or answers nothing usable; nothing is in doubt
        └── CredentialsError  the account does not accept our credentials
    """


class RefusedError(AdapterError):
    """The server refused the request for good."""

    def __init__(self, verdict: Refused) -> None:
        super().__init__(verdict.message)
        self.verdict = verdict


class StaleError(AdapterError):
    """The record is not as the write took it to be; nothing was written."""


class InDoubtError(AdapterError):
    """An unsafe request was sent and nobody knows whether it was applied."""


class BudgetSpentError(AdapterError):
    """The account's daily budget is spent."""

    def __init__(self, message: str, seconds: float | None) -> None:
        super().__init__(message)
        self.seconds = seconds


class UnreachableError(AdapterError):
    """The account cannot be reached, or refuses our credentials."""


class CredentialsError(UnreachableError):
    """The account does not accept our credentials."""
