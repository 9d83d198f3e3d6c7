"""Traps S38 and S39: the files themselves; and exports that differ from the bundle's."""

import csv
import io
from pathlib import Path

import pytest

from tests.e2e.contents import Contents
from tests.e2e.exports import changed
from tests.e2e.story import Base
from tests.e2e.workspace import BUNDLE, migrating

pytestmark = pytest.mark.xdist_group("story")


@pytest.mark.trap("S38")
def test_s38_blank_lines_and_a_totals_line_are_no_records(base: Base) -> None:
    """Blank lines in the middle are skipped, the totals line is recognised, and both are told."""
    (blank,) = base.finding("blank-line", "Contact")
    assert blank["where"] == "contacts.csv:12"
    (total,) = base.finding("totals-line", "Deal")
    assert "Total deals" in total["detail"]
    assert (base.end.counts("Contact")["extracted"], base.end.counts("Deal")["extracted"]) == (39, 22)
    assert not [d for d in base.end.contents.raw["deals"] if "Total" in d["title"]]


@pytest.mark.trap("S39")
def test_s39_the_zip_is_the_folder(base: Base, tmp_path: Path) -> None:
    """Files are found below the top folder of the ZIP, resource forks are not taken for files, all else is the same."""
    with migrating(tmp_path, export=BUNDLE / "export.zip") as workspace:
        found = workspace.ok("discover")
        workspace.ok("map", "propose")
        workspace.ok("map", "confirm")
        plan = workspace.ok("plan")
        events = workspace.events("--kind", "RecordExtracted")
        workspace.check()
    assert found["extracted"]["counts"] == base.discovered["extracted"]["counts"]
    assert found["source"] == base.discovered["source"]
    litter = [f for f in found["findings"] if f["code"] == "litter"]
    assert [f["where"].rpartition("/")[2] for f in litter] == ["._companies.csv"]
    assert [f for f in found["findings"] if f not in litter] == base.discovered["findings"]
    assert plan["entities"] == base.plan["entities"]
    assert plan["writes"] == base.plan["writes"]
    ours = [(e["object"], e["key"], e["body"]["where"], e["body"]["values"]) for e in events]
    theirs = [e for e in base.log if e["kind"] == "RecordExtracted"]
    assert ours == [(e["object"], e["key"], e["body"]["where"], e["body"]["values"]) for e in theirs]


@pytest.mark.trap("S01")
@pytest.mark.promise("F-129")
@pytest.mark.promise("F-198")
def test_children_of_twins_follow_the_survivor_and_refusals_are_told(tmp_path: Path) -> None:
    """Contact and deal of a merged company hang on its survivor; a deal that the server refuses is in the rejects.

    The refused deal has a currency that the account does not know: `retry` sends it again, and nothing else.
    """
    person = {
        "First Name": "Ada",
        "Last Name": "Twin",
        "Email": "ada@harborlight.example",
        "Company ID": "C-2001",
        "Company": "Harbor Light",
        "Owner": "Maya Ortiz",
    }
    deal = {
        "Deal Name": "Twin's deal",
        "Company ID": "C-2001",
        "Company": "Harbor Light",
        "Contact": "Ada Twin",
        "Value": "$10.00",
        "Currency": "USD",
        "Stage": "New",
        "Owner": "Maya Ortiz",
        "Created": "01/02/2024 10:00",
    }
    refused = deal | {"Deal Name": "Strange money", "Currency": "ZZZ"}
    export = changed(tmp_path / "export", added={"contacts.csv": [person], "deals.csv": [deal, refused]})
    with migrating(tmp_path, export=export) as workspace:
        workspace.prepare()
        workspace.finish()
        there = Contents(workspace.sandbox.records())
        status = workspace.check()
        rejects = tmp_path / "rejects.csv"
        workspace.ok("rejects", str(rejects))
        before = workspace.sandbox.requests()["requests"]
        workspace.ok("retry", "--kind", "deal")
        after = workspace.sandbox.requests()["requests"]
        workspace.check()
    (ada,) = [p for p in there.by_key.values() if p.get("name") == "Ada Twin"]
    (twins,) = [d for d in there.by_key.values() if d.get("title") == "Twin's deal"]
    assert ada["org_id"] == twins["org_id"] == "Company/C-1001"
    assert not [d for d in there.by_key.values() if d.get("title") == "Strange money"]
    assert status["objects"]["Deal"]["rejected"] == 1
    (row,) = csv.DictReader(io.StringIO(rejects.read_text(encoding="utf-8")))
    assert "400" in str(row)
    assert "urrency" in str(row)
    writes = {k: n - before.get(k, 0) for k, n in after.items() if k.split()[0] != "GET" and n != before.get(k, 0)}
    assert writes == {"POST /api/v2/deals": 1}
