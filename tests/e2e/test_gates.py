"""Gates: nothing moves before people have said so, and an approval is void when what it approved changes."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.contents import Contents
from tests.e2e.story import Base
from tests.e2e.workspace import Workspace, forked, migrating

pytestmark = pytest.mark.xdist_group("story")


@pytest.mark.promise("F-048")
@pytest.mark.promise("F-044")
@pytest.mark.promise("F-104")
def test_nothing_moves_before_map_configuration_sample_and_data_are_approved(tmp_path: Path) -> None:
    """At each step short of the last, `run` ends with 3, says what is missing, and writes nothing."""
    with migrating(tmp_path) as workspace:
        refused(workspace, "map")
        assert workspace.run("map", "propose", "--json").code == 3
        workspace.ok("discover")
        workspace.ok("map", "propose")
        refused(workspace, "map", "sample")
        refused(workspace, "map", "sync")
        workspace.ok("map", "confirm")
        refused(workspace, "configuration", "sample")
        refused(workspace, "data")
        workspace.ok("approve", "data")
        refused(workspace, "configuration")
        workspace.ok("approve", "configuration")
        refused(workspace, "sample")
        assert workspace.run("approve", "sample", "--json").code == 3
        refused(workspace, "run", "sync")
        assert workspace.sandbox.writes() == 0
        workspace.check()


def refused(workspace: Workspace, word: str, command: str = "run") -> None:
    """The command ends at a gate that its message names."""
    result = workspace.run(command, "--json")
    assert result.code == 3, (command, result)
    assert word in result.stderr
    assert word in result.document["error"]


@pytest.mark.promise("F-200")
def test_approvals_are_events_with_who_and_why(after_base: Path, tmp_path: Path) -> None:
    """Who approved what, and why, is in the log."""
    with forked(after_base, tmp_path) as workspace:
        workspace.ok("approve", "configuration", "--by", "maya", "--reason", "looked at it")
        (event,) = [e for e in workspace.events("--kind", "GateApproved") if e["actor"] == "maya"]
    assert (event["body"]["gate"], event["body"]["reason"]) == ("configuration", "looked at it")


@pytest.mark.promise("F-200")
@pytest.mark.promise("F-147")
@pytest.mark.promise("F-146")
@pytest.mark.promise("F-053")
def test_a_changed_map_is_a_replay(after_base: Path, base: Base, tmp_path: Path) -> None:
    """Another rule: the gates shut, the plan shows the updates that follow, they are written, nothing is read again.

    Industry moves into a field of its own, the shirt size is not moved any more.
    """
    with forked(after_base, tmp_path) as workspace:
        head = workspace.ok("status")["position"]
        edit(workspace, r"^Industry = .*$", 'Industry = { new = "Sector", kind = "text" }')
        edit(workspace, r'^"Shirt Size" = .*$', '"Shirt Size" = { exclude = "nobody needs it" }')
        assert workspace.run("run", "--json").code == 2  # the file is not the confirmed map
        assert workspace.ok("map", "confirm")["version"] == 2
        refused(workspace, "configuration")
        plan = workspace.ok("plan")
        workspace.ok("approve", "configuration")
        refused(workspace, "sample")
        workspace.ok("sample", "--size", "40")
        workspace.ok("approve", "sample")
        workspace.ok("run")
        events = workspace.events("--after", str(head))
        there = workspace.check()
        assert workspace.ok("reconcile")["ok"] is True
        companies = workspace.sandbox.records()
    planned = {e: c for e, c in plan["entities"].items() if any(n for k, n in c.items() if k not in ("skip", "hold"))}
    assert {e: (c["create"], c["update"], c["delete"]) for e, c in planned.items()} == {
        "organization": (0, 23, 0),
        "person": (0, 38, 0),
        "field": (1, 0, 0),
    }
    wrote = [(e["body"]["entity"], e["body"]["action"]) for e in events if e["kind"] == "WriteIntended"]
    assert sorted(set(wrote)) == [("field", "create"), ("organization", "update"), ("person", "update")]
    assert (wrote.count(("organization", "update")), wrote.count(("person", "update"))) == (23, 38)
    assert not [e for e in events if e["kind"] in ("RecordExtracted", "ExtractionStarted")]
    assert there["objects"]["Company"]["written"] == 23
    told = Contents(companies)
    for key, record in base.end.contents.by_key.items():
        if key.startswith("Company/"):
            assert told[key]["Sector"] == record["Industry"]
            assert "Industry" not in told[key]
        if key.startswith("Contact/"):
            assert "Shirt Size" in record
            assert "Shirt Size" not in told[key]


def edit(workspace: Workspace, pattern: str, line: str) -> None:
    """Change one line of the map as a person would."""
    path = workspace.folder / "mapping.toml"
    text, count = re.subn(f"(?m){pattern}", lambda _: line, path.read_text(encoding="utf-8"))
    assert count == 1, pattern
    path.write_text(text, encoding="utf-8")


@pytest.mark.promise("F-108")
@pytest.mark.trap("S26")
def test_two_users_of_one_name_go_to_the_queue(tmp_path: Path) -> None:
    """A name that two users have is nobody's until a person says whose; an address is still the one user's."""
    twins = [
        {"id": 1, "name": "Maya Ortiz", "email": "maya.ortiz@brightpath.example"},
        {"id": 2, "name": "maya ortiz", "email": "maya.two@brightpath.example"},
        {"id": 3, "name": "Priya Raman", "email": "priya.raman@brightpath.example"},
        {"id": 4, "name": "Sam Whitlock", "email": "sam.whitlock@brightpath.example"},
        {"id": 5, "name": "Tom Becker", "email": "tom.becker@brightpath.example"},
    ]
    with migrating(tmp_path, users=twins) as workspace:
        workspace.ok("discover")
        workspace.ok("map", "propose")
        workspace.ok("map", "confirm")
        items = [i for i in workspace.ok("review")["items"] if i["kind"] == "owner"]
        extracted = workspace.events("--kind", "RecordExtracted")
    named = {f"{e['object']}/{e['key']}" for e in extracted if owner(e).strip().casefold() == "maya ortiz"}
    by_address = {f"{e['object']}/{e['key']}" for e in extracted if owner(e) == "maya.ortiz@brightpath.example"}
    (asked,) = [i for i in items if "'Maya Ortiz'" in i["question"]]
    assert {"Company/C-1002", "Contact/contact:1", "Contact/contact:38"} <= set(asked["blocks"])
    assert named - {"Task/task:4", "Note/note:1", "Note/note:5", "Note/note:7"} <= set(asked["blocks"])
    assert "Company/C-1009" in by_address
    assert "Company/C-1009" not in asked["blocks"]


def owner(event: dict[str, Any]) -> str:
    """Who owns a record, as it was read."""
    values: dict[str, str] = event["body"]["values"]
    return values.get("Owner") or values.get("Author") or ""
