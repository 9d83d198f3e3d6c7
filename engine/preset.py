"""A preset: what the standard objects and fields of a known source become at a known destination. Data only.

A rule is written as in the map. `?` before a destination field: taken where the account has that field, else a custom
field of the rule's `new` and `kind`.
"""

from typing import Any

import msgspec


class ObjectPreset(msgspec.Struct, frozen=True, kw_only=True):
    """What one source object becomes; see `engine.mapping.ObjectMap`."""

    to: str
    fields: dict[str, dict[str, Any]]
    links: dict[str, str] = {}
    set: dict[str, Any] = {}
    duplicates: str = ""
    needs: tuple[str, ...] = ()
    alone: bool = True
    expected: tuple[str, ...] = ()
    stages: str = ""


class Preset(msgspec.Struct, frozen=True, kw_only=True):
    """A pair's preset. `stages`: the source's own stage names, with the status that two of them stand for."""

    pipeline: str
    objects: dict[str, ObjectPreset]
    stages: dict[str, str]
    owner_gate: tuple[str, ...] = ()
    automation_owners: tuple[str, ...] = ()
