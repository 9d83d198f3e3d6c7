"""Checklist 22: webhooks, their payloads and their retries."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from queue import Queue
from typing import Any

import httpx
import pytest

from tests.sandbox.client import Client
from tests.sandbox.process import running

HOOK: dict[str, Any] = {
    "subscription_url": "http://127.0.0.1:9/hook", "event_action": "*", "event_object": "*", "name": "all",
}  # fmt: skip


def queued(account: Client) -> list[Any]:
    """The payloads that were queued."""
    return [row["payload"] for row in account.world.control("GET", "/sandbox/webhooks")["deliveries"]]


def test_webhook_life(account: Client) -> None:
    """A webhook is made, listed and deleted; there is no way to change one."""
    made = account.ok("POST", "/v1/webhooks", HOOK | {"http_auth_user": "u", "http_auth_password": "p"})
    assert (made["version"], made["is_active"], made["user_id"], made["http_auth_user"]) == ("2.0", 1, 1, "u")
    assert [w["id"] for w in account.ok("GET", "/v1/webhooks")] == [made["id"]]
    account.refused("PUT", "/v1/webhooks/1", {}, status=405)
    assert account.send("DELETE", "/v1/webhooks/1").body == {"status": "ok", "success": True}
    gone = account.refused("DELETE", "/v1/webhooks/1", status=404)
    assert gone == {"status": "error", "success": False, "errors": {"id": ["not found"]}}


@pytest.mark.parametrize(
    ("wrong", "key"),
    [
        ({"subscription_url": "nowhere"}, "subscription_url"),
        ({"subscription_url": "ftp://x.example"}, "subscription_url"),
        ({"event_action": "added"}, "event_action"),
        ({"event_object": "mail"}, "event_object"),
        ({"name": ""}, "name"),
        ({"name": "x" * 256}, "name"),
        ({"user_id": 77}, "user_id"),
    ],
)
def test_refused_webhooks(account: Client, wrong: dict[str, Any], key: str) -> None:
    """Webhooks refuse in a form of their own that names the key."""
    body = account.refused("POST", "/v1/webhooks", HOOK | wrong)
    assert list(body["errors"]) == [key]
    assert body["status"] == "error"


def test_forty_a_user(account: Client) -> None:
    """A user has forty webhooks at most, then it is 422; another user has forty of their own."""
    for _ in range(40):
        account.ok("POST", "/v1/webhooks", HOOK)
    account.refused("POST", "/v1/webhooks", HOOK, status=422)
    account.ok("POST", "/v1/webhooks", HOOK | {"user_id": 2})
    account.send("DELETE", "/v1/webhooks/7")
    account.ok("POST", "/v1/webhooks", HOOK)


def test_payloads(account: Client) -> None:
    """A payload says what happened, by the API and by whom, with the data, and what changed as it was before."""
    account.ok("POST", "/v1/webhooks", HOOK)
    org = account.send("POST", "/api/v2/organizations", {"name": "Acme"})
    account.ok("PATCH", "/api/v2/organizations/1", {"name": "Bolt"})
    account.ok("DELETE", "/api/v2/organizations/1")
    account.refused("PATCH", "/api/v2/organizations/1", {"name": "x"}, status=404)
    made, changed, gone = queued(account)
    meta = made["meta"]
    assert (meta["action"], meta["entity"], meta["entity_id"]) == ("create", "organization", "1")
    assert (meta["change_source"], meta["user_id"], meta["version"], meta["webhook_id"]) == ("api", "1", "2.0", "1")
    assert (meta["is_bulk_edit"], meta["company_id"]) == (False, "1")
    assert meta["correlation_id"] == org.headers["x-correlation-id"]
    assert (made["data"], made["previous"]) == (org.body["data"], None)
    assert (changed["meta"]["action"], changed["data"]["name"]) == ("change", "Bolt")
    assert changed["previous"] == {"name": "Acme"}
    assert (gone["meta"]["action"], gone["data"], gone["previous"]["name"]) == ("delete", None, "Bolt")
    assert len({payload["meta"]["id"] for payload in (made, changed, gone)}) == 3


def test_what_was_asked_for(account: Client) -> None:
    """Each webhook hears of its own action and object only; a line is a change of its deal; nothing was before it."""
    account.ok("POST", "/api/v2/products", {"name": "W"})
    account.ok("POST", "/v1/webhooks", HOOK | {"event_action": "change", "event_object": "deal"})
    account.ok("POST", "/v1/webhooks", HOOK | {"event_action": "create", "event_object": "note"})
    account.ok("POST", "/api/v2/deals", {"title": "D"})
    account.ok("POST", "/api/v2/deals/1/products", {"product_id": 1, "item_price": 2, "quantity": 3})
    account.ok("POST", "/v1/notes", {"content": "n", "deal_id": 1})
    account.ok("POST", "/api/v2/persons", {"name": "Ann"})
    lead = account.ok("POST", "/v1/leads", {"title": "L", "person_id": 1})["id"]
    account.ok("POST", f"/api/v2/leads/{lead}/convert/deal")
    heard = [(p["meta"]["webhook_id"], p["meta"]["entity"], p["previous"]) for p in queued(account)]
    assert heard == [("1", "deal", {"value": 0}), ("2", "note", None)]
    account.ok("POST", "/v1/webhooks", HOOK | {"event_action": "*", "event_object": "lead"})
    account.wait(5)
    assert [p["meta"]["action"] for p in queued(account)[2:]] == ["delete"]


def test_who_did_it(account: Client) -> None:
    """What a person changes in the web app has another source than what comes over the API."""
    account.ok("POST", "/v1/webhooks", HOOK)
    account.ok("POST", "/api/v2/organizations", {"name": "Acme"})
    account.world.control("POST", "/sandbox/edit", {"entity": "organization", "id": 1, "fields": {"name": "Bolt"}})
    assert [p["meta"]["change_source"] for p in queued(account)] == ["api", "app"]


def test_elsewhere_is_withheld(account: Client) -> None:
    """What is meant for another machine is kept and never waits to be sent."""
    account.ok("POST", "/v1/webhooks", HOOK | {"subscription_url": "https://hooks.example/x"})
    account.ok("POST", "/api/v2/organizations", {"name": "Acme"})
    (row,) = account.world.control("GET", "/sandbox/webhooks")["deliveries"]
    assert (row["state"], row["attempts"]) == ("withheld", [])


def attempt(account: Client, status: int | None) -> Any:
    """Let the next delivery come due and fail or succeed; answers it."""
    (world, waiting) = (account.world.world, account.world.world.waiting())  # type: ignore[attr-defined]
    account.world.now = max(account.world.now, waiting[0].due)
    account.world.world.apply(world.attempted(waiting[0].id, status, account.world.now))
    return waiting[0]


def test_retries(account: Client) -> None:
    """A failed delivery is tried again 3, 30 and 150 seconds later, saying which attempt it is, then given up."""
    account.ok("POST", "/v1/webhooks", HOOK)
    account.ok("POST", "/api/v2/organizations", {"name": "Acme"})
    start = account.world.now
    tried = [attempt(account, None if number % 2 else 500) for number in range(4)]
    assert [d.due - start for d in tried] == [0, 3, 33, 183]
    assert [json.loads(d.body)["meta"]["attempt"] for d in tried] == [1, 2, 3, 4]
    (row,) = account.world.control("GET", "/sandbox/webhooks")["deliveries"]
    assert (row["state"], [a["status"] for a in row["attempts"]]) == ("failed", [500, None, 500, None])
    assert account.ok("GET", "/v1/webhooks")[0]["last_http_status"] is None
    account.ok("PATCH", "/api/v2/organizations/1", {"name": "Bolt"})
    attempt(account, 503)
    attempt(account, 204)
    assert account.world.control("GET", "/sandbox/webhooks")["deliveries"][1]["state"] == "delivered"


def test_ban_and_removal(account: Client) -> None:
    """Ten first attempts that fail ban a webhook for half an hour; three days without a success delete it."""
    account.ok("POST", "/v1/webhooks", HOOK)
    for number in range(10):
        account.ok("POST", "/api/v2/organizations", {"name": f"o{number}"})
    for _ in range(10):
        attempt(account, 500)
    account.ok("POST", "/api/v2/organizations", {"name": "unheard"})
    assert len(queued(account)) == 10
    account.wait(30 * 60)
    account.ok("POST", "/api/v2/organizations", {"name": "heard"})
    assert len(queued(account)) == 11
    account.wait(3 * 86_400)
    attempt(account, 500)
    assert account.ok("GET", "/v1/webhooks") == []
    assert account.world.world.waiting() == []  # type: ignore[attr-defined]


@pytest.fixture
def receiver() -> Iterator[tuple[str, "Queue[Any]"]]:
    """A receiver on this machine that fails the first time: its address, and what it was sent."""
    heard: Queue[Any] = Queue()

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(500 if body["meta"]["attempt"] == 1 else 200)
            self.end_headers()
            heard.put((self.path, self.headers["authorization"], body))

        def log_message(self, *args: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Receiver) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/in?x=1", heard
        server.shutdown()
        thread.join()


def test_delivered_on_the_wire(tmp_path: Path, receiver: tuple[str, "Queue[Any]"]) -> None:
    """The server delivers to this machine with basic authentication, and again after a failure."""
    address, heard = receiver
    auth = {"x-api-token": "sandbox"}
    with running(tmp_path / "state.jsonl", clock_rate=100) as base, httpx.Client(base_url=base, headers=auth) as http:
        hook = HOOK | {"subscription_url": address, "http_auth_user": "u", "http_auth_password": "p"}
        assert http.post("/v1/webhooks", json=hook).status_code == 201
        http.post("/api/v2/organizations", json={"name": "Acme"})
        first, second = heard.get(timeout=10), heard.get(timeout=10)
        assert first[:2] == second[:2] == ("/in?x=1", "Basic dTpw")
        assert (first[2]["meta"]["attempt"], second[2]["meta"]["attempt"]) == (1, 2)
        assert second[2]["data"]["name"] == "Acme"
        (row,) = http.get("/sandbox/webhooks").json()["deliveries"]
    assert row["attempts"][0]["status"] == 500
