"""Heavy reads at given hours: outside of them a read waits, and says until when."""

from collections.abc import Callable, Sequence
from datetime import datetime, time as clock, timedelta
from typing import TypeVar

from adapters.protocols import AdapterError, Flow
from engine.asking import Wire

T = TypeVar("T")


def parse(text: str) -> tuple[clock, clock]:
    """Hours as "20:00-06:00". Raises ValueError for anything else."""
    first, dash, last = text.partition("-")
    try:
        start, end = clock.fromisoformat(first.strip()), clock.fromisoformat(last.strip())
    except ValueError:
        start = end = clock()
    if not dash or start == end:
        raise ValueError(f'{text!r} are no hours: write them as "20:00-06:00"')
    return start, end


def until(now: datetime, start: clock, end: clock) -> datetime | None:
    """When the hours next begin; None when it is such an hour now. `now` is local time where the source is."""
    at = now.timetz().replace(tzinfo=None)
    inside = start <= at < end if start < end else at >= start or at < end
    if inside:
        return None
    begin = datetime.combine(now.date(), start, now.tzinfo)
    return begin if begin > now else begin + timedelta(days=1)


class InHours:
    """A wire that is used at given hours only.

    Args:
        now: local time where the source is. sleep: waits, in seconds. say: is told of each wait.
    """

    def __init__(
        self,
        wire: Wire,
        hours: tuple[clock, clock],
        now: Callable[[], datetime],
        sleep: Callable[[float], None],
        say: Callable[[str], None],
    ) -> None:
        self._wire = wire
        self._hours = hours
        self._now = now
        self._sleep = sleep
        self._say = say

    def one(self, flow: Flow[T]) -> T:
        """Run one flow when it is time."""
        self._wait()
        return self._wire.one(flow)

    def many(self, flows: Sequence[Flow[T]]) -> list[T | AdapterError]:
        """Run flows when it is time."""
        self._wait()
        return self._wire.many(flows)

    def _wait(self) -> None:
        while begin := until(self._now(), *self._hours):
            start, end = self._hours
            self._say(f"the source is read between {start:%H:%M} and {end:%H:%M} only: waiting until {begin:%a %H:%M}")
            self._sleep(max((begin - self._now()).total_seconds(), 1.0))
