"""Reaching a source: its connector, the credentials, the network and the files, made into the ways to read it."""

import asyncio
import os
import random
import time
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import msgspec

from adapters.connector import Api, Session, SourceConnector
from adapters.credentials import Renewable
from adapters.driver import Driver
from adapters.protocols import RemoteSource
from adapters.secret import Secret
from adapters.sources.dialect import Dialect
from adapters.sources.kinds import source_connector
from adapters.throttle import WINDOW_SECONDS, Throttle
from engine import hours
from engine.discover import Way
from engine.taking import Progress
from ops.errors import ConfigError
from ops.wire import LazyWire
from ops.workspace import FILE, SourceConfig, Workspace


def ways(workspace: Workspace, dialects: dict[str, Any], progress: Progress) -> tuple[list[Way], list[LazyWire]]:
    """The ways to read the source that the workspace names, best first, and the wires to close when all is done.

    API, database, known export, workbook. What is named and cannot be tried is a way all the same, with its problem.
    """
    config = workspace.config.source
    connector = source_connector(config.kind)
    found: list[Way] = []
    wires: list[LazyWire] = []
    if config.url:
        found.append(_api(workspace, connector, progress, wires))
    if config.database_env:
        found.append(_database(config, connector))
    export = workspace.folder / config.export if config.export else None
    if export is not None and connector.bundle is not None:
        held = msgspec.convert(dialects, dict[str, Dialect])
        found.append(Way(method="bundle", source=connector.bundle(export, held)))
    if config.workbook:
        found.append(_workbook(workspace.folder / config.workbook, connector))
    if not found:
        raise ConfigError(
            f"{workspace.folder / FILE} does not say where {connector.label} is read: set `url`, `export`, "
            "`database_env` or `workbook` under [source]"
        )
    if not any(way.source for way in found):
        said = "; ".join(f"{way.method}: {way.problem}" for way in found)
        raise ConfigError(f"{connector.label} cannot be read as {workspace.folder / FILE} says: {said}")
    return found, wires


def _database(config: SourceConfig, connector: SourceConnector) -> Way:
    url = os.environ.get(config.database_env, "")
    if connector.database is None:
        return Way(method="database", problem=f"{connector.label} cannot be read from a database")
    if not url:
        return Way(method="database", problem=f"its address is missing: set {config.database_env}")
    return Way(method="database", source=connector.database(Secret(url), config.options))


def _workbook(path: Path, connector: SourceConnector) -> Way:
    if connector.workbook is None:
        return Way(method="workbook", problem=f"there is no workbook for {connector.label}")
    return Way(method="workbook", source=connector.workbook(path))


# --- over the network ------------------------------------------------------------------------------------------------


def _api(workspace: Workspace, connector: SourceConnector, progress: Progress, wires: list[LazyWire]) -> Way:
    config = workspace.config.source
    api = connector.api
    if api is None:
        return Way(method="api", problem=f"{connector.label} has no API that is known")
    if missing := [name for name in api.required if not config.options.get(name)]:
        raise ConfigError(
            f"{workspace.folder / FILE}: {connector.label} needs {', '.join(missing)} under [source.options]"
        )
    if unknown := sorted(config.options.keys() - set(api.options)):
        raise ConfigError(f"{workspace.folder / FILE}: {connector.label} knows no option {', '.join(unknown)}")
    options = {**config.options, "url": config.url} if "url" in api.options else config.options
    token = os.environ.get(config.token_env, "")
    if not token:
        return Way(method="api", problem=f"the token is missing: set the environment variable {config.token_env}")
    try:
        source = api.open(options, workspace.folder / config.export if config.export else None)
    except ValueError as error:
        raise ConfigError(f"{workspace.folder / FILE}: [source.options]: {error}") from None
    wire = LazyWire(lambda: _connect(workspace, api, source, Secret(token)), config.in_flight)
    wires.append(wire)
    return Way(method="api", source=source, wire=_at_its_hours(config, wire, progress))


def _at_its_hours(config: SourceConfig, wire: LazyWire, progress: Progress) -> LazyWire | hours.InHours:
    if not config.hours:
        return wire
    zone = ZoneInfo(config.zone)
    return hours.InHours(
        wire, hours.parse(config.hours), lambda: datetime.now(zone), time.sleep, lambda words: progress(words, 0, 0)
    )


def _connect(workspace: Workspace, api: Api, source: RemoteSource, secret: Secret) -> Driver:
    config = workspace.config.source
    driver = partial(
        Driver.over_http,
        destination=source,
        now=time.monotonic,
        sleep=asyncio.sleep,
        random=random.random,
        client_timeout_seconds=config.timeout_seconds,
    )
    throttle = Throttle(
        now=time.monotonic, sleep=asyncio.sleep, burst=round(WINDOW_SECONDS * config.requests_a_second), learns=False
    )
    options = {**config.options, "url": config.url} if "url" in api.options else config.options
    signed = api.credentials(secret, options)
    login = api.login
    if login is None:
        return driver(config.url, signed, throttle=throttle, downloads=workspace.files)

    async def session() -> Session:
        async with driver(config.url, signed) as asking:
            found = await asking.run(login(secret, options))
        check_host(config.url, found.url, api.domain)
        return found

    first = asyncio.run(session())
    renewable = Renewable(first.credentials)

    async def renew() -> bool:
        fresh = await session()
        renewable.use(fresh.credentials)
        return fresh.url == first.url

    return driver(first.url, renewable, throttle=throttle, downloads=workspace.files, renew=renew)


def check_host(asked: str, found: str, domain: str) -> None:
    """The session's credentials go to the host that was asked, or to one of the vendor's own. Raises ConfigError."""
    there, here = urlsplit(found), urlsplit(asked)
    same = (there.scheme, there.netloc) == (here.scheme, here.netloc)
    ours = (
        bool(domain)
        and there.scheme == "https"
        and all(f".{name}".endswith(f".{domain}") for name in (there.hostname or "", here.hostname or ""))
    )
    if not same and not ours:
        raise ConfigError(
            f"{asked} names {there.hostname!r}, where nothing is sent: it is neither that host nor of its vendor"
        )
