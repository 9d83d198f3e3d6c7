"""The state of one org, the changes that make it, and the draft in which one call prepares its changes."""

from typing import Any

from adapters.sandbox.salesforce.settings import SalesforceSettings
from adapters.sandbox.world import Change

Row = dict[str, Any]
HOUR = 3600
DAY = 24 * HOUR


class State:
    """Everything an org holds.

    `tables`: "describes" by object, "gone" (the delete log: object and date, by id), "bodies" (base64 by record id),
    "tooling" (rows by object), "sessions" (when each ends, by token), "cursors" and "jobs". `rows`: records by object
    and id, deleted ones included. `meta`: single values. `hours`: calls by hour. `counts`: calls by route; `doubts`:
    calls that lean on what the facts do not settle.
    """

    def __init__(self) -> None:
        self.tables: dict[str, dict[str, Any]] = {}
        self.rows: dict[str, dict[str, Row]] = {}
        self.meta: dict[str, Any] = {}
        self.hours: dict[int, int] = {}
        self.counts: dict[str, int] = {}
        self.doubts: dict[str, int] = {}

    def apply(self, changes: list[Change]) -> None:
        """Make changes: `put table key value`, `row object id record`, `set`, `calls`, `count`, `doubt`.

        None as the value of a row takes it away.
        """
        for kind, name, *rest in changes:
            if kind == "put":
                _put(self.tables.setdefault(name, {}), rest[0], rest[1])
            elif kind == "row":
                _put(self.rows.setdefault(name, {}), rest[0], rest[1])
            elif kind == "set":
                self.meta[name] = rest[0]
            elif kind == "calls":
                self.hours[name] = self.hours.get(name, 0) + rest[0]
                for hour in [h for h in self.hours if h <= name - DAY // HOUR]:
                    del self.hours[hour]
            else:
                counts = self.counts if kind == "count" else self.doubts
                counts[name] = counts.get(name, 0) + rest[0]

    def used(self, now: float) -> int:
        """Calls in the last 24 hours, by full hours."""
        return sum(n for hour, n in self.hours.items() if hour > now // HOUR - DAY // HOUR)

    def dump(self) -> list[list[Change]]:
        """The changes that lead to this state from nothing, in batches."""
        head: list[Change] = [["set", name, value] for name, value in self.meta.items()]
        head += [["calls", hour, number] for hour, number in self.hours.items()]
        head += [["count", route, number] for route, number in self.counts.items()]
        head += [["doubt", what, number] for what, number in self.doubts.items()]
        batches = [head]
        batches += [[["put", table, key, value] for key, value in rows.items()] for table, rows in self.tables.items()]
        batches += [[["row", name, key, row] for key, row in rows.items()] for name, rows in self.rows.items()]
        return batches


def _put(rows: dict[str, Any], key: str, value: Any) -> None:
    if value is None:
        rows.pop(key, None)
    else:
        rows[key] = value


class Draft:
    """One call's view of the state; nothing is changed until its changes are applied.

    `now` is virtual time, seconds since 1970, UTC. `base` is the org's own address. `version` is that of the request,
    "61.0". `kept` holds changes that stay when the call is refused, `made` those that a refusal takes back.
    """

    def __init__(self, state: State, settings: SalesforceSettings, now: float, base: str) -> None:
        self.state = state
        self.settings = settings
        self.now = now
        self.base = base
        self.version = ""
        self.kept: list[Change] = []
        self.made: list[Change] = []
        self._set: dict[str, Any] = {}

    def table(self, name: str) -> dict[str, Any]:
        """A table as it was before this call."""
        return self.state.tables.get(name, {})

    def put(self, table: str, key: str, value: Any) -> None:
        """Write a row of a table; None takes it away."""
        self.made.append(["put", table, key, value])

    def row(self, name: str, key: str, row: Row | None) -> None:
        """Write a record; None takes it away."""
        self.made.append(["row", name, key, row])

    def value(self, name: str) -> Any:
        """A single value of the org."""
        return self._set.get(name, self.state.meta.get(name))

    def set(self, name: str, value: Any) -> None:
        """Write a single value of the org."""
        self._set[name] = value
        self.made.append(["set", name, value])

    def next(self, name: str) -> int:
        """The next number of a series: 1, 2, ..."""
        number = int(self.value(f"next {name}") or 1)
        self.set(f"next {name}", number + 1)
        return number

    def count(self, route: str) -> None:
        """Count a call of a route, refused or not."""
        self.kept.append(["count", route, 1])

    def doubt(self, what: str) -> None:
        """Count a call that leans on something that the facts do not settle."""
        self.kept.append(["doubt", what, 1])

    @property
    def root(self) -> str:
        """The path below which everything of this version lies."""
        return f"/services/data/v{self.version}"
