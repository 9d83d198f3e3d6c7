"""Routes: from a method and a path to a handler, its price and the query parameters it takes."""

from collections.abc import Callable
from typing import Any

import msgspec

from adapters.protocols import Json
from adapters.sandbox.pipedrive.answers import Reply
from adapters.sandbox.pipedrive.state import Draft
from adapters.sandbox.pipedrive.values import Spec

Params = dict[str, Any]


class Ask(msgspec.Struct, frozen=True):
    """What a handler is asked: the values out of the path, the checked query, the body, the bytes of its file part."""

    params: Params
    query: dict[str, Any]
    body: Json
    content: bytes = b""


Handler = Callable[[Draft, Ask], Reply]


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """One operation.

    `version` is "v1" or "v2"; `path` a template below it, its variables in braces; `cost` in tokens (facts 4.2).
    `search` counts against the search limit. `needed`: query parameters that must be there. `takes`: the media type of
    its body where only one is taken; empty for what the version takes. `needs`: the feature that the company must have.
    """

    version: str
    method: str
    path: str
    cost: int
    handler: Handler
    query: dict[str, Spec] = {}
    needed: tuple[str, ...] = ()
    search: bool = False
    takes: str = ""
    needs: str = ""

    @property
    def template(self) -> str:
        """Method and path with the version's root, as it stands in counts."""
        return f"{self.method} {'/api/v2' if self.version == 'v2' else '/v1'}{self.path}"


class Router:
    """Finds the route of a request."""

    def __init__(self, routes: list[Route]) -> None:
        self._by_shape: dict[tuple[str, str, int, str], list[tuple[list[str], Route]]] = {}
        for route in routes:
            parts = route.path.strip("/").split("/")
            key = (route.version, route.method, len(parts), parts[0])
            self._by_shape.setdefault(key, []).append((parts, route))
        for candidates in self._by_shape.values():  # literal parts before variables: /deals/archived before /deals/{id}
            candidates.sort(key=lambda candidate: [part.startswith("{") for part in candidate[0]])

    def find(self, version: str, method: str, path: str) -> tuple[Route, dict[str, str]] | None:
        """The route of a path below the version's root and the texts of its variables, or None."""
        given = path.strip("/").split("/")
        for parts, route in self._by_shape.get((version, method, len(given), given[0]), ()):
            values: dict[str, str] = {}
            for part, text in zip(parts, given, strict=True):
                if part.startswith("{"):
                    values[part[1:-1]] = text
                elif part != text:
                    break
            else:
                return route, values
        return None

    def methods(self, version: str, path: str) -> list[str]:
        """The verbs that a path knows."""
        return [m for m in ("GET", "POST", "PUT", "PATCH", "DELETE") if self.find(version, m, path)]


def split(path: str) -> tuple[str, str] | None:
    """The version of a path and the rest below its root; None when it is under neither root."""
    for root, version in (("/api/v2/", "v2"), ("/api/v1/", "v1"), ("/v1/", "v1")):
        if path.startswith(root):
            return version, path[len(root) - 1 :].rstrip("/")
    return None
