"""Drives a flow by hand, with answers written down beforehand."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from adapters.destinations.pipedrive.verdicts import verdict
from adapters.protocols import Done, Flow, Json, Refused, RefusedError, Request, Response

T = TypeVar("T")


def ok(data: Json, **more: Json) -> Response:
    """A success with this data."""
    return Response(status=200, body={"success": True, "data": data, **more})


def refused(status: int, error: str = "no") -> Response:
    """A refusal in the server's words."""
    return Response(status=status, body={"success": False, "error": error})


def drive(flow: Flow[T], answers: Iterable[Response] | Callable[[Request], Response]) -> tuple[T, list[Request]]:
    """The flow's result and the requests that it made, in order."""
    requests: list[Request] = []
    given = iter(()) if callable(answers) else iter(answers)

    def answer(request: Request) -> Response:
        requests.append(request)
        return answers(request) if callable(answers) else next(given)

    try:
        request = next(flow)
        while True:
            response = answer(request)
            judged = verdict(request, response)
            if isinstance(judged, Refused):
                request = flow.throw(RefusedError(judged))
            else:
                assert isinstance(judged, Done), judged
                request = flow.send(response)
    except StopIteration as stop:
        return stop.value, requests
