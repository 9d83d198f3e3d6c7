"""What the API lacks and the plan limits."""

import pytest

from adapters.destinations.pipedrive import ENTITY_ORDER, Pipedrive, caps
from adapters.destinations.pipedrive.catalogue import ENTITIES
from adapters.destinations.pipedrive.lacks import LACKS, of_plan
from adapters.destinations.pipedrive.prices import _MULTIPLIERS as PLANS
from adapters.protocols import RefusedError
from tests.destinations.account import Account
from tests.destinations.flows import drive, ok


def test_every_lack_is_said_once_and_in_sentences():
    """What cannot be, and what is done instead."""
    assert len({(lack.action, lack.entity, lack.field) for lack in LACKS}) == len(LACKS)
    for lack in LACKS:
        assert lack.what.endswith(".")
        assert lack.instead.endswith(".")
        assert lack.entity in (*ENTITY_ORDER, "user")


def test_every_time_that_cannot_be_set_is_a_lack():
    """The read-only times of the catalogue, each by name."""
    times = {
        (entity.name, column.key)
        for entity in ENTITIES.values()
        for column in entity.columns
        if column.kind == "datetime" and column.readonly
    }
    assert times == {(lack.entity, lack.field) for lack in LACKS if lack.action == "date"}


def test_lacks_and_caps_are_in_the_schema(account):
    """With what is used of the plan: custom fields of all entities, and leads with open deals."""
    schema = account.run(account.adapter.schema())
    assert schema.lacks == (*LACKS, *of_plan("growth"))
    fields, records = schema.caps
    assert (fields.code, fields.limit, fields.plan) == ("custom-fields", 100, "growth")
    assert fields.used == len({f.key for o in schema.objects for f in o.fields if f.custom})
    assert (records.code, records.entities, records.limit) == ("open-records", ("deal", "lead"), 5_000 * 5)
    assert records.used == 0 + 1  # the deal is lost
    account.create("deal", {"title": "Open"})
    assert account.run(account.adapter.schema()).caps[1].used == 2
    assert "August 2025" in records.source


def test_a_plan_that_there_is_not_is_no_plan_without_caps():
    """A misspelled plan is told with those that there are; a plan that is not known is left out."""
    with pytest.raises(ValueError, match="no plan 'gold' at Pipedrive; there is lite, growth"):
        Pipedrive(plan="gold")


@pytest.mark.parametrize("plan", [None, ""])
def test_without_a_known_plan_there_is_no_cap(account, plan):
    """And nothing is counted."""
    schema = account.run(Pipedrive(plan=plan).schema())
    assert schema.caps == ()
    assert schema.account["plan"] == plan
    assert account.tokens == Pipedrive(plan=plan).schema_price() == 132


@pytest.mark.parametrize(
    ("plan", "seats", "records", "fields"),
    [
        ("lite", 3, 7_500, 30),
        ("Growth", 3, 15_000, 100),
        ("premium", 3, 45_000, 300),
        ("ultimate", 3, 60_000, 500),
        ("ultimate", 20, 300_000, 500),
        ("essential", 3, 6_000, None),
        ("advanced", 3, 12_000, None),
        ("professional", 3, 30_000, None),
        ("power", 3, 45_000, None),
        ("enterprise", 3, None, None),
        ("lite", 0, 2_500, 30),
    ],
)
def test_the_limits_of_each_plan(plan, seats, records, fields):
    """By seats; legacy plans limit custom fields in no published number."""
    found = {cap.code: cap.limit for cap in caps.caps(plan, seats, 1, 2)}
    assert (found.get("open-records"), found.get("custom-fields")) == (records, fields)


def test_every_plan_with_a_budget_has_its_limits():
    """The two tables name the same plans."""
    assert set(caps.PLANS) == set(PLANS)


@pytest.mark.parametrize("count", [0, 1, 499, 500, 501, 999, 1000, 1001, 1500, 1501, 2000, 2499, 7_777, 100_000])
def test_leads_are_counted_without_reading_them_all(count):
    """Pages are looked at by halves; some thirty at most."""

    def answer(request):
        start = int(request.query["start"])
        rows = [{"id": n} for n in range(start, min(start + 500, count))]
        more = start + 500 < count
        return ok(rows, additional_data={"pagination": {"start": start, "more_items_in_collection": more}})

    found, requests = drive(caps._leads(), answer)
    assert found == count
    assert len(requests) <= (1 if count <= 500 else 2 + 2 * (count // 500).bit_length())


def test_many_open_deals_are_summed_up():
    """The first page tells a small number, the summary a large one."""
    pages = [ok([{"id": 1}], additional_data={"next_cursor": "more"}), ok({"total_count": 12_345})]
    found, requests = drive(caps._open_deals(), pages)
    assert found == 12_345
    assert [request.path for request in requests] == ["/api/v2/deals", "/v1/deals/summary"]
    assert sum(map(Pipedrive().price, requests)) == 50


def test_over_the_plan_a_deal_is_refused_with_its_code():
    """So that it can be told from a mistake of the map."""
    account = Account(plan="lite", seats=1)
    for number in range(2_500):
        account.create("deal", {"title": f"Deal {number}"})
    with pytest.raises(RefusedError, match="limit") as caught:
        account.create("deal", {"title": "One too many"})
    assert caught.value.verdict.code == "feature_capping_deals_limit"
    assert caught.value.verdict.status == 403


def test_over_the_plan_a_field_is_refused_with_its_code():
    """Thirty custom fields on Lite."""
    account = Account(plan="lite", seats=1)
    with pytest.raises(RefusedError) as caught:
        for number in range(31):
            account.create("field", {"entity": "product", "label": f"Field {number}", "kind": "text"})
    assert caught.value.verdict.code == "feature_capping_custom_fields_limit"
    assert Account(plan="lite").run(Pipedrive(plan="lite").schema()).caps[0].used == 0
