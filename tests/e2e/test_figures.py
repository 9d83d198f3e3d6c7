"""`cutover figures`: what the old system's reports were made of."""

import csv
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.story import Delta
from tests.e2e.workspace import forked

pytestmark = pytest.mark.xdist_group("story")


def table(path: str) -> list[dict[str, str]]:
    """The rows of a file."""
    with Path(path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def states(log: list[dict[str, Any]], object: str) -> dict[str, dict[str, str]]:
    """What was read last of each record that is there, from the log."""
    found: dict[str, dict[str, str]] = {}
    for event in log:
        if event["object"] == object and event["kind"] == "RecordExtracted" and not event["body"]["deleted"]:
            found[event["key"]] = event["body"]["values"]
        elif event["object"] == object and event["kind"] in ("RecordVanished", "RecordExtracted"):
            found.pop(event["key"], None)
    return found


@pytest.mark.promise("F-091")
def test_four_files_whose_totals_agree_with_the_log(after_delta: Path, delta: Delta, tmp_path: Path) -> None:
    """Deals by stage and by source, tasks by completion, and each state that a deal was read in, after a delta."""
    with forked(after_delta, tmp_path) as workspace:
        written = workspace.sandbox.writes()
        made = workspace.ok("figures", str(tmp_path / "out"))
        log = workspace.events()
        assert workspace.sandbox.writes() == written
        files = {name: table(path) for name, path in made["files"].items()}
        assert {path.name for path in (tmp_path / "out").iterdir()} == {
            "deal-history.csv", "stage-counts.csv", "task-completion.csv", "lead-source.csv",
        }  # fmt: skip
        deals, tasks = states(log, "Deal"), states(log, "Task")
        for name, field in (("stage_counts", "Stage"), ("lead_source", "Lead Source")):
            found = {row["stage" if name == "stage_counts" else "source"]: int(row["records"]) for row in files[name]}
            assert found == Counter(row[field].strip() for row in deals.values())
        assert sum(int(row["records"]) for row in files["task_completion"]) == len(tasks)
        done = {row["done"]: int(row["records"]) for row in files["task_completion"]}
        assert done["yes"] >= sum(row["Completed"] == "Yes" for row in tasks.values())
        assert done["no"] >= sum(row["Completed"] == "No" for row in tasks.values())
        reads = [e for e in log if (e["kind"], e["object"]) == ("RecordExtracted", "Deal")]
        history = files["deal_history"]
        assert {row["key"] for row in history} == {e["key"] for e in reads}
        last = {row["key"]: row for row in history}
        assert {key: row["stage"] for key, row in last.items() if row["stage"] != "(gone)"} == {
            key: values["Stage"].strip() for key, values in deals.items()
        }
        moved = [key for key, number in Counter(row["key"] for row in history).items() if number > 1]
        assert moved
        first = next(e["body"]["values"]["Stage"] for e in reads if e["key"] == moved[0])
        assert next(row["stage"] for row in history if row["key"] == moved[0]) == first.strip()
