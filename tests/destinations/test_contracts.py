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
    "activity": {"note": "x", "person_id": None, "participants": None, "attendees": [], "location": None},
    "note": {"content": "x", "add_time": "2020-01-01T00:00:00Z"},
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
    for entity, fields in configured:
        account.find("create", entity, at=account.now, fields=fields)
        made.append((entity, account.create(entity, fields).id))
        if entity != "options":
            account.run(account.adapter.update(entity, made[-1][1], {"label": "Newer"}))
        account.read(entity, made[-1][1])
    for entity, fields in CHANGES.items():
        account.find("create", entity, mark="m", at=account.now)
        account.run(account.adapter.update(entity, account.ids[entity], fields))
        account.read(entity, account.ids[entity])
        many = [
            str(number) if ENTITIES[entity].v2 or entity == "note" else account.ids[entity] for number in range(1, 41)
        ]
        account.run(account.adapter.fetch(entity, many))
    for entity in ENTITY_ORDER:
        page = account.run(account.adapter.list(entity, None))
        while page.next:
            page = account.run(account.adapter.list(entity, page.next))
    for entity in ROLLBACK_ORDER:
        for kind, id in [*made[1:], *account.ids.items()]:
            if kind == entity:
                account.run(account.adapter.delete(entity, id))
    return account


@needs_contracts
def test_every_request_is_what_the_descriptions_allow(everything):
    """Methods, paths, query and body keys, types and null."""
    contract = Contract(SHARED)
    problems = {
        (request.method, template(request.path), problem)
        for request, _ in everything.said
        for problem in contract.check_request(request.method, request.path, request.query, request.body)
    }
    assert problems == set()


def test_every_request_has_a_price(everything):
    """The price table knows each method and path."""
    assert {(request.method, template(request.path)) for request, _ in everything.said} <= set(PRICES)
