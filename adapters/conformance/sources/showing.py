"""What is to be seen of a request by whoever sees it."""

from collections.abc import Iterator

from adapters.protocols import Request


def shown(request: Request) -> str:
    """Every text of a request; a `Secret` as it shows itself."""
    return "\n".join(_texts([request.path, request.query, request.headers, request.body]))


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from (str(key), *_texts(inner))
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner)
    else:
        yield str(value)
