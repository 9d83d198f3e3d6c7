"""What the API cannot make, and what the plan has no room for, stop the migration before the first write."""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.pairs import NUTSHELL
from tests.e2e.workspace import Workspace, migrating
from tests.nutshell.story import Base, Delta

STORY = pytest.mark.xdist_group("nutshell")

STAGES = "1. New (10 %); 2. Qualified (25 %); 3. Proposal Sent (50 %); 4. Negotiation (75 %)"
CUSTOM_FIELDS = 24
"""What the pair's map makes at the destination."""


@STORY
def test_what_the_platform_cannot_do_is_said_before_the_run(base: Base) -> None:
    """Discovery names each thing, what becomes of it, and what of this very map it concerns; the scope has it, too."""
    told = {(k["action"], k["entity"]): k for k in base.discovered["limits"] if not k["field"]}
    assert told["create", "pipeline"]["names"] == ["Smart CRM Online"]
    assert "Smart CRM Online/Negotiation" in told["create", "stage"]["names"]
    assert len(told["delete", "field"]["names"]) == CUSTOM_FIELDS
    assert "link in a note" in told["upload", "file"]["instead"]
    dated = {(k["entity"], k["field"]) for k in base.discovered["limits"] if k["action"] == "date"}
    assert {("note", "add_time"), ("lead", "closed_time"), ("lead", "created_time"), ("task", "done")} <= dated
    for limit in base.discovered["limits"]:
        assert limit["what"] in base.scope


@STORY
def test_the_checklist_bars_the_first_write(base: Base) -> None:
    """Neither sample nor run begins while the pipeline is missing: exit code 3, the item named, nothing written."""
    (item,) = base.at_bar.asked("checklist")
    assert f"Make the pipeline 'Smart CRM Online' with these stages, in this order: {STAGES}." in item["question"]
    assert item["blocking"] is True
    for result in base.barred.values():
        assert result.code == 3
        assert item["id"] in result.document["error"]
    assert base.at_bar.wrote == 0
    assert all(c["pending"] == c["extracted"] for c in base.at_bar.status["objects"].values())


@STORY
def test_an_item_closes_by_itself(base: Base) -> None:
    """Once the account shows the pipeline, nothing is asked any more, and nobody has answered."""
    (item,) = base.at_bar.asked("checklist")
    assert base.made.asked("checklist") == []
    assert [i["status"] for i in base.made.reviews if i["id"] == item["id"]] == ["withdrawn"]
    assert not [e for e in base.log if e["kind"] == "ReviewResolved" and e["body"]["review"] == item["id"]]
    assert base.made.wrote == 0


@STORY
def test_a_stage_that_an_answer_adds_is_an_item_of_its_own(base: Base) -> None:
    """The run stops for it with 3 and writes nothing; made by the administrator, the stage is adopted, not made."""
    assert base.staged.code == 3
    (item,) = base.at_stage.asked("checklist")
    assert "Add to the pipeline 'Smart CRM Online' the stages Verbal Yes (pending PO)" in item["question"]
    assert base.at_stage.wrote == base.at_gate.wrote
    made = [e["body"] for e in base.log if e["kind"] == "WriteApplied" and e["body"]["entity"] in ("pipeline", "stage")]
    assert [(b["entity"], b["how"]) for b in made] == [("pipeline", "adopted"), ("stage", "adopted")]
    assert len(made[0]["children"]) == 4
    assert base.end.contents["Deal/deal:17"]["links"]["stage"] == "Verbal Yes (pending PO)"


@STORY
def test_a_value_that_only_an_administrator_adds_stops_the_delta(base: Base, delta: Delta) -> None:
    """The new value of a pick-list is on the checklist before anything of the delta is written, and is used then."""
    assert delta.gate.code == 3
    (item,) = delta.asked.asked("checklist")
    assert "Add to Account Tier of account: Platinum." in item["question"]
    assert delta.asked.wrote == base.end.wrote
    assert delta.end.contents["Company/C-1006"]["customFields"]["Account Tier"] == "Platinum"


@STORY
@pytest.mark.promise("F-110")
def test_owners_without_a_user_stop_the_people(base: Base) -> None:
    """The run stops before people and leads with 3 until the owner queue is empty."""
    assert base.gate.code == 3
    assert "2 owners have no user" in base.gate.document["message"]
    assert [i["blocks"] for i in base.at_gate.asked("owner") if "Gil" in i["question"]] == [
        ["Company/C-2005", "Deal/deal:20"]
    ]
    for key in ("Company/C-2004", "Company/C-2005", "Deal/deal:20", "Deal/deal:21"):
        assert key not in base.at_gate.contents
        assert base.end.contents[key]["links"]["owner"] == "Migration Fallback"


def small(tmp_path: Path, cap: int | None) -> AbstractContextManager[Workspace]:
    """A workspace that takes the account for one of the smallest plan; cap: how many fields it really has room for."""
    return migrating(tmp_path, pair=NUTSHELL, plan="foundation", custom_field_cap=cap)


def over_the_cap(workspace: Workspace) -> dict[str, Any]:
    """The question about the cap, which stops the sample with 3 before anything is written."""
    workspace.describe()
    workspace.ok("approve", "configuration")
    assert workspace.run("sample").code == 3
    assert workspace.sandbox.writes() == 0
    (item,) = [i for i in workspace.ok("review")["items"] if i["kind"] == "cap"]
    assert f"{CUSTOM_FIELDS}" in item["question"]
    assert "10" in item["question"]
    assert item["choices"] == ["drop", "note"]
    return dict(item)


@pytest.mark.parametrize("choice", ["drop", "note"])
def test_the_plan_has_no_room_for_so_many_fields(tmp_path: Path, choice: str) -> None:
    """The cap is told with its figures; "drop" leaves the fewest values out, "note" keeps them in a note of the record.

    The account holds to its cap: a field too many would be refused.
    """
    with small(tmp_path, 10) as workspace:
        item = over_the_cap(workspace)
        workspace.ok("review", "resolve", item["id"], "--choose", choice)
        workspace.ok("approve", "configuration")
        assert workspace.ok("sample", "--size", "20")["different"] == []
        records = workspace.sandbox.records()
        workspace.check()
    made = {(f["entity"], f["title"]) for f in records["custom_fields"]}
    assert len(made) == 10
    assert {(e, "Cutover key") for e in ("accounts", "contacts", "leads")} <= made
    kept = [n["body"] for n in records["notes"] if "Further fields" in n["body"]]
    assert bool(kept) == (choice == "note")


def test_a_larger_plan_answers_the_cap(tmp_path: Path) -> None:
    """The plan in cutover.toml is changed, the account looked at again: nothing is asked, and all fields are made."""
    with small(tmp_path, None) as workspace:
        over_the_cap(workspace)
        config = workspace.folder / "cutover.toml"
        config.write_text(config.read_text(encoding="utf-8").replace('"foundation"', '"enterprise"'), encoding="utf-8")
        workspace.ok("discover")
        assert [i for i in workspace.ok("review")["items"] if i["kind"] == "cap"] == []
        workspace.ok("approve", "configuration")
        workspace.ok("sample", "--size", "20")
        assert len(workspace.sandbox.records()["custom_fields"]) == CUSTOM_FIELDS
        workspace.check()
