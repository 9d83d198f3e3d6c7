"""Asking a source: flows run over its network, or by themselves where it has none."""

from collections.abc import Sequence
from typing import Protocol, TypeVar

from adapters.protocols import AdapterError, Flow

T = TypeVar("T")


class Wire(Protocol):
    """What runs the flows of an account."""

    def one(self, flow: Flow[T]) -> T:
        """Run one flow; raises its AdapterError."""
        ...

    def many(self, flows: Sequence[Flow[T]]) -> list[T | AdapterError]:
        """Run flows side by side; the result or the AdapterError of each."""
        ...


class NoWire:
    """For a source that needs no network."""

    def one(self, flow: Flow[T]) -> T:
        """Run one flow. Raises TypeError where it asks for something."""
        try:
            request = next(flow)
        except StopIteration as stop:
            result: T = stop.value
            return result
        raise TypeError(f"this source asks for {request.path}: it needs a network")

    def many(self, flows: Sequence[Flow[T]]) -> list[T | AdapterError]:
        """Run flows, one after the other."""
        outcomes: list[T | AdapterError] = []
        for flow in flows:
            try:
                outcomes.append(self.one(flow))
            except AdapterError as error:
                outcomes.append(error)
        return outcomes
