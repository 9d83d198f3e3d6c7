"""The state of one account, the changes that make it, and the draft in which one call prepares its changes.

A record is named by a reference as REST writes it, "7-contacts"; the number is the same in JSON-RPC.
"""

from typing import Any

from adapters.sandbox.nutshell.references import named
from adapters.sandbox.nutshell.settings import NutshellSettings
from adapters.sandbox.world import Change

Row = dict[str, Any]

STEP = 4
"""Ids of one table lie this far apart, as in recorded accounts."""


def ref(table: str, key: int) -> str:
    """A reference: `ref("contacts", 7)` is "7-contacts"."""
    return f"{key}-{table}"


def split(reference: str) -> tuple[str, int]:
    """Table and number of a reference."""
    number, _, table = reference.partition("-")
    return table, int(number)


class State:
    """Everything an account holds.

    `tables`: rows by table and number. `meta`: single values (the account's seed, when it was born, counters, counts
    of calls). `versions`: by table and number, when the row became what, as far back as `lag` seconds ask for.
    `pointing`: by reference, which rows name it.
    """

    def __init__(self, lag: float) -> None:
        self.lag = lag
        self.tables: dict[str, dict[int, Row]] = {}
        self.meta: dict[str, Any] = {}
        self.routes: dict[str, int] = {}
        self.doubts: dict[str, int] = {}
        self.versions: dict[tuple[str, int], list[Row]] = {}
        self.pointing: dict[str, dict[tuple[str, int], None]] = {}
        self.open_leads = 0

    def apply(self, changes: list[Change]) -> None:
        """Make changes: `put table key row`, `set name value`, `count route`, `doubt what`."""
        for kind, name, *rest in changes:
            if kind == "put":
                self._put(name, rest[0], rest[1])
            elif kind == "set":
                self.meta[name] = rest[0]
            else:
                counts = self.routes if kind == "count" else self.doubts
                counts[name] = counts.get(name, 0) + rest[0]

    def _put(self, table: str, key: int, row: Row) -> None:
        rows = self.tables.setdefault(table, {})
        old = rows.get(key)
        rows[key] = row
        if table == "leads":
            self.open_leads += _open(row) - _open(old)
        versions = self.versions.setdefault((table, key), [])
        versions.append(row)
        while len(versions) > 1 and versions[1]["_at"] <= row["_at"] - self.lag:
            del versions[0]
        before, after = named(table, old), named(table, row)
        for target in before - after:
            self.pointing[target].pop((table, key), None)
        for target in after - before:
            self.pointing.setdefault(target, {})[table, key] = None

    def indexed(self, table: str, now: float) -> list[Row]:
        """The rows of a table as the search index knows them: as they were `lag` seconds ago, deleted ones left out."""
        out = []
        for key in self.tables.get(table, {}):
            known = [row for row in self.versions[table, key] if row["_at"] <= now - self.lag]
            if known and known[-1].get("deleted") is None:
                out.append(known[-1])
        return out

    def dump(self) -> list[list[Change]]:
        """The changes that lead to this state from nothing, in batches."""
        head: list[Change] = [["set", name, value] for name, value in self.meta.items()]
        head += [["count", route, number] for route, number in self.routes.items()]
        head += [["doubt", what, number] for what, number in self.doubts.items()]
        batches = [head]
        for table, rows in self.tables.items():
            batches += [[["put", table, key, row] for row in self.versions[table, key]] for key in rows]
        return batches


def _open(row: Row | None) -> int:
    return int(row is not None and row["status"] in (0, 1) and row["deleted"] is None)


class Draft:
    """One call's view of the state: reads see its own writes, and nothing is changed until the changes are applied.

    `now` is virtual time, seconds since 1970, UTC. `actor` is the reference of the user or the origin that writes.
    `base` is the address under which the account is reached.
    """

    def __init__(self, state: State, settings: NutshellSettings, now: float, actor: str = "", base: str = "") -> None:
        self.state = state
        self.settings = settings
        self.now = now
        self.actor = actor
        self.base = base or f"https://{settings.api_host}"
        self.changes: list[Change] = []
        self._rows: dict[tuple[str, int], Row] = {}
        self._set: dict[str, Any] = {}

    @property
    def user(self) -> int | None:
        """The number of the user that writes; None when an origin does."""
        table, key = split(self.actor)
        return key if table == "users" else None

    def get(self, table: str, key: int) -> Row | None:
        """A row, deleted or not; None when there never was one."""
        return self._rows.get((table, key)) or self.state.tables.get(table, {}).get(key)

    def live(self, table: str, key: int) -> Row | None:
        """A row that is not deleted, or None."""
        row = self.get(table, key)
        return None if row is None or row.get("deleted") is not None else row

    def at(self, reference: str) -> Row | None:
        """The live row of a reference, or None."""
        return self.live(*split(reference))

    def rows(self, table: str) -> list[Row]:
        """All rows of a table that are not deleted."""
        keys = dict.fromkeys(self.state.tables.get(table, {}))
        keys |= dict.fromkeys(key for name, key in self._rows if name == table)
        found = (self.live(table, key) for key in keys)
        return [row for row in found if row is not None]

    def pointing(self, reference: str, table: str) -> list[Row]:
        """The live rows of a table that name a reference."""
        keys = [key for name, key in self.state.pointing.get(reference, {}) if name == table]
        keys += [key for name, key in self._rows if name == table and key not in keys]
        found = (self.live(table, key) for key in sorted(keys))
        return [row for row in found if row is not None and reference in named(table, row)]

    def put(self, table: str, row: Row) -> Row:
        """Write a row whole, under its "id"."""
        row = {**row, "_at": self.now}
        self._rows[table, row["id"]] = row
        self.changes.append(["put", table, row["id"], row])
        return row

    def value(self, name: str) -> Any:
        """A single value of the account."""
        return self._set.get(name, self.state.meta.get(name))

    def set(self, name: str, value: Any) -> None:
        """Write a single value of the account."""
        self._set[name] = value
        self.changes.append(["set", name, value])

    def next(self, table: str, step: int = STEP) -> int:
        """The next id of a table; none is ever given twice."""
        number = int(self.value(f"next {table}") or 3)
        self.set(f"next {table}", number + step)
        return number

    def doubt(self, what: str) -> None:
        """Count a call that leans on something nobody has seen the real API do, or that it ignores."""
        self.changes.append(["doubt", what, 1])
