"""A sandbox as a real process, for tests: started with settings, reached over HTTP, killed at will."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

_LAUNCHER = """
import sys, msgspec
from pathlib import Path
from adapters.sandbox.server import WORLDS, serve
name, state, port, settings = sys.argv[1:]
serve(name, port=int(port), state=Path(state), settings=msgspec.json.decode(settings, type=WORLDS[name].settings))
"""
_REPO = Path(__file__).resolve().parents[2]


class Running(str):
    """The base address of a running sandbox; `process` is the process itself."""

    __slots__ = ("process",)
    process: "subprocess.Popen[str]"


def start(state_path: Path, *, name: str = "pipedrive", port: int = 0, **settings: Any) -> Running:
    """Start a sandbox and wait until it listens. Raises RuntimeError when it does not."""
    command = [
        sys.executable,
        "-c",
        _LAUNCHER,
        name,
        str(state_path),
        str(port),
        msgspec.json.encode(settings).decode(),
    ]
    process = subprocess.Popen(command, cwd=_REPO, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    line = process.stdout.readline()
    if "listening on " not in line:
        process.wait(10)
        raise RuntimeError(f"the sandbox did not start: {line!r}, exit code {process.returncode}")
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
        if address.process.poll() is None:
            address.process.terminate()
            address.process.wait(10)
        if address.process.stdout is not None:
            address.process.stdout.close()
