"""What the benches on sandboxes in memory have in common: a clock that waiting moves, faults on demand."""

from collections.abc import Callable

from adapters.conformance.bench import Rules, Weather
from adapters.protocols import Destination, Request, Response
from adapters.sandbox.faults import ConnectionCutError
from adapters.sandbox.world import InMemory
from adapters.transport import Files, LostError

_SECONDS = 0.1
"""What a request takes."""


class MemoryBench:
    """A fresh sandbox account (see `adapters.conformance.bench.Bench`). garbled: the sandbox's fault of that kind."""

    def __init__(
        self,
        sandbox: InMemory,
        adapter: Callable[[], Destination],
        rules: Rules,
        files: Files,
        garbled: str = "html403",
    ) -> None:
        sandbox.files = files
        self.sandbox = sandbox
        self.rules = rules
        self.adapter = adapter
        self._key: str | None = None
        self._faults: dict[Weather, str] = {"busy": "429", "down": "500", "garbled": garbled}

    async def send(self, request: Request) -> Response:
        """Have the sandbox answer."""
        self.sandbox.now += _SECONDS
        try:
            return self.sandbox.answer(request)
        except ConnectionCutError as error:
            raise LostError(str(error)) from None
        finally:
            if self._key is not None:
                self.sandbox.token, self._key = self._key, None

    def now(self) -> float:
        """The sandbox's virtual time."""
        return self.sandbox.world.clock(self.sandbox.now)

    async def wait(self, seconds: float) -> None:
        """Move the clock."""
        self.sandbox.now += seconds

    def weather(self, kind: Weather) -> None:
        """One fault of the sandbox, or one request with a wrong key."""
        if kind == "stranger":
            self._key, self.sandbox.token = self.sandbox.token, "a-key-that-nobody-has-made"
        else:
            self.sandbox.control("POST", "/sandbox/faults", {"spec": f"{self._faults[kind]}=1,limit=1", "seed": 0})

    def spent(self) -> int:
        """The tokens or requests that the sandbox counted."""
        return int(self.sandbox.control("GET", "/sandbox/requests")["tokens"])

    async def close(self) -> None:
        """Nothing is open."""
