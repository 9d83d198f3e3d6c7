"""The driver's HTTP client: sends one request once, to one origin."""

import asyncio
import ipaddress

import httpx
import msgspec

from adapters.protocols import Request, Response
from adapters.secret import Secret

MAX_BODY_BYTES = 32 * 1024 * 1024
"""The largest answer that is read: a page of 500 records of 64 KB each."""
_CONNECTIONS = 64
_SHOWN_TEXT = 2_000


class NotSentError(Exception):
    """The request certainly did not arrive: no connection was made."""


class LostError(Exception):
    """The request may have arrived, and there is no usable answer."""


class Http:
    """Sends requests to `base_url` with the token in a header; follows no redirect.

    The token goes to this origin alone, over https (plain http only to this machine or its own network), and is cut out
    of whatever the server sends back. Raises ValueError for an address that would give the token away.
    """

    def __init__(self, base_url: str, token: Secret, *, timeout_seconds: float, header: str = "x-api-token") -> None:
        url = httpx.URL(base_url.rstrip("/"))
        if url.scheme not in ("http", "https") or not url.host:
            raise ValueError(f"{base_url!r} is no address of an account: it reads like https://company.pipedrive.com.")
        if url.scheme == "http" and not _is_near(url.host):
            raise ValueError(f"The token would travel unencrypted to {url.host}: use https.")
        self._base = str(url)
        self._near = _is_near(url.host)
        self._token = token
        self._header = header
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
        async with self._open().stream(
            request.method,
            self._base + request.path,
            params=request.query or None,
            json=request.body,
            headers={self._header: self._token.reveal()},
        ) as answer:
            raw = bytearray()
            async for chunk in answer.aiter_bytes():
                raw += chunk
                if len(raw) > MAX_BODY_BYTES:
                    raise LostError(f"the answer is larger than {MAX_BODY_BYTES} bytes")
            headers = {
                name.lower(): self._hide(value) for name, value in answer.headers.items() if name != "set-cookie"
            }
            return self._response(answer.status_code, headers, bytes(raw))

    def _response(self, status: int, headers: dict[str, str], raw: bytes) -> Response:
        secret = self._token.reveal().encode()
        if secret:
            raw = raw.replace(secret, b"***")
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
        secret = self._token.reveal()
        return text.replace(secret, "***") if secret else text


def _is_near(host: str) -> bool:
    """Whether a host is this machine or a name of its own network (a name without a dot, a private address)."""
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return "." not in host or host.endswith(".localhost")
