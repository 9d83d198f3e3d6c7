"""The driver: runs flows over a network. The only place that has one.

    AdapterError              what happened                                      what the driver did
    ├── RefusedError          the server said no                                 thrown into the flow
    ├── InDoubtError          an unsafe request, no usable answer                thrown into the flow, never resent
    ├── BudgetSpentError      the day's tokens are gone                          thrown into the flow
    └── UnreachableError      no connection, or a safe request keeps failing     sent again first, bounded
        └── CredentialsError  the token is not accepted, the account not open    thrown into the flow

A request that certainly was not applied (no connection; 429) and a safe one are sent again after a pause; an unsafe one
never is. A pause that the server asks for does not use up the attempts, a pause of zero included.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self, TypeVar
from urllib.parse import urlsplit

import msgspec

from adapters.credentials import Credentials
from adapters.protocols import (
    AdapterError,
    BudgetSpentError,
    CredentialsError,
    Flow,
    InDoubtError,
    Refused,
    RefusedError,
    Request,
    Response,
    StaleError,
    Unknown,
    UnreachableError,
    Verdict,
    Wait,
)
from adapters.throttle import Throttle
from adapters.transport import Files, Http, LostError, NotSentError, UnsendableError, no_files

T = TypeVar("T")

ATTEMPTS = 6
"""How often a request is sent at most, not counting those that the server asked us to repeat."""
PATIENCE_SECONDS = 900.0
"""How long the pauses of one request may be in all, however often the server asks for another."""
JOB_SECONDS = 4 * 3600.0
"""How long a job of the server is waited for."""
UPLOAD_BYTES_A_SECOND = 50_000
"""How fast a file goes up at least: its answer is waited for so much longer."""
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0


class Tariff(Protocol):
    """What the driver must know of the system that it talks to."""

    def price(self, request: Request) -> int:
        """What a request costs."""
        ...

    def verdict(self, request: Request, response: Response) -> Verdict:
        """What became of a request."""
        ...


Transport = Callable[[Request], Awaitable[Response]]
"""Sends one request once. Raises `NotSentError` when it certainly did not arrive, `LostError` when nobody knows."""

OnExchange = Callable[[Request, Response | Exception, int], None]
"""Told of each exchange: the request (which never holds a credential), what came back, the tokens charged."""


class _Pause(msgspec.Struct, frozen=True):
    """Why a request is to be sent again, and when. `free`: it does not use up an attempt; `patient`: nor patience."""

    why: str
    seconds: float | None = None
    free: bool = False
    patient: bool = False


class Driver:
    """Runs flows against one account.

    `now` is a monotonic clock in seconds, `sleep` waits, `random` gives numbers in [0, 1). After `deadline_seconds` no
    answer to a request that was sent is waited for any longer: an unsafe request is then in doubt. `permit` is called
    right before each unsafe request leaves, after all waiting (over HTTP again before its head, and before its body);
    what it raises ends everything that is under way. `renew` logs in again when the session has ended, once a request;
    False: it cannot. `slowest`: how many seconds the slowest answer to an unsafe request took, uploads apart.
    """

    def __init__(
        self,
        transport: Transport,
        destination: Tariff,
        *,
        throttle: Throttle,
        sleep: Callable[[float], Awaitable[None]],
        random: Callable[[], float],
        deadline_seconds: float,
        on_exchange: OnExchange | None = None,
        permit: Callable[[], None] = lambda: None,
        close: Callable[[], Awaitable[None]] | None = None,
        renew: Callable[[], Awaitable[bool]] | None = None,
    ) -> None:
        self._transport = transport
        self._destination = destination
        self._sleep = sleep
        self._random = random
        self._on_exchange = on_exchange
        self._permit = permit
        self._close = close
        self._renew = renew
        self._runner: asyncio.Runner | None = None
        self.throttle = throttle
        self.slowest = 0.0
        self.deadline_seconds = deadline_seconds

    @classmethod
    def over_http(
        cls,
        base_url: str,
        credentials: Credentials,
        destination: Tariff,
        *,
        now: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
        random: Callable[[], float],
        client_timeout_seconds: float = 30.0,
        files: Files = no_files,
        downloads: Path | None = None,
        throttle: Throttle | None = None,
        renew: Callable[[], Awaitable[bool]] | None = None,
        on_exchange: OnExchange | None = None,
        permit: Callable[[], None] = lambda: None,
    ) -> Self:
        """A driver with an HTTP client of its own; `throttle` is given where several drivers share an account."""
        http = Http(
            base_url,
            credentials,
            timeout_seconds=client_timeout_seconds,
            files=files,
            downloads=downloads,
            permit=permit,
        )
        return cls(
            http,
            destination,
            throttle=throttle or Throttle(now=now, sleep=sleep),
            sleep=sleep,
            random=random,
            deadline_seconds=client_timeout_seconds,
            on_exchange=on_exchange,
            permit=permit,
            close=http.aclose,
            renew=renew,
        )

    # --- flows ---------------------------------------------------------------------------------------------------

    async def run(self, flow: Flow[T]) -> T:
        """Run one flow to its end. Raises the AdapterError that the flow does not catch."""
        try:
            request = next(flow)
            while True:
                try:
                    response = await self.send(request)
                except AdapterError as error:
                    request = flow.throw(error)
                else:
                    request = flow.send(response)
        except StopIteration as stop:
            result: T = stop.value
            return result
        finally:
            flow.close()

    async def run_all(self, flows: Iterable[Flow[T]], in_flight: int) -> list[T | AdapterError]:
        """Run flows, `in_flight` at once; each one's result or AdapterError, in the order of the flows."""
        waiting = enumerate(flows)
        outcomes: dict[int, T | AdapterError] = {}

        async def work() -> None:
            for index, flow in waiting:
                try:
                    outcomes[index] = await self.run(flow)
                except AdapterError as error:
                    outcomes[index] = error

        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(in_flight):
                    group.create_task(work())
        except BaseExceptionGroup as errors:
            raise errors.exceptions[0] from None
        return [outcomes[index] for index in sorted(outcomes)]

    def drive(self, flow: Flow[T]) -> T:
        """`run`, for a caller without an event loop."""
        return self._loop().run(self.run(flow))

    def drive_all(self, flows: Iterable[Flow[T]], in_flight: int) -> list[T | AdapterError]:
        """`run_all`, for a caller without an event loop."""
        return self._loop().run(self.run_all(flows, in_flight))

    async def aclose(self) -> None:
        """Close the connections."""
        if self._close is not None:
            await self._close()

    def close(self) -> None:
        """Close the connections and the event loop that `drive` made."""
        self._loop().run(self.aclose())
        self._loop().close()
        self._runner = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _loop(self) -> asyncio.Runner:
        if self._runner is None:
            self._runner = asyncio.Runner()
        return self._runner

    # --- one request ---------------------------------------------------------------------------------------------

    async def send(self, request: Request) -> Response:
        """One request until it is done. Raises an AdapterError when it is refused, in doubt, too late or hopeless."""
        asked = self.throttle.now()
        attempts = 0
        pauses = 0
        paused = 0.0
        renewed = self._renew is None
        while True:
            try:
                outcome = await self._attempt(request, asked)
            except CredentialsError:
                if renewed or self._renew is None or not await self._renew():
                    raise
                renewed = True
                continue
            if isinstance(outcome, Response):
                return outcome
            attempts += 0 if outcome.free else 1
            pauses += 1
            if attempts >= ATTEMPTS or paused >= PATIENCE_SECONDS:
                raise UnreachableError(
                    f"{request.method} {request.path} was given up after {pauses} attempts: {outcome.why}. Nothing was"
                    " changed by it. Check the address and the account, then run again."
                )
            seconds = outcome.seconds or self._backoff(pauses)
            await self._sleep(seconds)
            paused += seconds if not outcome.patient else seconds * PATIENCE_SECONDS / JOB_SECONDS

    async def _attempt(self, request: Request, asked: float) -> Response | _Pause:
        """Send once: the answer when it is done, else the pause before the next attempt."""
        tokens = self._destination.price(request)
        await self.throttle.admit(tokens, search=_is_search(request))
        response: Response | None = None
        failure: NotSentError | LostError
        size = request.upload.size if request.upload else 0
        # how long a file takes to come nobody knows: it is enough that its bytes go on coming
        deadline = None if request.save else self.deadline_seconds + size / UPLOAD_BYTES_A_SECOND
        started = self.throttle.now()
        if request.within is not None and started - asked > request.within:
            self.throttle.settle(tokens, charged=False)
            raise StaleError(f"{request.method} {request.path} had to wait for {started - asked:.0f} seconds")
        try:
            if request.unsafe:
                self._permit()
            async with asyncio.timeout(deadline):
                response = await self._transport(request)
        except (NotSentError, LostError) as error:
            failure = error
        except UnsendableError as error:
            self.throttle.settle(tokens, charged=False)
            raise RefusedError(Refused(status=0, message=str(error), code="unsendable")) from None
        except TimeoutError:
            failure = LostError(f"no answer within {deadline or 0:g} seconds")
        except BaseException:
            self.throttle.settle(tokens, charged=True)
            raise
        # out of the except block, so that no error of ours drags the client's (which knows the headers) along
        if response is None:
            return self._failed(request, failure, tokens)
        if request.unsafe and request.upload is None:
            self.slowest = max(self.slowest, self.throttle.now() - started)
        return self._answered(request, response, tokens)

    def _failed(self, request: Request, failure: NotSentError | LostError, tokens: int) -> _Pause:
        sent = isinstance(failure, LostError)
        self.throttle.settle(tokens, charged=sent)
        self._tell(request, failure, tokens if sent else 0)
        if sent and request.unsafe:
            raise InDoubtError(f"{request.method} {request.path}: {failure}; it may or may not have been applied.")
        return _Pause(str(failure))

    def _answered(self, request: Request, response: Response, tokens: int) -> Response | _Pause:
        verdict = self._destination.verdict(request, response)
        charged = not isinstance(verdict, Wait) or verdict.cause == "server"
        self.throttle.settle(tokens, charged=charged, headers=response.headers)
        self._tell(request, response, tokens if charged else 0)
        if 300 <= response.status < 400 and not request.unsafe:
            parts = urlsplit(response.headers.get("location", ""))  # what follows the host may be a signature
            where = f"{parts.scheme}://{parts.hostname}" if parts.hostname else "elsewhere"
            raise UnreachableError(f"The address redirects to {where}, where the token is not sent: set that address.")
        if isinstance(verdict, Wait):
            return self._wait(verdict, response)
        if isinstance(verdict, Refused):
            raise _refused(request, verdict)
        if isinstance(verdict, Unknown):
            if request.unsafe:
                raise InDoubtError(verdict.reason)
            return _Pause(verdict.reason)
        return response

    def _wait(self, verdict: Wait, response: Response) -> _Pause:
        if verdict.cause == "daily":
            self.throttle.day_is_spent(verdict.seconds)
            when = "after the account's midnight" if verdict.seconds is None else f"in {verdict.seconds:g} seconds"
            message = f"The account's daily budget is spent. Run again {when}; it goes on where it stopped."
            raise BudgetSpentError(message, verdict.seconds)
        if verdict.cause == "running":
            return _Pause("it is still being made", verdict.seconds, free=True, patient=True)
        if verdict.seconds:
            self.throttle.hold(verdict.seconds)
        why = "the account's burst limit" if verdict.cause == "burst" else f"the server answers {response.status}"
        return _Pause(why, verdict.seconds, free=verdict.cause == "burst")

    def _backoff(self, pauses: int) -> float:
        """Exponential, with jitter: between half and all of the full pause."""
        full = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2.0 ** min(pauses - 1, 10))
        return full * (0.5 + self._random() / 2)

    def _tell(self, request: Request, outcome: Response | Exception, tokens: int) -> None:
        if self._on_exchange is not None:
            self._on_exchange(request, outcome, tokens)


def _refused(request: Request, verdict: Refused) -> AdapterError:
    if verdict.status in (401, 402):
        what = "does not accept our token" if verdict.status == 401 else "is not open"
        return CredentialsError(
            f"The account {what} ({verdict.status}: {verdict.message}). Nothing was changed by {request.method}"
            f" {request.path}. Check its token and the account, then run again."
        )
    return RefusedError(verdict)


def _is_search(request: Request) -> bool:
    """Searches have a window of their own, whatever the plan."""
    return "search" in request.path.lower()
