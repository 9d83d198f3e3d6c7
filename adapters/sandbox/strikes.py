"""Which faults of an account are in force, and which of them strikes a request; its `meta` keeps the count."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from adapters.sandbox import faults
from adapters.sandbox.world import Change

_plan = lru_cache(maxsize=64)(faults.parse)


def in_force(meta: Mapping[str, Any], spec: str, seed: int, more: tuple[str, ...] = ()) -> tuple[str, int]:
    """The faults set at run time, as long as the sandbox is started with these settings; else those of the settings.

    more: the faults that this API has beside those that all have. Raises FaultError for a bad fault specification.
    """
    posted = meta.get("posted faults")
    now = posted["now"] if posted is not None and posted["started"] == [spec, seed] else (spec, seed)
    found = str(now[0]), int(now[1])
    _plan(*found, more)
    return found


def strike(
    meta: Mapping[str, Any], force: tuple[str, int], number: int, *, unsafe: bool, more: tuple[str, ...] = ()
) -> tuple[faults.Fault, list[Change]] | None:
    """The fault of `force` that strikes request `number`, and the changes that count it; None for most."""
    spec, seed = force
    struck = meta.get("struck") or [spec, seed, 0]
    done: int = struck[2] if struck[:2] == [spec, seed] else 0
    fault = faults.decide(_plan(spec, seed, more), number, done, unsafe=unsafe)
    if fault is None:
        return None
    total = int(meta.get("faults", 0)) + 1
    return fault, [["set", "faults", total], ["set", "struck", [spec, seed, done + 1]]]
