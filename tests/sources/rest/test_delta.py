"""One day later: what a full reading shows of each planted change, those without a new time stamp included."""

import pytest

from adapters.protocols import Record
from adapters.sandbox.world import InMemory
from tests.sources.rest.reading import opened

PROMOX = ("Client", "Project", "Commission", "Task", "Lead", "sample_kit")
PRO_SALES = ("Company", "Contact", "Deal", "Call", "Note", "Task")


def contents(vendor: str, day: str, objects: tuple[str, ...]) -> dict[tuple[str, str], Record]:
    """All records of a day by object and id."""
    account = opened(vendor, day)
    schema = account.run(account.source.schema())
    assert all(not o.incremental for o in schema.objects)
    assert isinstance(account.memory, InMemory)
    return {(o, record.id): record for o in objects for record in account.all(o)[0]}


def differences(vendor: str, objects: tuple[str, ...]) -> tuple[set[tuple[str, str]], ...]:
    """What was created, changed, gone from the list, and newly marked as deleted."""
    before, after = contents(vendor, "base", objects), contents(vendor, "delta", objects)
    both = before.keys() & after.keys()
    marked = {key for key in both if after[key].deleted and not before[key].deleted}
    changed = {key for key in both if before[key].values != after[key].values} - marked
    return set(after.keys() - before.keys()), changed, set(before.keys() - after.keys()), marked


@pytest.mark.promise("F-154")
@pytest.mark.promise("F-160")
def test_every_change_of_promoxcrm_shows() -> None:
    """Rows 1 to 14 of the expected delta, whether or not the time of the last change was moved."""
    created, changed, gone, marked = differences("promoxcrm", PROMOX)
    assert created == {("Client", "170"), ("Project", "740"), ("Task", "t30"), ("sample_kit", "9")}
    assert changed == {("Client", "101"), ("Client", "106"), ("Project", "720"), ("Project", "703"),
                       ("Commission", "903"), ("Task", "t4"), ("Lead", "401")}  # fmt: skip
    assert gone == {("Client", "119"), ("Project", "713")}
    assert marked == {("Client", "118")}


@pytest.mark.promise("F-154")
@pytest.mark.promise("F-160")
def test_every_change_of_pro_sales_shows() -> None:
    """Rows 1 to 12 of the expected delta; the merged contact names the one that it became."""
    created, changed, gone, marked = differences("pro-sales-crm", PRO_SALES)
    assert created == {("Contact", "c120"), ("Deal", "d120"), ("Note", "a120")} or created == {
        ("Contact", "c120"), ("Deal", "d120"), ("Call", "a120"),
    }  # fmt: skip
    assert changed == {("Company", "co2"), ("Contact", "c5"), ("Contact", "c6"), ("Contact", "c4"), ("Deal", "d2"),
                       ("Deal", "d90")}  # fmt: skip
    assert gone == {("Contact", "c18"), ("Deal", "d13")}
    assert marked == {("Contact", "c7")}
    assert contents("pro-sales-crm", "delta", ("Contact",))["Contact", "c7"].merged == "c8"
