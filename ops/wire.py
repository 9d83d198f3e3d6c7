"""The wire of an account: its driver, made at the first use."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from adapters.driver import Driver
from adapters.protocols import AdapterError, Flow

T = TypeVar("T")


class LazyWire:
    """The account's wire: connects at the first use, so that what needs no network needs no token either."""

    def __init__(self, connect: Callable[[], Driver], in_flight: int) -> None:
        self._connect = connect
        self._in_flight = in_flight
        self._driver: Driver | None = None

    @property
    def spent(self) -> int:
        """Units spent by this process."""
        return self._driver.throttle.spent if self._driver else 0

    @property
    def left(self) -> int | None:
        """Units left today, where the account has said."""
        return self._driver.throttle.left if self._driver else None

    @property
    def slowest(self) -> float:
        """Seconds that the slowest answer to a write of this process took."""
        return self._driver.slowest if self._driver else 0.0

    def one(self, flow: Flow[T]) -> T:
        """Run one flow."""
        return self._open().drive(flow)

    def many(self, flows: Sequence[Flow[T]]) -> list[T | AdapterError]:
        """Run flows side by side."""
        return self._open().drive_all(flows, self._in_flight)

    def _open(self) -> Driver:
        if self._driver is None:
            self._driver = self._connect()
        return self._driver

    def close(self) -> None:
        """Close the connections."""
        if self._driver is not None:
            self._driver.close()
            self._driver = None
