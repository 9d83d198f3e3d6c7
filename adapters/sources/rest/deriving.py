"""Paging through derived objects: the pages of the objects that they are made of, one after the other."""

from collections.abc import Callable, Sequence

import msgspec

from adapters.protocols import Flow, Page
from adapters.sources.rest.derived import Distinct
from adapters.sources.rest.table import Derived


class _Cursor(msgspec.Struct, omit_defaults=True):
    """Where a derived object goes on: in which of its fields, where in that object, and how many pages are behind."""

    turn: int = 0
    inner: str | None = None
    pages: int = 0


class _UnderWay:
    """A reading: the texts that it has given, and the cursor at which it stands."""

    def __init__(self) -> None:
        self.texts = Distinct()
        self.at: str | None = None


class Deriver:
    """Makes the pages of derived objects from those that `read` gives of other objects.

    What was given stands in no cursor, which would grow with the records. From a cursor that is not the one where this
    process stands (another process left it, or it was used before) the pages before it are read again, and not given.
    """

    def __init__(self, derived: Sequence[Derived], read: Callable[[str, str | None], Flow[Page]]) -> None:
        self._derived = {one.object: one for one in derived}
        self._read = read
        self._under_way: dict[str, _UnderWay] = {}

    def makes(self, object: str) -> bool:
        """Whether the object is a derived one."""
        return object in self._derived

    def forget(self) -> None:
        """Begin all anew."""
        self._under_way.clear()

    def page(self, object: str, at: str | None) -> Flow[Page]:
        """One page: the texts that are new on a page of the object that they stand in."""
        made = self._derived[object]
        cursor = msgspec.json.decode(at, type=_Cursor) if at else _Cursor()
        reading = self._under_way.pop(object, None)
        if reading is None or at is None or reading.at != at:
            reading = yield from self._again(made, cursor.pages)
        page = yield from self._next(made, reading.texts, cursor)
        reading.at = page.next
        self._under_way[object] = reading
        return page

    def _again(self, made: Derived, pages: int) -> Flow[_UnderWay]:
        """A reading that has so many pages behind it; fewer where there are no longer so many."""
        reading, cursor = _UnderWay(), _Cursor()
        while cursor.pages < pages and cursor.turn < len(made.of):
            yield from self._next(made, reading.texts, cursor)
        return reading

    def _next(self, made: Derived, texts: Distinct, cursor: _Cursor) -> Flow[Page]:
        """The page at a cursor, which is moved on."""
        of, field = made.of[cursor.turn]
        found = yield from self._read(of, cursor.inner)
        pairs = list(texts.records(made, field, found.records))
        cursor.inner = found.next
        cursor.turn += found.next is None
        cursor.pages += 1
        following = msgspec.json.encode(cursor).decode() if cursor.turn < len(made.of) else None
        findings = tuple(finding for _, finding in pairs if finding)
        return Page(records=tuple(record for record, _ in pairs), findings=findings, next=following)
