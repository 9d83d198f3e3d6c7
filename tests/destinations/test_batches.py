"""Lines of one deal in one request."""

import pytest

from adapters.destinations.pipedrive import Pipedrive
from adapters.protocols import Batches, InDoubtError, RefusedError
from tests.destinations.flows import drive, ok


def lines(account, count, deal=None, **more):
    """New lines of a deal."""
    made = {"deal_id": deal or account.ids["deal"], "product_id": account.ids["product"], "item_price": 1}
    return [made | {"quantity": number + 1, "mark": f"m:{number}", **more} for number in range(count)]


def test_the_adapter_has_batches():
    """It is asked for by the protocol."""
    assert isinstance(Pipedrive(), Batches)


@pytest.mark.parametrize(
    ("count", "sizes"), [(5, [1] * 5), (6, [6]), (100, [100]), (103, [100, 1, 1, 1]), (106, [100, 6])]
)
def test_six_lines_of_a_deal_share_a_request(account, count, sizes):
    """Fewer are cheaper alone, and a hundred are the most."""
    groups = account.adapter.together("deal_product", lines(account, count))
    assert [len(group) for group in groups] == sizes
    assert sorted(index for group in groups for index in group) == list(range(count))


def test_only_lines_of_one_deal_are_together(account):
    """Those of two deals are two requests; nothing else shares one."""
    mixed = [line for pair in zip(lines(account, 6), lines(account, 6, deal="2"), strict=True) for line in pair]
    assert account.adapter.together("deal_product", mixed) == [[0, 2, 4, 6, 8, 10], [1, 3, 5, 7, 9, 11]]
    assert account.adapter.together("organization", [{"name": "x"}] * 7) == [[index] for index in range(7)]


def test_many_lines_are_made_in_their_order(account):
    """One unsafe request of 25 tokens; each line reads back, and is found by its mark when the answer is lost."""
    several = lines(account, 30, comments="see\nabove", block={"A": "b"})
    start = account.now
    made = account.run(account.adapter.create_many("deal_product", several))
    assert (account.tokens, account.unsafe) == (25, [-1])
    found = account.run(account.adapter.fetch("deal_product", [one.id for one in made]))
    assert account.tokens == 10
    for fields, one in zip(several, made, strict=True):
        assert {key: found[one.id].values[key] for key in fields} == fields
        assert {key: one.values[key] for key in fields} == fields
    [copy] = account.find("create", "deal_product", mark="m:7", at=start, fields=several[7])
    assert copy.id == made[7].id


def test_a_refused_batch_makes_nothing(account):
    """One bad line refuses all."""
    before = account.run(account.adapter.list("deal_product", None)).records
    several = lines(account, 6)
    several[3]["product_id"] = "999"
    with pytest.raises(RefusedError, match="999"):
        account.run(account.adapter.create_many("deal_product", several))
    assert account.run(account.adapter.list("deal_product", None)).records == before


@pytest.mark.parametrize("rows", [[], [{"id": 1, "product_id": 8}], [{"id": 1, "product_id": 7}] * 2, None])
def test_an_answer_that_names_other_lines_is_in_doubt(rows):
    """Each line is then settled by itself."""
    with pytest.raises(InDoubtError):
        drive(
            Pipedrive().create_many(
                "deal_product", [{"deal_id": "1", "product_id": "7", "item_price": 1, "quantity": 1}]
            ),
            [ok(rows)],
        )


def test_lines_of_archived_deals_are_listed_too(account):
    """After those of the others."""
    deal = account.create("deal", {"title": "Old", "is_archived": True}).id
    line = account.create("deal_product", lines(account, 1, deal=deal)[0]).id
    page, ids = account.run(account.adapter.list("deal_product", None)), set()
    while True:
        ids |= {record.id for record in page.records}
        if page.next is None:
            break
        page = account.run(account.adapter.list("deal_product", page.next))
    assert ids == {account.ids["deal_product"], line}


def test_variations_are_listed_with_their_products(account):
    """Page by page of products."""
    for number in range(60):
        product = account.create("product", {"name": f"Product {number}"}).id
        account.create("variation", {"product_id": product, "name": f"Variation {number}"})
    first = account.run(account.adapter.list("variation", None))
    second = account.run(account.adapter.list("variation", first.next))
    assert (len(first.records), len(second.records), second.next) == (50, 11, None)


@pytest.mark.parametrize("entity", ["variation", "deal_product"])
def test_without_a_parent_nothing_is_sent(account, entity):
    """The path would have no place for it."""
    with pytest.raises(RefusedError, match="cannot be made without"):
        account.create(entity, {"name": "x"})
    assert account.exchanges == []
    assert account.find("create", entity, at=account.now, fields={"name": "x"}) == []
