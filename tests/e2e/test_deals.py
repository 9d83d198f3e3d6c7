"""Traps S20 to S28: deals, their owners and their parents."""

import pytest

from tests.e2e.story import Base

pytestmark = pytest.mark.xdist_group("story")

FALLBACK = 9
"""The user that the recorded decision chose for records without a matched owner."""


@pytest.mark.trap("S20")
@pytest.mark.trap("S13")
@pytest.mark.promise("F-126")
def test_s20_a_name_of_two_people_is_settled_by_the_company(base: Base) -> None:
    """The deal of Blue Heron Foods that names Sofia Reyes is the one's who works there."""
    deal = base.end.contents["Deal/deal:14"]
    assert (deal["title"], deal["person_id"]) == ("Menu refresh", "Contact/contact:31")
    assert deal["org_id"] == "Company/C-1004"


@pytest.mark.trap("S21")
@pytest.mark.promise("F-126")
def test_s21_an_ambiguous_contact_is_asked_and_not_guessed(base: Base) -> None:
    """A contact that fits two people and no company waits for a decision; the deal is not imported meanwhile."""
    (asked,) = base.at_gate.asked("ambiguous")
    assert asked["key"] == "deal:15"
    assert asked["choices"] == ["link:contact:31", "link:contact:32", "without", "skip"]
    assert asked["blocks"] == ["Deal/deal:15"]
    assert "Deal/deal:15" not in base.quarantine.contents
    assert base.quarantine.counts("Deal")["held"] == 2
    assert "Deal/deal:15" not in base.end.contents
    assert base.end.counts("Deal")["skipped"] == 2


@pytest.mark.trap("S22")
def test_s22_a_name_turned_round_and_a_deal_without_value(base: Base) -> None:
    """`Serial, Abel` is Abel Serial; no value and no probability are sent, a 0 read back is equal and told."""
    assert base.finding("no-value", "Deal", "deal:16")
    sent = base.sent("Deal", "deal:16")
    assert "value" not in sent
    assert "probability" not in sent
    deal = base.end.contents["Deal/deal:16"]
    assert (deal["title"], deal["person_id"], deal["value"]) == ("Freight audit", "Contact/contact:39", 0)
    assert base.reconciled["entities"]["deal"]["different"] == []


@pytest.mark.trap("S23")
@pytest.mark.promise("F-054")
@pytest.mark.promise("F-055")
def test_s23_a_value_that_is_no_number_and_an_unknown_stage(base: Base) -> None:
    """`TBD` is no value, told and kept in the log; an unknown stage is asked about and never falls to a default."""
    assert base.finding("not-a-number", "Deal", "deal:17", "Value")
    assert base.raw("Deal", "deal:17")["Value"] == "TBD"
    assert "value" not in base.sent("Deal", "deal:17")
    (asked,) = base.at_gate.asked("value")
    assert "Verbal Yes (pending PO)" in asked["question"]
    assert "Deal/deal:17" in asked["blocks"]
    assert "Deal/deal:17" not in base.at_gate.contents
    assert base.end.contents["Deal/deal:17"]["stage_id"] == "Verbal Yes (pending PO)"


@pytest.mark.trap("S24")
def test_s24_another_decimal_sign_and_a_careless_stage(base: Base) -> None:
    """`12.500,00` is 12,500 euros among decimal points, and told; `negotiation ` is the stage Negotiation."""
    assert base.finding("other-decimal-sign", "Deal", "deal:18", "Value")
    assert base.finding("mixed-decimals", "Deal")
    deal = base.end.contents["Deal/deal:18"]
    assert (deal["value"], deal["currency"], deal["stage_id"]) == (12500, "EUR", "Negotiation")


@pytest.mark.trap("S25")
def test_s25_an_accounting_negative_and_a_date_that_its_column_settles(base: Base) -> None:
    """`(1,200.00)` is -1200, and told; 04/05 is the fifth of April, as the column is month first."""
    assert base.finding("accounting-negative", "Deal", "deal:19", "Value")
    deal = base.end.contents["Deal/deal:19"]
    assert (deal["value"], deal["expected_close_date"]) == (-1200, "2025-04-05")


@pytest.mark.trap("S26")
@pytest.mark.promise("F-109")
@pytest.mark.promise("F-113")
def test_s26_an_owner_without_a_user_waits_in_the_queue(base: Base) -> None:
    """Gil Foster is in the queue with the records that wait for him, whether or not their phase was reached."""
    (asked,) = [i for i in base.at_gate.asked("owner") if "Gil Foster" in i["question"]]
    assert asked["blocks"] == ["Company/C-2005", "Deal/deal:20"]
    assert "Invite" in asked["question"]
    assert {"user:migration@brightpath.example", "migration-user"} <= set(asked["choices"])
    for key in asked["blocks"]:
        assert key not in base.at_gate.contents
        assert base.end.contents[key]["owner_id"] == FALLBACK


@pytest.mark.trap("S27")
@pytest.mark.promise("F-109")
def test_s27_no_owner_at_all_waits_in_the_same_queue(base: Base) -> None:
    """Records without an owner wait in the queue with that reason; nobody takes them unless a person says so."""
    (asked,) = [i for i in base.at_gate.asked("owner") if "no owner" in i["question"]]
    assert asked["blocks"] == ["Company/C-2004", "Deal/deal:21"]
    assert asked["proposed"] == ""
    for key in asked["blocks"]:
        assert key not in base.at_gate.contents
        assert base.end.contents[key]["owner_id"] == FALLBACK


@pytest.mark.trap("S26")
@pytest.mark.trap("S27")
@pytest.mark.promise("F-110")
def test_the_deals_wait_until_the_owner_queue_is_empty(base: Base) -> None:
    """The run stops before the deals with exit code 3 and says why; once the queue is answered they move."""
    assert base.gate.code == 3
    assert base.gate.document["outcome"] == "gate"
    assert "deal records wait: 2 owners have no user" in base.gate.document["message"]
    sampled = {k for k in base.at_gate.contents.by_key if k.startswith("Deal/")}
    moved = {k for k in base.end.contents.by_key if k.startswith("Deal/")}
    assert len(sampled) == base.at_gate.counts("Deal")["written"] < len(moved) == 20
    assert base.at_gate.counts("Deal")["pending"] == 22 - len(sampled)
    assert base.at_gate.counts("Contact")["pending"] == 0


@pytest.mark.trap("S28")
def test_s28_a_deal_without_any_parent_is_an_orphan(base: Base) -> None:
    """Neither company nor contact exist: the deal is asked about, told, and gets no invented parents."""
    (asked,) = [i for i in base.at_gate.asked("orphan") if i["object"] == "Deal"]
    assert (asked["key"], asked["blocks"]) == ("deal:22", ["Deal/deal:22"])
    details = " ".join(f["detail"] for f in base.finding("link-missing", "Deal", "deal:22"))
    assert "C-8888" in details
    assert "Nobody Here" in details
    assert "Deal/deal:22" not in base.end.contents
    names = {o["name"] for o in base.end.contents.raw["organizations"]}
    assert "Vanished Inc" not in names
    assert len(names | {"Tidepool Coffee"}) == len(base.end.contents.raw["organizations"]) - 1


@pytest.mark.promise("F-058")
def test_probabilities_are_seen_where_the_deals_are(base: Base) -> None:
    """The pipeline shows probabilities, so that those of the deals and of the stages can be read."""
    (pipeline,) = [p for p in base.end.contents.raw["pipelines"] if p["name"] == "Smart CRM Online"]
    assert pipeline["is_deal_probability_enabled"] is True
    assert base.end.contents["Deal/deal:2"]["probability"] == 25
    stages = [s for s in base.end.contents.raw["stages"] if s["pipeline_id"] == pipeline["id"]]
    shown = [(s["name"], s["deal_probability"]) for s in sorted(stages, key=lambda s: s["order_nr"])]
    assert shown[:4] == [("New", 10), ("Qualified", 25), ("Proposal Sent", 50), ("Negotiation", 75)]


def test_won_and_lost_deals_keep_their_day(base: Base) -> None:
    """A won deal is won on the day on which it was closed, and a lost one is lost."""
    won, lost = base.end.contents["Deal/deal:5"], base.end.contents["Deal/deal:6"]
    assert (won["status"], won["local_won_date"]) == ("won", "2025-01-13")
    assert (lost["status"], lost["local_lost_date"]) == ("lost", "2025-04-14")
