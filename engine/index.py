"""An index over source records: by key, by id and by name. In memory here; `engine.staging` has one on disk."""

from typing import Protocol

from engine.history import Item
from engine.journal import Subject


class Index(Protocol):
    """Finds records. An id belongs to the first record that had it; a name may belong to several."""

    def add(self, item: Item, id: str, name: str) -> None:
        """Add a record with its id and its folded name, either of which may be empty."""
        ...

    def item(self, subject: Subject) -> Item | None:
        """The record of a key."""
        ...

    def by_id(self, object: str, id: str) -> Item | None:
        """The record of an id."""
        ...

    def by_name(self, object: str, name: str) -> list[Item]:
        """The records of a folded name, in the order in which they were added."""
        ...


class MemoryIndex:
    """An index that holds every record."""

    def __init__(self) -> None:
        self._items: dict[Subject, Item] = {}
        self._ids: dict[Subject, Item] = {}
        self._names: dict[Subject, list[Item]] = {}

    def add(self, item: Item, id: str, name: str) -> None:
        """Add a record."""
        self._items[item.subject] = item
        if id:
            self._ids.setdefault((item.object, id), item)
        if name:
            self._names.setdefault((item.object, name), []).append(item)

    def item(self, subject: Subject) -> Item | None:
        """The record of a key."""
        return self._items.get(subject)

    def by_id(self, object: str, id: str) -> Item | None:
        """The record of an id."""
        return self._ids.get((object, id))

    def by_name(self, object: str, name: str) -> list[Item]:
        """The records of a folded name."""
        return self._names.get((object, name), [])
