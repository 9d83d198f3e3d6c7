"""PromoXcrm by its CSV screens alone: what is moved, what is said to be missing, and the export of a day later."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.e2e.pairs import PIPEDRIVE
from tests.pairs.promoxcrm.story import CSV, Account, Stop, at_hand, chosen, finish, look, many
from tests.pairs.sides import next_day
from tests.undo.dumps import dump

pytestmark = pytest.mark.xdist_group("promoxcrm")


@dataclass
class Told:
    """What was seen: of the base, and of the export of a day later, brought twice."""

    before: dict[str, Any]
    discovered: Any
    end: Stop
    reconciled: Any
    sync: Any
    later: Stop
    again: Any
    wrote_again: int
    reconciled_later: Any
    back: Any
    after: dict[str, Any]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    """The shorter story."""
    folder = tmp_path_factory.mktemp("promoxcrm-csv")
    with at_hand(folder, PIPEDRIVE, CSV) as (workspace, address):
        before = workspace.sandbox.records()
        discovered, *_ = many(
            workspace,
            *(("discover",), ("map", "propose"), ("map", "confirm"), ("approve", "configuration")),
            *(("sample", "--size", "60"), ("approve", "sample"), ("approve", "data")),
        )
        finish(workspace)
        end = look(workspace, Account)
        delta = next_day(CSV, address, folder)
        reconciled, sync = many(workspace, ("reconcile",), ("sync", *delta))
        later = look(workspace, Account)
        wrote = workspace.sandbox.writes()
        again, reconciled_later = many(workspace, ("sync", *delta), ("reconcile",))
        wrote_again = workspace.sandbox.writes() - wrote
        back = workspace.ok("rollback", "--yes")
        after = workspace.sandbox.records()
    yield Told(before, discovered, end, reconciled, sync, later, again, wrote_again, reconciled_later, back, after)


@pytest.mark.trap("P35")
@pytest.mark.promise("F-007")
def test_fallback_moves_what_the_screens_give_and_says_what_they_do_not(told: Told) -> None:
    """Records are known by their content; commissions and presentations are for the workbook."""
    written = {name: told.end.counts(name)["written"] for name in ("Client", "Lead", "Project", "Task")}
    assert written == {"Client": 33, "Lead": 12, "Project": 21, "Task": 16}
    lacking = {f["object"]: f["detail"] for f in chosen(told.discovered["findings"], "not-in-export")}
    assert lacking.keys() == {"Commission", "Presentation"}
    assert all("fill the workbook" in detail for detail in lacking.values())
    assert told.reconciled["ok"] is True


@pytest.mark.trap("P35")
def test_names_lead_to_people_companies_and_users(told: Told) -> None:
    """The rep, the client and the client's company of a deal, all by name."""
    (deal,) = [d for d in told.end.account.by_key.values() if d.get("title") == "Sable & Finch golf day"]
    client = told.end.account[deal["person_id"]]
    assert (client["name"], deal["org_id"], deal["owner_id"]) == (
        "Carmen Abernethy",
        "Company/company:sable & finch",
        3,
    )
    assert (deal["value"], told.end.account.stage(deal["Cutover key"])[:2]) == (1175, ("Corporate", "Order Confirmed"))
    orphans = {i["question"].partition("(it names ")[2].partition(")")[0] for i in told.end.asked("orphan", "Project")}
    assert orphans == {"client 'Del Eted'", "nothing"}


@pytest.mark.trap("P36")
def test_two_rows_that_are_alike_are_two_tasks_and_stay_so(told: Told) -> None:
    """Told apart by their number of occurrence; the next export neither folds nor doubles them."""

    def keys(stop: Stop) -> dict[str, int]:
        name = "Send proof to Harborlight"
        return {key: row["id"] for key, row in stop.account.by_key.items() if row.get("subject") == name}

    assert len(keys(told.end)) == 2
    assert keys(told.later) == keys(told.end)


@pytest.mark.trap("P36")
def test_export_of_a_day_later_changes_only_what_differs(told: Told) -> None:
    """Updates go to the records that were there; what is missing is asked about; the same export again says nothing."""
    extracted = told.sync["extracted"]
    assert extracted["created"] == {"Client": 1, "Project": 1, "Task": 1}
    assert extracted["changed"] == {"Client": 2, "Project": 2}
    assert extracted["vanished"] == {"Client": 2, "Company": 1, "Project": 1}
    assert len(told.later.asked("vanished")) == 4
    (client,) = [c for c in told.later.account.by_key.values() if c.get("name") == "Stefan Ivanenko"]
    assert client["Supplier Tier"] == "Silver"
    assert (told.again["outcome"], told.wrote_again) == ("done", 0)
    assert told.reconciled_later["ok"] is True


def test_fallback_is_taken_back_whole(told: Told) -> None:
    """The account is as it was founded."""
    assert (told.back["done"], told.back["held"]) == (True, 0)
    assert dump(told.after) == dump(told.before)
