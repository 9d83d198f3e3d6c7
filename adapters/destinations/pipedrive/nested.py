"""Records inside another's path: the variations of a product, the lines of a deal. Their ids are "parent/own".

Neither can be read by itself. The lines of 100 deals are one list (10 tokens), the variations of each product are one
(10). Six lines of a deal and more share the bulk request (25 tokens for up to 100); fewer go alone (5 each).
"""

from collections.abc import Sequence
from typing import Any

from adapters.destinations.pipedrive.ask import Row, page_v2, rows_v2
from adapters.destinations.pipedrive.columns import V2
from adapters.destinations.pipedrive.entities import Entity
from adapters.protocols import Fields, Flow, RefusedError

PARENTS = 100
"""Deals whose lines are one list."""
LINES = f"{V2}/deals/products"
BULK = 100
"""Lines in one bulk request, at most."""
WORTH_BULK = 6
"""Lines from which the bulk request is cheaper than one request each."""
_PRODUCTS = 50
"""Products whose variations are one page of a list."""


def fetch_rows(entity: Entity, ids: Sequence[str]) -> Flow[dict[str, Row]]:
    """The rows among `ids`, by id."""
    parents = list(dict.fromkeys(id.rpartition("/")[0] for id in ids))
    return {entity.id_of(row): row for row in (yield from of_parents(entity, parents))}


def of_parents(entity: Entity, parents: Sequence[str]) -> Flow[list[Row]]:
    """All that lives inside these parents; a parent that is gone has nothing."""
    rows: list[Row] = []
    if entity.name == "deal_product":
        for start in range(0, len(parents), PARENTS):
            rows += yield from _found(LINES, {"deal_ids": ",".join(parents[start : start + PARENTS])})
        return rows
    for parent in parents:
        found = yield from _found(entity.path.format(parent))
        rows += [{entity.parent: int(parent)} | row for row in found]
    return rows


def page(entity: Entity, cursor: str | None, *, archived: bool) -> Flow[tuple[list[Row], str | None]]:
    """What lives inside one page of parents, and the cursor of the next."""
    lines = entity.name == "deal_product"
    path = f"{V2}/deals{'/archived' if archived else ''}" if lines else f"{V2}/products"
    query = {"sort_by": "id", "limit": str(PARENTS if lines else _PRODUCTS)}
    parents, after = yield from page_v2(path, query, cursor)
    return (yield from of_parents(entity, [str(row["id"]) for row in parents])), after


def together(entity: Entity, several: Sequence[Fields]) -> list[list[int]]:
    """The lines of one deal that share a request, everything else alone."""
    by_deal: dict[str, list[int]] = {}
    for index, fields in enumerate(several):
        by_deal.setdefault(str(fields.get(entity.parent)), []).append(index)
    groups: list[list[int]] = []
    for indexes in by_deal.values():
        for start in range(0, len(indexes), BULK):
            chunk = indexes[start : start + BULK]
            groups += [chunk] if len(chunk) >= WORTH_BULK else [[index] for index in chunk]
    return groups


def _found(path: str, query: dict[str, Any] | None = None) -> Flow[list[Row]]:
    try:
        return (yield from rows_v2(path, query))
    except RefusedError as error:
        if error.verdict.status in (404, 410):
            return []
        raise
