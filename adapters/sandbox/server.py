"""The server shell: HTTP around a sandbox core. It journals what changed, then answers."""

import asyncio
import secrets
import signal
import socket
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, NamedTuple

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from adapters.sandbox import http, journal, nutshell, pipedrive, rest, salesforce
from adapters.sandbox.courier import Courier
from adapters.sandbox.settings import Common, Settings
from adapters.sandbox.world import Notifier, Outcome, World

Founder = Callable[[list[list[Any]], Any, str, float, str], World]
"""Builds a world from journaled batches, settings, token, the real time now and an account name for a fresh one."""


class Kind(NamedTuple):
    """One sandbox: the type of its settings, and its founder."""

    settings: type[Common]
    found: Founder


WORLDS: dict[str, Kind] = {
    "pipedrive": Kind(Settings, pipedrive.world),
    "nutshell": Kind(nutshell.NutshellSettings, nutshell.world),
    "salesforce": Kind(salesforce.SalesforceSettings, salesforce.world),
    "promoxcrm": Kind(rest.RestSettings, rest.founder(rest.PROMOX)),
    "pro-sales-crm": Kind(rest.RestSettings, rest.founder(rest.PRO_SALES)),
}
"""The sandboxes there are, by name."""


class _Connection(H11Protocol):
    """An HTTP connection that the application can cut: its transport is known by the client's address."""

    open: dict[tuple[str, int] | None, asyncio.Transport] = {}  # noqa: RUF012  one registry a process

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.open[self.client] = transport

    def connection_lost(self, exc: Exception | None) -> None:
        self.open.pop(self.client, None)
        super().connection_lost(exc)


class _Server(uvicorn.Server):
    """A server that says where it listens and stops without an error on SIGTERM and SIGINT."""

    def __init__(self, config: uvicorn.Config, announcement: str) -> None:
        super().__init__(config)
        self._announcement = announcement

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGINT):
                asyncio.get_running_loop().add_signal_handler(number, setattr, self, "should_exit", True)
        print(self._announcement, flush=True)  # noqa: T201  the one line that programs wait for

    def capture_signals(self) -> AbstractContextManager[None]:  # type: ignore[override]
        return nullcontext()


def serve(
    name: str,
    *,
    port: int,
    state: Path,
    settings: Common,
    token: str = "sandbox",  # noqa: S107  the sandbox's public default
    host: str = "127.0.0.1",
    clock: Callable[[], float] = time.time,
    tls: tuple[Path, Path] | None = None,
) -> None:
    """Serve a sandbox until SIGTERM or SIGINT. Prints one line with its address when it listens (port 0: any).

    tls: the files with a certificate and its key, to serve https. `clock` is real time, seconds since 1970. Raises
    JournalError when the state file cannot be used, FaultError for a bad fault specification, ValueError for an unknown
    name or settings that do not fit, OSError when the port is taken.
    """
    if name not in WORLDS:
        raise ValueError(f"there is no sandbox {name!r}; there are {', '.join(sorted(WORLDS))}")
    kept = journal.Journal(state)
    try:
        world = WORLDS[name].found(journal.read(state), settings, token, clock(), secrets.token_hex(8))
        kept.rewrite(world.dump())
        with socket.socket(proto=socket.IPPROTO_TCP) as listener:  # asyncio sets TCP_NODELAY only where it sees TCP
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((host, port))
            scheme = "https" if tls else "http"
            announcement = f"{name} sandbox listening on {scheme}://{host}:{listener.getsockname()[1]}"
            config = uvicorn.Config(
                _application(world, kept, clock, settings.clock_rate),
                http=_Connection,
                ws="none",
                lifespan="off",
                log_level="warning",
                access_log=False,
                date_header=False,  # the account's own clock says what time it is
                ssl_certfile=tls[0] if tls else None,
                ssl_keyfile=tls[1] if tls else None,
                timeout_keep_alive=75,  # shorter, and a client would meet closing connections that the API never has
                timeout_graceful_shutdown=2,
            )
            _Server(config, announcement).run(sockets=[listener])
    finally:
        kept.close()


def _application(world: World, kept: journal.Journal, clock: Callable[[], float], rate: float) -> Any:
    courier = Courier(world, kept, lambda: world.clock(clock()), rate) if isinstance(world, Notifier) else None

    async def application(scope: Any, receive: Any, send: Any) -> None:
        body = bytearray()
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body += message.get("body", b"")
            more = message.get("more_body", False)
        outcome = _outcome(world, scope, bytes(body), world.clock(clock()))
        kept.append(outcome.changes)
        world.apply(outcome.changes)
        if courier is not None:
            courier.wake()
        if outcome.delay:
            await asyncio.sleep(outcome.delay)
        await _reply(outcome, world.clock(clock()), scope, receive, send)

    return application


def _outcome(world: World, scope: Any, raw: bytes, now: float) -> Outcome:
    made = http.call(scope, raw)
    if made.request.path.startswith("/sandbox/"):
        return world.control(made.request.method, made.request.path, made.request.body, now)
    return world.outcome(made, now)


async def _reply(outcome: Outcome, now: float, scope: Any, receive: Any, send: Any) -> None:
    answer = outcome.response
    if answer is None:
        await _hang_up(scope, receive, abrupt=True)
        return
    headers, body = http.written(answer, now)
    pairs = [(k.encode(), v.encode()) for k, v in headers.items()]
    pairs.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": answer.status, "headers": pairs})
    if outcome.part < 1:
        await send({"type": "http.response.body", "body": body[: int(len(body) * outcome.part)], "more_body": True})
        await _hang_up(scope, receive, abrupt=False)
        return
    await send({"type": "http.response.body", "body": body})


async def _hang_up(scope: Any, receive: Any, *, abrupt: bool) -> None:
    """Close the connection, what was sent being on its way unless it is abrupt; wait until it is closed."""
    transport = _Connection.open.get(scope["client"])
    if transport is not None:
        (transport.abort if abrupt else transport.close)()
    while (await receive())["type"] != "http.disconnect":
        pass
