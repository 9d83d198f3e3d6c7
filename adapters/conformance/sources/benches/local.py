"""What benches without a network have in common: no system to ask, the same content each time."""

import csv
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from adapters.conformance.sources.bench import CannotError, Holds, Later
from adapters.protocols import Request, Response, Source

PEOPLE = 503
"""So many contacts that they take two pages."""


class LocalBench:
    """A bench on files (see `adapters.conformance.sources.bench.SourceBench`).

    source: opens the adapter on the folder. later: changes the files; None where they never change.
    """

    def __init__(
        self, folder: Path, holds: Holds, source: Callable[[Path], Source], later: Callable[[Path], Later] | None = None
    ) -> None:
        self.holds = holds
        self._folder = folder
        self._source = source
        self._later = later
        self._opened: list[Source] = []

    def source(self) -> Source:
        """A new adapter; those of before let go of the files."""
        self.close()
        self._opened.append(self._source(self._folder))
        return self._opened[-1]

    async def send(self, request: Request) -> Response:
        """Nobody is there to answer."""
        raise CannotError(f"there is no system to send {request.method} {request.path} to")

    def later(self) -> Later:
        """Change the files."""
        if self._later is None:
            raise CannotError("its files never change")
        return self._later(self._folder)

    def close(self) -> None:
        """Close what can be closed."""
        while self._opened:
            close = getattr(self._opened.pop(), "close", None)
            if close is not None:
                close()


def written(folder: Path, files: Mapping[str, Sequence[Sequence[str]]]) -> None:
    """Write CSV files, by name, each with its header in the first row."""
    for name, rows in files.items():
        with (folder / name).open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(rows)
