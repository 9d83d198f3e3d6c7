"""A clock that only sleeping moves, and a server that misbehaves on request."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from adapters.destinations.pipedrive import prices, verdicts
from adapters.protocols import Flow, Request, Response, Verdict

TOKEN = "token-3f9c1e77b2"
OK = b'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 27\r\n\r\n{"success":true,"data":[7]}'


class Clock:
    """Seconds that pass only when somebody sleeps."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.slept: list[float] = []

    def now(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds
        await asyncio.sleep(0)


class Destination:
    """Pipedrive's prices and verdicts."""

    def price(self, request: Request) -> int:
        return prices.price(request)

    def verdict(self, request: Request, response: Response) -> Verdict:
        return verdicts.verdict(request, response)


READ = Request(method="GET", path="/api/v2/deals/7")
WRITE = Request(method="POST", path="/api/v2/deals", body={"title": "Big"})


def one(request: Request) -> Flow[Response]:
    """A flow of one request."""
    return (yield request)


def answer(status: int, body: str, *headers: str) -> bytes:
    """An HTTP answer in bytes."""
    lines = [f"HTTP/1.1 {status} Status", f"content-length: {len(body.encode())}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body.encode()


Handler = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]


class Server:
    """A server on a real socket. `scripts` are played one a request, the last one for ever.

    A script is bytes to answer with, None to cut the connection, or a function that does as it likes.
    """

    def __init__(self, *scripts: bytes | Handler | None) -> None:
        self.scripts = list(scripts)
        self.requests: list[bytes] = []
        self.url = ""
        self._tasks: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator["Server"]:
        """Listen on a free port of this machine."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        host, port = server.sockets[0].getsockname()
        self.url = f"http://{host}:{port}"
        try:
            yield self
        finally:
            server.close()
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = next(
                    (int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
                )
                body = await reader.readexactly(length)
                self.requests.append(head + body)
                script = self.scripts.pop(0) if len(self.scripts) > 1 else self.scripts[0]
                if script is None:
                    writer.transport.abort()
                    return
                if isinstance(script, bytes):
                    writer.write(script)
                    await writer.drain()
                else:
                    await script(head + body, writer)
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            pass
        finally:
            writer.close()
