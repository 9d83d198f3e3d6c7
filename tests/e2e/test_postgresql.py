"""The whole story once more, with the log on PostgreSQL and in an account whose ids and field keys differ."""

from pathlib import Path

import pytest

from tests.e2e.story import Base, Delta, Stop, tell_base, tell_delta
from tests.e2e.workspace import migrating

pytestmark = pytest.mark.xdist_group("story")


def equal(one: Stop, other: Stop) -> None:
    """Both accounts hold the same, and both logs say the same of every record."""
    for table, rows in one.contents.tables.items():
        assert rows == other.contents.tables[table], table
    assert one.contents.by_key.keys() == other.contents.by_key.keys()
    assert one.status["objects"] == other.status["objects"]
    assert asked(one) == asked(other)


def asked(stop: Stop) -> list[tuple[str, str, str, str, tuple[str, ...]]]:
    """Questions without their ids, which are keyed hashes of the store."""
    return sorted(
        (i["kind"], i["object"], "" if i["kind"] == "owner" else i["key"], i["question"], tuple(i["blocks"]))
        for i in stop.reviews
    )


@pytest.mark.promise("F-092")
def test_postgresql_and_sqlite_move_the_same(base: Base, delta: Delta, database: str, tmp_path: Path) -> None:
    """At every stop of base and delta the two accounts and the two logs are equal; only keys and ids differ."""
    with migrating(tmp_path, env={"CUTOVER_STORE": database}, account="another") as workspace:
        ours = tell_base(workspace)
        theirs = tell_delta(workspace, ours)
        assert not list(workspace.folder.glob("*.db"))
    equal(base.at_gate, ours.at_gate)
    equal(base.quarantine, ours.quarantine)
    equal(base.end, ours.end)
    equal(delta.end, theirs.end)
    assert base.plan["entities"] == ours.plan["entities"]
    assert base.plan["cost"] == ours.plan["cost"]
    assert (ours.wrote, ours.wrote_again, theirs.wrote_again, theirs.read_again) == (base.wrote, 0, 0, 0)
    assert delta.findings == theirs.findings
    keys = {f["code"] for f in base.end.contents.raw["fields"] if f["custom"]}
    assert keys.isdisjoint(f["code"] for f in ours.end.contents.raw["fields"] if f["custom"])
