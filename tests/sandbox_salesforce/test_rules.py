"""What the API does beside queries, rule by rule of the facts: probing, rights, pages, files, deletions, quota."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from adapters.sandbox.faults import ConnectionCutError
from tests.sandbox_salesforce.client import ORG, Client

QUERY = "SELECT Id FROM Contact"
WINDOW = {"start": "2025-03-01T00:00:00Z", "end": "2025-03-14T18:00:00Z"}
LINKS = "SELECT Id FROM ContentDocumentLink"


def test_versions_need_no_login() -> None:
    """Anybody may ask for the versions; anything below one needs a session."""
    org = Client(oldest=58, newest=60)
    org.world.token = ""
    assert [one["version"] for one in org.get("/services/data/")] == ["58.0", "59.0", "60.0"]
    org.version = "60.0"
    assert org.refused("GET", "/sobjects")[:2] == (401, "INVALID_SESSION_ID")


@pytest.mark.parametrize(
    "path", ["/services/data/v99.0/limits", "/services/data/v61/limits", "/nothing", "/sobjects/X"]
)
def test_nothing_there(org: Client, path: str) -> None:
    """Unknown versions, resources and objects are 404 NOT_FOUND."""
    assert org.refused("GET", path)[:2] == (404, "NOT_FOUND")


def test_no_salesforce_page(org: Client) -> None:
    """Beside the API there are pages in HTML."""
    answer = org.send("GET", "/services/apexrest/x")
    assert (answer.status, answer.body, answer.text[:6]) == (404, None, "<html>")


def test_resources(org: Client) -> None:
    """A version lists its resources by address."""
    assert org.get("/")["queryAll"] == "/services/data/v61.0/queryAll"


def test_rights() -> None:
    """Without View Setup there are no limits, without API Enabled there is nothing; each has its own code."""
    assert Client(view_setup=False).refused("GET", "/limits")[:2] == (403, "API_DISABLED_FOR_ORG")
    assert Client(api_enabled=False).refused("GET", "/sobjects")[:2] == (403, "API_CURRENTLY_DISABLED")


def test_hidden_objects_and_fields() -> None:
    """What the user may not see is not listed, not described, and unknown to queries."""
    org = Client(hidden=("Task", "Contact.Title"))
    assert "Task" not in {one["name"] for one in org.get("/sobjects")["sobjects"]}
    assert org.wrong("SELECT Id FROM Task")[0] == "INVALID_TYPE"
    assert org.refused("GET", "/sobjects/Task/describe")[:2] == (404, "NOT_FOUND")
    assert "Title" not in {one["name"] for one in org.get("/sobjects/Contact/describe")["fields"]}
    assert org.wrong("SELECT Title FROM Contact")[0] == "INVALID_FIELD"
    assert "Title" not in org.get("/sobjects/Contact/0035f0000000100AAA")


def test_a_field_vanishes_between_describe_and_query(org: Client) -> None:
    """Rights may be taken away in the middle of a run."""
    assert org.query("SELECT Title FROM Contact")
    org.world.control("POST", "/sandbox/hide", {"names": ["Contact.Title"]})
    code, message = org.wrong("SELECT Id, Title FROM Contact")
    assert (code, "'Title'" in message) == ("INVALID_FIELD", True)


@pytest.mark.trap("I21")
def test_query_hides_deleted_and_archived(org: Client) -> None:
    """A query leaves out the recycle bin, merge losers and archived activities; queryAll does not."""
    assert (len(org.query("SELECT Id FROM Task")), len(org.query("SELECT Id FROM Task", everything=True))) == (13, 14)
    everything = org.query("SELECT Id, MasterRecordId FROM Account WHERE IsDeleted = true", everything=True)
    assert [one["MasterRecordId"] is not None for one in everything] == [True]
    assert org.query("SELECT Id FROM Account WHERE IsDeleted = true") == []


def test_pages_of_query_all(org: Client) -> None:
    """The locator of a queryAll says `query`, and goes on with the deleted ones all the same."""
    small = Client(page=8)
    page = small.get("/queryAll", q="SELECT Id, IsDeleted FROM i360__Prospect__c")
    assert page["nextRecordsUrl"].startswith("/services/data/v61.0/query/0r8")
    assert small.get(page["nextRecordsUrl"])["records"][-1]["IsDeleted"] is True
    assert "nextRecordsUrl" not in org.get("/query", q=QUERY)


@pytest.mark.parametrize(
    ("options", "size"), [("batchSize=200", 200), ("batchSize=5", 200), ("batchSize=9999", 450), ("", 450)]
)
def test_page_size_is_a_hint(options: str, size: int) -> None:
    """200 to 2,000 records a page may be wished for."""
    org = Client()
    rows = [["row", "Note", f"x{number}", {"Id": f"x{number}"}] for number in range(450)]
    org.world.world.apply(rows)
    headers = {"Sforce-Query-Options": options} if options else {}
    answer = org.send("GET", "/query", query={"q": "SELECT Id FROM Note"}, headers=headers)
    assert len(answer.body["records"]) == size


def test_pages_may_hold_fewer() -> None:
    """A page that is not full is not the last: only `done` says so."""
    org = Client(page=6, uneven=True)
    page = org.get("/query", q=QUERY)
    assert (len(page["records"]), page["done"]) == (4, False)
    assert len(org.query(QUERY)) == 19


def test_locators_live_two_days() -> None:
    """After two days a query must be started again."""
    org = Client(page=8)
    url = org.get("/query", q=QUERY)["nextRecordsUrl"]
    org.wait(2 * 86_400 - 1)
    assert org.send("GET", url).status == 200
    org.wait(2)
    assert org.refused("GET", url)[:2] == (400, "INVALID_QUERY_LOCATOR")
    assert org.refused("GET", url[:-2])[1] == "INVALID_QUERY_LOCATOR"


def test_locators_outlive_changes() -> None:
    """What was found stays found; a record that is gone by then makes a page shorter."""
    org = Client(page=8)
    page = org.get("/query", q=QUERY)
    rest = org.get(page["nextRecordsUrl"])["records"]
    org.world.control("POST", "/sandbox/remove", {"object": "Contact", "id": rest[0]["Id"], "hard": True})
    assert org.get(page["nextRecordsUrl"])["records"] == rest[1:]


def test_url_length(org: Client) -> None:
    """A request line of more than 16 KB is 414, headers of more are 431; both answer in HTML."""
    long = org.send("GET", "/query", query={"q": "SELECT Id FROM Account WHERE Name = '" + "x" * 16_384 + "'"})
    assert (long.status, long.body) == (414, None)
    assert org.send("GET", "/limits", headers={"x": "y" * 16_384}).status == 431


def test_links_of_files_need_a_filter() -> None:
    """ContentDocumentLink is asked for by document or record, unless the user may query all files, API 59 and later."""
    org = Client()
    code, message = org.wrong(LINKS)
    assert (code, "requires a filter" in message) == ("MALFORMED_QUERY", True)
    assert org.wrong(f"{LINKS} WHERE ShareType = 'V'")[0] == "MALFORMED_QUERY"
    assert org.wrong(f"{LINKS} WHERE LinkedEntityId > '005000000000000'")[0] == "MALFORMED_QUERY"
    assert org.wrong(f"{LINKS} WHERE LinkedEntityId = 'a005f0000000100AAA' OR ShareType = 'V'")[0] == "MALFORMED_QUERY"
    assert org.query(f"{LINKS} WHERE LinkedEntityId = 'a005f0000000100AAA' AND ShareType = 'V'")
    assert org.query(f"{LINKS} WHERE ContentDocumentId IN ('0695f0000000100AAA')")
    free = Client(query_all_files=True)
    assert len(free.query(LINKS)) == 7
    free.version = "58.0"
    assert free.wrong(LINKS)[0] == "MALFORMED_QUERY"


def test_files_are_left_out_silently() -> None:
    """Without Query All Files a plain query shows own files alone; by way of records all are found."""
    org = Client(run_as="maya.ortiz@brightpath.example.i360")
    plain = "SELECT Id, OwnerId, ContentDocumentId FROM ContentVersion"
    found = org.query(plain)
    assert 0 < len(found) < len(Client(query_all_files=True).query(plain)) == 6
    links = org.query("SELECT ContentDocumentId FROM ContentDocumentLink WHERE LinkedEntityId = 'a005f0000000102AAA'")
    others = {one["ContentDocumentId"] for one in links}
    assert others.isdisjoint(one["ContentDocumentId"] for one in found)
    wanted = ", ".join(f"'{one}'" for one in others)
    assert len(org.query(f"{plain} WHERE ContentDocumentId IN ({wanted})")) == len(others) > 0
    documents = "SELECT Id FROM ContentDocument"
    assert others.isdisjoint(org.ids(documents))
    assert set(org.ids(f"{documents} WHERE Id IN ({wanted})")) == others


def test_one_record(org: Client) -> None:
    """A record by its id of 15 or 18 characters; deleted and unknown ones are 404 with different codes."""
    for key in ("0015f0000000100AAA", "0015f0000000100"):
        assert org.get(f"/sobjects/Account/{key}")["Name"] == "Harborlight"
    few = org.get("/sobjects/Account/0015f0000000100", fields="Name,Phone")
    assert list(few) == ["attributes", "Name", "Phone"]
    assert org.refused("GET", "/sobjects/Account/0015f0000000100", fields="Shoe")[1] == "INVALID_FIELD"
    assert org.refused("GET", "/sobjects/Account/0015f000000010LAAQ")[:2] == (404, "ENTITY_IS_DELETED")
    assert org.refused("GET", "/sobjects/Account/0015f0000000999")[:2] == (404, "NOT_FOUND")


@pytest.mark.trap("I29")
@pytest.mark.trap("I31")
@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("ContentVersion/0685f0000000100AAA/VersionData", "application/octetstream"),
        ("Attachment/00P5f0000000100EAA/Body", "image/png"),
    ],
)
def test_bodies(org: Client, path: str, kind: str) -> None:
    """A body is the file's bytes; a query gives its address in the version that was asked."""
    answer = org.send("GET", f"/sobjects/{path}")
    assert answer.content == (ORG / "bodies" / path.split("/")[1]).read_bytes()
    assert answer.headers["content-type"] == kind
    name, _, field = path.split("/")
    org.version = "60.0"
    (record, *_) = org.query(f"SELECT {field} FROM {name} WHERE Id = '{path.split('/')[1]}'")
    assert record[field] == f"/services/data/v60.0/sobjects/{path}"
    assert org.refused("GET", "/sobjects/ContentVersion/0685f0000000104AAA/VersionData")[:2] == (404, "NOT_FOUND")


def test_deleted(org: Client) -> None:
    """The delete log ignores seconds, covers what is some minutes old, and reaches back 15 days."""
    remove = {"object": "i360__Prospect__c", "id": "a005f0000000105AAA"}
    org.world.control("POST", "/sandbox/remove", remove)
    path = "/sobjects/i360__Prospect__c/deleted/"
    early = org.get(path, start="2025-03-14T17:30:00Z", end="2025-03-14T18:30:00Z")
    assert (early["deletedRecords"], early["latestDateCovered"]) == ([], "2025-03-14T17:55:00.000+0000")
    org.wait(600)
    window = {"start": "2025-03-14T18:00:59+00:00", "end": "2025-03-14T18:02:00Z"}
    found = org.get(path, **window)
    assert [one["id"] for one in found["deletedRecords"]] == [remove["id"]]
    assert found["latestDateCovered"] == "2025-03-14T18:02:00.000+0000"
    assert found["earliestDateAvailable"] == "2025-02-27T00:00:00.000+0000"
    for wrong in ({"start": "2025-02-01T00:00:00Z"}, {"start": "2025-03-14T18:02:30Z"}):
        assert org.refused("GET", path, **{**window, **wrong})[:2] == (400, "INVALID_REPLICATION_DATE")
    for wrong in ({"start": "2025-03-14T18:00:00 00:00"}, {"end": "tomorrow"}):
        assert org.refused("GET", path, **{**window, **wrong})[0] == 400


def test_restored_records_leave_the_log(org: Client) -> None:
    """A record that comes back from the recycle bin is a changed one."""
    fields = {"IsDeleted": False}
    org.world.control("POST", "/sandbox/edit", {"object": "Account", "id": "0015f000000010LAAQ", "fields": fields})
    org.wait(600)
    window = {"start": "2025-03-14T17:00:00Z", "end": "2025-03-14T19:00:00Z"}
    assert org.get("/sobjects/Account/deleted", **window)["deletedRecords"] == []
    assert org.get("/sobjects/Account/updated", **window)["ids"] == ["0015f000000010LAAQ"]


def test_updated_reaches_back_further(org: Client) -> None:
    """30 days for what was changed."""
    path = "/sobjects/Contact/updated/"
    assert org.get(path, start="2025-02-13T00:00:00Z", end="2025-03-14T00:00:00Z")["ids"]
    assert org.refused("GET", path, start="2025-02-10T00:00:00Z", end="2025-03-14T00:00:00Z")[0] == 400


def test_replication_limits(org: Client) -> None:
    """Objects that are not replicateable have no log; too many ids are refused."""
    assert org.refused("GET", "/sobjects/ContentDocumentLink/deleted/", **WINDOW)[0] == 400
    assert Client(deleted_limit=0).refused("GET", "/sobjects/Contact/updated/", **WINDOW)[1] == "EXCEEDED_ID_LIMIT"


def test_batches_of_descriptions(org: Client) -> None:
    """25 requests at once, each counted; one that fails does not hide the others, unless it is asked to."""
    names = ["Account", "Nothing", "Task"]
    parts = [{"method": "GET", "url": f"v61.0/sobjects/{name}/describe"} for name in names]
    parts[0]["url"] = "/services/data/v61.0/sobjects/Account/describe"
    answer = org.send("POST", "/composite/batch", {"batchRequests": parts})
    assert answer.body["hasErrors"] is True
    assert [one["statusCode"] for one in answer.body["results"]] == [200, 404, 200]
    assert answer.body["results"][2]["result"]["name"] == "Task"
    assert org.world.control("GET", "/sandbox/requests")["tokens"] == 3
    halted = org.send("POST", "/composite/batch", {"batchRequests": parts, "haltOnError": True})
    assert [one["statusCode"] for one in halted.body["results"]] == [200, 404, 412]
    too_many = {"batchRequests": parts * 9}
    assert org.refused("POST", "/composite/batch", too_many)[0] == 400
    nested = {"batchRequests": [{"method": "POST", "url": "v61.0/composite/batch"}, {"method": "GET", "url": "x"}, 1]}
    results = org.send("POST", "/composite/batch", nested).body["results"]
    assert [one["statusCode"] for one in results] == [400, 400, 400]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/sobjects/Account"),
        ("PATCH", "/sobjects/Account/0015f0000000100AAA"),
        ("DELETE", "/sobjects/Account/0015f0000000100AAA"),
        ("PUT", "/sobjects/Account/0015f0000000100AAA"),
        ("POST", "/composite"),
        ("POST", "/composite/tree/Account"),
        ("DELETE", "/composite/sobjects"),
        ("POST", "/jobs/ingest"),
        ("POST", "/tooling/sobjects/ValidationRule"),
        ("POST", "/jobs/query?_HttpMethod=PUT"),
    ],
)
def test_nobody_writes(org: Client, method: str, path: str) -> None:
    """Whatever would write is refused as for a user who may only read, and counted."""
    place, _, query = path.partition("?")
    before = org.world.control("GET", "/sandbox/records")
    parts = {"_HttpMethod": "PUT"} if query else {}
    assert org.refused(method, place, {"Name": "x"}, **parts)[:2] == (403, "INSUFFICIENT_ACCESS_OR_READONLY")
    assert org.world.control("GET", "/sandbox/requests")["writes"] == 1
    assert org.world.control("GET", "/sandbox/records") == before


def test_writing_in_a_batch_is_counted(org: Client) -> None:
    """A batch hides no write; reading counts as none."""
    parts = [{"method": "DELETE", "url": "v61.0/sobjects/Account/0015f0000000100AAA"}] * 2
    results = org.send("POST", "/composite/batch", {"batchRequests": parts}).body["results"]
    assert [one["statusCode"] for one in results] == [403, 403]
    org.query(QUERY)
    assert org.world.control("GET", "/sandbox/requests")["writes"] == 2


def test_other_methods(org: Client) -> None:
    """A method that a resource has not is 405; what the sandbox leaves out says so."""
    assert org.refused("OPTIONS", "/query")[:2] == (405, "METHOD_NOT_ALLOWED")
    assert org.refused("GET", "/search")[:2] == (501, "NOT_IN_THIS_SANDBOX")


def test_usage_header() -> None:
    """Every answer below a version tells the calls of 24 hours, with those of the app where it has a limit."""
    org = Client(daily=5000)
    assert [org.send("GET", "/limits").headers["sforce-limit-info"] for _ in range(2)][1] == "api-usage=2/5000"
    app = Client(daily=5000, app="x").send("GET", "/nothing")
    assert (app.status, app.headers["sforce-limit-info"]) == (
        404,
        "api-usage=1/5000; per-app-api-usage=1/250(appName=x)",
    )
    assert app.headers["date"] == "Fri, 14 Mar 2025 18:00:00 GMT"


def test_daily_quota() -> None:
    """Over the quota everything is 403 until the calls are a day old."""
    org = Client(daily=2)
    assert [org.send("GET", "/limits").status for _ in range(2)] == [200, 200]
    status, code, message = org.refused("GET", "/limits")
    assert (status, code, message.startswith("TotalRequests")) == (403, "REQUEST_LIMIT_EXCEEDED", True)
    assert org.send("GET", "/limits").headers["sforce-limit-info"] == "api-usage=3/2"
    org.wait(25 * 3600)
    assert org.send("GET", "/limits").status == 200


@pytest.mark.parametrize(
    ("fault", "status", "body"),
    [
        ("busy", 403, "ConcurrentRequests"),
        ("timeout", 400, "QUERY_TIMEOUT"),
        ("429", 429, "REQUEST_LIMIT_EXCEEDED"),
        ("500", 500, "UNKNOWN_EXCEPTION"),
        ("503", 503, "<html>"),
        ("html403", 403, "<html>"),
        ("406", 406, ""),
        ("420", 420, ""),
        ("null", 200, ""),
    ],
)
def test_faults(fault: str, status: int, body: str) -> None:
    """Each failure that was seen of the API can be injected; some have a body that is no JSON, or none."""
    org = Client(faults=f"{fault}=1,limit=1")
    answer = org.send("GET", "/limits")
    assert answer.status == status
    assert body in str(answer.body) + answer.text if body else (answer.body, answer.content) == (None, b"")
    assert "sforce-limit-info" in answer.headers
    assert org.send("GET", "/limits").status == 200


@pytest.mark.parametrize("fault", ["cut", "short"])
def test_broken_connections(fault: str) -> None:
    """The connection closes before the answer, or in the middle of it."""
    org = Client(faults=f"{fault}=1,limit=1")
    with pytest.raises(ConnectionCutError):
        org.send("GET", "/limits")
    assert org.send("GET", "/limits").status == 200


def test_lost_job() -> None:
    """The answer to a new job is lost, and the job is there."""
    org = Client(faults="lost=1")
    body = {"operation": "query", "query": "SELECT Id FROM Account"}
    with pytest.raises(ConnectionCutError):
        org.send("POST", "/jobs/query", body)
    assert len(org.get("/jobs/query")["records"]) == 1


def test_tooling(org: Client) -> None:
    """Rules and automation by the Tooling API: what there is, nothing, or no such object."""
    rules = org.get("/tooling/query", q="SELECT ValidationName FROM ValidationRule WHERE Active = true")
    assert [one["ValidationName"] for one in rules["records"]] == ["Require_Source"]
    where = "WHERE Active = false OR (NOT EntityDefinition.QualifiedApiName = 'i360__Prospect__c')"
    assert org.get("/tooling/query", q=f"SELECT Id FROM ValidationRule {where}")["totalSize"] == 0
    assert org.get("/tooling/query", q="SELECT COUNT() FROM ValidationRule")["totalSize"] == 1
    assert org.get("/tooling/query", q="SELECT Id, Status FROM Flow")["records"] == []
    assert org.refused("GET", "/tooling/query", q="SELECT Id FROM Shoe")[1] == "INVALID_TYPE"
    assert org.refused("GET", "/tooling/query", q="SELECT Shoe FROM Flow")[1] == "INVALID_FIELD"
    assert org.refused("GET", "/tooling/query", q="SELECT Id FROM Flow ORDER BY Id")[0] == 501


def test_the_inside_of_one_thing_at_a_time(tmp_path: Path) -> None:
    """Metadata and full names come with one row alone, and no condition is about them; a file is named for its kind."""
    shutil.copytree(ORG, tmp_path / "org")
    rows = [{"Id": f"301{n:012}AAA", "MasterLabel": f"F{n}", "Status": "Active", "Metadata": {"n": n}} for n in (1, 2)]
    rules = [{"Id": "01Q000000000001AAA", "Name": "West", "Active": True, "EntityDefinitionId": "Lead"}]
    for name, records in (("flows", rows), ("assignment_rules", rules)):
        (tmp_path / "org" / "tooling" / f"{name}.json").write_text(json.dumps({"records": records}))
    org = Client(org=str(tmp_path / "org"))
    where = "FROM Flow WHERE Status = 'Active'"
    assert org.get("/tooling/query", q=f"SELECT MasterLabel {where}")["totalSize"] == 2
    for field in ("Metadata", "FullName"):
        status, code, message = org.refused("GET", "/tooling/query", q=f"SELECT Id, {field} {where}")
        assert (status, code) == (400, "MALFORMED_QUERY")
        assert message.endswith("Result size: 2")
    found = org.get("/tooling/query", q="SELECT Metadata FROM Flow WHERE Id = '301000000000002AAA'")
    assert found["records"][0]["Metadata"] == {"n": 2}
    assert org.refused("GET", "/tooling/query", q="SELECT Id FROM Flow WHERE Metadata = 'x'")[1] == "INVALID_FIELD"
    rule = org.get("/tooling/query", q="SELECT Name,EntityDefinitionId FROM AssignmentRule WHERE Active = true")
    assert [(r["Name"], r["EntityDefinitionId"]) for r in rule["records"]] == [("West", "Lead")]
    assert org.get("/tooling/query", q="SELECT SubscriberPackage.Name FROM InstalledSubscriberPackage")["records"] == []


def test_the_tooling_api_wants_its_right() -> None:
    """Without View Setup and Configuration there is no such object."""
    org = Client(view_setup=False)
    assert org.refused("GET", "/tooling/query", q="SELECT Id FROM Flow")[1] == "INVALID_TYPE"


def test_bodies_that_are_no_json(org: Client) -> None:
    """A body that cannot be read is refused, as is one that is no object."""
    assert org.refused("POST", "/jobs/query", [1])[1] == "JSON_PARSER_ERROR"
    assert org.refused("POST", "/composite/batch", {"batchRequests": []})[1] == "JSON_PARSER_ERROR"


def test_record_counts(org: Client) -> None:
    """Counts leave out the recycle bin and objects that there are not; archived records count."""
    counts: Any = org.get("/limits/recordCount", sObjects="Task,Nothing,Account")
    assert counts == {"sObjects": [{"count": 14, "name": "Task"}, {"count": 12, "name": "Account"}]}
    assert len(org.get("/limits/recordCount")["sObjects"]) == 24
