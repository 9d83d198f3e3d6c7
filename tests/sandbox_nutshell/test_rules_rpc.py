"""The rules of facts 18 that JSON-RPC shows, by number."""

from typing import Any

import pytest

from adapters.protocols import Request
from tests.sandbox_nutshell.client import NOW, RPC, Client


def test_rule_01_errors_answer_200(account: Client) -> None:
    """Rule 1: RPC errors answer HTTP 200, wrong credentials 401 without a JSON-RPC body."""
    assert account.rpc_error("getLead", leadId=1)["code"] == -32000
    assert account.rpc_error("noSuchMethod")["code"] == -32601
    assert account.rpc_error("getLead")["code"] == -32602
    account.world.token = "wrong"
    answer = account.raw({"id": "1", "method": "findUsers"})
    assert (answer.status, answer.body) == (401, None)


@pytest.mark.parametrize("actor", ["nobody@brightpath.example", "maya.ortiz", ""])
def test_rule_01_who_may_call(actor: str) -> None:
    """Rule 1: a user name that is no active user's e-mail and not the domain is wrong credentials."""
    account = Client()
    account.world.user = actor
    assert account.raw({"id": "1", "method": "findUsers"}).status == 401


def test_rule_02_invalid_request(account: Client) -> None:
    """Rule 2: a malformed call is -32600 with the id null and no jsonrpc key."""
    bad = {"id": "1", "method": "findUsers", "params": "x"}
    bodies: list[Any] = [{"method": "findUsers"}, {"id": "1"}, [], "x", bad]
    for body in bodies:
        answer = account.raw(body)
        assert answer.status == 200
        error = {"code": -32600, "message": "Invalid Request", "data": None}
        assert answer.body == {"result": None, "error": error, "id": None}


def test_rule_03_rev(account: Client) -> None:
    """Rule 3: an edit or a delete without the current rev is 409 and changes nothing; REV_IGNORE passes."""
    made = account.rpc("newContact", contact={"name": "Ann Lee"})
    edited = account.rpc("editContact", contactId=made["id"], rev="0", contact={"description": "a"})
    for rev in ("0", "2", ""):
        error = account.rpc_error("editContact", contactId=made["id"], rev=rev, contact={"description": "b"})
        assert (error["code"], error["message"]) == (409, "rev key is out-of-date")
        assert account.rpc_error("deleteContact", contactId=made["id"], rev=rev)["code"] == 409
    assert account.rpc("getContact", contactId=made["id"]) == edited
    assert (
        account.rpc("editContact", contactId=made["id"], rev="REV_IGNORE", contact={"description": "b"})["rev"] == "2"
    )
    assert account.rpc("deleteContact", contactId=made["id"], rev="2") is True


def test_rule_03_rev_of_linked_records() -> None:
    """Rule 3: linking a record from another one raises its rev, unless the account is set not to."""
    for raises, rev in ((True, "1"), (False, "0")):
        account = Client(linking_raises_rev=raises)
        company = account.rpc("newAccount", account={"name": "Acme"})
        account.rpc("newContact", contact={"name": "Ann", "accounts": [{"id": company["id"], "relationship": "CEO"}]})
        assert account.rpc("getAccount", accountId=company["id"])["rev"] == rev


def test_rule_04_first_revs(account: Client) -> None:
    """Rule 4: "0" for a new company, person and note, "2" for a lead, "1" for a logged activity; one more per edit."""
    company = account.rpc("newAccount", account={"name": "Acme"})
    lead = account.rpc("newLead", lead={})
    note = account.rpc("newNote", entity={"entityType": "Accounts", "id": company["id"]}, note="x")
    logged = account.rpc("newActivity", activity={"name": "Call", "status": 1})
    revs = [one["rev"] for one in (company, lead, note, logged, account.rpc("newContact", contact={"name": "A"}))]
    assert revs == ["0", "2", "0", "1", "0"]
    assert account.rpc("editLead", leadId=lead["id"], rev="2", lead={"description": "x"})["rev"] == "3"


def test_rule_05_pages(account: Client) -> None:
    """Rule 5: find* is 1-based, 50 a page, 100 at most, without a total; search* finds 10, searchByEmail 5 a kind."""
    for number in range(120):
        contact = {"name": f"Person {number:03}", "email": "same@x.example", "description": "alike"}
        account.rpc("newContact", contact=contact)
    account.wait(10)
    first = account.rpc("findContacts")
    assert [len(first), first[0]["name"], first[0]["stub"]] == [50, "Person 000", True]
    assert len(account.rpc("findContacts", limit=1000)) == 100
    assert [len(account.rpc("findContacts", limit=50, page=page)) for page in (2, 3, 4)] == [50, 20, 0]
    assert account.rpc_error("findContacts", page=0)["code"] == -32602
    last = account.rpc("findContacts", orderBy="name", orderDirection="DESC", limit=1, stubResponses=False)
    assert last[0]["name"]["displayName"] == "Person 119"
    assert len(account.rpc("searchContacts", string="alike")) == 10
    assert len(account.rpc("searchContacts", string="alike", limit=30)) == 30
    found = account.rpc("searchByEmail", emailAddressString="SAME@x.example")
    assert (len(found["contacts"]), found["accounts"]) == (5, [])
    assert {"rev", "createdTime"}.isdisjoint(found["contacts"][0])


def test_rule_06_lists_are_replaced_notes_appended(account: Client) -> None:
    """Rule 6: a multi-value key that is present replaces its list, keys that are absent stay, a note is appended."""
    given = {
        "name": "Ann",
        "email": {"work": "a@x.example"},
        "phone": ["+17345551234"],
        "tags": ["a", "b"],
        "note": "1",
    }
    made = account.rpc("newContact", contact=given)
    change = {"email": ["b@x.example", "c@x.example"], "tags": ["c"], "note": ["2", "3"]}
    edited = account.rpc("editContact", contactId=made["id"], rev="0", contact=change)
    assert {k: v for k, v in edited["email"].items() if k != "--primary"} == {"1": "b@x.example", "2": "c@x.example"}
    assert (edited["tags"], edited["phone"]) == (["c"], made["phone"])
    assert [note["note"] for note in edited["notes"]] == ["1", "2", "3"]


def test_rule_07_lead_name_and_number(account: Client) -> None:
    """Rule 7: the server makes a lead's name and number, and the number is not the id."""
    account.checked = False
    first, second = (account.rpc("newLead", lead={"name": "mine", "description": "d"}) for _ in range(2))
    numbers = [int(one["name"].removeprefix("Lead\u2013")) for one in (first, second)]
    assert numbers[1] == numbers[0] + 1
    assert numbers[0] != first["id"]
    assert first["htmlUrl"].endswith(f"/lead/{numbers[0]}")
    assert [one["id"] for one in account.rpc("findLeads", query={"number": numbers[1]})] == [second["id"]]


def test_rule_08_times_of_the_client() -> None:
    """Rule 8: createdTime, closedTime and a note's date from a client are passed over and counted, or refused."""
    account = Client()
    account.checked = False
    old = "2015-01-01T00:00:00+0000"
    lead = account.rpc("newLead", lead={"createdTime": old, "closedTime": old, "description": "d"})
    assert lead["createdTime"] == "2026-05-28T20:26:40+0000"
    assert "closedTime" not in lead
    made = account.made("/notes", {"data": {"body": "x", "createdTime": 1, "links": {"parent": f"{lead['id']}-leads"}}})
    assert made["createdTime"] == int(NOW)
    assert account.world.control("GET", "/sandbox/requests")["doubts"]["ignored createdTime of leads"] == 1
    strict = Client(client_times="refused")
    strict.checked = False
    body = {"accounts": [{"name": "A", "createdTime": 1}]}
    assert strict.refused("POST", "/accounts", body)["title"] == "Invalid attribute"
    assert strict.rpc_error("newLead", lead={"createdTime": old})["code"] == -32602


def test_rule_09_entity_types() -> None:
    """Rule 9: an owner, assignee or participant without entityType is -32602, or counts as a user where set so."""
    account = Client()
    for method, payload in (
        ("newAccount", {"account": {"name": "A", "owner": {"id": 2}}}),
        ("newLead", {"lead": {"assignee": {"id": 2}}}),
        ("newActivity", {"activity": {"name": "c", "participants": [{"id": 2}]}}),
        ("newAccount", {"account": {"name": "A", "owner": {"entityType": "Contacts", "id": 2}}}),
    ):
        assert account.rpc_error(method, **payload)["code"] == -32602
    lead = account.rpc("newLead", lead={"assignee": {"entityType": "Users", "id": 2}})
    assert lead["assignee"]["name"] == "Tom Becker"
    person = account.rpc("newContact", contact={"name": "Ann"})
    bare: dict[str, Any] = {"contacts": [{"id": person["id"]}]}
    assert account.rpc_error("editLead", leadId=lead["id"], rev="2", lead=bare)["code"] == -32602
    assert Client(bare_reference="user").rpc("newLead", lead={"assignee": {"id": 2}})["assignee"]["id"] == 2


def test_rule_10_sources_and_tags(account: Client) -> None:
    """Rule 10: newSource gives the source that is there; newTag of a name that is there fails."""
    assert account.rpc("newSource", name="Trade show")["id"] == account.rpc("newSource", name="Trade show")["id"]
    tag = {"name": "VIP", "entityType": "Leads"}
    account.rpc("newTag", tag=tag)
    assert account.rpc_error("newTag", tag=tag)["code"] == -32000
    account.rpc("newTag", tag=tag | {"entityType": "Accounts"})
    assert account.rpc("findTags") == {"Accounts": ["VIP"], "Contacts": [], "Leads": ["VIP"]}


def test_rule_11_duplicates(account: Client) -> None:
    """Rule 11: equal companies and people are stored twice."""
    for kind, table in (("newAccount", "account"), ("newContact", "contact")):
        given = {"name": "Same", "email": "same@x.example"}
        first, second = (account.rpc(kind, **{table: given}) for _ in range(2))
        assert first["id"] != second["id"]


def test_rule_12_notes(account: Client) -> None:
    r"""Rule 12: mentions and lead numbers become links, `\@[` does not; only the author edits, for 24 hours."""
    lead = account.rpc("newLead", lead={})
    number = lead["name"].removeprefix("Lead\u2013")
    where = {"entityType": "Leads", "id": lead["id"]}
    text = rf"Ask @[Users:2], not \@[Users:2], about Lead-{number} & <b>"
    note = account.rpc("newNote", entity=where, note={"entityType": "Notes", "note": text})
    assert (note["noteMarkup"], note["note"]) == (text, f"Ask Tom Becker, not @[Users:2], about Lead-{number} & <b>")
    assert 'data-entity-id="2"' in note["noteHtml"]
    assert f'<a href="/lead/{number}">Lead-{number}</a>' in note["noteHtml"]
    assert "&amp; &lt;b&gt;" in note["noteHtml"]
    account.actor = "tom.becker@brightpath.example"
    assert account.rpc_error("editNote", noteId=note["id"], rev="0", note="mine")["code"] == -32000
    account.actor = ""
    account.wait(86_000)
    assert account.rpc("editNote", noteId=note["id"], rev="0", note="new")["note"] == "new"
    account.wait(500)
    assert account.rpc_error("editNote", noteId=note["id"], rev="1", note="late")["code"] == -32000


def test_rule_19_no_idempotency(account: Client) -> None:
    """Rule 19: the same request twice makes two records."""
    body = {"accounts": [{"name": "Acme"}]}
    assert account.made("/accounts", body)["id"] != account.made("/accounts", body)["id"]
    leads = {"leads": [{"description": "d"}]}
    assert account.made("/leads", leads)["id"] != account.made("/leads", leads)["id"]


def test_rule_20_who_writes() -> None:
    """Rule 20: a key with impersonation writes as the user named; one without as an origin, with no creator."""
    account = Client()
    account.actor = "TOM.becker@brightpath.example"
    made = account.rpc("newAccount", account={"name": "A"})
    assert (made["creator"]["id"], made["owner"]["id"]) == (2, 2)
    assert account.found("/events")[0]["links"]["actor"] == "2-users"
    plain = Client(impersonation=False)
    made = plain.rpc("newAccount", account={"name": "A"})
    assert (made["creator"], made["owner"]) == (None, None)
    event = plain.found("/events")[0]
    assert event["actorType"] == "origins"
    assert event["links"]["actor"].endswith("-origins")
    assert plain.found("/accounts")[0]["links"]["creator"] is None
    assert plain.rpc("newLead", lead={})["assignee"] is None
    account.actor = "brightpath.example"
    assert account.rpc("newAccount", account={"name": "A"})["creator"] is None


def test_rule_21_values_are_parsed(account: Client) -> None:
    """Rule 21: a url gets http://, a phone is parsed to E.164 parts, a country has two letters."""
    address = {"office": {"address_1": "1 Main St", "city": "Ann Arbor", "country": "us"}}
    given = {"name": "A", "url": "acme.example", "phone": {"desk": "(734) 555-1234 x7", "uk": "+44 20 7946 0958"}}
    made = account.rpc("newAccount", account=given | {"address": address})
    assert made["url"]["1"] == "http://acme.example"
    assert made["phone"]["desk"] == {
        "countryCode": "1", "number": "7345551234", "extension": "7", "numberFormatted": "(734) 555-1234 ext. 7",
        "E164": "+17345551234",
    }  # fmt: skip
    assert made["phone"]["uk"]["E164"] == "+442079460958"
    assert made["address"]["office"]["country"] == "US"
    address["office"]["country"] = "Germany"
    assert account.rpc_error("newAccount", account=given | {"address": address})["code"] == -32000


def test_rule_22_a_hundred_leads(account: Client) -> None:
    """Rule 22: getAccount shows 100 leads at most; findLeads by company pages through all."""
    company = account.rpc("newAccount", account={"name": "Acme"})
    for _ in range(103):
        account.rpc("newLead", lead={"primaryAccount": {"id": company["id"]}})
    assert len(account.rpc("getAccount", accountId=company["id"])["leads"]) == 100
    query = {"accountId": company["id"]}
    assert [len(account.rpc("findLeads", query=query, limit=100, page=page)) for page in (1, 2)] == [100, 3]


def test_etag(account: Client) -> None:
    """A get or find whose ETag the client has answers 304 with nothing; an edit does not look at it."""
    made = account.rpc("newContact", contact={"name": "Ann"})
    get = Request(method="POST", path=RPC, body={"id": "1", "method": "getContact", "params": [made["id"]]})
    first = account.call(request=get)
    again = account.call(request=get, match=first.headers["etag"])
    assert (again.status, again.body) == (304, None)
    edit = {"id": "1", "method": "editContact", "params": [made["id"], "0", {"description": "x"}]}
    answer = account.call(request=Request(method="POST", path=RPC, body=edit), match=first.headers["etag"])
    assert (answer.status, "etag" in answer.headers) == (200, False)
    assert account.call(request=get, match=first.headers["etag"]).status == 200
    assert account.rpc("getContact", made["id"], "1")["stillValid"] is True


def test_codes_that_nobody_captured() -> None:
    """The code of an unknown id, of a duplicate tag and the like is a setting: nothing may lean on it."""
    account = Client(unrecorded_code=17)
    assert account.rpc_error("getLead", leadId=1)["code"] == 17
    tag = {"name": "VIP", "entityType": "Leads"}
    account.rpc("newTag", tag=tag)
    assert account.rpc_error("newTag", tag=tag)["code"] == 17


def test_left_out(account: Client) -> None:
    """Methods that a migration does not use answer an error that says so."""
    assert "not in this sandbox" in account.rpc_error("newEmail", emailString="x")["message"]
    assert "not in this sandbox" in account.rpc_error("findSettings")["message"]
