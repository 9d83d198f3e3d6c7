"""Results CRM into Pipedrive: what stands at the destination, value by value, and after the day that followed."""

from typing import Any

import pytest

from tests.e2e.contents import Contents
from tests.e2e.pairs import PIPEDRIVE
from tests.pairs.conftest import Played
from tests.pairs.passage import Passage
from tests.pairs.rows import trap
from tests.pairs.sides import RESULTS

pytestmark = pytest.mark.xdist_group("results-pipedrive")


@pytest.fixture
def story(played: Played) -> Passage:
    """The passage, played once."""
    return played(RESULTS, PIPEDRIVE)


@pytest.fixture
def base(story: Passage) -> Contents:
    """The account after the run."""
    return Contents(story.base.account)


@pytest.fixture
def later(story: Passage) -> Contents:
    """The account after the day that followed."""
    return Contents(story.later.account)


VALUES = [
    trap("R03", "Company/1004", "Phone", "(303) 555-0104"),
    trap("R03", "Company/1004", "QuickBooks Phone", "(813) 555-0177"),
    trap("R04", "Company/1006", "QuickBooks Link", "broken"),
    trap("R04", "Company/1006", "QB Last Sync", None),
    trap("R05", "Company/1009", "add_time", "2024-04-03T05:00:00Z"),
    trap("R05", "Company/1010", "add_time", "2024-04-03T05:00:00Z"),
    trap("R05", "Company/1011", "add_time", "2024-03-04T06:00:00Z"),
    trap("R05", "Company/1007", "Original modified", None),
    trap("R06", "Company/1012", "Memo", "Prefers email.\nGate code 4417."),
    trap("R08", "Company/1014", "Payment Days", None),
    trap("R08", "Company/1014", "Tax Exempt", "Yes"),
    trap("R09", "Company/1001", "Price Level", "Preferred"),
    trap("R09", "Company/1001", "Payment Days", 10),
    trap("R09", "Company/1001", "Contract Start", "2024-01-20"),
    trap("R09", "Contact/5000", "Hobby", "Golf"),
    trap("R11", "Contact/5900", "emails", []),
    trap("R12", "Contact/5901", "org_id", None),
    trap("R13", "Contact/5902", "org_id", None),
    trap("R07", "Contact/5013", "org_id", None),
    trap("R18", "Deal/7903", "probability", 35),
    trap("R18", "Deal/7903", "Amount", None),
    trap("R18", "Deal/7000", "probability", 10),
    trap("R19", "Deal/7904", "pipeline_id", "Service Jobs"),
    trap("R19", "Deal/7904", "stage_id", "Proposal (60%)"),
    trap("R19", "Deal/7904", "probability", 45),
    trap("R21", "Deal/7906", "org_id", "Company/1002"),
    trap("R21", "Deal/7906", "status", "won"),
    trap("R22", "Activity/9900", "due_date", None),
    trap("R24", "Activity/9902", "type", "meeting"),
    trap("R25", "Activity/9903", "due_date", "2025-01-17"),
    trap("R33", "Deal/7000", "Amount", 29492.5),
]


@pytest.mark.parametrize(("key", "field", "value"), VALUES)
def test_a_value_is_what_it_should_be(base: Contents, key: str, field: str, value: object) -> None:
    """By the name of its field; None where nothing is written."""
    assert base[key].get(field) == value


@pytest.mark.trap("R01")
def test_contacts_follow_their_company(base: Contents) -> None:
    """One organization stands for both, and everybody is at it."""
    assert {base[f"Contact/{key}"]["org_id"] for key in ("5003", "5021")} == {"Company/1003"}
    assert "Company/1900" not in base


@pytest.mark.trap("R10")
def test_a_zip_keeps_its_zero(base: Contents) -> None:
    """As the number format of the sheet shows it."""
    assert base["Company/1001"]["address"]["postal_code"] == "06103"
    assert "06103" in base["Company/1001"]["address"]["value"]


@pytest.mark.trap("R14")
def test_of_two_that_are_one_the_first_stands(base: Contents) -> None:
    """Its own values win."""
    assert [p["value"] for p in base["Contact/5006"]["phones"]] == ["(201) 555-0146"]
    assert "Contact/5903" not in base


@pytest.mark.trap("R16")
def test_rep_codes_become_users_by_the_file_of_users(story: Passage, base: Contents) -> None:
    """MO, TB and PR by their addresses, in whatever case; the rest by the answers."""
    users = {row["id"]: row["email"].lower() for row in story.base.account["users"]}
    owners = {key: users[base[f"Company/{key}"]["owner_id"]].partition(".")[0] for key in ("1000", "1001", "1002")}
    assert owners == {"1000": "maya", "1001": "tom", "1002": "priya"}
    for key in ("5905", "5906", "5907"):
        assert users[base[f"Contact/{key}"]["owner_id"]] == "migration@brightpath.example"


@pytest.mark.trap("R24")
@pytest.mark.trap("R25")
@pytest.mark.trap("R26")
def test_texts_of_activities_stand_as_they_were(base: Contents) -> None:
    """Line breaks, quotation marks, markup, and the signs of Windows-1252."""
    assert "First line<br" in base["Activity/9902"]["note"]
    assert "Result: OK??" in base["Activity/9902"]["note"]
    assert '<a href="https://x.example"' in base["Activity/9903"]["note"]
    assert "Said “call back”" in base["Activity/9000"]["note"]
    assert "Price €1.200 agreed" in base["Activity/9003"]["note"]


def _product(story: Passage, key: str) -> dict[str, Any]:
    return story.base.record("Product", key, "products")


@pytest.mark.trap("R27")
@pytest.mark.trap("R28")
@pytest.mark.trap("R29")
def test_products_are_moved_by_their_ids(story: Passage) -> None:
    """NULL is nothing, a price has its decimals, two SKUs that are alike are two products, a footer is none."""
    assert len(story.base.account["products"]) == 10
    assert (_product(story, "301")["code"], _product(story, "390")["code"]) == ("SKU-101", "sku-101")
    assert not _product(story, "301")["description"]
    assert not _product(story, "391")["code"]
    assert _product(story, "391")["prices"][0]["price"] == 0.125
    assert _product(story, "391")["description"] == "priced per job"


def _line(story: Passage, key: str) -> dict[str, Any]:
    id = story.base.places[f"LineItem/{key}"][1].rpartition("/")[2]
    return next(row for row in story.base.account["lines"] if str(row["id"]) == id)


@pytest.mark.trap("R31")
@pytest.mark.trap("R44")
def test_lines_add_up_to_the_cent(story: Passage) -> None:
    """Each to its total at the source, rounded to cents."""
    for key in ("8000", "8901", "8902"):
        total = story.extracted("LineItem", key)[0]["values"]["Line Total"]
        assert round(_line(story, key)["sum"], 2) == float(total)
    assert not [f for f in story.base.findings if f.code == "line-total-differs"]


@pytest.mark.trap("R30")
def test_no_line_hangs_on_another_product(story: Passage) -> None:
    """The line of a product that there is not is nowhere."""
    assert "LineItem/8900" not in story.base.places
    assert not [row for row in story.base.account["lines"] if "SKU-999" in row["comments"]]


@pytest.mark.trap("R33")
def test_the_amount_stays_beside_the_sum_of_the_lines(story: Passage, base: Contents) -> None:
    """Pipedrive makes the value of a deal of its lines; the amount has a field, and each difference is told."""
    assert (base["Deal/7000"]["value"], base["Deal/7000"]["Amount"]) == (77.22, 29492.5)
    assert base["Deal/7904"]["value"] == base["Deal/7904"]["Amount"] == 3639.5
    assert {f.key for f in story.base.findings if f.code == "lines-differ"} >= {"7000", "7001", "7011"}
    assert story.base.reconciled.ok


@pytest.mark.trap("R34")
@pytest.mark.trap("R35")
@pytest.mark.trap("R40")
def test_files_say_where_they_are_from_and_what_they_are(story: Passage) -> None:
    """Two of one name are two files; the type is that of the content."""
    files = {key: story.base.record("Attachment", key, "files") for key in ("2", "3", "4", "9")}
    assert [files[key]["name"] for key in files] == ["before photo.png", "signature.png", "signature.png", "notes.txt"]
    assert "Taken with Field Service: photo" in files["2"]["description"]
    assert "Taken with Field Service: signature" in files["3"]["description"]
    assert "Type of file: text/plain" in files["4"]["description"]
    assert "Problem: type-differs" in files["4"]["description"]
    assert files["3"]["file_size"] != files["4"]["file_size"]


@pytest.mark.trap("R36")
@pytest.mark.trap("R37")
def test_files_that_are_not_there_are_told_with_their_parents(story: Passage) -> None:
    """By whose they are; nothing is uploaded, and a note on the parent may say what there was."""
    told = {f.key: f.detail for f in story.base.findings if f.code in ("missing-file", "empty-file")}
    assert "Company 1002" in told["5"]
    assert "Contact 5001" in told["6"]
    assert {story.base.places[f"Attachment/{key}"][0] for key in ("5", "6")} == {"note"}
    note = story.base.record("Attachment", "5", "notes")
    assert "Contract – Müller.docx" in note["content"]
    assert note["org_id"] == story.base.record("Company", "1002", "organizations")["id"]


DAY_AFTER = [
    ("Company/1000", "QB Balance", 5697.72, 4410.5),
    ("Company/1001", "Phone", "(312) 555-0101", "(312) 555-0191"),
    ("Company/1001", "Original modified", "2024-06-10T05:00:00Z", "2025-03-15T05:00:00Z"),
    ("Company/1005", "Price Level", None, "Wholesale"),
    ("Deal/7002", "stage_id", "Proposal (60%)", "Contract"),
    ("Deal/7002", "probability", 60, 85),
    ("Activity/9001", "done", False, True),
]


@pytest.mark.parametrize(("key", "field", "before", "after"), DAY_AFTER)
def test_a_change_arrives(base: Contents, later: Contents, key: str, field: str, before: object, after: object) -> None:
    """The value of the day before, and that of the day after."""
    assert (base[key].get(field), later[key].get(field)) == (before, after)


def test_an_address_that_was_added_arrives(base: Contents, later: Contents) -> None:
    """And the contact is no longer told to have none."""
    assert base["Contact/5900"]["emails"] == []
    assert [e["value"] for e in later["Contact/5900"]["emails"]] == ["nell@granite-peak-gear.example"]


def test_what_changed_is_changed_and_nothing_else(story: Passage, base: Contents, later: Contents) -> None:
    """By the record, whatever its time stamp says; what did not change is as it was."""
    changed = {k for k in base.by_key if base[k] != later[k]}
    assert {"Company/1000", "Company/1001", "Company/1005", "Contact/5900", "Deal/7002", "Activity/9001"} == changed
    new = later.by_key.keys() - base.by_key.keys()
    assert new == {"Contact/5910", "Deal/7901", "Deal/7910", "Activity/9910"}
    assert base.by_key.keys() <= later.by_key.keys()
    assert story.later.reconciled.ok


def test_only_what_quickbooks_changed_is_sent(base: Contents, later: Contents) -> None:
    """The sync changed its own columns, and no others are touched."""
    fields = {k for k, v in later["Company/1000"].items() if base["Company/1000"].get(k) != v}
    assert fields
    assert fields <= {"QB Balance", "QB Last Sync", "QuickBooks Phone"}


def test_an_orphan_that_got_its_company_leaves_the_queue(story: Passage, later: Contents) -> None:
    """It was skipped by decision; now the question no longer arises, and the deal is there."""
    assert later["Deal/7901"]["org_id"] == "Company/1003"
    assert story.later.disposed["Deal", "7901"][0] == "written"


def test_a_price_changes_without_a_time_of_change(story: Passage) -> None:
    """Product 303 has another price the day after."""
    before, after = (
        seen.record("Product", "303", "products")["prices"][0]["price"] for seen in (story.base, story.later)
    )
    assert before != after == float(story.extracted("Product", "303")[-1]["values"]["Price"])


def test_a_new_file_is_uploaded(story: Passage) -> None:
    """Attachment 12 came the day after, and the others are not uploaded twice."""
    assert "Attachment/12" in story.later.places
    assert len(story.later.account["files"]) == len(story.base.account["files"]) + 1


def test_lines_of_a_deal_that_is_gone_stay_with_it(story: Passage) -> None:
    """They are in the export still, and the deal stays until a person says otherwise."""
    assert "Deal/7011" in story.later.places
    for key in ("8016", "8017"):
        assert f"LineItem/{key}" in story.later.places


@pytest.mark.promise("F-083")
def test_products_keep_what_is_said_of_them(story: Passage) -> None:
    """Name, code, description and the price in its currency, of every product of the source."""
    described = [b["schema"] for kind, _, _, b in story.events if kind == "SourceDescribed"]
    assert described
    read = {k: b["values"] for kind, o, k, b in story.events if (kind, o) == ("RecordExtracted", "Product")}
    base = {key: story.extracted("Product", key)[0]["values"] for key in read if f"Product/{key}" in story.base.places}
    assert len(base) == 10
    for key, values in base.items():
        product = _product(story, key)
        assert product["name"] == values["Name"]
        assert (product["code"] or "") == values["SKU"].replace("NULL", "")
        assert (product["description"] or "").startswith(values["Description"].replace("NULL", ""))
        assert [p["currency"] for p in product["prices"]] == ["USD"]
        assert product["prices"][0]["price"] == float(values["Price"].replace("$", "").replace(",", ""))
