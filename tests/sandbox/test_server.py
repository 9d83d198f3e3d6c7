"""The server as a process: address, journal, SIGKILL, faults on the wire, control address."""

import threading
from pathlib import Path
from typing import Any

import httpx
import pytest

from adapters.sandbox.faults import FaultError
from adapters.sandbox.journal import Journal, JournalError, read
from adapters.sandbox.server import serve
from adapters.sandbox.settings import Settings
from tests.sandbox.process import Running, running

AUTH = {"x-api-token": "sandbox"}


def client(address: Running) -> httpx.Client:
    """An HTTP client with the sandbox's token."""
    return httpx.Client(base_url=str(address), headers=AUTH)


def test_announces_and_stops(tmp_path: Path) -> None:
    """It prints one line with its address, answers, refuses strangers and stops on SIGTERM without an error."""
    with running(tmp_path / "state.jsonl") as address, client(address) as http:
        assert str(address).startswith("http://127.0.0.1:")
        assert http.get("/v1/users/me").json()["data"]["company_domain"]
        assert httpx.get(f"{address}/v1/users/me").status_code == 401
        bearer = {"authorization": "Bearer sandbox"}
        assert httpx.get(f"{address}/v1/users/me", headers=bearer).status_code == 200
        address.process.terminate()
        assert address.process.wait(10) == 0
        assert address.process.communicate()[0] == f"pipedrive sandbox listening on {address}\n"


def test_survives_sigkill(tmp_path: Path) -> None:
    """Whatever was answered is there after SIGKILL: records, counters, tokens, faults, and no id is reused."""
    state = tmp_path / "state.jsonl"
    with running(state) as address, client(address) as http:
        for number in range(20):
            assert http.post("/api/v2/organizations", json={"name": f"o{number}"}).status_code == 201
        http.delete("/api/v2/organizations/20")
        http.post("/sandbox/faults", json={"spec": "503=1,after=1000000", "seed": 5})
        before = [http.get(f"/sandbox/{what}").json() for what in ("records", "requests")]
        address.process.kill()
        address.process.wait(10)
    with running(state) as address, client(address) as http:
        assert [http.get(f"/sandbox/{what}").json() for what in ("records", "requests")] == before
        assert http.post("/api/v2/organizations", json={"name": "x"}).json()["data"]["id"] == 21


def test_journals_before_it_replies(tmp_path: Path) -> None:
    """A create whose answer is lost is in the journal when the connection closes, and after SIGKILL too."""
    state = tmp_path / "state.jsonl"
    with running(state, faults="lost=1") as address, client(address) as http:
        with pytest.raises(httpx.RemoteProtocolError):
            http.post("/api/v2/organizations", json={"name": "lost"})
        address.process.kill()
        address.process.wait(10)
    kept = [change for batch in read(state) for change in batch if change[:2] == ["put", "organizations"]]
    assert [change[3]["name"] for change in kept] == ["lost"]
    with running(state) as address, client(address) as http:
        assert [o["name"] for o in http.get("/api/v2/organizations").json()["data"]] == ["lost"]


def test_cut_and_html_on_the_wire(tmp_path: Path) -> None:
    """`cut` closes the connection with nothing made; the HTML 403 is no JSON."""
    with running(tmp_path / "state.jsonl", faults="cut=1,limit=1") as address, client(address) as http:
        with pytest.raises(httpx.RemoteProtocolError):
            http.post("/api/v2/organizations", json={"name": "x"})
        assert http.get("/api/v2/organizations").json()["data"] == []
        http.post("/sandbox/faults", json={"spec": "html403=1", "seed": 0})
        answer = http.get("/api/v2/organizations")
        assert answer.status_code == 403
        assert answer.headers["content-type"].startswith("text/html")


def test_torn_journal(tmp_path: Path) -> None:
    """A torn last line is dropped; a broken line before it is an error that names it."""
    state = tmp_path / "state.jsonl"
    with running(state) as address, client(address) as http:
        http.post("/api/v2/organizations", json={"name": "kept"})
        address.process.kill()
        address.process.wait(10)
    with state.open("ab") as file:
        file.write(b'[["put","organizations",2,{"na')
    with running(state) as address, client(address) as http:
        assert [o["name"] for o in http.get("/api/v2/organizations").json()["data"]] == ["kept"]
    state.write_bytes(b"[[\n" + state.read_bytes())
    with pytest.raises(JournalError, match="line 1"):
        read(state)


def test_one_server_a_state(tmp_path: Path) -> None:
    """A second server on the same state is refused."""
    with running(tmp_path / "state.jsonl"), pytest.raises(JournalError, match="another sandbox"):
        Journal(tmp_path / "state.jsonl")


def test_refuses_to_start(tmp_path: Path) -> None:
    """An unknown sandbox, bad faults and a broken state are errors that say so, and leave the state free."""
    state = tmp_path / "state.jsonl"
    with pytest.raises(ValueError, match="no sandbox 'hubspot'"):
        serve("hubspot", port=0, state=state, settings=Settings())
    with pytest.raises(FaultError, match="fire"):
        serve("pipedrive", port=0, state=state, settings=Settings(faults="fire=1"))
    state.write_text("nonsense\n")
    with pytest.raises(JournalError, match="line 1"):
        serve("pipedrive", port=0, state=state, settings=Settings())


def test_bodies(tmp_path: Path) -> None:
    """v1 takes forms, v2 does not; a broken body is 400 in either."""
    with running(tmp_path / "state.jsonl") as address, client(address) as http:
        http.post("/api/v2/organizations", json={"name": "x"})
        assert http.post("/v1/notes", data={"content": "x", "org_id": "1"}).status_code == 200
        assert http.post("/api/v2/organizations", data={"name": "x"}).status_code == 400
        broken: dict[str, Any] = {"content": b"{", "headers": {"content-type": "application/json"}}
        assert http.post("/v1/notes", **broken).status_code == 400
        assert http.post("/api/v2/organizations", **broken).status_code == 400
        assert http.request("HEAD", "/api/v2/organizations").status_code == 405


def test_control(tmp_path: Path) -> None:
    """People edit and remove records, move the clock and count requests, all without tokens."""
    with running(tmp_path / "state.jsonl") as address, client(address) as http:
        http.post("/api/v2/organizations", json={"name": "old"})
        http.post("/v1/notes", json={"content": "x", "org_id": 1})
        before = http.get("/sandbox/requests").json()
        assert before["requests"] == {"POST /api/v2/organizations": 1, "POST /v1/notes": 1}
        assert (before["tokens"], before["writes"]) == (15, 2)
        http.post("/sandbox/clock", json={"advance": 3600})
        edit = {"entity": "organization", "id": 1, "fields": {"name": "new"}}
        edited = http.post("/sandbox/edit", json=edit).json()["data"]
        assert edited["name"] == "new"
        assert edited["update_time"] > edited["add_time"]
        assert http.post("/sandbox/edit", json=edit | {"fields": {"foo": 1}}).status_code == 400
        assert (
            http.post("/sandbox/edit", json={"entity": "note", "id": 1, "fields": {"content": "y"}}).status_code == 200
        )
        assert http.post("/sandbox/remove", json={"entity": "organizations", "id": 1}).status_code == 200
        assert http.get("/sandbox/requests").json() == before
        assert http.get("/sandbox/records").json()["organizations"] == []
        assert http.get("/sandbox/nothing").status_code == 404
        assert http.post("/sandbox/clock", json={}).status_code == 400


def test_many_at_once(tmp_path: Path) -> None:
    """Clients at the same time get ids of their own."""
    ids: list[int] = []
    with running(tmp_path / "state.jsonl", burst=10**6) as address:

        def create() -> None:
            with client(address) as http:
                answers = [http.post("/api/v2/organizations", json={"name": "x"}) for _ in range(25)]
            ids.extend(answer.json()["data"]["id"] for answer in answers)

        threads = [threading.Thread(target=create) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(ids) == list(range(1, 101))
