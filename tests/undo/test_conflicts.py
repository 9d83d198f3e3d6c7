"""Both sides changed the same: whose value stands is a person's decision, or the policy's; other edits survive."""

from pathlib import Path

import pytest

from tests.undo.points import dump_of
from tests.undo.scene import Scene
from tests.undo.test_held import by_key, field_code

KEY = "Company/C-1002"


def edited_phone(scene: Scene) -> str:
    """Have a person change the phone that the delta changes, too; the field's code."""
    code = field_code(scene, "organizations", "Phone")
    scene.edit("organizations", by_key(scene, KEY)["id"], custom_fields={code: "by hand"})
    return code


@pytest.mark.parametrize("choice", ["source", "destination"])
def test_a_conflict_waits_for_a_person(moved: Scene, at_end: Path, choice: str) -> None:
    """The record is held, all others move; the chosen side's value stands, and nothing is asked or written twice."""
    code = edited_phone(moved)
    moved.sync(code=3)
    assert by_key(moved, KEY)["custom_fields"][code] == "by hand"
    (question,) = moved.review("conflict")
    assert question["blocks"] == [KEY]
    assert question["choices"] == ["source", "destination"]
    assert moved.workspace.status()["objects"]["Company"]["held"] == 1
    moved.workspace.ok("review", "resolve", question["id"], "--choose", choice)
    moved.workspace.ok("sync")
    if choice == "destination":
        assert by_key(moved, KEY)["custom_fields"][code] == "by hand"
    else:
        assert moved.dump() == dump_of(at_end)
    before = moved.writes()
    moved.workspace.ok("sync")
    assert moved.writes() == before
    status = moved.workspace.check()
    assert status["objects"]["Company"]["held"] == 0
    assert moved.workspace.ok("reconcile")["ok"]  # a difference that a person decided is none


def test_an_edit_of_another_field_is_no_conflict(moved: Scene, at_end: Path) -> None:
    """The delta is written, and the person's edit survives."""
    company = by_key(moved, KEY)
    moved.edit("organizations", company["id"], website="https://edited.example")
    moved.sync()
    assert by_key(moved, KEY)["website"] == "https://edited.example"
    moved.edit("organizations", company["id"], website=company["website"])
    assert moved.dump() == dump_of(at_end)


@pytest.mark.parametrize("policy", ["source", "destination"])
def test_the_policy_decides_without_asking(moved: Scene, policy: str) -> None:
    """With conflicts = "source" or "destination" nobody is asked."""
    code = edited_phone(moved)
    moved.configure("conflicts = ", f'conflicts = "{policy}"')
    moved.sync()
    assert moved.review("conflict") == []
    assert (by_key(moved, KEY)["custom_fields"][code] == "by hand") == (policy == "destination")


@pytest.mark.parametrize("choice", ["recreate", "leave"])
def test_a_record_deleted_there_and_changed_here_waits_for_a_person(moved: Scene, at_end: Path, choice: str) -> None:
    """It is made again, or left deleted, as a person says; either way the count adds up and nothing is asked twice."""
    moved.remove("organizations", by_key(moved, KEY)["id"])
    moved.sync(code=3)
    (question,) = moved.review("deleted-there")
    moved.workspace.ok("review", "resolve", question["id"], "--choose", choice)
    moved.workspace.ok("sync")
    names = {row["name"] for row in moved.records()["organizations"]}
    if choice == "recreate":
        assert moved.dump() == dump_of(at_end)
    else:
        assert "Copper Fern" not in names
        assert moved.workspace.ok("reconcile")["entities"]["organization"]["missing"] == []
    before = moved.writes()
    moved.workspace.ok("sync")
    assert moved.writes() == before
    status = moved.workspace.check()
    assert status["objects"]["Company"]["held"] == 0


def test_a_question_that_no_longer_arises_is_withdrawn(moved: Scene, at_end: Path) -> None:
    """The person puts the old value back before anybody answers: the delta goes through, and no question is left."""
    code = field_code(moved, "organizations", "Phone")
    before = by_key(moved, KEY)["custom_fields"][code]
    edited_phone(moved)
    moved.sync(code=3)
    moved.edit("organizations", by_key(moved, KEY)["id"], custom_fields={code: before})
    moved.workspace.ok("sync")
    assert moved.review("conflict") == []
    assert moved.dump() == dump_of(at_end)
