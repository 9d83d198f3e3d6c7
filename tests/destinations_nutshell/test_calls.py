"""How many calls things take: the least that the API allows, and no more than the estimates say."""

import pytest

from adapters.protocols import Batches, Fields
from tests.destinations_nutshell.account import RECORDS, Account, Furnished
from tests.destinations_nutshell.flows import drive, missing, no, ok, rest


@pytest.mark.parametrize("entity", RECORDS)
def test_a_create_costs_what_it_says(entity: str) -> None:
    """An adapter that knows its account sends as many calls as the estimate counts."""
    account = Furnished()
    fields = {k: v for k, v in account.fields[entity].items() if k != "mark"}
    if entity == "lead_product":
        fields["product_id"] = account.create("product", {"name": "S"}).id
    start, part, before = len(account.said), account.adapter.step(entity, None, fields), {}
    id = account.run(account.adapter.create(entity, part)).id
    left: Fields = {k: v for k, v in fields.items() if k not in part}
    while left:
        part = account.adapter.step(entity, before, left)
        account.run(account.adapter.update(entity, id, part, {}))
        left = {k: v for k, v in left.items() if k not in part}
    assert len(account.said) - start == account.adapter.cost(entity, "create", fields)


@pytest.mark.parametrize("entity", ["account", "lead", "activity", "note", "task", "product"])
@pytest.mark.parametrize("count", [1, 2, 5, 130])
def test_many_records_are_read_together(entity: str, count: int) -> None:
    """New records come a hundred to a call, and the estimate is what is spent."""
    account = Furnished()
    fields = {
        k: v for k, v in account.fields[entity].items() if k in ("name", "title", "subject", "start_time", "text")
    }
    fields |= {"contact_id": account.ids["contact"]} if entity == "note" else {}
    ids = [account.run(account.adapter.create(entity, fields)).id for _ in range(count)]
    found = account.run(account.adapter.fetch(entity, ids))
    assert [*found] == ids
    assert len(account.exchanges) <= account.adapter.reading(entity, count, count + 1) + (count == 2)


def test_old_records_among_many_new_ones_cost_a_twentieth_more() -> None:
    """Pages of new records that hold none of those wanted are given up: the rest is asked for one by one."""
    account = Account()
    old = [account.run(account.adapter.create("account", {"name": f"Old {n}"})).id for n in range(10)]
    for number in range(220):
        account.run(account.adapter.create("account", {"name": f"New {number}"}))
    found = account.run(account.adapter.fetch("account", old))
    assert [*found] == old
    assert len(account.exchanges) <= 10 + 1


def test_unknown_and_deleted_ids_are_missing() -> None:
    """One unknown id among many does not hide the others, in either API."""
    account = Furnished()
    for entity, id in account.ids.items():
        unknown = "999999/999999" if entity == "lead_product" else "999999"
        assert account.run(account.adapter.fetch(entity, [id, unknown])).keys() == {id}, entity


def test_an_error_is_an_absence_only_where_rest_says_so() -> None:
    """JSON-RPC's error for an unknown id is not known: REST's 404 is. An error for a record that is there is raised."""
    adapter = Account().adapter
    found, asked = drive(adapter.fetch("account", ["7"]), [no(0, "whatever"), missing()])
    assert not found
    assert [r.path for r in asked] == ["/api/v1/json", "/rest/accounts/7-accounts"]
    deleted = rest({"accounts": [{"id": "7-accounts", "deletedTime": 1}]})
    assert not drive(adapter.fetch("account", ["7"]), [no(0, "whatever"), deleted])[0]
    live = rest({"accounts": [{"id": "7-accounts"}]})
    with pytest.raises(Exception, match="whatever"):
        drive(adapter.fetch("account", ["7"]), [no(0, "whatever"), live])


def test_a_server_that_does_not_order_by_id_is_asked_otherwise() -> None:
    """By id is a documented order of leads only: lists fall back to names, look-ups to single records."""
    adapter = Account().adapter
    page, asked = drive(
        adapter.list("account", None), [no(-32602, "orderBy"), ok([{"id": 7, "rev": "1", "name": "A"}])]
    )
    assert [r.id for r in page.records] == ["7"]
    assert [r.body["params"]["orderBy"] for r in asked] == ["id", "name"]
    rows = [ok({"id": id, "rev": "1", "name": "A"}) for id in (1, 2, 3)]
    found, asked = drive(adapter.fetch("account", ["1", "2", "3"]), [no(-32602, "orderBy"), *rows])
    assert (sorted(found), len(asked)) == (["1", "2", "3"], 4)


def test_a_deleted_record_that_is_still_answered_is_missing() -> None:
    """The time of its deletion counts, not the status."""
    row = {"id": 7, "rev": "1", "name": "A", "deletedTime": "2024-01-01T00:00:00+0000"}
    assert not drive(Account().adapter.fetch("account", ["7"]), [ok(row)])[0]


def test_products_of_one_lead_are_created_together() -> None:
    """One read and one write for all products of a lead, an answer for each."""
    account = Furnished()
    assert isinstance(account.adapter, Batches)
    products = [account.create("product", {"name": name}).id for name in "ABC"]
    other = account.create("lead", {"title": "Other"}).id
    several = [{"lead_id": account.ids["lead"], "product_id": p, "quantity": 2} for p in products[:2]]
    several.insert(1, {"lead_id": other, "product_id": products[2]})
    assert account.adapter.together("lead_product", several) == [[0, 2], [1]]
    assert account.adapter.together("note", [{}, {}]) == [[0], [1]]
    made = account.run(account.adapter.create_many("lead_product", [several[0], several[2]]))
    assert len(account.exchanges) == 2
    assert [m.id for m in made] == [f"{account.ids['lead']}/{p}" for p in products[:2]]
    assert [m.values["quantity"] for m in made] == [2, 2]


def test_all_records_are_listed_page_by_page() -> None:
    """Lists give every live record once, a hundred to a call."""
    account = Account()
    ids = [account.run(account.adapter.create("contact", {"name": f"P {n}"})).id for n in range(120)]
    seen, at, calls = [], None, 0
    while True:
        page = account.run(account.adapter.list("contact", at))
        seen += [record.id for record in page.records]
        calls += len(account.exchanges)
        at = page.next
        if at is None:
            break
    assert seen == ids
    assert calls == 2


def test_preparing_asks_once() -> None:
    """What writing needs to know is asked before many writes, and not again."""
    account = Furnished()
    fresh = Account()
    fresh.world = account.world
    keys = [account.keys["lead"], "currency", "status", "author"]
    fresh.run(fresh.adapter.prepare("lead", keys))
    assert len(fresh.exchanges) == 4
    fresh.run(fresh.adapter.prepare("lead", keys))
    assert not fresh.exchanges
    assert fresh.adapter.learning(["lead", "contact"]) == 4
    assert fresh.adapter.learning([]) == 0


def test_the_pace_is_ours_alone() -> None:
    """No limit is documented: some requests a second, and calls without end."""
    assert Account().adapter.pace(5) == Account().adapter.pace(1)
    assert Account().adapter.price(fresh := drive(Account().adapter.list("account", None), [ok([])])[1][0]) == 1
    assert not fresh.unsafe
