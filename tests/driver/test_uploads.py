"""Uploads: the file is found by its digest and sent as it was kept, or it is refused before anything leaves."""

import asyncio
from pathlib import Path

import pytest

from adapters.credentials import HeaderKey
from adapters.driver import Driver
from adapters.protocols import RefusedError, Request, Upload
from adapters.secret import Secret
from tests.driver.world import OK, TOKEN, Clock, Destination, Server

DIGEST = "ab" * 32


def upload(size: int) -> Request:
    """A file of so many bytes on its way."""
    carried = Upload(digest=DIGEST, name="Order 4711.pdf", size=size, mime="application/pdf")
    return Request(method="POST", path="/v1/files", body={"deal_id": 7}, encoding="multipart", upload=carried)


def driver(url: str, folder: Path) -> Driver:
    """A driver that finds files in a folder."""
    clock = Clock()
    return Driver.over_http(
        url,
        HeaderKey("x-api-token", Secret(TOKEN)),
        Destination(),
        now=clock.now,
        sleep=clock.sleep,
        random=lambda: 0.5,
        files=folder.joinpath,
    )


async def sent(server: Server, folder: Path, request: Request) -> None:
    """Send a request to a server that is there just for it."""
    async with server.listening(), driver(server.url, folder) as made:
        await made.send(request)


def test_a_file_is_sent_in_parts_under_its_name(tmp_path: Path) -> None:
    """The body holds the fields, the file's name and type, and its bytes."""
    (tmp_path / DIGEST).write_bytes(b"%PDF-1.7 order")
    server = Server(OK)
    asyncio.run(sent(server, tmp_path, upload(14)))
    (seen,) = server.requests
    for piece in (b'name="deal_id"', b'filename="Order 4711.pdf"', b"application/pdf", b"%PDF-1.7 order"):
        assert piece in seen


@pytest.mark.parametrize(("content", "words"), [(None, "cannot be read"), (b"short", "5 bytes, and had 14")])
def test_a_file_that_is_not_what_was_kept_is_not_sent(tmp_path: Path, content: bytes | None, words: str) -> None:
    """A missing or a cut file is refused with its name; no request leaves, and nothing is in doubt."""
    if content is not None:
        (tmp_path / DIGEST).write_bytes(content)
    server = Server(OK)
    with pytest.raises(RefusedError, match=words) as refused:
        asyncio.run(sent(server, tmp_path, upload(14)))
    assert server.requests == []
    assert refused.value.verdict.code == "unsendable"
    assert "Order 4711.pdf" in str(refused.value)
