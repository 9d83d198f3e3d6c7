"""Followers, participants, related organizations: read with the record, written one item a request."""

import pytest

from adapters.destinations.pipedrive import Pipedrive
from adapters.protocols import RefusedError
from tests.destinations.account import Account
from tests.destinations.flows import drive, ok, refused


@pytest.fixture
def people():
    """An account with three of each: organizations, persons, and a deal of the first person and a product."""
    account = Account()
    for number in range(1, 4):
        account.create("organization", {"name": f"Org {number}"})
        account.create("person", {"name": f"Person {number}"})
    account.create("deal", {"title": "Big", "person_id": "1"})
    account.create("product", {"name": "Licence"})
    return account


@pytest.mark.parametrize("entity", ["organization", "person", "deal", "product"])
def test_followers_come_and_go(people, entity):
    """Each by one request, and the record tells who follows."""
    people.write(entity, {"followers": ["2", "3"]}, "1", {"followers": []})
    assert people.read(entity, "1", "followers").values["followers"] == ["2", "3"]
    people.write(entity, {"followers": ["3"]}, "1", {"followers": ["2", "3"]})
    assert people.read(entity, "1", "followers").values["followers"] == ["3"]
    assert "followers" not in people.read(entity, "1").values


def test_participants_come_and_go(people):
    """The deal's own person is none of them."""
    assert people.read("deal", "1", "participants").values["participants"] == []
    people.write("deal", {"participants": ["2", "3"]}, "1", {"participants": []})
    assert people.read("deal", "1", "participants").values["participants"] == ["2", "3"]
    people.write("deal", {"participants": ["3"]}, "1", {"participants": ["2", "3"]})
    assert [request.method for request, _ in people.exchanges] == ["GET", "DELETE"]
    assert people.read("deal", "1", "participants").values["participants"] == ["3"]


def test_the_parent_of_an_organization(people):
    """Given, changed and taken away; the parent does not see its daughter as its own parent."""
    people.write("organization", {"parent_id": "2"}, "1", {"parent_id": None})
    assert people.read("organization", "1", "parent_id").values["parent_id"] == "2"
    assert people.read("organization", "2", "parent_id").values["parent_id"] is None
    people.write("organization", {"parent_id": "3"}, "1", {"parent_id": "2"})
    assert people.read("organization", "1", "parent_id").values["parent_id"] == "3"
    people.write("organization", {"parent_id": None}, "1", {"parent_id": "3"})
    assert people.read("organization", "1", "parent_id").values["parent_id"] is None


def test_related_organizations_are_seen_from_both_ends(people):
    """And can be parted from either."""
    people.write("organization", {"related_ids": ["2", "3"]}, "1", {"related_ids": []})
    assert people.read("organization", "1", "related_ids").values["related_ids"] == ["2", "3"]
    assert people.read("organization", "2", "related_ids").values["related_ids"] == ["1"]
    people.write("organization", {"related_ids": []}, "2", {"related_ids": ["1"]})
    assert people.read("organization", "1", "related_ids", "parent_id").values["related_ids"] == ["3"]
    assert people.tokens == 10 + 20


def test_what_is_so_already_is_a_success(people):
    """Who follows already, is a participant already, or is gone already; the owner may follow by itself."""
    for key, entity, item in (("followers", "deal", "2"), ("participants", "deal", "2")):
        for _ in range(2):
            made = people.update(entity, "1", {key: [item]}, {key: []})
            assert made.values == {key: [item]}
        for _ in range(2):
            people.update(entity, "1", {key: []}, {key: [item]})
        assert people.read(entity, "1", key).values[key] == []
    for _ in range(2):
        people.update("organization", "1", {"parent_id": None}, {"parent_id": "2"})


def test_what_cannot_follow_is_refused(people):
    """A user that there is not: in the server's words."""
    with pytest.raises(RefusedError, match="99"):
        people.update("deal", "1", {"followers": ["99"]}, {"followers": []})


def test_a_step_is_one_request(people):
    """More than one item, or items beside other fields, are refused before anything is sent."""
    for fields in (
        {"followers": ["2", "3"]},
        {"followers": ["2"], "participants": ["2"]},
        {"title": "x", "followers": ["2"]},
    ):
        with pytest.raises(RefusedError, match="step"):
            people.update("deal", "1", fields, dict.fromkeys(fields))
        assert people.unsafe == []
    with pytest.raises(RefusedError, match="step"):
        people.create("deal", {"title": "x", "followers": ["2"]})
    people.update("deal", "1", {"title": "Bigger", "followers": []}, {"title": "Big", "followers": []})
    assert people.unsafe == [-1]


def test_without_a_before_image_it_is_read(people):
    """Also the deal's own person, who is no participant."""
    people.update("deal", "1", {"participants": ["2"]})
    assert [(r.method, r.path) for r, _ in people.exchanges] == [
        ("GET", "/api/v2/deals/1"),
        ("GET", "/v1/deals/1/participants"),
        ("POST", "/v1/deals/1/participants"),
    ]
    people.update("deal", "1", {"participants": ["2"]})
    assert people.unsafe == []


def test_relationships_as_they_are_described():
    """The answer of the description: seen from the owner of a parent's relationship, the other is its daughter."""
    row = {
        "id": 1, "type": "parent", "calculated_type": "daughter", "calculated_related_org_id": 1480,
        "rel_owner_org_id": {"name": "Pipedrive Inc.", "value": 1481},
        "rel_linked_org_id": {"name": "Telia", "value": 1480}, "active_flag": "true",
    }  # fmt: skip
    bare = {key: value for key, value in row.items() if not key.startswith("calculated")}
    for given in (row, bare):
        flow = Pipedrive().fetch("organization", ["1481"], ["parent_id"])
        found, _ = drive(flow, [ok([{"id": 1481, "name": "Pipedrive Inc."}]), ok([given])])
        assert found["1481"].values["parent_id"] is None
        other = given | ({"calculated_type": "parent", "calculated_related_org_id": 1481} if given is row else {})
        flow = Pipedrive().fetch("organization", ["1480"], ["parent_id"])
        found, _ = drive(flow, [ok([{"id": 1480, "name": "Telia"}]), ok([other])])
        assert found["1480"].values["parent_id"] == "1481"


def test_other_refusals_are_passed_on():
    """Only a 400 may mean that the item is there already."""
    with pytest.raises(RefusedError):
        drive(Pipedrive().update("deal", "1", {"followers": ["2"]}, {"followers": []}), [refused(403)])
    with pytest.raises(RefusedError):
        drive(Pipedrive().update("deal", "1", {"followers": []}, {"followers": ["2"]}), [refused(403)])


def test_a_record_deleted_between_its_reading_and_that_of_its_details_is_gone(people):
    """Somebody deletes the deal just then: it is missing like any that is deleted, and nothing breaks off."""

    def answer(request):
        if request.path.endswith("/participants"):
            people.world.control("POST", "/sandbox/remove", {"entity": "deals", "id": 1})
        return people.answer(request)

    found, requests = drive(people.adapter.fetch("deal", ["1"], ["participants"]), answer)
    assert found == {}
    assert requests[-1].path.endswith("/participants")
