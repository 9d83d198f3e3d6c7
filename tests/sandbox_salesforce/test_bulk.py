"""Bulk API 2.0 query jobs: states, parts, the dialect of the CSV, what is refused."""

import csv
import io
from typing import Any

import pytest

from adapters.protocols import Response
from tests.sandbox_salesforce.client import Client

CONTACTS = "SELECT Id, LastName, HasOptedOutOfEmail, CreatedDate, Email, Account.Name FROM Contact"
REFUSED = [
    ("SELECT Type, COUNT(Id) FROM Account GROUP BY Type", "API_ERROR"),
    ("SELECT COUNT() FROM Account", "API_ERROR"),
    ("SELECT TYPEOF What WHEN Account THEN Name END FROM Task", "API_ERROR"),
    ("SELECT Name, (SELECT Id FROM Contacts) FROM Account", "API_ERROR"),
    ("SELECT Id, BillingAddress FROM Account", "API_ERROR"),
    ("SELECT Id, VersionData FROM ContentVersion", "API_ERROR"),
    ("SELECT Id, Body FROM Attachment", "API_ERROR"),
    ("SELECT FIELDS(ALL) FROM Account LIMIT 200", "API_ERROR"),
    ("SELECT Id FROM Account OFFSET 5", "API_ERROR"),
    ("SELECT Id FROM TaskStatus", "INVALIDENTITY"),
    ("SELECT Id FROM RecentlyViewed", "INVALIDENTITY"),
    ("SELECT Id FROM i360__Quote__c", "INVALID_TYPE"),
    ("SELECT Shoe FROM Account", "INVALID_FIELD"),
    ("SELECT Id FORM Account", "MALFORMED_QUERY"),
    ("SELECT Id FROM ContentDocumentLink", "MALFORMED_QUERY"),
]


def made(org: Client, soql: str = CONTACTS, **body: Any) -> str:
    """The path of a new job."""
    answer = org.send("POST", "/jobs/query", {"operation": "query", "query": soql, **body})
    assert answer.status == 200, answer
    return f"/jobs/query/{answer.body['id']}"


def finished(org: Client, soql: str = CONTACTS, **body: Any) -> str:
    """The path of a job that is complete."""
    job = made(org, soql, **body)
    while org.get(job)["state"] != "JobComplete":
        pass
    return job


def part(org: Client, job: str, **query: Any) -> Response:
    """One part of the results."""
    answer = org.send("GET", f"{job}/results", query={key: str(value) for key, value in query.items()})
    assert answer.status == 200, answer
    return answer


def test_parts(org: Client) -> None:
    """Every part repeats the header; the end is the word null; a locator can be used again."""
    job = finished(org)
    seen, locator, parts = [], {}, 0
    while locator != {"locator": "null"}:
        answer = part(org, job, maxRecords=8, **locator)
        again = part(org, job, maxRecords=8, **locator)
        assert again.text == answer.text
        header, *rows = csv.reader(io.StringIO(answer.text))
        assert header == ["Id", "LastName", "HasOptedOutOfEmail", "CreatedDate", "Email", "Account.Name"]
        assert len(rows) == int(answer.headers["sforce-numberofrecords"]) > 0
        seen += [row[0] for row in rows]
        locator, parts = {"locator": answer.headers["sforce-locator"]}, parts + 1
    assert (parts, seen) == (3, org.ids("SELECT Id FROM Contact"))


def test_the_server_decides_how_large_a_part_is() -> None:
    """Fewer records than wished may come, and without a wish as many as the server likes."""
    org = Client(part=5)
    job = finished(org)
    assert [part(org, job, **wish).headers["sforce-numberofrecords"] for wish in ({}, {"maxRecords": 9})] == ["5", "5"]


def test_no_records(org: Client) -> None:
    """A job that finds nothing has a header row."""
    answer = part(org, finished(org, "SELECT Id, Name FROM Account WHERE Name = 'x'"))
    assert (answer.text, answer.headers["sforce-locator"]) == ('"Id","Name"\n', "null")


def test_dialect(org: Client) -> None:
    """Quotes are doubled, line breaks stay, null and empty text are alike, Z ends a time, other marks can be chosen."""
    text = 'say "hi",\nplease\x00'
    fields = {"Name": text, "Phone": "", "Website": None, "NumberOfEmployees": 3}
    org.world.control("POST", "/sandbox/edit", {"object": "Account", "id": "0015f0000000100AAA", "fields": fields})
    soql = (
        "SELECT Name, Phone, Website, NumberOfEmployees, AnnualRevenue, IsDeleted, SystemModstamp FROM Account LIMIT 1"
    )
    cells = ['"say ""hi"",\nplease\x00"', '""', '""', '"3"', '"3250000.0"', '"false"', '"2025-03-14T18:00:00.000Z"']
    header = '"Name","Phone","Website","NumberOfEmployees","AnnualRevenue","IsDeleted","SystemModstamp"'
    assert part(org, finished(org, soql)).text == header + "\n" + ",".join(cells) + "\n"
    other = part(org, finished(org, soql, columnDelimiter="TAB", lineEnding="CRLF")).text
    assert other == header.replace(",", "\t") + "\r\n" + "\t".join(cells) + "\r\n"


def test_whole_numbers_with_a_point() -> None:
    """Bulk is known to write whole numbers as 0.0."""
    org = Client(decimal_ints=True)
    soql = "SELECT NumberOfEmployees FROM Account WHERE Name = 'Harborlight'"
    assert part(org, finished(org, soql)).text == '"NumberOfEmployees"\n"143.0"\n'


@pytest.mark.parametrize(("soql", "code"), REFUSED)
def test_refuses(org: Client, soql: str, code: str) -> None:
    """What Bulk cannot do is refused when the job is made."""
    status, got, _ = org.refused("POST", "/jobs/query", {"operation": "query", "query": soql})
    assert (status, got) == (400, code)
    assert org.get("/jobs/query")["records"] == []


@pytest.mark.parametrize(
    "body",
    [
        {"operation": "insert"},
        {"operation": "query", "contentType": "JSON"},
        {"operation": "query", "lineEnding": "CR"},
    ],
)
def test_bad_jobs(org: Client, body: Any) -> None:
    """Other operations and dialects are refused."""
    assert org.refused("POST", "/jobs/query", {"query": CONTACTS, **body})[0] == 400


def test_states() -> None:
    """A job is looked at until it is complete; results before that are refused; it can be aborted and deleted."""
    org = Client(job_polls=3)
    job = made(org)
    assert org.refused("GET", f"{job}/results")[:2] == (400, "INVALIDJOBSTATE")
    assert org.refused("DELETE", job)[1] == "INVALIDJOBSTATE"
    assert [org.get(job)["state"] for _ in range(4)] == ["InProgress", "InProgress", "JobComplete", "JobComplete"]
    assert org.refused("PATCH", job, {"state": "Aborted"})[1] == "INVALIDJOBSTATE"
    assert org.send("DELETE", job).status == 204
    assert org.refused("GET", job)[:2] == (404, "NOT_FOUND")
    other = made(org)
    assert org.refused("PATCH", other, {"state": "Open"})[0] == 400
    assert org.send("PATCH", other, {"state": "Aborted"}).body["state"] == "Aborted"
    assert org.get(other)["state"] == "Aborted"
    assert org.send("DELETE", other).status == 204


def test_failed_jobs_say_nothing() -> None:
    """A failed job has a message without a reason, while REST answers the same query."""
    org = Client(failing=("Contact",), job_polls=1)
    shown = org.get(made(org))
    assert (shown["state"], "errorMessage" in shown) == ("Failed", True)
    assert org.query("SELECT Id FROM Contact")


def test_another_version_is_a_conflict(org: Client) -> None:
    """Results are had in the version in which the job was made."""
    job = finished(org)
    org.version = "60.0"
    assert org.refused("GET", f"{job}/results")[0] == 409
    org.version = "61.0"
    assert part(org, job).status == 200


def test_locators_that_there_are_not(org: Client) -> None:
    """The word null is no locator, nor is any other word; maxRecords is a number."""
    job = finished(org)
    for locator in ("null", "zzz", "MTAwMDA"):
        assert org.refused("GET", f"{job}/results", locator=locator)[:2] == (400, "INVALIDLOCATOR")
    assert org.refused("GET", f"{job}/results", maxRecords=0)[0] == 400


def test_results_vanish_after_a_week(org: Client) -> None:
    """A week later there is no such job."""
    job = finished(org)
    org.wait(7 * 86_400 + 1)
    assert org.refused("GET", job)[0] == 404
    made(org)
    assert len(org.get("/jobs/query")["records"]) == 1


def test_jobs_count_against_their_limit(org: Client) -> None:
    """The limits tell how many jobs the last 24 hours saw."""
    made(org)
    assert org.get("/limits")["DailyBulkV2QueryJobs"] == {"Max": 10_000, "Remaining": 9_999}


def test_query_all(org: Client) -> None:
    """A job for queryAll has deleted and archived records, too."""
    assert [org.send("GET", finished(org, "SELECT Id FROM Task", operation=way)).body["numberRecordsProcessed"]
            for way in ("query", "queryAll")] == [13, 14]  # fmt: skip
