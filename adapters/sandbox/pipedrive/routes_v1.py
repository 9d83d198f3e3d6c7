"""The v1 operations that the sandbox answers, with their prices (facts 4.2)."""

from collections.abc import Callable
from typing import Any

from adapters.sandbox.pipedrive import (
    activity_types,
    call_logs,
    fields_v1,
    filters,
    followers,
    leads,
    legacy,
    notes,
    participants,
    summary,
    users,
    webhooks,
)
from adapters.sandbox.pipedrive.answers import Reply
from adapters.sandbox.pipedrive.entities import ENTITIES
from adapters.sandbox.pipedrive.routes_files import ROUTES_FILES
from adapters.sandbox.pipedrive.routing import Ask, Route
from adapters.sandbox.pipedrive.state import Draft
from adapters.sandbox.pipedrive.values import Spec

_TEXT = Spec(kind="text")
_INTEGER = Spec(kind="integer")
_FLAG = Spec(kind="integer", choices=(0, 1))
_PAGE = {"start": _INTEGER, "limit": _INTEGER}


def _route(method: str, path: str, cost: int, handler: Callable[[Draft, Ask], Reply], **more: Any) -> Route:
    return Route(version="v1", method=method, path=path, cost=cost, handler=handler, **more)


_NOTE_QUERY = {
    **dict.fromkeys(("user_id", "deal_id", "person_id", "org_id", "project_id", "task_id"), _INTEGER),
    **{f"pinned_to_{noun}_flag": _FLAG for noun in ("lead", "deal", "organization", "person", "project", "task")},
    "lead_id": _TEXT,
    "sort": _TEXT,
    "start_date": Spec(kind="date"),
    "end_date": Spec(kind="date"),
    "updated_since": Spec(kind="whole_instant"),
    **_PAGE,
}

_NOTES = [
    _route("GET", "/notes", 20, lambda d, a: notes.listing(d, a.query), query=_NOTE_QUERY),
    _route("POST", "/notes", 10, lambda d, a: notes.create(d, a.body)),
    _route("GET", "/notes/{id}", 2, lambda d, a: notes.get(d, a.params["id"])),
    _route("PUT", "/notes/{id}", 10, lambda d, a: notes.update(d, a.params["id"], a.body)),
    _route("DELETE", "/notes/{id}", 6, lambda d, a: notes.delete(d, a.params["id"])),
    _route("GET", "/notes/{id}/comments", 20, lambda d, a: notes.comments(d, a.params["id"], a.query), query=_PAGE),
    _route("POST", "/notes/{id}/comments", 10, lambda d, a: notes.add_comment(d, a.params["id"], a.body)),
    _route(
        "GET",
        "/notes/{id}/comments/{comment}",
        2,
        lambda d, a: notes.get_comment(d, a.params["id"], a.params["comment"]),
    ),
    _route(
        "PUT",
        "/notes/{id}/comments/{comment}",
        10,
        lambda d, a: notes.update_comment(d, a.params["id"], a.params["comment"], a.body),
    ),
    _route(
        "DELETE",
        "/notes/{id}/comments/{comment}",
        6,
        lambda d, a: notes.delete_comment(d, a.params["id"], a.params["comment"]),
    ),
]

_ACCOUNT = [
    _route("GET", "/users", 20, lambda d, _: users.listing(d)),
    _route("GET", "/users/me", 2, lambda d, _: users.me(d)),
    _route(
        "GET",
        "/users/find",
        40,
        lambda d, a: users.find(d, a.query),
        query={"term": _TEXT, "search_by_email": _FLAG},
        needed=("term",),
    ),
    _route("GET", "/users/{id}", 2, lambda d, a: users.get(d, a.params["id"])),
    _route("PUT", "/users/{id}", 10, lambda d, a: users.update(d, a.params["id"], a.body)),
    _route("GET", "/userSettings", 2, lambda d, _: users.settings(d)),
    _route("GET", "/currencies", 20, lambda d, a: users.currencies(d, a.query), query={"term": _TEXT}),
    _route("GET", "/activityTypes", 20, lambda d, _: activity_types.listing(d)),
    _route("POST", "/activityTypes", 10, lambda d, a: activity_types.create(d, a.body)),
    _route("PUT", "/activityTypes/{id}", 10, lambda d, a: activity_types.update(d, a.params["id"], a.body)),
    _route("DELETE", "/activityTypes/{id}", 6, lambda d, a: activity_types.delete(d, a.params["id"])),
]

_LEAD_QUERY = {
    **dict.fromkeys(("owner_id", "person_id", "organization_id", "filter_id"), _INTEGER),
    "sort": _TEXT,
    **_PAGE,
}

_LEADS = [
    _route(
        "GET",
        "/leads",
        20,
        lambda d, a: leads.listing(d, a.query, archived=False),
        query=_LEAD_QUERY | {"updated_since": Spec(kind="whole_instant")},
    ),
    _route("GET", "/leads/archived", 40, lambda d, a: leads.listing(d, a.query, archived=True), query=_LEAD_QUERY),
    _route("POST", "/leads", 10, lambda d, a: leads.create(d, a.body)),
    _route("GET", "/leads/{uuid}", 2, lambda d, a: leads.get(d, a.params["uuid"])),
    _route("PATCH", "/leads/{uuid}", 10, lambda d, a: leads.update(d, a.params["uuid"], a.body)),
    _route("DELETE", "/leads/{uuid}", 6, lambda d, a: leads.delete(d, a.params["uuid"])),
    _route("GET", "/leads/{uuid}/permittedUsers", 10, lambda d, a: users.permitted(d, "leads", a.params["uuid"])),
    _route("GET", "/leadLabels", 10, lambda d, _: leads.labels(d)),
    _route("POST", "/leadLabels", 10, lambda d, a: leads.add_label(d, a.body)),
    _route("PATCH", "/leadLabels/{uuid}", 10, lambda d, a: leads.update_label(d, a.params["uuid"], a.body)),
    _route("DELETE", "/leadLabels/{uuid}", 6, lambda d, a: leads.delete_label(d, a.params["uuid"])),
    _route("GET", "/leadSources", 2, lambda _, __: leads.sources()),
]


def _fields(noun: str, table: str) -> list[Route]:
    path, one = f"/{noun}Fields", f"/{noun}Fields/{{id}}"
    return [
        _route("GET", path, 20, lambda d, a: fields_v1.listing(d, table, a.query), query=_PAGE),
        _route("POST", path, 10, lambda d, a: fields_v1.create(d, table, a.body)),
        _route(
            "DELETE",
            path,
            10,
            lambda d, a: fields_v1.delete_many(d, table, a.query["ids"]),
            query={"ids": _TEXT},
            needed=("ids",),
        ),
        _route("GET", one, 2, lambda d, a: fields_v1.get(d, table, a.params["id"])),
        _route("PUT", one, 10, lambda d, a: fields_v1.update(d, table, a.params["id"], a.body)),
        _route("DELETE", one, 6, lambda d, a: fields_v1.delete(d, table, a.params["id"])),
    ]


_FIELDS = [
    *_fields("deal", "deals"),
    *_fields("person", "persons"),
    *_fields("organization", "organizations"),
    *_fields("product", "products"),
    _route("GET", "/activityFields", 20, lambda d, a: fields_v1.listing(d, "activities", a.query)),
    _route("GET", "/leadFields", 20, lambda d, a: fields_v1.listing(d, "deals", a.query), query=_PAGE),
    _route("GET", "/noteFields", 20, lambda d, _: fields_v1.note_fields(d)),
]

_PARTICIPANTS = "/deals/{id}/participants"
_RELATIONS = "/organizationRelationships"
_ORG = {"org_id": _INTEGER}

_LINKS = [
    _route("GET", _PARTICIPANTS, 10, lambda d, a: participants.listing(d, a.params["id"], a.query), query=_PAGE),
    _route("POST", _PARTICIPANTS, 10, lambda d, a: participants.add(d, a.params["id"], a.body)),
    _route(
        "DELETE",
        _PARTICIPANTS + "/{row}",
        6,
        lambda d, a: participants.delete(d, a.params["id"], a.params["row"]),
    ),
    _route("GET", _RELATIONS, 20, lambda d, a: participants.relationships(d, a.query), query=_ORG, needed=("org_id",)),
    _route("POST", _RELATIONS, 10, lambda d, a: participants.relate(d, a.body)),
    _route(
        "GET",
        _RELATIONS + "/{id}",
        2,
        lambda d, a: participants.get_relationship(d, a.params["id"], a.query),
        query=_ORG,
    ),
    _route("PUT", _RELATIONS + "/{id}", 10, lambda d, a: participants.update_relationship(d, a.params["id"], a.body)),
    _route("DELETE", _RELATIONS + "/{id}", 6, lambda d, a: participants.delete_relationship(d, a.params["id"])),
]

_FILTERS = [
    _route("GET", "/filters", 20, lambda d, a: filters.listing(d, a.query), query={"type": _TEXT}),
    _route("POST", "/filters", 10, lambda d, a: filters.create(d, a.body)),
    _route(
        "DELETE",
        "/filters",
        10,
        lambda d, a: filters.delete_many(d, a.query["ids"]),
        query={"ids": _TEXT},
        needed=("ids",),
    ),
    _route("GET", "/filters/{id}", 2, lambda d, a: filters.get(d, a.params["id"])),
    _route("PUT", "/filters/{id}", 10, lambda d, a: filters.update(d, a.params["id"], a.body)),
    _route("DELETE", "/filters/{id}", 6, lambda d, a: filters.delete(d, a.params["id"])),
]

_RECENTS_QUERY = {"since_timestamp": _TEXT, "items": _TEXT, **_PAGE}


def _old(table: str) -> list[Route]:
    return [_route("GET", f"/{table}/{{id}}", 2, lambda d, a: legacy.get(d, table, a.params["id"]))]


def _permitted(table: str) -> list[Route]:
    path = f"/{table}/{{id}}/permittedUsers"
    return [_route("GET", path, 10, lambda d, a: users.permitted(d, table, a.params["id"]))]


_HISTORY = [
    _route(
        "GET",
        "/recents",
        20,
        lambda d, a: legacy.recents(d, a.query),
        query=_RECENTS_QUERY,
        needed=("since_timestamp",),
    ),
    *(route for table in ENTITIES for route in _old(table)),
    *(route for table in ("deals", "persons", "organizations", "products") for route in _permitted(table)),
]


def _followers(table: str) -> list[Route]:
    path = f"/{table}/{{id}}/followers"
    page = _PAGE if table == "products" else {}

    def remove(draft: Draft, ask: Ask) -> Reply:
        return followers.v1_delete(draft, table, ask.params["id"], ask.params["row"])

    return [
        _route("GET", path, 20, lambda d, a: followers.v1_listing(d, table, a.params["id"], a.query), query=page),
        _route("POST", path, 10, lambda d, a: followers.v1_add(d, table, a.params["id"], a.body)),
        _route("DELETE", path + "/{row}", 6, remove),
    ]


_FOLLOWERS = [r for table in ("deals", "persons", "organizations", "products") for r in _followers(table)]

_SUMMARY = {
    "status": Spec(kind="text", choices=("open", "won", "lost")),
    **dict.fromkeys(("filter_id", "user_id", "pipeline_id", "stage_id"), _INTEGER),
}
_SUMMARIES = [
    _route("GET", "/deals/summary", 40, lambda d, a: summary.deals(d, a.query, archived=False), query=_SUMMARY),
    _route("GET", "/deals/summary/archived", 80, lambda d, a: summary.deals(d, a.query, archived=True), query=_SUMMARY),
]

_CALLS = [
    _route("GET", "/callLogs", 20, lambda d, a: call_logs.listing(d, a.query), query=_PAGE),
    _route("POST", "/callLogs", 10, lambda d, a: call_logs.create(d, a.body)),
    _route("GET", "/callLogs/{call}", 2, lambda d, a: call_logs.get(d, a.params["call"])),
    _route("DELETE", "/callLogs/{call}", 6, lambda d, a: call_logs.delete(d, a.params["call"])),
    _route(
        "POST",
        "/callLogs/{call}/recordings",
        10,
        lambda d, a: call_logs.record(d, a.params["call"], a.body, a.content),
        takes="multipart/form-data",
    ),
]

_WEBHOOKS = [
    _route("GET", "/webhooks", 10, lambda d, _: webhooks.listing(d)),
    _route("POST", "/webhooks", 10, lambda d, a: webhooks.create(d, a.body)),
    _route("DELETE", "/webhooks/{id}", 6, lambda d, a: webhooks.delete(d, a.params["id"])),
]

ROUTES_V1: list[Route] = [
    *_WEBHOOKS,
    *_SUMMARIES,
    *_CALLS,
    *_NOTES,
    *_ACCOUNT,
    *_LEADS,
    *_FIELDS,
    *_LINKS,
    *_FILTERS,
    *_HISTORY,
    *_FOLLOWERS,
    *ROUTES_FILES,
]
