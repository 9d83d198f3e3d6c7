"""Drives a flow by hand, with answers written down beforehand or with whatever answers requests."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from adapters.destinations.nutshell.verdicts import verdict
from adapters.protocols import (
    AdapterError,
    Done,
    Flow,
    InDoubtError,
    Json,
    Refused,
    RefusedError,
    Request,
    Response,
    Unknown,
)

T = TypeVar("T")


def ok(result: Json) -> Response:
    """A success of JSON-RPC."""
    return Response(status=200, body={"result": result, "id": "1", "error": None, "jsonrpc": "2.0"})


def no(code: int, message: str = "no") -> Response:
    """An error of JSON-RPC: HTTP 200 all the same."""
    return Response(
        status=200, body={"result": None, "id": "1", "error": {"code": code, "message": message, "data": None}}
    )


def rest(body: Json, status: int = 200) -> Response:
    """An answer of REST."""
    return Response(status=status, body=body)


def missing() -> Response:
    """REST's page for what there is not."""
    return Response(status=404, text="<html><title>An Error Occurred: Not Found</title></html>")


def drive(flow: Flow[T], answers: Iterable[Response] | Callable[[Request], Response]) -> tuple[T, list[Request]]:
    """The flow's result and the requests that it made, in order."""
    requests: list[Request] = []
    given = iter(()) if callable(answers) else iter(answers)

    def judged(request: Request) -> Response | AdapterError:
        requests.append(request)
        response = answers(request) if callable(answers) else next(given)
        found = verdict(request, response)
        if isinstance(found, Refused):
            return RefusedError(found)
        if isinstance(found, Unknown):
            return InDoubtError(found.reason)
        assert isinstance(found, Done), found
        return response

    try:
        request = next(flow)
        while True:
            response = judged(request)
            request = flow.throw(response) if isinstance(response, AdapterError) else flow.send(response)
    except StopIteration as stop:
        return stop.value, requests
