"""The network between a process and the account: what is sent arrives, or late, or never; so do the answers."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import msgspec

from adapters.credentials import HeaderKey
from adapters.protocols import Request, Response
from adapters.sandbox import http
from adapters.sandbox.faults import ConnectionCutError
from adapters.sandbox.world import InMemory
from adapters.secret import Secret
from adapters.transport import Http, LostError, NotSentError
from tests.engine.world import TOKEN
from tests.simulation.loop import VirtualLoop
from tests.simulation.machine import Machine
from tests.simulation.people import People
from tests.simulation.weather import DEADLINE, Weather

URL = "https://acme.pipedrive.com"

TURNED_AWAY = frozenset({403, 429, 500, 502, 503, 504})
"""Answers that are the weather's."""


class Network:
    """Carries requests to one account.

    Args:
        machine: its clock and dice. weather: of now. sandbox: the account. people: they are told what arrives.
        offset: the account's time when the play begins.
    """

    def __init__(self, machine: Machine, weather: Weather, sandbox: InMemory, people: People, offset: float) -> None:
        self.machine = machine
        self.weather = weather
        self.sandbox = sandbox
        self.people = people
        self.offset = offset

    async def send(self, request: Request) -> Response:
        """One request of the adapter's: a transport of the driver."""
        return await self.carry(request, lambda: self.sandbox.answer(request))

    async def carry(self, request: Request, act: Callable[[], Response]) -> Response:
        """One request: the server acts on it by itself, whatever becomes of the process meanwhile.

        Raises NotSentError or LostError. An answer that is lost never comes: the caller has a deadline.
        """
        machine, weather, dice = self.machine, self.weather, self.machine.dice
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop)
        there, back = dice.uniform(0.02, 0.2), dice.uniform(0.02, 0.2)
        if dice.random() < weather.refused:
            machine.tell("refused", request.method, request.path)
            await asyncio.sleep(there)
            raise NotSentError("no connection")
        answer: asyncio.Future[Response] = loop.create_future()
        if dice.random() < weather.vanished:
            machine.tell("vanished", request.method, request.path)
        else:
            lost = dice.random() < weather.lost
            if dice.random() < weather.late:
                there, lost = dice.uniform(DEADLINE, weather.latest), True
                machine.tell("late", request.method, request.path)
            machine.at(machine.now + there, lambda: self._arrives(request, act, loop, answer, back, lost=lost))
        response = await answer
        machine.point("answered")
        return response

    def _arrives(
        self,
        request: Request,
        act: Callable[[], Response],
        loop: VirtualLoop,
        answer: "asyncio.Future[Response]",
        back: float,
        *,
        lost: bool,
    ) -> None:
        """The server acts on a request."""
        machine = self.machine
        self.sandbox.now = now = self.offset + machine.now
        result: Response | Exception
        try:
            result = act()
        except ConnectionCutError as error:
            result = LostError(str(error))
        if isinstance(result, Response) and result.status < 300:
            self.people.saw(request)
            result = self._trailing(request, result, now)
        if not isinstance(result, Response) or result.status in TURNED_AWAY:
            machine.counts["turned away"] += 1
        machine.tell("arrives", request.method, request.path, result.status if isinstance(result, Response) else "cut")
        if lost:
            machine.tell("lost", request.method, request.path)
            return
        back += self.sandbox.now - now
        machine.at(machine.now + back, lambda: loop.soon(_deliver, answer, result))

    def _trailing(self, request: Request, answer: Response, now: float) -> Response:
        """A list of what has changed since a time trails: what was made just now is not in it yet."""
        asked = request.method == "GET" and "updated_since" in request.query and isinstance(answer.body, dict)
        if not self.weather.trails or not asked:
            return answer
        until = _moment(now - self.machine.dice.uniform(0, self.weather.trails))
        rows = [row for row in answer.body["data"] or () if _stamp(row) <= until]
        return msgspec.structs.replace(answer, body=answer.body | {"data": rows})


def _stamp(row: dict[str, Any]) -> str:
    """When a row was made; the old API writes it with a space."""
    return str(row["add_time"]).replace(" ", "T").removesuffix("Z")


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds").removesuffix("+00:00")


def _deliver(answer: "asyncio.Future[Response]", result: Response | Exception) -> None:
    if answer.done():
        return
    if isinstance(result, Response):
        answer.set_result(result)
    else:
        answer.set_exception(result)


class Line(httpx.AsyncBaseTransport):
    """The same network below the HTTP client: bytes go out and come back, and the connection tells of its steps."""

    def __init__(self, network: Network) -> None:
        self.network = network

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """As a connection does it. Raises what httpx raises for a connection that fails."""
        body = await request.aread()
        trace = request.extensions.get("trace")
        for step in ("send_request_headers", "send_request_body"):
            if trace is not None:
                await trace(f"http11.{step}.started", {})
        scope = {
            "method": request.method,
            "raw_path": request.url.raw_path.split(b"?")[0],
            "query_string": request.url.query,
            "headers": [(name.lower(), value) for name, value in request.headers.raw],
            "scheme": request.url.scheme,
        }
        made = http.call(scope, body)
        try:
            answer = await self.network.carry(made.request, lambda: self.network.sandbox.take(made))
        except NotSentError as error:
            raise httpx.ConnectError(str(error)) from None
        except LostError as error:
            raise httpx.ReadError(str(error)) from None
        headers, content = http.written(answer, self.network.sandbox.now)
        return httpx.Response(answer.status, headers=headers, content=content, request=request)


class HttpOverLine(Http):
    """The driver's HTTP client, over such a line."""

    def __init__(self, network: Network, permit: Callable[[], None]) -> None:
        super().__init__(URL, HeaderKey("x-api-token", Secret(TOKEN)), timeout_seconds=DEADLINE, permit=permit)
        self._line = Line(network)

    def _open(self) -> httpx.AsyncClient:
        if self._client is None:
            self._client = httpx.AsyncClient(transport=self._line, follow_redirects=False)
        return self._client
