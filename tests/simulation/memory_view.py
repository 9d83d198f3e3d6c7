"""The view over a log in memory: every public question of `engine.view.View`, answered from dictionaries."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any

import msgspec

from engine.rows import Row
from engine.view import DISPOSITIONS, Doubt, Linked, Part, Review, View
from tests.simulation.memory_log import MemoryStore

_by_id = itemgetter("entity", "id")


class MemoryView(View):
    """Read access to the read models of a log in memory. What has no order by itself comes in SQLite's."""

    def __init__(self, store: MemoryStore) -> None:
        self.store = store
        self.migration = store.migration
        self._links: dict[tuple[str, bool], tuple[int, dict[Part, Linked]]] = {}

    def _all(self, table: str) -> Iterable[Row]:
        return self.store.rows.tables[table].values()

    def _of(self, object: str) -> list[Row]:
        """The records of an object by number."""
        return sorted((r for r in self._all("records") if r["object"] == object), key=itemgetter("number"))

    def fact(self, name: str) -> dict[str, Any] | None:
        """The newest of a single thing, with its `position`."""
        row = self.store.rows.tables["facts"].get((name,))
        return None if row is None else {**msgspec.json.decode(row["value"]), "position": row["position"]}

    # --- records ---------------------------------------------------------------------------------------------------

    def records(self, object: str | None = None) -> list[Mapping[str, Any]]:
        """Every record ever extracted, in order of first sight."""
        rows = self._all("records") if object is None else self._of(object)
        return sorted(rows, key=itemgetter("object", "number"))

    def known(self, object: str) -> Iterator[tuple[str, int, str, bool]]:
        """(key, number, fingerprint, whether it is gone) of every record of an object."""
        yield from [(r["key"], r["number"], r["fingerprint"], r["vanished"] is not None) for r in self._of(object)]

    def alias_rows(self, object: str) -> Iterator[tuple[str, str]]:
        """(alias, key) of every record of an object."""
        yield from sorted((r["alias"], r["key"]) for r in self._all("aliases") if r["object"] == object)

    def by_keys(self, object: str, keys: Sequence[str]) -> dict[str, Mapping[str, Any]]:
        """The records of some keys."""
        records = self.store.rows.tables["records"]
        return {key: records[object, key] for key in sorted(set(keys)) if (object, key) in records}

    def last_number(self, object: str) -> int:
        """The number of the newest record of an object; 0 when there is none."""
        return max((r["number"] for r in self._of(object)), default=0)

    def unseen(self, object: str, extraction: int, *, before: int) -> tuple[int, int, list[str]]:
        """How many records an extraction did not see, of how many that were there before it; the first keys of them."""
        live = [r for r in self._of(object) if r["vanished"] is None and r["first"] <= before]
        missing = [r["key"] for r in live if r["seen"] != extraction]
        return len(missing), len(live), missing[:1000]

    def tally(self, since: int) -> dict[str, dict[str, int]]:
        """By object: records there are, and those created, changed and gone after a position."""
        found: dict[str, dict[str, int]] = {}
        for r in self._all("records"):
            counts = found.setdefault(r["object"], dict.fromkeys(("there", "created", "changed", "vanished"), 0))
            gone = r["vanished"]
            counts["there"] += gone is None
            counts["created"] += r["first"] > since
            counts["changed"] += r["position"] > since >= r["first"]
            counts["vanished"] += gone is not None and gone > since and gone != r["position"]
        return found

    def aliases(self, object: str) -> dict[str, list[str]]:
        """Keys by alias."""
        found: dict[str, list[str]] = {}
        for row in sorted((r for r in self._all("aliases") if r["object"] == object), key=itemgetter("key")):
            found.setdefault(row["alias"], []).append(row["key"])
        return found

    # --- links -----------------------------------------------------------------------------------------------------

    def links(self, target: str, *, alive_only: bool = True) -> dict[Part, Linked]:
        """Destination records by what they stand for."""
        now = self.store.rows.changes["links"]
        known = self._links.get((target, alive_only))
        if known is None or known[0] != now:
            rows = [r for r in self._all("links") if r["target"] == target and (r["alive"] or not alive_only)]
            known = now, {_part(r): _linked(r) for r in sorted(rows, key=_by_id)}
            self._links[target, alive_only] = known
        return dict(known[1])

    def link(self, target: str, part: Part, *, alive_only: bool = True) -> Linked | None:
        """The live destination record that stands for a part; else the last that did."""
        row = self.store.rows.tables["links"].get((target, *part))
        return None if row is None or (alive_only and not row["alive"]) else _linked(row)

    def by_id(self, target: str, entity: str, id: str) -> Part | None:
        """What a destination record stands for."""
        here = (target, entity, id)
        rows = [r for r in self._all("links") if (r["target"], r["entity"], r["id"]) == here]
        return _part(max(rows, key=itemgetter("alive"))) if rows else None

    def known_ids(self, target: str, entity: str, ids: Sequence[str]) -> set[str]:
        """Those of some ids of an entity under which the log names a live record."""
        wanted = set(ids)
        return {
            r["id"]
            for r in self._all("links")
            if r["target"] == target and r["entity"] == entity and r["alive"] and r["id"] in wanted
        }

    def entities(self, target: str) -> set[str]:
        """Entities of which we have, or once had, a record at the account."""
        return {r["entity"] for r in self._all("links") if r["target"] == target}

    # --- writes ----------------------------------------------------------------------------------------------------

    def in_doubt(self, target: str | None = None) -> list[int]:
        """Positions of intents without an outcome."""
        return sorted(r["position"] for r in self._all("intents") if target in (None, r["target"]))

    def doubts(self, target: str) -> list[Doubt]:
        """Creates that were in doubt and that no sweep has covered since, oldest first."""
        rows = sorted((r for r in self._all("doubts") if r["target"] == target), key=itemgetter("intent"))
        return [Doubt(r["intent"], r["entity"], r["position"]) for r in rows]

    def reviews(self, *, status: str | None = "open") -> list[Review]:
        """Review items by status (None: all), oldest first."""
        rows = sorted((r for r in self._all("reviews") if status in (None, r["status"])), key=itemgetter("opened"))
        return [Review(*(r[f] for f in Review.__struct_fields__)) for r in rows]

    def _outcomes(self, target: str) -> Iterator[tuple[Row, Row | None]]:
        """Records with what became of them; extracted since means pending."""
        dispositions = self.store.rows.tables["dispositions"]
        for record in sorted(self._all("records"), key=itemgetter("object", "number")):
            found = dispositions.get((target, record["object"], record["key"]))
            yield record, found if found is not None and found["position"] > record["position"] else None

    def dispositions(self, target: str) -> dict[str, dict[str, int]]:
        """Counts by object: extracted, and the six that add up to it."""
        found: dict[str, dict[str, int]] = {}
        for record, outcome in self._outcomes(target):
            counts = found.setdefault(record["object"], {"extracted": 0, **dict.fromkeys(DISPOSITIONS, 0)})
            counts["pending" if outcome is None else outcome["disposition"]] += 1
            counts["extracted"] += 1
        return found

    def disposed(self, target: str) -> dict[tuple[str, str], tuple[str, str, str]]:
        """(disposition, review, reason) by subject; subjects that are pending for want of an outcome are missing."""
        return {
            (r["object"], r["key"]): (d["disposition"], d["review"], d["reason"])
            for r, d in self._outcomes(target)
            if d is not None
        }

    def disposed_at(self, target: str, part: Part) -> int:
        """The position at which a subject's disposition was last recorded; 0 when it never was."""
        row = self.store.rows.tables["dispositions"].get((target, part.object, part.key))
        return row["position"] if row else 0


def _part(row: Row) -> Part:
    return Part(row["entity"], row["object"], row["key"], row["part"])


def _linked(row: Row) -> Linked:
    return Linked(*(row[f] for f in Linked.__struct_fields__))
