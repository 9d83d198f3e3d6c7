"""What benches on a sandbox in memory have in common, and where the made-up data of our sources lies."""

from collections.abc import Callable
from pathlib import Path

import adapters
from adapters.conformance.sources.bench import Holds, Later
from adapters.protocols import Request, Response, Source
from adapters.sandbox.world import InMemory

SAMPLES = Path(adapters.__file__).parents[1] / "ops" / "samples"
"""The data of the demonstrations: files that are read, and no code."""


class MemoryBench:
    """A bench on a sandbox (see `adapters.conformance.sources.bench.SourceBench`).

    source: opens the adapter. later: changes what the sandbox holds.
    """

    def __init__(
        self, memory: InMemory, holds: Holds, source: Callable[[], Source], later: Callable[[InMemory], Later]
    ) -> None:
        self.holds = holds
        self._memory = memory
        self._source = source
        self._later = later

    def source(self) -> Source:
        """A new adapter."""
        return self._source()

    async def send(self, request: Request) -> Response:
        """The sandbox's answer, a second after the last one."""
        self._memory.now += 1.0
        return self._memory.answer(request)

    def later(self) -> Later:
        """Change the sandbox."""
        return self._later(self._memory)

    def close(self) -> None:
        """Nothing is open."""
