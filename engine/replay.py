"""Replay: the history under the confirmed map becomes what the destination should hold. Pure.

The same events and the same map give the same result on any machine, any day: no clock, no randomness, no network,
no database. What is wanted is written with symbols (see `engine.transform`) and bound to ids when it is sent.
"""

from collections.abc import Iterable

import msgspec

from adapters.protocols import Finding
from engine import caps
from engine.configuration import configuration, tell_rounded
from engine.findings import Draft, Notes
from engine.history import History, Item
from engine.journal import Subject
from engine.limits import checklist
from engine.order import in_order
from engine.record import Recorder
from engine.resolve import Resolver
from engine.rules import tell_rules
from engine.want import Stop, Verdict, Want, skipped


class Replayed(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that follows from a history.

    order: entities in load order. configuration: what must exist first, in order. wants: records to be, by subject;
    further: what else a source record becomes, each with a `part` of its own. settled: subjects that are not to be
    written, and why. drafts: what people must decide. gates: entities that wait for review items. findings: what people
    should know.
    """

    order: tuple[str, ...]
    configuration: tuple[Want, ...]
    wants: dict[Subject, Want]
    further: tuple[Want, ...]
    settled: dict[Subject, Verdict]
    drafts: dict[str, Draft]
    gates: dict[str, tuple[str, ...]]
    findings: tuple[Finding, ...]

    def every(self) -> list[Want]:
        """All wanted records."""
        return [*self.wants.values(), *self.further]


def replay(history: History) -> Replayed:
    """What the destination should hold, by the confirmed map."""
    notes = Notes()
    wants: dict[Subject, Want] = {}
    further: list[Want] = []
    settled: dict[Subject, Verdict] = {}
    overflow = caps.overflow(history)
    keeper = caps.Keeper(history)
    resolver = Resolver(history, notes)
    recorder = Recorder(history, resolver, notes, settled, overflow)
    order = object_order(history)
    for name in order:
        for item in parents_first(history.items.get(name, {}), resolver):
            try:
                want, *more = recorder.wants(item)
                if review := keeper.leaves_out(want):
                    raise skipped("left out by decision: the plan has no room for it", review)
            except Stop as stop:
                settled[item.subject] = stop.verdict
            else:
                wants[item.subject] = want
                further += more
    further += recorder.orphans.placeholders.values()
    needed = tuple(configuration(history, wants, overflow.fields))
    tell_rounded(history, notes)
    tell_rules(history, notes)
    for draft in (*((overflow.draft,) if overflow.draft else ()), *checklist(history, needed)):
        notes.ask(draft)
    owners = tuple(d.id for d in notes.drafts.values() if d.kind == "owner")
    return Replayed(
        order=_entities(history, order, [*wants.values(), *further]),
        configuration=needed,
        wants=wants,
        further=tuple(further),
        settled=settled,
        drafts=notes.drafts,
        gates={entity: owners for entity in history.mapping.owner_gate if owners},
        findings=tuple(notes.findings),
    )


def _entities(history: History, objects: Iterable[str], wants: Iterable[Want]) -> tuple[str, ...]:
    """Entities in load order: those of the map, then what else records become (the note that stands for a file)."""
    mapped = [history.mapping.object[o].to for o in objects]
    return tuple(dict.fromkeys([*mapped, *(w.part.entity for w in wants)]))


def parents_first(items: dict[str, Item], resolver: Resolver) -> list[Item]:
    """The records of one object, each after those of its kind that it names; what is in a ring keeps its place."""
    done: dict[str, Item] = {}
    for item in items.values():
        todo = [item]
        while todo:
            above = [items[k] for k in resolver.of_its_kind(todo[-1]) if k in items and k not in done]
            fresh = [parent for parent in above if parent not in todo]
            if fresh:
                todo.append(fresh[0])
            else:
                last = todo.pop()
                done.setdefault(last.key, last)
    return list(done.values())


def object_order(history: History) -> list[str]:
    """The map's source objects in load order."""
    schemas = {o.name: o for o in history.source.objects}
    return [o.name for o in in_order(schemas[name] for name in history.mapping.object if name in schemas)]
