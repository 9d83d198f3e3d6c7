"""What the author of a source adapter provides: a bench, which is a made-up system to read."""

from collections.abc import Callable, Mapping
from importlib.metadata import entry_points
from pathlib import Path
from typing import Protocol, runtime_checkable

import msgspec

from adapters.conformance.bench import CannotError as CannotError
from adapters.connector import Session
from adapters.protocols import Flow, Request, Response, Source

GROUP = "cutover.conformance.sources"
"""The entry-point group in which an installed package offers an `Open` under the name of its source."""


class Holds(msgspec.Struct, frozen=True, kw_only=True):
    """What the made-up system holds.

    counts: records by object, those that are given as deleted included; at least one object has more than fits on a
    page. gone: of those the deleted ones by object, each id with that of the record that it was merged into, or "".
    orphans: links, as "deal.company", some of whose ids name no record. files: SHA-256 (hex) by reference. missing:
    references of files that are not there. foreign: references of files on hosts where the credentials must not go.
    secrets: texts that must be seen nowhere.
    """

    counts: Mapping[str, int]
    gone: Mapping[str, Mapping[str, str]] = {}
    orphans: frozenset[str] = frozenset()
    files: Mapping[str, str] = {}
    missing: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()


class Later(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the system: ids of changed or new records, and of deleted ones, by object."""

    changed: Mapping[str, frozenset[str]] = {}
    deleted: Mapping[str, frozenset[str]] = {}


class SourceBench(Protocol):
    """One made-up system, fresh each time."""

    holds: Holds

    def source(self) -> Source:
        """The adapter as a process that has just started has it: it remembers nothing."""
        ...

    async def send(self, request: Request) -> Response:
        """Have the system answer one request; a file's bytes are `Response.content`. Without a network: CannotError."""
        ...

    def later(self) -> Later:
        """Let a day pass in which records are changed, made and deleted. Raises CannotError."""
        ...

    def close(self) -> None:
        """Let go of the system."""
        ...


@runtime_checkable
class LoginBench(SourceBench, Protocol):
    """The power of a bench whose system must be logged in to: it answers nobody who has no session."""

    def login(self) -> Flow[Session]:
        """The adapter's own login; until its end, `send` signs as the login's requests are signed."""
        ...

    def enter(self, session: Session) -> None:
        """Sign what is sent from here on with the session's credentials."""
        ...

    def end(self) -> None:
        """End every session."""
        ...


Open = Callable[[Path], SourceBench]
"""Opens a bench; the argument is an empty folder of its own."""


def installed() -> dict[str, Open]:
    """The benches that installed packages offer, by the name of the source."""
    return {point.name: point.load() for point in entry_points(group=GROUP)}
