"""What the author of an adapter provides: a bench, which is an account to try the adapter on."""

from collections.abc import Callable, Mapping
from importlib.metadata import entry_points
from typing import Literal, Protocol

import msgspec

from adapters.protocols import Destination, Fields, Json, Request, Response
from adapters.transport import Files

GROUP = "cutover.conformance"
"""The entry-point group in which an installed package offers an `Open` under the name of its destination."""

Weather = Literal["busy", "down", "garbled", "stranger"]
"""What the next request meets: "busy", it is turned away for coming too soon; "down", a server error, applied or not;
"garbled", an answer in a form that is not the API's; "stranger", our credentials are not accepted."""


class CannotError(Exception):
    """A bench cannot do what it was asked; the message says why, and the test is skipped with it."""


class Ref(msgspec.Struct, frozen=True):
    """Stands in `Rules` for the id of a record of an entity, which the suite makes. Another number, another record."""

    entity: str
    number: int = 0


class New(msgspec.Struct, frozen=True):
    """As `Ref`, of a record that is made each time: where there may be one record for each pair of others."""

    entity: str


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """What the schema does not say of an account. Fields are named "deal.title"; every exception comes with its reason.

    samples: two different values of a field where a made-up one would be refused; one where there is only one.
    along: what must be written with a field ("deal.lost_reason") or with every record of an entity ("lead"); a tuple
    gives one value for each sample.
    moves: other fields that the server changes together with a field.
    final: fields that an update leaves as they are.
    kept: fields that cannot be emptied: None is refused, or leaves them as they are.
    unread: fields that cannot be read back.
    refused: by entity, fields of a create that the adapter lets pass and the server refuses.
    revised: entities of which the API tells that a record has changed since it was read.

    Exceptions are put to the test, too: one that does not hold fails.
    """

    samples: Mapping[str, tuple[Json, ...]] = {}
    along: Mapping[str, Fields] = {}
    moves: Mapping[str, tuple[str, ...]] = {}
    final: Mapping[str, str] = {}
    kept: Mapping[str, str] = {}
    unread: Mapping[str, str] = {}
    refused: Mapping[str, Fields] = {}
    revised: frozenset[str] = frozenset()


class Bench(Protocol):
    """One account that the suite may write to, empty or not; what the suite makes there it also deletes, mostly.

    A bench in memory opens a fresh account each time. One over a network may be a trial account; `send` is then an
    `adapters.transport.Http`.
    """

    rules: Rules

    def adapter(self) -> Destination:
        """The adapter as a process that has just started has it: it remembers nothing of the account."""
        ...

    async def send(self, request: Request) -> Response:
        """Send one request once, as an `adapters.driver.Transport`: raises NotSentError or LostError."""
        ...

    def now(self) -> float:
        """The account's time in seconds since 1970, UTC."""
        ...

    async def wait(self, seconds: float) -> None:
        """Let time pass: in a moment where it is virtual."""
        ...

    def weather(self, kind: Weather) -> None:
        """Let the account meet the next request so. Raises CannotError."""
        ...

    def spent(self) -> int:
        """What the account itself has counted against our budget so far, in the adapter's unit. Raises CannotError."""
        ...

    async def close(self) -> None:
        """Let go of the account."""
        ...


Open = Callable[[Files], Bench]
"""Opens a bench; the argument says where the bytes of an uploaded file lie, by their digest."""


def installed() -> dict[str, Open]:
    """The benches that installed packages offer, by the name of the destination."""
    return {point.name: point.load() for point in entry_points(group=GROUP)}
