"""The server as a process: login over HTTP, media types, TLS, what is left of an answer that breaks off, SIGKILL."""

import ssl
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.sandbox.process import running
from tests.sandbox_salesforce.certificate import over_tls
from tests.sandbox_salesforce.client import ORG, START

APP = {"grant_type": "client_credentials", "client_id": "cutover", "client_secret": "sandbox"}
DATA = "/services/data/v61.0"
SETTINGS = {"name": "salesforce", "org": str(ORG), "start": START, "page": 8}


def client(address: str, token: str = "sandbox") -> httpx.Client:
    """An HTTP client with a session."""
    return httpx.Client(base_url=address, headers={"authorization": f"Bearer {token}"})


def test_whole_exchanges(tmp_path: Path) -> None:
    """Versions, login by Basic, a query with all its pages, a file, a Bulk result: statuses, headers, media types."""
    with running(tmp_path / "state", **SETTINGS) as address:
        assert httpx.get(f"{address}/services/data/").json()[0]["version"] == "31.0"
        form = {"grant_type": "client_credentials"}
        token = httpx.post(f"{address}/services/oauth2/token", data=form, auth=("cutover", "sandbox")).json()
        assert token["instance_url"] == address
        with client(address, token["access_token"]) as http:
            page = http.get(
                f"{DATA}/query", params={"q": "SELECT Id FROM Contact WHERE CreatedDate > 2020-01-01T00:00:00Z"}
            )
            assert page.headers["content-type"] == "application/json;charset=UTF-8"
            assert page.headers["date"].startswith("Fri, 14 Mar 2025 18:00:0")
            assert page.headers.get_list("date") == [page.headers["date"]]
            assert page.headers["Sforce-Limit-Info"] == "api-usage=1/100000"
            assert len(http.get(page.json()["nextRecordsUrl"]).json()["records"]) == 8
            raw = http.get(f"{DATA}/query?q=SELECT+Id+FROM+Task+WHERE+CreatedDate+>+2025-03-01T00:00:00+00:00")
            assert (raw.status_code, raw.json()[0]["errorCode"]) == (400, "MALFORMED_QUERY")
            escaped = http.get(f"{DATA}/query?q=SELECT+Id+FROM+Task+WHERE+CreatedDate+>+2025-03-01T00:00:00%2B00:00")
            assert escaped.status_code == 200
            body = http.get(f"{DATA}/sobjects/Attachment/00P5f0000000100EAA/Body")
            assert body.headers["content-type"] == "image/png"
            assert body.content == (ORG / "bodies" / "00P5f0000000100EAA").read_bytes()
            job = {"operation": "query", "query": "SELECT Id FROM Account"}
            path = f"{DATA}/jobs/query/{http.post(f'{DATA}/jobs/query', json=job).json()['id']}"
            while http.get(path).json()["state"] != "JobComplete":
                pass
            result = http.get(f"{path}/results")
            assert (result.headers["content-type"], result.headers["Sforce-Locator"]) == ("text/csv", "null")
            assert result.text.count("\n") == 13
            assert (http.delete(path).status_code, http.delete(path).status_code) == (204, 404)
            assert http.get(f"{DATA}/query", params={"q": "x" * 17_000}).status_code == 414
            assert http.get(f"{DATA}/limits", headers={"x": "y" * 17_000}).status_code == 431
            broken = http.post(f"{DATA}/jobs/query", content="{", headers={"content-type": "application/json"})
            assert broken.json()[0]["errorCode"] == "JSON_PARSER_ERROR"


def test_survives_sigkill(tmp_path: Path) -> None:
    """Sessions, locators, jobs, counts and the change of folder outlive the process; the folder is not read again."""
    with running(tmp_path / "state", **SETTINGS, session_seconds=10**6) as address:
        token = httpx.post(f"{address}/services/oauth2/token", data=APP).json()["access_token"]
        with client(address, token) as http:
            following = http.get(f"{DATA}/query", params={"q": "SELECT Id FROM Contact"}).json()["nextRecordsUrl"]
            expected = http.get(following).json()
            told = http.post("/sandbox/org", json={"path": "../delta/org", "at": "2025-03-15T18:00:00Z"})
            assert told.status_code == 200, told.text
            assert http.post(f"{DATA}/sobjects/Account", json={}).status_code == 403
            before = [http.get(f"/sandbox/{what}").json() for what in ("records", "requests")]
            address.process.kill()
            address.process.wait(10)
    with running(tmp_path / "state", name="salesforce", page=8) as address, client(address, token) as http:
        assert [http.get(f"/sandbox/{what}").json() for what in ("records", "requests")] == before
        answer = http.get(following)
        assert answer.json()["records"] == expected["records"]
        assert answer.headers["date"].startswith("Sat, 15 Mar 2025 18:00:")


def test_faults_on_the_wire(tmp_path: Path) -> None:
    """A short answer breaks off in the middle of its body, a cut one has none; the server lives on, in silence."""
    with running(tmp_path / "state", **SETTINGS) as address, client(address) as http:
        for fault, words in (("short", "without sending complete"), ("cut", "disconnected")):
            http.post("/sandbox/faults", json={"spec": f"{fault}=1,limit=1", "seed": 1})
            with pytest.raises(httpx.RemoteProtocolError, match=words):
                http.get(f"{DATA}/sobjects")
        http.post("/sandbox/faults", json={"spec": "420=1,limit=1", "seed": 1})
        empty = http.get(f"{DATA}/limits")
        assert (empty.status_code, empty.content) == (420, b"")
        assert http.get(f"{DATA}/limits").status_code == 200


def test_tls(tmp_path: Path) -> None:
    """Over TLS the org's own address is an https one."""
    with over_tls(tmp_path, org=str(ORG)) as (address, certificate):
        assert address.startswith("https://127.0.0.1:")
        with httpx.Client(verify=ssl.create_default_context(cafile=str(certificate))) as http:
            assert http.post(f"{address}/services/oauth2/token", data=APP).json()["instance_url"] == address


def test_by_command(tmp_path: Path) -> None:
    """`cutover sandbox salesforce` serves the sample, another org by --org, and tells when there is none."""
    command = [sys.executable, "-c", "from ops.cli import main; main()", "sandbox", "salesforce", "--state"]
    with subprocess.Popen([*command, str(tmp_path / "state")], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address = process.stdout.readline().split("listening on ")[1].strip()
        with client(address) as http:
            answer = http.get(f"{DATA}/query", params={"q": "SELECT Name FROM i360__Prospect__c"})
        process.terminate()
    assert answer.json()["totalSize"] == 4
    done = subprocess.run(
        [*command, str(tmp_path / "x"), "--org", str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert "holds no org" in done.stderr
    assert "Traceback" not in done.stderr
