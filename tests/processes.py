"""Processes that start in milliseconds: each is forked from a server that has the program in memory already.

What runs in one is the program and nothing of the test: its own environment, folder, files and sockets, and it dies of
SIGKILL like any other. It only does not import everything anew, which for most commands takes longer than their work.
"""

import atexit
import multiprocessing
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Self

REPO = Path(__file__).resolve().parents[1]
KNOWN = (
    "adapters.destinations.nutshell", "adapters.destinations.pipedrive", "adapters.driver", "adapters.sandbox.server",
    "adapters.sources.improveit_360", "adapters.sources.results", "adapters.sources.smart_crm_online",
    "alembic.command", "alembic.runtime.migration", "ops.cli", "psycopg", "uvicorn",
)  # fmt: skip
"""What the server imports before it forks."""

_SERVER = multiprocessing.get_context("forkserver")
_SERVER.set_forkserver_preload(list(KNOWN))

_NUMBERS = count(1)


@cache
def _folder() -> Path:
    """Where the processes of this one print to; away when it ends."""
    made = Path(tempfile.mkdtemp(prefix="cutover-processes-"))
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return made


class Forked:
    """A running process, with what `subprocess.Popen` offers to whoever waits for one, reads it or ends it.

    Args:
        work: what it does, given `args`; a function of a module. Its exit code, or None for 0.
    """

    def __init__(self, work: Callable[..., int | None], args: Sequence[Any], env: Mapping[str, str]) -> None:
        number = next(_NUMBERS)
        self._outputs = [str(_folder() / f"{number}.{name}") for name in ("out", "err")]
        self._process = _SERVER.Process(target=_live, args=(work, args, dict(env), self._outputs), daemon=True)
        self._process.start()
        self.pid = self._process.pid or 0

    @property
    def returncode(self) -> int | None:
        """Its exit code, minus the signal that ended it; None while it lives."""
        return self._process.exitcode

    def poll(self) -> int | None:
        """The same."""
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code, at its end. Raises subprocess.TimeoutExpired."""
        self._process.join(timeout)
        code = self.returncode
        if code is None:
            raise subprocess.TimeoutExpired("cutover", timeout or 0)
        return code

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """What it has printed when it has ended: standard output, standard error."""
        self.wait(timeout)
        out, err = self.printed()
        return out, err

    def printed(self) -> list[str]:
        """What it has printed so far: standard output, standard error."""
        return [Path(p).read_text(encoding="utf-8") if Path(p).exists() else "" for p in self._outputs]

    def send_signal(self, number: int) -> None:
        """Signal it, where it lives."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.wait()


def _live(work: Callable[..., int | None], args: Sequence[Any], env: Mapping[str, str], outputs: Sequence[str]) -> None:
    """The process."""
    os.environ.clear()
    os.environ.update(env)
    os.chdir(REPO)
    random.seed()
    for number, path in enumerate(outputs, 1):
        os.dup2(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600), number)
    sys.stdout, sys.stderr = (os.fdopen(number, "w", 1, "utf-8", closefd=False) for number in (1, 2))
    sys.exit(work(*args))


def cutover(*args: str) -> None:
    """The command `cutover`."""
    from ops.cli import main

    main(args, prog_name="cutover")


def several(lines: Sequence[Sequence[str]]) -> None:
    """Several commands, one after the other, with a NUL after what each prints."""
    from ops.cli import main

    for line in lines:
        main(line, standalone_mode=False, prog_name="cutover")
        print(end="\0")  # noqa: T201


def sandbox(name: str, state: str, port: int, settings: bytes) -> None:
    """A sandbox that serves until it is ended."""
    import msgspec

    from adapters.sandbox.server import WORLDS, serve

    serve(name, port=port, state=Path(state), settings=msgspec.json.decode(settings, type=WORLDS[name].settings))
