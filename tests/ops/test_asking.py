"""Commands that ask the log, and plan files: on one migration that was run to its end."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.workspace import EXPORT, Workspace, migrating

pytestmark = pytest.mark.xdist_group("asking")


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A migration that was run to its end."""
    with migrating(tmp_path_factory.mktemp("asking")) as workspace:
        workspace.prepare()
        workspace.finish()
        yield workspace


def read(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file."""
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))


def deal(workspace: Workspace, title: str) -> str:
    """The id of the deal of that title at the destination."""
    return next(str(d["id"]) for d in workspace.sandbox.records()["deals"] if d["title"] == title)


def test_why_names_the_extraction_the_map_and_the_write(done: Workspace) -> None:
    """The way of a value is told from its line in the file to the answer of the destination."""
    found = done.ok("why", "deal", deal(done, "Dental chairs"), "value")
    texts = [s["text"] for s in found["steps"]]
    assert found["object"] == "Deal"
    assert "deals.csv:" in texts[0]
    assert texts[1] == "confirmed map version 1"
    assert "value = 12500" in texts[2]
    assert texts[3].startswith("WriteApplied")
    assert found["steps"][0]["values"]["Value"] == "12.500,00"


def test_why_knows_custom_fields_by_their_label(done: Workspace) -> None:
    """A custom field is asked for by its name; its key is nobody's business."""
    found = done.ok("why", "deal", deal(done, "Dental chairs"), "Contract Term (months)")
    assert "= 36" in next(s["text"] for s in found["steps"] if "intended" in s["text"])


def test_why_of_a_stranger_says_so(done: Workspace) -> None:
    """A record that we did not write has no history here."""
    result = done.run("why", "deal", "99999")
    assert result.code == 1
    assert "not written by this migration" in result.stderr


def test_the_log_is_asked_by_record_kind_actor_and_place(done: Workspace) -> None:
    """Each filter restricts the log, and they go together."""
    ref = f"deal/{deal(done, 'Dental chairs')}"
    lines = done.events("--ref", ref)
    assert {(e["object"], e["key"]) for e in lines} == {("Deal", lines[0]["key"])}
    assert lines[0]["kind"] == "RecordExtracted"
    applied = done.events("--ref", ref, "--kind", "WriteApplied")
    assert len(applied) == 1
    assert applied[0]["body"]["request"]["method"] == "POST"
    assert applied[0]["body"]["answer"]["success"] is True
    assert applied[0]["body"]["map_version"] == 1
    assert applied[0]["actor"] == "tester"
    assert done.events("--actor", "nobody") == []
    assert [e["position"] for e in done.events("--after", "10", "--limit", "3")] == [11, 12, 13]
    middle = done.events("--after", "10", "--limit", "1")[0]["at"]
    assert all(e["at"] >= middle for e in done.events("--since", middle))


def test_the_log_as_csv_is_safe_for_spreadsheets(done: Workspace) -> None:
    """Every event is a row, and no cell begins like a formula."""
    result = done.run("log", "--format", "csv", "--object", "Company", "--key", "C-2004")
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert rows[0]["kind"] == "RecordExtracted"
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values() if cell)


@pytest.mark.promise("F-166")
def test_every_write_that_the_account_saw_is_in_the_log(done: Workspace) -> None:
    """The number of write requests at the destination is that of the intents, each with actor and map version."""
    intents = done.events("--kind", "WriteIntended")
    assert len(intents) == done.sandbox.writes()
    assert all(e["actor"] == "tester" and e["body"]["map_version"] == 1 for e in intents)


@pytest.mark.promise("F-195")
def test_the_crosswalk_has_every_written_record_once(done: Workspace, tmp_path: Path) -> None:
    """Source id, destination id and address of every record; a merged twin shares its survivor's."""
    done.ok("crosswalk", str(tmp_path / "x.csv"))
    rows = read(tmp_path / "x.csv")
    keys = [(r["object"], r["key"]) for r in rows]
    assert len(set(keys)) == len(keys)
    status = done.status()["objects"]
    merged = [r for r in rows if (r["object"], r["key"]) in {("Company", "C-2001"), ("Contact", "contact:36")}]
    assert len(merged) == 2
    assert len(rows) == sum(c["written"] for c in status.values()) + len(merged)
    by_key = {(r["object"], r["key"]): r for r in rows}
    assert by_key["Company", "C-2001"]["id"] == by_key["Company", "C-1001"]["id"]
    assert by_key["Company", "C-1001"]["address"].endswith(f"/organization/{by_key['Company', 'C-1001']['id']}")


def test_nothing_is_rejected_or_held_at_the_end(done: Workspace, tmp_path: Path) -> None:
    """The file of rejects is empty when every question was answered."""
    assert done.ok("rejects", str(tmp_path / "r.csv"))["records"] == 0


def test_a_run_by_an_outdated_plan_is_refused(tmp_path: Path) -> None:
    """A plan is done exactly as it was saved, or not at all."""
    with migrating(tmp_path, export=EXPORT) as workspace:
        workspace.prepare()
        saved = tmp_path / "plan.json"
        workspace.ok("plan", "--save", str(saved))
        document = json.loads(saved.read_text(encoding="utf-8"))
        assert document["entities"]["organization"]["create"] > 0
        workspace.answer()
        workspace.ok("approve", "configuration")
        before = workspace.sandbox.writes()
        result = workspace.run("run", "--plan", str(saved))
        assert result.code == 3
        assert "no longer fits" in result.stderr
        assert workspace.sandbox.writes() == before
        workspace.ok("plan", "--save", str(saved))
        workspace.ok("run", "--plan", str(saved))
        assert workspace.run("run", "--plan", str(tmp_path / "missing.json")).code == 2


def test_held_records_are_told_and_retried_alone(tmp_path: Path) -> None:
    """Records that wait stand in the file with the reason; retry writes those that were freed, and nothing else."""
    with migrating(tmp_path) as workspace:
        workspace.prepare()
        workspace.ok("run", code=3)
        workspace.ok("rejects", str(tmp_path / "r.csv"))
        rows = read(tmp_path / "r.csv")
        waiting = {(r["object"], r["key"]) for r in rows if r["why"].startswith("owner")}
        assert {o for o, _ in waiting} == {"Company"}
        waits_aloud(workspace)
        owners = [i["id"] for i in workspace.ok("review")["items"] if i["kind"] == "owner"]
        workspace.ok("review", "resolve", *owners, "--choose", "user:migration@brightpath.example")
        assert "    answered: user:migration@brightpath.example\n" in workspace.run("review", "--all").stdout
        before = workspace.sandbox.writes()
        workspace.run("retry", "--kind", "organization", "--json")
        assert workspace.sandbox.writes() - before == len(waiting)
        assert workspace.status()["objects"]["Company"]["held"] == 0


def waits_aloud(workspace: Workspace) -> None:
    """A proof does not hide what was not written, nor a tick that a person is waited for."""
    objects = workspace.status()["objects"].values()
    stuck = sum(counts["held"] + counts["rejected"] + counts["pending"] for counts in objects)
    found = workspace.ok("reconcile", code=6)
    assert (found["ok"], sum(len(counts["unsettled"]) for counts in found["entities"].values())) == (False, stuck)
    assert f"differ; {stuck} records wait" in workspace.run("reconcile").stdout
    tick = workspace.run("daemon", "--once")
    assert (tick.code, "waiting for a person" in tick.stderr, "in step" in tick.stderr) == (3, True, False)
    assert "cutover review" in tick.stderr
