"""Records written: each flow sends one unsafe request, its last."""

from collections.abc import Iterable, Sequence

import msgspec

from adapters.destinations.pipedrive import details, files, nested
from adapters.destinations.pipedrive.ask import Row, data
from adapters.destinations.pipedrive.attachments import FILES
from adapters.destinations.pipedrive.columns import Codec
from adapters.destinations.pipedrive.entities import Entity
from adapters.destinations.pipedrive.fields import CustomFields
from adapters.destinations.pipedrive.reading import extras, is_of
from adapters.destinations.pipedrive.records import BLOCK, MARK, decode, encode, refuse
from adapters.protocols import (
    Applied,
    Fields,
    Flow,
    InDoubtError,
    Json,
    Refused,
    RefusedError,
    Request,
)


def create(entity: Entity, fields: Fields, custom: CustomFields) -> Flow[Applied]:
    """Create one record. Raises RefusedError, before anything is sent, for a field the entity cannot take."""
    codecs = yield from custom.codecs(entity.owner, fields, ask_again=True)
    parent = _parent(entity, fields)
    if entity.path == FILES:
        request = files.creation(entity, fields)
    else:
        body = encode(entity, fields, codecs, create=True)
        request = Request(method="POST", path=entity.path.format(parent), body=body)
    response = yield request
    return applied(entity, data(response), response.body, codecs, parent)


def create_many(entity: Entity, several: Sequence[Fields]) -> Flow[list[Applied]]:
    """Create several lines of one deal by one request; all or none are made."""
    [parent] = {_parent(entity, fields) for fields in several}
    bodies = [encode(entity, fields, {}, create=True) for fields in several]
    response = yield Request(method="POST", path=f"{entity.path.format(parent)}/bulk", body={"data": bodies})
    rows = data(response)
    if not isinstance(rows, list) or [row.get("product_id") for row in rows] != [body["product_id"] for body in bodies]:
        raise InDoubtError(f"Pipedrive said yes to {len(several)} products of deal {parent} but did not name them all.")
    return [applied(entity, row, {"success": True, "data": row}, {}, parent) for row in rows]


def change(entity: Entity, id: str, fields: Fields, before: Fields | None, custom: CustomFields) -> Flow[Applied]:
    """Change the fields of a step: standard and custom ones together, or one item of a detail.

    `before`: their values and those of their companions; what it does not give of a detail is read first.
    """
    own = _details(entity)
    detail = {key: value for key, value in fields.items() if key in own}
    plain = {key: value for key, value in fields.items() if key not in own}
    present = {key: value for key, value in (before or {}).items() if key in detail}
    if unknown := [key for key in detail if key not in present]:
        present |= yield from details.present(entity, id, unknown)
    if not detail or (plain and not details.changes(entity, detail, present)):
        given = {key: value for key, value in (before or {}).items() if key not in own}
        changed = yield from update(entity, id, given | plain, custom)
        return msgspec.structs.replace(changed, values=changed.values | details.left(entity, plain, before or {}))
    if plain:
        refuse("one-step", f"Pipedrive takes {' and '.join(detail)} in requests of their own: write what `step` gives.")
    return (yield from details.write(entity, id, detail, present))


def update(entity: Entity, id: str, fields: Fields, custom: CustomFields) -> Flow[Applied]:
    """Change the given fields of one record.

    Where given fields share a wire field with others (body, block and mark of a text; person and other participants;
    prices and costs) the record is read first. Fields that an update cannot change are left out; if none is left,
    nothing is sent and the record is returned as it is. So it is where a file would have other content: that is another
    file, which the words about this one do not fit.
    """
    other_file = any(column.kind == "file" and column.key in fields for column in entity.columns)
    fields = {key: value for key, value in fields.items() if not (other_file or _fixed(entity, key))}
    codecs = yield from custom.codecs(entity.owner, fields, ask_again=True)
    if missing := companions(entity, fields) - _details(entity):
        present = decode(entity, (yield from _row(entity, id)), codecs)
        fields = {key: present.get(key) for key in missing} | fields
    body = encode(entity, fields, codecs, create=False)
    if not body:
        row = yield from _row(entity, id)
        return Applied(id=id, answer={"success": True, "data": row}, values=decode(entity, row, codecs))
    response = yield Request(
        method=entity.verb, path=entity.at(id), body=body, encoding="form" if entity.form else "json"
    )
    return applied(entity, data(response), response.body, codecs, id.rpartition("/")[0])


def delete(path: str, id: str, body: Json = None) -> Flow[Applied]:
    """Delete what lives at a path; what is gone already (404, 410) is a success."""
    try:
        response = yield Request(method="DELETE", path=path, body=body)
    except RefusedError as error:
        if error.verdict.status not in (404, 410):
            raise
        return Applied(id=id, answer=None)
    return Applied(id=id, answer=response.body)


def applied(entity: Entity, row: Json, answer: Json, codecs: dict[str, Codec], parent: str = "") -> Applied:
    """What the server made of a write. A success that names no record leaves the write in doubt."""
    if not isinstance(row, dict) or row.get("id") is None:
        raise InDoubtError(f"Pipedrive said yes to a {entity.label.lower()} but named no record.")
    if entity.parent:
        row = {entity.parent: int(parent)} | row
    return Applied(id=entity.id_of(row), answer=answer, values=decode(entity, row, codecs))


def companions(entity: Entity, keys: Iterable[str]) -> set[str]:
    """The fields that are written together with the given ones and are not given."""
    given = set(keys)
    groups = [{entity.text, BLOCK, MARK}] if entity.text else []
    if entity.name == "activity" or (entity.name == "deal" and "person_id" in given):
        groups.append({"person_id", "participants"})
    groups += [
        {c.key for c in entity.columns if c.shared == shared} for shared in {c.shared for c in entity.columns} - {""}
    ]
    return {key for group in groups if given & group for key in group if key is not None and key not in given}


def _details(entity: Entity) -> set[str]:
    """The fields that are changed by requests of their own."""
    return {c.key for c in entity.columns if c.detail and not c.create_only}


def _parent(entity: Entity, fields: Fields) -> str:
    """The id of the record inside whose path a new one is made; "" where there is none."""
    if entity.parent and not str(fields.get(entity.parent) or "").isdigit():
        refuse("no-parent", f"A {entity.label.lower()} cannot be made without its {entity.parent}.")
    return str(fields[entity.parent]) if entity.parent else ""


def _fixed(entity: Entity, key: str) -> bool:
    """Whether a field is of the creation alone."""
    column = entity.column(key)
    return column is not None and column.create_only


def _row(entity: Entity, id: str) -> Flow[Row]:
    if entity.parent:
        row = (yield from nested.fetch_rows(entity, [id])).get(id)
    else:
        response = yield Request(method="GET", path=entity.at(id), query=extras(entity) if entity.v2 else {})
        row = data(response)
    if not isinstance(row, dict) or not is_of(entity, row):
        message = f"{entity.label} {id} is deleted: it cannot be changed any more."
        raise RefusedError(Refused(status=404, message=message, code="deleted"))
    return row
