"""Destinations: one folder a CRM."""

from collections.abc import Mapping

from adapters.destinations.pipedrive import Pipedrive
from adapters.protocols import Destination

KINDS = ("pipedrive",)
"""The destinations there are."""


def open_destination(kind: str, options: Mapping[str, str]) -> Destination:
    """The adapter of a kind with its options (`plan`). Raises ValueError for a kind or an option that there is not."""
    if kind not in KINDS:
        raise ValueError(f"There is no destination {kind!r}; there is {', '.join(KINDS)}.")
    unknown = sorted(options.keys() - {"plan"})
    if unknown:
        raise ValueError(f"The destination {kind!r} knows no option {', '.join(unknown)}; it knows plan.")
    return Pipedrive(plan=options.get("plan"))
