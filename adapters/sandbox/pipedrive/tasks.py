"""Tasks of projects, v2 (facts 7.12)."""

from typing import Any

from adapters.protocols import Json
from adapters.sandbox.pipedrive import lists
from adapters.sandbox.pipedrive.answers import Reply, bad_request, invalid, missing, ok
from adapters.sandbox.pipedrive.bodies import taken
from adapters.sandbox.pipedrive.records import require
from adapters.sandbox.pipedrive.state import Draft, Row
from adapters.sandbox.pipedrive.values import Spec

_FLAG = Spec(kind="integer", choices=(0, 1))
_DATE = Spec(kind="date", null=True)
_FIELDS = {
    "title": Spec(kind="text", required=True, longest=255),
    "project_id": Spec(kind="integer", required=True, ref="projects"),
    "parent_task_id": Spec(kind="integer", null=True, ref="tasks"),
    "description": Spec(kind="text", null=True),
    "done": _FLAG,
    "milestone": _FLAG,
    "due_date": _DATE,
    "start_date": _DATE,
    "assignee_id": Spec(kind="integer", null=True, ref="users"),
    "assignee_ids": Spec(kind="integers"),
    "priority": Spec(kind="integer", null=True, low=0),
}
_MOST_ASSIGNEES = 10
_NEW: Row = {
    "parent_task_id": None, "description": None, "is_done": False, "is_milestone": False, "due_date": None,
    "start_date": None, "assignee_ids": [], "priority": None, "marked_as_done_time": None, "is_deleted": False,
}  # fmt: skip


def _find(draft: Draft, key: int) -> Row:
    row = draft.live("tasks", key)
    if row is None:
        raise missing("Task")
    return row


def _public(row: Row) -> Row:
    return {key: value for key, value in row.items() if not key.startswith("_") and key != "is_deleted"}


def listing(draft: Draft, query: dict[str, Any]) -> Reply:
    """GET /tasks: one page. `parent_task_id` is an id, or "null" for what is no subtask."""
    rows = draft.rows("tasks")
    for key in ("is_done", "is_milestone", "project_id"):
        if key in query:
            rows = [row for row in rows if row[key] == query[key]]
    if "assignee_id" in query:
        rows = [row for row in rows if query["assignee_id"] in row["assignee_ids"]]
    if "parent_task_id" in query:
        rows = [row for row in rows if str(row["parent_task_id"] or "null") == query["parent_task_id"]]
    page, more = lists.cursor_page(rows, query)
    return ok([_public(row) for row in page], additional_data={"next_cursor": more})


def get(draft: Draft, key: int) -> Reply:
    """GET /tasks/{id}."""
    return ok(_public(_find(draft, key)))


def create(draft: Draft, body: Json) -> Reply:
    """POST /tasks: the new task."""
    given = taken(draft, _FIELDS, body, creating=True)
    row: Row = {"id": draft.next("tasks"), "creator_id": draft.user, "add_time": draft.at} | _NEW
    return ok(_put(draft, row, given), 201)


def update(draft: Draft, key: int, body: Json) -> Reply:
    """PATCH /tasks/{id}: the task after it."""
    row = _find(draft, key)
    return ok(_put(draft, row, taken(draft, _FIELDS, body, creating=False)))


def _put(draft: Draft, row: Row, given: Row) -> Row:
    plain = {key: value for key, value in given.items() if key not in ("done", "milestone", "assignee_id")}
    before, row = row["is_done"], row | plain | {"update_time": draft.at}
    row["is_milestone"] = bool(given.get("milestone", row["is_milestone"]))
    row["is_done"] = bool(given.get("done", before))
    if row["is_done"] != before:
        row["marked_as_done_time"] = draft.at if row["is_done"] else None
    if "assignee_id" in given:  # it overwrites the list
        row["assignee_ids"] = [] if given["assignee_id"] is None else [given["assignee_id"]]
    if len(row["assignee_ids"]) > _MOST_ASSIGNEES:
        raise invalid([("assignee_ids", f"This collection should contain {_MOST_ASSIGNEES} elements or less.")])
    for user in row["assignee_ids"]:
        require(draft, "users", user, "assignee_ids")
    _fits_parent(draft, row)
    return _public(draft.put("tasks", row["id"], row))


def _fits_parent(draft: Draft, row: Row) -> None:
    if row["parent_task_id"] is None:
        return
    parent = draft.live("tasks", row["parent_task_id"])
    if parent is None or parent["parent_task_id"] is not None or parent["id"] == row["id"]:
        raise bad_request("'parent_task_id' cannot be the id of a subtask, nor of the task itself.")


def delete(draft: Draft, key: int) -> Reply:
    """DELETE /tasks/{id}: its subtasks go too."""
    _find(draft, key)
    for row in draft.rows("tasks"):
        if key in (row["id"], row["parent_task_id"]):
            draft.put("tasks", row["id"], row | {"is_deleted": True, "_deleted": draft.now, "update_time": draft.at})
    return ok({"id": key})
