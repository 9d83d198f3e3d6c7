"""REST lists: several ids, orders, filters, search (facts 12)."""

import pytest

from tests.sandbox_nutshell.client import Client


def names(account: Client, path: str, **query: object) -> list[str]:
    """The names of a list."""
    return [one["name"] for one in account.found(path, **query)]


def test_ids(account: Client) -> None:
    """An id may lack its suffix, several come with commas; another entity's suffix finds nothing."""
    one, two = (account.made("/accounts", {"accounts": [{"name": name}]})["id"] for name in "AB")
    assert names(account, f"/accounts/{one},{two}") == ["A", "B"]
    assert names(account, f"/accounts/{one.split('-')[0]}") == ["A"]
    assert names(account, f"/accounts/{one},9999-accounts") == ["A"]
    assert account.rest("GET", f"/accounts/{one.replace('accounts', 'contacts')}").status == 404
    assert account.rest("GET", "/accounts/x").status == 404


def test_one_number_in_both_apis(account: Client) -> None:
    """What JSON-RPC calls 7, REST calls 7-contacts."""
    made = account.rpc("newContact", contact={"name": "Ann Lee"})
    assert account.found(f"/contacts/{made['id']}-contacts")[0]["name"] == "Ann Lee"
    rest = account.made("/contacts", {"contacts": [{"name": "Bob Ray"}]})
    assert account.rpc("getContact", contactId=int(rest["id"].removesuffix("-contacts")))["name"]["familyName"] == "Ray"


def test_orders(account: Client) -> None:
    """Companies come by name; -field turns an order around; a field that is no order is 400."""
    for name, code in (("b", "3"), ("A", "1"), ("c", "2")):
        address = [{"value": {"address_1": "x", "postalCode": code}}]
        account.made("/accounts", {"accounts": [{"name": name, "addresses": address}]})
    assert names(account, "/accounts") == ["A", "b", "c"]
    assert names(account, "/accounts", sort="-name") == ["c", "b", "A"]
    assert names(account, "/accounts", sort="postalCode") == ["A", "c", "b"]
    for value in ("20", "3", "100"):
        account.made("/leads", {"leads": [{"description": value, "manualValue": value}]})
    assert names(account, "/leads", sort="-value") == ["100", "20", "3"]
    assert account.refused("GET", "/leads", sort="postalCode")["title"] == "Invalid sort"


def test_dates(account: Client) -> None:
    """A range of creation times has both ends, with a space or the word TO between them."""
    account.made("/accounts", {"accounts": [{"name": "old"}]})
    account.wait(3600)
    account.made("/accounts", {"accounts": [{"name": "new"}]})
    account.wait(60)
    start, end = "2026-05-28T21:00:00Z", "2026-05-28T22:00:00+00:00"
    for between in (" ", " TO "):
        assert names(account, "/accounts", **{"filter[createdTime]": start + between + end}) == ["new"]
    for wrong in (start, f"{start} AND {end}", "yesterday today"):
        assert account.refused("GET", "/accounts", **{"filter[createdTime]": wrong})["title"] == "Invalid filter"


def test_filters(account: Client) -> None:
    """Leads are found by number, status, owner, links and by amounts with < and >."""
    who = {"entityType": "Users", "id": 2}
    lead = account.rpc("newLead", lead={"description": "one", "assignee": who, "confidence": 40, "tags": ["hot"]})
    account.rpc("newLead", lead={"description": "two", "confidence": 60, "status": 11})
    account.wait(6)
    number = lead["name"].removeprefix("Lead\u2013")
    tag = account.found("/tags")[0]["id"]
    for query in (
        {"filter[number]": number},
        {"filter[status]": "open"},
        {"filter[owner]": "2-users"},
        {"filter[tags]": tag},
        {"filter[confidence]": "<50"},
        {"filter[status]": "open", "filter[confidence]": "40"},
    ):
        assert names(account, "/leads", **query) == ["one"], query
    assert names(account, "/leads", **{"filter[confidence]": ">50"}) == ["two"]
    assert names(account, "/leads", **{"filter[status]": "open", "filter[confidence]": ">50"}) == []
    for wrong in ({"filter[colour]": "red"}, {"filter[confidence]": "much"}, {"filter[stage]": "x"}):
        assert account.refused("GET", "/leads", **wrong)["title"] == "Invalid filter"


def test_search(account: Client) -> None:
    """A search wants every word, anywhere in the record; people are found by e-mail address."""
    given = {"name": "Ann Lee", "emails": [{"value": "ann@acme.example"}], "phones": [{"value": "734 555 1234"}]}
    account.made("/contacts", {"contacts": [given]})
    account.made("/contacts", {"contacts": [{"name": "Bob Lee"}]})
    account.wait(6)
    assert names(account, "/contacts", q="lee") == ["Ann Lee", "Bob Lee"]
    assert names(account, "/contacts", q="LEE acme") == ["Ann Lee"]
    assert names(account, "/contacts", q="+17345551234") == ["Ann Lee"]
    assert names(account, "/contacts", email="ANN@acme.example") == ["Ann Lee"]
    assert names(account, "/contacts", email="acme.example") == []
    company = account.rpc("newAccount", account={"name": "Globex", "tags": ["gold"]})
    account.rpc("newLead", lead={"description": "d", "primaryAccount": {"id": company["id"]}})
    account.made("/activities", {"activities": [{"name": "Call", "note": "marker 17", "isLogged": True}]})
    account.wait(6)
    assert names(account, "/leads", q="globex") == ["d"]
    assert names(account, "/accounts", q="gold") == ["Globex"]
    assert names(account, "/activities", q="marker 17") == ["Call"]


def test_notes(account: Client) -> None:
    """Notes come newest first and lead on by meta.next; a note has no PATCH, and comes back from the trash."""
    company = account.made("/accounts", {"accounts": [{"name": "A"}]})["id"]
    for number in range(3):
        account.made("/notes", {"data": {"body": f"n{number}", "links": {"parent": company}}})
    first = account.rest("GET", "/notes", **{"page[limit]": 2})
    assert [one["body"] for one in first.body["notes"]] == ["n2", "n1"]
    assert "page[page]=1" in first.body["meta"]["next"]
    last = account.rest("GET", "/notes", **{"page[limit]": 2, "page[page]": 1})
    assert ([one["body"] for one in last.body["notes"]], last.body["meta"]["next"]) == (["n0"], None)
    note = last.body["notes"][0]["id"]
    assert account.rest("PATCH", f"/notes/{note}", []).status == 405
    assert account.rest("DELETE", f"/notes/{note}").body["notes"][0]["deletedTime"]
    assert account.made(f"/notes/{note}/undelete", None)["body"] == "n0"
    for wrong in ({"links": {"parent": company}}, {"body": "x"}, {"body": "x", "links": {"parent": "1-users"}}):
        assert account.refused("POST", "/notes", {"data": wrong})["status"] == "400"


def test_tasks() -> None:
    """A task is a bare object, or wrapped where the account is set so; only its assignee is patched."""
    account = Client()
    company = account.made("/accounts", {"accounts": [{"name": "A"}]})["id"]
    body = {"title": "Call", "dueTime": "1800000000", "links": {"relatedEntity": company, "assignee": "2-users"}}
    task = account.made("/tasks", body)
    assert (task["dueTime"], task["links"]["relatedEntity"]) == (1_800_000_000, company)
    assert account.rpc("findTasks", query={"accountId": int(company.split("-")[0])})[0]["title"] == "Call"
    for query in ({"filter[assignee]": "2-users"}, {"filter[relatedEntity]": company}):
        assert [one["id"] for one in account.found("/tasks", **query)] == [task["id"]]
    assert account.found("/tasks", **{"filter[assignee]": "3-users"}) == []
    assert account.found("/tasks", **{"filter[dateMax]": "2026-05-27"}) == []
    account.patched(f"/tasks/{task['id']}", ("replace", "/tasks/0/links/assignee", "3-users"))
    title = [{"op": "replace", "path": "/tasks/0/title", "value": "x"}]
    assert account.refused("PATCH", f"/tasks/{task['id']}", title)["title"] == "Invalid patch"
    account.checked = False
    assert account.refused("POST", "/tasks", {"tasks": [body]})["status"] == "400"
    assert account.refused("POST", "/tasks", body | {"dueTime": 1_800_000_000})["title"] == "Invalid value"
    wrapping = Client(task_body="wrapped")
    wrapping.checked = False
    assert wrapping.made("/tasks", {"tasks": [{"title": "Call"}]})["title"] == "Call"
    assert wrapping.refused("POST", "/tasks", {"title": "Call"})["status"] == "400"


def test_activities(account: Client) -> None:
    """An activity may lie in the past; PUT changes it; the list filters and has a limit; leads do not take part."""
    kind = account.found("/activitytypes")[1]["id"]
    body = {"name": "Met", "description": "d", "note": "fine", "location": "Bonn", "activityType": kind}
    body |= {"startTime": 1_400_000_000, "endTime": 1_400_003_600, "isLogged": True}
    made = account.made("/activities", {"activities": [body | {"links": {"participants": ["1-users", "2-users"]}}]})
    assert (made["startTime"], made["isLogged"], made["links"]["logNote"]) != (None, True, None)
    shown = account.rpc("getActivity", activityId=int(made["id"].split("-")[0]))
    assert (shown["logNote"]["note"], shown["location"]["name"], shown["status"]) == ("fine", "Bonn", 1)
    answer = account.rest("PUT", f"/activities/{made['id']}", {"activities": [{"name": "Met again"}]})
    assert (answer.body["activities"][0]["name"], answer.body["activities"][0]["agenda"]) == ("Met again", "d")
    account.made("/activities", {"activities": [{"name": "Plan", "startTime": 1_900_000_000}]})
    for query, found in (
        ({"filter[status][]": "logged"}, ["Met again"]),
        ({"filter[participant][]": "2-users"}, ["Met again"]),
        ({"filter[activityType]": kind}, ["Met again"]),
        ({"filter[dateMin]": "2020-01-01"}, ["Plan"]),
        ({"filter[dateMax]": "2020-01-01"}, ["Met again"]),
        ({"limit": 1}, ["Plan"]),
        ({"filter[status][]": "scheduled,logged"}, ["Plan", "Met again"]),
    ):
        assert names(account, "/activities", **query) == found, query
    lead = account.made("/leads", {"leads": [{"description": "d"}]})["id"]
    wrong = {"activities": [{"name": "x", "links": {"participants": [lead]}}]}
    assert account.refused("POST", "/activities", wrong)["title"] == "Invalid link"
    account.checked = False
    text = {"activities": [{"name": "x", "startTime": "1900000000"}]}
    assert account.refused("POST", "/activities", text)["title"] == "Invalid value"


def test_tags_and_sources(account: Client) -> None:
    """Tags belong to one kind of records and are linked by id; tags and sources come back from the trash."""
    company = account.made("/accounts", {"accounts": [{"name": "A"}]})["id"]
    made = account.made("/tags", {"tags": [{"name": "VIP", "tagType": "3", "links": {"entities": [company]}}]})
    assert account.found("/tags", **{"filter[tagType]": "accounts"})[0]["count"] == 1
    assert account.found(f"/accounts/{company}")[0]["links"]["tags"] == [made["id"]]
    again = {"tags": [{"name": "VIP", "tagType": "3"}]}
    assert account.refused("POST", "/tags", again)["title"] == "Invalid tag"
    for wrong in ({"name": "x"}, {"tagType": "3"}, {"name": "x", "tagType": "9"}):
        account.checked = False
        assert account.refused("POST", "/tags", {"tags": [wrong]})["title"] == "Invalid tag"
    account.checked = True
    lead = {"leads": [{"description": "d", "links": {"tags": [made["id"]]}}]}
    assert account.refused("POST", "/leads", lead)["title"] == "Invalid link"
    assert account.rest("DELETE", f"/tags/{made['id']}").status == 200
    assert account.found(f"/accounts/{company}")[0]["links"]["tags"] == []
    assert account.made(f"/tags/{made['id']}/undelete", None)["name"] == "VIP"
    source = account.made("/sources", {"sources": [{"name": "Fair", "channel": 7}]})
    assert source["channel"] == {"value": 7, "display": "Traditional"}
    assert account.made("/sources", {"sources": [{"name": "Fair"}]})["id"] == source["id"]
    audience = account.made("/audiences", {"emAudiences": [{"name": "News"}]})
    person = {"contacts": [{"name": "Ann", "links": {"emAudiences": [audience["id"]]}}]}
    assert account.made("/contacts", person)["links"]["emAudiences"] == [audience["id"]]


@pytest.mark.parametrize("body", [{"description": "only"}, {"name": ""}, {"name": "A", "colour": "red"}, {"name": 7}])
def test_refused_companies(account: Client, body: object) -> None:
    """A company needs one of name, phone, email, address and url; unknown keys and wrong types are refused."""
    account.checked = False
    assert account.refused("POST", "/accounts", {"accounts": [body]})["status"] == "400"
    assert account.records()["accounts"] == []


def test_multi_value_forms(account: Client) -> None:
    """A value may have a name and be the primary one; without a name it shows the default label."""
    emails: list[dict[str, object]] = [
        {"value": "a@x.example"},
        {"value": "b@x.example", "name": "home", "isPrimary": True},
    ]
    made = account.made("/contacts", {"contacts": [{"name": "A", "emails": emails}]})
    assert made["emails"] == [
        {"isPrimary": False, "name": "email", "value": "a@x.example"},
        {"isPrimary": True, "name": "home", "value": "b@x.example"},
    ]
    account.patched(f"/contacts/{made['id']}", ("replace", "/contacts/0/emails", [{"value": "c@x.example"}]))
    assert [one["value"] for one in account.found(f"/contacts/{made['id']}")[0]["emails"]] == ["c@x.example"]
    both = [emails[1], emails[1] | {"value": "d@x.example"}]
    assert account.refused("POST", "/contacts", {"contacts": [{"emails": both}]})["title"] == "Invalid value"
    phone = account.made("/accounts", {"accounts": [{"phones": [{"value": "734 555 1234"}]}]})
    assert phone["phones"][0]["value"]["countryCodeAndNumber"] == "17345551234"


def test_statuses_that_differ() -> None:
    """Where document and recordings disagree, the account can be set to either."""
    account = Client(account_status=200, patch_status=200, stage_links="object")
    answer = account.rest("POST", "/accounts", {"accounts": [{"name": "A"}]})
    assert answer.status == 200
    patch = [{"op": "replace", "path": "/accounts/0/name", "value": "B"}]
    changed = account.rest("PATCH", f"/accounts/{answer.body['accounts'][0]['id']}", patch)
    assert (changed.status, changed.body["accounts"][0]["name"]) == (200, "B")
    account.checked = False
    assert isinstance(account.found("/stages")[0]["links"], dict)
