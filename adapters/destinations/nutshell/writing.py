"""Records written: each flow sends one unsafe request that is applied, its last."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

import msgspec

from adapters.destinations.nutshell import activities, forms, lead_products, leads, notes, people, steps
from adapters.destinations.nutshell.ask import Row, call, edit, named, result, unwrapped
from adapters.destinations.nutshell.catalogue import (
    ACTIVITY,
    BLOCK,
    CARRIED,
    GROUPS,
    LEAD,
    LEAD_PRODUCT,
    MARK,
    NOTE,
    REST,
    REV,
    TASK,
    Entity,
)
from adapters.destinations.nutshell.learned import Learned
from adapters.destinations.nutshell.reading import row_of
from adapters.destinations.nutshell.records import refuse
from adapters.protocols import Applied, Fields, Flow, Json, Refused, RefusedError, Request, Response

T = TypeVar("T")

# --- creating ------------------------------------------------------------------------------------------------------


def create(entity: Entity, fields: Fields, learned: Learned) -> Flow[Applied]:
    """Create one record. Raises RefusedError, before anything is sent, for a field the entity cannot take."""
    if entity is LEAD_PRODUCT:
        return (yield from lead_products.create([fields]))[0]
    if steps.step(entity.name, None, fields) != fields:
        refuse("several-steps", f"A {entity.label.lower()} like this takes several requests: write it step by step.")
    yield from learned.learn(entity.name, fields, ask_again=True)
    response = yield from _sent(entity, _formed(entity, lambda: _new(entity, fields, learned)))
    row = result(response) if "result" in (response.body or {}) else _first(response.body, entity)
    return (yield from applied(entity, named(row, f"a new {entity.label.lower()}"), response, learned))


def _formed(entity: Entity, build: Callable[[], T]) -> T:
    """What is sent; a value of the wrong form (an id that is no number) is refused in a sentence."""
    try:
        return build()
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        refuse("bad-value", f"A {entity.label.lower()} holds a value of the wrong form ({error}).")


def _sent(entity: Entity, request: Request) -> Flow[Response]:
    """Send a create. The description shows a new task bare, all others in a list: where bare is refused, in one."""
    try:
        return (yield request)
    except RefusedError as error:
        if entity is not TASK or error.verdict.status not in (400, 422):
            raise
    return (yield msgspec.structs.replace(request, body={"tasks": [request.body]}))


def _new(entity: Entity, fields: Fields, learned: Learned) -> Request:
    actor = learned.actor(fields.get("author")) if fields.get("author") else ""
    if entity is NOTE:
        return call("newNote", notes.new_note(fields, learned), actor=actor)
    if entity is TASK:
        return Request(method="POST", path=f"{REST}/tasks", body=notes.encode_task(fields, learned))
    if entity is ACTIVITY and fields.get("location"):
        body_of(entity, fields, learned, create=True)  # refuses what either API would
        body = activities.encode_rest(fields, learned)
        return Request(method="POST", path=f"{REST}/activities", body=body, actor=actor)
    params = {entity.single.lower(): body_of(entity, fields, learned, create=True)}
    return call(f"new{entity.single}", params, actor=actor)


def body_of(entity: Entity, fields: Fields, learned: Learned, *, create: bool) -> Row:
    """The object that JSON-RPC is given."""
    encode = {
        "account": people.encode_account,
        "contact": people.encode_contact,
        "lead": leads.encode,
        "activity": activities.encode,
        "product": notes.encode_product,
    }[entity.name]
    return encode(fields, learned, create=create)


def _first(body: Json, entity: Entity) -> Json:
    rows = unwrapped(body, entity.rest)
    return rows[0] if rows else None


def applied(entity: Entity, row: Row, response: Response, learned: Learned) -> Flow[Applied]:
    """What the server made of a write, from an object of its answer."""
    yield from forms.learn(entity, [row], learned)
    values = forms.decode(entity, row, learned)
    for column in entity.columns:
        if column.detail:
            values.pop(column.key, None)
    return Applied(id=str(row["id"]).partition("-")[0], answer=response.body, values=values)


# --- changing ------------------------------------------------------------------------------------------------------


def companions(entity: Entity, keys: Iterable[str]) -> set[str]:
    """What is written together with the given fields, and the revision that a change by JSON-RPC must name."""
    given = set(keys)
    needed: set[str] = set()
    for group in GROUPS.get(entity.name, ()):
        if given & group:
            needed |= group
    if not _by_rest(entity, given):
        needed.add(REV)
    return needed - given


def _by_rest(entity: Entity, keys: set[str]) -> bool:
    """Whether REST writes these fields, which knows no revision."""
    apart = {LEAD.name: {"pipeline_id", "stage_id", "value", "status", "outcome"}, ACTIVITY.name: {"location"}}
    return entity is TASK or bool(keys & apart.get(entity.name, set()))


def update(entity: Entity, id: str, fields: Fields, before: Fields, learned: Learned) -> Flow[Applied]:
    """Change the given fields of one record by one request of a step.

    What travels along and is not given, the revision first of all, is read before. Fields that cannot be changed are
    left out; if none is left, nothing is sent and the record is returned as it is.
    """
    if entity is LEAD_PRODUCT:
        return (yield from lead_products.update(id, fields, before))
    if len(steps.step(entity.name, before, fields)) < len(fields):
        refuse(
            "several-steps", f"This change of a {entity.label.lower()} takes several requests: write it step by step."
        )
    yield from learned.learn(entity.name, fields, ask_again=True)
    changed = [key for key in fields if not _is_fixed(entity, key)]
    if entity is ACTIVITY and changed == ["location"]:
        return (yield from _relocated(id, fields["location"], learned))
    needed = companions(entity, changed)
    present = before
    if not changed or any(before.get(key) is None if key == REV else key not in before for key in needed):
        row = yield from living(entity, id)
        yield from forms.learn(entity, [row], learned)
        present = forms.decode(entity, row, learned)
        if not changed:
            return Applied(id=id, answer=row, values=present)
    whole = {key: present.get(key) for key in needed} | {key: fields[key] for key in changed}
    yield from learned.learn(entity.name, [key for key in whole if key in ("author", "currency", "price")])
    return (yield from _change(entity, id, whole, learned))


def _is_fixed(entity: Entity, key: str) -> bool:
    """Whether an update leaves a field as it is; labelled lines and the mark share the fate of their text."""
    column = entity.column(entity.text or "" if key in (BLOCK, MARK) else key)
    return column is not None and column.create_only


def living(entity: Entity, id: str) -> Flow[Row]:
    """A record as it is whole. Raises RefusedError where it is deleted."""
    row = yield from row_of(entity, id)
    if row is None:
        message = f"{entity.label} {id} is deleted: it cannot be changed any more."
        raise RefusedError(Refused(status=404, message=message, code="deleted"))
    return row


def _change(entity: Entity, id: str, fields: Fields, learned: Learned) -> Flow[Applied]:
    if entity is LEAD and (request := _formed(entity, lambda: leads.change(id, fields, learned))):
        response = yield request
        values = _asked(fields) | leads.outcome_of(request, learned)
        return Applied(id=id, answer=_answer(response), values=values)
    if entity is TASK:
        response = yield _assign(id, fields.get("owner_id"))
        return Applied(id=id, answer=_answer(response), values=fields)
    params = {f"{entity.single.lower()}Id": int(id), REV: str(fields.get(REV))}
    # only its author may edit a note, and who makes an activity a logged one has logged it
    own = entity is NOTE or (entity is ACTIVITY and "done" in fields)
    actor = learned.actor(fields.get("author")) if own else ""
    if entity is NOTE:
        params["note"] = notes.note_text(fields, learned)
    else:
        params[entity.single.lower()] = _formed(entity, lambda: body_of(entity, fields, learned, create=False))
    response = yield from edit(call(f"edit{entity.single}", params, actor=actor))
    row = named(result(response), f"a change of a {entity.label.lower()}")
    return (yield from applied(entity, row, response, learned))


def _relocated(id: str, location: Json, learned: Learned) -> Flow[Applied]:
    """Set the place of an activity: REST replaces it whole and knows no revision, so it is read right before."""
    row = yield from living(ACTIVITY, id)
    yield from forms.learn(ACTIVITY, [row], learned)
    there = forms.decode(ACTIVITY, row, learned)
    yield from learned.learn(ACTIVITY.name, ["author"])
    body = activities.encode_rest(there | {"location": location or ""}, learned)
    path, actor = f"{REST}/activities/{id}-activities", learned.actor(there.get("author"))
    response = yield Request(method="PUT", path=path, body=body, actor=actor)
    return Applied(id=id, answer=_answer(response), values=_asked({"location": location}))


def _assign(id: str, user: str | None) -> Request:
    patch = {"op": "replace", "path": "/tasks/0/links/assignee", "value": f"{user}-users" if user else None}
    return Request(method="PATCH", path=f"{REST}/tasks/{id}-tasks", body=[patch], encoding="json-patch")


def _answer(response: Response) -> Json:
    """The answer for the log; that of a 204 is its status."""
    return {"status": response.status} if response.body is None else response.body


def _asked(fields: Fields) -> Fields:
    """What a yes without an object says: it is as asked, and the revision has risen."""
    return {key: value for key, value in fields.items() if key not in CARRIED} | {REV: None}


# --- deleting ------------------------------------------------------------------------------------------------------


def delete(entity: Entity, id: str) -> Flow[Applied]:
    """Delete one record; what is gone already is a success. REST asks for no revision; activities it cannot delete."""
    if entity is LEAD_PRODUCT:
        return (yield from lead_products.delete(id))
    if entity is ACTIVITY:
        row = yield from row_of(entity, id)
        if row is None:
            return Applied(id=id, answer=None)
        params = {"activityId": int(id), REV: str(row.get(REV))}
        response = yield from edit(call("deleteActivity", params))
        return Applied(id=id, answer=_answer(response))
    return (yield from delete_at(f"/{entity.rest}/{id}-{entity.rest}", id))


def delete_at(path: str, id: str) -> Flow[Applied]:
    """Delete what lives at a path below /rest; what is gone already (404, 410) is a success."""
    try:
        response = yield Request(method="DELETE", path=REST + path)
    except RefusedError as error:
        if error.verdict.status not in (404, 410):
            raise
        return Applied(id=id, answer=None)
    return Applied(id=id, answer=_answer(response))


def together(entity: str, several: Sequence[Fields]) -> list[list[int]]:
    """Which creates share a request: the products of one lead."""
    if entity != LEAD_PRODUCT.name:
        return [[index] for index in range(len(several))]
    groups: dict[str, list[int]] = {}
    for index, fields in enumerate(several):
        groups.setdefault(str(fields.get("lead_id")), []).append(index)
    return list(groups.values())
