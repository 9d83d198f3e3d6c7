"""The REST sandbox as an account: keys, limits, files, writes, the data of another day, and its journal."""

import json
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import msgspec
import pytest

from adapters.protocols import Request, Response
from adapters.sandbox.rest import PROMOX, RestSettings, founder, in_memory
from adapters.sandbox.rest.data import WorldError, load, parse
from adapters.sandbox.server import WORLDS
from adapters.sandbox.world import Call, InMemory
from tests.sandbox.process import running
from tests.sandbox_rest.recordings import world

FILE = "/api/v1/presentations/p-0/file"


def get(account: InMemory, path: str, **query: str) -> Response:
    return account.answer(Request(method="GET", path=path, query=query))


@pytest.fixture
def account() -> InMemory:
    """An account with the recorded data that does nothing wrong."""
    return in_memory(PROMOX, world("promoxcrm"))


def test_both_vendors_can_be_served() -> None:
    """The server knows the two worlds by the sources' names."""
    assert {"promoxcrm", "pro-sales-crm"} <= WORLDS.keys()


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_writes_are_refused_and_counted(account: InMemory, method: Any) -> None:
    """A source is only ever read: whatever else arrives is told at the control address."""
    assert account.answer(Request(method=method, path="/api/v1/clients", body={})).status == 405
    assert account.control("GET", "/sandbox/requests")["writes"] == 1
    assert account.control("GET", "/sandbox/requests")["requests"] == {f"{method} /api/v1/clients": 1}


def test_without_settings_nothing_is_wrong(account: InMemory) -> None:
    """The totals are right, the last mark is none, no record comes twice."""
    body = get(account, "/api/v1/projects", offset="18", limit="9").body
    assert (body["total"], body["has_more"]) == (24, False)
    assert get(account, "/api/v1/tasks", cursor="c2").body["next_cursor"] is None
    ids = [r["id"] for page in "1234" for r in get(account, "/api/v1/clients", page=page).body["data"]]
    assert len(ids) == len(set(ids)) == 35


@pytest.mark.parametrize(("login_page", "status"), [(True, 200), (False, 401)])
def test_a_stranger_is_sent_to_the_login(login_page: bool, status: int) -> None:
    """As a page with status 200, or as a refusal."""
    stranger = in_memory(PROMOX, world("promoxcrm"), RestSettings(login_page=login_page))
    stranger.token = "wrong"
    answer = get(stranger, "/api/v1/clients")
    assert (answer.status, "<form" in answer.text) == (status, login_page)


def test_the_minute_has_so_many_requests() -> None:
    """The headers count down, then 429 says when the next minute begins."""
    slow = in_memory(PROMOX, world("promoxcrm"), RestSettings(rate=2))
    assert [get(slow, "/api/v1/users").headers["x-ratelimit-remaining"] for _ in range(2)] == ["1", "0"]
    refused = get(slow, "/api/v1/users")
    assert (refused.status, refused.headers["retry-after"]) == (429, "61")
    slow.now += 61
    assert get(slow, "/api/v1/users").status == 200


def test_files_come_in_parts(account: InMemory) -> None:
    """The whole with its ETag, a part, nothing where the caller has it, and 416 past the end."""
    whole = get(account, FILE)
    assert whole.content == b"%PDF-1.4 placeholder"
    tag = whole.headers["etag"]

    def part(span: str, **more: str) -> Response:
        return account.answer(Request(method="GET", path=FILE, headers={"range": span, **more}))

    middle = part("bytes=5-7")
    assert (middle.status, middle.content, middle.headers["content-range"]) == (206, b"1.4", "bytes 5-7/20")
    assert part("bytes=15-").content == b"older"
    assert part("bytes=20-").status == 416
    assert part("bytes=5-7", **{"if-range": '"old"'}).status == 200
    call = Call(request=Request(method="GET", path=FILE), token="sandbox", match=tag)
    outcome = account.world.outcome(call, account.now)
    assert outcome.response is not None
    assert outcome.response.status == 304


def test_another_day_takes_the_place_of_the_first(account: InMemory, tmp_path: Path) -> None:
    """The control address takes new data, as a body or as a file, and refuses what is none."""
    later = msgspec.to_builtins(world("promoxcrm", "delta"))
    account.control("POST", "/sandbox/world", later)
    assert get(account, "/api/v1/clients").body["data"][0]["id"] == 170
    (tmp_path / "world.json").write_text(json.dumps({"lists": {"clients": [{"id": 1}]}}))
    assert account.control("POST", "/sandbox/world", {"path": str(tmp_path)}) == {"lists": ["clients"]}
    assert [row["id"] for row in get(account, "/api/v1/clients").body["data"]] == [1]
    assert "cannot be read" in account.control("POST", "/sandbox/world", {"path": str(tmp_path / "x")})["error"]
    assert "error" in account.control("POST", "/sandbox/world", {"lists": 7})
    assert account.control("GET", "/sandbox/records") == {"clients": [{"id": 1}]}
    before = account.now
    account.control("POST", "/sandbox/clock", {"seconds": 60})
    assert account.now == before + 60
    assert "error" in account.control("GET", "/sandbox/nothing")


def test_data_that_is_none_is_told(tmp_path: Path) -> None:
    """A missing file and a file of something else are sentences with the path."""
    with pytest.raises(WorldError, match="cannot be read"):
        load(tmp_path)
    (tmp_path / "world.json").write_text('{"lists": [1]}')
    with pytest.raises(WorldError, match="no world of a REST sandbox"):
        load(tmp_path)


def test_a_state_leads_to_itself() -> None:
    """The journal's batches found the same account again, its data and its counters."""
    account = in_memory(PROMOX, world("promoxcrm"))
    get(account, "/api/v1/users")
    again = founder(PROMOX)(account.world.dump(), RestSettings(), "sandbox", 0.0, "x")
    assert again.dump() == account.world.dump()
    assert again.state.meta["total"] == 1


def test_faults_strike_as_in_the_other_sandboxes() -> None:
    """Each kind of answer is in the words of such an API."""
    account = in_memory(PROMOX, parse({"lists": {}}), RestSettings(faults="500=1"))
    assert get(account, "/api/v1/users").status == 500
    account = in_memory(PROMOX, parse({"lists": {}}), RestSettings(faults="429=1"))
    assert get(account, "/api/v1/users").headers["retry-after"] == "2"


def test_nonsense_is_refused(account: InMemory) -> None:
    """A page that is no number, a path that is not there, and one that is forbidden."""
    assert get(account, "/api/v1/leads", page="x").status == 400
    assert get(account, "/api/v1/nothing").status == 404
    assert get(account, "/nowhere").status == 404
    assert get(account, "/api/v1/reports").status == 403


def test_it_is_served_over_http_and_survives(tmp_path: Path) -> None:
    """A key in a header, a part of a file, and the same data after a restart."""
    data = tmp_path / "world.json"
    data.write_text(json.dumps(msgspec.to_builtins(world("promoxcrm"))))
    for _ in range(2):
        with running(tmp_path / "state", name="promoxcrm", world=str(data)) as url:
            ask = urllib.request.Request(f"{url}{FILE}", headers={"x-api-key": "sandbox", "range": "bytes=0-3"})
            with urllib.request.urlopen(ask, timeout=10) as answer:
                assert (answer.status, answer.read(), answer.headers["content-type"]) == (
                    206,
                    b"%PDF",
                    "application/pdf",
                )
            wrong = urllib.request.Request(f"{url}/api/v1/users", headers={"authorization": "Bearer sandbox"})
            with pytest.raises(urllib.error.HTTPError) as refused:
                urllib.request.urlopen(wrong, timeout=10)
            assert refused.value.code == 401
            refused.value.close()
        data.unlink(missing_ok=True)
