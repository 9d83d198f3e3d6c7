"""Pro-Sales CRM into Nutshell accounts of other kinds: smaller plans, and a market in another currency."""

from pathlib import Path

import httpx
import pytest

from ops import demo_admin
from tests.e2e.pairs import NUTSHELL
from tests.e2e.workspace import Workspace, sandboxed
from tests.pairs.passage import _Traveller, answer
from tests.pairs.sides import PRO_SALES, initialise, reached

pytestmark = pytest.mark.xdist_group("pro-sales-crm-nutshell")


@pytest.mark.trap("Q10")
@pytest.mark.promise("F-097")
@pytest.mark.promise("F-098")
@pytest.mark.parametrize(("plan", "room"), [("foundation", 10), ("growth", 20)])
def test_the_plan_names_what_will_not_fit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, plan: str, room: int
) -> None:
    """Ten or twenty custom fields: the least filled are named, nothing is written, and either answer goes on."""
    monkeypatch.setenv("CUTOVER_SOURCE_TOKEN", "sandbox")
    monkeypatch.setenv("CUTOVER_DESTINATION_TOKEN", "sandbox")
    pair = NUTSHELL._replace(plan=plan, settings={**NUTSHELL.settings, "plan": plan})
    with sandboxed(tmp_path, pair) as (sandbox, _), reached(PRO_SALES, tmp_path / "source") as address:
        workspace = Workspace(tmp_path / "ws", sandbox, pair=pair)
        initialise(PRO_SALES, workspace, address)
        with _Traveller(workspace, sandbox, answer).migration() as migration:
            migration.start(PRO_SALES.kind, pair.kind)
            migration.discover()
            migration.confirm(migration.propose(), "test")
            (asked,) = [q for q in migration.reviews() if q.kind == "cap"]
            made = [w for w in migration.replayed()[1].configuration if w.part.entity == "field"]
            assert f"has room for {room}" in asked.question
            # one record of thirty has it
            assert "contact 'Referred By'" in asked.question
            assert "'Fax Extension'" not in asked.question  # never filled: excluded, not counted
            assert len(made) == room
            assert sandbox.writes() == 0
            migration.resolve([asked.id], "drop", "test")
            for body in demo_admin.part(migration):
                httpx.post(f"{sandbox.url}/sandbox/admin", json=body, timeout=30).raise_for_status()
            migration.describe_destination()
            assert [q for q in migration.reviews() if q.kind in ("cap", "checklist")] == []
            assert migration.plan().entities


@pytest.mark.trap("Q11")
def test_an_amount_in_another_currency_needs_its_market(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where an administrator has added the market, d92 is 12,400 Canadian dollars."""
    monkeypatch.setenv("CUTOVER_SOURCE_TOKEN", "sandbox")
    monkeypatch.setenv("CUTOVER_DESTINATION_TOKEN", "sandbox")
    with sandboxed(tmp_path, NUTSHELL) as (sandbox, _), reached(PRO_SALES, tmp_path / "source") as address:
        sandbox.administer(make="market", name="Canada", currency="CAD")
        workspace = Workspace(tmp_path / "ws", sandbox, pair=NUTSHELL)
        initialise(PRO_SALES, workspace, address)
        traveller = _Traveller(workspace, sandbox, answer)
        with traveller.migration() as migration:
            migration.start(PRO_SALES.kind, NUTSHELL.kind)
            migration.discover()
            migration.confirm(migration.propose(), "test")
        traveller.administer()
        with traveller.migration() as migration:
            migration.sample(20)
            migration.approve("sample", "test")
            migration.approve("data", "test")
        traveller.go("run")
        seen = traveller.look()
    value = seen.record("Deal", "d92", "leads")["value"]
    assert (value["amount"], value["currency"]) == (12400, "CAD")
    assert seen.reconciled.ok
    assert seen.reconciled.entities["lead"].sums["CAD"]["destination"] == 12400
