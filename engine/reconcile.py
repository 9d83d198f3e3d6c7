"""Reconciliation: both sides compared, record by record and value by value, with a fresh read of the destination."""

from typing import Any

import msgspec

from adapters.protocols import Fields, Record
from engine.account import Account
from engine.computed import computed
from engine.events import WriteIntended
from engine.history import History
from engine.journal import Journal, Subject
from engine.replay import Replayed
from engine.strays import review_of
from engine.view import Linked, Part, View


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

    `waiting`: how many source records are held, rejected or pending, so that the destination is not as they are.
    """

    from_: list[str] = msgspec.field(name="from")
    read: int = 0
    skipped: int = 0
    waiting: int = 0
    written: int = 0
    expected: int = 0
    found: int = 0
    sums: dict[str, dict[str, float]] = {}
    missing: list[dict[str, str]] = []
    unexpected: list[str] = []
    different: list[Difference] = []


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
            count.waiting += sum(state.get(word, 0) for word in ("held", "rejected", "pending"))
        count.written = count.expected = len(mine)
        written = _written(journal, mine)
        there = _with_details(account, history, entity, {mine[p].id: f for p, f in written.items()}, there)
        made = computed(journal, history.destination, links)
        ours = {p: {k: v for k, v in f.items() if k not in made.get(p, ())} for p, f in written.items()}
        _compare(account, entity, mine, ours, there, theirs, count)
        known = {link.id for part, link in links.items() if part.entity == entity}
        strays = [id for id, r in there.items() if id not in known and _carries(r, f"{history.migration}/")]
        kept = {id for id in strays if history.answers.get(review_of(history.token, entity, id)) == "keep"}
        count.unexpected = [id for id in strays if id not in kept]
        count.sums = _sums({link.id: written[part] for part, link in mine.items()}, there)
        entities[entity] = count
    ok = all(not (c.missing or c.unexpected or c.different) and c.expected == c.found for c in entities.values())
    return Reconciliation(ok=ok, entities=entities)


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
    theirs: set[Subject],
    count: EntityCount,
) -> None:
    """Name what is missing, and each field that differs; `theirs` are subjects whose differences were decided."""
    for part, link in mine.items():
        record = there.get(link.id)
        if record is None:
            count.missing.append({"id": link.id, "object": part.object, "key": part.key})
            continue
        count.found += 1
        if (part.object, part.key) not in theirs:
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
    """Amounts by currency on both sides, over the records that are on both."""
    sums: dict[str, dict[str, float]] = {}
    for id, fields in ours.items():
        if "currency" in fields and id in there:
            both = sums.setdefault(fields["currency"], {"source": 0, "destination": 0})
            both["source"] = round(both["source"] + (fields.get("value") or 0), 6)
            both["destination"] = round(both["destination"] + (there[id].values.get("value") or 0), 6)
    return sums
