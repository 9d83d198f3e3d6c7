"""What became of a write in doubt: by lists and single reads, never by the search (it trails by some ten seconds).

Tokens: what it costs to settle a create, an update and a delete in an account of one page.

| entity        | witness of a create                                  | strong | tokens     | notes                 |
| ------------- | ---------------------------------------------------- | ------ | ---------- | --------------------- |
| activity_type | v1 list: label and time of creation                  | yes    | 20, 20, 20 |                       |
| field         | v1 field list: label, type and time of creation      | yes    | 20, 10, 10 | v2's knows no times   |
| options       | the field's options by label, all of a batch         | yes    | 1, -, 1    | system 20, leads 10   |
| pipeline      | v2 list: label and time; then its stages             | yes    | 10, 5, 5   |                       |
| stage         | v2 list: label, pipeline, probability and time       | yes    | 5, 5, 5    |                       |
| product       | v2 list `updated_since`: the mark in a custom value  | yes    | 10, 1, 1   |                       |
| variation     | v2 list of the product: name and prices              | weak   | 10, 10, 10 | an older equal counts |
| organization  | v2 list `updated_since`: the mark in a custom value  | yes    | 10, 1, 1   |                       |
| person        | v2 list `updated_since`: the mark in a custom value  | yes    | 10, 1, 1   |                       |
| deal          | the same, and the archive                            | yes    | 30, 1, 1   |                       |
| lead          | v1 list `updated_since`, and the archive by age      | yes    | 60, 2, 2   |                       |
| deal_product  | v2 list of the deal's lines: the mark in comments    | yes    | 10, 10, 10 | none is read alone    |
| activity      | v2 list `updated_since`: the mark in its note        | yes    | 10, 1, 1   |                       |
| note          | v1 list `updated_since`: the mark in its content     | yes    | 20, 2, 2   |                       |
| file          | v1 list, newest first: place, name, size and digest  | yes    | 40, 2, 2   | 20 a look-alike       |
| remote_file   | v1 list, newest first: place and id on Google Drive  | yes    | 20, 2, 2   |                       |
| followers     | v2 list of the record's followers                    | yes    | -, 11, -   | one item              |
| participants  | v1 list of the deal's participants                   | yes    | -, 11, -   | one item              |
| parent_id     | v1 list of the organization's relationships          | yes    | -, 21, -   | one item              |
| related_ids   | v1 list of the organization's relationships          | yes    | -, 21, -   | one item              |
| content       | with its file                                        | yes    | -, -, -    | never changed         |

An update is settled by reading the record and comparing each field, of a list that takes one request an item by whether
the item that came is there and the one that went is not; a delete by whether the record is gone. A create that carried
no mark is recognised by all of its fields. A variation has neither mark nor time, so an equal one that was there before
is taken for it. A file that looks alike is downloaded, unless the mark in its description tells whose it is. Only the
search is known to trail (Pipedrive's documentation and recordings).
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

import msgspec

from adapters.destinations.pipedrive import configuration, details, files, nested
from adapters.destinations.pipedrive.ask import Row, page_v1, rows_v1, rows_v2
from adapters.destinations.pipedrive.attachments import FILES
from adapters.destinations.pipedrive.catalogue import ENTITIES
from adapters.destinations.pipedrive.comparing import same
from adapters.destinations.pipedrive.entities import Entity
from adapters.destinations.pipedrive.fields import CustomFields
from adapters.destinations.pipedrive.reading import extras, fetch_one, is_of, to_records
from adapters.destinations.pipedrive.values import moment
from adapters.protocols import Applied, Fields, Flow, Intent, Record

MARGIN = timedelta(minutes=5)
"""How much the server's clock may trail ours."""


def find(intent: Intent, custom: CustomFields) -> Flow[list[Applied]]:
    """All live copies of what an intent made; for a delete, the id when the record is gone. Empty: not applied."""
    entity = ENTITIES.get(intent.entity)
    if entity is None:
        return (yield from configuration.find(intent, since(intent.at), custom))
    if intent.action == "create":
        return (yield from _created(entity, intent, custom))
    rows = yield from fetch_one(entity, intent.id)
    if intent.action == "delete":
        return [] if rows else [Applied(id=intent.id, answer=None)]
    copies = yield from _copies(entity, list(rows.values()), custom)
    found = [copy for copy in copies if _equal(entity, intent.fields, copy.values)]
    if not found or not (yield from _moved(entity, intent, found[0])):
        return []
    return [
        msgspec.structs.replace(c, values=c.values | details.left(entity, intent.fields, intent.before)) for c in found
    ]


def _moved(entity: Entity, intent: Intent, copy: Applied) -> Flow[bool]:
    """Whether the items that an intent adds to details are there, and those that it removes are gone."""
    keys = [c.key for c in entity.columns if c.detail and not c.create_only and c.key in intent.fields]
    if not keys:
        return True
    record = yield from details.complete(entity, Record(id=copy.id, values=copy.values), keys)
    wanted = details.changes(entity, {key: intent.fields[key] for key in keys}, intent.before)
    left = details.changes(entity, {key: intent.fields[key] for key in keys}, record.values)
    if not intent.before.keys() & set(keys):
        return not left
    return not any(change in left for change in wanted)


def since(at: str) -> str:
    """The whole second from which on an intent's traces are looked for (fractions are refused by the server)."""
    if not at:
        return "1970-01-01T00:00:00Z"
    earlier = datetime.fromisoformat(at.replace("Z", "+00:00")) - MARGIN
    return moment(earlier.isoformat()) or "1970-01-01T00:00:00Z"


def _created(entity: Entity, intent: Intent, custom: CustomFields) -> Flow[list[Applied]]:
    start = since(intent.at)
    if entity.path == FILES:
        return (yield from _uploaded(entity, intent, start, custom))
    if entity.parent:
        parent = intent.fields.get(entity.parent)
        rows = (yield from nested.of_parents(entity, [str(parent)])) if parent else []  # without one nothing was sent
        rows = [row for row in rows if (moment(row.get("add_time") or "") or start) >= start]
    else:
        rows = [row for row in (yield from _changed(entity, start)) if is_of(entity, row)]
    if intent.mark and entity.owner:
        rows = [row for row in rows if intent.mark in _texts(entity, row)]
    elif intent.mark and entity.text:
        # the trailer holds the mark escaped, so only reading it can tell
        copies = yield from _copies(entity, rows, custom)
        return [copy for copy in copies if copy.values.get("mark") == intent.mark]
    copies = yield from _copies(entity, rows, custom)
    marked = intent.mark and entity.owner
    return [copy for copy in copies if marked or _equal(entity, intent.fields, copy.values)]


def _uploaded(entity: Entity, intent: Intent, start: str, custom: CustomFields) -> Flow[list[Applied]]:
    """Files in the place of the intent's that nobody else's mark claims; those without a mark by their content."""
    ours = intent.mark or intent.fields.get("mark")
    found = []
    for copy in (yield from _copies(entity, (yield from files.newest(entity, start)), custom)):
        mark = copy.values.get("mark")
        if not files.alike(intent.fields, copy.values) or (mark and mark != ours):
            continue
        content = intent.fields.get("content")
        if content and not mark:
            record = Record(id=copy.id, values=copy.values)
            there = (yield from details.complete(entity, record, ["content"])).values["content"]
            if not same(entity.name, "content", content, there):
                continue
        found.append(copy)
    return found


def _changed(entity: Entity, start: str) -> Flow[list[Row]]:
    """All rows that changed since a second, those in the archives too."""
    if entity.v2:
        query = {**extras(entity), "updated_since": start, "sort_by": "id"}
        rows = yield from rows_v2(entity.path, query)
        if entity.archive:
            rows += yield from rows_v2(f"{entity.path}/archived", query)
        return rows
    rows = yield from rows_v1(entity.path, {"updated_since": start, "sort": entity.oldest})
    if entity.archive:
        rows += yield from _archived_leads(entity, start)
    return rows


def _archived_leads(entity: Entity, start: str) -> Flow[list[Row]]:
    """Archived leads added since: that list knows no `updated_since`, so it is read from the newest on."""
    rows: list[Row] = []
    at: int | None = 0
    while at is not None:
        page, at = yield from page_v1(f"{entity.path}/archived", {"sort": "add_time DESC"}, at)
        young = [row for row in page if (moment(row.get("add_time") or "") or start) >= start]
        rows += young
        if len(young) < len(page):
            break
    return rows


def _copies(entity: Entity, rows: list[Row], custom: CustomFields) -> Flow[list[Applied]]:
    records = yield from to_records(entity, rows, custom)
    return [
        Applied(id=record.id, answer={"success": True, "data": row}, values=record.values)
        for record, row in zip(records, rows, strict=True)
    ]


def _texts(entity: Entity, row: Row) -> Iterator[str]:
    values = (row.get("custom_fields") or {}) if entity.v2 else row
    return (value for value in values.values() if isinstance(value, str))


def _equal(entity: Entity, ours: Fields, theirs: Fields) -> bool:
    # what an answer does not name cannot be read (a marketing status without the Campaigns app)
    return all(same(entity.name, key, value, theirs[key]) for key, value in ours.items() if key in theirs)
