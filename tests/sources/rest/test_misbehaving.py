"""Each way in which such an API may misbehave is noticed: told, waited for, or refused."""

from collections.abc import Callable
from typing import Any

import pytest

from adapters.protocols import (
    CredentialsError,
    Done,
    Json,
    Refused,
    Request,
    Response,
    Unknown,
    UnreachableError,
    Verdict,
    Wait,
)
from adapters.sandbox.rest.data import parse
from adapters.sources import UnreadableError
from adapters.sources.promoxcrm import TABLE as PROMOX
from adapters.sources.rest.addresses import ElsewhereError, followed, is_signed, unsigned
from adapters.sources.rest.answers import verdict
from adapters.sources.rest.describing import custom_endpoints
from adapters.sources.rest.paging import Where
from adapters.sources.rest.reading import page, start
from adapters.sources.rest.table import Column, Endpoint, Learned, Paging
from tests.sources.rest.fakes import Fake
from tests.sources.rest.reading import codes, opened, well_behaved

ASKED = Request(method="GET", path="/api/items")
JSON = {"content-type": "application/json"}
HTML = {"content-type": "text/html"}


def read(answer: Callable[[dict[str, str]], Response], paging: Paging, total: str = "") -> tuple[list[str], list[Any]]:
    """All ids of a list with a way of paging, and the codes of what was found; fifty pages at most."""
    endpoint = Endpoint(object="Item", label="Items", path="items", rows="rows", paging=paging, total=total,
                        columns=(Column(label="Name", at="name"),))  # fmt: skip
    fake, state = Fake(answer), start(endpoint)
    where = Where("https://crm.example", "/api")
    ids: list[str] = []
    for _ in range(50):
        got = fake.run(page(endpoint, "/api/items", endpoint.columns, (), Learned(), where, state))
        ids += [record.id for record in got.records]
        if got.state is None:
            return ids, [finding.code for finding in got.findings]
        state = got.state
    raise AssertionError("the reading does not end")


def rows(*ids: int, **more: Json) -> Response:
    """An answer with these records."""
    return Response(status=200, headers=JSON, body={"rows": [{"id": id, "name": ""} for id in ids], **more})


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        (Response(status=200, headers=HTML, text="<html>Log in</html>"), Refused),
        (Response(status=200, headers=JSON, text='{"rows": [{"id"'), Unknown),
        (Response(status=200, headers=JSON, body={"success": False, "error": "upstream"}), Unknown),
        (Response(status=200, headers=JSON, body={"ok": False}), Unknown),
        (Response(status=200, headers=JSON, body={"rows": []}), Done),
        (Response(status=200, headers=JSON, body=[]), Done),
        (Response(status=500, headers=HTML, text="Server Error"), Wait),
        (Response(status=404, headers=HTML, text="<html>Not found</html>"), Refused),
        (Response(status=401, headers=JSON, body={"message": "no"}), Refused),
    ],
)
def test_what_became_of_a_request(response: Response, expected: type[Verdict]) -> None:
    """Status, kind and content of an answer say whether it counts."""
    assert isinstance(verdict(ASKED, response), expected)


def test_a_wait_is_as_long_as_the_server_says() -> None:
    """Seconds, or a date beside the answer's own date; nothing where it says nothing."""
    date = {"date": "Wed, 12 Mar 2025 10:00:00 GMT"}
    assert verdict(ASKED, Response(status=429, headers={"retry-after": "7"})) == Wait(cause="burst", seconds=7.0)
    later = Response(status=429, headers={"retry-after": "Wed, 12 Mar 2025 10:01:30 GMT", **date})
    assert verdict(ASKED, later) == Wait(cause="burst", seconds=90.0)
    assert verdict(ASKED, Response(status=503)) == Wait(cause="server", seconds=None)


def test_a_file_may_be_a_page() -> None:
    """The answer to a download is a file, whatever it looks like."""
    asked = Request(method="GET", path="/f", save=True)
    assert verdict(asked, Response(status=200, headers=HTML, text="<html>a report</html>")) == Done()


def test_a_mark_that_never_moves_ends_the_reading() -> None:
    """The same mark again, with records or without, is told."""
    stuck = Paging(style="cursor", parameter="cursor", at="next")
    assert "cursor-stuck" in read(lambda query: rows(*(() if query else (1, 2)), next="x"), stuck)[1]
    assert "cursor-stuck" in read(lambda query: rows(3 if query else 1, next="x"), stuck)[1]


def test_marks_that_run_in_a_ring_end_the_reading() -> None:
    """Three marks in turn are found out, however many records came by then."""
    turns = {"": "a", "a": "b", "b": "c", "c": "a"}

    def answer(query: dict[str, str]) -> Response:
        mark = query.get("cursor", "")
        return rows(ord(mark or "0"), next=turns[mark])

    ids, found = read(answer, Paging(style="cursor", parameter="cursor", at="next"))
    assert {"a", "b", "c"} >= {chr(int(id)) for id in ids} - {"0"}
    assert "cursor-stuck" in found


def test_a_page_number_that_is_not_heeded_ends_the_reading() -> None:
    """The same page again and again is told, and given once."""
    ids, found = read(lambda _query: rows(1, 2, 3), Paging(style="page", parameter="page"))
    assert ids == ["1", "2", "3"]
    assert "paging-ignored" in found


def test_an_address_at_another_host_is_not_followed() -> None:
    """The next page's address must stay at the account, below the API's path."""
    for address in ("https://evil.example/api/items?page=2", "/admin/items?page=2", "/api/../admin"):
        ids, found = read(lambda _query, there=address: rows(1, next=there), Paging(style="next", at="next"))  # type: ignore[misc]
        assert (ids, found) == (["1"], ["link-refused"])


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("/api/items?page=2&q=a%20b", ("/api/items", {"page": "2", "q": "a b"})),
        ("?page=2", ("/api/items", {"page": "2"})),
        ("https://crm.example/api/items?page=2", ("/api/items", {"page": "2"})),
        ("https://CRM.example:443/api/items", ("/api/items", {})),
        ("//crm.example/api/items", ("/api/items", {})),
    ],
)
def test_addresses_of_the_account_are_followed(address: str, expected: tuple[str, dict[str, str]]) -> None:
    """Absolute and relative ones come to the same request."""
    assert followed(address, "https://crm.example", "/api", "/api/items") == expected


@pytest.mark.parametrize(
    "address",
    ["http://crm.example/api/x", "https://crm.example:8443/api/x", "https://crm.example.evil.example/api/x",
     "//evil.example/api/x", "https://crm.example@evil.example/api/x", "/api/%2e%2e/x", "/apix", "javascript:alert(1)"],
)  # fmt: skip
def test_addresses_elsewhere_are_not(address: str) -> None:
    """Another scheme, port, host or path is refused."""
    with pytest.raises(ElsewhereError):
        followed(address, "https://crm.example", "/api", "/api/items")


def test_an_absolute_address_needs_a_known_account() -> None:
    """Where nobody said which host the account has, no host is right; a path below the account's own is cut."""
    with pytest.raises(ElsewhereError, match="not known"):
        followed("https://crm.example/api/x", "", "/api")
    assert followed("https://crm.example/acme/api/x", "https://crm.example/acme", "/api") == ("/api/x", {})
    assert is_signed("https://f.example/a?expires=1") and not is_signed("https://f.example/a?page=1")


def test_a_list_that_shifts_while_it_is_read_is_told() -> None:
    """Records that come again are given once; the difference to the total is a finding."""
    account = well_behaved("promoxcrm", shifts="clients")
    records, found = account.all("Client")
    assert len(records) == len({record.id for record in records}) == 35
    assert "repeated-rows" in codes(found)


def test_a_total_that_is_off_is_told_with_both_numbers() -> None:
    """Counted rows win."""
    account = well_behaved("pro-sales-crm", totals="deals=2")
    records, found = account.all("Deal")
    (told,) = [f for f in found if f.code == "total-differs"]
    assert "states 22 rows and gave 20" in told.detail
    assert len(records) == 20


@pytest.mark.parametrize("what", ["429", "500", "failed", "truncated"])
def test_a_failed_attempt_is_made_again(what: str) -> None:
    """Each is over with the second attempt, and nothing is missing."""
    account = well_behaved("promoxcrm", first=f"clients={what},tasks={what}")
    assert len(account.all("Client")[0]) == 35
    assert len(account.all("Task")[0]) == 16
    assert account.clock.slept


def test_a_login_page_in_the_middle_ends_the_reading() -> None:
    """A key that is taken back is an error that names the account, not an empty list."""
    account = well_behaved("promoxcrm", login_page=True)
    account.run(account.source.schema())
    account.memory.token = "taken back"
    with pytest.raises(CredentialsError, match="not authenticated"):
        account.all("Client")


def test_an_api_that_goes_on_failing_is_given_up() -> None:
    """200 with success=false, again and again, is an error in the end; nothing was read."""
    account = well_behaved("promoxcrm")
    account.run(account.source.schema())
    account.memory.world.state.data.answers["commissions"] = {"success": False, "error": "down"}  # type: ignore[attr-defined]
    with pytest.raises(UnreachableError, match="down"):
        account.all("Commission")


def test_an_answer_of_another_shape_is_told_in_a_sentence() -> None:
    """JSON without the list that the table names is not an empty list."""
    account = well_behaved("promoxcrm")
    account.run(account.source.schema())
    account.memory.world.state.data.answers["commissions"] = {"results": {"x": 1}}  # type: ignore[attr-defined]
    with pytest.raises(UnreadableError, match="no list of records at data"):
        account.all("Commission")


def test_fields_that_nobody_described_are_not_lost() -> None:
    """One that the survey sees is a custom field; one that comes later is told, and stays in the raw record."""
    clients = [{"id": n, "first_name": f"A{n}", "last_name": "B"} for n in range(80)]
    clients[3]["shoe size"] = 43
    clients[75]["hat size"] = 58
    account = well_behaved("promoxcrm", parse({"lists": {"clients": clients}}))
    schema = account.run(account.source.schema())
    described = schema.object("Client")
    assert described is not None
    shoe = described.field("shoe size")
    assert shoe is not None
    assert (shoe.custom, shoe.filled, shoe.samples) == (True, 1, ("43",))
    records, found = account.all("Client")
    assert records[3].values["shoe size"] == "43"
    assert records[75].raw["hat size"] == 58
    assert [f.code for f in found] == ["unknown-field"]


def test_the_rate_that_the_account_shows_is_kept() -> None:
    """A survey of more requests than a minute allows waits for the next minute, and misses nothing."""
    account = opened("promoxcrm", rate=10)
    schema = account.run(account.source.schema())
    assert {o.name: o.count for o in schema.objects}["sample_kit"] == 4
    assert max(account.clock.slept) > 30


def test_what_is_told_a_thousand_times_is_told_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """The findings of a huge object are a list that a person can read; the last one says that there are more."""
    monkeypatch.setattr("adapters.sources.rest.fullness.FINDINGS_MAX", 5)
    projects = [{"id": n, "name": f"P{n}", "amount": None, "stage_id": None} for n in range(60)]
    account = well_behaved("promoxcrm", parse({"lists": {"projects": projects}}))
    records, found = account.all("Project")
    assert len(records) == 60
    assert len(codes(found)["no-amount"]) == 6
    assert "not listed one by one" in [f for f in found if f.code == "no-amount"][-1].detail


@pytest.mark.parametrize("body", ["text", 7, {"pipelines": [7]}, {"pipelines": {"a": 1}}, [[]]])
def test_lookups_of_another_shape_are_told(body: Json) -> None:
    """Users and pipelines that are not as expected are a finding; the records are read all the same."""
    account = well_behaved("promoxcrm")
    account.memory.world.state.data.answers["pipelines"] = body  # type: ignore[attr-defined]
    account.memory.world.state.data.answers["users"] = body  # type: ignore[attr-defined]
    schema = account.run(account.source.schema())
    assert "lookup-odd" in codes(list(schema.findings))
    assert len(account.all("Client")[0]) == 35


def test_an_object_of_another_shape_does_not_stop_the_others() -> None:
    """Where the first look finds no list, the object is a lack with its reason, and the others are read."""
    account = well_behaved("promoxcrm")
    account.memory.world.state.data.answers["commissions"] = {"results": {"x": 1}}  # type: ignore[attr-defined]
    schema = account.run(account.source.schema())
    assert [f.object for f in schema.findings if f.code == "not-in-api"] == ["Commission"]
    assert len(account.all("Task")[0]) == 16


@pytest.mark.parametrize("address", ["https://crm.example:port/api/x", "https://[half/api/x", "//crm.example:9x/api"])
def test_an_address_that_is_none_is_not_followed(address: str) -> None:
    """A reason that people read, not a traceback; nor does one end the look for a signature."""
    with pytest.raises(ElsewhereError, match="no address"):
        followed(address, "https://crm.example", "/api")
    assert is_signed(f"{address}?Signature=abc#top")
    assert unsigned(f"{address}?Signature=abc#top") == address


def test_the_key_of_a_custom_object_is_one_part_of_a_path() -> None:
    """Whatever an API calls its objects, the request for their records stays where such records are."""
    assert PROMOX.objects is not None
    ((endpoint, _),) = custom_endpoints(PROMOX.objects, [{"key": "../../admin?x=#", "fields": []}])
    assert endpoint.path == "custom-objects/..%2F..%2Fadmin%3Fx%3D%23/records"
