"""The whole story once more, with the log on PostgreSQL and in an account whose ids differ."""

from pathlib import Path

import pytest

from tests.e2e.pairs import NUTSHELL
from tests.e2e.workspace import migrating
from tests.nutshell.story import Base, Delta, Stop, tell_base, tell_delta

pytestmark = pytest.mark.xdist_group("nutshell")


def equal(one: Stop, other: Stop) -> None:
    """Both accounts hold the same, both logs say the same of every record, and as much was changed."""
    for table, rows in one.contents.tables.items():
        assert rows == other.contents.tables[table], table
    assert one.contents.by_key.keys() == other.contents.by_key.keys()
    assert one.status["objects"] == other.status["objects"]
    assert one.changed == other.changed


@pytest.mark.promise("F-092")
def test_postgresql_and_sqlite_move_the_same(base: Base, delta: Delta, database: str, tmp_path: Path) -> None:
    """At every stop of base and delta the two accounts and the two logs are equal; only ids differ."""
    with migrating(tmp_path, pair=NUTSHELL, env={"CUTOVER_STORE": database}, account="another") as workspace:
        ours = tell_base(workspace)
        theirs = tell_delta(workspace, ours)
        assert not list(workspace.folder.glob("*.db"))
    for name in ("at_bar", "made", "at_gate", "at_stage", "end"):
        equal(getattr(base, name), getattr(ours, name))
    equal(delta.asked, theirs.asked)
    equal(delta.end, theirs.end)
    assert base.plan["entities"] == ours.plan["entities"]
    assert base.plan["cost"] == ours.plan["cost"]
    assert (ours.wrote_again, theirs.wrote_again) == (0, 0)
    assert base.end.contents["Company/C-1001"]["id"] != ours.end.contents["Company/C-1001"]["id"]
