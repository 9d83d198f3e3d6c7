"""What each request costs, in API tokens.

Source: `x-token-cost` of Pipedrive's API descriptions (August 2026); flat per request, whatever the page holds.
"""

import math
import re
from collections.abc import Iterable
from typing import Literal

from adapters.destinations.pipedrive.attachments import FILES, REMOTE_LINK
from adapters.destinations.pipedrive.caps import SUMMARY
from adapters.destinations.pipedrive.catalogue import ENTITIES, FIELD_PATHS
from adapters.destinations.pipedrive.columns import V1, V2
from adapters.destinations.pipedrive.details import RELATIONSHIPS
from adapters.destinations.pipedrive.fields import is_custom
from adapters.destinations.pipedrive.nested import LINES, PARENTS
from adapters.destinations.pipedrive.schema import readings
from adapters.protocols import Fields, Request


def _table() -> dict[tuple[str, str], int]:
    prices: dict[tuple[str, str], int] = {}
    for name in ("organizations", "persons", "deals", "activities", "products"):
        prices |= _crud(f"{V2}/{name}", listing=10, one=1)
    for name in ("pipelines", "stages"):
        prices |= _crud(f"{V2}/{name}", listing=5, one=1)
    for name in ("organizationFields", "personFields", "dealFields", "productFields"):
        prices |= _crud(f"{V2}/{name}", listing=10, one=1)
        prices[("POST", f"{V2}/{name}/{{id}}/options")] = 5
        prices[("DELETE", f"{V2}/{name}/{{id}}/options")] = 3
        prices[("GET", f"{V1}/{name}")] = 20
        prices[("PUT", f"{V1}/{name}/{{id}}")] = 10
    prices[("GET", f"{V2}/activityFields")] = 10
    prices[("GET", f"{V2}/deals/archived")] = 20
    for name, update, listing in (("leads", "PATCH", 20), ("notes", "PUT", 20), ("activityTypes", "PUT", 20)):
        prices |= _crud(f"{V1}/{name}", listing=listing, one=2, create=10, update=(update, 10), delete=6)
    prices |= _crud(f"{V1}/leadLabels", listing=10, one=2, create=10, update=("PATCH", 10), delete=6)
    # neither types nor labels can be read one by one
    del prices[("GET", f"{V1}/activityTypes/{{id}}")], prices[("GET", f"{V1}/leadLabels/{{id}}")]
    prices[("GET", f"{V1}/leads/archived")] = 40
    prices |= _details() | _nested() | _files()
    prices[("GET", SUMMARY)] = 40
    prices[("GET", f"{V1}/users")] = 20
    prices[("GET", f"{V1}/users/me")] = 2
    prices[("GET", f"{V1}/currencies")] = 20
    return prices


def _details() -> dict[tuple[str, str], int]:
    prices: dict[tuple[str, str], int] = {}
    for name in ("organizations", "persons", "deals", "products"):
        path = f"{V2}/{name}/{{id}}/followers"
        prices |= {("GET", path): 10, ("POST", path): 5, ("DELETE", f"{path}/{{id}}"): 3}
    path = f"{V1}/deals/{{id}}/participants"
    prices |= {("GET", path): 10, ("POST", path): 10, ("DELETE", f"{path}/{{id}}"): 6}
    return prices | {
        ("GET", RELATIONSHIPS): 20,
        ("POST", RELATIONSHIPS): 10,
        ("DELETE", f"{RELATIONSHIPS}/{{id}}"): 6,
    }


def _nested() -> dict[tuple[str, str], int]:
    prices: dict[tuple[str, str], int] = {}
    for path in (f"{V2}/products/{{id}}/variations", f"{V2}/deals/{{id}}/products"):
        prices |= _crud(path, listing=10, one=1)
        # they are read by their parents only
        del prices[("GET", f"{path}/{{id}}")]
    # the lines of one deal are read as those of many
    del prices[("GET", f"{V2}/deals/{{id}}/products")]
    return prices | {("GET", LINES): 10, ("POST", f"{V2}/deals/{{id}}/products/bulk"): 25}


def _files() -> dict[tuple[str, str], int]:
    prices = _crud(FILES, listing=20, one=2, create=10, update=("PUT", 10), delete=6)
    return prices | {("POST", REMOTE_LINK): 10, ("GET", f"{FILES}/{{id}}/download"): 20}


def _crud(
    path: str,
    *,
    listing: int,
    one: int,
    create: int = 5,
    update: tuple[str, int] = ("PATCH", 5),
    delete: int = 3,
) -> dict[tuple[str, str], int]:
    verb, price = update
    return {
        ("GET", path): listing,
        ("GET", f"{path}/{{id}}"): one,
        ("POST", path): create,
        (verb, f"{path}/{{id}}"): price,
        ("DELETE", f"{path}/{{id}}"): delete,
    }


PRICES: dict[tuple[str, str], int] = _table()
"""Tokens by method and path template, for every endpoint that this adapter uses."""

_ID = re.compile(r"/(\d+|[0-9a-f]{40}|[0-9a-f]{8}-[0-9a-f-]{27})(?=/|$)")


def template(path: str) -> str:
    """The path with its ids replaced: "/api/v2/deals/7" is "/api/v2/deals/{id}"."""
    return _ID.sub("/{id}", path)


def price(request: Request) -> int:
    """Tokens of one request. Raises KeyError for an endpoint that this adapter does not use."""
    return PRICES[request.method, template(request.path)]


Action = Literal["create", "update", "delete", "verify", "find"]

_OF_ENTITY: dict[str, dict[Action, float]] = {
    "organization": {"create": 5, "update": 5, "delete": 3, "verify": 10 / 100, "find": 10},
    "person": {"create": 5, "update": 5, "delete": 3, "verify": 10 / 100, "find": 10},
    "deal": {"create": 5, "update": 5, "delete": 3, "verify": 10 / 100, "find": 30},
    "activity": {"create": 5, "update": 5, "delete": 3, "verify": 10 / 100, "find": 10},
    "product": {"create": 5, "update": 5, "delete": 3, "verify": 10 / 100, "find": 10},
    "variation": {"create": 5, "update": 5, "delete": 3, "verify": 10, "find": 10},
    "deal_product": {"create": 5, "update": 5, "delete": 3, "verify": 10 / 100, "find": 10},
    "file": {"create": 10, "update": 10, "delete": 6, "verify": 20 / 100, "find": 40},
    "remote_file": {"create": 10, "update": 10, "delete": 6, "verify": 20 / 100, "find": 20},
    "lead": {"create": 10, "update": 10, "delete": 6, "verify": 20 / 500, "find": 60},
    "note": {"create": 10, "update": 10, "delete": 6, "verify": 20 / 500, "find": 20},
    "field": {"create": 5, "update": 5, "delete": 3, "verify": 10, "find": 20},
    # the dearest way: the list of system fields, then all options in one PUT
    "options": {"create": 30, "update": 0, "delete": 30, "verify": 20, "find": 20},
    "pipeline": {"create": 10, "update": 5, "delete": 3, "verify": 5, "find": 10},
    "stage": {"create": 5, "update": 5, "delete": 3, "verify": 5, "find": 5},
    "activity_type": {"create": 10, "update": 10, "delete": 6, "verify": 20, "find": 20},
}


_OF_CUSTOM_OPTIONS: dict[Action, float] = {"create": 6, "update": 0, "delete": 4, "verify": 1, "find": 1}
"""A custom pick-list is read by itself (1 token) before options are added or deleted."""


def cost(entity: str, action: Action, fields: Fields | None = None) -> float:
    """Tokens of an action on one record: reading back is shared by a batch (100 in v2, a page of 500 in v1).

    `fields` tell options of a custom pick-list from those of a system field, where the dearest way is counted. An
    update is given its companions; one that must read them first costs another 1 (activities) or 2 (notes).
    """
    if entity == "options" and fields and is_custom(str(fields.get("field"))):
        return _OF_CUSTOM_OPTIONS[action]
    return _OF_ENTITY[entity][action] + (_later(entity, action, fields) if fields else 0)


def shared(entity: str, count: int) -> float:
    """Tokens of one request that creates so many records; only lines of a deal share one."""
    return PRICES["POST", f"{ENTITIES[entity].path.format('{id}')}/bulk"] if count > 1 else cost(entity, "create")


_OF_DETAIL = {"followers": 5, "participants": 10, "parent_id": 10, "related_ids": 10}
"""Tokens of adding one item."""


def _later(entity: str, action: Action, fields: Fields) -> float:
    """Tokens of the steps after the first: an update after a create, and one request for each item of a detail."""
    record = ENTITIES.get(entity)
    if record is None or action not in ("create", "update"):
        return 0
    tokens = 0.0
    for key, price in _OF_DETAIL.items():
        value = fields.get(key) if key in record.details else None
        tokens += price * (len(value) if isinstance(value, list) else bool(value))
    late = {c.key for c in record.columns if c.late} | ({"block"} if record.form else set())
    if action == "create" and any(fields.get(key) for key in late):
        tokens += _OF_ENTITY[entity]["update"]
    if action == "update" and tokens and not fields.keys() - _OF_DETAIL.keys():
        tokens -= _OF_ENTITY[entity]["update"]
    return tokens


def reading(entity: str, count: int, held: int) -> float:
    """Tokens of reading `count` records by their ids, of `held` that there are, as `reading.fetch` does it.

    At most: lines may be of fewer deals than there are lines, and variations of fewer products.
    """
    if not count:
        return 0
    if entity == "variation":
        return count * PRICES["GET", f"{V2}/products/{{id}}/variations"]
    if entity == "deal_product":
        return math.ceil(count / PARENTS) * PRICES["GET", LINES]
    if ENTITIES[entity].v2:
        return math.ceil(count / 100) * PRICES["GET", ENTITIES[entity].path]
    pages = math.ceil(max(held, count) / ENTITIES[entity].page) * PRICES["GET", ENTITIES[entity].path]
    return min(pages, count * PRICES["GET", f"{ENTITIES[entity].path}/{{id}}"])


def learning(entities: Iterable[str]) -> float:
    """Tokens of the field lists that a fresh process reads, once each, before it writes custom fields."""
    owners = {ENTITIES[entity].owner for entity in entities if entity in ENTITIES} - {None}
    return sum(PRICES["GET", FIELD_PATHS[owner]] for owner in owners if owner)


def schema_price(plan: str | None) -> int:
    """Tokens of one reading of the schema under a plan, while no list is longer than a page."""
    return sum(PRICES["GET", path] for path in readings(plan))


_PER_SEAT = 30_000
_MULTIPLIERS = {
    "lite": 1, "growth": 2, "premium": 5, "ultimate": 7,
    "essential": 1, "advanced": 2, "professional": 3, "power": 5, "enterprise": 7,
}  # fmt: skip


BURST: dict[str, int] = {"lite": 20, "growth": 40, "premium": 100, "ultimate": 120}
"""Requests in two seconds with an API token, by plan (Pipedrive's documentation of September 2026)."""


def pace(plan: str | None, seats: int) -> tuple[float, int]:
    """Requests a second and tokens a day; those of the smallest plan where none is known or nothing is published."""
    name = (plan or "").lower()
    budget = daily_budget(name if name in _MULTIPLIERS else "lite", max(seats, 1))
    return BURST.get(name, BURST["lite"]) / 2, budget


def daily_budget(plan: str, seats: int) -> int:
    """Tokens a day of a company, without bought top-ups. Raises KeyError for a plan that there is not.

    Source: Pipedrive's documentation of September 2026, legacy plans of August 2025.
    """
    return _PER_SEAT * _MULTIPLIERS[plan.lower()] * seats
