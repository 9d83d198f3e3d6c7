"""Notes and their comments, v1 (facts 7.7)."""

from typing import Any

from adapters.protocols import Json
from adapters.sandbox.pipedrive import v1
from adapters.sandbox.pipedrive.answers import Reply, ok, v1_error
from adapters.sandbox.pipedrive.html import clean
from adapters.sandbox.pipedrive.lists import v1_page, v1_sort
from adapters.sandbox.pipedrive.state import Draft, Row

_PARENTS = {
    "deal_id": ("deals", "deal"),
    "person_id": ("persons", "person"),
    "org_id": ("organizations", "organization"),
    "lead_id": ("leads", "lead"),
    "project_id": ("projects", "project"),
    "task_id": ("tasks", "task"),
}
_MOST = 100_000
"""Bytes of content: the newer of the two figures that are known."""
_SORTS = ("id", "user_id", "deal_id", "person_id", "org_id", "content", "add_time", "update_time")


def create(draft: Draft, body: Json) -> Reply:
    """POST /notes: the new note."""
    given = v1.mapping(body)
    row: Row = {"id": draft.next("notes"), "content": "", "user_id": draft.user}
    row |= dict.fromkeys(_PARENTS)
    row |= {f"pinned_to_{noun}_flag": False for _, noun in _PARENTS.values()}
    row |= {"add_time": draft.at, "is_deleted": False}
    if not v1.text(given, "content"):
        raise v1.refuse("Content must be given.")
    return ok(public(draft, _put(draft, row, given)))


def update(draft: Draft, key: int, body: Json) -> Reply:
    """PUT /notes/{id}: the note after it."""
    row = draft.live("notes", key)
    if row is None:
        raise _missing()
    given = v1.mapping(body)
    if "content" in given and not v1.text(given, "content"):
        raise v1.refuse("Content must be given.")
    return ok(public(draft, _put(draft, row, given)))


def _missing() -> Exception:
    return v1_error(404, "Note not found", info="Object was not found.")


def _put(draft: Draft, row: Row, given: dict[str, Any]) -> Row:
    row = row | {"update_time": draft.at, "last_update_user_id": draft.user}
    if "content" in given:
        if len(str(given["content"]).encode()) > _MOST:
            raise v1.refuse(f"Content is too long: {_MOST} bytes are the most.")
        row["content"] = clean(str(given["content"]))
    row |= _parents(draft, given)
    if not any(row[key] for key in _PARENTS):
        raise v1.refuse("Note must be associated with at least one organization, person, deal, lead or project.")
    if given.get("user_id") is not None:
        row["user_id"] = _author(draft, given)
    row["add_time"] = v1.moment(given, "add_time") or row["add_time"]
    for key, (_, noun) in _PARENTS.items():
        flag = f"pinned_to_{noun}_flag"
        pinned = v1.flag(given, flag)
        if pinned and row[key] is None:
            raise v1.refuse(f"{flag} needs {key}.")
        row[flag] = row[flag] if pinned is None else pinned
    return draft.put("notes", row["id"], row)


def _author(draft: Draft, given: dict[str, Any]) -> int:
    author = v1.integer(given, "user_id")
    if author is None or draft.live("users", author) is None:
        raise v1.refuse(f"User {given['user_id']} was not found.")
    return author


def _parents(draft: Draft, given: dict[str, Any]) -> Row:
    found: Row = {}
    for key, (table, noun) in _PARENTS.items():
        if key not in given:
            continue
        value = v1.text(given, key) if key == "lead_id" else v1.integer(given, key)
        if value is not None and draft.live(table, value) is None:
            raise v1.refuse(f"{noun.capitalize()} {value} was not found.")
        found[key] = value
    return found


def public(draft: Draft, row: Row) -> Row:
    """A note as v1 shows it."""
    author = draft.get("users", row["user_id"]) or {}
    out = {key: value for key, value in row.items() if not key.startswith("_") and key != "is_deleted"}
    out |= {"active_flag": not row["is_deleted"]}
    out |= {"add_time": v1.stamp(row["add_time"]), "update_time": v1.stamp(row["update_time"])}
    for key, (table, noun) in _PARENTS.items():
        parent = None if row[key] is None else draft.get(table, row[key])
        label = "name" if table in ("persons", "organizations") else "title"
        out[noun] = None if parent is None else {label: parent[label]}
    del out["lead"]
    user = {"name": author.get("name"), "email": author.get("email"), "icon_url": None}
    return out | {"user": user | {"is_you": row["user_id"] == draft.user}}


def get(draft: Draft, key: int) -> Reply:
    """GET /notes/{id}: a deleted one answers with `active_flag` false."""
    row = draft.get("notes", key)
    if row is None:
        raise _missing()
    return ok(public(draft, row))


def listing(draft: Draft, query: dict[str, Any]) -> Reply:
    """GET /notes: one page."""
    rows = draft.rows("notes")
    for key in ("user_id", *_PARENTS, *(f"pinned_to_{noun}_flag" for _, noun in _PARENTS.values())):
        if key in query:
            wanted = bool(query[key]) if key.startswith("pinned") else query[key]
            rows = [row for row in rows if row[key] == wanted]
    if "updated_since" in query:
        rows = [row for row in rows if row["update_time"] >= query["updated_since"]]
    if "start_date" in query:
        rows = [row for row in rows if row["add_time"][:10] >= query["start_date"]]
    if "end_date" in query:
        rows = [row for row in rows if row["add_time"][:10] <= query["end_date"]]
    return v1_page(v1_sort(rows, query.get("sort", ""), _SORTS), query, lambda row: public(draft, row))


def delete(draft: Draft, key: int) -> Reply:
    """DELETE /notes/{id}: soft; answers `true`."""
    row = draft.live("notes", key)
    if row is None:
        raise _missing()
    draft.put("notes", key, row | {"is_deleted": True, "update_time": draft.at})
    return ok(data=True)


def _comment(draft: Draft, note: int, key: str) -> Row:
    row = draft.live("comments", key)
    if row is None or row["note"] != note:
        raise v1_error(404, "Comment not found", info="Object was not found.")
    return row


def _comment_public(row: Row) -> Row:
    out: Row = {"uuid": row["id"], "active_flag": not row["is_deleted"], "content": row["content"]}
    out |= {"add_time": v1.stamp(row["add_time"]), "update_time": v1.stamp(row["update_time"])}
    out |= {"object_id": str(row["note"]), "object_type": "note"}
    return out | {"user_id": row["user_id"], "updater_id": row["updater_id"], "company_id": 1}


def comments(draft: Draft, note: int, query: dict[str, Any]) -> Reply:
    """GET /notes/{id}/comments: one page."""
    if draft.live("notes", note) is None:
        raise _missing()
    return v1_page([row for row in draft.rows("comments") if row["note"] == note], query, _comment_public)


def add_comment(draft: Draft, note: int, body: Json) -> Reply:
    """POST /notes/{id}/comments: author and time are the caller and now."""
    if draft.live("notes", note) is None:
        raise _missing()
    content = v1.text(v1.mapping(body), "content")
    if not content:
        raise v1.refuse("Content must be given.")
    key = draft.uuid()
    row: Row = {"id": key, "note": note, "content": clean(content), "user_id": draft.user, "updater_id": None}
    row |= {"add_time": draft.at, "update_time": draft.at, "is_deleted": False}
    return ok(_comment_public(draft.put("comments", key, row)))


def get_comment(draft: Draft, note: int, key: str) -> Reply:
    """GET /notes/{id}/comments/{commentId}."""
    return ok(_comment_public(_comment(draft, note, key)))


def update_comment(draft: Draft, note: int, key: str, body: Json) -> Reply:
    """PUT /notes/{id}/comments/{commentId}."""
    row = _comment(draft, note, key)
    content = v1.text(v1.mapping(body), "content")
    if not content:
        raise v1.refuse("Content must be given.")
    row = row | {"content": clean(content), "updater_id": draft.user, "update_time": draft.at}
    return ok(_comment_public(draft.put("comments", key, row)))


def delete_comment(draft: Draft, note: int, key: str) -> Reply:
    """DELETE /notes/{id}/comments/{commentId}: answers `true`."""
    row = _comment(draft, note, key)
    draft.put("comments", key, row | {"is_deleted": True, "update_time": draft.at})
    return ok(data=True)
