"""Activities, canonical to wire and back, in the forms of both APIs.

JSON-RPC takes everything but a location; REST takes a location and no lead. The text of a logged activity is its log
note, that of a scheduled one its description.
"""

from datetime import timedelta

from adapters.destinations.nutshell import records, texts
from adapters.destinations.nutshell.ask import Row, rows_of
from adapters.destinations.nutshell.catalogue import ACTIVITY, BLOCK, FURTHER_PARTICIPANTS, MARK
from adapters.destinations.nutshell.learned import Learned
from adapters.destinations.nutshell.records import empty, refuse
from adapters.destinations.nutshell.values import ident, instant, iso, minutes, read_address, unix, whole
from adapters.protocols import Fields, Json

_LOGGED = 1
_KINDS = {"account_id": "Accounts", "contact_id": "Contacts", "owner_id": "Users"}


def encode(fields: Fields, learned: Learned, *, create: bool) -> Row:
    """The body of `newActivity` or `editActivity`; an update brings whole groups."""
    body = records.encode(ACTIVITY, fields, learned, create=create)
    if fields.get("start_time") and (create or "duration" in fields):
        body["endTime"] = iso(end_of(fields))
    if "done" in fields:
        body["status"] = _LOGGED if fields["done"] else 0
    if fields.keys() & {"text", BLOCK, MARK, "author"} and (create or "text" in fields):
        body |= _texts(fields, learned, create=create)
    if fields.keys() & {"account_id", "contact_id", "participants", "owner_id"}:
        placed: list[Row] = [{"entityType": kind, "id": whole(id)} for kind, id in participants(fields)]
        if placed or not create:
            body["participants"] = placed
    if "lead_id" in fields and not (create and empty(fields["lead_id"])):
        body["lead"] = {"entityType": "Leads", "id": whole(fields["lead_id"])} if fields["lead_id"] else None
    return body


def encode_rest(fields: Fields, learned: Learned) -> Row:
    """The body of REST's create and replace."""
    written = text_of(fields, learned)
    row: Row = {
        "name": fields.get("subject"),
        "note" if fields.get("done") else "description": written or None,
        "location": fields.get("location"),
        "activityType": f"{fields['type']}-activityTypes" if fields.get("type") else None,
        "startTime": unix(fields.get("start_time")),
        "endTime": unix(end_of(fields)) if fields.get("start_time") else None,
        "isLogged": bool(fields.get("done")),
        "isAllDay": bool(fields.get("all_day")),
        "links": {"participants": [f"{id}-{kind.lower()}" for kind, id in participants(fields)]},
    }
    return {"activities": [{key: value for key, value in row.items() if value is not None}]}


def decode(row: Row, learned: Learned) -> Fields:
    """The canonical values of an activity, of an object of either API."""
    fields = records.decode(ACTIVITY, row, learned)
    start, end = instant(row.get("startTime")), instant(row.get("endTime"))
    if "startTime" in row:
        fields["duration"] = _clock(end - start) if start and end else None
    if "status" in row or "isLogged" in row:
        fields["done"] = int(row["status"]) == _LOGGED if "status" in row else bool(row["isLogged"])
    if "logNote" in row or "description" in row:
        fields |= _read_texts(row, learned, done=fields.get("done") is not False)
    if "participants" in row:
        fields |= _read_participants(row["participants"])
    if "lead" in row or "leads" in row:
        fields["lead_id"] = ident(row.get("lead")) or ident(row.get("leads"))
    if "location" in row:
        fields["location"] = _place(row["location"])
    return fields


def participants(fields: Fields) -> list[tuple[str, str]]:
    """Who takes part, as kind and id: main contact, other contacts, company, user."""
    main = [("Contacts", fields["contact_id"])] if fields.get("contact_id") else []
    others = [("Contacts", id) for id in fields.get("participants") or []]
    rest = [(_KINDS[key], fields[key]) for key in ("account_id", "owner_id") if fields.get(key)]
    further = [(kind, id) for kind, id in fields.get(FURTHER_PARTICIPANTS) or []]
    return list(dict.fromkeys([*main, *others, *rest, *further]))


def end_of(fields: Fields) -> str:
    """When an activity ends: its start and its duration."""
    start = instant(fields["start_time"])
    if start is None:
        refuse("required", "An activity has a start.")
    try:
        return (start + timedelta(minutes=minutes(fields.get("duration") or "0:00"))).isoformat()
    except ValueError as error:
        refuse("bad-value", f"Activity field 'duration': {error}.")


def text_of(fields: Fields, learned: Learned) -> str:
    """The whole text: headed by the author where the call cannot be made for them, or the API will not tell of them.

    It tells only who logged an activity.
    """
    author = fields.get("author")
    shown = fields.get("done") and learned.actor(author)
    told = learned.name(author) if author and not shown else ""
    return texts.join(
        texts.Text(
            body=fields.get("text") or "", author=told, block=fields.get(BLOCK) or {}, mark=fields.get(MARK) or ""
        )
    )


def _texts(fields: Fields, learned: Learned, *, create: bool) -> Row:
    written = text_of(fields, learned)
    if fields.get("done"):
        return {"logNote": written} if create else {"logNote": written, "description": ""}
    return {"description": written}


def _read_texts(row: Row, learned: Learned, *, done: bool) -> Fields:
    # what was logged once and is scheduled again keeps its old log note
    note = row.get("logNote") if done else None
    written = (note.get("noteMarkup") or note.get("note")) if isinstance(note, dict) else note
    text = texts.split(str(written or row.get("description") or ""))
    author = learned.author(text.author, row.get("loggedBy"))
    return {"text": text.body or None, BLOCK: text.block, MARK: text.mark, "author": author}


def _read_participants(value: Json) -> Fields:
    found: dict[str, list[str]] = {"Accounts": [], "Contacts": [], "Users": []}
    for stub in rows_of(value):
        found.setdefault(str(stub.get("entityType")), []).append(ident(stub) or "")
    further = [[kind, id] for kind, ids in found.items() if kind != "Contacts" for id in ids[kind in _KINDS.values() :]]
    shown = {key: next(iter(found[kind]), None) for key, kind in _KINDS.items()}
    return shown | {"participants": found["Contacts"][1:], FURTHER_PARTICIPANTS: further}


def _place(value: Json) -> str | None:
    """A location as one text; it is described as an address, whose name is a text by itself."""
    if not isinstance(value, dict):
        return value or None
    line = (read_address(value) or {}).get("value")
    return ", ".join(dict.fromkeys(filter(None, (value.get("name"), line)))) or None


def _clock(span: timedelta) -> str:
    total = max(0, round(span.total_seconds() / 60))
    return f"{total // 60:02d}:{total % 60:02d}"
