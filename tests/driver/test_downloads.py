"""Downloads: a file is kept whole under its digest; what breaks off is taken up again; credentials go nowhere else."""

import asyncio
import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from adapters.credentials import Bearer, Renewable
from adapters.driver import Driver
from adapters.protocols import CredentialsError, Done, Refused, RefusedError, Request, Response, Verdict
from adapters.secret import Secret
from tests.driver.world import TOKEN, Clock, Server, answer


class Tariff:
    """Every request costs one call; what is not a success is refused."""

    def price(self, request: Request) -> int:
        return 1

    def verdict(self, request: Request, response: Response) -> Verdict:
        if response.status < 300:
            return Done()
        return Refused(status=response.status, message="no")


FILE = bytes(range(256)) * 400
ASK = Request(method="GET", path="/files/7", save=True)


def head(status: str, *headers: str) -> bytes:
    """The head of an answer."""
    return "\r\n".join((f"HTTP/1.1 {status}", "content-type: application/pdf", *headers)).encode() + b"\r\n\r\n"


WHOLE = head("200 OK", f"content-length: {len(FILE)}") + FILE
CUT = head("200 OK", f"content-length: {len(FILE)}", 'etag: "v1"') + FILE[:70_000]


async def cut(_request: bytes, writer: asyncio.StreamWriter) -> None:
    """Send a part of the file, then close the connection."""
    writer.write(CUT)
    await writer.drain()
    writer.close()


def driver(url: str, folder: Path, **more: Callable[..., object]) -> Driver:
    """A driver that keeps files in a folder."""
    clock = Clock()
    return Driver.over_http(
        url,
        Renewable(Bearer(Secret(TOKEN))),
        Tariff(),
        now=clock.now,
        sleep=clock.sleep,
        random=lambda: 0.5,
        downloads=folder,
        **more,  # type: ignore[arg-type]
    )


def asked(server: Server, folder: Path, request: Request = ASK, **more: Callable[..., object]) -> Response:
    """The answer to one request."""

    async def run() -> Response:
        async with server.listening(), driver(server.url, folder, **more) as made:
            return await made.send(request)

    return asyncio.run(run())


def rest(status: str = "206 Partial Content", start: int = 70_000) -> bytes:
    """The rest of the file from a byte on."""
    where = f"content-range: bytes {start}-{len(FILE) - 1}/{len(FILE)}"
    return head(status, f"content-length: {len(FILE) - start}", where) + FILE[start:]


@pytest.mark.promise("F-034")
def test_a_file_is_kept_with_its_size_and_digest(tmp_path: Path) -> None:
    """The bytes lie in the folder; the answer names them and not their content."""
    found = asked(Server(WHOLE), tmp_path)
    assert (found.body["size"], found.body["sha256"]) == (len(FILE), hashlib.sha256(FILE).hexdigest())
    assert Path(found.body["path"]).read_bytes() == FILE
    assert Path(found.body["path"]).parent == tmp_path
    assert found.headers["content-type"] == "application/pdf"


def test_what_breaks_off_is_taken_up_where_it_stopped(tmp_path: Path) -> None:
    """The second request asks for the rest alone, of the same version of the file."""
    server = Server(cut, rest())
    found = asked(server, tmp_path)
    assert Path(found.body["path"]).read_bytes() == FILE
    assert b"range: bytes=70000-" in server.requests[1].lower()
    assert b'if-range: "v1"' in server.requests[1].lower()


def test_a_server_without_ranges_sends_it_again_from_the_start(tmp_path: Path) -> None:
    """What was there is thrown away, not doubled."""
    assert Path(asked(Server(cut, WHOLE), tmp_path).body["path"]).read_bytes() == FILE


def test_another_part_than_was_asked_for_is_not_taken(tmp_path: Path) -> None:
    """A server that answers with other bytes is asked for the whole file: none is doubled."""
    server = Server(cut, rest(start=0), WHOLE)
    assert Path(asked(server, tmp_path).body["path"]).read_bytes() == FILE
    assert b"range:" not in server.requests[2].lower()


def test_a_file_without_a_version_is_sent_again_from_the_start(tmp_path: Path) -> None:
    """It may be another one by now, and half of each would be neither."""

    async def nameless(_request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(CUT.replace(b'\r\netag: "v1"', b""))
        await writer.drain()
        writer.close()

    server = Server(nameless, WHOLE)
    assert Path(asked(server, tmp_path).body["path"]).read_bytes() == FILE
    assert b"range:" not in server.requests[1].lower()


def test_a_refusal_leaves_no_file(tmp_path: Path) -> None:
    """A file that is gone is an answer in words; nothing stays in the folder."""
    with pytest.raises(RefusedError):
        asked(Server(answer(404, '{"success":false,"error":"Gone"}', "content-type: application/json")), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_raw_answer_is_given_as_text(tmp_path: Path) -> None:
    """CSV that happens to be JSON, too, stays text."""
    found = asked(Server(answer(200, '"Id"\n"7"\n')), tmp_path, Request(method="GET", path="/results", raw=True))
    assert found.text == '"Id"\n"7"\n'


def test_a_secret_in_a_form_is_revealed_on_its_way_out(tmp_path: Path) -> None:
    """Only the wire sees it; the request cannot be printed with it."""
    login = Request(
        method="POST", path="/token", body={"refresh_token": Secret("r3fresh")}, encoding="form", reads=True
    )
    server = Server(answer(200, '{"success":true}', "content-type: application/json"))
    asked(server, tmp_path, login)
    assert b"refresh_token=r3fresh" in server.requests[0]
    assert "r3fresh" not in repr(login)


def test_a_session_that_ended_is_renewed_once(tmp_path: Path) -> None:
    """The request is sent again with the fresh token; a second refusal is an error."""
    refused = answer(401, '{"success":false,"error":"expired"}', "content-type: application/json")
    fine = answer(200, '{"success":true}', "content-type: application/json")
    renewed: list[int] = []

    async def renew() -> bool:
        renewed.append(1)
        return True

    read = Request(method="GET", path="/api/v2/deals/7")
    assert asked(Server(refused, fine), tmp_path, read, renew=renew).status == 200
    with pytest.raises(CredentialsError):
        asked(Server(refused, refused), tmp_path, read, renew=renew)
    assert len(renewed) == 2
