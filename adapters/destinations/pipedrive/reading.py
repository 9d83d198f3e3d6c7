"""Records read back: the cheapest requests for given ids, and page by page for all of an entity.

v2 lists take 100 ids for 10 tokens. Deals leave archived ones out of that list, so what is missing is asked for one by
one (1 token) or, when much is missing, looked up in the archive (20 tokens for 500). Leads and notes (v1) have no list
by ids: pages of the newest 500 (20 tokens) are read for as long as a page that holds as many of them as the one before
costs no more than single GETs (2 tokens each), then the rest is asked for one by one; files likewise, by the hundred.
Archived leads are a list of their own (40 tokens), read in the same way.
"""

from collections.abc import Iterable, Iterator, Sequence

from adapters.destinations.pipedrive import files, nested
from adapters.destinations.pipedrive.ask import Row, get_or_none, page_v1, page_v2, rows_v2
from adapters.destinations.pipedrive.attachments import FILES
from adapters.destinations.pipedrive.entities import Entity
from adapters.destinations.pipedrive.fields import CustomFields
from adapters.destinations.pipedrive.records import custom_keys, decode
from adapters.protocols import Flow, Page, Record

BATCH = 100
_FEW = 20
_ARCHIVED = "archived:"


def is_live(row: Row) -> bool:
    """Whether a row is of a living record: v2 marks `is_deleted` (deals: status), v1 clears `active_flag`."""
    return not row.get("is_deleted") and row.get("status") != "deleted" and row.get("active_flag") is not False


def is_of(entity: Entity, row: Row) -> bool:
    """Whether a row is a living record of this entity."""
    return is_live(row) and (entity.path != FILES or files.belongs(entity, row))


def extras(entity: Entity) -> dict[str, str]:
    """What a v2 list must be asked to include."""
    return {"include_fields": "attendees"} if entity.name == "activity" else {}


def fetch_rows(entity: Entity, ids: Sequence[str]) -> Flow[dict[str, Row]]:
    """The live rows among `ids`, by id."""
    wanted = list(dict.fromkeys(ids))
    if entity.parent:
        rows = yield from nested.fetch_rows(entity, wanted)
    else:
        rows = yield from (_fetch_v2(entity, wanted) if entity.v2 else _fetch_v1(entity, wanted))
    return {id: rows[id] for id in wanted if id in rows and is_of(entity, rows[id])}


def fetch_one(entity: Entity, id: str) -> Flow[dict[str, Row]]:
    """The live row of one id, by itself where the API allows it: cheaper than a list that holds one."""
    if entity.parent:
        return (yield from fetch_rows(entity, [id]))
    rows = yield from _fetch_singly(entity, [id])
    return {id: row for id, row in rows.items() if is_of(entity, row)}


def fetch(entity: Entity, ids: Sequence[str], custom: CustomFields) -> Flow[dict[str, Record]]:
    """The live records among `ids`, in canonical form."""
    rows = yield from fetch_rows(entity, ids)
    records = yield from to_records(entity, rows.values(), custom)
    return {record.id: record for record in records}


def to_records(entity: Entity, rows: Iterable[Row], custom: CustomFields) -> Flow[list[Record]]:
    """Rows in canonical form; the account's field list is read where a row has a custom field we have not met."""
    rows = list(rows)
    codecs = yield from custom.codecs(entity.owner, {key for row in rows for key in custom_keys(entity, row)})
    return [Record(id=entity.id_of(row), values=decode(entity, row, codecs)) for row in rows]


def list_page(entity: Entity, at: str | None, custom: CustomFields) -> Flow[Page]:
    """One page of the live records; archived deals, their lines and leads follow when the others are through."""
    archived = (at or "").startswith(_ARCHIVED)
    cursor = (at or "").removeprefix(_ARCHIVED)
    path = f"{entity.path}/archived" if archived else entity.path
    after: str | int | None
    if entity.parent:
        rows, after = yield from nested.page(entity, cursor or None, archived=archived)
    elif entity.v2:
        rows, after = yield from page_v2(path, {**extras(entity), "sort_by": "id"}, cursor or None)
    else:
        query = {"sort": entity.oldest, "limit": str(entity.page)}
        rows, after = yield from page_v1(path, query, int(cursor or 0))
    records = yield from to_records(entity, (row for row in rows if is_of(entity, row)), custom)
    prefix = _ARCHIVED if archived else ""
    if after is not None:
        return Page(records=tuple(records), next=f"{prefix}{after}")
    more = (entity.archive or entity.name == "deal_product") and not archived
    return Page(records=tuple(records), next=_ARCHIVED if more else None)


def _fetch_v2(entity: Entity, ids: list[str]) -> Flow[dict[str, Row]]:
    rows: dict[str, Row] = {}
    for chunk in _chunks(ids, BATCH):
        found = yield from rows_v2(entity.path, {**extras(entity), "ids": ",".join(chunk)})
        rows |= {str(row["id"]): row for row in found}
    missing = [id for id in ids if id not in rows]
    if entity.archive and missing:
        rows |= yield from _fetch_archived_deals(entity, missing)
    return rows


def _fetch_archived_deals(entity: Entity, missing: list[str]) -> Flow[dict[str, Row]]:
    if len(missing) > _FEW:
        return {str(row["id"]): row for row in (yield from rows_v2(f"{entity.path}/archived"))}
    return (yield from _fetch_singly(entity, missing))


def _fetch_v1(entity: Entity, ids: list[str]) -> Flow[dict[str, Row]]:
    rows = yield from _newest(entity.path, entity, set(ids), list_price=20)
    if entity.archive:
        rows |= yield from _newest(f"{entity.path}/archived", entity, set(ids) - rows.keys(), list_price=40)
    rows |= yield from _fetch_singly(entity, [id for id in ids if id not in rows])
    return rows


def _newest(path: str, entity: Entity, missing: set[str], *, list_price: int) -> Flow[dict[str, Row]]:
    """What is found of `missing` in a list, page by page for as long as that is no dearer than single reads."""
    get_price = 2
    rows: dict[str, Row] = {}
    hoped = len(missing)
    start: int | None = 0
    while start is not None and list_price <= get_price * min(hoped, len(missing)):
        page, start = yield from page_v1(path, {"sort": entity.newest, "limit": str(entity.page)}, start)
        found = {str(row["id"]): row for row in page if str(row["id"]) in missing}
        hoped = len(found)
        rows |= found
        missing = missing - rows.keys()
    return rows


def _fetch_singly(entity: Entity, ids: list[str]) -> Flow[dict[str, Row]]:
    rows: dict[str, Row] = {}
    for id in ids:
        row = yield from get_or_none(entity.at(id), extras(entity) if entity.v2 else None)
        if isinstance(row, dict):
            rows[id] = row
    return rows


def _chunks(items: list[str], size: int) -> Iterator[list[str]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
