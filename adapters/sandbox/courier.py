"""The courier: takes a sandbox's deliveries to webhooks on this machine, and tells the sandbox what came of them."""

import asyncio
import base64
from collections.abc import Callable
from contextlib import suppress
from ipaddress import ip_address
from urllib.parse import urlsplit

from adapters.sandbox.journal import Journal
from adapters.sandbox.world import Delivery, Notifier

PATIENCE_SECONDS = 10.0
"""How long a receiver may take to answer, in real time."""
_HOSTS = ("localhost",)


class Courier:
    """Carries one delivery at a time; sleeps until the next is due, or until it is woken.

    `clock` gives virtual time, which runs `rate` times as fast as real time.
    """

    def __init__(self, world: Notifier, kept: Journal, clock: Callable[[], float], rate: float) -> None:
        self._world = world
        self._kept = kept
        self._clock = clock
        self._rate = rate
        self._woken = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def wake(self) -> None:
        """Something may have become due: work has come, or the clock was moved."""
        self._woken.set()
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._run())

    async def _run(self) -> None:
        while waiting := self._world.waiting():
            self._woken.clear()
            seconds = (waiting[0].due - self._clock()) / self._rate
            if seconds > 0:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), seconds)
                continue
            status = await attempt(waiting[0])
            changes = self._world.attempted(waiting[0].id, status, self._clock())
            self._kept.append(changes)
            self._world.apply(changes)


async def attempt(delivery: Delivery) -> int | None:
    """Send once; the HTTP status, or None when there was none in time. Raises ValueError for another machine."""
    parts = urlsplit(delivery.url)
    host = parts.hostname or ""
    if host not in _HOSTS and not ip_address(host).is_loopback:
        raise ValueError(f"{host} is not this machine")
    if parts.scheme != "http":
        return None  # nobody on this machine has a certificate that could be trusted
    try:
        return await asyncio.wait_for(_post(host, parts.port or 80, _message(delivery)), PATIENCE_SECONDS)
    except (OSError, ValueError, asyncio.IncompleteReadError, TimeoutError):
        return None


def _message(delivery: Delivery) -> bytes:
    parts = urlsplit(delivery.url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    lines = [f"POST {target} HTTP/1.1", f"host: {parts.netloc}", "content-type: application/json", "connection: close"]
    lines.append(f"content-length: {len(delivery.body)}")
    if delivery.user:
        pair = base64.b64encode(f"{delivery.user}:{delivery.password}".encode()).decode()
        lines.append(f"authorization: Basic {pair}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + delivery.body


async def _post(host: str, port: int, message: bytes) -> int:
    reader, writer = await asyncio.open_connection(host, port)
    try:
        writer.write(message)
        await writer.drain()
        line = await reader.readuntil(b"\n")
        return int(line.split()[1])
    finally:
        writer.close()
