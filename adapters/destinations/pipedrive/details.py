"""Fields that are read and written by requests of their own: followers, participants, related organizations, content.

| field                   | read                                       | add | remove                        |
| ----------------------- | ------------------------------------------ | --- | ----------------------------- |
| followers               | v2 list, 10 a record                       | 5   | 3, by the user                |
| participants (deals)    | v1 list, 10 a record                       | 10  | 16, by the row, which is read |
| parent_id, related_ids  | v1 list of relationships, 20 a record      | 10  | 26, by the row, which is read |
| content (files)         | the whole file, 20                         |     |                               |

A relationship of type "parent" is owned by the parent; `calculated_type` says what the other organization is to the one
that was asked for. One of type "related" is read from both ends, whoever owns it. What is there already when it is
added, and gone already when it is removed, is a success.
"""

import mimetypes
from collections.abc import Iterable
from pathlib import PurePath

from adapters.destinations.pipedrive.ask import Row, get, get_or_none, rows_v1, rows_v2
from adapters.destinations.pipedrive.columns import V1, Column
from adapters.destinations.pipedrive.entities import Entity
from adapters.destinations.pipedrive.records import refuse
from adapters.destinations.pipedrive.steps import Move, moves
from adapters.destinations.pipedrive.values import read as value_of
from adapters.protocols import Applied, Fields, Flow, Json, Record, RefusedError, Request

RELATIONSHIPS = f"{V1}/organizationRelationships"
_RELATED = ("parent_id", "related_ids")
_UNKNOWN_TYPE = "application/octet-stream"


# --- reading -----------------------------------------------------------------------------------------------------


def complete(entity: Entity, record: Record, keys: Iterable[str]) -> Flow[Record]:
    """A record with the given ones of its details."""
    wanted = [key for key in entity.details if key in set(keys)]
    found: Fields = {}
    for key in wanted:
        if key not in found:
            found |= yield from _read(entity, record, key)
    more = {key: found[key] for key in wanted}
    return Record(id=record.id, values=record.values | more, where=record.where) if wanted else record


def present(entity: Entity, id: str, keys: Iterable[str]) -> Flow[Fields]:
    """The details of a record as they are now."""
    record = Record(id=id, values={})
    if "participants" in keys:
        row = yield from get_or_none(entity.at(id))
        record = Record(id=id, values={"person_id": value_of("id", (row or {}).get("person_id"))})
    return (yield from complete(entity, record, keys)).values


def _read(entity: Entity, record: Record, key: str) -> Flow[Fields]:
    if key == "followers":
        rows = yield from rows_v2(f"{entity.at(record.id)}/followers")
        return {key: [str(row["user_id"]) for row in rows]}
    if key == "participants":
        people = [str(value_of("id", row["person_id"])) for row in (yield from _participants(record.id))]
        return {key: [person for person in dict.fromkeys(people) if person != record.values.get("person_id")]}
    if key in _RELATED:
        related = [_relation(row, record.id) for row in (yield from _relationships(record.id))]
        parents = [other for kind, other in related if kind == "parent"]
        others = dict.fromkeys(other for kind, other in related if kind == "related")
        return {"parent_id": parents[0] if parents else None, "related_ids": list(others)}
    return {key: (yield from _content(entity, record))}


def _content(entity: Entity, record: Record) -> Flow[Json]:
    """The digest and the size of a file, for the price of its download. What type it has is told by its name alone."""
    response = yield Request(method="GET", path=f"{entity.at(record.id)}/download", digest=True)
    name = record.values.get("name") or ""
    mime = mimetypes.types_map.get(PurePath(name).suffix.lower(), _UNKNOWN_TYPE)
    return {"digest": response.body["sha256"], "name": name, "size": response.body["size"], "mime": mime}


def _participants(deal: str) -> Flow[list[Row]]:
    rows = yield from rows_v1(f"{V1}/deals/{deal}/participants")
    return [row for row in rows if not _gone(row["person_id"])]


def _relationships(org: str) -> Flow[list[Row]]:
    rows: list[Row] = (yield from get(RELATIONSHIPS, {"org_id": org})) or []
    ends = ("rel_owner_org_id", "rel_linked_org_id")
    return [row for row in rows if not _gone(row) and not any(_gone(row[end]) for end in ends)]


def _gone(thing: Json) -> bool:
    """Whether something that v1 shows is marked as deleted: a relationship outlives its organizations."""
    return isinstance(thing, dict) and str(thing.get("active_flag", True)).lower() in ("false", "0")


def _relation(row: Row, org: str) -> tuple[str, str]:
    """What another organization is to this one ("parent", "daughter", "related"), and its id."""
    owner, linked = (str(value_of("id", row[end])) for end in ("rel_owner_org_id", "rel_linked_org_id"))
    kind = row["type"] if row["type"] == "related" else ("daughter" if owner == org else "parent")
    return str(row.get("calculated_type") or kind), linked if owner == org else owner


# --- writing -----------------------------------------------------------------------------------------------------


def changes(entity: Entity, fields: Fields, before: Fields) -> list[tuple[Column, Move]]:
    """What must come and go for these details."""
    columns = [column for column in entity.columns if column.detail and column.key in fields]
    return [(column, move) for column in columns for move in moves(column, before.get(column.key), fields[column.key])]


def left(entity: Entity, fields: Fields, before: Fields) -> Fields:
    """What a change of the main person makes of a deal's other participants: who was the main person stays one."""
    was, others = before.get("person_id"), before.get("participants")
    if entity.name != "deal" or "person_id" not in fields or was is None or others is None:
        return {}
    people = dict.fromkeys([was, *others])
    return {"participants": [person for person in people if person != fields["person_id"]]}


def write(entity: Entity, id: str, fields: Fields, before: Fields) -> Flow[Applied]:
    """Add or remove one item, by one unsafe request. Refuses what takes more than one."""
    wanted = changes(entity, fields, before)
    if len(wanted) > 1:
        refuse("one-step", f"Pipedrive takes {' and '.join(fields)} one item at a time: write what `step` gives.")
    answer: Json = None
    for column, (action, item) in wanted:
        act = _add if action == "add" else _remove
        answer = yield from act(entity, id, column.key, item)
    return Applied(id=id, answer=answer, values=dict(fields))


def _add(entity: Entity, id: str, key: str, item: str) -> Flow[Json]:
    if key in _RELATED:
        owner, linked = (item, id) if key == "parent_id" else (id, item)
        body = {"org_id": int(id), "type": "parent" if key == "parent_id" else "related"}
        body |= {"rel_owner_org_id": int(owner), "rel_linked_org_id": int(linked)}
        return (yield Request(method="POST", path=RELATIONSHIPS, body=body)).body
    path, name = (
        (f"{entity.at(id)}/followers", "user_id")
        if key == "followers"
        else (f"{V1}/deals/{id}/participants", "person_id")
    )
    try:
        return (yield Request(method="POST", path=path, body={name: int(item)})).body
    except RefusedError as error:
        if error.verdict.status != 400:
            raise
        rows = yield from (rows_v2(path) if key == "followers" else rows_v1(path))
        if item not in {str(value_of("id", row[name])) for row in rows}:
            raise
        return None


def _remove(entity: Entity, id: str, key: str, item: str) -> Flow[Json]:
    path = f"{entity.at(id)}/followers/{item}"
    if key == "participants":
        rows = [row for row in (yield from _participants(id)) if str(value_of("id", row["person_id"])) == item]
        path = f"{V1}/deals/{id}/participants/{rows[0]['id']}" if rows else ""
    elif key in _RELATED:
        kind = "parent" if key == "parent_id" else "related"
        rows = [row for row in (yield from _relationships(id)) if _relation(row, id) == (kind, item)]
        path = f"{RELATIONSHIPS}/{rows[0]['id']}" if rows else ""
    if not path:
        return None
    try:
        return (yield Request(method="DELETE", path=path)).body
    except RefusedError as error:
        if error.verdict.status not in (404, 410):
            raise
        return None
