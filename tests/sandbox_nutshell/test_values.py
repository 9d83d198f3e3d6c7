"""How JSON-RPC takes values and gives them back (facts 7)."""

from typing import Any

import pytest

from tests.sandbox_nutshell.client import Client


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("a@x.example", {"1": "a@x.example"}),
        (["a@x.example", "b@x.example"], {"1": "a@x.example", "2": "b@x.example"}),
        ({"work": "a@x.example"}, {"work": "a@x.example"}),
        ({"1": "a@x.example", "home": "b@x.example"}, {"1": "a@x.example", "home": "b@x.example"}),
    ],
)
def test_labelled_lists(account: Client, given: Any, shown: Any) -> None:
    """A text, an array and an object of labels are read alike; values without a label come under their number."""
    found = account.rpc("newContact", contact={"name": "A", "email": given})["email"]
    assert found.pop("--primary") in shown.values()
    assert found == shown


def test_empty_lists_are_left_out(account: Client) -> None:
    """A record without an e-mail has no such key; null empties the list."""
    made = account.rpc("newContact", contact={"name": "A", "email": "a@x.example"})
    assert "phone" not in made
    assert "email" not in account.rpc("editContact", contactId=made["id"], rev="0", contact={"email": None})


def test_what_was_read_can_be_written_back(account: Client) -> None:
    """Phones and addresses go back as they were read, once --primary is stripped; with it they are refused."""
    given = {"name": "A", "phone": {"desk": "+17345551234"}, "address": {"hq": {"city": "Bonn", "country": "DE"}}}
    made = account.rpc("newAccount", account=given)
    kept = {key: {k: v for k, v in made[key].items() if k != "--primary"} for key in ("phone", "address")}
    edited = account.rpc("editAccount", accountId=made["id"], rev="0", account=kept)
    assert edited["phone"]["desk"] == made["phone"]["desk"]
    assert edited["address"]["hq"]["city"] == "Bonn"
    whole = {"phone": made["phone"]}
    assert account.rpc_error("editAccount", accountId=made["id"], rev="1", account=whole)["code"] == -32602


def test_primary_is_not_stable(account: Client) -> None:
    """Which value --primary repeats is not to be relied on."""
    made = account.rpc("newContact", contact={"name": "A", "email": ["a@x.example", "b@x.example"]})
    edited = account.rpc("editContact", contactId=made["id"], rev="0", contact={"description": "d"})
    assert made["email"]["--primary"] != edited["email"]["--primary"]


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Ann Lee", ("Ann", "Lee", "")),
        ("Dr. Ann Marie Lee", ("Ann Marie", "Lee", "Dr.")),
        ("Cher", ("Cher", "", "")),
        ("  Ann   Lee ", ("Ann", "Lee", "")),
        ("Mr", ("Mr", "", "")),
    ],
)
def test_names_of_people(account: Client, name: str, parts: tuple[str, str, str]) -> None:
    """A person's name is one text when it is written, and has parts when it is read."""
    found = account.rpc("newContact", contact={"name": name})["name"]
    assert (found["givenName"], found["familyName"], found["salutation"]) == parts
    assert found["displayName"] == " ".join(name.split())


def test_unreadable_phones_stay(account: Client) -> None:
    """A phone that is no number is kept as it was written."""
    found = account.rpc("newContact", contact={"name": "A", "phone": "ask Bob"})["phone"]["1"]
    assert (found["number"], found["E164"]) == ("ask Bob", "")


@pytest.mark.parametrize(
    "contact",
    [
        {"name": {"givenName": "A"}},
        {"name": "A", "email": "nonsense"},
        {"name": "A", "email": 7},
        {"name": "A", "address": {"street": {"line1": "x"}}},
        {"name": "A", "address": {"address_1": "1 Main St"}},
        {"name": "A", "tags": "a,b"},
        {"name": "A", "accounts": [{"id": 99_999}]},
        {"name": "A", "customFields": {"Nothing": "x"}},
        {"name": "A", "colour": "red"},
        {"name": "A", "id": 7},
        {"name": "A", "territoryId": 99_999},
    ],
)
def test_refused_values(account: Client, contact: Any) -> None:
    """What does not fit is an error, and nothing is made."""
    account.checked = False
    assert account.rpc_error("newContact", contact=contact)["code"] in (-32602, -32000)
    assert account.records()["contacts"] == []


def test_job_titles(account: Client) -> None:
    """A job title is the relationship of a link, from either side; the other side can cut it."""
    one, two = (account.rpc("newAccount", account={"name": name}) for name in ("One", "Two"))
    person = account.rpc("newContact", contact={"name": "Ann", "accounts": [{"id": one["id"], "relationship": "CEO"}]})
    assert account.found(f"/contacts/{person['id']}")[0]["jobTitle"] == "CEO, One"
    link = [{"id": person["id"], "relationship": "Board"}]
    account.rpc("editAccount", accountId=two["id"], rev="0", account={"contacts": link})
    shown = account.rpc("getContact", contactId=person["id"])["accounts"]
    assert [(one["name"], one["relationship"]) for one in shown] == [("One", "CEO"), ("Two", "Board")]
    account.rpc("editAccount", accountId=one["id"], rev="REV_IGNORE", account={"contacts": []})
    assert [one["name"] for one in account.rpc("getContact", contactId=person["id"])["accounts"]] == ["Two"]
    bare = [{"id": two["id"]}]
    kept = account.rpc("editContact", contactId=person["id"], rev="REV_IGNORE", contact={"accounts": bare})
    assert kept["accounts"][0]["relationship"] == "Board"


def test_positional_parameters(account: Client) -> None:
    """A call by position does the same as one by name; too many or unknown parameters are -32602."""
    made = account.rpc("newContact", {"name": "Ann"})
    assert account.rpc("editContact", made["id"], "0", {"description": "d"})["description"] == "d"
    account.checked = False
    assert account.rpc_error("getContact", 1, "0", "x")["code"] == -32602
    assert account.rpc_error("getContact", contactId=1, colour="red")["code"] == -32602
    assert account.rpc_error("getContact", contactId="one")["code"] == -32602


def test_activities(account: Client) -> None:
    """An activity may lie in the past; a scheduled one that is over is -1; a log note is a note."""
    past = {"startTime": "2015-01-01T10:00:00+0000", "endTime": "2015-01-01T11:00:00+0000"}
    late = account.rpc("newActivity", activity={"name": "a", **past})
    done = account.rpc("newActivity", activity={"name": "b", **past, "status": 1, "logNote": {"note": "went well"}})
    assert (late["status"], done["status"]) == (-1, 1)
    assert (done["logNote"]["note"], done["logDescription"]) == ("went well", "went well")
    assert (done["startTime"], done["createdTime"]) == (past["startTime"], "2026-05-28T20:26:40+0000")
    assert account.rpc_error("newActivity", activity={"name": "c", "status": 7})["code"] == -32602
    assert account.rpc_error("newActivity", activity={"name": "c", "startTime": "soon"})["code"] == -32602


def test_timeline(account: Client) -> None:
    """A timeline mixes notes and activities of a record by time, at once."""
    lead = account.rpc("newLead", lead={"note": "first"})
    where = {"entityType": "Leads", "id": lead["id"]}
    account.wait(10)
    account.rpc("newActivity", activity={"name": "Call", "lead": where, "startTime": "2030-01-01T00:00:00+0000"})
    account.rpc("newNote", entity=where, note="second")
    found = account.rpc("findTimeline", query=where, orderBy="time", orderDirection="DESC", stubResponses=False)
    assert [one["entityType"] for one in found] == ["Activities", "Notes", "Notes"]
    assert [one["note"] for one in found[1:]] == ["second", "first"]
    assert account.rpc_error("findTimeline", query={"entity": where})["code"] == -32602
