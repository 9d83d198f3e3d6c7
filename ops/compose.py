"""The composition root: clocks, ids, randomness, the store and the network are made here and handed down."""

import asyncio
import os
import random
import re
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from sqlalchemy import Engine

from adapters.credentials import Anonymous
from adapters.destinations import connector_of
from adapters.driver import Driver
from adapters.protocols import Closing, RefusedError, Source
from adapters.secret import Secret
from adapters.throttle import WINDOW_SECONDS, Throttle
from engine.account import Account
from engine.discover import Way
from engine.filestore import FileStore
from engine.journal import Journal
from engine.migration import Migration
from engine.state import StateFold
from engine.taking import Progress
from engine.view import View
from eventstore.log import Log
from eventstore.store import migrate, open_engine
from ops import reach
from ops.errors import ConfigError
from ops.wire import LazyWire
from ops.workspace import FILE, DestinationConfig, Workspace


def now_microseconds() -> int:
    """The time, UTC, in microseconds since the epoch."""
    return time.time_ns() // 1000


def new_id() -> str:
    """A fresh event id."""
    return uuid.uuid4().hex


def token_of(config: DestinationConfig) -> Secret:
    """The destination's token, from the environment."""
    value = os.environ.get(config.token_env, "")
    if not value:
        raise ConfigError(f"the token for {config.url} is missing: set the environment variable {config.token_env}")
    return Secret(value)


_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d{1,5})?", re.IGNORECASE)


def located(asked: str, host: str, domain: str) -> str:
    """The address of the host that holds an account, as the configured address named it.

    The credentials go there, so it must be the very host that was asked, or both must be of the vendor's own `domain`.
    Raises ConfigError.
    """
    parts = urlsplit(asked)
    named = urlsplit(f"//{host}").hostname if _HOST.fullmatch(host) else None
    ours = domain and all(f".{name}".endswith(f".{domain}") for name in (parts.hostname or "", named or ""))
    if named is None or not (host.lower() == parts.netloc.lower() or ours):
        raise ConfigError(f"{asked} names {host!r}, where nothing is sent: it is neither that host nor of its vendor")
    return urlunsplit((parts.scheme, host, "", "", ""))


def open_log(workspace: Workspace) -> tuple[Engine, Log]:
    """The workspace's store, its schema brought up to date, and the log in it."""
    engine = open_engine(workspace.store_url)
    migrate(engine)
    return engine, Log(engine, workspace.config.migration, folds=[StateFold()])


def check_begun(migration: Migration, workspace: Workspace) -> None:
    """Raise ConfigError where the log is not that of the migration that the workspace describes.

    An empty log, for a lost store or a changed name, would have everything written a second time.
    """
    config, started = workspace.config, migration.view.fact("started")
    if started is None:
        raise ConfigError(
            f"the store has no migration {config.migration!r}: put `migration` back in {workspace.folder / FILE}, or "
            "restore the store from its backup; `cutover init` begins another one in a folder of its own"
        )
    if started["source"] != config.source.kind:
        raise ConfigError(
            f"this migration is from {started['source']}, and {workspace.folder / FILE} says {config.source.kind}: put "
            "`kind` back under [source]; `cutover init` begins another one in a folder of its own"
        )


def _nobody(workspace: Workspace, target: str, said: str) -> str:
    config = workspace.destination(target)
    return (
        f"{config.url} knows no account of {config.user!r} ({said}): put the e-mail address that the key belongs to "
        f"into {workspace.folder / FILE}, as `user` under [destination.{target}]"
    )


def _settings(workspace: Workspace) -> dict[str, str]:
    policy, source = workspace.config.policy, workspace.config.source
    return {
        "zone": source.zone,
        "currency": source.currency,
        "duplicates": policy.duplicates,
        "conflicts": policy.conflicts,
        "deletions": policy.deletions,
    }


@contextmanager
def opened(
    workspace: Workspace, target: str, actor: str, progress: Progress, epoch: int | None = None
) -> Iterator[Migration]:
    """The workspace's migration at one account; closes what it opened. `epoch`: the one that a daemon owns already."""
    config = workspace.destination(target)
    try:
        connector = connector_of(config.kind, config.options)
        destination = connector.open(config.options)
    except ValueError as error:
        raise ConfigError(f"{workspace.folder / FILE}: {error}") from None

    def connect() -> Driver:
        credentials = connector.credentials(token_of(config), config.options)
        driver = partial(
            Driver.over_http,
            destination=destination,
            now=time.monotonic,
            sleep=asyncio.sleep,
            random=random.random,
            client_timeout_seconds=config.timeout_seconds,
        )
        url = config.url
        if connector.locate is not None:
            with driver(url, Anonymous()) as asking:
                try:
                    url = located(url, asking.drive(connector.locate(config.options)), connector.domain)
                except RefusedError as error:
                    raise ConfigError(_nobody(workspace, target, str(error))) from None
        burst = round(WINDOW_SECONDS * config.requests_a_second)
        throttle = Throttle(now=time.monotonic, sleep=asyncio.sleep, burst=burst, reserve=config.reserve)
        files = FileStore(workspace.files).path
        return driver(url, credentials, files=files, throttle=throttle, permit=journal.check_owned)

    engine, log = open_log(workspace)
    wire = LazyWire(connect, config.in_flight)
    account = Account(
        target=target,
        destination=destination,
        costs=destination,  # type: ignore[arg-type]
        wire=wire,
        settle_seconds=connector.settle_seconds if config.settle_seconds is None else config.settle_seconds,
        visible_seconds=connector.visible_seconds if config.visible_seconds is None else config.visible_seconds,
        now=time.monotonic,
        sleep=time.sleep,
    )
    journal = Journal(log, actor=actor, now=now_microseconds, new_id=new_id)
    journal.epoch = epoch
    view = View(engine, log.migration)
    files = FileStore(workspace.files)
    wires: list[LazyWire] = [wire]
    sources: list[Source] = []

    def ways(dialects: dict[str, Any]) -> list[Way]:
        found, opened = reach.ways(workspace, dialects, progress)
        wires.extend(opened)
        sources.extend(way.source for way in found if way.source is not None)
        return found

    try:
        yield Migration(journal, view, account, ways, _settings(workspace), progress, files)
    finally:
        for used in (*wires, *(source for source in sources if isinstance(source, Closing))):
            used.close()
        engine.dispose()
