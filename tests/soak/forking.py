"""Forking: children of a warm process. Each is a process of its own, and dies like one; it only starts faster.

Who forks has no threads and no open database: what a child opens is its own.
"""

import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any

TICK_SECONDS = 0.0005


class Child:
    """A running child; `heard` gives what it told."""

    def __init__(self, work: Callable[[Callable[[Any], None]], int]) -> None:
        """Fork; the child does `work`, which is given a way to tell the parent something and returns an exit code."""
        self._ear, mouth = Pipe(duplex=False)
        sys.stdout.flush()
        sys.stderr.flush()
        self.pid = os.fork()
        if self.pid == 0:
            _live(work, mouth)
        mouth.close()
        self._status: int | None = None

    def heard(self, seconds: float = 0.0) -> list[Any]:
        """What it has told since it was last asked; waits up to so many seconds for something."""
        messages: list[Any] = []
        try:
            while self._ear.poll(0.0 if messages else seconds):
                messages.append(self._ear.recv())
        except (EOFError, ConnectionError):
            pass
        return messages

    def poll(self) -> int | None:
        """Its exit code, minus the signal that ended it; None while it lives."""
        if self._status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self._status = os.waitstatus_to_exitcode(status) if pid else None
        return self._status

    def wait(self, seconds: float) -> int:
        """Its exit code. Raises TimeoutError when it lives longer than that."""
        end = time.monotonic() + seconds
        while (code := self.poll()) is None:
            if time.monotonic() > end:
                raise TimeoutError(f"process {self.pid} has not ended within {seconds:g} seconds")
            time.sleep(TICK_SECONDS)
        return code

    def kill(self) -> bool:
        """End it by SIGKILL and wait until it is gone; whether that was its end."""
        if self.poll() is None:
            os.kill(self.pid, signal.SIGKILL)
        return self.wait(30) == -signal.SIGKILL

    def close(self) -> None:
        """Let go of its pipe."""
        self._ear.close()


def _live(work: Callable[[Callable[[Any], None]], int], mouth: Connection) -> None:
    """The child: never returns into the parent's code."""
    code = 70
    try:
        code = work(mouth.send)
    except BaseException:  # noqa: BLE001 - nothing may get out into the parent's code
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        sys.stdout.flush()
        os._exit(code)
