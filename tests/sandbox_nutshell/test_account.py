"""A fresh account, discovery, the control address and injected faults."""

from typing import Any

import pytest

from adapters.protocols import Request
from adapters.sandbox.faults import ConnectionCutError, FaultError
from adapters.sandbox.nutshell import NutshellSettings, in_memory, world
from adapters.sandbox.nutshell.state import State
from tests.sandbox_nutshell.client import NOW, RPC, Client

NEW = Request(method="POST", path=RPC, body={"id": "1", "method": "newAccount", "params": {"account": {"name": "x"}}})
FIND = Request(method="POST", path=RPC, body={"id": "1", "method": "findAccounts", "params": {}})
POST = Request(method="POST", path="/rest/accounts", body={"accounts": [{"name": "x"}]})
GET = Request(method="GET", path="/rest/accounts")


def test_discovery(account: Client) -> None:
    """Discovery needs no credentials, names the host that was asked, and knows only users and the company's domain."""
    body = {"id": "1", "method": "getApiForUsername", "params": {"username": "Maya.Ortiz@brightpath.example"}}
    account.world.token = ""
    assert account.raw(body, "/v1/json").body["result"]["api"] == "app.nutshell.com"
    found = account.call(request=Request(method="POST", path="/v1/json", body=body), host="127.0.0.1:99")
    assert found.body["result"]["api"] == "127.0.0.1:99"
    for name in ("nobody@x.example", 7):
        body["params"] = {"username": name}
        assert account.raw(body, "/v1/json").body["error"]["code"] == -32000
    assert account.raw({"id": "1", "method": "findUsers"}, "/v1/json").body["error"]["code"] == -32601
    assert account.raw({"id": "1"}, "/v1/json").body["error"]["code"] == -32600


def test_a_fresh_account(account: Client) -> None:
    """It has the staff, one pipeline of five stages, outcomes of each kind, two markets and no record."""
    found = account.records()
    assert [one["emails"][0] for one in found["users"]][:2] == [
        "maya.ortiz@brightpath.example", "tom.becker@brightpath.example",
    ]  # fmt: skip
    assert (len(found["pipelines"]), len(found["stages"])) == (1, 5)
    assert {one["status"] for one in found["outcomes"]} == {"won", "lost", "cancelled"}
    assert [one["currency"] for one in found["markets"]] == ["USD", "EUR"]
    assert [one["name"] for one in found["activity_types"]] == ["Phone Call", "Meeting", "Virtual Meeting"]
    assert account.found("/accounttypes")[0]["name"] == "Standard Account"
    assert all(
        found[table] == [] for table in ("accounts", "contacts", "leads", "activities", "tasks", "notes", "tags")
    )


def test_ids_differ_from_account_to_account() -> None:
    """Ids of lists are no constants, and the same account name gives the same ones."""
    accounts = [Client(account=name) for name in ("one", "two", "three", "one")]
    kinds = [[one["id"] for one in account.found("/activitytypes")] for account in accounts]
    assert kinds[0] == kinds[3]
    assert len({tuple(one) for one in kinds}) == 3


def test_what_only_the_application_makes(account: Client) -> None:
    """Pipelines, users, outcomes, markets and the like are made at the control address."""
    for body, path in (
        ({"make": "user", "name": "New Hand", "email": "new@brightpath.example"}, "/users"),
        ({"make": "outcome", "name": "Sold", "type": "won"}, "/outcomes"),
        ({"make": "market", "name": "UK", "currency": "GBP"}, "/markets"),
        ({"make": "competitor", "name": "Rival"}, "/competitors"),
        ({"make": "activity_type", "name": "Site visit"}, "/activitytypes"),
        ({"make": "industry", "name": "Mining"}, "/industries"),
        ({"make": "pipeline", "name": "Second", "stages": [{"name": "Only"}]}, "/stagesets"),
    ):
        made = account.world.control("POST", "/sandbox/admin", body)
        assert {one["id"]: one["name"] for one in account.found(path)}[made["id"]] == body["name"]
    account.actor = "new@brightpath.example"
    assert account.rpc("getUser")["name"] == "New Hand"
    assert "error" in account.world.control("POST", "/sandbox/admin", {"make": "castle", "name": "x"})
    for path in ("/stagesets", "/stages", "/users", "/outcomes", "/markets", "/competitors", "/industries"):
        assert account.rest("POST", path, {}).status == 405


def test_control(account: Client) -> None:
    """A person edits and removes over the control address: revs rise, events tell of it, no call is counted."""
    lead = account.rpc("newLead", lead={"description": "old"})
    account.made("/notes", {"data": {"body": "n", "links": {"parent": f"{lead['id']}-leads"}}})
    before = account.world.control("GET", "/sandbox/requests")
    assert before["requests"] == {"POST /rest/notes": 1, "rpc newLead": 1}
    assert (before["total"], before["tokens"], before["writes"], before["faults"]) == (2, 2, 2, 0)
    edit = {"entity": "lead", "id": lead["id"], "fields": {"description": "new", "manualValue": "7.00"}}
    edited = account.world.control("POST", "/sandbox/edit", edit)
    assert (edited["description"], edited["value"]["amount"]) == ("new", 7.0)
    note = account.records()["notes"][0]["id"]
    account.world.control("POST", "/sandbox/edit", {"entity": "notes", "id": note, "fields": {"note": "changed"}})
    assert account.world.control("GET", "/sandbox/requests") == before
    assert account.rpc_error("editLead", leadId=lead["id"], rev="2", lead={})["code"] == 409
    assert [one["action"] for one in account.found("/events")] == ["update", "update", "update", "create", "create"]
    account.world.control("POST", "/sandbox/remove", {"entity": "leads", "id": lead["id"]})
    assert account.records()["leads"] == []
    for path, body in (("edit", {"entity": "lead", "id": 1, "fields": {}}), ("remove", {}), ("clock", {}), ("x", {})):
        assert "error" in account.world.control("POST", f"/sandbox/{path}", body)
    account.world.control("POST", "/sandbox/clock", {"advance": 3600})
    assert account.world.now >= NOW + 3600


def test_an_inactive_user_cannot_act(account: Client) -> None:
    """A user who was switched off is no user name any more, and owns nothing new."""
    account.world.control("POST", "/sandbox/remove", {"entity": "user", "id": 2})
    owner = {"entityType": "Users", "id": 2}
    assert account.rpc_error("newAccount", account={"name": "A", "owner": owner})["code"] == -32000
    account.actor = "tom.becker@brightpath.example"
    assert account.raw({"id": "1", "method": "findUsers"}).status == 401


@pytest.mark.parametrize("write", [NEW, POST])
def test_lost_and_cut(write: Request) -> None:
    """`lost` applies and does not answer, `cut` does neither; calls that only ask are not lost."""
    lost = Client(faults="lost=1")
    with pytest.raises(ConnectionCutError):
        lost.world.answer(write)
    assert len(lost.records()["accounts"]) == 1
    assert lost.world.answer(FIND).status == lost.world.answer(GET).status == 200
    cut = Client(faults="cut=1,limit=1")
    with pytest.raises(ConnectionCutError):
        cut.world.answer(write)
    assert cut.records()["accounts"] == []


@pytest.mark.parametrize(("spec", "status"), [("429=1", 429), ("503=1", 503), ("html403=1", 403)])
def test_refusing_faults(spec: str, status: int) -> None:
    """Faults that refuse leave no trace and are HTML."""
    account = Client(faults=spec)
    for write in (NEW, POST):
        answer = account.world.answer(write)
        assert (answer.status, answer.text[:5]) == (status, "<!DOC")
    assert account.records()["accounts"] == []
    assert account.world.control("GET", "/sandbox/requests")["faults"] == 2


def test_500_null_and_slow() -> None:
    """A 500 comes before or after the write; `null` is an empty 200 to what only asks; `slow` takes time."""
    broken = Client(faults="500=1")
    answers = [broken.world.answer(NEW) for _ in range(40)]
    assert {(one.status, str(one.body)) for one in answers} == {
        (500, "{'code': 500, 'message': 'Internal Server Error'}")
    }
    assert 5 < len(broken.records()["accounts"]) < 35
    empty = Client(faults="null=1")
    for ask in (FIND, GET):
        answer = empty.world.answer(ask)
        assert (answer.status, answer.body, answer.text, answer.content) == (200, None, "", b"")
    assert empty.world.answer(NEW).body["result"]["id"]
    slow = Client(faults="slow=1")
    assert slow.world.answer(NEW).status == 200
    assert 0.2 <= slow.world.now - NOW <= 0.5


def test_bad_faults() -> None:
    """A fault specification that makes no sense is refused at the start."""
    with pytest.raises(FaultError, match="fire"):
        in_memory(NutshellSettings(faults="fire=1"))


def test_the_dump_is_the_state() -> None:
    """An account that is written down and read again is the same, what its search index knows included."""
    account = Client()
    for number in range(3):
        made = account.rpc("newContact", contact={"name": f"P{number}", "tags": ["t"], "note": "n"})
        account.wait(3)
        account.rpc("editContact", contactId=made["id"], rev="0", contact={"name": f"Q{number}"})
    first: Any = account.world.world
    again = world(first.dump(), NutshellSettings(), "sandbox", NOW, "other")
    one, two = first.state, again.state
    assert isinstance(one, State)
    assert (one.tables, one.meta, one.routes, one.pointing) == (two.tables, two.meta, two.routes, two.pointing)
    shown = [[row["name"] for row in state.indexed("contacts", account.world.now)] for state in (one, two)]
    assert shown[0] == shown[1] != []


def test_every_rule_has_a_test() -> None:
    """Each of the 25 rules of facts 18 is named by a test."""
    from tests.sandbox_nutshell import test_rules_rest, test_rules_rpc

    found = {
        name[10:12]
        for module in (test_rules_rest, test_rules_rpc)
        for name in vars(module)
        if name[:10] == "test_rule_"
    }
    assert found == {f"{number:02}" for number in range(1, 26)}
