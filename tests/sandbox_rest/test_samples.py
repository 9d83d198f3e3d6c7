"""The sample worlds for demonstrations are read whole, on both days, with and without the CSV twin."""

from pathlib import Path

import pytest

from adapters.sandbox.rest import in_memory
from adapters.sandbox.rest.data import load
from adapters.sandbox.rest.settings import RestSettings
from tests.sandbox_rest.recordings import APIS
from tests.sources.rest.reading import Account, codes

SAMPLES = Path(__file__).parents[2] / "ops" / "samples"
FOLDERS = {"promoxcrm": SAMPLES / "promoxcrm", "pro-sales-crm": SAMPLES / "pro_sales_crm"}


def opened(vendor: str, day: str, csv: bool = False, **manners: str) -> Account:
    folder = FOLDERS[vendor] / day
    memory = in_memory(APIS[vendor], load(folder), RestSettings(rate=None, **manners))  # type: ignore[arg-type]
    return Account(vendor, memory, folder / "csv" if csv else None, url="https://crm.example")


@pytest.mark.parametrize("day", ["", "delta"])
@pytest.mark.parametrize("vendor", FOLDERS)
def test_a_sample_is_read_whole(vendor: str, day: str) -> None:
    """Between 30 and 70 records, every object with one at least but for kinds of activity, every type known."""
    account = opened(vendor, day)
    schema = account.run(account.source.schema())
    counts = {o.name: len(account.all(o.name)[0]) for o in schema.objects}
    assert 30 <= sum(counts.values()) <= 85
    assert {name for name, count in counts.items() if not count} <= {"Email", "Meeting", "Activity"}
    assert codes(list(schema.findings)).keys() <= {"automation"}
    assert account.run(account.source.probe()).usable


def test_the_twin_fills_what_the_sample_hides() -> None:
    """The CSV of the sample gives the hidden contact and the whole note."""
    account = opened("pro-sales-crm", "", csv=True, hidden="contacts/p4", cut="activities/body=255")
    account.run(account.source.schema())
    assert codes(account.all("Contact")[1])["not-shown-by-api"] == [""]
    assert codes(account.all("Note")[1])["text-cut"] == ["y5"]


def test_the_second_day_differs() -> None:
    """Each sample has something new, changed and gone."""
    for vendor, object in (("promoxcrm", "Client"), ("pro-sales-crm", "Contact")):
        before, after = (opened(vendor, day).by_id(object) for day in ("", "delta"))
        assert after.keys() - before.keys()
        assert any(before[id].values != after[id].values for id in before.keys() & after.keys())
