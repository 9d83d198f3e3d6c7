"""Records written: each flow sends one unsafe request, its last."""

from collections.abc import Iterable
from typing import Literal

from adapters.destinations.pipedrive.ask import Row, data
from adapters.destinations.pipedrive.catalogue import Codec, Entity
from adapters.destinations.pipedrive.fields import CustomFields
from adapters.destinations.pipedrive.reading import extras, is_live
from adapters.destinations.pipedrive.records import BLOCK, MARK, decode, encode
from adapters.protocols import (
    Applied,
    Fields,
    Flow,
    InDoubtError,
    Json,
    Refused,
    RefusedError,
    Request,
    Response,
)


def create(entity: Entity, fields: Fields, custom: CustomFields) -> Flow[Applied]:
    """Create one record. Raises RefusedError, before anything is sent, for a field the entity cannot take."""
    codecs = yield from custom.codecs(entity.owner, fields, ask_again=True)
    body = encode(entity, fields, codecs, create=True)
    response = yield Request(method="POST", path=entity.path, body=body)
    return applied(entity, response, codecs)


def update(entity: Entity, id: str, fields: Fields, custom: CustomFields) -> Flow[Applied]:
    """Change the given fields of one record.

    Where given fields share a wire field with others (body, block and mark of a text; person and other participants)
    the record is read first. Fields that an update cannot change are left out; if none is left, nothing is sent and the
    record is returned as it is.
    """
    codecs = yield from custom.codecs(entity.owner, fields, ask_again=True)
    if missing := companions(entity, fields):
        present = decode(entity, (yield from _row(entity, id)), codecs)
        fields = {key: present.get(key) for key in missing} | fields
    body = encode(entity, fields, codecs, create=False)
    if not body:
        row = yield from _row(entity, id)
        return Applied(id=id, answer={"success": True, "data": row}, values=decode(entity, row, codecs))
    method: Literal["PUT", "PATCH"] = "PUT" if entity.name == "note" else "PATCH"
    response = yield Request(method=method, path=f"{entity.path}/{id}", body=body)
    return applied(entity, response, codecs)


def delete(path: str, id: str, body: Json = None) -> Flow[Applied]:
    """Delete what lives at a path; what is gone already (404, 410) is a success."""
    try:
        response = yield Request(method="DELETE", path=path, body=body)
    except RefusedError as error:
        if error.verdict.status not in (404, 410):
            raise
        return Applied(id=id, answer=None)
    return Applied(id=id, answer=response.body)


def applied(entity: Entity, response: Response, codecs: dict[str, Codec]) -> Applied:
    """What the server made of a write. A success that names no record leaves the write in doubt."""
    row = data(response)
    if not isinstance(row, dict) or row.get("id") is None:
        raise InDoubtError(f"Pipedrive said yes to a {entity.label.lower()} but named no record.")
    return Applied(id=str(row["id"]), answer=response.body, values=decode(entity, row, codecs))


def companions(entity: Entity, keys: Iterable[str]) -> set[str]:
    """The fields that are written together with the given ones and are not given."""
    given = set(keys)
    missing: set[str] = set()
    for group in ({entity.text, BLOCK, MARK} if entity.text else set(), {"person_id", "participants"}):
        if entity.name != "activity" and "participants" in group:
            continue
        if given & group:
            missing |= {key for key in group if key is not None and key not in given}
    return missing


def _row(entity: Entity, id: str) -> Flow[Row]:
    response = yield Request(method="GET", path=f"{entity.path}/{id}", query=extras(entity) if entity.v2 else {})
    row = data(response)
    if not isinstance(row, dict) or not is_live(row):
        message = f"{entity.label} {id} is deleted: it cannot be changed any more."
        raise RefusedError(Refused(status=404, message=message, code="deleted"))
    return row
