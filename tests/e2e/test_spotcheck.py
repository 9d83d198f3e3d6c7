"""`cutover spotcheck`: a list for people, and what they found."""

import csv
from pathlib import Path

import pytest

from tests.e2e.workspace import forked

pytestmark = pytest.mark.xdist_group("story")


@pytest.mark.promise("F-145")
def test_a_list_is_drawn_and_marked(after_base: Path, tmp_path: Path) -> None:
    """Drawn twice it is the same; the file has old and new in a row; a mark stands beside the record from then on."""
    with forked(after_base, tmp_path) as workspace:
        first = workspace.ok("spotcheck", "--size", "20", "--seed", "7")
        again = workspace.ok("spotcheck", "--size", "20", "--seed", "7")
        assert first == again
        assert len(first["items"]) == 20
        with Path(first["report"]).open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        assert {row["record"] for row in rows} == {item["id"] for item in first["items"]}
        assert all({"old", "new", "field", "is now"} <= row.keys() for row in rows)
        record = first["items"][0]["id"]
        marked = workspace.ok("spotcheck", "mark", record, "fail", "--by", "maya", "--reason", "not hers")
        assert marked == {"id": record, "verdict": "fail"}
        after = workspace.ok("spotcheck", "--size", "20", "--seed", "7")
        assert [(i["verdict"], i["by"]) for i in after["items"]] == [("fail", "maya"), *[("", "")] * 19]
        assert workspace.run("spotcheck", "mark", "Deal/none", "pass").code == 2
        workspace.check()
