"""The recorded exchanges of both vendors are what the sandbox answers."""

import json
from typing import Any

import pytest

from adapters.protocols import Request, Response
from adapters.sandbox.rest import founder
from adapters.sandbox.world import Call
from tests.sandbox_rest.recordings import APIS, FOLDERS, exchanges, settings, world

TOKEN = "key-5521"


@pytest.mark.parametrize(("vendor", "day"), FOLDERS)
@pytest.mark.trap("P30")
@pytest.mark.trap("P31")
@pytest.mark.trap("P32")
@pytest.mark.trap("P33")
@pytest.mark.trap("P34")
@pytest.mark.trap("Q21")
@pytest.mark.trap("Q22")
def test_the_sandbox_answers_as_recorded(vendor: str, day: str) -> None:
    """Each recorded request, in its order, gets the recorded status, kind and body; failed first attempts included."""
    chosen = settings(vendor)
    account = founder(APIS[vendor])([], chosen, TOKEN, 0.0, "x")
    account.state.data = world(vendor, day)
    for one in exchanges(vendor, day):
        request = Request(method=one["method"], path=one["path"], query=one["query"])
        token = TOKEN if one.get("auth", True) else ""
        outcome = account.outcome(Call(request=request, token=token, host="sandbox.example"), 1.0)
        account.apply(outcome.changes)
        assert outcome.response is not None
        _compare(one, outcome.response)


def _compare(one: dict[str, Any], answer: Response) -> None:
    where = f"{one['path']} {one['query']}"
    assert answer.status == one["status"], where
    if "body_json" in one:
        assert answer.body == one["body_json"], f"{where}: {json.dumps(answer.body)[:300]}"
    else:
        assert (answer.content or answer.text.encode()) == one["body"].encode(), where
    for name, value in one.get("headers", {}).items():
        if name == "X-RateLimit-Remaining" and value != "0":
            assert int(answer.headers["x-ratelimit-remaining"]) > 0
        else:
            assert answer.headers[name.lower()] == value, (where, name)
