"""What each action costs: every request is one call, so the cost of an action is how many requests it takes.

The least there is (best case, as the API allows):

| entity                              | create                                        | read back         | delete |
| ----------------------------------- | --------------------------------------------- | ----------------- | ------ |
| account                             | 1                                             | 1 for 100         | 1      |
| contact, with company and job title | 1                                             | 1 for 100         | 1      |
| lead                                | 1, + 1 with a value, + 1 closed               | 1 for 100         | 1      |
| lead_product                        | 2 (the lead is read) for all of one lead      | with the lead     | 3      |
| product                             | 1                                             | 1 for 100         | 1      |
| activity                            | 1, + 2 with both a location and a lead        | 1 for 100         | 2      |
| note, task                          | 1                                             | 1 for 100         | 1      |
| tag, source                         | 2 (looked up first)                           | 1 for all         | 2, 1   |
| custom field                        | 2 (looked up first), + 1 where a type is old  | 1 for all         | never  |

REST, which takes the location, tells no revision: it is read before JSON-RPC adds the lead.

An update that is given what it travels with is 1 call a step, else 2; of a lead_product and of a location always 2.
"""

import math
from collections.abc import Iterable
from typing import Literal

from adapters.destinations.nutshell import schema
from adapters.destinations.nutshell.catalogue import ENTITIES
from adapters.destinations.nutshell.steps import step
from adapters.protocols import Fields, Request

Action = Literal["create", "update", "delete", "verify", "find"]

_DELETE = {"activity": 2.0, "lead_product": 3.0, "options": 2.0}
_FIND = {"account": 2.0, "contact": 2.0, "lead": 2.0, "note": 1.0, "activity": 1.0}
_TWICE = frozenset({"field", "options", "lead_product"})
_MOST_STEPS = 20


def price(request: Request) -> int:
    """Calls of one request: one."""
    del request
    return 1


def cost(entity: str, action: Action, fields: Fields | None = None) -> float:
    """Calls of an action on one record, in the best case; reading back is shared by a hundred."""
    match action:
        case "create":
            return 2.0 if entity in _TWICE else float(_steps(entity, fields or {}))
        case "update":
            read = entity == "lead_product" or (entity == "activity" and "location" in (fields or {}))
            return float(_changes(entity, fields or {}) + read)
        case "delete":
            return _DELETE.get(entity, 1.0)
        case "verify":
            return 0.01 if entity in ENTITIES else 1.0
    return _FIND.get(entity, 1.0)


def _steps(entity: str, fields: Fields) -> int:
    """How many requests a create takes: its first step, and the changes that follow."""
    first = step(entity, None, fields) if fields else fields
    rest = {key: value for key, value in fields.items() if key not in first}
    reads = entity == "activity" and bool(rest)
    return 1 + (_changes(entity, rest) + reads if rest else 0)


def _changes(entity: str, fields: Fields) -> int:
    left = dict(fields)
    for count in range(1, _MOST_STEPS):
        done = step(entity, {}, left)
        left = {key: value for key, value in left.items() if key not in done}
        if not left or entity == "options":
            return count
    return _MOST_STEPS


def reading(entity: str, count: int, held: int) -> float:
    """Calls of reading `count` records by their ids, of `held` that there are, as `reading.fetch` does it."""
    record = ENTITIES.get(entity)
    if not count or record is None:
        return 1.0 if count else 0.0
    if not record.by_rpc:
        return float(math.ceil(count / 100))
    return float(min(math.ceil(max(held, count) / 100), count))


_LEARNED = {
    "account": {"custom"},
    "contact": {"custom"},
    "lead": {"custom", "markets", "outcomes", "stages"},
    "lead_product": set(),
    "product": {"markets"},
    "activity": {"users"},
    "note": {"users"},
}


def learning(entities: Iterable[str]) -> float:
    """Calls of the lists that a fresh process reads, once each, before it writes records of these entities."""
    wanted: set[str] = set()
    return float(len(wanted.union(*(_LEARNED.get(entity, set()) for entity in entities))))


def schema_price(*, counted: bool) -> int:
    """Calls of one reading of the schema; `counted`: where open leads are capped, they are counted."""
    return schema.CALLS + counted


REQUESTS_A_SECOND = 10.0
"""What we allow ourselves: Nutshell documents no limit."""
CALLS_A_DAY = 1_000_000_000
"""Nothing is documented and nothing was met: as good as none."""


def pace(seats: int) -> tuple[float, int]:
    """Requests a second and calls a day, whatever the users."""
    del seats
    return REQUESTS_A_SECOND, CALLS_A_DAY
