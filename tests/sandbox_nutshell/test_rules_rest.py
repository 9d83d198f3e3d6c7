"""The rules of facts 18 that REST shows, by number."""

from typing import Any

import pytest

from adapters.protocols import Request
from tests.sandbox_nutshell.client import Client


def test_rule_13_one_resource_a_post(account: Client) -> None:
    """Rule 13: any other number than one is 400, in the recorded envelope."""
    bodies: list[Any] = [{"accounts": []}, {"accounts": [{"name": "a"}, {"name": "b"}]}, {"name": "a"}, {}, None]
    for body in bodies:
        answer = account.rest("POST", "/accounts", body)
        assert answer.status == 400
        assert answer.body["accounts"] == []
        assert answer.body["errors"][0]["title"] == "You may only create one accounts resource per request."
        assert answer.body["errors"][0]["status"] == "400"
        assert set(answer.body["meta"]) == {"instanceId", "siteId"}
    for path, key in (("/leads", "leads"), ("/contacts", "contacts"), ("/activities", "activities"), ("/tags", "tags")):
        assert f"one {key} resource" in account.refused("POST", path, {key: [{}, {}]})["title"]
    assert account.records()["accounts"] == []


def test_rule_14_patch(account: Client) -> None:
    """Rule 14: PATCH wants its media type, paths below /{collection}/0/, and at least one patch."""
    made = account.made("/leads", {"leads": [{"description": "d"}]})
    path = f"/rest/leads/{made['id']}"
    plain = account.call(request=Request(method="PATCH", path=path, body=[]), kind="application/json")
    assert (plain.status, plain.text) == (400, '"application/json-patch+json is required, see http://jsonapi.org"')
    strict = Client(media_type_status=415)
    assert strict.call(request=Request(method="PATCH", path=path, body=[]), kind="application/json").status == 415
    below = f"/leads/{made['id']}"
    nothing: list[Any] = [[], None, {}]
    for body in nothing:
        assert account.refused("PATCH", below, body)["title"] == "No patches sent"
    for wrong in ("/leads/1/description", "/accounts/0/description", "/leads/0", "/leads/0/nothing", "description"):
        patch = [{"op": "replace", "path": wrong, "value": "x"}]
        assert account.refused("PATCH", below, patch)["title"] == "Invalid patch", wrong
    account.patched(below, ("replace", "/leads/0/description", "new"))
    account.patched(below, ("replace", "leads/0/manualValue", "12.50"))
    assert account.found(below)[0]["value"]["amount"] == 12.5


def test_rule_14_all_patches_or_none(account: Client) -> None:
    """Rule 14: one bad patch undoes the others of its request."""
    made = account.made("/accounts", {"accounts": [{"name": "old"}]})
    body = [
        {"op": "replace", "path": "/accounts/0/name", "value": "new"},
        {"op": "replace", "path": "/accounts/0/links/owner", "value": "77-users"},
    ]
    assert account.refused("PATCH", f"/accounts/{made['id']}", body)["title"] == "Invalid link"
    assert account.found(f"/accounts/{made['id']}")[0]["name"] == "old"


def test_rule_14_links(account: Client) -> None:
    """Rule 14: /- adds to a list of links, an id removes, replace takes the whole list."""
    one, two = (account.made("/contacts", {"contacts": [{"name": name}]})["id"] for name in ("A", "B"))
    company = account.made("/accounts", {"accounts": [{"name": "Acme"}]})["id"]
    lead = account.made("/leads", {"leads": [{"description": "d", "links": {"contacts": [one]}}]})["id"]
    account.patched(f"/leads/{lead}", ("add", "/leads/0/links/contacts/-", two))
    assert account.found(f"/leads/{lead}")[0]["links"]["contacts"] == [one, two]
    account.patched(f"/leads/{lead}", ("remove", f"/leads/0/links/contacts/{one}"))
    account.patched(f"/leads/{lead}", ("replace", "/leads/0/links/accounts", [company]))
    links = account.found(f"/leads/{lead}")[0]["links"]
    assert (links["contacts"], links["accounts"]) == ([two], [company])
    account.patched(f"/accounts/{company}", ("add", "/accounts/0/links/contacts/-", one))
    assert account.found(f"/contacts/{one}")[0]["links"]["accounts"] == [company]
    gone = [{"op": "remove", "path": f"/leads/0/links/contacts/{one}"}]
    assert account.refused("PATCH", f"/leads/{lead}", gone)["title"] == "Invalid patch"
    added = [{"op": "add", "path": "/leads/0/links/contacts", "value": one}]
    assert account.refused("PATCH", f"/leads/{lead}", added)["title"] == "Invalid patch"


def test_rule_15_forms_of_errors(account: Client) -> None:
    """Rule 15: HTML for 401 and 404, text for 405, JSON for 400 and 500."""
    missing = account.rest("GET", "/accounts/9999-accounts")
    assert (missing.status, missing.body) == (404, None)
    assert "<title>An Error Occurred: Not Found</title>" in missing.text
    assert missing.headers["content-type"].startswith("text/html")
    assert account.rest("GET", "/nothing").status == 404
    method = account.rest("DELETE", "/users")
    assert (method.status, method.text) == (405, '"Internal Error"')
    assert account.refused("GET", "/accounts", sort="nonsense")["title"] == "Invalid sort"
    account.world.control("POST", "/sandbox/faults", {"spec": "500=1"})
    broken = account.rest("GET", "/accounts")
    assert (broken.status, broken.body) == (500, {"code": 500, "message": "Internal Server Error"})
    account.world.control("POST", "/sandbox/faults", {"spec": ""})
    account.world.token = "wrong"
    denied = account.rest("GET", "/accounts")
    assert denied.status == 401
    assert "<title>An Error Occurred: Unauthorized</title>" in denied.text


def test_rule_16_pages(account: Client) -> None:
    """Rule 16: pages are 0-based up to 10000 long; past the end is empty with the total; a negative one is 400."""
    for name in ("banana", "Apple", "Banana", "cherry"):
        account.made("/accounts", {"accounts": [{"name": name}]})
    page = {"page[limit]": 3, "page[page]": 1}
    assert [one["name"] for one in account.found("/accounts", **page)] == ["cherry"]
    past = account.rest("GET", "/accounts", **{"page[page]": 5})
    assert (past.status, past.body["accounts"], past.body["meta"]["total"]) == (200, [], 4)
    negative = account.refused("GET", "/accounts", **{"page[page]": -1})
    assert (negative["title"], negative["detail"]) == ("Invalid filter", "Invalid page number: -1")
    assert len(account.found("/accounts", **{"page[limit]": 10_000})) == 4
    assert account.refused("GET", "/accounts", **{"page[limit]": 10_001})["title"] == "Invalid filter"


@pytest.mark.parametrize("lag", [5.0, 60.0])
def test_rule_17_the_index_lags(lag: float) -> None:
    """Rule 17: filter, q, email and search* see a change after the lag; reads by id and the events see it at once."""
    account = Client(lag=lag)
    account.rest("POST", "/accounts/customfield", {"name": "Key", "type": "Text"})
    given = {"name": "Acme", "emails": [{"value": "a@x.example"}], "customFields": {"Key": "k1"}}
    made = account.made("/accounts", {"accounts": [given]})
    asked: list[dict[str, Any]] = [{"filter[Key]": "k1"}, {"q": "acme"}, {"email": "a@x.example"}]
    assert account.found(f"/accounts/{made['id']}")[0]["name"] == "Acme"
    assert account.found("/events")[0]["links"]["payloads"] == [made["id"]]
    account.wait(lag - 0.5)
    assert [account.found("/accounts", **query) for query in asked] == [[], [], []]
    assert account.rpc("searchByEmail", emailAddressString="a@x.example") == {"contacts": [], "accounts": []}
    assert account.rpc("searchAccounts", string="acme") == []
    account.wait(0.5)
    assert [[one["id"] for one in account.found("/accounts", **query)] for query in asked] == [[made["id"]]] * 3
    assert len(account.rpc("searchUniversal", string="acme")["accounts"]) == 1
    account.patched(f"/accounts/{made['id']}", ("replace", "/accounts/0/Key", "k2"))
    assert len(account.found("/accounts", **{"filter[Key]": "k1"})) == 1
    account.wait(lag)
    assert account.found("/accounts", **{"filter[Key]": "k1"}) == []


def test_rule_17_plain_lists() -> None:
    """Rule 17: a list without a filter is up to date, unless the account's lists lag as well."""
    for lags, found in ((False, 1), (True, 0)):
        account = Client(lists_lag=lags)
        account.made("/accounts", {"accounts": [{"name": "Acme"}]})
        assert len(account.found("/accounts")) == found


def test_rule_18_trash(account: Client) -> None:
    """Rule 18: a deleted record answers with deletedTime, lists hide it; undeleted it lacks tags and company links."""
    company = account.rpc("newAccount", account={"name": "Acme", "tags": ["a"]})
    link = [{"id": company["id"], "relationship": "CEO"}]
    person = account.rpc("newContact", contact={"name": "Ann", "tags": ["b"], "accounts": link})
    path = f"/contacts/{person['id']}-contacts"
    assert account.rest("DELETE", path).status == 204
    assert account.found(path)[0]["deletedTime"] == int(account.world.now)
    assert account.rpc("getContact", contactId=person["id"])["deletedTime"]
    assert account.found("/contacts") == []
    assert account.rpc("findContacts", query={"accountId": company["id"]}) == []
    assert account.rest("DELETE", path).status == 404
    back = account.made(f"{path}/undelete", None)
    assert (back["links"]["tags"], back["links"]["accounts"], back["jobTitle"]) == ([], [], "")
    assert "deletedTime" not in account.found(path)[0]
    assert account.refused("POST", f"{path}/undelete")["status"] == "400"
    assert account.rest("DELETE", f"/accounts/{company['id']}").status == 200
    account.wait(31 * 86_400)
    assert "30 days" in account.refused("POST", f"/accounts/{company['id']}/undelete")["title"]


def test_rule_18_company_gone(account: Client) -> None:
    """Rule 18: a company that was thrown away comes back without its people and leads."""
    company = account.rpc("newAccount", account={"name": "Acme"})
    link = [{"id": company["id"], "relationship": "CEO"}]
    person = account.rpc("newContact", contact={"name": "Ann", "accounts": link})
    lead = account.rpc("newLead", lead={"primaryAccount": {"id": company["id"]}})
    assert account.rpc("getContact", contactId=person["id"])["accounts"][0]["relationship"] == "CEO"
    account.rpc("deleteAccount", accountId=company["id"], rev="REV_IGNORE")
    account.made(f"/accounts/{company['id']}/undelete", None)
    assert account.rpc("getContact", contactId=person["id"])["accounts"] == []
    assert account.rpc("getLead", leadId=lead["id"])["primaryAccount"] is None
    assert account.rpc("getAccount", accountId=company["id"])["contacts"] == []


def test_rule_18_each_kind(account: Client) -> None:
    """Rule 18: leads, products, sources and notes come back; a lead without its tags and companies, with its people."""
    company = account.rpc("newAccount", account={"name": "Acme"})
    person = account.rpc("newContact", contact={"name": "Ann"})
    given = {"primaryAccount": {"id": company["id"]}, "contacts": [{"id": person["id"]}], "tags": ["hot"], "note": "n"}
    lead = account.rpc("newLead", lead=given)
    product = account.rpc("newProduct", product={"name": "Widget"})
    places = [f"/leads/{lead['id']}", f"/products/{product['id']}", f"/sources/{account.found('/sources')[0]['id']}"]
    places.append(f"/notes/{account.found('/notes')[0]['id']}")
    for place in places:
        assert account.rest("DELETE", place).status == 200
        assert account.rest("DELETE", place).status == 404
        account.made(f"{place}/undelete", None)
        assert account.refused("POST", f"{place}/undelete")["status"] == "400"
    links = account.found(places[0])[0]["links"]
    assert (links["tags"], links["accounts"], links["contacts"]) == ([], [], [f"{person['id']}-contacts"])
    assert account.rest("POST", "/leads/9999-leads/undelete").status == 404


def test_rule_18_tasks_and_activities_are_gone(account: Client) -> None:
    """Rule 18: tasks and activities do not go to the trash, and REST cannot delete an activity."""
    task = account.made("/tasks", {"title": "t"})
    assert account.rest("DELETE", f"/tasks/{task['id']}").status == 200
    assert account.rest("GET", f"/tasks/{task['id']}").status == 404
    assert account.rest("POST", f"/tasks/{task['id']}/undelete").status == 404
    activity = account.rpc("newActivity", activity={"name": "Call"})
    assert account.rest("DELETE", f"/activities/{activity['id']}").status == 405
    account.rpc("deleteActivity", activityId=activity["id"], rev="0")
    assert account.rpc_error("getActivity", activityId=activity["id"])["code"] == -32000
    assert account.rest("GET", f"/activities/{activity['id']}").status == 404


def test_rule_23_open_leads() -> None:
    """Rule 23: Foundation allows 100 open leads, whichever API asks; closed ones do not count."""
    account = Client(plan="foundation")
    leads = [account.rpc("newLead", lead={}) for _ in range(100)]
    assert "limit" in account.rpc_error("newLead", lead={})["message"]
    assert "limit" in account.refused("POST", "/leads", {"leads": [{"description": "d"}]})["title"]
    won = account.found("/outcomes")[0]["id"]
    account.made(f"/leads/{leads[0]['id']}/status", {"outcomeId": won})
    account.rpc("newLead", lead={})
    assert "limit" in account.refused("POST", f"/leads/{leads[0]['id']}/reopen")["title"]
    account.rpc("deleteLead", leadId=leads[1]["id"], rev="REV_IGNORE")
    account.rpc("newLead", lead={})
    assert "limit" in account.refused("POST", f"/leads/{leads[1]['id']}/undelete")["title"]
    growth = Client(plan="growth")
    assert len([growth.rpc("newLead", lead={}) for _ in range(101)]) == 101


def test_rule_23_custom_fields() -> None:
    """Rule 23: a cap on custom fields is a setting; there is none by default."""
    account = Client(custom_field_cap=2)
    for entity, name in (("accounts", "a"), ("leads", "b")):
        assert account.rest("POST", f"/{entity}/customfield", {"name": name, "type": "Text"}).status == 200
    assert "limit" in account.refused("POST", "/contacts/customfield", {"name": "c", "type": "Text"})["title"]
    free = Client()
    for number in range(60):
        assert free.rest("POST", "/leads/customfield", {"name": f"f{number}", "type": "Text"}).status == 200


def test_rule_24_events(account: Client) -> None:
    """Rule 24: one entry per create, update, stage change and log, newest first; deletions have a feed of their own."""
    lead = account.rpc("newLead", lead={"description": "d"})
    path = f"/leads/{lead['id']}"
    account.patched(path, ("replace", "/leads/0/description", "e"))
    stage = account.found(f"{path}/stages")[1]["id"]
    account.patched(path, ("replace", "/leads/0/links/stage", stage))
    who = ["1-users"]
    account.made("/activities", {"activities": [{"name": "c", "isLogged": True, "links": {"participants": who}}]})
    account.rest("DELETE", path)
    found = account.found("/events")
    shown = [(one["action"], one["payloadType"]) for one in found]
    assert shown == [
        ("log", "activities"), ("create", "activities"), ("stagechange", "leads"), ("update", "leads"),
        ("create", "leads"),
    ]  # fmt: skip
    assert found[3]["changes"] == [{"attribute": "description", "oldValue": "d", "newValue": "e"}]
    assert found[2]["changes"][0]["newValue"]["id"] == stage
    assert [one["action"] for one in account.found("/events/deleted")] == ["delete"]
    assert account.found("/events/deleted", **{"filter[types]": "contacts"}) == []


def test_rule_24_walking_the_feed(account: Client) -> None:
    """Rule 24: meta.previous walks to older events and repeats one; meta.next polls for newer ones."""
    ids = [account.made("/accounts", {"accounts": [{"name": f"a{n}"}]})["id"] for n in range(7)]
    answer = account.rest("GET", "/events", limit=3)
    following = answer.body["meta"]["next"]
    seen: list[str] = []
    while True:
        page = [one["links"]["payloads"][0] for one in answer.body["events"]]
        assert answer.body["meta"]["last"] == answer.body["events"][-1]["id"]
        if not set(page) - set(seen):
            break
        assert not seen or page[0] == seen[-1]
        seen += [one for one in page if one not in seen]
        answer = account.rest("GET", "/events", **_query(answer.body["meta"]["previous"]))
    assert seen == ids[::-1]
    assert account.found("/events", **_query(following)) == []
    newer = account.made("/accounts", {"accounts": [{"name": "new"}]})["id"]
    assert [one["links"]["payloads"] for one in account.found("/events", **_query(following))] == [[newer]]
    latest = account.found("/events", limit=1)[0]["id"]
    assert account.found("/events", since_id=latest) == []
    assert account.found("/events", max_id=latest, limit=1)[0]["id"] == latest


def _query(url: str) -> dict[str, str]:
    return dict(part.split("=") for part in url.partition("?")[2].split("&"))


def test_rule_25_request_ids(account: Client) -> None:
    """Rule 25: every REST answer has a request id of its own, errors and broken ones too."""
    account.world.control("POST", "/sandbox/faults", {"spec": "503=0.5", "seed": 1})
    answers = [account.rest("GET", path) for path in ["/accounts", "/nothing", "/leads/7", "/events"] * 4]
    assert {200, 404, 503} <= {one.status for one in answers}
    ids = [one.headers["x-nutshell-request-id"] for one in answers]
    assert len(set(ids)) == len(ids)
