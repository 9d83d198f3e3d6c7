"""Back: a rewind leaves the account as it was, a rollback leaves what no API deletes, and says so beforehand."""

from pathlib import Path

import pytest

from tests.e2e.pairs import NUTSHELL
from tests.e2e.workspace import forked
from tests.nutshell.contents import Contents
from tests.nutshell.story import Base, Delta

pytestmark = pytest.mark.xdist_group("nutshell")


@pytest.mark.promise("F-186")
def test_a_rewind_leaves_the_account_as_it_was(base: Base, delta: Delta, after_delta: Path, tmp_path: Path) -> None:
    """Field by field as before the delta, the administrator's choice apart; resumed, the same delta ends the same."""
    with forked(after_delta, tmp_path, NUTSHELL) as workspace:
        report = workspace.ok("rewind", "before-delta", "--yes")
        assert (report["held"], report["impossible"]) == (0, [])
        assert (report["deleted"], report["restored"]) == (5, 7)
        back = Contents(workspace.sandbox.records())
        workspace.check()
        assert workspace.run("run").code == 3  # on hold
        workspace.ok("resume")
        workspace.ok("sync")
        again = Contents(workspace.sandbox.records())
        workspace.check()
    for table, rows in base.end.contents.tables.items():
        if table != "custom_fields":
            assert back.tables[table] == rows, table
    assert again.tables == delta.end.contents.tables


@pytest.mark.promise("F-162")
@pytest.mark.promise("F-187")
def test_a_rollback_leaves_what_no_api_deletes(base: Base, delta: Delta, after_delta: Path, tmp_path: Path) -> None:
    """All records and tags are gone; the custom fields stay, the same that were listed before anything was done."""
    with forked(after_delta, tmp_path, NUTSHELL) as workspace:
        before = workspace.sandbox.writes()
        shown = workspace.ok("rollback", code=3)
        assert shown["done"] is False
        assert workspace.sandbox.writes() == before
        done = workspace.ok("rollback", "--yes")
        left = Contents(workspace.sandbox.records())
        status = workspace.check()
        assert done["impossible"] == shown["impossible"]
    listed = {(i["entity"], i["id"].replace("cf:", "")) for i in shown["impossible"]}
    found = {("field", f"{f['entity'].removesuffix('s')}/{f['title']}") for f in left.raw["custom_fields"]}
    assert listed == found
    assert all("an administrator deletes them" in i["why"] for i in shown["impossible"])
    empty = {k: v for k, v in base.made.contents.tables.items() if k not in ("custom_fields", "stages")}
    assert {k: v for k, v in left.tables.items() if k in empty} == empty
    assert done["deleted"] == shown["deleted"]
    assert all(counts["written"] == 0 for counts in status["objects"].values())


def test_after_a_rollback_the_run_reaches_the_same_end(delta: Delta, after_delta: Path, tmp_path: Path) -> None:
    """The fields that stayed are used again, and everything is as it was that was never rolled back."""
    with forked(after_delta, tmp_path, NUTSHELL) as workspace:
        workspace.ok("rollback", "--yes")
        workspace.ok("resume")
        workspace.ok("run")
        again = Contents(workspace.sandbox.records())
        workspace.check()
    done = {k: v for k, v in delta.end.contents.tables.items() if k != "tasks"}
    assert {k: v for k, v in again.tables.items() if k != "tasks"} == done
    # what could not be changed in the task that existed stands in the one that is made anew
    assert len(set(again.tables["tasks"]) - set(delta.end.contents.tables["tasks"])) == 1


def test_an_edited_lead_is_held_with_all_that_it_stands_on(delta: Delta, after_delta: Path, tmp_path: Path) -> None:
    """What a person changed is not destroyed: the lead stays with its company and its person."""
    with forked(after_delta, tmp_path, NUTSHELL) as workspace:
        lead = delta.end.contents["Deal/deal:3"]
        workspace.sandbox.edit("lead", lead["id"], description="Northgate, as Tom says")
        report = workspace.ok("rollback", "--yes")
        left = Contents(workspace.sandbox.records())
        workspace.check()
    assert report["held"] == 1
    assert left.by_key.keys() == {"Deal/deal:3", "Company/C-1003", "Contact/contact:3"}
    assert left["Deal/deal:3"]["description"] == "Northgate, as Tom says"
