"""Replay: the history under the confirmed map becomes what the destination should hold. Pure.

The same events and the same map give the same result on any machine, any day: no clock, no randomness, no network,
no database. What is wanted is written with symbols (see `engine.transform`) and bound to ids when it is sent.
"""

import msgspec

from adapters.protocols import Finding
from engine.configuration import configuration
from engine.findings import Draft, Notes
from engine.history import History
from engine.journal import Subject
from engine.order import in_order
from engine.record import Recorder
from engine.resolve import Resolver
from engine.want import Stop, Verdict, Want


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
    settled: dict[Subject, Verdict] = {}
    recorder = Recorder(history, Resolver(history, notes), notes, settled)
    order = object_order(history)
    for name in order:
        for item in history.items.get(name, {}).values():
            try:
                wants[item.subject] = recorder.want(item)
            except Stop as stop:
                settled[item.subject] = stop.verdict
    owners = tuple(d.id for d in notes.drafts.values() if d.kind == "owner")
    return Replayed(
        order=tuple(dict.fromkeys(history.mapping.object[o].to for o in order)),
        configuration=tuple(configuration(history, wants)),
        wants=wants,
        further=(),
        settled=settled,
        drafts=notes.drafts,
        gates={entity: owners for entity in history.mapping.owner_gate if owners},
        findings=tuple(notes.findings),
    )


def object_order(history: History) -> list[str]:
    """The map's source objects in load order."""
    schemas = {o.name: o for o in history.source.objects}
    return [o.name for o in in_order(schemas[name] for name in history.mapping.object if name in schemas)]
