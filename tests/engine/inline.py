"""Flows driven in line: each request is answered by a function, one after the other."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from adapters.protocols import AdapterError, Flow, Request, Response

T = TypeVar("T")
Exchange = Callable[[Request], Response]


def one(flow: Flow[T], exchange: Exchange) -> T:
    """A flow's result."""
    try:
        request = next(flow)
        while True:
            try:
                response = exchange(request)
            except AdapterError as error:
                request = flow.throw(error)
            else:
                request = flow.send(response)
    except StopIteration as stop:
        result: T = stop.value
        return result


def many(flows: Sequence[Flow[T]], exchange: Exchange) -> list[T | AdapterError]:
    """The results of flows, or what they raised."""
    results: list[T | AdapterError] = []
    for flow in flows:
        try:
            results.append(one(flow, exchange))
        except AdapterError as error:
            results.append(error)
    return results
