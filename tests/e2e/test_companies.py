"""Traps S01 to S08: companies."""

import csv
import io
from pathlib import Path

import pytest

from tests.e2e.story import Base
from tests.e2e.workspace import forked

pytestmark = pytest.mark.xdist_group("story")

FORMULA = '=HYPERLINK("https://evil.example","Click")'


@pytest.mark.trap("S01")
@pytest.mark.promise("F-038")
def test_s01_companies_of_one_domain_are_merged(base: Base) -> None:
    """Two spellings of one web domain are a duplicate that is reported, and one survivor is at the destination."""
    (twin,) = [i for i in base.at_gate.asked("duplicate") if i["object"] == "Company"]
    assert (twin["key"], twin["choice"], twin["proposed"]) == ("C-2001", "merge", "merge")
    assert "harborlight.example" in twin["question"]
    assert "C-1001" in twin["question"]
    assert "Annual Revenue" in twin["question"]
    assert base.approved["merged"] == 2
    assert "Company/C-2001" not in base.end.contents
    assert base.end.contents["Company/C-1001"]["name"] == "Harborlight"
    assert base.end.counts("Company")["skipped"] == 1


@pytest.mark.trap("S01")
@pytest.mark.promise("F-195")
def test_s01_the_crosswalk_names_the_survivor_for_both(base: Base) -> None:
    """Every record that was written is in the crosswalk once, and a merged twin shares its survivor's id."""
    rows = list(csv.DictReader(io.StringIO(base.crosswalk)))
    there = {f"{r['object']}/{r['key']}": r for r in rows}
    assert len(there) == len(rows)
    merged = {"Company/C-2001": "Company/C-1001", "Contact/contact:36": "Contact/contact:3"}
    for twin, survivor in merged.items():
        assert there.pop(twin)["id"] == there[survivor]["id"]
    assert {key: int(r["id"]) for key, r in there.items()} == {k: r["id"] for k, r in base.end.contents.by_key.items()}
    company = there["Company/C-1001"]
    assert company["address"].endswith(f"/organization/{company['id']}")


@pytest.mark.trap("S02")
def test_s02_companies_of_other_domains_stay_apart(base: Base) -> None:
    """A name that differs by its legal form alone, at another domain, is told as possible and not merged."""
    assert base.finding("possible-duplicate", "Company", "C-2002")
    assert not [i for i in base.end.asked("duplicate") if i["key"] == "C-2002"]
    assert base.end.contents["Company/C-2002"]["name"] == "Copper Fern, L.L.C."
    assert base.end.contents["Company/C-1002"]["name"] == "Copper Fern"


@pytest.mark.trap("S03")
def test_s03_doubly_encoded_text_is_kept_and_told(base: Base) -> None:
    """One cell of garbled text is reported and stays as it is; the rest of the file is UTF-8."""
    (found,) = base.finding("mojibake", "Company")
    assert found["where"] == "companies.csv:23"
    company = base.end.contents["Company/C-2003"]
    assert company["Notes"] == "Spoke with MÃ¼ller senior"
    assert company["name"] == "Müller Fensterbau"


@pytest.mark.trap("S04")
def test_s04_a_lost_leading_zero_is_told_and_not_padded(base: Base) -> None:
    """A postal code stays text as it was read, and the missing zero is a finding."""
    assert base.finding("lost-leading-zero", "Company", "C-2003", "Zip")
    assert base.end.contents["Company/C-2003"]["address"]["postal_code"] == "2134"
    assert base.end.contents["Company/C-1001"]["address"]["postal_code"] == "04101"


@pytest.mark.trap("S05")
def test_s05_a_formula_is_text_at_the_destination_and_harmless_in_our_files(base: Base) -> None:
    """The name arrives as it is; only CSV files that we write put an apostrophe before it."""
    assert base.end.contents["Company/C-2004"]["name"] == FORMULA
    assert base.raw("Company", "C-2004")["Company Name"] == FORMULA
    for text in (base.log_csv, base.crosswalk):
        harmless(text)


@pytest.mark.trap("S05")
def test_s05_a_formula_is_escaped_where_a_report_shows_it(after_base: Path, base: Base, tmp_path: Path) -> None:
    """The sample's differences show both sides' formulas with an apostrophe before each."""
    with forked(after_base, tmp_path) as workspace:
        workspace.sandbox.edit("organization", base.end.contents["Company/C-2004"]["id"], name="=1+1")
        sample = workspace.ok("sample", "--size", "500", code=6)
        cells = harmless(Path(sample["report"]).read_text(encoding="utf-8"))
    assert {f"'{FORMULA}", "'=1+1"} <= set(cells)


def harmless(text: str) -> list[str]:
    """The cells of a CSV text, none of which a spreadsheet would run."""
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    assert not [c for c in cells if c.startswith(("=", "+", "-", "@", "\t", "\r"))]
    return cells


@pytest.mark.trap("S06")
def test_s06_the_same_name_alone_is_no_duplicate(base: Base) -> None:
    """Two companies of one name, one without a website, are told as possible twins and both arrive."""
    assert base.finding("possible-duplicate", "Company", "C-2005")
    assert not [i for i in base.end.asked("duplicate") if i["key"] == "C-2005"]
    for key in ("Company/C-2005", "Company/C-1005"):
        assert base.end.contents[key]["name"] == "Tidepool Coffee"


@pytest.mark.trap("S07")
def test_s07_words_for_nothing_in_number_columns_are_empty(base: Base) -> None:
    """NULL and N/A in number columns become no value, each told, and the record arrives."""
    for where in ("Employees", "Annual Revenue"):
        assert base.finding("null-word", "Company", "C-2005", where)
    company = base.end.contents["Company/C-2005"]
    assert company["employee_count"] is None
    assert company["annual_revenue"] is None


@pytest.mark.trap("S08")
def test_s08_columns_of_one_name_and_of_none(base: Base) -> None:
    """The second Notes column keeps a name of its own; columns without name and values are dropped and told."""
    (company,) = [o for o in base.discovered["source"]["objects"] if o["name"] == "Company"]
    labels = [f["label"] for f in company["fields"]]
    assert "Notes" in labels
    assert "Notes (2)" in labels
    assert len(labels) == 21
    assert "" not in labels
    (told,) = base.finding("unnamed-columns-dropped", "Company")
    assert "2" in told["detail"]
