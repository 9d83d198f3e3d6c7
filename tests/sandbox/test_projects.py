"""The projects add-on: projects, boards, phases, tasks (facts 7.12)."""

from typing import Any

import pytest

from tests.sandbox.client import Client


@pytest.fixture
def company() -> Client:
    """A company with the add-on, a deal, a person and an organization."""
    account = Client(projects=True)
    account.ok("POST", "/api/v2/organizations", {"name": "Acme"})
    account.ok("POST", "/api/v2/persons", {"name": "Ann"})
    account.ok("POST", "/api/v2/deals", {"title": "D"})
    return account


@pytest.mark.parametrize("path", ["projects", "tasks", "boards", "phases", "projectFields"])
def test_without_the_add_on(account: Client, path: str) -> None:
    """A company without the add-on is told so by 415."""
    query: dict[str, Any] = {"board_id": 1} if path == "phases" else {}
    account.refused("GET", f"/api/v2/{path}", status=415, **query)


def test_project_life(company: Client) -> None:
    """A project has links, dates and a place, can be found by them, archived and deleted."""
    body = {"title": "P", "deal_ids": [1], "person_ids": [1], "org_ids": [1], "start_date": "2026-01-02"}
    made = company.ok("POST", "/api/v2/projects", body)
    assert (made["status"], made["board_id"], made["phase_id"], made["owner_id"]) == ("open", 1, 1, 1)
    for key in ("deal_id", "person_id", "org_id", "phase_id"):
        assert [p["id"] for p in company.ok("GET", "/api/v2/projects", **{key: 1})] == [1], key
        assert company.ok("GET", "/api/v2/projects", **{key: 2}) == [], key
    company.wait(5)
    changed = company.ok("PATCH", "/api/v2/projects/1", {"status": "completed", "phase_id": 3})
    assert (changed["phase_id"], changed["status_change_time"]) == (3, "2026-05-28T20:26:45Z")
    company.refused("GET", "/api/v2/projects", status_="x")
    assert company.ok("GET", "/api/v2/projects/1/permittedUsers") == [1, 2, 3, 4, 9]
    assert company.ok("POST", "/api/v2/projects/1/archive")["archive_time"] == "2026-05-28T20:26:45Z"
    assert company.ok("GET", "/api/v2/projects") == []
    assert [p["id"] for p in company.ok("GET", "/api/v2/projects/archived")] == [1]
    assert company.ok("DELETE", "/api/v2/projects/1") == {"id": 1}
    assert company.ok("GET", "/api/v2/projects/archived") == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"deal_ids": [9]},
        {"deal_ids": 1},
        {"phase_id": 9},
        {"phase_id": 1, "board_id": 2},
        {"template_id": 1},
        {"start_date": "soon"},
        {"label_ids": [5]},
        {"is_archived": True},
    ],
)
def test_refused_projects(company: Client, wrong: dict[str, Any]) -> None:
    """A project refuses links, phases, labels and templates that are not there."""
    company.ok("POST", "/api/v2/boards", {"name": "B"})
    company.refused("POST", "/api/v2/projects", {"title": "P", **wrong})


def test_project_fields_and_notes(company: Client) -> None:
    """Projects have custom fields of their own; notes and activities hang on them."""
    code = company.ok("POST", "/api/v2/projectFields", {"field_name": "T", "field_type": "varchar"})["field_code"]
    made = company.ok("POST", "/api/v2/projects", {"title": "P", "custom_fields": {code: "x"}})
    assert made["custom_fields"] == {code: "x"}
    assert company.ok("POST", "/v1/notes", {"content": "n", "project_id": 1})["project"] == {"title": "P"}
    assert (
        company.ok("POST", "/api/v2/activities", {"subject": "S", "type": "call", "project_id": 1})["project_id"] == 1
    )


def test_boards_and_phases(company: Client) -> None:
    """New ones go last or where they are put; the others move; one that holds projects stays."""
    assert [p["name"] for p in company.ok("GET", "/api/v2/phases", board_id=1)][:2] == ["Kick-off", "Planning"]
    first = company.ok("POST", "/api/v2/boards", {"name": "First", "order_nr": 1})
    company.ok("POST", "/api/v2/boards", {"name": "Last"})
    assert [b["name"] for b in company.ok("GET", "/api/v2/boards")] == ["First", "Projects", "Last"]
    company.refused("POST", "/api/v2/boards", {"name": "Far", "order_nr": 5})
    phase = company.ok("POST", "/api/v2/phases", {"name": "New", "board_id": first["id"]})
    assert company.ok("PATCH", f"/api/v2/phases/{phase['id']}", {"board_id": 1})["order_nr"] == 5
    assert company.ok("PATCH", f"/api/v2/phases/{phase['id']}", {"order_nr": 2})["order_nr"] == 2
    assert [p["order_nr"] for p in company.ok("GET", "/api/v2/phases", board_id=1)] == [1, 2, 3, 4, 5]
    assert company.ok("GET", f"/api/v2/boards/{first['id']}")["name"] == "First"
    company.ok("POST", "/api/v2/projects", {"title": "P", "phase_id": phase["id"]})
    company.refused("DELETE", f"/api/v2/phases/{phase['id']}")
    company.refused("DELETE", "/api/v2/boards/1")
    company.ok("DELETE", f"/api/v2/boards/{first['id']}")
    company.refused("GET", f"/api/v2/boards/{first['id']}", status=404)


def test_tasks(company: Client) -> None:
    """Tasks have flags as numbers, assignees, one level of subtasks, and take these along when deleted."""
    company.ok("POST", "/api/v2/projects", {"title": "P"})
    made = company.ok("POST", "/api/v2/tasks", {"title": "T", "project_id": 1, "done": 1, "assignee_id": 2})
    assert (made["is_done"], made["assignee_ids"], made["creator_id"]) == (True, [2], 1)
    assert made["marked_as_done_time"] == "2026-05-28T20:26:40Z"
    sub = company.ok("POST", "/api/v2/tasks", {"title": "S", "project_id": 1, "parent_task_id": 1, "milestone": 1})
    company.refused("POST", "/api/v2/tasks", {"title": "x", "project_id": 1, "parent_task_id": sub["id"]})
    company.refused("POST", "/api/v2/tasks", {"title": "x", "project_id": 1, "done": True})
    company.refused("POST", "/api/v2/tasks", {"title": "x" * 256, "project_id": 1})
    company.refused("POST", "/api/v2/tasks", {"title": "x"})
    company.refused("POST", "/api/v2/tasks", {"title": "x", "project_id": 1, "assignee_ids": [1] * 11})
    company.refused("POST", "/api/v2/tasks", {"title": "x", "project_id": 1, "assignee_ids": [77]})
    for query, found in (
        ({"is_done": "true"}, [1]),
        ({"is_milestone": "true"}, [2]),
        ({"assignee_id": 2}, [1]),
        ({"parent_task_id": 1}, [2]),
        ({"parent_task_id": "null"}, [1]),
        ({"project_id": 1, "limit": 1}, [1]),
    ):
        assert [t["id"] for t in company.ok("GET", "/api/v2/tasks", **query)] == found, query
    changed = company.ok("PATCH", "/api/v2/tasks/1", {"done": 0, "assignee_ids": [1, 3]})
    assert (changed["is_done"], changed["marked_as_done_time"], changed["assignee_ids"]) == (False, None, [1, 3])
    assert company.ok("GET", "/api/v2/tasks/2")["parent_task_id"] == 1
    assert company.ok("DELETE", "/api/v2/tasks/1") == {"id": 1}
    assert company.ok("GET", "/api/v2/tasks") == []
