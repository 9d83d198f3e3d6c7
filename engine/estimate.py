"""The plan: what a run would create, change, delete, skip and hold; what that costs; how long it takes."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from adapters.protocols import Fields
from engine.account import Account, Costs, SharedCosts
from engine.changes import Change, Differ, option_changes
from engine.limits import lack_of
from engine.load import MERGED
from engine.replay import Replayed
from engine.unwanted import unwanted
from engine.view import Linked, Part, View
from engine.waves import together

DAY_SECONDS = 86_400


class Counts(msgspec.Struct, kw_only=True):
    """Writes by kind for one entity."""

    create: int = 0
    update: int = 0
    delete: int = 0
    skip: int = 0
    hold: int = 0


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One write to come, for people: the record and the fields that change."""

    entity: str
    action: str
    object: str
    key: str
    id: str
    fields: list[str]


class Plan(msgspec.Struct, kw_only=True):
    """What a run would do. `total` is in the destination's unit; `seconds` at the account's burst limit and budget.

    `fingerprint` names the very writes, values included: a run by this plan does exactly those, or refuses.
    """

    entities: dict[str, Counts]
    lines: list[Line]
    unit: str
    total: float
    seconds: float
    fingerprint: str


def plan(
    view: View, account: Account, replayed: Replayed, differ: Differ, object_entity: dict[str, str], seats: int
) -> Plan:
    """Work out the plan; changes nothing. `seats`: users of the account, by which its daily budget is counted."""
    links = view.links(account.target)
    changes = [*_configuration(replayed, differ), *_records(replayed, differ)]
    for entity in replayed.order:
        changes += unwanted(replayed, links, entity)
    entities: dict[str, Counts] = {e: Counts() for e in replayed.order}
    for change in changes:
        counts = entities.setdefault(change.part.entity, Counts())
        setattr(counts, change.action, getattr(counts, change.action) + 1)
    for (obj, _), verdict in replayed.settled.items():
        counts = entities[object_entity[obj]]
        if verdict.disposition == "held":
            counts.hold += 1
        else:
            counts.skip += 1
    fingerprint = differ.hash(msgspec.json.encode([_exact(c) for c in changes], order="sorted"))
    wanted = {want.part: want.fields for want in replayed.every()}
    changes = [_spelled(c, wanted) for c in changes]
    groups = [[changes[i] for i in group] for group in together(account.destination, changes)]
    total = _cost(account.costs, replayed.order, links, groups)
    return Plan(
        entities=entities,
        lines=[_line(c) for c in changes],
        unit=account.destination.unit,
        total=round(total, 2),
        seconds=round(run_seconds(len(groups), total, *account.costs.pace(seats)), 1),
        fingerprint=fingerprint,
    )


def run_seconds(requests: int, total: float, per_second: float, per_day: int) -> float:
    """How long it takes from the beginning of a day with a full budget: what a day does not pay for waits for the next.

    Of the last day only the requests count, the days before it are spent whole.
    """
    days = max(math.ceil(total / per_day) - 1, 0)
    last = (total - days * per_day) / total if total else 0
    return days * DAY_SECONDS + last * requests / per_second


def _exact(change: Change) -> list[Any]:
    return [change.action, *change.part, change.id, change.whole, change.fields]


def _configuration(replayed: Replayed, differ: Differ) -> list[Change]:
    schema = differ.binder.schema
    found = [
        Change(action="create", part=w.part, fields=w.fields)
        for w in replayed.configuration
        if w.part.entity != "options"
        and w.part not in differ.links
        and lack_of(schema, "create", w.part.entity) is None  # an administrator makes it
    ]
    known = [w for w in replayed.configuration if w.part.entity == "options" or w.part in differ.links]
    return found + option_changes([w for w in known if w.fields.get("options") or w.fields.get("labels")], differ)


def _records(replayed: Replayed, differ: Differ) -> list[Change]:
    return [c for w in replayed.every() if (c := differ.change(w)) is not None]


def _spelled(change: Change, wanted: Mapping[Part, Fields]) -> Change:
    """A create with all that it will carry: what it points at may have no id yet."""
    fields = wanted.get(change.part, change.fields) if change.action == "create" else change.fields
    return msgspec.structs.replace(change, fields=fields)


def _cost(
    costs: Costs, order: Sequence[str], links: Mapping[Part, Linked], groups: Sequence[Sequence[Change]]
) -> float:
    """The writes; the reads before updates and after each phase; what a fresh process asks once."""
    changes = [change for group in groups for change in group]
    total = sum(_price(costs, group) for group in groups)
    there = Counter(part.entity for part in links)
    for entity in order:
        actions = Counter(c.action for c in changes if c.part.entity == entity)
        held = there[entity] + actions["create"]
        full, rest = divmod(actions["update"], MERGED)
        total += full * costs.reading(entity, MERGED, held) + costs.reading(entity, rest, held)
        total += costs.reading(entity, actions["create"] + actions["update"], held)
    return total + costs.learning({c.part.entity for c in changes if c.action != "delete"})


def _price(costs: Costs, group: Sequence[Change]) -> float:
    """One request with its later steps; several creates at once have none."""
    first = group[0]
    if len(group) > 1 and isinstance(costs, SharedCosts):
        return costs.shared(first.part.entity, len(group))
    return sum(costs.cost(c.part.entity, c.action, c.fields) for c in group)


def _line(change: Change) -> Line:
    return Line(
        entity=change.part.entity,
        action=change.action,
        object=change.part.object,
        key=change.part.key,
        id=change.id,
        fields=sorted(change.fields) if change.action == "update" else [],
    )
