"""Who may write no longer sends nothing, even where the connection was being made when that came to pass."""

import asyncio
from collections.abc import Callable

import pytest

from adapters.credentials import Anonymous
from adapters.protocols import Request
from adapters.transport import Http

ANSWER = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}"


class DeposedError(Exception):
    """Another has taken over."""


def deposed() -> None:
    """May not write."""
    raise DeposedError


async def sent(request: Request, permit: Callable[[], None]) -> bytes:
    """What arrives of a request at a server that takes every connection; what the permit raises bears it."""
    arrived, gone = bytearray(), asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                arrived.extend(line)
                if line == b"\r\n":
                    writer.write(ANSWER)
            writer.close()
            await writer.wait_closed()
        except ConnectionError:
            pass  # the client has cut the connection in the middle of its request
        finally:
            gone.set()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        http = Http(f"http://127.0.0.1:{port}", Anonymous(), timeout_seconds=5.0, permit=permit)
        try:
            await http(request)
        except DeposedError:
            await http.aclose()
            await gone.wait()
            raise DeposedError(bytes(arrived)) from None
        finally:
            await http.aclose()
            await gone.wait()
    return bytes(arrived)


def test_no_byte_leaves_after_the_deposition() -> None:
    """The permit is asked when the connection stands: what it raises goes through, and nothing has arrived."""
    with pytest.raises(DeposedError) as raised:
        asyncio.run(sent(Request(method="POST", path="/records", body={}), deposed))
    assert raised.value.args == (b"",)


def test_no_body_follows_a_head_after_the_deposition() -> None:
    """Whoever is deposed between the two leaves the server with half a request, on which it cannot act."""
    permits = iter([None])

    def permit() -> None:
        if next(permits, deposed) is deposed:
            deposed()

    with pytest.raises(DeposedError) as raised:
        asyncio.run(sent(Request(method="POST", path="/records", body={"name": "Ada"}), permit))
    (arrived,) = raised.value.args
    assert arrived.startswith(b"POST /records")
    assert b"Ada" not in arrived


def test_a_read_needs_no_permit() -> None:
    """Nobody is asked for a request that changes nothing."""
    assert asyncio.run(sent(Request(method="GET", path="/records"), deposed)).startswith(b"GET /records")


def test_who_may_write_writes() -> None:
    """The request arrives, the permit having been asked for its head and for its body."""
    asked: list[bool] = []
    arrived = asyncio.run(sent(Request(method="POST", path="/records", body={}), lambda: asked.append(True)))
    assert arrived.startswith(b"POST /records")
    assert asked == [True, True]
