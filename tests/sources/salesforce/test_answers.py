"""What answers mean: all the kinds of failure, and answers that are none."""

import pytest

from adapters.protocols import Done, Refused, Request, Response, Unknown, Verdict, Wait
from adapters.sources.salesforce.answers import price, verdict
from tests.sources.salesforce.paper import BASE, loaded

QUERY = Request(method="GET", path="/services/data/v61.0/query", query={"q": "SELECT Id FROM Contact"})
ERRORS = loaded(BASE / "http" / "errors.json")
MEANT: list[Verdict] = [
    Refused(status=401, message="Session expired or invalid", code="INVALID_SESSION_ID"),
    Wait(cause="daily"),
    Refused(
        status=400,
        message="SELECT Id FROM i360__Quote__c ^ ERROR at Row:1:Column:16 sObject type "
        "'i360__Quote__c' is not supported.",
        code="INVALID_TYPE",
    ),
    Refused(status=400, message="No such column 'i360__Secret__c' on entity 'Contact'.", code="INVALID_FIELD"),
    Refused(status=400, message="invalid query locator", code="INVALID_QUERY_LOCATOR"),
    Refused(status=400, message="Your query request was running for too long.", code="QUERY_TIMEOUT"),
    Wait(cause="server"),
    Refused(status=400, message="expired access/refresh token", code="invalid_grant"),
]


@pytest.mark.trap("I34")
@pytest.mark.parametrize(("error", "meant"), list(zip(ERRORS, MEANT, strict=True)))
def test_the_recorded_failures(error: dict[str, object], meant: Verdict) -> None:
    """Each is handled as its note says: a list, an object, an HTML page."""
    body = error["body"]
    text = body if isinstance(body, str) else ""
    response = Response(status=int(str(error["status"])), body=None if text else body, text=text)
    assert verdict(QUERY, response) == meant


@pytest.mark.parametrize(
    ("status", "body", "text", "meant"),
    [
        (403, [{"errorCode": "REQUEST_LIMIT_EXCEEDED", "message": "ConcurrentRequests (Concurrent API Requests) Limit "
                "exceeded."}], "", Wait(cause="burst")),
        (403, [{"errorCode": "API_DISABLED_FOR_ORG", "message": "no"}], "",
         Refused(status=403, message="no", code="API_DISABLED_FOR_ORG")),
        (403, [{"errorCode": "INSUFFICIENT_ACCESS", "message": "no"}], "",
         Refused(status=403, message="no", code="INSUFFICIENT_ACCESS")),
        (406, None, "", Wait(cause="server")),
        (420, None, "<html>calm down</html>", Wait(cause="server")),
        (429, None, "", Wait(cause="server")),
        (500, [{"errorCode": "UNKNOWN_EXCEPTION", "message": "An unexpected error."}], "", Wait(cause="server")),
        (403, None, "<html>Forbidden</html>", Refused(status=403, message="<html>Forbidden</html>")),
        (404, None, "", Refused(status=404, message="status 404, without a word")),
        (302, None, "", Refused(status=302, message="status 302, without a word")),
        (200, None, "<html>Log in</html>", Unknown(reason="no JSON where data was asked for; a login page or a proxy's "
                                                   "answer")),
        (200, {"records": []}, "", Done()),
    ],
)  # fmt: skip
def test_other_answers(status: int, body: object, text: str, meant: Verdict) -> None:
    """A quota is no missing right, a login page with status 200 is no answer, odd statuses pass."""
    assert verdict(QUERY, Response(status=status, body=body, text=text)) == meant


def test_how_long_to_wait() -> None:
    """As long as the server says."""
    assert verdict(QUERY, Response(status=503, headers={"retry-after": "7"})) == Wait(cause="server", seconds=7.0)


def test_raw_answers() -> None:
    """CSV and notes are texts; their errors are JSON all the same, and a page is no CSV."""
    results = Request(method="GET", path="/services/data/v61.0/jobs/query/750/results", raw=True)
    assert verdict(results, Response(status=200, headers={"content-type": "text/csv"}, text='"Id"\n')) == Done()
    page = Response(status=200, headers={"content-type": "text/html"}, text="<html>")
    assert isinstance(verdict(results, page), Unknown)
    failed = Response(status=400, text='[{"errorCode":"INVALIDJOB","message":"no"}]')
    assert verdict(results, failed) == Refused(status=400, message="no", code="INVALIDJOB")
    assert isinstance(verdict(results, Response(status=400, text="[broken")), Refused)
    body = Request(method="GET", path="/services/data/v61.0/sobjects/ContentVersion/068/VersionData", raw=True)
    assert verdict(body, page) == Done()
    assert verdict(Request(method="GET", path="/x", save=True), Response(status=200)) == Done()


def test_prices() -> None:
    """A batch costs what is in it."""
    assert price(QUERY) == 1
    batch = {"batchRequests": [{"method": "GET", "url": "/a"}, {"method": "GET", "url": "/b"}]}
    assert price(Request(method="POST", path="/services/data/v61.0/composite/batch", body=batch, reads=True)) == 2
