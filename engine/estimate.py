"""The plan: what a run would create, change, delete, skip and hold; what that costs; how long it takes."""

from typing import Any

import msgspec

from engine.account import Account
from engine.changes import Change, Differ, missing_options
from engine.load import unwanted
from engine.replay import Replayed
from engine.view import Part, View


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
    """What a run would do. `total` is in the destination's unit; `seconds` at the account's burst limit.

    `fingerprint` names the very writes, values included: a run by this plan does exactly those, or refuses.
    """

    entities: dict[str, Counts]
    lines: list[Line]
    unit: str
    total: float
    seconds: float
    fingerprint: str


def plan(
    view: View, account: Account, replayed: Replayed, differ: Differ, object_entity: dict[str, str], rate: float
) -> Plan:
    """Work out the plan; changes nothing. `rate`: requests a second."""
    changes = [*_configuration(replayed, differ), *_records(replayed, differ)]
    for entity in replayed.order:
        changes += unwanted(replayed, view.links(account.target), entity)
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
    total = sum(_cost(account, c) for c in changes)
    return Plan(
        entities=entities,
        lines=[_line(c) for c in changes],
        unit=account.destination.unit,
        total=round(total, 2),
        seconds=round(len(changes) / rate, 1),
        fingerprint=differ.hash(msgspec.json.encode([_exact(c) for c in changes], order="sorted")),
    )


def _exact(change: Change) -> list[Any]:
    return [change.action, *change.part, change.id, change.whole, change.fields]


def _configuration(replayed: Replayed, differ: Differ) -> list[Change]:
    found = [
        Change(action="create", part=w.part, fields=w.fields)
        for w in replayed.configuration
        if w.part.entity != "options" and w.part not in differ.links
    ]
    known = [w for w in replayed.configuration if w.part.entity == "options" or w.part in differ.links]
    pick_lists = [w for w in known if w.fields.get("options") or w.fields.get("labels")]
    for part, labels in missing_options(pick_lists, differ.binder).items():
        found.append(Change(action="create", part=part._replace(entity="options"), fields={"labels": labels}))
    return found


def _records(replayed: Replayed, differ: Differ) -> list[Change]:
    return [c for w in replayed.wants.values() if (c := differ.change(w)) is not None]


def _cost(account: Account, change: Change) -> float:
    """The write, and its share of the read before or after it."""
    entity = change.part.entity
    cost = account.costs.cost(entity, change.action)
    if change.action != "delete" and not _is_configuration(change.part):
        cost += account.costs.cost(entity, "verify")
    if change.action == "update":
        cost += account.costs.cost(entity, "verify")
    return cost


def _is_configuration(part: Part) -> bool:
    return part.entity in ("field", "options", "pipeline", "stage", "activity_type")


def _line(change: Change) -> Line:
    return Line(
        entity=change.part.entity,
        action=change.action,
        object=change.part.object,
        key=change.part.key,
        id=change.id,
        fields=sorted(change.fields) if change.action == "update" else [],
    )
