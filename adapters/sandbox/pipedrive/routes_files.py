"""The v1 operations on files, with their prices (facts 4.2)."""

from collections.abc import Callable
from typing import Any

from adapters.sandbox.pipedrive import files
from adapters.sandbox.pipedrive.answers import Reply
from adapters.sandbox.pipedrive.routing import Ask, Route
from adapters.sandbox.pipedrive.state import Draft
from adapters.sandbox.pipedrive.values import Spec

_QUERY = {"start": Spec(kind="integer"), "limit": Spec(kind="integer"), "sort": Spec(kind="text")}
_FORM = "application/x-www-form-urlencoded"


def _route(method: str, path: str, cost: int, handler: Callable[[Draft, Ask], Reply], **more: Any) -> Route:
    return Route(version="v1", method=method, path=path, cost=cost, handler=handler, **more)


def _of(table: str, column: str) -> Route:
    path = f"/{table}/{{id}}/files"
    return _route("GET", path, 20, lambda d, a: files.of(d, column, a.params["id"], a.query), query=_QUERY)


ROUTES_FILES: list[Route] = [
    _route("GET", "/files", 20, lambda d, a: files.listing(d, a.query), query=_QUERY),
    _route("POST", "/files", 10, lambda d, a: files.upload(d, a.body, a.content), takes="multipart/form-data"),
    _route("POST", "/files/remote", 10, lambda d, a: files.create_remote(d, a.body), takes=_FORM),
    _route("POST", "/files/remoteLink", 10, lambda d, a: files.link_remote(d, a.body), takes=_FORM),
    _route("GET", "/files/{id}", 2, lambda d, a: files.get(d, a.params["id"])),
    _route("PUT", "/files/{id}", 10, lambda d, a: files.update(d, a.params["id"], a.body), takes=_FORM),
    _route("DELETE", "/files/{id}", 6, lambda d, a: files.delete(d, a.params["id"])),
    _route("GET", "/files/{id}/download", 20, lambda d, a: files.download(d, a.params["id"])),
    _of("deals", "deal_id"),
    _of("persons", "person_id"),
    _of("organizations", "org_id"),
    _of("products", "product_id"),
]
