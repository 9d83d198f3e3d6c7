"""A workspace: one folder a migration, with what to move, from where to where, and never a secret."""

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from adapters.destinations import kinds, open_destination
from adapters.sources.kinds import source_kinds
from engine import hours
from engine.quote import Rates
from ops.errors import ConfigError

FILE = "cutover.toml"

Name = Annotated[str, msgspec.Meta(min_length=1)]
"""A word that may not be missing."""


class SourceConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The source, and the ways to read it; of those that are named the first that serves is taken.

    `url`: of its API. `database_env`: the variable that holds the address of its database. `export`: a folder or file,
    relative to the workspace. `workbook`: the one that people filled by hand. `options`: what the adapter is opened
    with. `zone`: of its naive times. `hours`: when its API may be read ("20:00-06:00", in that zone); always if empty.
    `in_flight`, `requests_a_second`, `timeout_seconds`: as for a destination.
    """

    kind: Name
    export: str = ""
    url: str = ""
    database_env: str = ""
    workbook: str = ""
    options: dict[str, str] = {}
    zone: str = "America/New_York"
    currency: Annotated[str, msgspec.Meta(pattern="^[A-Z]{3}$")] = "USD"
    token_env: Name = "CUTOVER_SOURCE_TOKEN"  # noqa: S105 - a variable's name
    hours: str = ""
    timeout_seconds: Annotated[float, msgspec.Meta(gt=0)] = 60.0
    in_flight: Annotated[int, msgspec.Meta(ge=1)] = 4
    requests_a_second: Annotated[int, msgspec.Meta(ge=1)] = 5


class DestinationConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One destination account.

    `user`: whose key it is, where the API asks for an e-mail address with it. `impersonate`: whether that key may act
    for the other users, so that notes keep their authors. `plan` sets the daily budget where the account does not tell
    it. `settle_seconds`: how long after a request was sent it may still be applied; `visible_seconds`: how long after
    that it may not be seen yet. Both are the least of what is waited; where nothing is set, the connector's own stand.
    `timeout_seconds`: how long an answer is waited for. `in_flight`: requests at once. `reserve`: how many of the
    account's tokens are left untouched every day, for the customer's own use. `requests_a_second`: how many are sent at
    most, until the account tells its own limit (Nutshell tells none).
    """

    kind: Name
    url: str
    plan: str = ""
    user: str = ""
    impersonate: bool = True
    token_env: Name = "CUTOVER_DESTINATION_TOKEN"  # noqa: S105 - a variable's name
    settle_seconds: Annotated[float, msgspec.Meta(ge=0)] | None = None
    visible_seconds: Annotated[float, msgspec.Meta(ge=0)] | None = None
    timeout_seconds: Annotated[float, msgspec.Meta(gt=0)] = 30.0
    in_flight: Annotated[int, msgspec.Meta(ge=1)] = 8
    reserve: Annotated[int, msgspec.Meta(ge=0)] = 0
    requests_a_second: Annotated[int, msgspec.Meta(ge=1)] = 10

    @property
    def options(self) -> dict[str, str]:
        """What the adapter is opened with."""
        given = {name: value for name in ("plan", "user") if (value := getattr(self, name))}
        return given if self.impersonate else given | {"impersonate": "no"}


class Policies(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What happens without asking.

    duplicates: ask, merge or keep. conflicts (fields that people changed at the destination): review, source or
    destination. deletions (records that the source no longer has): propose, ignore or propagate.
    """

    duplicates: Literal["ask", "merge", "keep"] = "ask"
    conflicts: Literal["review", "source", "destination"] = "review"
    deletions: Literal["propose", "ignore", "propagate"] = "propose"


class DaemonConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The daemon: seconds between two ticks."""

    every_seconds: Annotated[float, msgspec.Meta(gt=0)] = 300.0


class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """cutover.toml. `rates`: the price list that `cutover estimate` goes by; without it there is no price."""

    migration: Name
    source: SourceConfig
    destination: dict[str, DestinationConfig]
    policy: Policies = Policies()
    daemon: DaemonConfig = DaemonConfig()
    rates: Rates | None = None


class Workspace:
    """A folder with its configuration."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self.config = _read(self.folder / FILE)

    @property
    def mapping(self) -> Path:
        """The field map's file."""
        return self.folder / "mapping.toml"

    def map_text(self) -> str:
        """What stands in mapping.toml. Raises ConfigError where there is none, or it cannot be read."""
        if not self.mapping.exists():
            raise ConfigError(f"{self.mapping} does not exist; `cutover map propose` writes it")
        return _text(self.mapping)

    @property
    def reports(self) -> Path:
        """Where reports are written."""
        path = self.folder / "reports"
        path.mkdir(exist_ok=True)
        return path

    @property
    def files(self) -> Path:
        """Where attachments lie, each under the digest of its content."""
        return self.folder / "files"

    @property
    def store_url(self) -> str:
        """The store's address: CUTOVER_STORE, or the file in the workspace."""
        return os.environ.get("CUTOVER_STORE") or f"sqlite:///{self.folder / 'cutover.db'}"

    def destination(self, target: str) -> DestinationConfig:
        """The account of that name."""
        found = self.config.destination.get(target)
        if found is None:
            names = ", ".join(self.config.destination)
            raise ConfigError(f"{self.folder / FILE} has no destination {target!r}; it has {names}")
        return found

    def set_export(self, path: Path) -> None:
        """From now on the source's data is at another path. Raises ConfigError where no export is read."""
        source = source_kinds()[self.config.source.kind]
        if source.bundle is None:
            raise ConfigError(f"{source.label} is not read from an export: leave --export out")
        text = _text(self.folder / FILE)
        head, mark, rest = text.partition("[source]")
        line = f"export = {_toml(_relative(path, self.folder))}"
        body, tail = _table(rest)
        changed, there = re.subn(r"(?m)^\s*export\s*=.*$", lambda _: line, body, count=1)
        write_atomically(self.folder / FILE, head + mark + (changed if there else f"\n{line}{body}") + tail)
        self.config = _read(self.folder / FILE)


def create(
    folder: Path,
    source: str,
    destination: str,
    export: Path | None,
    source_url: str,
    destination_url: str,
    plan: str,
    user: str = "",
    options: Mapping[str, str] | None = None,
) -> Workspace:
    """Make a workspace. Raises ConfigError when there is one already, or a kind is unknown."""
    if (folder / FILE).exists():
        raise ConfigError(f"{folder} is a workspace already; to begin again, use another folder")
    sources = tuple(source_kinds())
    for kind, known, what in ((source, sources, "source"), (destination, tuple(kinds()), "destination")):
        if kind not in known:
            raise ConfigError(f"there is no {what} {kind!r} in this version; there is {', '.join(known)}")
    if export is not None and not export.exists():
        raise ConfigError(f"{export} does not exist; --export names the folder or ZIP that the source exported")
    connector = kinds()[destination]
    for url in (source_url, destination_url):
        _without_secret("init", url)
    if not destination_url:
        raise ConfigError(f"--destination-url is missing: the account's address, e.g. {connector.address}")
    if "user" in connector.required and not user:
        raise ConfigError(f"--destination-user is missing: the e-mail address that the {destination} key belongs to")
    for option, address in (("--source-url", source_url), ("--destination-url", destination_url)):
        _check_address(option, address)
    try:
        open_destination(destination, {k: v for k, v in (("plan", plan), ("user", user)) if v})
    except ValueError as error:
        raise ConfigError(str(error)) from None
    if folder.exists() and not folder.is_dir():
        raise ConfigError(f"{folder} is a file; a workspace is a folder: choose another name")
    folder.mkdir(parents=True, exist_ok=True)
    name = re.sub(r"[^a-z0-9-]+", "-", folder.absolute().name.lower()).strip("-") or "migration"
    lines = [
        f"migration = {_toml(name)}",
        "",
        "[source]",
        f"kind = {_toml(source)}",
        f"export = {_toml(_relative(export, folder) if export else '')}",
        *([f"url = {_toml(source_url)}"] if source_url else []),
        'zone = "America/New_York"  # of times that name none',
        'currency = "USD"  # of amounts that name none',
        *(["", "[source.options]"] if options else []),
        *(f"{name} = {_toml(value)}" for name, value in (options or {}).items()),
        "",
        "[destination.production]",
        f"kind = {_toml(destination)}",
        f"url = {_toml(destination_url)}",
        *([f"user = {_toml(user)}"] if user else []),
        f"plan = {_toml(plan)}",
        'token_env = "CUTOVER_DESTINATION_TOKEN"  # the variable that holds the token; never the token itself',
        "",
        "[policy]",
        'duplicates = "ask"  # ask, merge, keep',
        'conflicts = "review"  # review, source, destination',
        'deletions = "propose"  # propose, ignore, propagate',
        "",
        "[daemon]",
        "every_seconds = 300",
        "",
    ]
    write_atomically(folder / FILE, "\n".join(lines))
    return Workspace(folder)


def write_atomically(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    beside = path.with_name(path.name + ".new")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)


def _without_secret(where: str, url: str) -> None:
    """An address is written down and named in reports: raises ConfigError where it holds a user or a password."""
    before, secret, host = url.partition("//")[2].partition("/")[0].rpartition("@")
    if before or secret:
        raise ConfigError(
            f"{where}: the address of {host} holds a user or a password; take it out: secrets come from the "
            "environment (`token_env` names the variable)"
        )


def _read(path: Path) -> Config:
    if not path.exists():
        raise ConfigError(f"{path.parent} is no workspace: it has no {FILE}; `cutover init DIR` makes one")
    try:
        config = msgspec.convert(tomllib.loads(_text(path)), Config)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path} is no valid TOML: {error}") from None
    except msgspec.ValidationError as error:
        raise ConfigError(f"{path}: {error}{_known(str(error))}") from None
    if config.source.kind not in source_kinds():
        known = ", ".join(source_kinds())
        raise ConfigError(f"{path}: there is no source {config.source.kind!r} in this version; there is {known}")
    _check_address(f"{path}: `url` under [source]", config.source.url)
    for name, account in config.destination.items():
        if not account.url:
            raise ConfigError(f"{path}: `url` under [destination.{name}] is missing: the account's address")
        _check_address(f"{path}: `url` under [destination.{name}]", account.url)
    for url in (config.source.url, *(account.url for account in config.destination.values())):
        _without_secret(str(path), url)
    try:
        ZoneInfo(config.source.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ConfigError(
            f"{path}: there is no time zone {config.source.zone!r}; write `zone` as America/New_York"
        ) from None
    try:
        if config.source.hours:
            hours.parse(config.source.hours)
    except ValueError as error:
        raise ConfigError(f"{path}: hours: {error}") from None
    return config


def _check_address(what: str, url: str) -> None:
    parts = urlsplit(url)
    if url and (parts.scheme not in ("http", "https") or not parts.hostname):
        raise ConfigError(f"{what} is {url!r}, which is no address: write it as https://company.example.com")


def _known(problem: str) -> str:
    """What may stand where a key is misspelled."""
    tables = {
        "source": SourceConfig,
        "destination": DestinationConfig,
        "policy": Policies,
        "daemon": DaemonConfig,
        "rates": Rates,
    }
    if "unknown field" not in problem:
        return ""
    found = re.search(r"at `\$\.(\w+)", problem)
    names = (tables[found[1]] if found else Config).__struct_fields__
    return f"; what may stand there: {', '.join(names)}"


def _text(path: Path) -> str:
    """A file that people edit. Raises ConfigError."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path} is not written in UTF-8 (byte {error.start}): save it in UTF-8") from None
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}") from None


def _table(rest: str) -> tuple[str, str]:
    """What follows the head of a TOML table: its own lines, and from the next table on."""
    following = re.search(r"(?m)^\s*\[", rest)
    return (rest[: following.start()], rest[following.start() :]) if following else (rest, "")


def _relative(path: Path, folder: Path) -> str:
    """The path as the workspace writes it: relative where it lies inside, else absolute."""
    path, folder = path.absolute(), folder.absolute()
    return str(path.relative_to(folder)) if path.is_relative_to(folder) else str(path)


def _toml(text: str) -> str:
    return msgspec.json.encode(text).decode()
