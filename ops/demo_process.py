"""A sandbox as a process of its own, for the demo."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ops.errors import ConfigError

STOP_SECONDS = 20.0


@contextmanager
def served(kind: str, state: Path, *args: str) -> Iterator[str]:
    """Serve a sandbox, given further arguments of `cutover sandbox`, for the length of a block; its address."""
    code = "from ops.cli import main; main()"
    command = [sys.executable, "-c", code, "sandbox", kind, "--port", "0", *args, "--state", str(state)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own interpreter
    try:
        assert process.stdout is not None  # noqa: S101 - piped above
        line = process.stdout.readline()
        if "listening on " not in line:
            raise ConfigError(f"the sandbox {kind} did not start")
        yield line.rpartition("listening on ")[2].strip()
    finally:
        process.terminate()
        process.wait(STOP_SECONDS)
        if process.stdout is not None:
            process.stdout.close()
