"""What became of a write in doubt: reads that see a write at once, and the lagging search only as a further look.

| entity                 | witness of a create                                              | at once? | calls         |
| ---------------------- | ---------------------------------------------------------------- | -------- | ------------- |
| account, contact, lead | /events since then, creates of its kind; the key in the custom   | feed: as | 1 a page of   |
|                        | field of each candidate                                          | recorded | events, 1 for |
|                        |                                                                  |          | 100 newest    |
|                        | if none: filter[<field>] (trails by seconds), each hit read      | no       | 1 + 1 a hit   |
| note                   | timeline of its parent, newest first; the mark in the text       | yes [1]  | 1             |
|                        | if none: /events since then, the candidates read together        | feed     | 2             |
| activity               | timeline of its lead, person or company; the mark in the text    | yes [1]  | 1             |
|                        | if none: /events since then (create, log)                        | feed     | 2             |
| task                   | /tasks of its parent, else /tasks created since the day before   | yes [1]  | 1 a page      |
| product                | /products by all its fields [2]                                  | yes [1]  | 1             |
| lead_product           | the lead itself: whether it holds the product                    | yes      | 1             |
| field                  | findCustomFields by name: none was there before                  | yes [1]  | 1             |
| options                | /tags, /sources by name: none was there before                   | yes [1]  | 1             |

An update is settled by reading the record and comparing each field (1 call), a delete by whether the record is gone or
has a time of deletion (1 call). A create that carried no key is recognised by all of its fields.

[1] A plain list, no search; that it trails nothing is what its documentation suggests, not what was measured. The
engine looks twice, the second time after its settle time.
[2] Products carry no key: one that had all the same fields already would be taken for ours.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from adapters.destinations.nutshell import configuration, people, reading
from adapters.destinations.nutshell.ask import (
    MOST_PAGES,
    PAGE,
    REST_PAGE,
    Row,
    get,
    is_live,
    unwrapped,
)
from adapters.destinations.nutshell.catalogue import ENTITIES, NOTE, PARENTS, TASK, Entity
from adapters.destinations.nutshell.comparing import same
from adapters.destinations.nutshell.fields import is_custom, name_of
from adapters.destinations.nutshell.learned import Learned
from adapters.destinations.nutshell.values import ident, instant, unix
from adapters.protocols import Applied, Fields, Flow, Intent, Json, Record, RefusedError

MARGIN = timedelta(minutes=5)
"""How much the server's clock may trail ours."""

EVENTS = 100
"""Events of one page of the feed."""

_MADE = frozenset({"create", "log"})


def find(intent: Intent, learned: Learned) -> Flow[list[Applied]]:
    """All live copies of what an intent made; for a delete, the id when the record is gone. Empty: not applied."""
    entity = ENTITIES.get(intent.entity)
    if entity is None:
        return (yield from configuration.find(intent, learned))
    yield from learned.learn(entity.name, [*intent.fields, *(("author",) if entity.text else ())])
    if intent.action == "create":
        return (yield from _created(entity, intent, learned))
    there = yield from reading.fetch(entity, [intent.id], learned, intent.fields)
    if intent.action == "delete":
        return [] if there else [Applied(id=intent.id, answer=None)]
    wanted = _joined(intent.before | intent.fields) if entity.name == "contact" else {}
    return [
        _copy(record)
        for record in there.values()
        if _equal(entity, intent.fields, record.values)
        and (not intent.fields.keys() & {"first_name", "last_name"} or wanted == _joined(record.values))
    ]


def _joined(fields: Fields) -> Fields:
    """A person's name as one text: where it is cut is the server's affair."""
    return {"name": people.full_name({k: v for k, v in fields.items() if k in ("first_name", "last_name")}).split()}


def since(at: str) -> datetime:
    """From when on an intent's traces are looked for."""
    found = instant(at) or datetime.fromisoformat("1970-01-02T00:00:00+00:00")
    return found - MARGIN


def _copy(record: Record) -> Applied:
    return Applied(id=record.id, answer={"found": record.id}, values=record.values)


def _equal(entity: Entity, ours: Fields, theirs: Fields) -> bool:
    # what an answer does not name cannot be read
    return all(same(entity.name, key, value, theirs[key]) for key, value in ours.items() if key in theirs)


def _created(entity: Entity, intent: Intent, learned: Learned) -> Flow[list[Applied]]:
    if entity.name == "lead_product":
        id = f"{intent.fields.get('lead_id')}/{intent.fields.get('product_id')}"
        there = yield from reading.fetch(entity, [id], learned)
        return _ours(entity, intent, there.values())
    if entity.name == "product":
        return _ours(entity, intent, (yield from reading.read_all("product", learned)))
    if entity is TASK:
        return _ours(entity, intent, (yield from _tasks(intent, learned)))
    if entity.text and (found := _ours(entity, intent, (yield from _timeline(entity, intent, learned)))):
        return found
    ids = yield from _events(entity, since(intent.at))
    there = yield from reading.fetch(entity, ids, learned)
    found = _ours(entity, intent, there.values())
    return found or (yield from _searched(entity, intent, learned))


def _ours(entity: Entity, intent: Intent, records: Iterable[Record]) -> list[Applied]:
    """Those of some records that carry the intent's key, or, where it had none, all of its fields."""
    if not intent.mark or entity.name in ("product", "lead_product"):
        return [_copy(r) for r in records if _equal(entity, intent.fields, r.values)]
    if entity.text:
        return [_copy(r) for r in records if r.values.get("mark") == intent.mark]
    keys = _key_fields(intent)
    return [_copy(r) for r in records if any(r.values.get(key) == intent.mark for key in keys)]


def _key_fields(intent: Intent) -> list[str]:
    return [key for key, value in intent.fields.items() if is_custom(key) and value == intent.mark]


# --- witnesses -----------------------------------------------------------------------------------------------------


def _events(entity: Entity, start: datetime) -> Flow[list[str]]:
    """The ids of what has been created since a time, by the feed, the newest first; each once.

    `meta.previous` leads to older events, and repeats the last one; `meta.next` would poll for newer ones.
    """
    query = {"limit": str(EVENTS), "since_time": str(unix(start.isoformat())), "filters[payload][]": entity.rest}
    ids: dict[str, None] = {}
    seen: set[str] = set()
    for _ in range(MOST_PAGES):
        body = yield from get("/events", query)
        events = [event for event in unwrapped(body, "events") if str(event.get("id")) not in seen]
        if not events:
            break
        seen |= {str(event.get("id")) for event in events}
        for event in events:
            if _is_made(event, entity, start):
                ids |= {ident(id) or "": None for id in (event.get("links") or {}).get("payloads") or []}
        oldest = min((int(ident(event) or 0) for event in events), default=0)
        times = [made for event in events if (made := instant(event.get("createdTime")))]
        if oldest <= 1 or (times and min(times) < start):
            break
        query = {**query, "max_id": f"{oldest}-events"}
    return list(ids)


def _is_made(event: Row, entity: Entity, start: datetime) -> bool:
    made = instant(event.get("createdTime"))
    return event.get("action") in _MADE and event.get("payloadType") == entity.rest and (not made or made >= start)


def _timeline(entity: Entity, intent: Intent, learned: Learned) -> Flow[list[Record]]:
    """What stands on the timeline of the intent's parent since then, of the entity's kind."""
    on = next((PARENTS[key] for key in ("lead_id", "contact_id", "account_id") if intent.fields.get(key)), None)
    if on is None:
        return []
    id = next(intent.fields[key] for key in PARENTS if PARENTS[key] is on)
    start = since(intent.at)
    found: dict[str, Row] = {}
    for page in range(1, MOST_PAGES):
        rows = yield from reading.timeline_page(on.plural, str(id), page)
        found |= {str(row.get("id")): row for row in rows if row.get("entityType") == entity.plural and is_live(row)}
        made = [time for row in rows if (time := instant(row.get("createdTime")))]
        # a logged activity may stand far down, at its own time: the feed sees it then
        if len(rows) < PAGE or (made and max(made) < start):
            break
    return (yield from reading.to_records(entity, found.values(), learned))


def _tasks(intent: Intent, learned: Learned) -> Flow[list[Record]]:
    """Tasks of the intent's parent, or those created since the day before."""
    query = {"filter[dateMin]": (since(intent.at) - timedelta(days=1)).strftime("%Y-%m-%d")}
    for key, entity in PARENTS.items():
        if intent.fields.get(key):
            query = {"filter[relatedEntity]": f"{intent.fields[key]}-{entity.rest}"}
    found: dict[str, Row] = {}
    for page in range(MOST_PAGES):
        body: Json = yield from get("/tasks", {**query, "page[page]": str(page), "page[limit]": str(REST_PAGE)})
        rows = {str(row.get("id")): row for row in unwrapped(body, "tasks")}
        if not rows.keys() - found.keys():
            break
        found |= rows
        if len(rows) < REST_PAGE:
            break
    return (yield from reading.to_records(TASK, filter(is_live, found.values()), learned))


def _searched(entity: Entity, intent: Intent, learned: Learned) -> Flow[list[Applied]]:
    """A further look where the feed shows nothing: the filter by the key's field, which trails and may be fuzzy."""
    keys = _key_fields(intent)
    if not keys or entity is NOTE:
        return []
    try:
        body = yield from get(f"/{entity.rest}", {f"filter[{name_of(keys[0])}]": intent.mark})
    except RefusedError:
        # a field that cannot be filtered by: the feed has the last word
        return []
    ids = [ident(row) or "" for row in unwrapped(body, entity.rest)]
    there = yield from reading.fetch(entity, ids, learned)
    return _ours(entity, intent, there.values())
