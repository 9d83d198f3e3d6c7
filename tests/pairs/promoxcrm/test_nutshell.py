"""PromoXcrm into Nutshell: the whole of it completes there, and the rules of the source hold."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.e2e.pairs import NUTSHELL
from tests.nutshell.contents import Contents
from tests.pairs.promoxcrm.story import Stop, at_hand, finish, gone, look, many, prepared
from tests.pairs.sides import PROMOX, next_day

pytestmark = pytest.mark.xdist_group("promoxcrm")


@dataclass
class Told:
    """What was seen of the base and of the day after."""

    end: Stop
    raw: dict[str, Any]
    reconciled: Any
    later: Stop
    reconciled_later: Any
    back: Any
    after: dict[str, Any]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    """The migration, with the commission placed on the person."""
    folder = tmp_path_factory.mktemp("promoxcrm-nutshell")
    with at_hand(folder, NUTSHELL) as (workspace, address):
        prepared(workspace)
        finish(workspace, {"placement Commission/Commission": "project.client"})
        end = look(workspace, Contents)
        raw = workspace.sandbox.records()
        reconciled, _ = many(workspace, ("reconcile",), ("sync", *next_day(PROMOX, address, folder / "source")))
        *_, reconciled_later = many(workspace, *gone(workspace), ("sync",), ("reconcile",))
        later = look(workspace, Contents)
        back = workspace.ok("rollback", "--yes")
        after = workspace.sandbox.records()
    yield Told(end, raw, reconciled, later, reconciled_later, back, after)


def test_both_sides_agree_on_both_days(told: Told) -> None:
    """Everything is written or skipped by a decision."""
    assert (told.reconciled["ok"], told.reconciled_later["ok"]) == (True, True)
    assert told.end.counts("Client") == {"extracted": 35, "written": 33, "skipped": 2}
    assert told.end.counts("Project") == {"extracted": 24, "written": 21, "skipped": 3}
    assert told.end.counts("Task") == {"extracted": 16, "written": 15, "skipped": 1}


@pytest.mark.promise("F-069")
def test_commission_adds_up_on_the_person_when_a_person_says_so(told: Told) -> None:
    """The note stays on the deal."""
    contact = told.end.account["Client/103"]
    assert contact["customFields"]["Commission"] == "78.75"
    assert "Commission" not in told.end.account["Project/703"]["customFields"]
    note = told.end.account["Commission/920"]
    assert "How it is worked out: 5 % up to 5000; 8 % above 5000" in note["body"]
    assert note["links"]["parent"] == "Project/708"


def test_deals_and_leads_stand_in_the_pipelines_that_an_administrator_made(told: Told) -> None:
    """The stage goes by its id, both objects are leads there."""
    stages = {row["id"]: row for row in told.raw["stages"]}
    by_key = {key: row for key, row in told.end.account.by_key.items() if key in ("Project/727", "Lead/405")}
    raw = {key: next(r for r in told.raw["leads"] if r["id"] == row["id"]) for key, row in by_key.items()}
    names = {key: stages[row["links"]["stage"]]["name"] for key, row in raw.items()}
    assert names == {"Project/727": "Quote Sent", "Lead/405": "Qualified??"}


def test_converted_lead_orphans_and_odd_companies_are_as_at_pipedrive(told: Told) -> None:
    """The same questions were asked, the same decisions hold."""
    account = told.end.account
    assert not {"Lead/402", "Project/722", "Commission/924", "Client/150", "Client/156"} & account.by_key.keys()
    assert account["Client/154"]["links"]["accounts"] == ["Tidepool Coffee"]
    assert "deck ünïcode (final) v2.pptx" in account["Presentation/p-12"]["body"]


def test_deletions_of_the_day_after_go_by_a_persons_word(told: Told) -> None:
    """What is new is there."""
    keys = told.later.account.by_key.keys()
    assert {"Client/170", "Project/740", "Task/t30"} <= keys
    assert not {"Client/118", "Client/119", "Project/713"} & keys


@pytest.mark.promise("F-161")
def test_rollback_leaves_only_what_the_platform_cannot_delete(told: Told) -> None:
    """No record is left; the fields are listed."""
    tables = ("accounts", "contacts", "leads", "activities", "tasks", "notes")
    assert [table for table in tables if told.after[table]] == []
    assert (told.back["done"], told.back["held"]) == (True, 0)
    assert {one["entity"] for one in told.back["impossible"]} == {"field"}
