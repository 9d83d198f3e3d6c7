"""What was asked and what it cost, by entity: each request is put down to the entity that it serves."""

import re
from collections import Counter
from collections.abc import Iterable

from adapters.destinations.pipedrive.prices import price, template
from adapters.protocols import Request

SCHEMA = "schema"
CONFIGURATION = "configuration"

_OF_ENTITY = {
    "organizations": "organization", "persons": "person", "deals": "deal", "activities": "activity", "leads": "lead",
    "notes": "note", "products": "product", "files": "file", "organizationRelationships": "parent_id",
}  # fmt: skip
_OF_PART = {
    ("deals", "products"): "deal_product",
    ("products", "variations"): "variation",
    ("deals", "participants"): "participants",
    ("files", "remoteLink"): "remote_file",
}
_FIELDS = re.compile(r"(organization|person|deal|activity|product)Fields")
_CONFIGURED = re.compile(r"pipelines|stages|leadLabels|activityTypes")
_SCHEMA = re.compile(r"users(/me)?|currencies")


def served(method: str, path: str) -> str:
    """The entity that a request serves: of a record, of an item that takes a request of its own, or of configuration.

    A list of fields serves the entity whose fields they are; v1's is read for the options of a system field alone. What
    else is only read of the account (users, types) serves the schema.
    """
    tail = re.sub(r"^(/api/v2|/api/v1|/v1)/", "", path)
    collection, *more = [part for part in tail.split("/") if part]
    if _SCHEMA.fullmatch(tail):
        return SCHEMA
    if fields := _FIELDS.fullmatch(collection):
        return fields[1] if method == "GET" and path.startswith("/api/v2") and not more else CONFIGURATION
    if _CONFIGURED.fullmatch(collection):
        return SCHEMA if method == "GET" else CONFIGURATION
    if "followers" in more:
        return "followers"
    part = next((word for word in more if (collection, word) in _OF_PART), "")
    return _OF_PART[collection, part] if part else _OF_ENTITY[collection]


def by_entity(requests: Iterable[Request]) -> Counter[str]:
    """Tokens by entity."""
    spent: Counter[str] = Counter()
    for request in requests:
        spent[served(request.method, template(request.path))] += price(request)
    return spent


def by_entity_of_routes(routes: dict[str, int]) -> Counter[str]:
    """The same of counts by route ("GET /api/v2/deals/{id}"), as the account counts them."""
    spent: Counter[str] = Counter()
    for route, count in routes.items():
        method, path = route.split(" ", 1)
        request = Request(method=method, path=re.sub(r"\{\w+\}", "1", path))  # type: ignore[arg-type]
        spent[served(method, path)] += count * price(request)
    return spent
