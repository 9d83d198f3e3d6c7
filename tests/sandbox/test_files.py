"""Files: uploads byte for byte, remote links, lists, deletion (facts 7.9)."""

import hashlib
from pathlib import Path
from typing import Any

import httpx
import pytest

from adapters.protocols import Request
from tests.sandbox.client import Client
from tests.sandbox.process import running

CONTENT = bytes(range(256)) * 40 + b"\r\n--boundary\r\n"


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A file with every byte there is."""
    path = tmp_path / "my photo.JPG"
    path.write_bytes(CONTENT)
    return path


def ready(account: Client) -> None:
    """A company, a person, a deal, a product, an activity."""
    account.ok("POST", "/api/v2/organizations", {"name": "Acme"})
    account.ok("POST", "/api/v2/persons", {"name": "Ann"})
    account.ok("POST", "/api/v2/deals", {"title": "D"})
    account.ok("POST", "/api/v2/products", {"name": "W"})
    account.ok("POST", "/api/v2/activities", {"subject": "S", "type": "call"})


def test_upload_and_download(account: Client, photo: Path) -> None:
    """What was uploaded comes back byte for byte; the name stays as given, the file name gets a suffix."""
    ready(account)
    lead = account.ok("POST", "/v1/leads", {"title": "L", "person_id": 1})["id"]
    parents: dict[str, Any] = dict.fromkeys(("deal_id", "person_id", "org_id", "product_id", "activity_id"), 1)
    made = account.upload(photo, lead_id=lead, **parents).body["data"]
    assert {key: made[key] for key in parents} == parents
    assert (made["name"], made["file_size"], made["file_type"]) == ("my photo.JPG", len(CONTENT), "img")
    assert made["file_name"].startswith("my photo_")
    assert made["file_name"].endswith(".JPG")
    assert (made["deal_name"], made["lead_name"], made["user_id"], made["active_flag"]) == ("D", "L", 1, True)
    down = Request(method="GET", path="/v1/files/1/download")
    assert account.exchange(down).content == CONTENT
    digest = Request(method="GET", path="/v1/files/1/download", digest=True)
    expected = {"sha256": hashlib.sha256(CONTENT).hexdigest(), "size": len(CONTENT)}
    assert account.world.answer(digest).body == expected
    for table in ("deals", "persons", "organizations", "products"):
        assert [f["id"] for f in account.ok("GET", f"/v1/{table}/1/files")] == [1]
    assert account.ok("GET", "/api/v2/deals/1", include_fields="files_count")["files_count"] == 1
    assert account.ok("GET", "/v1/recents", since_timestamp="2026-05-28 20:26:40", items="file")[0]["id"] == 1


def test_refused_uploads(account: Client, photo: Path) -> None:
    """A missing file, JSON, a parent that is not there and a file over the limit are refused, and leave nothing."""
    account.refused("POST", "/v1/files", {"deal_id": 1})
    assert account.form("POST", "/v1/files", deal_id=1).status == 400
    assert account.upload(photo, deal_id=1).status == 400
    assert account.upload(photo, lead_id="nope").status == 400
    empty = Request(method="POST", path="/v1/files", body={"deal_id": "1"}, encoding="multipart")
    assert account.exchange(empty).status == 400
    small = Client(max_file_bytes=len(CONTENT) - 1)
    assert small.upload(photo).status == 413
    assert Client(max_file_bytes=len(CONTENT)).upload(photo).status == 200
    assert account.ok("GET", "/v1/files") == small.ok("GET", "/v1/files") == []


def test_files_change_and_go(account: Client, photo: Path) -> None:
    """Name and description change by a form; a deleted file answers inactive, is off the lists, and is purged."""
    account.upload(photo)
    account.refused("PUT", "/v1/files/1", {"name": "x"})
    changed = account.form("PUT", "/v1/files/1", name="scan", description="d").body["data"]
    assert (changed["name"], changed["description"], changed["file_size"]) == ("scan", "d", len(CONTENT))
    assert account.form("PUT", "/v1/files/1", description="e").body["data"]["name"] == "scan"
    assert account.ok("DELETE", "/v1/files/1") == {"id": 1}
    assert account.ok("GET", "/v1/files/1")["active_flag"] is False
    assert account.ok("GET", "/v1/files") == []
    account.refused("DELETE", "/v1/files/1", status=404)
    account.refused("GET", "/v1/files/1/download", status=404)
    account.wait(31 * 86_400)
    account.refused("GET", "/v1/files/1", status=404)


def test_file_lists(account: Client, photo: Path) -> None:
    """Files page by 100 at most, whatever limit is asked for, and sort by id and change time only."""
    for _ in range(101):
        account.upload(photo)
    page = account.send("GET", "/v1/files", start=0, limit=100, sort="id DESC").body
    assert (page["data"][0]["id"], len(page["data"])) == (101, 100)
    assert page["additional_data"]["pagination"]["next_start"] == 100
    assert (
        len(account.world.answer(Request(method="GET", path="/v1/files", query={"limit": "500"})).body["data"]) == 100
    )
    account.wait(5)
    account.form("PUT", "/v1/files/7", name="x")
    assert account.ok("GET", "/v1/files", limit=1, sort="update_time DESC")[0]["id"] == 7
    account.refused("GET", "/v1/files", sort="name")
    account.refused("GET", "/v1/deals/9/files", status=404)


def test_remote_files(account: Client) -> None:
    """Google Drive files are linked or made for deals, organizations and persons; nothing of them is here."""
    ready(account)
    link = {"item_type": "deal", "item_id": 1, "remote_id": "1aB", "remote_location": "googledrive"}
    made = account.form("POST", "/v1/files/remoteLink", **link).body["data"]
    assert (made["deal_id"], made["remote_id"], made["file_size"]) == (1, "1aB", 0)
    new = {"item_type": "organization", "item_id": 1, "title": "T", "file_type": "gdoc"}
    made = account.form("POST", "/v1/files/remote", remote_location="googledrive", **new).body["data"]
    assert (made["org_id"], made["name"], made["file_type"]) == (1, "T", "gdoc")
    assert account.form("POST", "/v1/files/remoteLink", **(link | {"remote_location": "dropbox"})).status == 400
    assert account.form("POST", "/v1/files/remoteLink", **(link | {"item_type": "product"})).status == 400
    assert account.form("POST", "/v1/files/remoteLink", **(link | {"item_id": 9})).status == 400
    account.refused("POST", "/v1/files/remoteLink", link)
    account.refused("GET", "/v1/files/1/download", status=404)


def test_on_the_wire(tmp_path: Path) -> None:
    """Over HTTP a form in parts arrives whole, survives SIGKILL, and the download is the same bytes."""
    state, auth = tmp_path / "state.jsonl", {"x-api-token": "sandbox"}
    with running(state) as address:
        made = httpx.post(f"{address}/v1/files", headers=auth, files={"file": ("a ä.bin", CONTENT)}, data={"x": "1"})
        assert (made.status_code, made.json()["data"]["name"]) == (200, "a ä.bin")
        address.process.kill()
        address.process.wait(10)
    with running(state) as address:
        answer = httpx.get(f"{address}/v1/files/1/download", headers=auth)
        assert (answer.content, answer.headers["content-type"]) == (CONTENT, "application/octet-stream")
