"""Results: companies that QuickBooks knows as well."""

from pathlib import Path

import pytest

from tests.sources.results.export import Export

HEAD = "CompanyID,Company Name,Main Phone,Last Modified,QB List ID,QB Full Name,QB Phone,QB Last Sync\n"


def written(folder: Path, *lines: str) -> Export:
    (folder / "companies.csv").write_text(HEAD + "".join(f"{line}\n" for line in lines))
    return Export(folder)


@pytest.mark.promise("F-022")
@pytest.mark.trap("R02")
def test_a_job_is_no_company(export: Export) -> None:
    """A record called Customer:Job names its customer, is told, and is not merged; the customer is left alone."""
    job, customer = export.records["Company"]["1901"], export.records["Company"]["1002"]
    assert (job.values["QuickBooks Link"], job.values["QuickBooks Parent"]) == ("job", "1002")
    assert (customer.values["QuickBooks Link"], customer.values["QuickBooks Parent"]) == ("linked", "")
    assert not job.deleted
    assert export.codes("Company", "1901") == ["quickbooks-job"]
    assert "a job of 1002 and has the same List ID as 1002" in export.sentence("quickbooks-job", "1901")
    assert export.codes("Company", "1002") == []


@pytest.mark.trap("R02")
def test_a_job_before_its_customer(tmp_path: Path) -> None:
    """A job finds its customer wherever that stands; without one in the export it says so."""
    read = written(tmp_path, "1,Depot,,,80A-1,Firm:Depot,,", "2,Firm,,,80A-2,Firm,,", "3,Other,,,80A-3,Gone:Other,,")
    assert read.cell("Company", "1", "QuickBooks Parent") == "2"
    assert "a job of 2, not a company" in read.sentence("quickbooks-job", "1")
    assert "a customer that is not in this export" in read.sentence("quickbooks-job", "3")


def test_two_records_with_one_link(tmp_path: Path) -> None:
    """Of two that share a List ID without being jobs, the later one is told."""
    read = written(tmp_path, "1,Firm,,,80A-1,Firm,,", "2,Firm Inc,,,80A-1,Firm,,")
    assert (read.codes("Company", "1"), read.codes("Company", "2")) == ([], ["quickbooks-shared-link"])


@pytest.mark.promise("F-022")
@pytest.mark.trap("R03")
def test_two_sources_of_truth(export: Export) -> None:
    """Both phones stay, and the finding says that the sync is newer; no number stands in it."""
    record = export.records["Company"]["1004"].values
    assert (record["Main Phone"], record["QB Phone"]) == ("(303) 555-0104", "(813) 555-0177")
    said = export.sentence("quickbooks-differs", "1004")
    assert "QuickBooks is newer (synced 2025-03-13, changed here 2024-07-07)" in said
    assert "555" not in said
    assert [f.key for f in export.told if f.code == "quickbooks-differs"] == ["1004"]


@pytest.mark.parametrize(
    ("changed", "synced", "says"),
    [
        ("3/14/2025", "3/13/2025 9:00", "Results is newer"),
        ("3/13/2025", "3/13/2025 9:00", "cannot be told"),
        ("", "3/13/2025 9:00", "cannot be told"),
    ],
)
def test_which_side_is_newer(tmp_path: Path, changed: str, synced: str, says: str) -> None:
    """The later stamp says which side is newer; the same day, or a missing stamp, says nothing."""
    other = "2,B,,3/30/2025,,,,"  # shows the order of day and month
    read = written(tmp_path, f"1,A,(212) 555-0100,{changed},80A-1,A,212 555 0101,{synced}", other)
    assert says in read.sentence("quickbooks-differs", "1")


def test_the_same_number_written_otherwise(tmp_path: Path) -> None:
    """Two spellings of one number are no difference."""
    read = written(tmp_path, "1,A,(212) 555-0100,,80A-1,A,212.555.0100,")
    assert not read.told


@pytest.mark.trap("R04")
def test_a_broken_link(export: Export) -> None:
    """A message where the last sync should be breaks the link, and the row lives on."""
    record = export.records["Company"]["1006"].values
    assert (record["QuickBooks Link"], record["QB Last Sync"]) == ("broken", "Error 3120: Object not found")
    assert export.read("Company", "1006", "QB Last Sync") == (None, ("not-a-date",))
    assert export.codes("Company", "1006") == ["quickbooks-broken-link"]


@pytest.mark.promise("F-022")
def test_the_whole_is_counted(export: Export) -> None:
    """Discovery says how many companies another system holds, too."""
    assert export.sentence("quickbooks-linked").startswith(
        "10 companies are linked with QuickBooks, 1 of them as jobs of a customer, 1 by a broken link"
    )
    assert export.records["Company"]["1001"].values["QuickBooks Link"] == ""
