"""What became of a request."""

import pytest

from adapters.destinations.pipedrive.verdicts import BLOCKED_SECONDS, verdict
from adapters.protocols import Done, Refused, Request, Response, Unknown, Wait

READ = Request(method="GET", path="/api/v2/deals")
WRITE = Request(method="POST", path="/api/v2/deals", body={"title": "x"})
INFO = "Please check developers.pipedrive.com"


def gateway(error: str, code: int) -> dict[str, object]:
    return {"success": False, "error": error, "errorCode": code, "error_info": INFO}


@pytest.mark.parametrize("request_", [READ, WRITE])
@pytest.mark.parametrize("status", [200, 201])
def test_any_2xx_that_says_success_is_done(request_, status):
    """Creates answer 200 or 201, whatever the description says."""
    assert isinstance(verdict(request_, Response(status=status, body={"success": True, "data": None})), Done)


def test_a_download_is_done_when_it_is_summed():
    """Its answer is a file, which says no success."""
    download = Request(method="GET", path="/v1/files/7/download", digest=True)
    assert verdict(download, Response(status=200, body={"sha256": "0" * 64, "size": 3})) == Done()
    assert isinstance(verdict(download, Response(status=200, body=None)), Wait)
    assert isinstance(verdict(download, Response(status=404, body={"success": False})), Refused)


@pytest.mark.parametrize(
    "response",
    [
        Response(status=200, body=None),
        Response(status=200, body={"success": False}),
        Response(status=200, body=[]),
        Response(status=500, body={"success": False, "error": "Internal Server Error", "code": "ERR_UNKNOWN"}),
        Response(status=503, text="maintenance"),
        Response(status=408, body={}),
        Response(status=302, headers={"location": "https://elsewhere.example"}),
    ],
)
def test_an_answer_that_makes_no_sense(response):
    """It leaves a write in doubt; a read may be repeated."""
    assert isinstance(verdict(WRITE, response), Unknown)
    assert verdict(READ, response) == Wait(cause="server", seconds=None)


@pytest.mark.parametrize(
    ("status", "body", "message", "code"),
    [
        (400, {"success": False, "error": "Validation failed: x", "code": "ERR_SCHEMA_VALIDATION_FAILED"},
         "Validation failed: x", "ERR_SCHEMA_VALIDATION_FAILED"),
        (400, {"success": False, "error": "Deal title must be given.", "error_info": INFO, "data": None},
         "Deal title must be given.", ""),
        (401, gateway("unauthorized access", 401), "unauthorized access", "401"),
        (403, gateway("Scope and URL mismatch", 403), "Scope and URL mismatch", "403"),
        (403, {"success": False, "error": "limit", "code": "feature_capping_deals_limit"}, "limit",
         "feature_capping_deals_limit"),
        (404, {"success": False, "error": "requested lead not found", "data": None}, "requested lead not found", ""),
        (404, {"status": "error", "success": False, "errors": {"id": ["not found"]}}, "{'id': ['not found']}", ""),
        (410, {"success": False, "error": "The field is not found"}, "The field is not found", ""),
        (403, {"success": False, "message": "Forbidden"}, "Forbidden", ""),
        (402, None, "no message", ""),
    ],
)  # fmt: skip
def test_refusals_speak_the_servers_words(status, body, message, code):
    """All families of error bodies give their message and code."""
    assert verdict(WRITE, Response(status=status, body=body)) == Refused(status=status, message=message, code=code)


@pytest.mark.promise("F-119")
@pytest.mark.parametrize(
    ("headers", "body", "expected"),
    [
        ({"retry-after": "3939"}, gateway("daily request budget exceeded", 429), Wait(cause="daily", seconds=3939.0)),
        ({}, gateway("daily request budget exceeded", 429), Wait(cause="daily", seconds=None)),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "2"}, gateway("request over limit", 429),
         Wait(cause="burst", seconds=2.0)),
        ({"x-ratelimit-remaining": "0"}, None, Wait(cause="burst", seconds=None)),
        ({"x-ratelimit-remaining": "12"}, None, Wait(cause="daily", seconds=None)),
        ({"x-ratelimit-remaining": "0", "retry-after": "0", "x-ratelimit-reset": "2"}, None,
         Wait(cause="burst", seconds=0.0)),
        ({}, None, Wait(cause="burst", seconds=None)),
    ],
)  # fmt: skip
def test_a_spent_day_is_told_from_a_burst(headers, body, expected):
    """By the text, else by what is left of the burst; the server's own wait is taken over."""
    assert verdict(WRITE, Response(status=429, headers=headers, body=body)) == expected


def test_a_cloudflare_block_is_a_long_wait():
    """An HTML 403 comes before any application, so nothing was applied."""
    blocked = Response(status=403, text="<html>blocked</html>")
    assert verdict(WRITE, blocked) == Wait(cause="server", seconds=BLOCKED_SECONDS)
