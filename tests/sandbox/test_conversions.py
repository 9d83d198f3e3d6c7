"""Checklist 19: leads become deals and deals become leads, after a while."""

from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.client import Client


def converted(account: Client, path: str, body: Any = None) -> Any:
    """What the status of a conversion says when its time has come."""
    job = account.ok("POST", f"{path}/convert/{'deal' if 'leads' in path else 'lead'}", body)["conversion_id"]
    account.wait(4)
    return account.ok("GET", f"{path}/convert/status/{job}")


@pytest.fixture
def lead(account: Client) -> str:
    """The id of a lead of Ann's with a value and a custom field."""
    code = account.ok("POST", "/api/v2/dealFields", {"field_name": "Source id", "field_type": "varchar"})["field_code"]
    account.ok("POST", "/api/v2/persons", {"name": "Ann"})
    body = {"title": "L", "person_id": 1, "value": {"amount": 7.5, "currency": "EUR"}, code: "S-1", "owner_id": 2}
    return str(account.ok("POST", "/v1/leads", body | {"expected_close_date": "2026-09-01"})["id"])


def test_it_takes_its_time(account: Client, lead: str) -> None:
    """A conversion is first not started, then runs, then is completed; it costs 40 tokens, each look at it one."""
    path = f"/api/v2/leads/{lead}/convert"
    before = account.world.control("GET", "/sandbox/requests")["tokens"]
    job = account.ok("POST", f"{path}/deal")["conversion_id"]
    assert account.ok("GET", f"{path}/status/{job}") == {"conversion_id": job, "status": "not_started"}
    assert account.ok("GET", f"/v1/leads/{lead}")["title"] == "L"
    account.wait(2)
    assert account.ok("GET", f"{path}/status/{job}")["status"] == "running"
    assert account.ok("GET", "/api/v2/deals") == []
    account.wait(2)
    assert account.ok("GET", f"{path}/status/{job}") == {"conversion_id": job, "status": "completed", "deal_id": 1}
    assert account.world.control("GET", "/sandbox/requests")["tokens"] - before == 40 + 3 + 2 + 10
    account.wait(4 * 86_400)
    gone = account.refused("GET", f"{path}/status/{job}", status=404)
    assert (gone["error"], gone["error_info"]) == ("Entity was not found", "Object was not found.")


def test_lead_to_deal(account: Client, lead: str, tmp_path: Path) -> None:
    """The deal has what the lead had; notes, files and activities go along; the lead is deleted."""
    (tmp_path / "a.txt").write_text("a")
    account.ok("POST", "/v1/notes", {"content": "n", "lead_id": lead})
    account.ok("POST", "/api/v2/activities", {"subject": "S", "type": "call", "lead_id": lead})
    account.upload(tmp_path / "a.txt", lead_id=lead)
    status = converted(account, f"/api/v2/leads/{lead}", {"stage_id": 3})
    deal = account.ok("GET", f"/api/v2/deals/{status['deal_id']}", include_fields="source_lead_id")
    assert (deal["title"], deal["person_id"], deal["value"], deal["currency"]) == ("L", 1, 7.5, "EUR")
    assert (deal["owner_id"], deal["stage_id"], deal["expected_close_date"]) == (2, 3, "2026-09-01")
    assert (deal["source_lead_id"], list(deal["custom_fields"].values())) == (lead, ["S-1"])
    account.refused("GET", f"/v1/leads/{lead}", status=404)
    assert [n["deal_id"] for n in account.ok("GET", "/v1/notes")] == [1]
    assert [f["id"] for f in account.ok("GET", "/v1/deals/1/files")] == [1]
    assert [a["id"] for a in account.ok("GET", "/api/v2/activities", deal_id=1)] == [1]


def test_deal_to_lead(account: Client, lead: str) -> None:
    """The way back: the lead has what the deal had, the deal is deleted; a deal without a contact is rejected."""
    account.ok("POST", "/api/v2/deals", {"title": "D", "person_id": 1, "value": 3})
    status = converted(account, "/api/v2/deals/1")
    made = account.ok("GET", f"/v1/leads/{status['lead_id']}")
    assert (made["title"], made["person_id"], made["value"]) == ("D", 1, {"amount": 3, "currency": "USD"})
    assert made["source_deal_id"] == 1
    assert account.ok("GET", "/api/v2/deals/1")["status"] == "deleted"
    account.ok("POST", "/api/v2/deals", {"title": "alone"})
    assert converted(account, "/api/v2/deals/2")["status"] == "rejected"
    assert account.ok("GET", "/api/v2/deals/2")["status"] == "open"


def test_what_cannot_be_converted(account: Client, lead: str) -> None:
    """What is not there, goes twice or goes nowhere is refused or fails, and leaves no second record."""
    account.refused("POST", "/api/v2/leads/nobody/convert/deal", status=404)
    account.refused("POST", "/api/v2/deals/9/convert/lead", status=404)
    account.refused("POST", f"/api/v2/leads/{lead}/convert/deal", {"stage_id": 99})
    account.refused("POST", f"/api/v2/leads/{lead}/convert/deal", {"stage": 1})
    account.refused("GET", f"/api/v2/leads/{lead}/convert/status/none", status=404)
    account.ok("POST", f"/api/v2/leads/{lead}/convert/deal")
    assert {converted(account, f"/api/v2/leads/{lead}")["status"]} <= {"failed", "completed"}
    assert len(account.ok("GET", "/api/v2/deals")) == 1


def test_a_full_account_converts() -> None:
    """Where no deal can be added any more, a lead can still become one: it makes room first."""
    account = Client(plan="lite", seats=0, account="full")
    assert account.refused("POST", "/api/v2/deals", {"title": "D"}, status=403)
    roomy = Client(plan="lite", seats=1)
    roomy.ok("POST", "/api/v2/persons", {"name": "Ann"})
    for _ in range(2_499):
        roomy.ok("POST", "/api/v2/deals", {"title": "D"})
    made = roomy.ok("POST", "/v1/leads", {"title": "L", "person_id": 1})["id"]
    roomy.refused("POST", "/api/v2/deals", {"title": "D"}, status=403)
    assert converted(roomy, f"/api/v2/leads/{made}")["status"] == "completed"
