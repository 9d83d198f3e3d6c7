"""The v2 operations that the sandbox answers, with their prices (facts 4.2)."""

from collections.abc import Callable
from typing import Any

from adapters.sandbox.pipedrive import conversions, fields, followers, lists, records, search
from adapters.sandbox.pipedrive.answers import Reply, ok
from adapters.sandbox.pipedrive.entities import DEALS, ENTITIES, Entity, get_query, list_query
from adapters.sandbox.pipedrive.routes_projects import ROUTES_PROJECTS
from adapters.sandbox.pipedrive.routes_sales import ROUTES_SALES
from adapters.sandbox.pipedrive.routing import Ask, Route
from adapters.sandbox.pipedrive.state import Draft
from adapters.sandbox.pipedrive.values import Spec

_TEXT = Spec(kind="text")
_INTEGER = Spec(kind="integer")
_BOOLEAN = Spec(kind="boolean")
_STATUS = Spec(kind="text", choices=("open", "won", "lost"))
_PAGE = {"limit": Spec(kind="integer", low=1, high=500), "cursor": _TEXT}


def _route(method: str, path: str, cost: int, handler: Callable[[Draft, Ask], Reply], **more: Any) -> Route:
    return Route(version="v2", method=method, path=path, cost=cost, handler=handler, **more)


def _get(draft: Draft, entity: Entity, ask: Ask) -> Reply:
    row = records.get(draft, entity, ask.params["id"])
    return ok(lists.shown(draft, entity, [row], ask.query)[0])


def _entity(entity: Entity) -> list[Route]:
    path, one = f"/{entity.table}", f"/{entity.table}/{{id}}"
    price = 5 if entity.table in ("pipelines", "stages") else 10
    return [
        _route("GET", path, price, lambda d, a: lists.list_records(d, entity, a.query), query=list_query(entity)),
        _route("POST", path, 5, lambda d, a: records.create(d, entity, a.body)),
        _route("GET", one, 1, lambda d, a: _get(d, entity, a), query=get_query(entity)),
        _route("PATCH", one, 5, lambda d, a: records.update(d, entity, a.params["id"], a.body)),
        _route("DELETE", one, 3, lambda d, a: records.delete(d, entity, a.params["id"])),
    ]


def _field_list(draft: Draft, table: str, ask: Ask) -> Reply:
    include = fields.included(table, ask.query)
    page, more = lists.offset_page(fields.of(draft, table), ask.query)
    return ok([fields.shown(field, include) for field in page], additional_data={"next_cursor": more})


def _field_get(draft: Draft, table: str, ask: Ask) -> Reply:
    include = fields.included(table, ask.query)
    return ok(fields.shown(fields.find(draft, table, ask.params["field_code"]), include))


def _fields(noun: str, table: str) -> list[Route]:
    needs = {"needs": "projects"} if table == "projects" else {}
    path = f"/{noun}Fields"
    one, options = f"{path}/{{field_code}}", f"{path}/{{field_code}}/options"
    include = {} if table == "projects" else {"include_fields": _TEXT}
    reading = [
        _route("GET", path, 10, lambda d, a: _field_list(d, table, a), query=_PAGE | include, **needs),
        _route("GET", one, 1, lambda d, a: _field_get(d, table, a), query=include, **needs),
    ]
    if table == "activities":
        return reading

    def on_code(act: Callable[..., Reply]) -> Callable[[Draft, Ask], Reply]:
        return lambda d, a: act(d, table, a.params["field_code"], a.body)

    return [
        *reading,
        _route("POST", path, 5, lambda d, a: fields.create(d, table, a.body), **needs),
        _route("PATCH", one, 5, on_code(fields.update), **needs),
        _route("DELETE", one, 3, lambda d, a: fields.delete(d, table, a.params["field_code"]), **needs),
        _route("POST", options, 5, on_code(fields.add_options), **needs),
        _route("PATCH", options, 5, on_code(fields.rename_options), **needs),
        _route("DELETE", options, 3, on_code(fields.remove_options), **needs),
    ]


_ARCHIVED = {
    key: spec for key, spec in list_query(DEALS).items() if key not in ("include_option_labels", "include_labels")
}

NOUNS = {
    "deal": "deals",
    "person": "persons",
    "organization": "organizations",
    "product": "products",
    "activity": "activities",
    "project": "projects",
}
"""The entities that have field endpoints, by the noun in the path."""

_TERM: dict[str, Any] = {"needed": ("term",), "search": True}
_FOUND = {
    "deals": {"person_id": _INTEGER, "organization_id": _INTEGER, "status": _STATUS},
    "leads": {"person_id": _INTEGER, "organization_id": _INTEGER},
    "persons": {"organization_id": _INTEGER},
    "organizations": {},
    "products": {},
}
_ALSO = {"deals": ("deal.cc_email",), "persons": ("person.picture",), "products": ("product.price",)}
_ALSO |= {"leads": ("lead.was_seen",)}


def _search(item: str, table: str) -> Route:
    query = {"term": _TEXT, "fields": _TEXT, "exact_match": _BOOLEAN, **_PAGE, **_FOUND[table]}
    if table in _ALSO:
        query["include_fields"] = Spec(kind="text", choices=_ALSO[table])
    return _route("GET", f"/{table}/search", 20, lambda d, a: search.entity(d, item, a.query), query=query, **_TERM)


def _followers(table: str) -> list[Route]:
    path = f"/{table}/{{id}}/followers"
    return [
        _route("GET", path, 10, lambda d, a: followers.listing(d, table, a.params["id"], a.query), query=_PAGE),
        _route("POST", path, 5, lambda d, a: followers.add(d, table, a.params["id"], a.body)),
        _route(
            "DELETE",
            f"{path}/{{user}}",
            3,
            lambda d, a: followers.delete(d, table, a.params["id"], a.params["user"]),
        ),
        _route(
            "GET",
            f"{path}/changelog",
            10,
            lambda d, a: followers.changelog(d, table, a.params["id"], a.query),
            query=_PAGE,
        ),
    ]


def _conversion_status(draft: Draft, noun: str, ask: Ask) -> Reply:
    return conversions.status(draft, noun, ask.params["id" if noun == "deal" else "uuid"], ask.params["job"])


_CONVERSIONS = [
    _route(
        "POST", "/leads/{uuid}/convert/deal", 40, lambda d, a: conversions.lead_to_deal(d, a.params["uuid"], a.body)
    ),
    _route("GET", "/leads/{uuid}/convert/status/{job}", 1, lambda d, a: _conversion_status(d, "lead", a)),
    _route("POST", "/deals/{id}/convert/lead", 40, lambda d, a: conversions.deal_to_lead(d, a.params["id"])),
    _route("GET", "/deals/{id}/convert/status/{job}", 1, lambda d, a: _conversion_status(d, "deal", a)),
]

_ITEM_QUERY = {
    "term": _TEXT,
    "item_types": _TEXT,
    "fields": _TEXT,
    "search_for_related_items": _BOOLEAN,
    "exact_match": _BOOLEAN,
    "include_fields": _TEXT,
    "limit": Spec(kind="integer", low=1, high=100),
    "cursor": _TEXT,
}
_FIELD_QUERY = {
    "term": _TEXT,
    "entity_type": Spec(kind="text", choices=("deal", "lead", "person", "organization", "product", "project")),
    "match": Spec(kind="text", choices=("exact", "beginning", "middle")),
    "field": _TEXT,
    **_PAGE,
}

ROUTES_V2: list[Route] = [
    *ROUTES_SALES,
    *ROUTES_PROJECTS,
    *_CONVERSIONS,
    _route("GET", "/users/{id}/followers", 10, lambda d, a: followers.of_user(d, a.params["id"], a.query), query=_PAGE),
    *(_search(item, kind.table) for item, kind in search.KINDS.items()),
    *(route for table in ("deals", "persons", "organizations", "products") for route in _followers(table)),
    _route("GET", "/itemSearch", 20, lambda d, a: search.items(d, a.query), query=_ITEM_QUERY, **_TERM),
    _route(
        "GET",
        "/itemSearch/field",
        20,
        lambda d, a: search.field(d, a.query),
        query=_FIELD_QUERY,
        needed=("term", "entity_type", "field"),
        search=True,
    ),
    *(route for entity in ENTITIES.values() for route in _entity(entity)),
    *(route for noun, table in NOUNS.items() for route in _fields(noun, table)),
    _route(
        "GET",
        "/deals/archived",
        20,
        lambda d, a: lists.list_records(d, DEALS, a.query, archived=True),
        query=_ARCHIVED,
    ),
]
