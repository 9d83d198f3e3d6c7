"""The driver's HTTP client: sends one request once, to one origin."""

import asyncio
import hashlib
import ipaddress
import os
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any, BinaryIO

import httpx
import msgspec

from adapters.credentials import Credentials
from adapters.downloads import BrokeOffError, keep
from adapters.protocols import Json, Request, Response
from adapters.secret import Secret

MAX_BODY_BYTES = 32 * 1024 * 1024
"""The largest answer that is read: a page of 500 records of 64 KB each."""
_CONNECTIONS = 64
_SHOWN_TEXT = 2_000


class NotSentError(Exception):
    """The request certainly did not arrive: no connection was made."""


class UnsendableError(Exception):
    """The request cannot be made: a file that it carries is not there, or not what it was. Nothing was sent."""


class LostError(Exception):
    """The request may have arrived, and there is no usable answer."""


Files = Callable[[str], Path]
"""Where the file with a digest lies."""


def no_files(digest: str) -> Path:
    """For accounts that are sent no files."""
    raise FileNotFoundError(f"there is no folder of files to find {digest} in")


class Http:
    """Sends requests to `base_url` with credentials in their headers; follows no redirect.

    The credentials go to this origin alone, over https (plain http only to this machine or its own network), and are
    cut out of whatever the server sends back. `files` finds what is uploaded; `downloads` is where what is to be kept
    lands. `permit` is called when the connection
    stands and the head of an unsafe request is about to leave, and again before its body does: a server acts on whole
    requests alone. What it raises goes through. Raises ValueError for an address that would give the credentials away.
    """

    def __init__(
        self,
        base_url: str,
        credentials: Credentials,
        *,
        timeout_seconds: float,
        files: Files = no_files,
        downloads: Path | None = None,
        permit: Callable[[], None] = lambda: None,
    ) -> None:
        url = httpx.URL(base_url.rstrip("/"))
        if url.scheme not in ("http", "https") or not url.host:
            raise ValueError(f"{base_url!r} is no address of an account: it reads like https://company.pipedrive.com.")
        if url.scheme == "http" and not _is_near(url.host):
            raise ValueError(f"The credentials would travel unencrypted to {url.host}: use https.")
        self._base = str(url)
        self._near = _is_near(url.host)
        self._credentials = credentials
        self._files = files
        self._downloads = downloads
        self._permit = permit
        self._timeout = timeout_seconds
        self._client: httpx.AsyncClient | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def __call__(self, request: Request) -> Response:
        """Send one request once. Raises NotSentError or LostError; never an error that knows the token."""
        if not request.path.startswith("/"):
            raise ValueError(f"{request.path!r} is no path: it must start with a slash.")
        problem: NotSentError | LostError
        try:
            return await self._exchange(request)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol) as error:
            problem = NotSentError(f"no connection to {self._base}: {self._clean(error)}")
        except httpx.HTTPError as error:
            problem = LostError(f"the exchange broke off: {self._clean(error)}")
        except LostError as error:
            problem = LostError(str(error))
        # raised out of the except block: httpx's errors carry the request and its headers
        raise problem

    async def aclose(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    async def _exchange(self, request: Request) -> Response:
        if request.upload is None:
            return await self._send(request, {})
        upload = request.upload
        try:
            content = self._files(upload.digest).open("rb")
        except OSError as error:
            raise UnsendableError(f"the file {upload.name!r} cannot be read: {error.strerror}") from None
        with content:
            if (size := os.fstat(content.fileno()).st_size) != upload.size:
                raise UnsendableError(
                    f"the file {upload.name!r} has {size} bytes, and had {upload.size} when it was kept"
                )
            return await self._send(request, {"file": (upload.name, content, upload.mime)})

    async def _send(self, request: Request, parts: dict[str, tuple[str, BinaryIO, str]]) -> Response:
        if request.save:
            return await self._download(request)
        return await self._stream(request, request.headers | self._credentials.headers(request), parts)

    async def _download(self, request: Request) -> Response:
        """Keep the file that is answered."""
        if self._downloads is None:
            raise ValueError(f"{request.path} is to be kept, and nobody has said where.")
        ours = request.headers | self._credentials.headers(request)

        def ask(headers: dict[str, str]) -> AbstractAsyncContextManager[httpx.Response]:
            url, query = self._base + request.path, request.query or None
            return self._open().stream(request.method, url, params=query, headers=ours | headers)

        try:
            answer, kept = await keep(self._downloads, ask)
        except BrokeOffError as error:
            raise LostError(f"{request.path} {error}") from None
        if kept is None:
            return self._response(answer.status_code, self._shown(answer), answer.content[:MAX_BODY_BYTES], whole=False)
        return Response(status=200, headers=self._shown(answer), body=kept)

    async def _stream(
        self, request: Request, headers: dict[str, str], parts: dict[str, tuple[str, BinaryIO, str]]
    ) -> Response:
        async with self._open().stream(
            request.method,
            self._base + request.path,
            params=request.query or None,
            extensions={"trace": self._leaving} if request.unsafe else None,
            **_encoded(request, headers, parts),
        ) as answer:
            if request.digest and answer.is_success:
                return Response(status=answer.status_code, body=await _summed(answer))
            return await self._whole(answer, request)

    async def _whole(self, answer: httpx.Response, request: Request) -> Response:
        raw = bytearray()
        async for chunk in answer.aiter_bytes():
            raw += chunk
            if len(raw) > MAX_BODY_BYTES:
                raise LostError(f"the answer is larger than {MAX_BODY_BYTES} bytes")
        return self._response(answer.status_code, self._shown(answer), bytes(raw), whole=request.raw)

    def _shown(self, answer: httpx.Response) -> dict[str, str]:
        return {name.lower(): self._hide(value) for name, value in answer.headers.items() if name != "set-cookie"}

    async def _leaving(self, event: str, _info: dict[str, Any]) -> None:
        """Told by the connection of each of its steps."""
        if event.endswith(("send_request_headers.started", "send_request_body.started")):  # others may run in between
            self._permit()

    def _response(self, status: int, headers: dict[str, str], raw: bytes, *, whole: bool) -> Response:
        for secret in filter(None, self._credentials.secrets()):
            raw = raw.replace(secret.encode(), b"***")
        if whole and 200 <= status < 300:
            return Response(status=status, headers=headers, text=raw.decode(errors="replace"))
        try:
            return Response(status=status, headers=headers, body=msgspec.json.decode(raw))
        except msgspec.DecodeError:
            return Response(status=status, headers=headers, text=raw[:_SHOWN_TEXT].decode(errors="replace"))

    def _open(self) -> httpx.AsyncClient:
        """The client of the running event loop: connections cannot be taken from one loop to another."""
        loop = asyncio.get_running_loop()
        if self._client is None or self._loop is not loop:
            self._client = httpx.AsyncClient(
                follow_redirects=False,
                # nothing between us and this machine, whatever the environment says of proxies
                trust_env=not self._near,
                timeout=httpx.Timeout(self._timeout, connect=min(10.0, self._timeout)),
                limits=httpx.Limits(max_connections=_CONNECTIONS, max_keepalive_connections=_CONNECTIONS),
            )
            self._loop = loop
        return self._client

    def _clean(self, error: Exception) -> str:
        return self._hide(f"{type(error).__name__} {error}".strip())

    def _hide(self, text: str) -> str:
        for secret in filter(None, self._credentials.secrets()):
            text = text.replace(secret, "***")
        return text


def _encoded(request: Request, headers: dict[str, str], parts: dict[str, tuple[str, BinaryIO, str]]) -> dict[str, Any]:
    """The body of a request as httpx wants it, with the headers."""
    match request.encoding:
        case "json-patch":
            content = msgspec.json.encode(request.body)
            return {"content": content, "headers": {**headers, "content-type": "application/json-patch+json"}}
        case "form":
            return {"data": _texts(request.body), "headers": headers}
        case "multipart":
            return {"data": _texts(request.body), "files": parts, "headers": headers}
    return {"json": request.body, "headers": headers}


def _texts(body: Json) -> dict[str, str]:
    """A form's values; a secret shows itself here, on its way out, and nowhere else."""
    return {k: v.reveal() if isinstance(v, Secret) else str(v) for k, v in (body or {}).items()}


async def _summed(answer: httpx.Response) -> dict[str, Json]:
    """The digest and the size of a file that is not kept."""
    digest, size = hashlib.sha256(), 0
    async for chunk in answer.aiter_bytes():
        digest.update(chunk)
        size += len(chunk)
    return {"sha256": digest.hexdigest(), "size": size}


def _is_near(host: str) -> bool:
    """Whether a host is this machine or a name of its own network (a name without a dot, a private address)."""
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return "." not in host or host.endswith(".localhost")
