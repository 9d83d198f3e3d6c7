"""Call logs, whose times can be set, and the summary of deals."""

from pathlib import Path
from typing import Any

import pytest

from adapters.protocols import Request, Upload
from tests.sandbox.client import Client

CALL: dict[str, Any] = {
    "to_phone_number": "+1 555 0100", "outcome": "connected", "start_time": "2019-03-04 05:06:07",
    "end_time": "2019-03-04 05:16:07",
}  # fmt: skip


def test_call_log(account: Client, tmp_path: Path) -> None:
    """A call log keeps its own times, belongs to records, takes one recording, and is gone for good when deleted."""
    account.ok("POST", "/api/v2/persons", {"name": "Ann"})
    account.ok("POST", "/api/v2/deals", {"title": "D"})
    made = account.ok(
        "POST", "/v1/callLogs", CALL | {"person_id": 1, "deal_id": 1, "note": "<b>x</b><script>y</script>"}
    )
    assert (made["start_time"], made["end_time"]) == ("2019-03-04T05:06:07.000Z", "2019-03-04T05:16:07.000Z")
    assert (made["person_id"], made["note"], made["has_recording"]) == (1, "<b>x</b>", False)
    one = f"/v1/callLogs/{made['id']}"
    assert account.ok("GET", one) == made
    assert [c["id"] for c in account.ok("GET", "/v1/callLogs")] == [made["id"]]
    (tmp_path / "talk.mp3").write_bytes(b"talk")
    account.world.files = lambda _: tmp_path / "talk.mp3"
    upload = Upload(name="talk.mp3", digest="d", size=4)
    recording = Request(method="POST", path=f"{one}/recordings", encoding="multipart", upload=upload)
    assert account.exchange(recording).body == {"success": True}
    assert account.exchange(recording).status == 409
    assert account.ok("GET", one)["has_recording"] is True
    assert account.send("DELETE", one).body == {"success": True}
    gone = account.refused("GET", one, status=410)
    assert gone["error"] == "The callLog you are trying to access is no longer available"
    account.refused("GET", "/v1/callLogs/none", status=404)


@pytest.mark.parametrize(
    "wrong",
    [
        {"outcome": "hung_up"},
        {"outcome": None},
        {"start_time": "2019-03-04T05:06:07Z"},
        {"end_time": "2019-03-04 05:06:06"},
        {"deal_id": 1, "lead_id": "x"},
        {"person_id": 9},
        {"user_id": 77},
        {"activity_id": 1},
    ],
)
def test_refused_call_logs(account: Client, wrong: dict[str, Any]) -> None:
    """A call log needs number, outcome and both times, belongs to a deal or a lead, and comes of a call."""
    account.ok("POST", "/api/v2/activities", {"subject": "S", "type": "meeting"})
    account.refused("POST", "/v1/callLogs", CALL | wrong)


def test_call_log_of_an_activity(account: Client) -> None:
    """An activity gives the call log its links."""
    account.ok("POST", "/api/v2/deals", {"title": "D"})
    account.ok("POST", "/api/v2/activities", {"subject": "S", "type": "call", "deal_id": 1})
    made = account.ok("POST", "/v1/callLogs", CALL | {"activity_id": 1})
    assert (made["activity_id"], made["deal_id"]) == (1, 1)


def test_summary(account: Client) -> None:
    """The summary counts deals and adds their values by currency, as the query narrows them; archived ones apart."""
    for more in ({"value": 10}, {"value": 5, "currency": "EUR"}, {"value": 3, "status": "won"}, {"is_archived": True}):
        account.ok("POST", "/api/v2/deals", {"title": "D", **more})
    everything = account.ok("GET", "/v1/deals/summary")
    assert everything["total_count"] == 3
    assert {c: (v["count"], v["value"]) for c, v in everything["values_total"].items()} == {
        "USD": (2, 13),
        "EUR": (1, 5),
    }
    assert account.ok("GET", "/v1/deals/summary", status="open")["total_count"] == 2
    assert account.ok("GET", "/v1/deals/summary", status="lost")["total_count"] == 0
    assert account.ok("GET", "/v1/deals/summary", stage_id=1, pipeline_id=1, user_id=1)["total_count"] == 3
    assert account.ok("GET", "/v1/deals/summary/archived")["total_count"] == 1
    account.ok("PATCH", "/api/v2/deals/1", {"probability": 50})
    assert account.ok("GET", "/v1/deals/summary")["weighted_values_total"]["USD"]["value"] == 8
