"""What an administrator adds to something that is there, and what goes with what is thrown away."""

from typing import Any

import pytest

from tests.sandbox_nutshell.client import Client

CONTROL = "/sandbox/admin"


def test_a_stage_is_added_at_the_end_of_its_pipeline(account: Client) -> None:
    """It stands behind the stages that the pipeline has, and belongs to that pipeline alone."""
    made = account.world.control("POST", CONTROL, {"make": "stage", "pipeline": "Sales", "name": "Signing"})
    stages = [one for one in account.found("/stages") if one["id"] == made["id"]]
    assert [(one["name"], one["position"]) for one in stages] == [("Signing", 6)]
    assert "error" in account.world.control("POST", CONTROL, {"make": "stage", "pipeline": "None", "name": "x"})


def test_a_choice_is_added_to_a_pick_list(account: Client) -> None:
    """A value that was refused is taken from then on; what is no pick-list takes no choice."""
    account.rest("POST", "/accounts/customfield", {"name": "Tier", "type": "Decision", "choices": ["Gold"]})
    account.rest("POST", "/accounts/customfield", {"name": "Words", "type": "Text"})
    account.rpc_error("newAccount", account={"name": "A", "customFields": {"Tier": "Tin"}})
    account.world.control("POST", CONTROL, {"make": "choice", "entity": "accounts", "field": "Tier", "name": "Tin"})
    assert account.rpc("newAccount", account={"name": "A", "customFields": {"Tier": "Tin"}})["customFields"] == {
        "Tier": "Tin"
    }
    assert "error" in account.world.control(
        "POST", CONTROL, {"make": "choice", "entity": "accounts", "field": "Words", "name": "Tin"}
    )


@pytest.mark.parametrize("with_note", [True, False], ids=["logged with a note", "without"])
def test_the_note_of_a_log_goes_with_its_activity(account: Client, *, with_note: bool) -> None:
    """No record but the activity shows it."""
    contact = account.rpc("newContact", contact={"name": "Ada"})
    call: dict[str, Any] = {
        "name": "Call",
        "startTime": "2025-01-06T10:00:00+0000",
        "endTime": "2025-01-06T10:05:00+0000",
    }
    call |= {"participants": [{"entityType": "Contacts", "id": contact["id"]}], "status": 1}
    made = account.rpc("newActivity", activity=call | ({"logNote": "said yes"} if with_note else {}))
    assert len(account.records()["notes"]) == int(with_note)
    account.rpc("deleteActivity", activityId=made["id"], rev="REV_IGNORE")
    assert account.records()["notes"] == []
