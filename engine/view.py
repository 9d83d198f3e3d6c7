"""The view: what the read models answer. Every question that the engine asks about the present goes through here."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Engine, and_, case, func, select

from engine import tables as t

_STREAMED = 1000
_ASKED = 500
DISPOSITIONS = ("written", "unchanged", "skipped", "held", "rejected", "pending")


class Part(NamedTuple):
    """What a destination record stands for: the entity and the subject it was made from."""

    entity: str
    object: str
    key: str
    part: str = ""


class Linked(msgspec.Struct, frozen=True):
    """A destination record that stands for a part."""

    id: str
    alive: bool
    adopted: bool
    applied: int
    intent: int
    whole_hash: str
    created: int


class Review(msgspec.Struct, frozen=True):
    """A review item, without its words (they are sealed in the event at `opened`)."""

    id: str
    kind: str
    object: str
    key: str
    blocking: bool
    proposed: str
    opened: int
    status: str
    resolved: int


class Doubt(msgspec.Struct, frozen=True):
    """A create that was in doubt: the positions of its intent and of what settled it."""

    intent: int
    entity: str
    position: int


class View:
    """Read access to the read models of one migration."""

    def __init__(self, engine: Engine, migration: str) -> None:
        self.engine = engine
        self.migration = migration

    def _rows(self, statement: Any) -> list[Mapping[str, Any]]:
        with self.engine.connect() as connection:
            return [dict(r) for r in connection.execute(statement).mappings()]

    def fact(self, name: str) -> dict[str, Any] | None:
        """The newest of a single thing, with its `position`."""
        query = select(t.facts).where(t.facts.c.migration == self.migration, t.facts.c.name == name)
        rows = self._rows(query)
        return {**msgspec.json.decode(rows[0]["value"]), "position": rows[0]["position"]} if rows else None

    def on_hold(self) -> str | None:
        """The reason for the hold, or None when the migration may write."""
        hold = self.fact("hold")
        return hold["reason"] or "held" if hold and hold["on"] else None

    def records(self, object: str | None = None) -> list[Mapping[str, Any]]:
        """Every record ever extracted, in order of first sight."""
        query = select(t.records).where(t.records.c.migration == self.migration)
        if object is not None:
            query = query.where(t.records.c.object == object)
        return self._rows(query.order_by(t.records.c.object, t.records.c.number))

    def known(self, object: str) -> Iterator[tuple[str, int, str, bool]]:
        """(key, number, fingerprint, whether it is gone) of every record of an object, in flat memory."""
        r = t.records
        query = select(r.c.key, r.c.number, r.c.fingerprint, r.c.vanished.is_not(None))
        query = query.where(r.c.migration == self.migration, r.c.object == object).order_by(r.c.number)
        yield from self._stream(query)

    def alias_rows(self, object: str) -> Iterator[tuple[str, str]]:
        """(alias, key) of every record of an object, in flat memory."""
        a = t.aliases
        query = select(a.c.alias, a.c.key).where(a.c.migration == self.migration, a.c.object == object)
        yield from self._stream(query.order_by(a.c.alias, a.c.key))

    def _stream(self, query: Any) -> Iterator[Any]:
        with self.engine.connect().execution_options(yield_per=_STREAMED) as connection:
            yield from (tuple(row) for row in connection.execute(query))

    def by_keys(self, object: str, keys: Sequence[str]) -> dict[str, Mapping[str, Any]]:
        """The records of some keys."""
        r = t.records
        found: dict[str, Mapping[str, Any]] = {}
        for start in range(0, len(keys), _ASKED):
            here = r.c.migration == self.migration, r.c.object == object, r.c.key.in_(keys[start : start + _ASKED])
            found |= {row["key"]: row for row in self._rows(select(r).where(*here))}
        return found

    def last_number(self, object: str) -> int:
        """The number of the newest record of an object; 0 when there is none."""
        r = t.records
        query = select(func.coalesce(func.max(r.c.number), 0).label("n"))
        return int(self._rows(query.where(r.c.migration == self.migration, r.c.object == object))[0]["n"])

    def unseen(self, object: str, extraction: int, *, before: int) -> tuple[int, int, list[str]]:
        """How many records an extraction did not see, of how many that were there before it; the first keys of them."""
        r = t.records
        here = r.c.migration == self.migration, r.c.object == object, r.c.vanished.is_(None), r.c.first <= before
        missing = select(r.c.key).where(*here, r.c.seen != extraction).order_by(r.c.number).limit(_STREAMED)
        counts = select(
            func.count().label("live"),
            func.coalesce(func.sum(case((r.c.seen != extraction, 1), else_=0)), 0).label("n"),
        )
        row = self._rows(counts.where(*here))[0]
        return int(row["n"]), int(row["live"]), [found["key"] for found in self._rows(missing)]

    def tally(self, since: int) -> dict[str, dict[str, int]]:
        """By object: records there are, and those created, changed and gone after a position."""
        r = t.records
        columns = {
            "there": r.c.vanished.is_(None),
            "created": r.c.first > since,
            "changed": and_(r.c.position > since, r.c.first <= since),
            "vanished": and_(r.c.vanished > since, r.c.vanished != r.c.position),
        }
        sums = [func.sum(case((condition, 1), else_=0)).label(name) for name, condition in columns.items()]
        query = select(r.c.object, *sums).where(r.c.migration == self.migration).group_by(r.c.object)
        return {row["object"]: {name: int(row[name] or 0) for name in columns} for row in self._rows(query)}

    def aliases(self, object: str) -> dict[str, list[str]]:
        """Keys by alias."""
        found: dict[str, list[str]] = {}
        query = select(t.aliases).where(t.aliases.c.migration == self.migration, t.aliases.c.object == object)
        for row in self._rows(query.order_by(t.aliases.c.key)):
            found.setdefault(row["alias"], []).append(row["key"])
        return found

    def links(self, target: str, *, alive_only: bool = True) -> dict[Part, Linked]:
        """Destination records by what they stand for."""
        query = select(t.links).where(t.links.c.migration == self.migration, t.links.c.target == target)
        if alive_only:
            query = query.where(t.links.c.alive)
        fields = Linked.__struct_fields__
        return {
            Part(r["entity"], r["object"], r["key"], r["part"]): Linked(*(r[f] for f in fields))
            for r in self._rows(query)
        }

    def link(self, target: str, part: Part, *, alive_only: bool = True) -> Linked | None:
        """The live destination record that stands for a part; else the last that did."""
        query = select(t.links).where(
            t.links.c.migration == self.migration, t.links.c.target == target,
            *([t.links.c.alive] if alive_only else []),
            *(t.links.c[column] == value for column, value in zip(Part._fields, part, strict=True)),
        )  # fmt: skip
        rows = self._rows(query)
        return Linked(*(rows[0][f] for f in Linked.__struct_fields__)) if rows else None

    def by_id(self, target: str, entity: str, id: str) -> Part | None:
        """What a destination record stands for."""
        query = select(t.links).where(
            t.links.c.migration == self.migration,
            t.links.c.target == target,
            t.links.c.entity == entity,
            t.links.c.id == id,
        )
        rows = self._rows(query.order_by(t.links.c.alive.desc()))
        return Part(rows[0]["entity"], rows[0]["object"], rows[0]["key"], rows[0]["part"]) if rows else None

    def known_ids(self, target: str, entity: str, ids: Sequence[str]) -> set[str]:
        """Those of some ids of an entity under which the log names a live record."""
        table = t.links
        found: set[str] = set()
        for start in range(0, len(ids), _ASKED):
            here = table.c.migration == self.migration, table.c.target == target, table.c.entity == entity
            wanted = table.c.alive, table.c.id.in_(ids[start : start + _ASKED])
            rows = self._rows(select(table.c.id).where(*here, *wanted))
            found |= {row["id"] for row in rows}
        return found

    def entities(self, target: str) -> set[str]:
        """Entities of which we have, or once had, a record at the account."""
        query = select(t.links.c.entity).where(t.links.c.migration == self.migration, t.links.c.target == target)
        return {row["entity"] for row in self._rows(query.distinct())}

    def in_doubt(self, target: str | None = None) -> list[int]:
        """Positions of intents without an outcome."""
        query = select(t.intents.c.position).where(t.intents.c.migration == self.migration)
        if target is not None:
            query = query.where(t.intents.c.target == target)
        return [r["position"] for r in self._rows(query.order_by(t.intents.c.position))]

    def doubts(self, target: str) -> list[Doubt]:
        """Creates that were in doubt and that no sweep has covered since, oldest first."""
        d = t.doubts
        query = select(d.c.intent, d.c.entity, d.c.position)
        query = query.where(d.c.migration == self.migration, d.c.target == target).order_by(d.c.intent)
        return [Doubt(**row) for row in self._rows(query)]

    def unswept(self, target: str) -> list[str]:
        """Entities in which a create was in doubt since their last sweep; a sign-off wants none."""
        return sorted({doubt.entity for doubt in self.doubts(target)})

    def reviews(self, *, status: str | None = "open") -> list[Review]:
        """Review items by status (None: all), oldest first."""
        query = select(t.reviews).where(t.reviews.c.migration == self.migration)
        if status is not None:
            query = query.where(t.reviews.c.status == status)
        fields = Review.__struct_fields__
        return [Review(*(r[f] for f in fields)) for r in self._rows(query.order_by(t.reviews.c.opened))]

    def _with_dispositions(self, target: str) -> Any:
        """Records joined with what became of them; extracted since means pending."""
        d, r = t.dispositions, t.records
        return r.outerjoin(
            d,
            and_(
                d.c.migration == r.c.migration,
                d.c.target == target,
                d.c.object == r.c.object,
                d.c.key == r.c.key,
                d.c.position > r.c.position,
            ),
        )

    def dispositions(self, target: str) -> dict[str, dict[str, int]]:
        """Counts by object: extracted, and the six that add up to it."""
        state = func.coalesce(t.dispositions.c.disposition, "pending").label("state")
        query = (
            select(t.records.c.object, state, func.count().label("n"))
            .select_from(self._with_dispositions(target))
            .where(t.records.c.migration == self.migration)
            .group_by(t.records.c.object, state)
        )
        found: dict[str, dict[str, int]] = {}
        for row in self._rows(query):
            counts = found.setdefault(row["object"], {"extracted": 0, **dict.fromkeys(DISPOSITIONS, 0)})
            counts[row["state"]] += row["n"]
            counts["extracted"] += row["n"]
        return dict(sorted(found.items()))

    def disposed(self, target: str) -> dict[tuple[str, str], tuple[str, str, str]]:
        """(disposition, review, reason) by subject; subjects that are pending for want of an outcome are missing."""
        d = t.dispositions
        query = (
            select(t.records.c.object, t.records.c.key, d.c.disposition, d.c.review, d.c.reason)
            .select_from(self._with_dispositions(target))
            .where(t.records.c.migration == self.migration, d.c.disposition.is_not(None))
        )
        return {(r["object"], r["key"]): (r["disposition"], r["review"], r["reason"]) for r in self._rows(query)}

    def disposed_at(self, target: str, part: Part) -> int:
        """The position at which a subject's disposition was last recorded; 0 when it never was."""
        d = t.dispositions
        query = select(d.c.position).where(
            d.c.migration == self.migration, d.c.target == target, d.c.object == part.object, d.c.key == part.key
        )
        rows = self._rows(query)
        return rows[0]["position"] if rows else 0
