"""The CSV exports of both vendors alone, and beside an API that lacks an object."""

import shutil
from pathlib import Path

import msgspec
import pytest

from adapters.protocols import Source
from adapters.sources import UnreadableError
from adapters.sources.pro_sales_crm import CONNECTOR as PRO_SALES
from adapters.sources.promoxcrm import CONNECTOR as PROMOX
from tests.sandbox_rest.recordings import FOLDERS
from tests.sources.reading import finish, read_all
from tests.sources.rest.reading import codes, opened


def export(vendor: str, day: str = "base") -> Source:
    connector = PROMOX if vendor == "promoxcrm" else PRO_SALES
    assert connector.bundle is not None
    return connector.bundle(FOLDERS[vendor, day] / "csv", {})


@pytest.mark.trap("P35")
@pytest.mark.promise("F-007")
def test_promoxcrm_by_csv_alone_says_what_is_missing() -> None:
    """Clients, leads, projects and tasks are read with the API's keys; commissions are a lack with a way out."""
    source = export("promoxcrm")
    schema = finish(source.schema())
    counts = {o.name: o.count for o in schema.objects}
    assert counts == {"Company": None, "Client": 34, "Lead": 12, "Project": 24, "Commission": 0, "Task": 16,
                      "Presentation": 0}  # fmt: skip
    lacking = {lack.entity: lack.instead for lack in schema.lacks}
    assert "workbook" in lacking["Commission"]
    client = schema.object("Client")
    assert client is not None
    assert client.identity.id_field is None
    assert client.identity.natural[0] == ("Email",)
    project = read_all(source, "Project")[0].values
    assert (project["Client"], project["Stage"]) == ("Greta Castellanos", "Corporate / Inquiry")
    assert project["Due"] == "2025-03-10"
    stages = {record.values["Stage"] for record in read_all(source, "Project")}
    assert "Corporate / Artwork & Proof" in stages
    assert len(read_all(source, "Company")) == 21


@pytest.mark.trap("P36")
def test_rows_that_are_alike_are_all_given() -> None:
    """Two tasks that the CSV cannot tell apart are two records, in the same order each time."""
    twins = [r for r in read_all(export("promoxcrm"), "Task") if r.values["Task"] == "Send proof to Harborlight"]
    assert len(twins) == 2
    assert twins[0].values == twins[1].values
    assert twins[0].where != twins[1].where


@pytest.mark.trap("Q23")
@pytest.mark.trap("Q24")
def test_cells_with_several_values_are_lists() -> None:
    """Contacts in one cell are names, tags are split at semicolons alone, their own commas and blanks stay."""
    source = export("pro-sales-crm")
    schema = finish(source.schema())
    deals = {record.values["Deal"]: record.values for record in read_all(source, "Deal")}
    names = msgspec.json.decode(deals["Tidepool Coffee pilot 95"]["Contacts"])
    assert names == ["Greta Fontaine", "Nadia Quigley", "Mia Merged"]
    contacts = {record.values["Email"]: record.values for record in read_all(source, "Contact")}
    tags = msgspec.json.decode(contacts["tagg.case@harborlight.example"]["Tags"])
    assert tags == ["VIP", "vip", "V.I.P.", " vip ", "east, coast", "VIP"]
    deal = schema.object("Deal")
    assert deal is not None
    (link,) = [link for link in deal.links if link.name == "contacts"]
    assert (link.id_field, link.name_field, link.within, link.many) == (None, "Contacts", "company", True)
    kinds = {o.name: o.count for o in schema.objects}
    assert (kinds["Call"], kinds["Note"], kinds["Task"], kinds["Activity"]) == (17, 5, 4, 0)


@pytest.mark.promise("F-010")
def test_columns_that_are_in_no_standard_are_custom_fields() -> None:
    """The custom fields of contacts and deals come by their labels."""
    schema = finish(export("pro-sales-crm").schema())
    contact = schema.object("Contact")
    assert contact is not None
    assert [f.label for f in contact.fields if f.custom] == [
        "Lead Score", "Persona", "Interests", "Birthday", "Newsletter", "LinkedIn", "Referred By", "Language",
        "Side Notes", "Legacy ID", "Fax Extension", "Budget",
    ]  # fmt: skip


@pytest.mark.promise("F-007")
def test_an_object_that_the_api_lacks_is_read_from_the_export() -> None:
    """A 404 falls to the CSV, the reason is told, owners become the users' ids."""
    account = opened("promoxcrm", csv=True)
    del account.memory.world.state.data.lists["leads"]  # type: ignore[attr-defined]
    del account.memory.world.state.data.lists["commissions"]  # type: ignore[attr-defined]
    schema = account.run(account.source.schema())
    told = {f.object: f.detail for f in schema.findings if f.code == "not-in-api"}
    assert "status 404" in told["Lead"]
    assert "read from the export" in told["Lead"]
    assert "not read" in told["Commission"]
    leads, _ = account.all("Lead")
    assert len(leads) == 12
    assert leads[0].values["Owner"] == "1"
    assert account.all("Commission") == ([], [])
    assert {lack.entity for lack in schema.lacks if lack.what.startswith("The API does not give")} == {"Commission"}
    assert len(account.all("Company")[0]) == 21


def test_clients_that_the_list_hides_come_from_the_csv() -> None:
    """PromoXcrm's hidden client is found by the total, too, and matched by its address without case."""
    account = opened("promoxcrm", csv=True, hidden="clients/150,clients/120")
    records, findings = account.all("Client")
    filled = [record.values["Email"] for record in records if not record.id]
    # 150's address is 103's in capitals: the one that was shown answers for one row, the other row is taken
    assert sorted(email.lower() for email in filled) == [
        "anders@harborlight.example",
        "beatriz@blue-heron-foods.example",
    ]
    assert len(codes(findings)["not-shown-by-api"]) == 2


def test_an_export_that_is_none_is_refused(tmp_path: Path) -> None:
    """A folder without any known file names what was expected."""
    shutil.copy(FOLDERS["promoxcrm", "base"] / "csv" / "tasks.csv", tmp_path / "something.csv")
    assert PROMOX.bundle is not None
    with pytest.raises(UnreadableError, match=r"expected clients\.csv"):
        finish(PROMOX.bundle(tmp_path, {}).schema())


def test_the_dialects_are_those_of_the_files() -> None:
    """A confirmed dialect is handed out and taken back."""
    source = export("pro-sales-crm")
    finish(source.schema())
    dialects = source.dialects  # type: ignore[attr-defined]
    assert sorted(dialects) == ["activities.csv", "companies.csv", "contacts.csv", "deals.csv"]
    assert PRO_SALES.bundle is not None
    again = PRO_SALES.bundle(FOLDERS["pro-sales-crm", "delta"] / "csv", dialects)
    assert len(read_all(again, "Contact")) == 30
