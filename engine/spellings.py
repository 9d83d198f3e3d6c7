"""Spellings: which of the ways in which a column writes one value is the usual one."""

from collections import Counter

from engine.history import History
from engine.mapping import Rule
from engine.transform import Cell

Column = tuple[str, str]
"""Object and field."""


class Spellings:
    """Counts how the columns of a history are spelled; each column once, when it is first asked about."""

    def __init__(self, history: History) -> None:
        self._items = history.items
        self._columns: dict[Column, dict[str, Counter[str]]] = {}

    def usual(self, object: str, field: str, text: str) -> str:
        """The spelling that most records have of what differs from a text by case alone; of equals the first one."""
        column = self._columns.get((object, field)) or self._count(object, field)
        return next(iter(column.get(text.casefold(), Counter()).most_common(1)), (text, 1))[0]

    def tell(self, rule: Rule, cell: Cell) -> None:
        """Tell of a value that is kept as it is in a text, and that other records spell otherwise."""
        if (rule.block or rule.keep) and cell.field.kind == "enum" and cell.raw:
            usual = self.usual(cell.item.object, cell.field.key, cell.raw)
            if usual != cell.raw:
                detail = f"{cell.raw!r} is {usual!r} but for its spelling; it is kept as it is"
                cell.notes.tell("other-spelling", detail, cell.item.subject, cell.field.key)

    def _count(self, object: str, field: str) -> dict[str, Counter[str]]:
        found: dict[str, Counter[str]] = {}
        for item in self._items.get(object, {}).values():
            if (text := (item.values or {}).get(field, "").strip()) and not item.vanished:
                found.setdefault(text.casefold(), Counter())[text] += 1
        self._columns[object, field] = found
        return found
