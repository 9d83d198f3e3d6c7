"""How a destination of a kind is opened, and where third parties put theirs."""

from collections.abc import Callable, Mapping
from importlib.metadata import entry_points

import msgspec

from adapters.credentials import Credentials
from adapters.protocols import Destination, Flow
from adapters.secret import Secret

GROUP = "cutover.destinations"
"""The entry-point group in which an installed package offers a `Connector` under the name of its kind."""

Options = Mapping[str, str]
"""What cutover.toml says of an account, beside its address: "plan", "user" and the like."""


class Connector(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of destination.

    options: the names that `open` and `credentials` know; `required` of them must be given. address: an example, for
    messages. locate: asks the configured address, without credentials, for the host that holds the account; None where
    the address is the account's own. domain: the vendor's, of which the named host must be.
    """

    name: str
    address: str
    open: Callable[[Options], Destination]
    credentials: Callable[[Secret, Options], Credentials]
    options: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    locate: Callable[[Options], Flow[str]] | None = None
    domain: str = ""


def installed() -> dict[str, Connector]:
    """The connectors that installed packages offer, by kind."""
    return {point.name: point.load() for point in entry_points(group=GROUP)}
