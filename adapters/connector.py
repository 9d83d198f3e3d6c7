"""How a destination or a source of a kind is opened, and where third parties put theirs."""

from collections.abc import Callable, Mapping
from importlib.metadata import entry_points
from pathlib import Path

import msgspec

from adapters.credentials import Credentials
from adapters.protocols import Destination, Flow, RemoteSource, Source
from adapters.secret import Secret
from adapters.sources.dialect import Dialect

GROUP = "cutover.destinations"
"""The entry-point group in which an installed package offers a `Connector` under the name of its kind."""

Options = Mapping[str, str]
"""What cutover.toml says of an account, beside its address: "plan", "user" and the like."""


class Connector(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of destination.

    options: the names that `open` and `credentials` know; `required` of them must be given. address: an example, for
    messages. locate: asks the configured address, without credentials, for the host that holds the account; None where
    the address is the account's own. domain: the vendor's, of which the named host must be. settle_seconds: how long
    after a request may have left it may still be applied, our own waiting for its answer included. visible_seconds: how
    long after that the witness that `find` asks may trail. Both are floors: what is measured may be more.
    """

    name: str
    address: str
    open: Callable[[Options], Destination]
    credentials: Callable[[Secret, Options], Credentials]
    options: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    locate: Callable[[Options], Flow[str]] | None = None
    domain: str = ""
    settle_seconds: float = 35.0
    visible_seconds: float = 10.0


class Session(msgspec.Struct, frozen=True):
    """What a login gave: the address that holds the account, and what to sign requests with."""

    url: str
    credentials: Credentials


class Api(msgspec.Struct, frozen=True, kw_only=True):
    """A source's API.

    open: the adapter; it is given the export's path, too, where there is one, to fill in what the API keeps back.
    credentials: of each request; of the login's requests where there is a `login`. login: asks the configured address
    for a session; run again when the session has ended. domain: the vendor's, of which the session's host must be where
    it is not the host that was asked. options, required: names that `open` and `credentials` know, that must be given.
    address: an example, for messages.
    """

    open: Callable[[Options, Path | None], RemoteSource]
    credentials: Callable[[Secret, Options], Credentials]
    login: Callable[[Secret, Options], Flow[Session]] | None = None
    domain: str = ""
    options: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    address: str = ""


class SourceConnector(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of source, and the ways to read it, best first; None where there is no such way.

    bundle: a known export, given its path and the dialects of an earlier one. database: any SQLAlchemy URL, read-only.
    workbook: the one that people fill by hand, and `template`, which writes an empty one. ask: what to ask the vendor
    or the customer first, as sentences. documented: the vendor, or the platform below, publishes what the API is.
    """

    name: str
    label: str
    api: Api | None = None
    bundle: Callable[[Path, Mapping[str, Dialect]], Source] | None = None
    database: Callable[[Secret, Options], Source] | None = None
    workbook: Callable[[Path], Source] | None = None
    template: Callable[[Path], None] | None = None
    ask: tuple[str, ...] = ()
    documented: bool = False


def installed() -> dict[str, Connector]:
    """The connectors that installed packages offer, by kind."""
    return {point.name: point.load() for point in entry_points(group=GROUP)}
