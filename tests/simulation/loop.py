"""The event loop of a simulated process: asyncio on the machine's clock, without sockets, threads or a wall clock."""

import asyncio
from collections.abc import Callable
from typing import Any

from tests.simulation.machine import Machine


class VirtualLoop(asyncio.BaseEventLoop):
    """Where asyncio would wait for a socket or a timer, the process gives up its turn until then."""

    def __init__(self, machine: Machine) -> None:
        super().__init__()
        self.machine = machine
        self.process = machine.current
        self._selector: Any = self
        self._clock_resolution = 1e-9

    def time(self) -> float:
        """Virtual seconds."""
        return self.machine.now

    def select(self, timeout: float | None) -> list[Any]:
        """Asyncio asks this when nothing is ready."""
        if timeout is None or timeout > 0:
            self.machine.block(timeout)
        return []

    def soon(self, callback: Callable[..., object], *args: object) -> None:
        """Called by the world: run something in the process, which wakes up for it; a dead one does nothing."""
        if self.process is not None and not (self.process.dead or self.process.ended) and not self.is_closed():
            self.call_soon(callback, *args)
            self.machine.wake(self.process)

    # a thread has one pair of hooks for its asynchronous generators: each loop would close those of the others

    def _asyncgen_firstiter_hook(self, _generator: Any) -> None: ...

    def _asyncgen_finalizer_hook(self, _generator: Any) -> None: ...

    def call_exception_handler(self, context: Any) -> None:
        """What a dead process leaves unheard, nobody hears."""
        if not self.machine.over:
            super().call_exception_handler(context)

    def _process_events(self, _events: object) -> None: ...

    def _write_to_self(self) -> None: ...

    def run_in_executor(self, _executor: Any, function: Callable[..., Any], *args: Any) -> "asyncio.Future[Any]":  # type: ignore[override]
        """At once: a thread would be a second scheduler."""
        future = self.create_future()
        future.set_result(function(*args))
        return future
