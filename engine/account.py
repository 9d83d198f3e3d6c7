"""An account: one destination of one migration, as the engine reaches it: adapter, driver, settings, one throttle."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol, TypeVar, runtime_checkable

import msgspec

from adapters.protocols import AdapterError, Destination, Fields, Flow, Record, Request, Schema
from engine import asking

T = TypeVar("T")


class Wire(asking.Wire, Protocol):
    """What runs flows against the account, and counts what they cost."""

    @property
    def spent(self) -> int:
        """Units spent by this process."""
        ...

    @property
    def left(self) -> int | None:
        """Units left today, where the account says so."""
        ...

    @property
    def slowest(self) -> float:
        """Seconds that the slowest answer to a write of this process took."""
        ...


class Costs(Protocol):
    """What an adapter can say about costs beforehand."""

    def cost(self, entity: str, action: Any, fields: Fields | None = None) -> float:
        """Units of one action (create, update, delete) on one record, what is read for it alone included."""
        ...

    def reading(self, entity: str, count: int, held: int) -> float:
        """Units of reading `count` records by their ids, of `held` that the account has."""
        ...

    def learning(self, entities: Iterable[str]) -> float:
        """Units of what a fresh process asks once before it writes records of these entities."""
        ...

    def pace(self, seats: int) -> tuple[float, int]:
        """Requests a second, and units a day, that the account allows with so many users."""
        ...

    def schema_price(self) -> int:
        """Units of one reading of the schema."""
        ...


@runtime_checkable
class SharedCosts(Protocol):
    """The same of an adapter whose creates may share a request."""

    def shared(self, entity: str, count: int) -> float:
        """Units of the one request that creates so many records."""
        ...


class Account(msgspec.Struct, kw_only=True):
    """One destination account.

    target: its name in the workspace. settle_seconds, visible_seconds: the least that the two bounds of `engine.bounds`
    are, whatever was measured. now: a monotonic clock in seconds. sleep: waits that many seconds.
    """

    target: str
    destination: Destination
    costs: Costs
    wire: Wire
    settle_seconds: float
    visible_seconds: float
    now: Callable[[], float]
    sleep: Callable[[float], None]

    def fetch(self, schema: Schema, entity: str, wanted: Mapping[str, Iterable[str]]) -> dict[str, Record]:
        """The live records among the ids of `wanted`; of the keys beside an id, what lists leave out is read, too."""
        there = schema.object(entity)
        details = {f.key for f in there.fields if f.detail} if there else set()
        keys = {id: details.intersection(of) for id, of in wanted.items()}
        found: dict[str, Record] = {}
        for asked in ([id for id in keys if not keys[id]], [id for id in keys if keys[id]]):
            if asked:
                read = sorted(set().union(*(keys[id] for id in asked)))
                found |= self.wire.one(self.destination.fetch(entity, asked, read))
        return found


class Sent:
    """Watches a flow and keeps its last unsafe request, for the log, and when that was answered, by the given clock.

    within: see `Request.within`.
    """

    def __init__(self, now: Callable[[], float] = lambda: 0.0, within: float | None = None) -> None:
        self.request: Request | None = None
        self.answered = 0.0
        self._now = now
        self._within = within

    def watch(self, flow: Flow[T]) -> Flow[T]:
        """The same flow, watched."""
        try:
            request = next(flow)
            while True:
                if request.unsafe:
                    request = msgspec.structs.replace(request, within=self._within)
                    self.request = request
                try:
                    response = yield request
                except AdapterError as error:
                    request = flow.throw(error)
                else:
                    self.answered = self._now() if request.unsafe else self.answered
                    request = flow.send(response)
        except StopIteration as stop:
            result: T = stop.value
            return result

    def body(self) -> Any:
        """What was sent, as it is recorded (paths and bodies hold no credentials)."""
        if self.request is None:
            return None
        request = self.request
        more = {"query": request.query, "actor": request.actor, "upload": msgspec.to_builtins(request.upload)}
        said = {"method": request.method, "path": request.path, "body": request.body}
        return said | {key: value for key, value in more.items() if value}
