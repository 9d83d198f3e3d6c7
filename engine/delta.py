"""What a delta needs besides a run: whether one is due, and the destination made ready while the source is read."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from engine.view import View

T = TypeVar("T")


def unfinished(view: View, target: str) -> bool:
    """Whether the newest extraction has not been followed by a sync that came to its end."""
    extraction = view.fact("extraction")
    last = view.fact(f"sync:{target}") or view.fact(f"run:{target}")
    return bool(extraction and (last is None or last["position"] < extraction["position"]))


def beside(configure: Callable[[], object] | None, read: Callable[[], T]) -> T:
    """Make the destination ready (None: it is) while the source is read; neither waits for the other.

    What the reading came to. An error of either ends both, that of the reading first.
    """
    if configure is None:
        return read()
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="configure") as other:
        configuring = other.submit(configure)
        result = read()
        configuring.result()
        return result
