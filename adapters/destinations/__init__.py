"""Destinations: one folder a CRM, and those that other packages bring along."""

from adapters import connector
from adapters.connector import Connector, Options
from adapters.destinations import nutshell, pipedrive
from adapters.protocols import Destination

BUILT_IN: dict[str, Connector] = {c.name: c for c in (nutshell.CONNECTOR, pipedrive.CONNECTOR)}
"""The destinations that come with Cutover, by kind."""


def kinds() -> dict[str, Connector]:
    """All destinations there are, by kind; none that is installed takes the place of a built-in one."""
    return connector.installed() | BUILT_IN


def open_destination(kind: str, options: Options) -> Destination:
    """The adapter of a kind with its options. Raises ValueError for a kind or an option that there is not."""
    return connector_of(kind, options).open(options)


def connector_of(kind: str, options: Options) -> Connector:
    """The connector of a kind. Raises ValueError where there is none, or where it cannot do with these options."""
    known = kinds()
    if kind not in known:
        raise ValueError(f"There is no destination {kind!r}; there is {', '.join(sorted(known))}.")
    found = known[kind]
    if unknown := sorted(options.keys() - set(found.options)):
        words = ", ".join(found.options) or "none"
        raise ValueError(f"The destination {kind!r} knows no option {', '.join(unknown)}; it knows {words}.")
    if missing := [name for name in found.required if not options.get(name)]:
        raise ValueError(f"The destination {kind!r} needs {', '.join(missing)}: set it beside the address.")
    return found
