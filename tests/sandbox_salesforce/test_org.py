"""Orgs in folders: the bundle a day later, the sample, the other edition, and folders that hold none."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from adapters.sandbox.salesforce import Account, SalesforceSettings, in_memory, world
from adapters.sandbox.salesforce.folder import OrgError
from ops.cli.long import SAMPLES
from tests.sandbox_salesforce.client import BUNDLE, Client, every_field, recorded

SAMPLE = SAMPLES / "improveit_360"
LATER = {"path": "../delta/org", "at": "2025-03-15T18:00:00Z"}


def test_a_day_later() -> None:
    """After the change of folder each object's records are those of the new one, deleted ones included."""
    org = Client(query_all_files=True)
    org.world.control("POST", "/sandbox/org", LATER)
    for name in recorded("counts.json")["delta"]:
        found = org.query(f"SELECT {every_field(name)} FROM {name}", everything=True)
        assert found == recorded(f"delta/org/records/{name}.json")


def test_only_what_changed_is_written(org: Client) -> None:
    """The journal of a change of folder holds the records that changed, and the clock goes on to the new time."""
    outcome = org.world.world.control("POST", "/sandbox/org", LATER, org.world.now)
    rows = [change for change in outcome.changes if change[0] == "row"]
    assert len(rows) < 20
    org.world.control("POST", "/sandbox/org", LATER)
    assert org.send("GET", "/limits").headers["date"] == "Sat, 15 Mar 2025 18:00:00 GMT"


def test_clock_of_a_folder() -> None:
    """A folder is a picture of one moment: its newest stamp and an hour; the clock does not go back."""
    org = Client(SAMPLE / "org")
    assert org.send("GET", "/limits").headers["date"] == "Mon, 18 May 2026 20:10:00 GMT"
    told = org.world.control("POST", "/sandbox/org", {"path": "../delta/org"})
    assert told["now"] == "2026-05-19T20:40:00.000+0000"
    assert org.world.control("POST", "/sandbox/org", {"path": "../org"})["now"] == told["now"]


def test_folders_elsewhere(org: Client, tmp_path: Path) -> None:
    """The control address takes no folder but those beside the first one; others are refused, and change nothing."""
    for path in (str(tmp_path), "../../smart_crm_online", "../http", "/"):
        assert "error" in org.world.control("POST", "/sandbox/org", {"path": path})
    assert len(org.query("SELECT Id FROM Account")) == 12


def test_edits(org: Client) -> None:
    """A user's change moves both stamps, a process moves one, a formula none; each can be made from outside."""
    key = "0035f0000000100AAA"
    before = org.query(f"SELECT LastModifiedDate, SystemModstamp FROM Contact WHERE Id = '{key}'")[0]
    moved = {"user": (True, True), "process": (False, True), "formula": (False, False)}
    for who, expected in reversed(moved.items()):
        body = {"object": "Contact", "id": key, "fields": {"Title": who}, "by": who}
        after = org.world.control("POST", "/sandbox/edit", body)
        got = tuple(after[name] != before[name] for name in ("LastModifiedDate", "SystemModstamp"))
        assert (after["Title"], got) == (who, expected)
        org.world.control("POST", "/sandbox/edit", {**body, "fields": before, "by": "formula"})
    assert "error" in org.world.control("POST", "/sandbox/edit", {"object": "Contact", "id": "x", "fields": {}})


def test_dump_leads_to_the_same_org(org: Client) -> None:
    """What the journal keeps is the whole state: the restored org answers alike, goes on alike."""
    small = Client(page=8)
    small.query("SELECT Id FROM Contact")
    small.send("POST", "/jobs/query", {"operation": "query", "query": "SELECT Id FROM Account"})
    small.world.control("POST", "/sandbox/org", LATER)
    account = small.world.world
    assert isinstance(account, Account)
    text = msgspec.json.encode(account.dump())
    again = world(msgspec.json.decode(text), account.settings, "sandbox", 0.0, "x")
    assert again.dump() == account.dump()
    assert vars(again.state) == vars(account.state)


def sample_problems(side: str) -> list[str]:
    """References of the sample that lead nowhere, and fields that no description knows."""
    records = {
        path.stem: json.loads(path.read_text(encoding="utf-8")) for path in (SAMPLE / side / "records").glob("*.json")
    }
    ids = {one["Id"] for rows in records.values() for one in rows}
    ids |= {one["ContentDocumentId"] for one in records["ContentVersion"]}
    problems = []
    for name, rows in records.items():
        described = json.loads((SAMPLE / "org" / "describe" / f"{name}.json").read_text(encoding="utf-8"))
        kinds = {field["name"]: field["type"] for field in described["fields"]}
        for row in rows:
            problems += [f"{name}.{key}" for key in row.keys() ^ {*kinds, "attributes"}]
            links = [row[key] for key, kind in kinds.items() if kind == "reference" and row[key]]
            problems += [f"{name} {row['Id']} -> {link}" for link in links if link not in ids]
    return problems


def test_sample() -> None:
    """The sample is whole on both days, small, and invented: every address ends in .example."""
    assert sample_problems("org") == []
    gone = {problem.split(" -> ")[1] for problem in sample_problems("delta/org")}
    assert gone == set()
    org = Client(SAMPLE / "org", query_all_files=True)
    names = [one["name"] for one in org.get("/sobjects")["sobjects"]]
    rows = [row for name in names for row in org.query(f"SELECT FIELDS(ALL) FROM {name} LIMIT 200", everything=True)]
    assert 30 <= len(rows) <= 50
    texts = [text for row in rows for text in row.values() if isinstance(text, str)]
    assert all(text.partition("@")[2].endswith((".example", ".example.i360")) for text in texts if "@" in text)
    for row in rows:
        if row["attributes"]["type"] == "ContentVersion":
            assert len(org.send("GET", row["VersionData"]).content or b"") == row["ContentSize"]


def test_sample_a_day_later() -> None:
    """The second day of the sample has a new record, a change, both kinds of deletion and a formula without a stamp."""
    org = Client(SAMPLE / "org")
    bookmark = "2026-05-18T20:10:00Z"
    net = "SELECT Id, i360__Net_Price__c FROM i360__Sale__c WHERE Name = 'S-301'"
    before = org.query(net)
    org.world.control("POST", "/sandbox/org", {"path": "../delta/org"})
    changed = "SELECT Name, IsDeleted FROM i360__Prospect__c WHERE SystemModstamp >= " + bookmark
    found = {one["Name"]: one["IsDeleted"] for one in org.query(changed, everything=True)}
    assert found == {"P-5102": False, "P-5104": True, "P-5105": False}
    assert org.query(net) != before
    assert not org.ids(f"SELECT Id FROM i360__Sale__c WHERE Name = 'S-301' AND SystemModstamp >= {bookmark}")
    window = {"start": bookmark, "end": "2026-05-19T20:40:00Z"}
    assert len(org.get("/sobjects/i360__Lead_Source__c/deleted/", **window)["deletedRecords"]) == 1


def lightning(tmp_path: Path) -> Path:
    """An org of the other edition: the objects of its recorded list, each with a name and one record."""
    org = tmp_path / "org"
    for part in ("describe", "records"):
        (org / part).mkdir(parents=True)
    fields = [{"name": "Id", "type": "id"}, {"name": "Name"}, {"name": "SystemModstamp", "type": "datetime"}]
    for number, one in enumerate(recorded("org/lightning/sobjects.json")["sobjects"]):
        described: dict[str, Any] = {**one, "keyPrefix": f"b{number:02}", "fields": fields}
        row = {"Id": f"b{number:02}5f0000000001AAA", "Name": "x", "SystemModstamp": "2025-03-01T00:00:00.000+0000"}
        (org / "describe" / f"{one['name']}.json").write_text(json.dumps(described), encoding="utf-8")
        (org / "records" / f"{one['name']}.json").write_text(json.dumps([row]), encoding="utf-8")
    return org


@pytest.mark.trap("I35")
def test_lightning(tmp_path: Path) -> None:
    """The Lightning edition shows by the names of its objects, and has no prospects."""
    org = Client(lightning(tmp_path))
    listed = {one["name"] for one in org.get("/sobjects")["sobjects"]}
    assert {one["name"] for one in recorded("org/lightning/sobjects.json")["sobjects"]} <= listed
    assert len(org.query("SELECT Id, Name FROM i360core__Sale__c")) == 1
    assert org.wrong("SELECT Id FROM i360__Prospect__c")[0] == "INVALID_TYPE"


def test_folders_without_an_org(tmp_path: Path) -> None:
    """A folder that holds no org is refused by name, as is a description that describes nothing."""
    for path, words in (("", "needs an org"), (str(tmp_path), "holds no org"), (str(BUNDLE / "nothing"), "no org")):
        with pytest.raises(OrgError, match=words):
            in_memory(SalesforceSettings(org=path))
    org = lightning(tmp_path)
    (org / "describe" / "Account.json").write_text('{"name": "Account"}', encoding="utf-8")
    with pytest.raises(OrgError, match=r"Account\.json describes no object"):
        in_memory(SalesforceSettings(org=str(org)))
    (org / "describe" / "Account.json").write_text("{", encoding="utf-8")
    with pytest.raises(OrgError, match=r"Account\.json cannot be read"):
        in_memory(SalesforceSettings(org=str(org)))


def test_control(org: Client) -> None:
    """The control address counts, moves the clock, sets faults, and names what it has."""
    org.query("SELECT Id FROM Account")
    told = org.world.control("GET", "/sandbox/requests")
    assert (told["requests"], told["total"], told["writes"]) == ({"GET /query": 1}, 1, 0)
    assert len(org.world.control("GET", "/sandbox/records")["Account"]) == 13
    org.world.control("POST", "/sandbox/clock", {"advance": 3600})
    assert org.send("GET", "/limits").headers["date"] == "Fri, 14 Mar 2025 19:00:00 GMT"
    org.world.control("POST", "/sandbox/faults", {"spec": "420=1,limit=1", "seed": 1})
    assert [org.send("GET", "/limits").status for _ in range(2)] == [420, 200]
    assert "fire" in org.world.control("POST", "/sandbox/faults", {"spec": "fire=1"})["error"]
    assert "there are" in org.world.control("GET", "/sandbox/nothing")["error"]
    assert "error" in org.world.control("POST", "/sandbox/remove", {"object": "Account", "id": "x"})
