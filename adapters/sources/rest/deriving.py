"""Paging through derived objects: the pages of the objects that they are made of, one after the other."""

from collections.abc import Callable, Sequence

import msgspec

from adapters.protocols import Flow, Page
from adapters.sources.rest.derived import Distinct
from adapters.sources.rest.table import Derived


class _Cursor(msgspec.Struct, omit_defaults=True):
    """Where a derived object goes on: which of its fields, and where in that object."""

    turn: int = 0
    inner: str | None = None


class Deriver:
    """Makes the pages of derived objects from those that `read` gives of other objects.

    A cursor that another process left begins the object anew, since what was given is known there alone.
    """

    def __init__(self, derived: Sequence[Derived], read: Callable[[str, str | None], Flow[Page]]) -> None:
        self._derived = {one.object: one for one in derived}
        self._read = read
        self._under_way: dict[str, tuple[str | None, Distinct]] = {}

    def makes(self, object: str) -> bool:
        """Whether the object is a derived one."""
        return object in self._derived

    def forget(self) -> None:
        """Begin all anew."""
        self._under_way.clear()

    def page(self, object: str, at: str | None) -> Flow[Page]:
        """One page: the texts that are new on a page of the object that they stand in."""
        made = self._derived[object]
        expected, seen = self._under_way.get(object, (None, Distinct()))
        if at is None or at != expected:
            seen, at = Distinct(), None
        cursor = msgspec.json.decode(at, type=_Cursor) if at else _Cursor()
        of, field = made.of[cursor.turn]
        found = yield from self._read(of, cursor.inner)
        pairs = list(seen.records(made, field, found.records))
        cursor.inner = found.next
        cursor.turn += found.next is None
        following = msgspec.json.encode(cursor).decode() if cursor.turn < len(made.of) else None
        self._under_way[object] = (following, seen)
        findings = tuple(finding for _, finding in pairs if finding)
        return Page(records=tuple(record for record, _ in pairs), findings=findings, next=following)
