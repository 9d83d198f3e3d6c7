"""The state of one account, the changes that make it, and the draft in which one request prepares its changes."""

import hashlib
import uuid
from collections import deque
from datetime import UTC, datetime
from typing import Any

from adapters.sandbox.settings import Settings
from adapters.sandbox.world import Change

Row = dict[str, Any]
Key = int | str

CLOSED_GAP = 2.0
"""Seconds of the burst window."""

PARTS = ("lines", "discounts", "installments")
"""The tables whose rows are parts of a deal."""


def instant(now: float) -> str:
    """Seconds since 1970 as RFC 3339, whole seconds, UTC."""
    return datetime.fromtimestamp(int(now), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class State:
    """Everything an account holds.

    `tables`: rows by table and key, keys ascending where they are numbers. `meta`: single values (the account's seed,
    when it was born, counters, budget, counts of requests). `windows`: times of the recent requests by token and
    limit. `earlier`: when a row last changed and what it was before, for search. `busy`: what counts against the plan's
    limits, by table. `people`: participants by deal. `parts`: keys of a deal's lines, discounts and installments.
    """

    def __init__(self) -> None:
        self.tables: dict[str, dict[Key, Row]] = {}
        self.order: dict[str, list[int]] = {}
        self.meta: dict[str, Any] = {}
        self.routes: dict[str, int] = {}
        self.windows: dict[str, deque[float]] = {}
        self.earlier: dict[tuple[str, Key], tuple[float, Row | None]] = {}
        self.busy: dict[str, int] = {}
        self.people: dict[int, set[int]] = {}
        self.parts: dict[tuple[str, int], dict[Key, None]] = {}
        self._live: dict[str, list[Row]] = {}

    def rows(self, table: str) -> dict[Key, Row]:
        """All rows of a table, deleted ones included."""
        return self.tables.setdefault(table, {})

    def live(self, table: str) -> list[Row]:
        """The rows of a table that are not deleted."""
        if table not in self._live:
            self._live[table] = [row for row in self.rows(table).values() if not row.get("is_deleted")]
        return [*self._live[table]]

    def apply(self, changes: list[Change]) -> None:
        """Make changes: `put table key row`, `drop table key`, `set name value`, `count route`, `hit window time`."""
        for change in changes:
            kind = change[0]
            if kind == "put":
                self._put(change[1], change[2], change[3])
            elif kind == "drop":
                self._drop(change[1], change[2])
            elif kind == "set":
                self.meta[change[1]] = change[2]
            elif kind == "count":
                self.routes[change[1]] = self.routes.get(change[1], 0) + change[2]
            else:
                self._hit(change[1], change[2])

    def _put(self, table: str, key: Key, row: Row) -> None:
        rows = self.rows(table)
        old = rows.get(key)
        if old is None and isinstance(key, int):
            self.order.setdefault(table, []).append(key)
        rows[key] = row
        self._live.pop(table, None)
        self.busy[table] = self.busy.get(table, 0) + _load(table, row) - (_load(table, old) if old else 0)
        if "_at" in row:
            self.earlier[table, key] = (row["_at"], old)

        if table == "participants":
            self.people.setdefault(row["deal_id"], set()).add(row["person_id"])
        if table in PARTS:
            self.parts.setdefault((table, row["deal_id"]), {})[key] = None

    def _drop(self, table: str, key: Key) -> None:
        row = self.rows(table).pop(key, None)
        self._live.pop(table, None)
        if table == "participants" and row is not None:
            self.people[row["deal_id"]].discard(row["person_id"])
        if table in PARTS and row is not None:
            del self.parts[table, row["deal_id"]][key]

    def _hit(self, window: str, at: float) -> None:
        times = self.windows.setdefault(window, deque())
        while times and times[0] <= at - CLOSED_GAP:
            times.popleft()
        times.append(at)

    def after(self, changes: list[Change]) -> "State":
        """A copy with the changes made; this state stays as it is."""
        copy = State()
        copy.tables = {table: dict(rows) for table, rows in self.tables.items()}
        copy.order = {table: [*keys] for table, keys in self.order.items()}
        copy.meta, copy.routes, copy.earlier = dict(self.meta), dict(self.routes), dict(self.earlier)
        copy.windows = {window: deque(times) for window, times in self.windows.items()}
        copy.busy = dict(self.busy)
        copy.people = {deal: set(people) for deal, people in self.people.items()}
        copy.parts = {place: dict(keys) for place, keys in self.parts.items()}
        copy.apply(changes)
        return copy

    def dump(self) -> list[list[Change]]:
        """The changes that lead to this state from nothing, in batches."""
        head: list[Change] = [["set", name, value] for name, value in self.meta.items()]
        head += [["count", route, number] for route, number in self.routes.items()]
        batches = [head]
        for table, rows in self.tables.items():
            batches += [[["put", table, key, row]] for key, row in rows.items()]
        return batches


def _load(table: str, row: Row) -> int:
    """What a row weighs against the limits of the plan: open deals, leads and custom fields count one."""
    if row.get("is_deleted"):
        return 0
    if table == "deals":
        return int(row["status"] == "open")
    return int(table == "leads" or (table == "fields" and row["custom"]))


class Draft:
    """One request's view of the state: reads see its own writes, and nothing is changed until the changes are applied.

    `now` is virtual time, `at` the same as RFC 3339, `user` the id of the token's owner.
    """

    def __init__(self, state: State, settings: Settings, now: float, user: int) -> None:
        self.state = state
        self.settings = settings
        self.now = now
        self.at = instant(now)
        self.user = user
        self.changes: list[Change] = []
        self._rows: dict[tuple[str, Key], Row | None] = {}
        self._set: dict[str, Any] = {}

    def get(self, table: str, key: Key) -> Row | None:
        """A row, deleted or not; None when there never was one."""
        if (table, key) in self._rows:
            return self._rows[table, key]
        return self.state.rows(table).get(key)

    def live(self, table: str, key: Key) -> Row | None:
        """A row that is not deleted, or None."""
        row = self.get(table, key)
        return None if row is None or row.get("is_deleted") else row

    def rows(self, table: str) -> list[Row]:
        """All rows of a table that are not deleted, as they were before this request."""
        return self.state.live(table)

    def parts(self, table: str, deal: int) -> list[Row]:
        """A deal's lines, discounts or installments in the order they were made, those of this request included."""
        keys = dict(self.state.parts.get((table, deal), {}))
        keys |= {key: None for (of, key), row in self._rows.items() if of == table and row and row["deal_id"] == deal}
        return [row for key in keys if (row := self.get(table, key)) is not None]

    def put(self, table: str, key: Key, row: Row) -> Row:
        """Write a row whole."""
        row = {**row, "_at": self.now}
        self._rows[table, key] = row
        self.changes.append(["put", table, key, row])
        return row

    def drop(self, table: str, key: Key) -> None:
        """Remove a row without a trace."""
        self._rows[table, key] = None
        self.changes.append(["drop", table, key])

    def value(self, name: str) -> Any:
        """A single value of the account."""
        return self._set.get(name, self.state.meta.get(name))

    def set(self, name: str, value: Any) -> None:
        """Write a single value of the account."""
        self._set[name] = value
        self.changes.append(["set", name, value])

    def next(self, counter: str) -> int:
        """The next id of a counter: 1, 2, ...; none is ever given twice."""
        number = int(self.value(f"next {counter}") or 0) + 1
        self.set(f"next {counter}", number)
        return number

    def digest(self, purpose: str) -> bytes:
        """32 bytes that look random, differ from account to account, and are never given twice."""
        seed = f"{self.state.meta['seed']}:{purpose}:{self.next('digest')}"
        return hashlib.sha256(seed.encode()).digest()

    def field_code(self) -> str:
        """A new field key: 40 hex digits."""
        return self.digest("field").hex()[:40]

    def uuid(self) -> str:
        """A new UUID, version 4 in form."""
        return str(uuid.UUID(bytes=self.digest("uuid")[:16], version=4))
