"""Waves: changes whose intents are one commit and whose requests go out side by side.

Creates that share a request stay in one wave, wherever they stand in the source: cut in two they would cost two.
"""

from collections.abc import Sequence

from adapters.protocols import Batches, Destination
from engine.changes import Change

WAVE = 50
"""Intents in one commit; more only where one request carries more."""

MARK = "$mark"
"""Where a change names the field that is to carry our key."""


def waves(destination: Destination, changes: Sequence[Change]) -> list[list[int]]:
    """The indexes of changes, wave by wave: each in exactly one, a wave of at most WAVE or of one shared request."""
    found: list[list[int]] = []
    for group in sorted(together(destination, changes)):
        if not found or len(found[-1]) + len(group) > WAVE:
            found.append([])
        found[-1] += group
    return found


def together(destination: Destination, changes: Sequence[Change]) -> list[list[int]]:
    """The indexes of changes, request by request: creates that share one, each of the others alone."""
    if not isinstance(destination, Batches):
        return [[i] for i in range(len(changes))]
    creates: dict[str, list[int]] = {}
    for index, change in enumerate(changes):
        if change.action == "create":
            creates.setdefault(change.part.entity, []).append(index)
    groups = [[i] for i, change in enumerate(changes) if change.action != "create"]
    for entity, indexes in creates.items():
        several = [{k: v for k, v in changes[i].fields.items() if k != MARK} for i in indexes]
        groups += [[indexes[place] for place in group] for group in destination.together(entity, several)]
    return groups
