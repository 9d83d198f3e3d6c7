"""Junk where a value should be is refused or taken, never a crash: every method and path, by seed."""

import copy
import random
from collections.abc import Iterator
from typing import Any

import pytest

from adapters.protocols import Request
from adapters.sandbox.nutshell.rest.routes import ROUTES
from adapters.sandbox.nutshell.rpc.methods import METHODS
from tests.sandbox_nutshell.client import RPC, Client
from tests.sandbox_nutshell.test_contract import furnished

JUNK: tuple[Any, ...] = (
    None,
    7,
    -1,
    1.5,
    "x",
    "",
    "7-accounts",
    True,
    [],
    {},
    [1],
    [None],
    {"a": 1},
    [{}],
    [[]],
    "1e999",
)

PERSON = {"entityType": "Contacts", "id": 1}
PAYLOADS: dict[str, Any] = {
    "account": {
        "name": "A", "owner": {"entityType": "Users", "id": 2}, "email": {"w": "a@x.example"}, "phone": ["1"],
        "url": "u",
        "address": {"w": {"city": "B"}}, "contacts": [{"id": 1, "relationship": "r"}], "tags": ["t"], "note": ["n"],
        "customFields": {"Key": "k", "Since": "2020-01-01", "Sum": {"amount": 1, "currency": "USD"}}, "industryId": 1,
    },
    "contact": {"name": "A", "accounts": [{"id": 1, "relationship": "r"}], "leads": [{"id": 1}], "audienceId": 1},
    "lead": {
        "description": "d", "primaryAccount": {"id": 1}, "accounts": [{"id": 1}], "contacts": [{"id": 1}],
        "products": [{"id": 1, "quantity": 1, "price": {"currency_shortname": "USD", "amount": 1}}],
        "market": {"id": 1}, "competitors": [{"id": 1}], "sources": [{"id": 1}],
        "assignee": {"entityType": "Users", "id": 1}, "status": 10,
        "confidence": 1, "stagesetId": 1, "milestoneId": 1, "dueTime": "2020-01-01T00:00:00+0000", "priority": 1,
        "outcome": {"id": 1},
    },
    "activity": {
        "name": "c", "activityTypeId": 1, "lead": {"entityType": "Leads", "id": 1}, "participants": [PERSON],
        "startTime": "2020-01-01T00:00:00+0000", "isAllDay": False, "status": 1, "logNote": {"note": "n"},
        "followup": {"name": "f"},
    },
    "task": {"title": "t", "assignee": {"entityType": "Users", "id": 1}, "entity": PERSON, "dueTime": "2020-01-01"},
    "product": {"name": "p", "prices": {"1": {"currency_shortname": "USD", "amount": 1}}},
    "tag": {"name": "t", "entityType": "Leads"}, "entity": PERSON, "note": {"note": "n"}, "name": "n", "string": "s",
    "emailAddressString": "a@x.example", "query": {"leadId": 1, "status": 0, "entityType": "Leads", "id": 1},
    "orderBy": "name", "orderDirection": "ASC", "limit": 5, "page": 1, "stubResponses": False, "num1": 1, "num2": 2,
}  # fmt: skip
LINKS = {
    "accounts": ["1-accounts", {"name": "A"}], "contacts": ["1-contacts"], "owner": "1-users", "tags": ["1-tags"],
    "productMaps": [{"links": {"product": "1-products"}, "price": {"amount": "1", "currency": "USD"}, "quantity": 1,
                     "type": "productMaps", "productType": "product"}], "competitorMaps": ["1-competitors"],
}  # fmt: skip
RECORD = {
    "name": "A", "description": "d", "phones": [{"value": "1", "name": "n", "isPrimary": True}],
    "urls": [{"value": "u"}],
    "emails": [{"value": "a@x.example"}], "addresses": [{"value": {"city": "B"}}], "customFields": {"Key": "k"},
}  # fmt: skip
BODIES: dict[str, Any] = {
    "accounts": {"accounts": [RECORD | {"links": {"owner": "1-users", "contacts": ["1-contacts"]}}]},
    "contacts": {"contacts": [RECORD | {"links": {"accounts": ["1-accounts"], "emAudiences": ["1-emAudiences"]}}]},
    "leads": {"leads": [{"description": "d", "manualValue": "1", "dueTime": {"timestamp": 1}, "links": LINKS}]},
    "notes": {"data": {"body": "b", "links": {"parent": "1-accounts"}}},
    "activities": {"activities": [{"name": "a", "note": "n", "startTime": 1, "isLogged": True, "description": "d",
                                   "activityType": "1-activityTypes", "links": {"participants": ["1-users"]}}]},
    "tasks": {"title": "t", "dueTime": "1", "links": {"relatedEntity": "1-accounts", "assignee": "1-users"}},
    "tags": {"tags": [{"name": "t", "tagType": "1", "colorType": "2", "links": {"entities": ["1-leads"]}}]},
    "sources": {"sources": [{"name": "s", "channel": 1}]}, "audiences": {"emAudiences": [{"name": "a"}]},
    "customfield": {"name": "f", "type": "Decision", "choices": ["a"], "isMultiple": False},
    "status": {"outcomeId": "1-outcomes", "productMaps": LINKS["productMaps"], "competitorMaps": ["1-competitorMaps"]},
    "stageset": {"stageset": "1-stagesets"},
}  # fmt: skip
PATCHES = {
    "accounts": ("name", "phones", "links/contacts/-", "links/contacts", "links/contacts/1-contacts", "links/owner",
                 "Key"),
    "contacts": ("name", "addresses", "links/accounts/-", "links/tags", "links/emAudiences/1-emAudiences"),
    "leads": ("dueTime", "manualValue", "confidence", "valueToProductMode", "links/stage", "links/productMaps/-",
              "links/competitorMaps", "links/owner", "Key", "links", "links/", ""),
    "tasks": ("links/assignee",), "productmaps": ("quantity", "price"), "competitormaps": ("status", "relationship"),
}  # fmt: skip
QUERIES = (
    "q", "email", "sort", "filter[name]", "filter[createdTime]", "filter[value]", "filter[owner]", "filter[Key]",
    "filter[tags]", "filter[dateMin]", "page[page]", "page[limit]", "limit", "since_id", "max_time",
    "filter[status][]", "filter[activityType]", "filters[payload][]", "entity_id", "filter[types]",
)  # fmt: skip


def spoiled(dice: random.Random, value: Any) -> Any:
    """A copy of a value with one or two of its parts replaced by junk."""
    value = copy.deepcopy(value)
    for _ in range(dice.randint(1, 2)):
        places = list(_places(value))
        if not places:
            return dice.choice(JUNK)
        holder, key = dice.choice(places)
        holder[key] = copy.deepcopy(dice.choice(JUNK))
    return value


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in pairs:
        yield value, key
        yield from _places(one)


def real(ids: dict[str, Any], value: Any) -> Any:
    """A copy of a value in which the number 1 of a record is that of one that is there."""
    if isinstance(value, dict):
        out = {key: real(ids, one) for key, one in value.items()}
        kinds = {"Contacts": "contacts", "Leads": "leads", "Accounts": "accounts"}
        kind = kinds.get(str(out.get("entityType")))
        return out | ({"id": ids[kind]} if kind and out.get("id") == 1 else {})
    if isinstance(value, list):
        return [real(ids, one) for one in value]
    table = value[2:] if isinstance(value, str) and value.startswith("1-") else ""
    return f"{ids[table]}-{table}" if isinstance(ids.get(table), int) else value


def look_at_all(account: Client) -> None:
    """Whatever junk was taken, all records still fit the contract, in both APIs and at the control address."""
    for table in (
        "accounts",
        "contacts",
        "leads",
        "notes",
        "activities",
        "tasks",
        "tags",
        "sources",
        "products",
        "users",
    ):
        for one in account.found(f"/{table}", **({"page[limit]": 10_000} if table in ("accounts", "leads") else {})):
            number = int(one["id"].split("-")[0])
            if table in ("accounts", "contacts", "leads", "notes", "tasks", "products"):
                account.rpc(f"get{table[:-1].title()}", number)
    assert account.records()
    assert account.rest("GET", "/events", limit=1000).status == 200


@pytest.mark.parametrize("seed", range(6))
def test_methods_stand_junk(seed: int) -> None:
    """A call with junk in it gets an answer in the envelope."""
    dice = random.Random(f"rpc {seed}")
    account, ids = furnished()
    for name, method in METHODS.items():
        for _ in range(15):
            whole = {key: PAYLOADS.get(key, 1) for key in method.names()}
            for key in method.names():
                table = {"accountId": "accounts", "contactId": "contacts", "leadId": "leads"}.get(key, "")
                whole |= {key: ids[table]} if table else {"rev": "REV_IGNORE"} if key == "rev" else {}
            params = spoiled(dice, real(ids, whole))
            body = {"id": "1", "method": name, "params": params if isinstance(params, dict) else {}}
            answer = account.world.answer(Request(method="POST", path=RPC, body=body))
            assert answer.status == 200
            assert answer.body is not None
    look_at_all(account)


@pytest.mark.parametrize("seed", range(6))
def test_paths_stand_junk(seed: int) -> None:
    """A request with junk in it gets an answer of a known status."""
    dice = random.Random(f"rest {seed}")
    account, ids = furnished()
    for method, template in ROUTES:
        parts = template.split("/")
        known = BODIES.get(parts[-1]) or BODIES.get(parts[1])
        for _ in range(15):
            key = ids.get(parts[1], 1) if dice.random() < 0.8 else dice.choice(("x", "1-users", "999", "1,2", "-"))
            query = {one: str(dice.choice(JUNK)) for one in dice.sample(QUERIES, 2)} if method == "GET" else {}
            body = spoiled(dice, real(ids, known)) if method in ("POST", "PUT") else None
            if method == "PATCH":
                collection = {"productmaps": "productMaps", "competitormaps": "competitorMaps"}.get(parts[1], parts[1])
                path = f"/{collection}/0/{dice.choice(PATCHES[parts[1]])}"
                body = [{"op": dice.choice(("add", "remove", "replace")), "path": path, "value": dice.choice(JUNK)}]
            request = Request(
                method=method,  # type: ignore[arg-type]
                path="/rest" + template.replace("{id}", str(key)),
                query=query,
                body=body,
                encoding="json-patch" if method == "PATCH" else "json",
            )
            assert account.world.answer(request).status in (200, 201, 204, 400, 404, 501), request
    look_at_all(account)
