"""The sweep: what the destination holds under our key is compared with the log, and every difference repaired or asked.

Settling has bounds; a world that is slower than they are leaves a second record behind. So after the last write of a
run, and after each take-over, the entities in which a create was in doubt since their last sweep are listed whole. A
late arrival that was never repeated is adopted, a second copy is taken away under the write protocol, and what people
have touched, or nobody can tell, is held for review. Each entity ends with an event; one that was broken off is swept
again from its beginning, and finds only what is left.
"""

from collections.abc import Iterable

import msgspec

from adapters.protocols import Schema
from engine import reviews
from engine.account import Account, Sent
from engine.changes import Change
from engine.events import ReviewWithdrawn, SweepFinished, WriteApplied, WriteRejected
from engine.journal import Entry, Journal
from engine.outcome import applied, subject_of
from engine.strays import Found, Stray, Strays, is_marked
from engine.view import Part, View
from engine.write import Writer


def all_entities(view: View, account: Account, schema: Schema) -> list[str]:
    """Everything that we may have written and a sweep can tell."""
    marked = (entity for entity in view.entities(account.target) if is_marked(schema, entity))
    asked = (r.key.partition("/")[0] for r in view.reviews(status=None) if r.kind == "copy")
    return _ordered(account, {*view.unswept(account.target), *marked, *asked})


def _ordered(account: Account, entities: Iterable[str]) -> list[str]:
    """What points at others first: a copy goes before what it stands on."""
    order: tuple[str, ...] = account.destination.rollback_order
    return sorted(entities, key=lambda e: (order.index(e) if e in order else len(order), e))


class Sweeper:
    """Sweeps one account.

    Args:
        writer: of the run that the sweep belongs to.
    """

    def __init__(self, writer: Writer, schema: Schema, answers: dict[str, str]) -> None:
        self.writer = writer
        self.journal: Journal = writer.journal
        self.view: View = writer.view
        self.account: Account = writer.account
        self.schema = schema
        self.strays = Strays(writer.journal, writer.view, writer.account, schema, answers)
        self._doubted: set[str] = set()

    def doubtful(self) -> list[Found]:
        """Sweep the entities in which a create was in doubt since their last sweep, or before this run.

        At the end of a run all are swept again that were at its beginning: what came in between has a second chance.
        """
        self._doubted |= set(self.view.unswept(self.account.target))
        return self.sweep(_ordered(self.account, self._doubted))

    def sweep(self, entities: Iterable[str]) -> list[Found]:
        """Sweep entities, one after the other; what was found, repaired as far as it can be."""
        return [self._sweep(entity) for entity in entities]

    def _sweep(self, entity: str) -> Found:
        until = self.journal.log.head().position
        since = min((d.intent for d in self.view.doubts(self.account.target) if d.entity == entity), default=0)
        found = self.strays.of(entity)
        for stray in found.of("late"):
            self._adopt(stray)
        for n, stray in enumerate(found.strays):
            if stray.what == "copy" and (refused := self._take_away(stray)):
                found.strays[n] = msgspec.structs.replace(stray, what="held", why=refused)
        drafts = [self.strays.draft(s) for s in found.of("held")]
        reviews.ask(self.journal, self.view, drafts)
        self._withdraw(entity, {d.id for d in drafts})
        body = SweepFinished(
            run=self.writer.run,
            target=self.account.target,
            entity=entity,
            since=since,
            until=until,
            read=found.read,
            ours=found.ours,
            late=[s.copy.id for s in found.of("late")],
            copies=[s.copy.id for s in found.of("copy")],
            held=[s.copy.id for s in found.of("held")],
        )
        self.journal.record_all([Entry(body, None, self.writer.run)])
        return found

    def _adopt(self, stray: Stray) -> None:
        """What came late is ours. Where its values are not those that we sent, a person has changed them since."""
        assert stray.intent is not None  # noqa: S101 - or nobody could say that it came late
        assert stray.body is not None  # noqa: S101
        same, sent = self.account.destination.same, stray.body.fields
        values = {
            k: sent[k] if k in sent and not same(stray.entity, k, sent[k], v) else v
            for k, v in stray.copy.values.items()
        }
        copy = msgspec.structs.replace(stray.copy, values=values)
        body = applied(stray.body, stray.intent.position, copy, "late", Sent(), {})
        self.journal.record_all([Entry(body, subject_of(stray.intent), stray.intent.position)])

    def _take_away(self, stray: Stray) -> str:
        """Delete a copy under the write protocol; why it stays, where it does."""
        cause = stray.intent.position if stray.intent else self.writer.run
        part = Part(stray.entity, "Copy", f"{stray.entity}/{stray.copy.id}")
        (outcome,) = self.writer.write([Change(action="delete", part=part, id=stray.copy.id, cause=cause)])
        if isinstance(outcome.body, WriteApplied):
            return ""
        if isinstance(outcome.body, WriteRejected):
            return f"the server refused to delete it ({outcome.body.message})"
        return "somebody changed it while it was to be deleted"

    def _withdraw(self, entity: str, asked: set[str]) -> None:
        """Questions about records of the entity that are no strays any more."""
        entries = [
            Entry(ReviewWithdrawn(review=r.id), (r.object, r.key), r.opened)
            for r in self.view.reviews()
            if r.kind == "copy" and r.key.startswith(f"{entity}/") and r.id not in asked
        ]
        self.journal.record_all(entries)
