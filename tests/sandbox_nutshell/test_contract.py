"""Every method and path that the descriptions know is there, and each fits them."""

from typing import Any

import pytest

from adapters.protocols import Request, Response
from adapters.sandbox.nutshell.rest.routes import ROUTES
from adapters.sandbox.nutshell.rpc.methods import METHODS, reads
from tests.sandbox_nutshell.client import Client
from tests.sandbox_nutshell.contract import ABSENT, Contract

pytestmark = pytest.mark.skipif(ABSENT is not None, reason=str(ABSENT))


def test_methods_are_those_of_the_contract() -> None:
    """Each of the 86 methods is known, with its parameters in the contract's order, and told safe or unsafe alike."""
    described = Contract().rpc.methods
    assert len(described) == 86
    assert METHODS.keys() | {"getApiForUsername"} == described.keys()
    for name, method in METHODS.items():
        assert list(method.names()) == described[name]["positionalOrder"], name
        assert reads(name) is not described[name]["mutates"], name


def test_paths_are_those_of_the_contract() -> None:
    """Each documented operation has a route, and there is no route that is not documented."""
    documented = {
        (verb.upper(), path)
        for path, verbs in Contract().rest.document["paths"].items()
        for verb in verbs
        if verb in ("get", "post", "put", "patch", "delete")
    }
    unnamed = {("GET", "/forms/{fieldId}")}  # the same path as /forms/{id}
    assert ROUTES.keys() == documented - unnamed


def test_what_is_left_out_says_so(account: Client) -> None:
    """Paths that a migration does not use answer 501 with a text."""
    for (method, template), handler in ROUTES.items():
        if handler is None:
            answer = account.rest(method, template.replace("{id}", "1"))
            assert (answer.status, "not in this sandbox" in answer.text) == (501, True)


def test_the_contract_refuses() -> None:
    """The checker itself finds what is wrong: keys, types, statuses, envelopes."""
    contract = Contract()
    account = Client()
    account.checked = False
    ids = {"x-nutshell-request-id": "x"}
    get = Request(method="GET", path="/rest/accounts")
    wrong: list[tuple[Request, Response]] = [
        (get, Response(status=200, body={"meta": {}, "accounts": []})),
        (get, Response(status=200, headers=ids, body=[])),
        (get, Response(status=400, headers=ids, body={"errors": []})),
        (get, Response(status=404, headers=ids, body={})),
        (get, Response(status=418, headers=ids, text="x")),
        (Request(method="GET", path="/rest/nothing"), Response(status=200, headers=ids, body={})),
        (Request(method="GET", path="/rest/accounts", query={"colour": "1"}), account.rest("GET", "/accounts")),
        (Request(method="POST", path="/rest/tasks", body={"due": "1"}), Response(status=200, headers=ids, body={})),
        (_call("newLead", {}), account.raw({"id": "1", "method": "newLead", "params": {"lead": {}}})),
        (_call("newLead", {"lead": {"colour": 1}}), Response(status=200, body=_result({}))),
        (_call("getLead", {"leadId": "x"}), Response(status=200, body=_result({"id": 1}))),
        (_call("getLead", {"leadId": 1}), Response(status=200, body=_result({"id": "1-leads"}))),
        (_call("findLeads", {}), Response(status=200, body=_result({}))),
        (_call("findLeads", {}), Response(status=404, body={})),
        (_call("findLeads", {}), Response(status=200, body={"result": None, "error": {"code": 1}, "id": "1"})),
    ]
    for request, response in wrong:
        assert contract.check_exchange(request, response), (request, response)


def _call(method: str, params: Any) -> Request:
    return Request(method="POST", path="/api/v1/json", body={"id": "1", "method": method, "params": params})


def _result(result: Any) -> Any:
    return {"result": result, "id": "1", "error": None, "jsonrpc": "2.0"}


def furnished() -> tuple[Client, dict[str, Any]]:
    """An account with one record of each kind, and their ids."""
    account = Client()
    for entity in ("accounts", "contacts", "leads"):
        for body in (
            {"name": "Key", "type": "Text"},
            {"name": "Since", "type": "Date"},
            {"name": "Sum", "type": "Currency"},
        ):
            account.rest("POST", f"/{entity}/customfield", body)
    own = {"Key": "k", "Since": "2020-02-03", "Sum": "12.50"}
    product = account.rpc("newProduct", product={"name": "Widget", "prices": {}})
    rival = account.rpc("findCompetitors")[0]
    company = account.rpc("newAccount", account={
        "name": "Acme", "owner": {"entityType": "Users", "id": 2}, "industryId": account.rpc("findIndustries")[0]["id"],
        "accountTypeId": account.rpc("findAccountTypes")[0]["id"],
        "territoryId": account.rpc("findTerritories")[0]["id"],
        "url": ["acme.example"], "phone": {"desk": "+17345551234"}, "email": "info@acme.example",
        "address": [{"address_1": "1 Main St", "city": "Ann Arbor", "state": "MI", "country": "US"}],
        "tags": ["a"], "description": "d", "customFields": own, "note": "first",
    })  # fmt: skip
    person = account.rpc("newContact", contact={
        "name": "Dr. Ann Lee", "accounts": [{"id": company["id"], "relationship": "CEO"}], "phone": "+17345551234",
        "email": {"work": "ann@acme.example"}, "tags": ["b"], "customFields": own, "note": ["x", "y"],
    })  # fmt: skip
    lead = account.rpc("newLead", lead={
        "description": "Big", "primaryAccount": {"id": company["id"]}, "confidence": 40, "priority": 1,
        "contacts": [{"id": person["id"], "relationship": "buyer"}], "competitors": [{"id": rival["id"]}],
        "products": [{"id": product["id"], "quantity": 2, "price": {"currency_shortname": "USD", "amount": 10}}],
        "sources": [{"id": account.rpc("findSources")[0]["id"]}], "dueTime": "2027-01-02T03:04:05+0000",
        "tags": ["c"], "customFields": own, "note": "z", "market": {"id": account.rpc("findMarkets")[0]["id"]},
    })  # fmt: skip
    activity = account.rpc("newActivity", activity={
        "name": "Call", "description": "d", "activityTypeId": account.rpc("findActivityTypes")[0]["id"],
        "lead": {"entityType": "Leads", "id": lead["id"]}, "startTime": "2020-01-01T10:00:00+0000",
        "participants": [{"entityType": "Users", "id": 1}, {"entityType": "Contacts", "id": person["id"]}],
        "endTime": "2020-01-01T10:30:00+0000", "isAllDay": False, "isFlagged": True, "status": 1, "logNote": "done",
    })  # fmt: skip
    task = account.made(
        "/tasks", {"title": "t", "dueTime": "1800000000", "links": {"relatedEntity": f"{lead['id']}-leads"}}
    )
    ids = {"accounts": company["id"], "contacts": person["id"], "leads": lead["id"], "activities": activity["id"]}
    return account, {**ids, "tasks": task["id"], "products": product["id"], "notes": account.found("/notes")[0]["id"]}


def test_every_get_fits() -> None:
    """Each GET that is answered fits the document, on an account that holds something of everything."""
    account, ids = furnished()
    ids |= {"users": 1, "tags": 0, "productmaps": account.found("/productmaps")[0]["id"]}
    ids["competitormaps"] = account.found("/competitormaps")[0]["id"]
    for (method, template), handler in ROUTES.items():
        if method != "GET" or handler is None:
            continue
        collection = template.split("/")[1]
        path = template
        if "{id}" in template:
            key = ids.get(collection)
            if key is None:
                found = account.found(f"/{collection}")
                if not found:
                    continue
                key = found[0]["id"]
            path = template.replace("{id}", str(key))
        assert account.rest("GET", path).status == 200, path


def test_every_find_and_get_fits() -> None:
    """Each find*, get* and search* that is answered fits the contract, in stubs and in full."""
    account, ids = furnished()
    account.wait(60)
    given: dict[str, dict[str, Any]] = {
        "findTimeline": {"query": {"entityType": "Leads", "id": ids["leads"]}, "stubResponses": False},
        "findProcesses": {"query": {"leadId": ids["leads"]}},
        "add": {"num1": 1, "num2": 2},
        "searchByEmail": {"emailAddressString": "ann@acme.example"},
    }
    for name, table in (("Account", "accounts"), ("Contact", "contacts"), ("Lead", "leads"), ("Activity", "activities"),
                        ("Product", "products")):  # fmt: skip
        given[f"get{name}"] = {f"{name.lower()}Id": ids[table]}
    given["getTask"] = {"taskId": int(ids["tasks"].split("-")[0])}
    given["getNote"] = {"noteId": int(ids["notes"].split("-")[0])}
    for name, method in METHODS.items():
        if method.handler is None or not reads(name):
            continue
        params = given.get(name, {"string": "acme"} if name.startswith("search") else {})
        account.rpc(name, **params)
        if "stubResponses" in method.names():
            account.rpc(name, **{**params, "stubResponses": False})


def test_edits_fit() -> None:
    """Each editX answers the whole record, whatever a payload holds."""
    account, ids = furnished()
    account.rpc("editAccount", ids["accounts"], "REV_IGNORE", {"contacts": [], "industryId": None, "owner": None})
    account.rpc("editContact", ids["contacts"], "REV_IGNORE", {"accounts": [], "email": None, "leads": []})
    lead: dict[str, Any] = {
        "products": [],
        "competitors": [],
        "primaryAccount": None,
        "assignee": None,
        "dueTime": None,
    }
    edited = account.rpc("editLead", ids["leads"], "REV_IGNORE", lead)
    assert (edited["products"], edited["contacts"], edited["assignee"]) == ([], [], None)
    account.rpc("editActivity", ids["activities"], "REV_IGNORE", {"status": 2, "participants": []})
    account.rpc("editTask", int(ids["tasks"].split("-")[0]), "REV_IGNORE", {"description": "new"})
    account.rpc("editProduct", ids["products"], "REV_IGNORE", {"name": "Gadget"})
    assert account.rpc_error("editAccount", ids["accounts"], "REV_IGNORE", {"id": 1})["code"] == -32602
