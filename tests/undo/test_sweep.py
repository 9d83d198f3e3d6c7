"""The operator's sweep: shown first, done with `--yes`, and what a person must say is asked."""

from tests.undo.scene import Scene
from tests.undo.test_held import by_key, field_code

KEY = "Company/C-1002"


def test_a_record_that_somebody_copied_key_and_all(moved: Scene) -> None:
    """Named and left alone at first; asked about with `--yes`; gone when a person has said so, and the log says it."""
    original = by_key(moved, KEY)
    code = field_code(moved, "organizations", "Cutover key")
    copy = moved.make("/api/v2/organizations", name="Copy", custom_fields={code: original["custom_fields"][code]})
    before = int(moved.workspace.ok("status")["position"])
    shown = moved.workspace.ok("sweep", code=6)
    assert (shown["ok"], shown["done"], shown["unswept"]) == (False, False, [])
    assert shown["entities"]["organization"]["held"] == [str(copy["id"])]
    assert moved.workspace.ok("status")["position"] == before
    moved.workspace.ok("sweep", "--yes", code=6)
    (question,) = moved.review("copy")
    assert question["choices"] == ["keep", "delete"]
    moved.workspace.ok("review", "resolve", question["id"], "--choose", "delete")
    done = moved.workspace.ok("sweep", "--yes")
    assert done["entities"]["organization"]["copies"] == [str(copy["id"])]
    assert by_key(moved, KEY)["id"] == original["id"]
    assert moved.workspace.ok("sweep")["ok"]
    assert moved.workspace.ok("reconcile")["ok"]
    assert moved.workspace.status()["unswept"] == []
    (deleted,) = moved.workspace.events("--kind", "WriteIntended", "--object", "Copy")
    assert deleted["key"] == f"organization/{copy['id']}"
    moved.workspace.check()
