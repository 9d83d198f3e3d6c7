"""What people did at the destination meets what is no longer wanted, and what was written but is not found."""

from pathlib import Path

from tests.e2e.contents import Contents
from tests.e2e.workspace import forked, migrating


def test_a_record_that_people_changed_is_not_deleted_unasked(after_delta: Path, tmp_path: Path) -> None:
    """A delete that was decided stops at a record that was edited meanwhile, and asks again."""
    with forked(after_delta, tmp_path) as workspace:
        gone = Contents(workspace.sandbox.records())["Company/C-1019"]
        workspace.sandbox.edit("organization", gone["id"], name="Cedar Bend, our best customer")
        item = next(i for i in workspace.ok("review")["items"] if i["kind"] == "vanished" and i["key"] == "C-1019")
        workspace.ok("review", "resolve", item["id"], "--choose", "delete")
        workspace.ok("run", code=3)
        assert "Company/C-1019" in Contents(workspace.sandbox.records())
        question = next(i for i in workspace.ok("review")["items"] if i["kind"] == "conflict")
        assert "name" in question["question"]
        workspace.ok("review", "resolve", question["id"], "--choose", "source")
        workspace.ok("run")
        assert "Company/C-1019" not in Contents(workspace.sandbox.records())
        workspace.check()


def test_a_record_that_is_not_found_after_its_phase_shuts_the_gate(tmp_path: Path) -> None:
    """A phase whose records are not all found stops the run, names each, and goes on by a person's word."""
    with migrating(tmp_path) as workspace:
        workspace.prepare()
        lost = Contents(workspace.sandbox.records())["Company/C-1001"]
        workspace.sandbox.remove("organization", lost["id"])
        document = workspace.ok("run", code=3)
        assert "organization" in document["message"]
        (item,) = [i for i in workspace.ok("review")["items"] if i["kind"] == "lost"]
        assert item["key"] == "C-1001"
        workspace.ok("run", code=3)
        workspace.ok("review", "resolve", item["id"], "--choose", "recreate")
        workspace.finish()
        assert Contents(workspace.sandbox.records())["Company/C-1001"]["id"] != lost["id"]
        workspace.check()
