"""The v2 operations of the projects add-on, with their prices (facts 4.2, 7.12)."""

from collections.abc import Callable
from typing import Any

from adapters.sandbox.pipedrive import boards, lists, projects, records, tasks
from adapters.sandbox.pipedrive.answers import Reply, ok
from adapters.sandbox.pipedrive.entities import PROJECTS
from adapters.sandbox.pipedrive.routing import Ask, Route
from adapters.sandbox.pipedrive.state import Draft
from adapters.sandbox.pipedrive.values import Spec

_TEXT = Spec(kind="text")
_INTEGER = Spec(kind="integer")
_BOOLEAN = Spec(kind="boolean")
_PAGE = {"limit": Spec(kind="integer", low=1, high=500), "cursor": _TEXT}


def _route(method: str, path: str, cost: int, handler: Callable[[Draft, Ask], Reply], **more: Any) -> Route:
    return Route(version="v2", method=method, path=path, cost=cost, handler=handler, needs="projects", **more)


def _get(draft: Draft, ask: Ask) -> Reply:
    return ok(records.public(draft, PROJECTS, records.get(draft, PROJECTS, ask.params["id"])))


_LIST = PROJECTS.filters | _PAGE | {"filter_id": _INTEGER}
_ARCHIVED = {key: spec for key, spec in _LIST.items() if key not in ("deal_id", "person_id", "org_id")}

_PROJECTS = [
    _route("GET", "/projects", 10, lambda d, a: lists.list_records(d, PROJECTS, a.query), query=_LIST),
    _route(
        "GET",
        "/projects/archived",
        10,
        lambda d, a: lists.list_records(d, PROJECTS, a.query, archived=True),
        query=_ARCHIVED,
    ),
    _route("POST", "/projects", 5, lambda d, a: records.create(d, PROJECTS, a.body)),
    _route("GET", "/projects/{id}", 1, _get),
    _route("PATCH", "/projects/{id}", 5, lambda d, a: records.update(d, PROJECTS, a.params["id"], a.body)),
    _route("DELETE", "/projects/{id}", 3, lambda d, a: records.delete(d, PROJECTS, a.params["id"])),
    _route("POST", "/projects/{id}/archive", 3, lambda d, a: projects.archive(d, a.params["id"])),
    _route("GET", "/projects/{id}/permittedUsers", 5, lambda d, a: projects.permitted(d, a.params["id"])),
]

_TASK_QUERY = {
    "is_done": _BOOLEAN,
    "is_milestone": _BOOLEAN,
    "assignee_id": _INTEGER,
    "project_id": _INTEGER,
    "parent_task_id": _TEXT,
    **_PAGE,
}

_TASKS = [
    _route("GET", "/tasks", 10, lambda d, a: tasks.listing(d, a.query), query=_TASK_QUERY),
    _route("POST", "/tasks", 5, lambda d, a: tasks.create(d, a.body)),
    _route("GET", "/tasks/{id}", 1, lambda d, a: tasks.get(d, a.params["id"])),
    _route("PATCH", "/tasks/{id}", 5, lambda d, a: tasks.update(d, a.params["id"], a.body)),
    _route("DELETE", "/tasks/{id}", 3, lambda d, a: tasks.delete(d, a.params["id"])),
]


def _places(table: str, **more: Any) -> list[Route]:
    path, one = f"/{table}", f"/{table}/{{id}}"
    return [
        _route("GET", path, 10, lambda d, a: boards.listing(d, table, a.query), **more),
        _route("POST", path, 5, lambda d, a: boards.create(d, table, a.body)),
        _route("GET", one, 10, lambda d, a: boards.get(d, table, a.params["id"])),
        _route("PATCH", one, 5, lambda d, a: boards.update(d, table, a.params["id"], a.body)),
        _route("DELETE", one, 3, lambda d, a: boards.delete(d, table, a.params["id"])),
    ]


ROUTES_PROJECTS: list[Route] = [
    *_PROJECTS,
    *_TASKS,
    *_places("boards"),
    *_places("phases", query={"board_id": _INTEGER}, needed=("board_id",)),
]
