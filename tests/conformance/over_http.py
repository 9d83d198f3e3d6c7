"""A bench on a sandbox that is a process of its own, as one on a trial account would be: over HTTP, in real time."""

import asyncio
import os
import time

from adapters.conformance.bench import Bench, CannotError, Weather
from adapters.conformance.benches.pipedrive import RULES
from adapters.credentials import HeaderKey
from adapters.destinations.pipedrive import Pipedrive
from adapters.protocols import Destination, Request, Response
from adapters.secret import Secret
from adapters.transport import Files, Http

ADDRESS = "BENCH_ADDRESS"
"""The environment variable that names the account."""


class HttpBench:
    """The account at an address."""

    rules = RULES

    def __init__(self, address: str, files: Files) -> None:
        self.http = Http(address, HeaderKey("x-api-token", Secret("sandbox")), timeout_seconds=30.0, files=files)

    def adapter(self) -> Destination:
        return Pipedrive(plan="ultimate")

    async def send(self, request: Request) -> Response:
        return await self.http(request)

    def now(self) -> float:
        return time.time()

    async def wait(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    def weather(self, kind: Weather) -> None:
        raise CannotError("nobody makes a live account misbehave")

    def spent(self) -> int:
        raise CannotError("the account shows no counter")

    async def close(self) -> None:
        await self.http.aclose()


def bench(files: Files) -> Bench:
    """The account that the environment names."""
    return HttpBench(os.environ[ADDRESS], files)
