"""Every request that the adapter makes, against Pipedrive's own API descriptions."""

import pytest

from adapters.destinations.pipedrive.catalogue import ENTITIES, ENTITY_ORDER, ROLLBACK_ORDER
from adapters.destinations.pipedrive.prices import PRICES, template
from tests.destinations.account import Furnished
from tests.destinations.shared import SHARED, needs_contracts
from tests.sandbox.contract import Contract

CONFIGURED = {
    "field": {"entity": "person", "label": "New", "kind": "enum", "options": ["A"]},
    "pipeline": {"label": "New", "probability": True},
    "stage": {"label": "New", "pipeline": "1", "probability": 30},
    "activity_type": {"label": "New"},
}
CHANGES = {
    "organization": {"website": None, "address": None, "label_ids": None, "annual_revenue": 5, "industry": None},
    "person": {"last_name": None, "emails": [], "phones": [], "job_title": None, "label_ids": []},
    "deal": {"person_id": None, "org_id": None, "status": "open", "lost_reason": None, "probability": 10},
    "lead": {"value": None, "expected_close_date": None, "label_ids": [], "is_archived": True},
    "product": {"prices": [], "costs": [], "direct_costs": [], "tax": None, "code": None},
    "variation": {"prices": [{"value": 1, "currency": "USD"}], "price_notes": {"USD": "x"}},
    "deal_product": {"comments": None, "product_variation_id": None, "billing_start_date": None, "tax": None},
    "file": {"name": "other.txt", "description": None},
    "remote_file": {"description": "other"},
    "activity": {"note": "x", "person_id": None, "participants": None, "attendees": [], "location": None},
    "note": {"content": "x", "add_time": "2020-01-01T00:00:00Z"},
}


DETAILS = {
    "organization": {"followers": ["3"], "parent_id": "2", "related_ids": ["3"]},
    "person": {"followers": ["3"]},
    "product": {"followers": ["3"]},
    "deal": {"followers": ["3"], "participants": ["2"]},
}


@pytest.fixture(scope="module")
def everything():
    """An account after every method was called for every entity."""
    account = Furnished()
    account.run(account.adapter.schema())
    places = {"person": "label_ids", "organization": "label_ids", "lead": "label_ids", "deal": account.keys["enum"]}
    options = [{"entity": entity, "field": field, "labels": ["New"]} for entity, field in places.items()]
    configured = [*CONFIGURED.items(), *(("options", fields) for fields in options)]
    made = [("organization", account.ids["organization"])]
    for name in ("Mother", "Sister"):
        account.create("organization", {"name": name})
    account.create("person", {"name": "Second"})
    for entity, fields in configured:
        account.find("create", entity, at=account.now, fields=fields)
        made.append((entity, account.create(entity, fields).id))
        if entity != "options":
            account.run(account.adapter.update(entity, made[-1][1], {"label": "Newer"}))
        account.read(entity, made[-1][1])
    for entity, fields in CHANGES.items():
        account.find("create", entity, mark="m", at=account.now, fields=account.fields[entity])
        account.run(account.adapter.update(entity, account.ids[entity], fields))
        account.read(entity, account.ids[entity], *ENTITIES[entity].details)
        many = [
            f"{number}/{number}"
            if ENTITIES[entity].parent
            else account.ids[entity]
            if entity == "lead"
            else str(number)
            for number in range(1, 41)
        ]
        account.run(account.adapter.fetch(entity, many))
    _items(account)
    for entity in ENTITY_ORDER:
        page = account.run(account.adapter.list(entity, None))
        while page.next:
            page = account.run(account.adapter.list(entity, page.next))
    for entity in ROLLBACK_ORDER:
        for kind, id in [*made[1:], *account.ids.items()]:
            if kind == entity:
                account.run(account.adapter.delete(entity, id))
    return account


def _items(account):
    """Details one by one, and lines in bulk."""
    for entity, details in DETAILS.items():
        for fields in (details, {key: [] if isinstance(value, list) else None for key, value in details.items()}):
            for key, value in fields.items():
                before = account.read(entity, account.ids[entity], key).values
                account.write(entity, {key: value}, account.ids[entity], {key: before[key]})
                account.find("update", entity, id=account.ids[entity], fields={key: value})
    line = {key: account.fields["deal_product"][key] for key in ("deal_id", "product_id", "item_price", "quantity")}
    account.run(account.adapter.create_many("deal_product", [line] * 6))


@needs_contracts
def test_every_request_is_what_the_descriptions_allow(everything):
    """Methods, paths, query and body keys, types and null."""
    contract = Contract(SHARED)
    problems = {
        (request.method, template(request.path), problem)
        for request, _ in everything.said
        for problem in _problems(contract, request)
    }
    assert problems == set()


def _problems(contract, request):
    if request.encoding == "json":
        return contract.check_request(request.method, request.path, request.query, request.body)
    kind = "multipart/form-data" if request.encoding == "multipart" else "application/x-www-form-urlencoded"
    texts = {key: str(value) for key, value in request.body.items()}
    texts |= {"file": request.upload.name} if request.upload else {}
    return contract.check_form(request.method, request.path, kind, texts)


def test_every_request_has_a_price(everything):
    """The price table knows each method and path."""
    assert {(request.method, template(request.path)) for request, _ in everything.said} <= set(PRICES)
