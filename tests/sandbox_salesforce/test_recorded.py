"""The recorded answers of the bundle beside what the sandbox answers for the same requests.

Where they differ, the test says why: locators and ids of jobs are drawn anew; releases have their names; a message is
longer; the hour of a hard delete is written down nowhere but in the recording.
"""

import re
from typing import Any

import pytest

from tests.sandbox_salesforce.client import BUNDLE, ORG, Client, every_field, recorded

SIDES = ("org", "delta/org")
OBJECTS = sorted(path.name for path in (ORG / "http" / "query").iterdir())
LOCATOR = re.compile(r"/services/data/v61\.0/query/[A-Za-z0-9]{18}-(\d+)")


@pytest.fixture(scope="module", params=SIDES)
def day(request: pytest.FixtureRequest) -> tuple[str, Client]:
    """The org on the first day and a day later, with small pages and the right to see all files."""
    client = Client(page=8, query_all_files=True)
    if request.param != "org":
        client.world.control("POST", "/sandbox/org", {"path": "../delta/org", "at": "2025-03-15T18:00:00Z"})
    return request.param, client


@pytest.mark.parametrize("name", OBJECTS)
@pytest.mark.parametrize("way", ["query", "queryAll"])
def test_pages(day: tuple[str, Client], way: str, name: str) -> None:
    """Each page holds the same records, fields and order; only the first part of a locator differs."""
    side, client = day
    pages = sorted((BUNDLE / side / "http" / way / name).glob("page-*.json"))
    if not pages:
        assert way == "queryAll"  # recorded only where it finds more
        return
    page = client.get(f"/{way}", q=f"SELECT {every_field(name)} FROM {name}")
    for number, path in enumerate(pages):
        expected = recorded(str(path.relative_to(BUNDLE)))
        if number:
            page = client.get(page["nextRecordsUrl"])
        before, after = expected.pop("nextRecordsUrl", None), page.get("nextRecordsUrl")
        if before is not None:
            assert LOCATOR.fullmatch(before).group(1) == LOCATOR.fullmatch(after).group(1)  # type: ignore[union-attr]
        assert {key: value for key, value in page.items() if key != "nextRecordsUrl"} == expected
        assert [list(one) for one in page["records"]] == [list(one) for one in expected["records"]]


def test_counts() -> None:
    """The counts are the recorded ones, in the order in which they are asked for."""
    expected = recorded("org/http/recordCount.json")
    names = ",".join(one["name"] for one in expected["sObjects"])
    assert Client().get("/limits/recordCount", sObjects=names) == expected


def test_objects_and_fields() -> None:
    """The list of objects says of each what was recorded, and more; descriptions are those of the folder.

    Seven objects were recorded by name and without addresses; the sandbox describes them as any org has them.
    """
    client = Client()
    found = client.get("/sobjects")
    shown = {one["name"]: one for one in found["sobjects"]}
    expected = recorded("org/http/sobjects.json")
    assert {key: value for key, value in found.items() if key != "sobjects"} == {
        "encoding": "UTF-8",
        "maxBatchSize": 200,
    }
    assert shown.keys() == {one["name"] for one in expected["sobjects"]}
    for one in expected["sobjects"]:
        mine = shown[one["name"]]
        if not one["urls"]:
            assert (mine["custom"], mine["queryable"]) == (one["custom"], one["queryable"])
            continue
        assert {key: mine[key] for key in one} == one
        described = recorded(f"org/describe/{one['name']}.json")
        got = client.get(f"/sobjects/{one['name']}/describe")
        assert all(got[key] == value for key, value in described.items() if key != "fields")
        for mine, theirs in zip(got["fields"], described["fields"], strict=True):
            assert {key: mine[key] for key in theirs} == theirs


def test_versions_and_token() -> None:
    """Every recorded version is there at its address, under its season's name; a token has the recorded keys."""
    client = Client()
    found = {one["version"]: one for one in client.get("/services/data/")}
    for one in recorded("org/http/versions.json"):
        assert found[one["version"]]["url"] == one["url"]
    assert found["59.0"]["label"] == "Winter '24"
    assert found["61.0"]["label"] == "Summer '24"
    form = {"grant_type": "client_credentials", "client_id": "cutover", "client_secret": "sandbox"}
    token = client.send("POST", "/services/oauth2/token", form, encoding="form").body
    expected = recorded("org/http/token.json")
    assert expected.keys() == token.keys() - {"scope"}
    assert {key: type(token[key]) for key in expected} == {key: type(value) for key, value in expected.items()}


def test_limits() -> None:
    """The limits have the recorded names and shape; how many calls are left differs."""
    found, expected = Client().get("/limits"), recorded("org/http/limits.json")
    assert found.keys() == expected.keys()
    assert [one["Max"] for one in found.values()] == [one["Max"] for one in expected.values()]
    assert all(one.keys() == {"Max", "Remaining"} for one in found.values())


@pytest.mark.trap("I32")
@pytest.mark.trap("I33")
def test_bulk() -> None:
    """A job passes through the recorded states, and its two parts are the recorded bytes; its id is its own."""
    client = Client()
    made = client.send("POST", "/jobs/query", recorded("org/bulk/create-request.json"))
    own = {"id": made.body["id"], "createdDate": "2025-03-14T18:00:00.000+0000"}
    own["systemModstamp"] = own["createdDate"]
    assert made.body == {**recorded("org/bulk/create-response.json"), **own}
    job = f"/jobs/query/{made.body['id']}"
    for number in (1, 2):
        assert client.get(job) == {**recorded(f"org/bulk/poll-{number}.json"), **own}
    locator = {}
    for number in (1, 2):
        part = client.send("GET", f"{job}/results", query={"maxRecords": "9", **locator})
        assert part.text == (ORG / "bulk" / f"results-{number}.csv").read_text(encoding="utf-8")
        headers = recorded(f"org/bulk/results-{number}.headers.json")
        assert part.headers["content-type"] == headers["Content-Type"]
        assert part.headers["sforce-numberofrecords"] == headers["Sforce-NumberOfRecords"]
        assert (part.headers["sforce-locator"] == "null") == (headers["Sforce-Locator"] == "null") == (number == 2)
        locator = {"locator": part.headers["sforce-locator"]}


@pytest.mark.trap("I36")
def test_tooling() -> None:
    """The validation rule is told with the recorded values; records of the real API have attributes besides."""
    names = "ValidationName, EntityDefinition.QualifiedApiName, Active, ErrorMessage, ErrorDisplayField"
    soql = f"SELECT {names} FROM ValidationRule"
    found, expected = Client().get("/tooling/query", q=soql), recorded("org/tooling/validation_rules.json")
    (record,) = found["records"]
    del record["attributes"], record["EntityDefinition"]["attributes"]
    assert {key: found[key] for key in expected} == expected


def test_deleted_and_updated() -> None:
    """The delete log and the changes of the second day; the hard delete counts from the newest change in the folder."""
    client = Client()
    client.world.control("POST", "/sandbox/org", {"path": "../delta/org", "at": "2025-03-15T18:00:00Z"})
    window = {"start": "2025-03-14T18:00:00Z", "end": "2025-03-15T18:00:00Z"}
    found = client.get("/sobjects/i360__Prospect__c/deleted/", **window)
    expected = recorded("delta/org/http/getDeleted-i360__Prospect__c.json")
    hard = "a005f000000010BAAQ"
    assert [one["deletedDate"] for one in found["deletedRecords"] if one["id"] == hard] == [
        "2025-03-15T14:00:00.000+0000"
    ]
    for answer in (found, expected):
        answer["deletedRecords"] = {one["id"]: one["deletedDate"] for one in answer["deletedRecords"]} | {hard: ""}
    assert found == expected
    got = client.get("/sobjects/i360__Prospect__c/updated/", **window)
    assert got == recorded("delta/org/http/getUpdated-i360__Prospect__c.json")


@pytest.mark.trap("I34")
@pytest.mark.parametrize("case", recorded("org/http/errors.json"), ids=lambda case: case["note"][:20])
def test_errors(case: Any) -> None:
    """Each recorded failure is had by a request; status, code and shape are as recorded, messages contain them."""
    answer = _CASES[case["note"].partition(":")[0].partition(";")[0].partition(",")[0]]()
    assert answer.status == case["status"]
    if isinstance(case["body"], str):
        assert (answer.body, "text/html" in answer.headers["content-type"]) == (None, True)
        assert "Service Unavailable" in answer.text
    elif isinstance(case["body"], dict):
        assert answer.body == case["body"]
    else:
        (error,), (mine,) = case["body"], answer.body
        assert (mine["errorCode"], error["message"] in mine["message"]) == (error["errorCode"], True)
        for name, value in case.get("headers", {}).items():
            assert answer.headers[name.lower()] == value


def _query(soql: str, **settings: Any) -> Any:
    return Client(**settings).send("GET", "/query", query={"q": soql})


def _spent() -> Any:
    client = Client(daily=100_000)
    client.world.world.apply([["calls", int(client.world.now // 3600), 100_000]])
    return client.send("GET", "/limits")


def _stranger() -> Any:
    client = Client()
    client.world.token = "old"
    return client.send("GET", "/limits")


def _login() -> Any:
    form = {"grant_type": "refresh_token", "client_id": "cutover", "client_secret": "sandbox", "refresh_token": "old"}
    return Client().send("POST", "/services/oauth2/token", form, encoding="form")


_CASES = {
    "refresh the token once": _stranger,
    "stop": _spent,
    "object missing or no permission": lambda: _query("SELECT Id FROM i360__Quote__c"),
    "field hidden by field-level security since the describe": lambda: _query(
        "SELECT i360__Secret__c FROM Contact", hidden=("Contact.i360__Secret__c",)
    ),
    "cursor expired": lambda: Client().send("GET", "/query/0r85f00000003ZgAAI-8"),
    "halve the window": lambda: _query("SELECT Id FROM Account", faults="timeout=1"),
    "back off and retry": lambda: _query("SELECT Id FROM Account", faults="503=1"),
    "login error has another shape": _login,
}
