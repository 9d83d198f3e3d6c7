"""A journal that opens each event once: most of what a play reads, processes that died have read before."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from engine.events import Body
from engine.journal import Journal
from eventstore.codec import Recorded
from tests.simulation.memory_log import MemoryLog

B = TypeVar("B", bound=Body)


class MemoryJournal(Journal):
    """The journal of a process over a log in memory."""

    def __init__(self, log: MemoryLog, *, actor: str, now: Callable[[], int], new_id: Callable[[], str]) -> None:
        super().__init__(log, actor=actor, now=now, new_id=new_id)
        self._store = log.store

    def body(self, recorded: Recorded, kind: type[B]) -> B | None:
        """The body of a recorded event; None when its subject was erased."""
        store, at = self._store, (recorded.digest, kind)
        known = store.opened if recorded.position > store.start else store.opened_before
        if at not in known:
            known[at] = super().body(recorded, kind)
        found: Any = known[at]
        return found  # type: ignore[no-any-return]

    def open_all(self, events: Iterable[Recorded], kind: type[B]) -> Iterator[tuple[Recorded, B | None]]:
        """Recorded events of a kind with their bodies (None: erased), in order."""
        for recorded in events:
            yield recorded, self.body(recorded, kind)
