"""One source under test: its flows are run by the real driver, every request can be watched, and answers spoilt."""

import hashlib
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, Literal, TypeVar, cast

import msgspec
import pytest

from adapters.conformance.sources.bench import LoginBench, Open, SourceBench
from adapters.connector import Session
from adapters.driver import Driver, Transport
from adapters.protocols import (
    Flow,
    Incremental,
    ObjectSchema,
    Page,
    Probing,
    Record,
    RemoteSource,
    Request,
    Response,
    Schema,
    Source,
    Verdict,
)
from adapters.throttle import Throttle
from adapters.transport import LostError

T = TypeVar("T")

Fault = Literal["busy", "down", "truncated"]
"""What an answer meets: "busy" 429, come again; "down" 500; "truncated" an answer that breaks off in the middle."""

PAGES_MAX = 10_000
"""More pages of one object than any bench holds: a source that gives so many goes round in a circle."""

PAGE_RECORDS_MAX = 2_000
"""Records that a page may have at most: what is in memory at once."""


class Stage:
    """Runs flows against a bench.

    said: every request that was sent so far, with what came back. logins: those that asked for a session.
    """

    def __init__(self, name: str, open: Open, folder: Path) -> None:
        self.name = name
        self.bench: SourceBench = open(folder)
        self.holds = self.bench.holds
        self.source: Source = self.bench.source()
        self.said: list[tuple[Request, Response]] = []
        self.logins: list[Request] = []
        self.fault: Fault | None = None
        self._seconds = 0.0
        self._spoilt: set[bytes] = set()
        self._schema: Schema | None = None
        renew = self._log_in if isinstance(self.bench, LoginBench) else None
        self._driver = self._drives(self._send, renew)
        self._entrance = self._drives(self._ask_for_a_session)

    def _drives(self, send: Transport, renew: Callable[[], Awaitable[bool]] | None = None) -> Driver:
        return Driver(
            send, self, throttle=Throttle(now=lambda: self._seconds, sleep=self._sleep), sleep=self._sleep,
            random=lambda: 0.5, deadline_seconds=60.0, renew=renew,
        )  # fmt: skip

    def close(self) -> None:
        """Let go of everything."""
        self._driver.close()
        self._entrance.close()
        self.bench.close()

    # --- flows -----------------------------------------------------------------------------------------------------

    def run(self, flow: Flow[T]) -> T:
        """A flow's result. Raises the AdapterError that the driver raises."""
        return self._driver.drive(flow)

    def again(self) -> Schema:
        """Start over with a source that remembers nothing, as another process does: it is described first."""
        self.source = self.bench.source()
        self._schema = None
        return self.schema

    @property
    def remote(self) -> bool:
        """Whether the source has a network."""
        return hasattr(self.source, "verdict")

    @property
    def schema(self) -> Schema:
        """What the present source says of the system."""
        if self._schema is None:
            self._schema = self.run(self.source.schema())
        return self._schema

    @property
    def objects(self) -> tuple[ObjectSchema, ...]:
        """The objects of the schema."""
        return self.schema.objects

    def pages(self, object: str, at: str | None = None, since: str | None = None) -> list[Page]:
        """The pages of an object from a cursor on."""
        assert self.schema
        found = [self.run(self.source.read(object, since, at))]
        seen = {at}
        while (next := found[-1].next) is not None:
            assert next not in seen, f"{object}: the cursor {next!r} comes twice; the pages go round in a circle"
            assert len(found) < PAGES_MAX, f"{object}: more than {PAGES_MAX} pages"
            seen.add(next)
            found.append(self.run(self.source.read(object, since, next)))
        return found

    def records(self, object: str, since: str | None = None) -> list[Record]:
        """All records of an object."""
        return [record for page in self.pages(object, since=since) for record in page.records]

    def incremental(self) -> Incremental:
        """The source, which tells what changed; the test is skipped aloud where it cannot."""
        if not isinstance(self.source, Incremental):
            pytest.skip(f"{self.name} is read whole each time")
        return self.source

    def probing(self) -> Probing:
        """The source, which can be probed; the test is skipped aloud where it cannot."""
        if not isinstance(self.source, Probing):
            pytest.skip(f"{self.name} cannot be probed")
        return self.source

    def entrance(self) -> LoginBench:
        """The bench, whose system must be logged in to; the test is skipped aloud where there is none."""
        if not isinstance(self.bench, LoginBench):
            pytest.skip(f"{self.name} has no sessions")
        return self.bench

    def enter(self) -> Session:
        """A new session, in which everything is asked from here on."""
        bench = self.entrance()
        session = self._entrance.drive(bench.login())
        bench.enter(session)
        return session

    # --- what the driver asks --------------------------------------------------------------------------------------

    def price(self, request: Request) -> int:
        """What a request costs, for the driver."""
        return self._asked(request).price(request)

    def verdict(self, request: Request, response: Response) -> Verdict:
        """What became of a request, for the driver."""
        return self._asked(request).verdict(request, response)

    def _asked(self, request: Request) -> RemoteSource:
        assert self.remote, f"{self.name} asks {request.method} {request.path}, and is no RemoteSource"
        return cast("RemoteSource", self.source)

    async def _sleep(self, seconds: float) -> None:
        self._seconds += seconds

    async def _send(self, request: Request) -> Response:
        self._seconds += 0.1
        # refused before it leaves: a trial account must not be written to by a test of reading
        assert not request.unsafe, f"{self.name} sends {request.method} {request.path}: a source only asks"
        mark = msgspec.json.encode([request.method, request.path, request.query, str(request.body)])
        response = await self.bench.send(request)
        if self.fault is not None and mark not in self._spoilt:
            self._spoilt.add(mark)
            if self.fault == "truncated" and (request.raw or request.save):
                raise LostError("the suite let the answer break off")  # as the client of HTTP tells of a short body
            response = _spoilt(self.fault, response)
        self.said.append((request, response))
        return _kept(response) if request.save or request.digest else response

    async def _log_in(self) -> bool:
        bench = self.entrance()
        bench.enter(await self._entrance.run(bench.login()))
        return True

    async def _ask_for_a_session(self, request: Request) -> Response:
        assert not request.unsafe, f"the login of {self.name} sends {request.method} {request.path}"
        self.logins.append(request)
        return await self.bench.send(request)

    def spoiling(self, fault: Fault) -> "Iterator[None]":
        """Spoil the first answer to each request from here on."""
        self.fault = fault
        self._spoilt.clear()
        yield
        self.fault = None


def _spoilt(fault: Fault, response: Response) -> Response:
    if fault == "busy":
        return Response(status=429, headers={"retry-after": "1"}, body={"error": "too many requests"})
    if fault == "down":
        return Response(status=500, text="Internal Server Error")
    text = response.text or msgspec.json.encode(response.body).decode()
    return msgspec.structs.replace(response, body=None, content=None, text=text[: len(text) // 2])


def _kept(response: Response) -> Response:
    """A file that arrived, as the driver tells of it."""
    if response.content is None:
        return response
    said: dict[str, Any] = {"sha256": hashlib.sha256(response.content).hexdigest(), "size": len(response.content)}
    return msgspec.structs.replace(response, body={**said, "path": ""}, content=None)
