"""Checklist 12, 13, 15, 21, 24: duplicates, deletion, lists, followers, owners."""

from pathlib import Path
from typing import Any

import pytest

from adapters.protocols import Request
from adapters.sandbox.settings import Person
from tests.sandbox.client import Client


def test_no_uniqueness(account: Client) -> None:
    """The same create twice makes two records."""
    body = {"name": "Ann", "emails": [{"value": "ann@x.example"}]}
    assert account.ok("POST", "/api/v2/persons", body)["id"] != account.ok("POST", "/api/v2/persons", body)["id"]


def test_deletion(account: Client) -> None:
    """Deleting is soft and touches nothing else; it cannot be repeated or undone; ids are never reused."""
    org = account.ok("POST", "/api/v2/organizations", {"name": "Acme"})["id"]
    account.ok("POST", "/api/v2/persons", {"name": "Ann", "org_id": org})
    deal = account.ok("POST", "/api/v2/deals", {"title": "D", "org_id": org})["id"]
    account.ok("DELETE", f"/api/v2/organizations/{org}")
    assert account.ok("GET", "/api/v2/organizations") == []
    assert account.ok("GET", f"/api/v2/organizations/{org}")["is_deleted"] is True
    assert account.world.answer(_get(f"/v1/organizations/{org}")).body["data"]["active_flag"] is False
    assert account.ok("GET", "/api/v2/persons/1")["org_id"] == org
    assert account.ok("GET", f"/api/v2/deals/{deal}")["status"] == "open"
    account.refused("DELETE", f"/api/v2/organizations/{org}", status=404)
    account.refused("PATCH", f"/api/v2/organizations/{org}", {"name": "x"}, status=404)
    account.refused("PATCH", f"/api/v2/deals/{deal}", {"is_deleted": True})
    account.refused("POST", "/api/v2/deals", {"title": "D", "org_id": org})
    assert account.ok("POST", "/api/v2/organizations", {"name": "x"})["id"] == org + 1


def _get(path: str) -> Any:
    return Request(method="GET", path=path)


def test_deleted_deals(account: Client) -> None:
    """A deleted deal says so, and can be listed for thirty days; then it is gone."""
    account.ok("POST", "/api/v2/deals", {"title": "D"})
    account.ok("DELETE", "/api/v2/deals/1")
    assert account.ok("GET", "/api/v2/deals/1")["status"] == "deleted"
    assert [d["id"] for d in account.ok("GET", "/api/v2/deals", status="deleted")] == [1]
    account.wait(31 * 86_400)
    assert account.ok("GET", "/api/v2/deals", status="deleted") == []
    account.refused("GET", "/api/v2/deals/1", status=404)


def test_pages(account: Client) -> None:
    """A cursor walks the list once, stays stable under inserts, and ends with null."""
    for number in range(5):
        account.ok("POST", "/api/v2/organizations", {"name": f"o{number}"})
    seen: list[int] = []
    query: dict[str, Any] = {"limit": 2, "sort_by": "update_time", "sort_direction": "desc"}
    while True:
        page = account.send("GET", "/api/v2/organizations", **query).body
        seen += [row["id"] for row in page["data"]]
        account.wait(1)
        account.ok("POST", "/api/v2/organizations", {"name": "new"})
        if page["additional_data"]["next_cursor"] is None:
            break
        query["cursor"] = page["additional_data"]["next_cursor"]
    assert seen == [5, 4, 3, 2, 1]
    first = account.send("GET", "/api/v2/organizations", limit=3).body["additional_data"]["next_cursor"]
    assert [r["id"] for r in account.ok("GET", "/api/v2/organizations", limit=2, cursor=first)] == [4, 5]
    down = account.send("GET", "/api/v2/organizations", limit=3, sort_direction="desc").body
    rest = account.ok(
        "GET", "/api/v2/organizations", sort_direction="desc", cursor=down["additional_data"]["next_cursor"]
    )
    assert [r["id"] for r in rest] == list(range(len(rest), 0, -1))
    account.refused("GET", "/api/v2/organizations", sort_direction="desc", cursor=first)


def test_ids_and_filters(account: Client) -> None:
    """`ids` leaves missing ones out; parents, owners and change times select; unknown stages give an empty list."""
    for owner in (1, 2, 2):
        account.ok("POST", "/api/v2/deals", {"title": "D", "owner_id": owner})
    account.ok("DELETE", "/api/v2/deals/3")
    assert [d["id"] for d in account.ok("GET", "/api/v2/deals", ids="3,2,99,1")] == [1, 2]
    assert [d["id"] for d in account.ok("GET", "/api/v2/deals", owner_id=2)] == [2]
    account.wait(10)
    account.ok("PATCH", "/api/v2/deals/1", {"value": 3})
    assert [d["id"] for d in account.ok("GET", "/api/v2/deals", updated_since="2026-05-28T20:26:50Z")] == [1]
    assert [d["id"] for d in account.ok("GET", "/api/v2/deals", updated_until="2026-05-28T20:26:50Z")] == [2]
    assert account.ok("GET", "/api/v2/stages", pipeline_id=99) == []
    account.ok("POST", "/api/v2/persons", {"name": "Ann"})
    for deal in (1, 2):
        account.ok("POST", "/api/v2/activities", {"subject": "S", "type": "call", "deal_id": deal})
    account.ok("PATCH", "/api/v2/deals/2", {"person_id": 1})
    assert [a["id"] for a in account.ok("GET", "/api/v2/activities", deal_id=2)] == [2]


def test_archived(account: Client) -> None:
    """Archived deals are off the main list and on their own."""
    account.ok("POST", "/api/v2/deals", {"title": "A", "is_archived": True, "archive_time": "2020-01-02 03:04:05"})
    account.ok("POST", "/api/v2/deals", {"title": "B"})
    assert [d["id"] for d in account.ok("GET", "/api/v2/deals")] == [2]
    (archived,) = account.ok("GET", "/api/v2/deals/archived")
    assert (archived["id"], archived["archive_time"]) == (1, "2020-01-02T03:04:05Z")
    account.refused("POST", "/api/v2/deals", {"title": "C", "archive_time": "2020-01-02 03:04:05"})


def test_filter_wins(account: Client) -> None:
    """A saved filter switches the other selections off."""
    for owner, value in ((1, 5), (2, 50)):
        account.ok("POST", "/api/v2/deals", {"title": "D", "owner_id": owner, "value": value})
    field = next(f for f in account.ok("GET", "/v1/dealFields") if f["key"] == "value")
    condition = {"object": "deal", "field_id": str(field["id"]), "operator": ">", "value": "10"}
    conditions = {
        "glue": "and",
        "conditions": [{"glue": "and", "conditions": [condition]}, {"glue": "or", "conditions": []}],
    }
    made = account.ok("POST", "/v1/filters", {"name": "F", "type": "deals", "conditions": conditions})
    found = account.ok("GET", "/api/v2/deals", filter_id=made["id"], owner_id=1, ids="1")
    assert [d["id"] for d in found] == [2]
    account.refused("GET", "/api/v2/deals", filter_id=99, status=404)
    account.refused("GET", "/api/v2/persons", filter_id=made["id"], status=404)


def test_filters_go_together(account: Client) -> None:
    """Several filters are deleted in one request, all of them or none."""
    conditions = {"glue": "and", "conditions": [{"glue": g, "conditions": []} for g in ("and", "or")]}
    for name in "abc":
        account.ok("POST", "/v1/filters", {"name": name, "type": "org", "conditions": conditions})
    account.refused("DELETE", "/v1/filters", status=404, ids="1,99")
    assert account.ok("DELETE", "/v1/filters", ids="1,3") == {"id": [1, 3]}
    assert [f["name"] for f in account.ok("GET", "/v1/filters")] == ["b"]


def test_people_edit_by_hand(account: Client, tmp_path: Path) -> None:
    """The control address edits and removes parts of records, files, followers and relationships as well."""
    (tmp_path / "a.txt").write_text("a")
    for name in "ab":
        account.ok("POST", "/api/v2/organizations", {"name": name})
    account.ok("POST", "/api/v2/deals", {"title": "D"})
    account.ok("POST", "/api/v2/products", {"name": "W"})
    account.ok("POST", "/api/v2/deals/1/products", {"product_id": 1, "item_price": 1, "quantity": 1})
    account.ok("POST", "/api/v2/products/1/variations", {"name": "v"})
    account.ok("POST", "/api/v2/deals/1/followers", {"user_id": 2})
    account.ok(
        "POST", "/v1/organizationRelationships", {"type": "parent", "rel_owner_org_id": 1, "rel_linked_org_id": 2}
    )
    account.upload(tmp_path / "a.txt", deal_id=1)
    before = account.world.control("GET", "/sandbox/requests")

    def by_hand(verb: str, entity: str, key: Any, **fields: Any) -> Any:
        body = {"entity": entity, "id": key} | ({"fields": fields} if fields else {})
        return account.world.control("POST", f"/sandbox/{verb}", body)

    assert by_hand("edit", "line", 1, quantity=4)["data"]["sum"] == 4
    assert by_hand("edit", "variation", 1, name="w")["data"]["name"] == "w"
    assert by_hand("edit", "file", 1, name="b.txt")["data"]["name"] == "b.txt"
    assert by_hand("edit", "relationship", 1, type="related")["data"]["type"] == "related"
    for entity, key in (("line", 1), ("variation", 1), ("file", 1), ("relationship", 1)):
        assert by_hand("remove", entity, key)["success"] is True
    assert by_hand("remove", "follower", "deals/1/followers/2")["success"] is True
    assert "there is no 1 in lines" in by_hand("remove", "line", 1)["error"]
    assert account.world.control("GET", "/sandbox/requests") == before
    after = account.world.control("GET", "/sandbox/records")
    assert [after[t] for t in ("lines", "variations", "files", "relationships", "followers")] == [[]] * 5


@pytest.mark.parametrize("table", ["deals", "persons", "organizations", "products"])
def test_followers(account: Client, table: str) -> None:
    """Who follows already is refused; a follower is removed by user id."""
    account.ok("POST", f"/api/v2/{table}", {"title": "x"} if table == "deals" else {"name": "x"})
    path = f"/api/v2/{table}/1/followers"
    account.ok("POST", path, {"user_id": 2})
    account.refused("POST", path, {"user_id": 2})
    account.refused("POST", path, {"user_id": 77})
    assert [f["user_id"] for f in account.ok("GET", path)] == [2]
    assert account.ok("DELETE", f"{path}/2") == {"user_id": 2}
    account.refused("DELETE", f"{path}/2", status=404)


def test_owner_follows() -> None:
    """Where the account is switched to it, a new record is followed by its owner, and following again is refused."""
    account = Client(owner_follows=True)
    account.ok("POST", "/api/v2/deals", {"title": "D", "owner_id": 3})
    assert [f["user_id"] for f in account.ok("GET", "/api/v2/deals/1/followers")] == [3]
    account.refused("POST", "/api/v2/deals/1/followers", {"user_id": 3})
    account.ok("POST", "/api/v2/activities", {"subject": "S", "type": "call"})


def test_owners() -> None:
    """The creator is the token's user whatever is sent; an owner must be an active user of the account."""
    users = (Person(1, "Maya", "m@x.example"), Person(2, "Tom", "t@x.example", active=False))
    account = Client(users=users)
    deal = account.ok("POST", "/api/v2/deals", {"title": "D"})
    assert (deal["creator_user_id"], deal["owner_id"]) == (1, 1)
    account.refused("POST", "/api/v2/deals", {"title": "D", "creator_user_id": 2})
    account.refused("POST", "/api/v2/deals", {"title": "D", "owner_id": 2})
    account.refused("POST", "/api/v2/deals", {"title": "D", "owner_id": 99})
    assert [u["active_flag"] for u in account.ok("GET", "/v1/users")] == [True, False]


def test_pipelines_and_stages(account: Client) -> None:
    """New pipelines and stages go last; a fresh account has one pipeline of five stages."""
    names = [s["name"] for s in account.ok("GET", "/api/v2/stages", pipeline_id=1, sort_by="order_nr")]
    assert names == ["Qualified", "Contact Made", "Demo Scheduled", "Proposal Made", "Negotiations Started"]
    made = account.ok("POST", "/api/v2/pipelines", {"name": "P2"})
    assert (made["order_nr"], account.ok("GET", "/api/v2/stages", pipeline_id=2)) == (2, [])
    orders = [account.ok("POST", "/api/v2/stages", {"name": n, "pipeline_id": 2})["order_nr"] for n in "ab"]
    assert orders == [1, 2]
    account.ok("POST", "/api/v2/deals", {"title": "D", "stage_id": 6})
    account.refused("DELETE", "/api/v2/stages/6")
    account.ok("DELETE", "/api/v2/stages/7")
    eager = Client(pipeline_comes_with_stages=True)
    eager.ok("POST", "/api/v2/pipelines", {"name": "P2"})
    assert len(eager.ok("GET", "/api/v2/stages", pipeline_id=2)) == 5


def test_participants(account: Client) -> None:
    """The deal's own person counts as a participant; the rows have ids of their own."""
    for name in ("Ann", "Bob"):
        account.ok("POST", "/api/v2/persons", {"name": name})
    account.ok("POST", "/api/v2/deals", {"title": "D", "person_id": 1})
    assert [p["person"]["name"] for p in account.ok("GET", "/v1/deals/1/participants")] == ["Ann"]
    row = account.ok("POST", "/v1/deals/1/participants", {"person_id": 2})["id"]
    assert [p["id"] for p in account.ok("GET", "/api/v2/persons", deal_id=1)] == [1, 2]
    account.ok("DELETE", f"/v1/deals/1/participants/{row}")
    account.refused("DELETE", f"/v1/deals/1/participants/{row}", status=404)


def test_recents(account: Client) -> None:
    """Recents show what changed since a time, deleted things as inactive and purged ones as null."""
    account.ok("POST", "/api/v2/organizations", {"name": "Acme", "address": {"value": "1 Main St"}, "label_ids": []})
    account.ok("POST", "/api/v2/persons", {"name": "Ann", "org_id": 1})
    account.ok("POST", "/api/v2/activities", {"subject": "S", "type": "call"})
    account.ok("POST", "/v1/notes", {"content": "x", "org_id": 1})
    account.ok("DELETE", "/api/v2/organizations/1")
    items = "organization,person,activity,note"
    rows = account.ok("GET", "/v1/recents", since_timestamp="2026-05-28 20:26:40", items=items)
    shown = {row["item"]: row["data"] for row in rows}
    assert set(shown) == set(items.split(","))
    assert (shown["organization"]["active_flag"], shown["organization"]["address"]) == (False, "1 Main St")
    account.wait(31 * 86_400)
    (row,) = account.ok("GET", "/v1/recents", since_timestamp="2026-05-28 20:26:40", items="organization")
    assert row["data"] is None
    account.refused("GET", "/v1/recents")


def test_create_status() -> None:
    """Creates answer 201, or 200 where the account is switched to it."""
    assert Client().send("POST", "/api/v2/organizations", {"name": "x"}).status == 201
    assert Client(create_status=200).send("POST", "/api/v2/organizations", {"name": "x"}).status == 200
