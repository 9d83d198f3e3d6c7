"""What a handler is given: the texts of its path, the query, the body, and headers."""

from collections.abc import Mapping
from typing import NamedTuple

from adapters.protocols import Json
from adapters.sandbox.salesforce.errors import RefusedError
from adapters.sandbox.salesforce.state import Row


class Ask(NamedTuple):
    """One request, or one part of a batch."""

    method: str
    path: str
    params: Mapping[str, str]
    query: Mapping[str, str]
    body: Json
    headers: Mapping[str, str]

    def mapping(self) -> Row:
        """The body as a JSON object. Raises RefusedError."""
        if not isinstance(self.body, dict):
            raise RefusedError("JSON_PARSER_ERROR", "The HTTP entity body is required to be a JSON object")
        return self.body
