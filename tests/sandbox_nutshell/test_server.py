"""The server as a process: one address for all, SIGKILL, the command line."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx

from tests.sandbox.process import Running, running

USER = "maya.ortiz@brightpath.example"


def client(address: str, user: str = USER) -> httpx.Client:
    """An HTTP client with the sandbox's key."""
    return httpx.Client(base_url=address, auth=(user, "sandbox"))


def rpc(http: httpx.Client, method: str, **params: Any) -> Any:
    """The result of a call."""
    answer = http.post("/api/v1/json", json={"id": "1", "method": method, "params": params})
    assert answer.status_code == 200, answer.text
    return answer.json()["result"]


def test_one_address(tmp_path: Path) -> None:
    """Discovery names the address it was asked at; JSON-RPC and REST there show one state, patches and 204 included."""
    with running(tmp_path / "state", name="nutshell") as address, client(address) as http:
        asked = {"id": "1", "method": "getApiForUsername", "params": {"username": USER}}
        host = httpx.post(f"{address}/v1/json", json=asked).json()["result"]["api"]
        assert f"http://{host}" == address
        made = rpc(http, "newAccount", account={"name": "Acme"})
        path = f"/rest/accounts/{made['id']}-accounts"
        assert http.get(path).json()["accounts"][0]["name"] == "Acme"
        patch = '[{"op": "replace", "path": "/accounts/0/name", "value": "New"}]'
        plain = http.patch(path, content=patch, headers={"content-type": "application/json"})
        assert (plain.status_code, plain.headers["content-type"].startswith("text/plain")) == (400, True)
        done = http.patch(path, content=patch, headers={"content-type": "application/json-patch+json"})
        assert (done.status_code, done.content) == (204, b"")
        assert rpc(http, "getAccount", accountId=made["id"])["name"] == "New"
        following = http.get("/rest/events", params={"limit": 1}).json()["meta"]["next"]
        assert following.startswith(address)
        assert http.get(following).json()["events"] == []
        assert httpx.get(f"{address}/rest/accounts").status_code == 401
        assert "Unauthorized" in httpx.get(f"{address}/rest/accounts").text
        assert http.request("HEAD", "/rest/accounts").status_code == 405


def test_any_media_type_for_rpc(tmp_path: Path) -> None:
    """JSON-RPC does not look at the media type; an ETag gives 304 on the wire; REST takes no form."""
    with running(tmp_path / "state", name="nutshell") as address, client(address) as http:
        body = '{"id": "1", "method": "newSource", "params": {"name": "a=b&c%41+d"}}'
        for kind in ("application/x-www-form-urlencoded", "application/json-rpc", "text/plain"):
            answer = http.post("/api/v1/json", content=body, headers={"content-type": kind})
            assert answer.json()["result"]["name"] == "a=b&c%41+d", kind
        assert http.post("/api/v1/json", content="{", headers={"content-type": "x"}).json()["error"]["code"] == -32600
        ask = {"id": "1", "method": "findSources", "params": {}}
        first = http.post("/api/v1/json", json=ask)
        again = http.post("/api/v1/json", json=ask, headers={"if-none-match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert http.post("/rest/accounts", data={"name": "x"}).status_code == 400
        states = http.get("/rest/activities?filter[status][]=logged&filter[status][]=scheduled")
        assert states.status_code == 200


def test_survives_sigkill(tmp_path: Path) -> None:
    """Whatever was answered is there after SIGKILL, and no id is given twice."""
    state = tmp_path / "state"
    with running(state, name="nutshell") as address, client(address) as http:
        for number in range(20):
            made = rpc(http, "newContact", contact={"name": f"P {number}", "note": "n"})
        http.delete(f"/rest/contacts/{made['id']}")
        http.post("/sandbox/faults", json={"spec": "503=1,after=1000000", "seed": 5})
        before = [http.get(f"/sandbox/{what}").json() for what in ("records", "requests")]
        assert len(before[0]["contacts"]) == 19
        address.process.kill()
        address.process.wait(10)
    with running(state, name="nutshell") as address, client(address) as http:
        assert [http.get(f"/sandbox/{what}").json() for what in ("records", "requests")] == before
        assert rpc(http, "newContact", contact={"name": "x"})["id"] > made["id"]


def test_an_empty_answer(tmp_path: Path) -> None:
    """An injected `null` is an empty body on the wire."""
    with running(tmp_path / "state", name="nutshell", faults="null=1") as address, client(address) as http:
        answer = http.get("/rest/accounts")
        assert (answer.status_code, answer.content) == (200, b"")


def test_command_line(tmp_path: Path) -> None:
    """`cutover sandbox nutshell` serves until it is told to stop."""
    main = "from ops.cli import main; main()"
    command = [sys.executable, "-c", main, "sandbox", "nutshell", "--state", str(tmp_path / "s"), "--lag", "1"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONUNBUFFERED": "1"})
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert "nutshell sandbox listening on " in line
        with client(Running(line.split("listening on ")[1].strip())) as http:
            assert rpc(http, "getUser")["name"] == "Maya Ortiz"
    finally:
        process.terminate()
        assert process.wait(10) == 0
        if process.stdout is not None:
            process.stdout.close()
