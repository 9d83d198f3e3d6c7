"""Records read back: the cheapest requests for given ids, and page by page for all of an entity.

JSON-RPC has no list by ids. Whole objects come a hundred to a call, so pages are read from the newest on (what a
migration has just made), or from the oldest on where that is nearer, for as long as they hold what is wanted, and the
rest is asked for one by one; at most one call in twenty is spent at either end on pages that hold none of it. Products,
notes and tasks come by REST, a hundred ids to a call.

What JSON-RPC answers for an id that there is not has not been captured: an error is taken for an absence only where
REST, whose 404 is known, says the same.
"""

from collections.abc import Iterable, Sequence

from adapters.destinations.nutshell import forms, leads, notes
from adapters.destinations.nutshell.ask import (
    MOST_PAGES,
    PAGE,
    REST_PAGE,
    Row,
    by_ids,
    chunks,
    find_page,
    get,
    is_live,
    listed,
    rows_of,
    rpc,
    unwrapped,
)
from adapters.destinations.nutshell.catalogue import (
    ACCOUNT,
    ENTITIES,
    LEAD,
    LEAD_PRODUCT,
    NOTE,
    PARENTS,
    PRODUCT,
    TASK,
    Entity,
)
from adapters.destinations.nutshell.learned import Learned
from adapters.destinations.nutshell.values import ident
from adapters.protocols import Flow, Json, Page, Record, RefusedError

_AT_ONCE = 100
_FEW = 2
_SLACK = 20


def fetch_rows(entity: Entity, ids: Sequence[str]) -> Flow[dict[str, Row]]:
    """The live rows among `ids`, by id."""
    wanted = list(dict.fromkeys(ids))
    if not entity.by_rpc:
        rows: dict[str, Row] = {}
        for chunk in chunks(wanted, _AT_ONCE):
            rows |= yield from by_ids(entity, chunk)
    else:
        rows = yield from _by_pages(entity, wanted)
        for id in wanted:
            if id not in rows:
                row = yield from row_of(entity, id)
                rows |= {id: row} if row else {}
    return {id: rows[id] for id in wanted if id in rows and is_live(rows[id])}


def _by_pages(entity: Entity, ids: list[str]) -> Flow[dict[str, Row]]:
    """What pages hold of `ids`: from the newest on, or from the oldest where that end is nearer."""
    found: dict[str, Row] = {}
    missing = set(ids)
    for newest in (True, False):
        blank = 0
        for page in range(1, MOST_PAGES):
            if len(missing) <= _FEW or blank > len(missing) // _SLACK:
                break
            try:
                rows = yield from find_page(entity, page, newest=newest)
            except RefusedError:
                # by id is the documented order of leads only: a server that knows it nowhere else is asked one by one
                return found
            here = {str(row.get("id")): row for row in rows if str(row.get("id")) in missing}
            found |= here
            missing -= here.keys()
            blank += not here
            if len(rows) < PAGE:
                return found
            if newest and not here and _older(missing, rows):
                break
    return found


def _older(ids: set[str], newest: list[Row]) -> bool:
    """Whether most of what is wanted lies in the older half of what there is, by ids, which rise."""
    top = max((whole for row in newest if (whole := _number(row.get("id"))) is not None), default=0)
    numbers = [number for id in ids if (number := _number(id)) is not None]
    return sum(2 * number < top for number in numbers) * 2 > len(numbers)


def _number(id: Json) -> int | None:
    return int(id) if str(id).isdecimal() else None


def row_of(entity: Entity, id: str) -> Flow[Row | None]:
    """One row by its id, as it is whole; None where there is none, or a deleted one."""
    if entity is TASK:
        found = (yield from by_ids(entity, [id])).get(id)
        return found if is_live(found) else None
    try:
        row = yield from rpc(f"get{entity.single}", {f"{entity.single.lower()}Id": int(id)})
    except ValueError:
        return None
    except RefusedError:
        if is_live((yield from by_ids(entity, [id])).get(id)):
            raise
        return None
    return row if is_live(row) and row.get("id") else None


def fetch(entity: Entity, ids: Sequence[str], learned: Learned, keys: Iterable[str] = ()) -> Flow[dict[str, Record]]:
    """The live records among `ids`, in canonical form; what lists leave out where it is among `keys`."""
    if entity is LEAD_PRODUCT:
        return (yield from _fetch_products(ids))
    rows = yield from fetch_rows(entity, ids)
    if entity is NOTE and "author" in keys:
        rows = yield from _whole_notes(rows)
    records = {record.id: record for record in (yield from to_records(entity, rows.values(), learned))}
    if entity is ACCOUNT and "territory" in keys:
        for chunk in chunks(list(records), _AT_ONCE):
            for id, row in (yield from by_ids(entity, chunk)).items():
                records[id].values["territory"] = ident((row.get("links") or {}).get("territory"))
    return records


def _whole_notes(rows: dict[str, Row]) -> Flow[dict[str, Row]]:
    """Notes as JSON-RPC gives them: those of one parent by its timeline, a single one by itself."""
    whole: dict[str, Row] = {}
    parents: dict[tuple[str, str], list[str]] = {}
    for id, row in rows.items():
        parents.setdefault(parent_of(row), []).append(id)
    for (plural, parent), ids in parents.items():
        if plural and len(ids) > 1:
            whole |= yield from _notes_of(plural, parent, set(ids))
    for id in rows:
        if id not in whole and (note := (yield from row_of(NOTE, id))):
            whole[id] = note
    return {id: whole[id] for id in rows if id in whole}


def parent_of(row: Row) -> tuple[str, str]:
    """Entity type and id of what a note hangs on; both empty where the answer does not tell."""
    found = notes.parents(row)
    return next(((PARENTS[key].plural, id) for key, id in found.items() if id), ("", ""))


def _notes_of(plural: str, parent: str, ids: set[str]) -> Flow[dict[str, Row]]:
    found: dict[str, Row] = {}
    for page in range(1, MOST_PAGES):
        rows = yield from timeline_page(plural, parent, page)
        found |= {str(r["id"]): r for r in rows if r.get("entityType") == NOTE.plural and str(r["id"]) in ids}
        if len(rows) < PAGE or len(found) == len(ids):
            break
    return found


def timeline_page(plural: str, id: str, page: int) -> Flow[list[Row]]:
    """One page of what stands on a record's timeline, the newest first."""
    params = {
        "query": {"entityType": plural, "id": int(id)},
        "orderBy": "time",
        "orderDirection": "DESC",
        "limit": PAGE,
        "page": page,
        "stubResponses": False,
    }
    return rows_of((yield from rpc("findTimeline", params)))


def _fetch_products(ids: Sequence[str]) -> Flow[dict[str, Record]]:
    owners = list(dict.fromkeys(id.partition("/")[0] for id in ids))
    rows = yield from fetch_rows(LEAD, owners)
    there = {id: fields for row in rows.values() for id, fields in leads.products_of(row).items()}
    return {id: Record(id=id, values=there[id]) for id in ids if id in there}


def to_records(entity: Entity, rows: Iterable[Row], learned: Learned) -> Flow[list[Record]]:
    """Rows in canonical form; what reading them needs to know is asked for."""
    rows = list(rows)
    yield from forms.learn(entity, rows, learned)
    return [Record(id=str(row["id"]).partition("-")[0], values=forms.decode(entity, row, learned)) for row in rows]


def list_page(entity: Entity, at: str | None, learned: Learned) -> Flow[Page]:
    """One page of the live records, oldest first."""
    page = int(at or 1)
    if entity.by_rpc or entity is LEAD_PRODUCT:
        rows = yield from _found(LEAD if entity is LEAD_PRODUCT else entity, page)
        more = len(rows) == PAGE
    elif entity is PRODUCT:
        rows, more = (yield from listed("/products", "products")), False
    else:
        query = {"page[page]": str(page - 1), "page[limit]": str(REST_PAGE)}
        body = yield from get(f"/{entity.rest}", query)
        rows = unwrapped(body, entity.rest)
        more = _more(body, page, rows)
    live = [row for row in rows if is_live(row)]
    if entity is LEAD_PRODUCT:
        records = [Record(id=id, values=v) for row in live for id, v in leads.products_of(row).items()]
    else:
        records = yield from to_records(entity, live, learned)
    return Page(records=tuple(records), next=str(page + 1) if more else None)


def _found(entity: Entity, page: int) -> Flow[list[Row]]:
    """A page by id, or, where the server refuses that order, by name, the documented one."""
    try:
        return (yield from find_page(entity, page))
    except RefusedError:
        return (yield from find_page(entity, page, order="name"))


def _more(body: Json, page: int, rows: list[Row]) -> bool:
    """Whether a page follows: the answer says how many there are, or the page was full."""
    meta = (body.get("meta") or {}) if isinstance(body, dict) else {}
    total = meta.get("total", meta.get("count"))
    if isinstance(total, int) and not isinstance(total, bool):
        return bool(rows) and page * REST_PAGE < total
    return len(rows) == REST_PAGE


def read_all(name: str, learned: Learned) -> Flow[list[Record]]:
    """All live records of an entity."""
    records: list[Record] = []
    at: str | None = None
    for _ in range(MOST_PAGES):
        page = yield from list_page(ENTITIES[name], at, learned)
        records += page.records
        at = page.next
        if at is None:
            break
    return records
