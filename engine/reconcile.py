"""Reconciliation: both sides compared, record by record and value by value, with a fresh read of the destination.

What was read and neither written nor left out by decision is named, too. What is held or rejected is explained, by its
question or in the server's words; while anything is pending the sides do not agree.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

import msgspec

from adapters.protocols import Fields, Record
from engine.account import Account
from engine.changes import Differ
from engine.computed import computed
from engine.events import WriteIntended
from engine.history import History, Item
from engine.journal import Journal, Subject
from engine.replay import Replayed
from engine.strays import review_of
from engine.view import Linked, Part, View
from engine.written import whole


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One field that is not at the destination as the map says."""

    entity: str
    id: str
    field: str
    source: Any
    destination: Any
    reason: str = "differs"


class EntityCount(msgspec.Struct, kw_only=True):
    """The two sides of one entity. `sums` by currency; `missing` and `unexpected` name records; see CONTRACT.

    unsettled: source records that are held, rejected or pending, with which of these it is.
    """

    from_: list[str] = msgspec.field(name="from")
    read: int = 0
    skipped: int = 0
    written: int = 0
    expected: int = 0
    found: int = 0
    sums: dict[str, dict[str, float]] = {}
    missing: list[dict[str, str]] = []
    unexpected: list[str] = []
    different: list[Difference] = []
    unsettled: list[dict[str, str]] = []


class Reconciliation(msgspec.Struct, kw_only=True):
    """All entities, and whether both sides agree."""

    ok: bool
    entities: dict[str, EntityCount]


def reconcile(journal: Journal, view: View, account: Account, history: History, replayed: Replayed) -> Reconciliation:
    """Compare what the log says was written with what the destination holds now."""
    links = view.links(account.target)
    counts = view.dispositions(account.target)
    disposed = view.disposed(account.target)
    left = {s for s, (disposition, _, _) in disposed.items() if disposition == "skipped"}
    # of these a person has said that the destination's own values stand
    theirs = {s for s, (d, review, _) in disposed.items() if d == "unchanged" and review.startswith("conflict-")}
    decided = _decided(journal, history, replayed, links, theirs)
    entities: dict[str, EntityCount] = {}
    for entity in replayed.order:
        objects = [o for o, m in history.mapping.object.items() if m.to == entity]
        there = read_all(account, entity)
        # what people deleted there and left deleted by decision is skipped, and not looked for
        mine = {p: link for p, link in links.items() if p.entity == entity and (p.object, p.key) not in left}
        count = EntityCount(from_=objects)
        for obj in objects:
            state = counts.get(obj, {})
            count.read += state.get("extracted", 0)
            count.skipped += state.get("skipped", 0)
            count.unsettled += _unsettled(history.items.get(obj, {}), disposed)
        count.written = count.expected = len(mine)
        written = _written(journal, mine)
        there = _with_details(account, history, entity, {mine[p].id: f for p, f in written.items()}, there)
        made = computed(journal, history.destination, links)
        left_out = {p: made.get(p, frozenset()) | decided.get(p, frozenset()) for p in written}
        ours = {p: {k: v for k, v in f.items() if k not in left_out[p]} for p, f in written.items()}
        _compare(account, entity, mine, ours, there, count)
        known = {link.id for part, link in links.items() if part.entity == entity}
        strays = [id for id, r in there.items() if id not in known and _carries(r, f"{history.migration}/")]
        kept = {id for id in strays if history.answers.get(review_of(history.token, entity, id)) == "keep"}
        count.unexpected = [id for id in strays if id not in kept]
        count.sums = _sums({link.id: written[part] for part, link in mine.items()}, there)
        entities[entity] = count
    return Reconciliation(ok=all(map(_agree, entities.values())), entities=entities)


def _agree(count: EntityCount) -> bool:
    """Whether both sides of an entity agree: nothing differs, and nothing that was read is still to be written."""
    pending = any(one["state"] == "pending" for one in count.unsettled)
    differs = count.missing or count.unexpected or count.different or count.expected != count.found
    return not differs and not pending


def _unsettled(items: Mapping[str, Item], disposed: Mapping[Subject, tuple[str, str, str]]) -> list[dict[str, str]]:
    """The records of an object that nobody has settled: held, rejected, or pending."""
    states = ((i, disposed.get(i.subject, ("pending", "", ""))[0]) for i in items.values())
    return [{"object": i.object, "key": i.key, "state": s} for i, s in states if s in ("held", "rejected", "pending")]


def _decided(
    journal: Journal, history: History, replayed: Replayed, links: dict[Part, Linked], theirs: set[Subject]
) -> dict[Part, frozenset[str]]:
    """Fields of which the source's values are known not to stand: those that a write would still change."""
    differ = Differ(links, history.destination, partial(whole, journal), journal.log.vault.hash)
    wants = [want for want in replayed.every() if (want.part.object, want.part.key) in theirs]
    return {w.part: frozenset(change.fields) for w in wants if (change := differ.change(w)) is not None}


def read_all(account: Account, entity: str) -> dict[str, Record]:
    """Every live record of an entity, by id."""
    found: dict[str, Record] = {}
    at: str | None = None
    while True:
        page = account.wire.one(account.destination.list(entity, at))
        found |= {r.id: r for r in page.records}
        at = page.next
        if at is None:
            return found


def _with_details(
    account: Account, history: History, entity: str, written: dict[str, Fields], there: dict[str, Record]
) -> dict[str, Record]:
    """The records with what lists leave out, where we have written any of it."""
    schema = history.destination.object(entity)
    details = {f.key for f in schema.fields if f.detail} if schema else set()
    asked = {id: fields for id, fields in written.items() if id in there and details.intersection(fields)}
    return there | account.fetch(history.destination, entity, asked)


def _written(journal: Journal, mine: dict[Part, Linked]) -> dict[Part, Fields]:
    """Everything that we wrote last of each record."""
    events = journal.log.many({link.intent for link in mine.values() if link.intent})
    written: dict[Part, Fields] = {}
    for part, link in mine.items():
        body = journal.body(events[link.intent], WriteIntended) if link.intent else None
        written[part] = body.whole if body else {}
    return written


def _compare(
    account: Account,
    entity: str,
    mine: dict[Part, Linked],
    written: dict[Part, Fields],
    there: dict[str, Record],
    count: EntityCount,
) -> None:
    """Name what is missing, and each field that differs."""
    for part, link in mine.items():
        record = there.get(link.id)
        if record is None:
            count.missing.append({"id": link.id, "object": part.object, "key": part.key})
            continue
        count.found += 1
        count.different += compare(account, entity, link.id, written[part], record.values)


def compare(account: Account, entity: str, id: str, ours: Fields, theirs: Fields) -> list[Difference]:
    """Fields of one record that are not as we wrote them."""
    return [
        Difference(entity=entity, id=id, field=key, source=value, destination=theirs.get(key))
        for key, value in ours.items()
        if not account.destination.same(entity, key, value, theirs.get(key))
    ]


def _carries(record: Record, prefix: str) -> bool:
    """Whether a record bears a key of this migration."""
    return any(isinstance(v, str) and v.startswith(prefix) for v in record.values.values())


def _sums(ours: dict[str, Fields], there: dict[str, Record]) -> dict[str, dict[str, float]]:
    """Amounts on both sides, each under its own currency, over the records that are on both."""
    sums: dict[str, dict[str, float]] = {}
    for id, fields in ours.items():
        amounts = {"source": _amount(fields), "destination": _amount(there[id].values)} if id in there else {}
        if amounts.get("source") is None:
            continue
        for side, amount in amounts.items():
            if amount is not None:
                value, currency = amount
                both = sums.setdefault(currency, {"source": 0, "destination": 0})
                both[side] = round(both[side] + value, 6)
    return sums


def _amount(fields: Fields) -> tuple[float, str] | None:
    """The amount of a record and its currency; None where it has none."""
    value = fields.get("value")
    money = value if isinstance(value, dict) else {"value": value, "currency": fields.get("currency")}
    return (money.get("value") or 0, str(money["currency"])) if money.get("currency") else None
