"""Nutshell: catalogue and codecs as data, flows for both APIs: reading, writing, configuring and settling doubt."""

from adapters.connector import Connector, Options
from adapters.credentials import BasicKey
from adapters.destinations.nutshell.adapter import Nutshell, locate
from adapters.destinations.nutshell.catalogue import ENTITY_ORDER, ROLLBACK_ORDER
from adapters.protocols import Destination


def _open(options: Options) -> Destination:
    impersonate = options.get("impersonate", "yes")
    if impersonate not in ("yes", "no"):
        raise ValueError(f'impersonate is {impersonate!r}: write "yes" or "no".')
    return Nutshell(plan=options.get("plan"), impersonate=impersonate == "yes")


CONNECTOR = Connector(
    name="nutshell",
    address="https://api.nutshell.com",
    open=_open,
    credentials=lambda token, options: BasicKey(options["user"], token),
    options=("plan", "user", "impersonate"),
    required=("user",),
    locate=lambda options: locate(options["user"]),
    domain="nutshell.com",
    visible_seconds=5.0,  # its search, the slowest of its witnesses, was seen to trail by so much
)
"""How Nutshell is opened."""

__all__ = ["CONNECTOR", "ENTITY_ORDER", "ROLLBACK_ORDER", "Nutshell", "locate"]
