"""Traps S09 to S19: contacts."""

import pytest

from tests.e2e.story import Base

pytestmark = pytest.mark.xdist_group("story")


@pytest.mark.trap("S09")
def test_s09_a_person_may_be_called_null(base: Base) -> None:
    """A surname that is the word Null is a surname."""
    person = base.end.contents["Contact/contact:27"]
    assert (person["first_name"], person["last_name"]) == ("Jennifer", "Null")
    assert not base.finding("null-word", "Contact", "contact:27")


@pytest.mark.trap("S10")
@pytest.mark.promise("F-063")
def test_s10_a_person_without_company_stays_alone(base: Base) -> None:
    """Nobody is hung on a company by the host of a free-mail address; the missing company is told."""
    assert base.finding("no-org-id", "Contact", "contact:28")
    person = base.end.contents["Contact/contact:28"]
    assert person["name"] == "Pat Loner"
    assert person["org_id"] is None
    assert "org_id" not in base.sent("Contact", "contact:28")


@pytest.mark.trap("S11")
def test_s11_an_unknown_company_id_falls_back_to_the_exact_name(base: Base) -> None:
    """A company id that does not exist is told; the company's exact name resolves the link."""
    (found,) = base.finding("resolved-by-name", "Contact", "contact:29")
    assert "C-9999" in found["detail"]
    assert base.end.contents["Contact/contact:29"]["org_id"] == "Company/C-1006"


@pytest.mark.trap("S12")
def test_s12_the_company_id_wins_over_the_name(base: Base) -> None:
    """Where id and name name two companies, the id wins and the disagreement is told."""
    (found,) = base.finding("link-disagrees", "Contact", "contact:30")
    assert "Larkspur Dental" in found["detail"]
    assert "Millbrook Press" in found["detail"]
    assert base.end.contents["Contact/contact:30"]["org_id"] == "Company/C-1007"


@pytest.mark.trap("S13")
def test_s13_people_of_one_name_are_two(base: Base) -> None:
    """Two people of one name in two companies are two persons."""
    one, other = base.end.contents["Contact/contact:31"], base.end.contents["Contact/contact:32"]
    assert one["name"] == other["name"] == "Sofia Reyes"
    assert (one["org_id"], other["org_id"]) == ("Company/C-1004", "Company/C-1015")
    assert one["id"] != other["id"]
    assert not [i for i in base.end.asked("duplicate") if i["key"] in ("contact:31", "contact:32")]


@pytest.mark.trap("S14")
def test_s14_people_without_an_address_arrive_without_one(base: Base) -> None:
    """An empty e-mail and `n/a` are no e-mail; both people arrive and both are told."""
    for key in ("contact:33", "contact:34"):
        assert base.finding("no-emails", "Contact", key)
        assert base.end.contents[f"Contact/{key}"]["emails"] == []
    assert base.finding("null-word", "Contact", "contact:34", "Email")


@pytest.mark.trap("S15")
def test_s15_two_addresses_in_one_cell_are_two(base: Base) -> None:
    """Two addresses in one cell are two e-mails of one person, trimmed, the first one primary."""
    emails = base.end.contents["Contact/contact:35"]["emails"]
    assert [(e["value"].lower(), e["primary"]) for e in emails] == [
        ("hana.twomail@ironwood-joinery.example", True),
        ("hana@home.example", False),
    ]
    assert all(e["value"] == e["value"].strip() for e in emails)


@pytest.mark.trap("S16")
@pytest.mark.promise("F-037")
def test_s16_the_same_person_twice_is_merged(base: Base) -> None:
    """An address that differs by case alone is a duplicate: reported with the differing fields, one survivor."""
    (twin,) = [i for i in base.at_gate.asked("duplicate") if i["object"] == "Contact"]
    assert (twin["key"], twin["choice"]) == ("contact:36", "merge")
    assert "contact:3 " in twin["question"]
    assert "Shirt Size" in twin["question"]
    assert "Contact/contact:36" not in base.end.contents
    survivor = base.end.contents["Contact/contact:3"]
    assert (survivor["first_name"], survivor["Shirt Size"]) == ("Valeria", "XL")
    assert base.end.counts("Contact") | {"written": 38, "skipped": 1} == base.end.counts("Contact")


@pytest.mark.trap("S16")
def test_s16_children_follow_the_survivor(base: Base) -> None:
    """What names the person by name hangs on the survivor."""
    there = base.end.contents
    for key in ("Deal/deal:3", "Call/call:3", "Email/email:3", "Meeting/meeting:3", "Task/task:3", "Note/note:3"):
        assert there[key]["person_id"] == "Contact/contact:3"


@pytest.mark.trap("S17")
def test_s17_phones_are_kept_split_and_told(base: Base) -> None:
    """A number in scientific notation stays raw and is told; two numbers in a cell are two; the extension stays."""
    assert base.finding("scientific-notation", "Contact", "contact:37", "Phone")
    phones = base.end.contents["Contact/contact:37"]["phones"]
    assert [(p["value"], p["label"]) for p in phones] == [
        ("2.12555014E+09", "work"),
        ("(212) 555-0155 x204", "mobile"),
        ("212-555-0156", "mobile"),
        ("+44 20 7946 0111", "other"),
    ]


@pytest.mark.trap("S18")
def test_s18_a_name_that_begins_with_a_sign_and_a_careless_owner(base: Base) -> None:
    """`@nick` arrives exactly; an owner in lower case with a blank behind is still the one user of that name."""
    person = base.end.contents["Contact/contact:38"]
    assert person["first_name"] == "@nick"
    assert base.raw("Contact", "contact:38")["Owner"] == "maya ortiz "
    assert person["owner_id"] == 1


@pytest.mark.promise("F-107")
def test_owners_match_by_address_whatever_its_case(base: Base) -> None:
    """`priya.raman@…` finds the user who is `Priya.Raman@…`."""
    assert base.raw("Contact", "contact:3")["Owner"] == "priya.raman@brightpath.example"
    assert base.end.contents["Contact/contact:3"]["owner_id"] == 3


@pytest.mark.trap("S19")
def test_s19_a_serial_date_and_a_time_with_a_zone(base: Base) -> None:
    """An Excel serial in a date column is its date, and told; a time that says Z is not shifted again."""
    assert base.finding("excel-serial", "Contact", "contact:39", "Birthday")
    assert base.finding("own-zone", "Contact", "contact:39", "Created")
    person = base.end.contents["Contact/contact:39"]
    assert person["birthday"] == "1985-07-06"
    assert person["add_time"] == "2024-05-01T09:30:00Z"


@pytest.mark.promise("F-139")
@pytest.mark.promise("F-140")
def test_original_times_are_kept(base: Base) -> None:
    """Creation times arrive as such where the API takes them, in a field of their own where it does not."""
    assert base.end.contents["Contact/contact:1"]["add_time"] == "2023-11-23T19:54:00Z"
    assert base.end.contents["Company/C-1001"]["add_time"] == "2023-04-25T16:22:00Z"
    assert base.end.contents["Deal/deal:1"]["Original created"] == "2023-07-06T13:00:00Z"
    assert base.end.contents["Note/note:1"]["add_time"] == "2023-12-10 20:36:00"
    assert base.end.contents["Contact/contact:1"]["Original modified"] == "2024-04-26T13:55:00Z"


@pytest.mark.promise("F-127")
def test_people_without_company_are_told_before_the_deals(base: Base) -> None:
    """A contact whose company cannot be resolved is a finding of discovery, before the first deal is written."""
    assert {f["key"] for f in base.finding("no-org-id", "Contact")} == {"contact:28"}
    assert not [k for k in base.at_gate.contents.by_key if k in ("Deal/deal:20", "Deal/deal:21")]
