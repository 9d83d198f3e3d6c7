"""What became of a request: one row for each answer that either API is known, or feared, to give."""

import pytest

from adapters.destinations.nutshell.ask import call
from adapters.destinations.nutshell.verdicts import verdict
from adapters.protocols import Done, Refused, Request, Response, Unknown, Verdict, Wait
from tests.destinations_nutshell.flows import missing, no, ok

ASK, WRITE = call("getLead", {"leadId": 1}), call("newLead", {"lead": {}})
GET = Request(method="GET", path="/rest/leads/1-leads")
PATCH = Request(method="PATCH", path="/rest/leads/1-leads", body=[], encoding="json-patch")
POST = Request(method="POST", path="/rest/tasks", body={})
FIELD = Request(method="POST", path="/rest/leads/customfield", body={})
DELETE = Request(method="DELETE", path="/rest/contacts/1-contacts")
UNAUTHORIZED = Response(status=401, text="<html><title>An Error Occurred: Unauthorized</title></html>")
ENVELOPE = {
    "meta": {},
    "leads": [],
    "errors": [{"code": None, "status": "400", "title": "Invalid filter", "detail": "-1"}],
}
STALE = no(409, "rev key is out-of-date")
MALFORMED = Response(
    status=200, body={"result": None, "error": {"code": -32600, "message": "Invalid Request"}, "id": None}
)


@pytest.mark.parametrize(
    ("request_", "response", "expected"),
    [
        (ASK, ok({"id": 1}), Done()),
        (WRITE, ok({"id": 1}), Done()),
        (WRITE, ok(None), Done()),
        (WRITE, STALE, Refused(status=409, message="rev key is out-of-date", code="409")),
        (WRITE, MALFORMED, Refused(status=400, message="Invalid Request", code="-32600")),
        (WRITE, no(-32000, "not found"), Refused(status=400, message="not found", code="-32000")),
        (WRITE, no(-32603, "boom"), Unknown),
        (ASK, no(-32603, "boom"), Wait(cause="server")),
        (WRITE, Response(status=200), Unknown),
        (ASK, Response(status=200), Wait(cause="server")),
        (WRITE, Response(status=200, text="<html>"), Unknown),
        (WRITE, Response(status=200, body=[1]), Unknown),
        (WRITE, UNAUTHORIZED, Refused(status=401, message="An Error Occurred: Unauthorized")),
        (WRITE, Response(status=402, text="pay"), Refused(status=402, message="pay")),
        (WRITE, Response(status=500, body={"code": 500, "message": "Internal Server Error"}), Unknown),
        (ASK, Response(status=503, headers={"retry-after": "7"}), Wait(cause="server", seconds=7.0)),
        (WRITE, Response(status=304), Unknown),
        (WRITE, Response(status=408), Unknown),
        (WRITE, Response(status=429, headers={"retry-after": "2"}), Wait(cause="burst", seconds=2.0)),
        (GET, Response(status=429, headers={"retry-after": "soon"}), Wait(cause="burst")),
        (GET, Response(status=200, body={"leads": []}), Done()),
        (GET, Response(status=200, body=[]), Done()),
        (GET, Response(status=200), Wait(cause="server")),
        (GET, missing(), Refused(status=404, message="An Error Occurred: Not Found")),
        (GET, Response(status=400, body=ENVELOPE), Refused(status=400, message="Invalid filter: -1")),
        (POST, Response(status=405, body="Internal Error"), Refused(status=405, message="Internal Error")),
        (POST, Response(status=405, text='"Internal Error"'), Refused(status=405, message='"Internal Error"')),
        (POST, Response(status=201, body={"id": "1-tasks"}), Done()),
        (POST, Response(status=200), Unknown),
        (POST, Response(status=200, text="<html>"), Unknown),
        (POST, Response(status=500, body={"code": 500, "message": "Internal Server Error"}), Unknown),
        (FIELD, Response(status=200), Done()),
        (FIELD, Response(status=200, text="<html>"), Unknown),
        (PATCH, Response(status=204), Done()),
        (PATCH, Response(status=200), Done()),
        (PATCH, Response(status=200, body={"leads": []}), Done()),
        (DELETE, Response(status=204), Done()),
        (DELETE, Response(status=200), Unknown),
        (DELETE, missing(), Refused(status=404, message="An Error Occurred: Not Found")),
    ],
)
def test_an_answer_is_judged(request_: Request, response: Response, expected: Verdict | type) -> None:
    """An error in a 200 is a refusal; an answer without sense leaves an unsafe request in doubt."""
    found = verdict(request_, response)
    assert isinstance(found, expected) if isinstance(expected, type) else found == expected


def test_calls_that_only_ask_are_safe() -> None:
    """get*, find* and search* may be repeated; new*, edit* and delete* may not."""
    asks = ("getUser", "findLeads", "searchByEmail", "getApiForUsername", "instanceData", "findLead_Outcomes")
    assert not any(call(name, {}).unsafe for name in asks)
    assert all(call(name, {}).unsafe for name in ("newLead", "editLead", "deleteLead", "newTag"))
