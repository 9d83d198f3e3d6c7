"""What people did at the destination after our writes: an undo never destroys it."""

from pathlib import Path
from typing import Any

import pytest

from tests.undo.dumps import Dump, keys
from tests.undo.points import dump_of
from tests.undo.scene import Scene

DEAL = "Northgate Tile - Renewal"


def live(scene: Scene, table: str) -> list[str]:
    """The names of what a table holds, in order."""
    return sorted(str(row.get("name") or row.get("title")) for row in scene.records()[table])


@pytest.mark.promise("F-163")
def test_an_edited_record_is_held_with_all_that_it_stands_on(synced: Scene, empty: Dump) -> None:
    """Its organization, person, fields, options, stage and pipeline stay; `undo` and a second rollback take it too."""
    deal = synced.find("deals", DEAL)
    synced.edit("deals", deal["id"], title="Northgate, as Tom says")
    report = synced.workspace.ok("rollback", "--yes")
    assert report["held"] == 1
    assert report["impossible"] == []
    records = synced.records()
    there = {row["id"]: row for row in records["deals"]}
    assert there.keys() == {deal["id"]}
    kept = there[deal["id"]]
    assert kept["title"] == "Northgate, as Tom says"
    assert {k: v for k, v in kept.items() if k not in ("title", "update_time")} == {
        k: v for k, v in deal.items() if k not in ("title", "update_time")
    }
    assert [o["id"] for o in records["organizations"]] == [deal["org_id"]]
    assert [p["id"] for p in records["persons"]] == [deal["person_id"]]
    assert deal["stage_id"] in {s["id"] for s in records["stages"]}
    assert deal["pipeline_id"] in {p["id"] for p in records["pipelines"]}
    assert len(records["stages"]) == len(empty["stages"]) + 1
    assert sum(keys(records).values()) == 3
    (question,) = synced.review("edited")
    assert question["choices"] == ["keep", "undo"]
    synced.workspace.check()
    synced.workspace.ok("review", "resolve", question["id"], "--choose", "undo")
    assert synced.workspace.ok("rollback", "--yes")["held"] == 0
    assert synced.dump() == empty
    synced.workspace.check()


@pytest.mark.promise("F-164")
def test_after_a_rollback_that_held_a_record_the_run_goes_on(synced: Scene, at_end: Path) -> None:
    """What was held is not made twice: the run makes the rest again around it, the same fields and stages included."""
    deal = synced.find("deals", DEAL)
    synced.edit("deals", deal["id"], title="by hand")
    assert synced.workspace.ok("rollback", "--yes")["held"] == 1
    synced.workspace.ok("resume")
    synced.workspace.ok("run")
    assert synced.find("deals", "by hand")["id"] == deal["id"]
    synced.edit("deals", deal["id"], title=DEAL)
    assert synced.dump() == dump_of(at_end)
    synced.workspace.check()


def test_a_record_that_people_deleted_is_gone_already(synced: Scene, empty: Dump) -> None:
    """Its compensation succeeds, and the log says that it was gone."""
    deal = synced.find("deals", DEAL)
    synced.remove("deals", deal["id"])
    report = synced.workspace.ok("rollback", "--yes")
    assert (report["held"], report["impossible"]) == (0, [])
    assert synced.dump() == empty
    events = synced.workspace.events("--kind", "WriteApplied", "--object", "Deal")
    assert [e["body"]["id"] for e in events if e["body"]["how"] == "gone"] == [str(deal["id"])]


@pytest.mark.promise("F-162")
def test_a_before_image_returns_beside_other_edits(synced: Scene, at_delta: Path) -> None:
    """What the delta changed is put back; what a person changed in other fields of that record stays."""
    company = by_key(synced, "Company/C-1002")
    synced.edit("organizations", company["id"], website="https://edited.example")
    report = synced.workspace.ok("rewind", "before-delta", "--yes")
    assert (report["held"], report["impossible"]) == (0, [])
    assert by_key(synced, "Company/C-1002")["website"] == "https://edited.example"
    synced.edit("organizations", company["id"], website=company["website"])
    assert synced.dump() == dump_of(at_delta)
    synced.workspace.check()


@pytest.mark.promise("F-163")
def test_a_restored_field_that_people_edited_is_held(synced: Scene) -> None:
    """The very field that the delta changed was changed again by a person: it stays as the person left it."""
    company = by_key(synced, "Company/C-1002")
    code = field_code(synced, "organizations", "Phone")
    synced.edit("organizations", company["id"], custom_fields={code: "by hand"})
    report = synced.workspace.ok("rewind", "before-delta", "--yes")
    assert report["held"] == 1
    assert by_key(synced, "Company/C-1002")["custom_fields"][code] == "by hand"
    (question,) = synced.review("edited")
    synced.workspace.ok("review", "resolve", question["id"], "--choose", "undo")
    synced.workspace.ok("rewind", "before-delta", "--yes")
    assert by_key(synced, "Company/C-1002")["custom_fields"][code] != "by hand"


@pytest.mark.promise("F-163")
def test_what_people_made_keeps_what_it_stands_on(synced: Scene, empty: Dump) -> None:
    """A person's own deal in our pipeline, at our organization, with our option: none of these goes from under it."""
    deal = synced.find("deals", DEAL)
    code = field_code(synced, "deals", "Lead Source")
    values = {k: deal[k] for k in ("org_id", "stage_id", "pipeline_id")}
    own = synced.make("/api/v2/deals", title="Tom's own", custom_fields={code: deal["custom_fields"][code]}, **values)
    report = synced.workspace.ok("rollback", "--yes")
    assert report["held"] > 0
    assert report["impossible"] == []
    records = synced.records()
    (mine,) = records["deals"]
    assert mine["id"] == own["id"]
    assert {k: mine[k] for k in values} == values
    assert mine["custom_fields"][code] == deal["custom_fields"][code]
    assert [o["id"] for o in records["organizations"]] == [deal["org_id"]]
    assert records["persons"] == []
    assert len(records["stages"]) == len(empty["stages"]) + 1
    synced.workspace.check()
    questions = synced.review("in-use")
    assert len(questions) == report["held"]
    synced.workspace.ok("review", "resolve", *(q["id"] for q in questions), "--choose", "undo")
    synced.remove("deals", own["id"])
    assert synced.workspace.ok("rollback", "--yes")["held"] == 0
    assert synced.dump() == empty


def by_key(scene: Scene, key: str) -> dict[str, Any]:
    """The organization that carries one of our keys."""
    rows = [r for r in scene.records()["organizations"] if f"/{key}/" in str(r["custom_fields"])]
    assert len(rows) == 1, (key, rows)
    return rows[0]


def field_code(scene: Scene, table: str, name: str) -> str:
    """The code of a custom field."""
    (field,) = [f for f in scene.records()["fields"] if f["entity"] == table and f["name"] == name and f["custom"]]
    return str(field["code"])
