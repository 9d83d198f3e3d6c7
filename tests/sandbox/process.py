"""A sandbox as a real process, for tests: started with settings, reached over HTTP, killed at will."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from tests.processes import Forked, sandbox

STARTS_SECONDS = 30.0


class Running(str):
    """The base address of a running sandbox; `process` is the process itself."""

    __slots__ = ("process",)
    process: Forked


def start(state_path: Path, *, name: str = "pipedrive", port: int = 0, **settings: Any) -> Running:
    """Start a sandbox and wait until it listens. Raises RuntimeError when it does not."""
    process = Forked(sandbox, (name, str(state_path), port, msgspec.json.encode(settings)), os.environ)
    end = time.monotonic() + STARTS_SECONDS
    while "listening on " not in (line := process.printed()[0]) or not line.endswith("\n"):
        if process.poll() is not None or time.monotonic() > end:
            raise RuntimeError(f"the sandbox did not start: {process.printed()}, exit code {process.returncode}")
        time.sleep(0.002)
    address = Running(line.split("listening on ")[1].strip())
    address.process = process
    return address


@contextmanager
def running(state_path: Path, *, name: str = "pipedrive", port: int = 0, **settings: Any) -> Iterator[Running]:
    """A sandbox for the length of a block; it is stopped at the end, unless the block killed it."""
    address = start(state_path, name=name, port=port, **settings)
    try:
        yield address
    finally:
        address.process.terminate()
        address.process.wait(10)
