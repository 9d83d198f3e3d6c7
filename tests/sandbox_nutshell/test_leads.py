"""The life of a lead: pipeline, stage, value, closing (facts 9)."""

from typing import Any

from tests.sandbox_nutshell.client import Client


def pipeline(account: Client) -> tuple[str, list[str]]:
    """A second pipeline, made as an administrator would: its id and those of its stages."""
    stages = [{"name": "New", "probability": 20}, {"name": "Old", "probability": 80}]
    made = account.world.control("POST", "/sandbox/admin", {"make": "pipeline", "name": "Service", "stages": stages})
    found = account.found("/stages")
    return made["id"], [one["id"] for one in found if one["links"] == [{"stageset": made["id"]}]]


def outcome(account: Client, status: str) -> str:
    """An outcome of that status."""
    return str(next(one["id"] for one in account.found("/outcomes") if one["status"] == status))


def test_defaults(account: Client) -> None:
    """A new lead is open, at the first stage of the default pipeline, in the first market, the caller's."""
    lead = account.rpc("newLead", lead={})
    assert (lead["status"], lead["confidence"], lead["completion"]) == (0, 0, 0)
    assert (lead["milestone"]["name"], lead["market"]["name"], lead["assignee"]["id"]) == ("Qualifying", "U.S.", 1)
    assert "value" not in lead


def test_pipelines_and_stages(account: Client) -> None:
    """A pipeline puts a lead at its first stage, a stage brings its pipeline; what does not fit is refused."""
    second, stages = pipeline(account)
    numbers = [int(one.split("-")[0]) for one in (second, *stages)]
    lead = account.rpc("newLead", lead={"stagesetId": numbers[0]})
    assert lead["milestone"]["name"] == "New"
    assert account.rpc("newLead", lead={"milestoneId": numbers[2]})["milestone"]["name"] == "Old"
    first = account.found("/stagesets")[0]["id"]
    wrong = {"stagesetId": int(first.split("-")[0]), "milestoneId": numbers[1]}
    assert account.rpc_error("newLead", lead=wrong)["code"] == -32000
    moved = account.made(f"/leads/{lead['id']}/stageset", {"stageset": first})
    assert moved["links"]["stageset"] == first
    account.patched(f"/leads/{lead['id']}", ("replace", "/leads/0/links/stage", stages[1]))
    shown = account.found(f"/leads/{lead['id']}")[0]["links"]
    assert (shown["stage"], shown["stageset"]) == (stages[1], second)
    assert [one["id"] for one in account.found(f"/leads/{lead['id']}/stages")] == stages


def test_values(account: Client) -> None:
    """A lead is worth the sum of its products, or what a person says until valueToProductMode."""
    product = account.rpc("newProduct", product={"name": "Widget"})["id"]
    price = {"currency_shortname": "EUR", "amount": 10}
    lead = account.rpc("newLead", lead={"products": [{"id": product, "quantity": 3, "price": price}]})
    assert lead["value"] == {"currency": "EUR", "amount": 30}
    path = f"/leads/{lead['id']}"
    account.patched(path, ("replace", "/leads/0/manualValue", "999.99"))
    assert account.rpc("getLead", leadId=lead["id"])["value"]["amount"] == 999.99
    number = [{"op": "replace", "path": "/leads/0/manualValue", "value": 5}]
    assert account.refused("PATCH", path, number)["title"] == "Invalid value"
    account.patched(path, ("replace", "/leads/0/valueToProductMode"))
    assert account.found(path)[0]["value"]["amount"] == 30
    line = account.found(path)[0]["links"]["productMaps"][0]
    account.patched(f"/productmaps/{line}", ("replace", "/productMaps/0/quantity", "5"))
    assert account.found(path)[0]["value"]["amount"] == 50
    assert account.rest("DELETE", f"/productMaps/{line}").status == 200
    assert account.found(path)[0]["links"]["products"] == []


def test_products_by_rest(account: Client) -> None:
    """A product map names its product; with price and quantity it needs type and productType."""
    product = f"{account.rpc('newProduct', product={'name': 'Widget'})['id']}-products"
    bare: dict[str, Any] = {"links": {"product": product}, "quantity": 2}
    body = {"leads": [{"description": "d", "links": {"productMaps": [bare]}}]}
    assert account.refused("POST", "/leads", body)["title"] == "Invalid product map"
    bare |= {"type": "productMaps", "productType": "product", "price": {"amount": "12.50", "currency": "USD"}}
    lead = account.made("/leads", body)
    assert (lead["value"]["amount"], lead["links"]["products"]) == (25.0, [product])


def test_closing_and_reopening(account: Client) -> None:
    """An outcome closes a lead now; reopening takes outcome and time away. Both are events."""
    lead = account.made("/leads", {"leads": [{"description": "d"}]})
    path = f"/leads/{lead['id']}"
    for status, number in (("won", 10), ("lost", 11), ("cancelled", 12)):
        chosen = outcome(account, status)
        closed = account.made(f"{path}/status", {"outcomeId": chosen})
        assert (closed["status"], closed["links"]["outcome"]) == (status, chosen)
        assert closed["closedTime"]["timestamp"] == int(account.world.now)
        assert account.rpc("getLead", leadId=int(lead["id"].split("-")[0]))["status"] == number
        opened = account.made(f"{path}/reopen", None)
        assert (opened["status"], opened["closedTime"], opened["links"]["outcome"]) == ("open", None, None)
    assert account.refused("POST", f"{path}/status", {})["title"] == "Invalid outcome"
    assert account.refused("POST", f"{path}/status", {"outcomeId": "9999-outcomes"})["title"] == "Invalid link"
    assert {one["action"] for one in account.found("/events")} == {"create", "update"}


def test_status_by_rpc(account: Client) -> None:
    """Closing by editLead is taken, and counted as doubtful; a status that there is not is refused."""
    lead = account.rpc("newLead", lead={})
    closed = account.rpc("editLead", leadId=lead["id"], rev="2", lead={"status": 11})
    assert (closed["status"], closed["completion"]) == (11, 100)
    assert account.world.control("GET", "/sandbox/requests")["doubts"] == {"status of a lead by JSON-RPC": 1}
    assert account.rpc_error("editLead", leadId=lead["id"], rev="3", lead={"status": 7})["code"] == -32000


def test_objects_in_links(account: Client) -> None:
    """A lead by REST takes companies and people as ids or as whole objects."""
    known = account.made("/accounts", {"accounts": [{"name": "Known"}]})["id"]
    links = {"accounts": [known, {"name": "New"}], "contacts": [{"name": "Ann Lee", "type": "contacts"}]}
    account.checked = False
    lead = account.made("/leads", {"leads": [{"description": "d", "links": links}]})
    assert len(lead["links"]["accounts"]) == 2
    assert account.found(f"/contacts/{lead['links']['contacts'][0]}")[0]["lastName"] == "Lee"


def test_create_takes_no_stage(account: Client) -> None:
    """Name, stage and confidence are no create fields of REST."""
    account.checked = False
    for more in ({"name": "x"}, {"confidence": 10}, {"links": {"stage": account.found("/stages")[0]["id"]}}):
        body = {"leads": [{"description": "d"} | more]}
        assert account.refused("POST", "/leads", body)["title"] == "Invalid attribute"


def test_due_times(account: Client) -> None:
    """A due time is an object that holds Unix seconds, and makes an open lead overdue."""
    body = {"leads": [{"description": "d", "dueTime": {"timestamp": 1_700_000_000}}]}
    lead = account.made("/leads", body)
    assert (lead["dueTime"]["timestamp"], lead["isOverdue"]) == (1_700_000_000, True)
    assert account.rpc("getLead", leadId=int(lead["id"].split("-")[0]))["dueTime"] == "2023-11-14T22:13:20+0000"


def test_watching(account: Client) -> None:
    """Watching toggles for the user who calls."""
    lead = account.made("/leads", {"leads": [{"description": "d"}]})
    account.actor = "tom.becker@brightpath.example"
    assert account.made(f"/leads/{lead['id']}/watch", None)["links"]["watchers"] == ["2-users"]
    account.actor = ""
    assert account.made(f"/leads/{lead['id']}/watch", None)["links"]["watchers"] == ["2-users", "1-users"]
    assert account.made(f"/leads/{lead['id']}/watch", None)["links"]["watchers"] == ["2-users"]
