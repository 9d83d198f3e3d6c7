"""A simulated account: the driver and its throttle against a sandbox in memory, in an event loop whose time is virtual.

Hours pass in no time: whenever all tasks wait, the clock jumps to the first that is due.
"""

import asyncio
import selectors
from collections.abc import Sequence
from typing import Any, TypeVar

from adapters.driver import Driver
from adapters.protocols import AdapterError, Flow, Request, Response
from adapters.sandbox.faults import ConnectionCutError
from adapters.sandbox.pipedrive import in_memory
from adapters.sandbox.settings import Settings
from adapters.sandbox.world import InMemory
from adapters.throttle import Throttle
from adapters.transport import LostError

T = TypeVar("T")

LATENCY = 0.15
"""Seconds to the server and back."""
IN_FLIGHT = 16
MIDNIGHT = 1_780_030_800.0
"""A moment at which the day of a sandbox account begins (2026-05-29, 05:00 UTC)."""


class VirtualSelector(selectors.SelectSelector):
    """Waits for nothing: what was to be waited is added to `now`."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Look once, and let the time pass."""
        self.now += max(timeout or 0.0, 0.0)
        return super().select(0)


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop that lives in the time of its selector."""

    def __init__(self) -> None:
        self.clock = VirtualSelector()
        super().__init__(self.clock)

    def time(self) -> float:
        """Virtual seconds since the loop was made."""
        return self.clock.now


class Simulated:
    """The wire of a simulated account. `answers`: when each answer left, by virtual time, with its status.

    `sandbox`: in the place of a Pipedrive account with these settings. `reserve`: tokens of a day that are not touched.
    `most`: how many requests were under way at once.
    """

    def __init__(self, destination: Any, *, sandbox: InMemory | None = None, reserve: int = 0, **settings: Any) -> None:
        self.sandbox = sandbox or in_memory(Settings(**settings))
        self.answers: list[tuple[float, int]] = []
        self.most = 0
        self._under_way = 0
        self._loop = VirtualLoop()
        self._driver = Driver(
            self._send,
            destination,
            throttle=Throttle(now=self._loop.time, sleep=asyncio.sleep, reserve=reserve),
            sleep=asyncio.sleep,
            random=lambda: 0.5,
            deadline_seconds=30.0,
        )

    @property
    def now(self) -> float:
        """Virtual seconds so far."""
        return self._loop.time()

    @property
    def spent(self) -> int:
        """Tokens charged so far."""
        return self._driver.throttle.spent

    @property
    def left(self) -> int | None:
        """Tokens left today."""
        return self._driver.throttle.left

    @property
    def slowest(self) -> float:
        """Seconds that the slowest answer to a write took."""
        return self._driver.slowest

    def one(self, flow: Flow[T]) -> T:
        """Run one flow."""
        return self._loop.run_until_complete(self._driver.run(flow))

    def many(self, flows: Sequence[Flow[T]]) -> list[T | AdapterError]:
        """Run flows side by side."""
        return self._loop.run_until_complete(self._driver.run_all(flows, IN_FLIGHT))

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self._loop.run_until_complete(asyncio.sleep(seconds))

    def close(self) -> None:
        """Close the loop."""
        self._loop.close()

    async def _send(self, request: Request) -> Response:
        self._under_way += 1
        self.most = max(self.most, self._under_way)
        try:
            return await self._exchange(request)
        finally:
            self._under_way -= 1

    async def _exchange(self, request: Request) -> Response:
        await asyncio.sleep(LATENCY / 2)
        self.sandbox.now = MIDNIGHT + self.now
        try:
            response = self.sandbox.answer(request)
        except ConnectionCutError as error:
            raise LostError(str(error)) from None
        self.answers.append((self.now, response.status))
        await asyncio.sleep(LATENCY / 2)
        return response
