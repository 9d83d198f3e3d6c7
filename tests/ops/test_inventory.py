"""`cutover inventory`: an org's own rules over real HTTP, what people declare, and the papers that are handed over."""

import csv
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.inventory import SCOPE
from tests.e2e.near import Near
from tests.e2e.pairs import PIPEDRIVE
from tests.e2e.workspace import sandboxed
from tests.pairs.sides import BUNDLES, IMPROVEIT, PROMOX, initialise, reached

pytestmark = pytest.mark.xdist_group("inventory")

TOOLING = {
    "flows": [
        {"Id": "301000000000001AAA", "MasterLabel": "Remind the rep", "ProcessType": "AutoLaunchedFlow",
         "Status": "Active", "Description": "Makes a call",
         "Metadata": {"start": {"object": "i360__Sale__c", "triggerType": "RecordAfterSave"}}},
        {"Id": "301000000000002AAA", "MasterLabel": "Draft", "ProcessType": "Flow", "Status": "Draft"},
    ],
    "assignment_rules": [
        {"Id": "01Q000000000001AAA", "Name": "West goes to Ann", "Active": True, "EntityDefinitionId": "Lead"},
    ],
    "installed_subscriber_packages": [
        {"Id": "0A3000000000001AAA", "SubscriberPackage": {"Name": "QuickBooks Sync", "NamespacePrefix": "qb"}},
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Near, Any]]:
    """A workspace of an improveit 360 org that has rules of its own, discovered; and what discover said."""
    folder = tmp_path_factory.mktemp("org")
    shutil.copytree(BUNDLES / "improveit360" / "org", folder / "org")
    for name, records in TOOLING.items():
        (folder / "org" / "tooling" / f"{name}.json").write_text(json.dumps({"records": records}), encoding="utf-8")
    side = IMPROVEIT._replace(settings=lambda _folder: {"org": str(folder / "org")})
    with sandboxed(folder, PIPEDRIVE) as (sandbox, _), reached(side, folder / "source") as address:
        workspace = Near(folder / "ws", sandbox)
        initialise(side, workspace, address)
        yield workspace, workspace.ok("discover")


def named(document: Any) -> dict[str, Any]:
    """The entries of a document by name."""
    return {entry["name"]: entry for entry in document["entries"]}


@pytest.mark.promise("F-169")
@pytest.mark.promise("F-170")
def test_an_orgs_own_rules_are_listed_with_what_rebuilds_them(org: tuple[Near, Any]) -> None:
    """Read by the Tooling API over HTTP: the flow, the assignment and the validation rule; drafts are none."""
    workspace, _ = org
    found = workspace.ok("inventory")
    entries = named(found)
    assert "Draft" not in entries
    flow, rule, check = (entries[name] for name in ("Remind the rep", "West goes to Ann", "Require_Source"))
    assert {entry["known"] for entry in (flow, rule, check)} == {"read"}
    assert (flow["called"], flow["object"], flow["feature"]) == ("flow", "i360__Sale__c", "Automations")
    assert flow["does"] == "after a record is saved. Makes a call"
    assert flow["plan"] == "Growth and up (older plans: Advanced and up)"
    assert flow["included"] is True
    assert (rule["kind"], rule["feature"]) == ("assignment", "Automatic assignment")
    assert "Lead source is required" in check["does"]
    assert all(entry["feature"] or entry["note"] for entry in found["entries"])
    assert found["counts"]["read"] == sum(entry["known"] == "read" for entry in found["entries"])


@pytest.mark.promise("F-172")
def test_integrations_are_listed_with_what_must_be_reconnected(org: tuple[Near, Any]) -> None:
    """What is installed, and what people declare, stands there with the word that it is connected again."""
    workspace, _ = org
    workspace.ok("inventory", "declare", "Xero", "--kind", "integration", "--does", "invoices of won deals")
    entries = named(workspace.ok("inventory"))
    for name, known in (("QuickBooks Sync", "read"), ("Xero", "declared")):
        assert (entries[name]["kind"], entries[name]["known"]) == ("integration", known)
        assert "Reconnect" in entries[name]["note"]


@pytest.mark.promise("F-017")
@pytest.mark.promise("F-169")
def test_what_is_declared_is_listed_until_it_is_withdrawn(org: tuple[Near, Any]) -> None:
    """A declaration is an event with who and why; withdrawn it is gone from the list, and stays in the log."""
    workspace, _ = org
    id = workspace.ok("inventory", "declare", "Welcome mail", "--kind", "sequence", "--object", "Lead")["id"]
    assert named(workspace.ok("inventory"))["Welcome mail"]["object"] == "Lead"
    workspace.ok("inventory", "withdraw", id, "--reason", "switched off long ago")
    assert "Welcome mail" not in named(workspace.ok("inventory"))
    (event,) = workspace.events("--kind", "RebuildWithdrawn")
    assert (event["actor"], event["body"]["declaration"]) == ("tester", id)
    assert workspace.run("inventory", "withdraw", id).code == 2
    assert "no declaration" in workspace.run("inventory", "withdraw", id).stderr
    assert workspace.run("inventory", "declare", " ").code == 2


@pytest.mark.promise("F-174")
def test_the_document_says_that_rebuilding_is_out_of_scope(org: tuple[Near, Any]) -> None:
    """The sentence stands in the page, in the Markdown and in the JSON."""
    workspace, _ = org
    reports = workspace.ok("inventory")["reports"]
    for form in ("html", "md", "json"):
        assert SCOPE in Path(reports[form]).read_text(encoding="utf-8"), form


def test_no_object_of_an_org_is_left_without_a_word(org: tuple[Near, Any]) -> None:
    """An estimate names every object; what has no twin, or loses by it, says what becomes of it and why."""
    workspace, discovered = org
    rows = {row["object"]: row for row in workspace.ok("estimate")["compatibility"]["objects"]}
    assert set(rows) == {o["name"] for o in discovered["source"]["objects"] if o["fields"]}
    assert all(row["reasons"] for row in rows.values() if row["class"] != "one to one")
    assert rows["i360__Staff__c"]["class"] == "not moved"
    assert rows["i360__Project__c"]["class"] == "lossy"


def test_a_source_that_counts_no_fields_is_graded_by_its_records(org: tuple[Near, Any]) -> None:
    """The org does not say which fields are filled: the records that were read do, custom fields among them."""
    workspace, _ = org
    part = workspace.ok("estimate")["parts"][1]
    need, fields = (int(word) for word in part["reason"].replace(" of ", " ").split()[:2])
    assert 0 < need < fields
    assert fields > 100
    assert part["grade"] > "B"


def test_discover_writes_the_inventory(org: tuple[Near, Any]) -> None:
    """The first look leaves it beside the scope, and says where."""
    _, found = org
    assert {Path(path).name for path in found["inventory"].values()} == {
        "inventory.html", "inventory.md", "inventory.json", "inventory.csv",
    }  # fmt: skip
    assert all(Path(path).is_file() for path in found["inventory"].values())


def test_the_csv_is_safe_for_spreadsheets(org: tuple[Near, Any]) -> None:
    """A name that looks like a formula is text in it, and every entry is a row."""
    workspace, _ = org
    workspace.ok("inventory", "declare", "=HYPERLINK(0)", "--does", "@SUM(1)")
    found = workspace.ok("inventory")
    rows = list(csv.DictReader(Path(found["reports"]["csv"]).read_text(encoding="utf-8").splitlines()))
    assert len(rows) == len(found["entries"])
    (row,) = [row for row in rows if "HYPERLINK" in row["name"]]
    assert (row["name"], row["does"]) == ("'=HYPERLINK(0)", "'@SUM(1)")
    text = workspace.run("inventory").stdout
    assert "=HYPERLINK(0)" in text
    assert "Written: " in text


@pytest.mark.promise("F-173")
def test_what_promoxcrm_leaves_behind(tmp_path: Path) -> None:
    """Reports, task rules and native integrations stay behind; rules that records name are read, not guessed."""
    with sandboxed(tmp_path, PIPEDRIVE) as (sandbox, _), reached(PROMOX, tmp_path / "source") as address:
        workspace = Near(tmp_path / "ws", sandbox)
        initialise(PROMOX, workspace, address)
        workspace.ok("discover")
        found = workspace.ok("inventory")
        objects = {o["object"]: o for o in workspace.ok("estimate")["compatibility"]["objects"]}
    assert objects["artwork_proof"]["reasons"] == ["all that it says becomes lines of text"]
    left = {entry["name"] for entry in found["entries"] if entry["known"] == "left behind"}
    assert {"Task rules", "Reports and dashboards", "Native integrations (Xero, Stripe, Mailchimp)"} <= left
    rules = [entry for entry in found["entries"] if entry["known"] == "read" and entry["object"] == "Task"]
    assert rules
    assert all(entry["feature"] == "Automations" for entry in rules)
