"""newX, editX and deleteX."""

from adapters.protocols import Json
from adapters.sandbox.nutshell import events, leads, links, notes, records
from adapters.sandbox.nutshell.errors import RefusedError, bad_params, stale
from adapters.sandbox.nutshell.rpc import reading, views
from adapters.sandbox.nutshell.rpc.names import TABLES, actor, known, number_of, objects, whole
from adapters.sandbox.nutshell.state import Draft, Row, ref

ANY_REV = "REV_IGNORE"


def new(draft: Draft, table: str, payload: Json) -> Json:
    """Make a record and answer it in full. Raises RefusedError."""
    values = _defaults(draft, table, payload) | reading.read(draft, table, payload, None)
    row = leads.create(draft, values) if table == "leads" else records.create(draft, table, values)
    links.touch_linked(draft, None, row)
    return views.full(draft, table, _beside(draft, table, row, payload, typed=False))


def _defaults(draft: Draft, table: str, payload: Json) -> Row:
    """What the server says where the client does not."""
    if table == "leads":
        return {"assignee": draft.actor if draft.user is not None else None}
    if table in ("accounts", "contacts"):
        return {"owner": draft.user}
    if table == "activities" and isinstance(payload, dict) and payload.get("activityTypeId") is None:
        return {"type": draft.rows("activityTypes")[0]["id"]}
    return {}


def edit(draft: Draft, table: str, key: int, rev: Json, payload: Json) -> Json:
    """Change the keys that are there, and answer the record in full. Raises RefusedError; 409 for a stale rev."""
    row = known(draft, table, key)
    check_rev(row, rev)
    values = reading.read(draft, table, payload, row)
    changed = leads.update(draft, row, values) if table == "leads" else records.update(draft, table, row, values)
    links.touch_linked(draft, row, changed)
    if table == "activities" and changed["status"] == 1 and row["status"] != 1:
        events.record(draft, "log", table, changed)
    return views.full(draft, table, _beside(draft, table, changed, payload, typed=True))


def check_rev(row: Row, rev: Json) -> None:
    """Raise RefusedError unless the rev is the current one, or REV_IGNORE."""
    if rev not in (ANY_REV, str(row["rev"])):
        raise stale()


def delete(draft: Draft, table: str, key: int, rev: Json) -> bool:
    """Throw a record away. Raises RefusedError; 409 for a stale rev."""
    row = known(draft, table, key)
    check_rev(row, rev)
    records.delete(draft, table, row)
    return True


def _beside(draft: Draft, table: str, row: Row, payload: Row, *, typed: bool) -> Row:
    """Write what a payload says beside the record itself; the record as it is afterwards.

    typed: members of a lead's lists need their entityType.
    """
    if payload.get("contacts") is not None and table == "accounts":
        links.set_from_other_side(
            draft, "accounts", row, "contacts", reading.link_list(draft, "contacts", payload["contacts"])
        )
    if payload.get("leads") is not None and table == "contacts":
        links.set_from_other_side(draft, "contacts", row, "leads", reading.link_list(draft, "leads", payload["leads"]))
    if table == "leads":
        _maps(draft, row, payload, typed=typed)
    for text in _texts(payload.get("note")) if table != "activities" else ():
        notes.write(draft, ref(table, row["id"]), text)
    if table == "activities":
        _log(draft, row, payload)
    return draft.get(table, row["id"]) or row


def _texts(given: Json) -> list[str]:
    found = given if isinstance(given, list) else [] if given is None else [given]
    if not all(isinstance(one, str) for one in found):
        raise bad_params("note is a text or a list of texts")
    return found


def _maps(draft: Draft, row: Row, payload: Row, *, typed: bool) -> None:
    if "products" in payload:
        _replace(draft, "productMaps", row)
        for one in objects("products", payload["products"]):
            reading.check_type(one, "products", needed=typed)
            values: Row = {"product": number_of(draft, "products", "products", one)}
            values |= {key: one[key] for key in ("relationship", "quantity") if key in one}
            if "price" in one:
                values["price"] = reading.price(one["price"])
            leads.add_product(draft, row, values)
    if "competitors" in payload:
        _replace(draft, "competitorMaps", row)
        for one in objects("competitors", payload["competitors"]):
            reading.check_type(one, "competitors", needed=typed)
            leads.add_competitor(draft, row, whole("competitors", one["id"]), one.get("relationship"))


def _replace(draft: Draft, table: str, row: Row) -> None:
    for one in leads.maps(draft, table, row):
        draft.put(table, {**one, "deleted": draft.now})


def _log(draft: Draft, row: Row, payload: Row) -> None:
    """The note of a logged activity; a follow-up is an activity of its own."""
    given = payload.get("logNote")
    text = given.get("note") if isinstance(given, dict) else given
    if text is not None and not isinstance(text, str):
        raise bad_params("logNote is a text, or an object with note")
    if text:
        note = notes.write(draft, None, text)
        draft.put("activities", {**row, "note": note["id"]})
    followup = payload.get("followup")
    if isinstance(followup, dict):
        draft.doubt("followup of an activity")
        values = reading.read(draft, "activities", followup, None)
        records.create(draft, "activities", _defaults(draft, "activities", followup) | values)


def new_note(draft: Draft, entity: Json, given: Json) -> Json:
    """Write a note on a record."""
    parent = actor(draft, "entity", entity, ("accounts", "contacts", "leads"))
    if parent is None:
        raise bad_params("entity is missing")
    return views.note(draft, notes.write(draft, parent, note_text(given)))


def note_text(given: Json) -> str:
    """The text of a note: the text itself, or {"entityType": "Notes", "note"}."""
    text = given.get("note") if isinstance(given, dict) else given
    if not isinstance(text, str):
        raise bad_params("note is a text")
    return text


def edit_note(draft: Draft, key: int, rev: Json, given: Json) -> Json:
    """Change a note: its author's, within 24 hours."""
    row = known(draft, "notes", key)
    check_rev(row, rev)
    return views.note(draft, notes.rewrite(draft, row, note_text(given)))


def new_tag(draft: Draft, given: Json) -> Json:
    """Make a tag; one that is there already is refused."""
    name, kind = (given.get("name"), given.get("entityType")) if isinstance(given, dict) else (None, None)
    table = TABLES.get(str(kind))
    if not isinstance(name, str) or not name or table not in links.TAG_KINDS:
        raise bad_params("a tag has a name and an entityType: Leads, Contacts or Accounts")
    if any(row["name"] == name and row["kind"] == table for row in draft.rows("tags")):
        raise RefusedError(f"there is a tag {name!r} already")
    row = records.create(draft, "tags", {"name": name, "kind": table})
    return {"id": row["id"], "entityType": "Tags", "rev": str(row["rev"]), "name": name}


def new_source(draft: Draft, name: str) -> Json:
    """The source of that name, made where it is missing."""
    if not name.strip():
        raise bad_params("name is empty")
    row = next((one for one in draft.rows("sources") if one["name"] == name), None)
    return views.full(draft, "sources", row or records.create(draft, "sources", {"name": name}))
