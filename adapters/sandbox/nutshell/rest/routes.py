"""The paths of REST and what answers them."""

from collections.abc import Callable

from adapters.sandbox.nutshell import custom
from adapters.sandbox.nutshell.rest import actions, creating, feeds, filters, listing, patching
from adapters.sandbox.nutshell.rest.ask import Ask, Reply, there, wrapped
from adapters.sandbox.nutshell.state import Draft

Handler = Callable[[Draft, Ask], Reply]


def _attributes(entity: str) -> Handler:
    def handler(draft: Draft, _ask: Ask) -> Reply:
        return wrapped(draft, "customFields", [custom.attribute(field) for field in custom.fields(draft, entity)])

    return handler


def _values(entity: str) -> Handler:
    def handler(draft: Draft, ask: Ask) -> Reply:
        row = there(draft, entity, ask.params["id"])
        return wrapped(draft, "customFields", custom.for_rest(draft, entity, row))

    return handler


def _fields(entity: str) -> Handler:
    return lambda draft, _ask: Reply(200, filters.fields(draft, entity))


_CREATE: dict[str, Handler] = {
    "accounts": creating.account, "contacts": creating.contact, "leads": creating.lead,
}  # fmt: skip
_DELETED = {"accounts": 200, "contacts": 204, "leads": 200}


def _records() -> dict[tuple[str, str], Handler]:
    out: dict[tuple[str, str], Handler] = {}
    for table, create in _CREATE.items():
        out |= {
            ("GET", f"/{table}"): listing.records(table), ("POST", f"/{table}"): create,
            ("GET", f"/{table}/{{id}}"): listing.by_id(table), ("PATCH", f"/{table}/{{id}}"): patching.record(table),
            ("DELETE", f"/{table}/{{id}}"): actions.delete(table, _DELETED[table]),
            ("POST", f"/{table}/{{id}}/undelete"): actions.undelete(table),
            ("POST", f"/{table}/customfield"): creating.custom_field(table),
            ("GET", f"/{table}/customfields/attributes"): _attributes(table),
            ("GET", f"/{table}/{{id}}/customfields"): _values(table),
            ("GET", f"/{table}/list/fields"): _fields(table),
        }  # fmt: skip
    return out


def _lookups() -> dict[tuple[str, str], Handler]:
    tables = {
        "accounttypes": "accountTypes", "activitytypes": "activityTypes", "audiences": "emAudiences",
        "competitors": "competitors", "industries": "industries", "markets": "markets", "outcomes": "outcomes",
        "products": "products", "productcategories": "productCategories", "productmaps": "productMaps",
        "competitormaps": "competitorMaps", "sources": "sources", "stages": "stages", "stagesets": "stagesets",
        "tags": "tags", "territories": "territories", "users": "users",
    }  # fmt: skip
    single = (
        "competitors", "industries", "markets", "outcomes", "products", "productcategories", "productmaps",
        "competitormaps", "users",
    )  # fmt: skip
    out: dict[tuple[str, str], Handler] = {("GET", f"/{path}"): listing.every(tables[path]) for path in tables}
    return out | {("GET", f"/{path}/{{id}}"): listing.by_id(tables[path]) for path in single}


ROUTES: dict[tuple[str, str], Handler | None] = {
    **_records(),
    **_lookups(),
    ("GET", "/notes"): listing.notes, ("POST", "/notes"): creating.note,
    ("GET", "/notes/{id}"): listing.by_id("notes"), ("DELETE", "/notes/{id}"): actions.delete("notes"),
    ("POST", "/notes/{id}/undelete"): actions.undelete("notes"),
    ("GET", "/activities"): listing.activities, ("POST", "/activities"): creating.activity,
    ("GET", "/activities/{id}"): listing.by_id("activities"), ("PUT", "/activities/{id}"): creating.replace_activity,
    ("GET", "/tasks"): listing.tasks, ("POST", "/tasks"): creating.task,
    ("GET", "/tasks/{id}"): listing.by_id("tasks"), ("PATCH", "/tasks/{id}"): patching.task,
    ("DELETE", "/tasks/{id}"): actions.delete("tasks"),
    ("POST", "/tags"): creating.tag, ("DELETE", "/tags/{id}"): actions.delete("tags"),
    ("POST", "/tags/{id}/undelete"): actions.undelete("tags"),
    ("POST", "/sources"): creating.source, ("DELETE", "/sources/{id}"): actions.delete("sources"),
    ("POST", "/sources/{id}/undelete"): actions.undelete("sources"),
    ("POST", "/audiences"): creating.audience,
    ("DELETE", "/products/{id}"): actions.delete("products"),
    ("POST", "/products/{id}/undelete"): actions.undelete("products"),
    ("PATCH", "/productmaps/{id}"): patching.product_map,
    ("DELETE", "/productMaps/{id}"): actions.delete("productMaps"),
    ("PATCH", "/competitormaps/{id}"): patching.competitor_map,
    ("DELETE", "/competitormaps/{id}"): actions.delete("competitorMaps", 204),
    ("POST", "/leads/{id}/status"): actions.status, ("POST", "/leads/{id}/reopen"): actions.reopen,
    ("POST", "/leads/{id}/stageset"): actions.stageset, ("GET", "/leads/{id}/stages"): actions.stages,
    ("POST", "/leads/{id}/watch"): actions.watch,
    ("GET", "/events"): feeds.events, ("GET", "/events/deleted"): feeds.deleted,
    **dict.fromkeys((
        ("GET", "/accounts/list"), ("GET", "/contacts/list"), ("GET", "/leads/list"), ("GET", "/leads/report"),
        ("GET", "/leads/{id}/installments"), ("POST", "/leads/{id}/installments"), ("POST", "/productcategories"),
        ("GET", "/editions"), ("GET", "/editions/{id}"), ("GET", "/emails/{id}"), ("GET", "/filters"),
        ("GET", "/forms"), ("GET", "/forms/{id}"), ("GET", "/invoices"), ("GET", "/invoices/{id}"),
        ("POST", "/invoices/{id}/status"), ("GET", "/quotes"), ("GET", "/quotes/{id}"),
        ("POST", "/quotes/{id}/invoice"), ("POST", "/quotes/{id}/status"), ("GET", "/stagesets/{id}/export"),
    )),
}  # fmt: skip
"""By method and path template; None for what a migration does not use and this sandbox leaves out."""


def find(method: str, path: str) -> tuple[str, dict[str, str], Handler | None]:
    """Template, texts in the path and handler. Raises KeyError for an unknown path, LookupError for the method."""
    given = path.strip("/").split("/")
    best: list[tuple[int, str, dict[str, str]]] = []
    for known_method, template in ROUTES:
        parts = template.strip("/").split("/")
        texts = _texts(parts, given)
        if texts is not None:
            best.append((-len(texts), template, texts))
            if known_method == method and not texts:
                return template, texts, ROUTES[method, template]
    if not best:
        raise KeyError(path)
    for _, template, texts in sorted(best, key=lambda one: one[0], reverse=True):
        if (method, template) in ROUTES:
            return template, texts, ROUTES[method, template]
    raise LookupError(method)


def _texts(parts: list[str], given: list[str]) -> dict[str, str] | None:
    if len(parts) != len(given):
        return None
    out = {}
    for part, text in zip(parts, given, strict=True):
        if part.startswith("{"):
            out[part[1:-1]] = text
        elif part != text:
            return None
    return out
