"""Settling: what became of writes in doubt, learned from the destination and recorded.

Presence is proof at once. Absence is proof only when both bounds (`engine.bounds`) have passed since the last moment at
which a request of ours may have left. A record whose update or delete was not applied is compared with what it was
before: where a person has changed it meanwhile, the write is not simply sent again, but decided anew.
"""

from collections.abc import Sequence

import msgspec

from adapters.protocols import AdapterError, Applied, Fields
from engine.account import Account, Sent
from engine.bounds import Bounds, Gauge
from engine.events import WriteAbsent, WriteApplied, WriteIntended
from engine.journal import Entry, Journal
from engine.outcome import applied, of_ours, question, subject_of
from engine.view import Part, View
from engine.written import base
from eventstore.codec import Recorded

Doubtful = Sequence[tuple[Recorded, WriteIntended]]
"""Intents without an outcome, with their bodies."""

Settled = WriteApplied | WriteAbsent


class Settler:
    """Settles writes in doubt at one account."""

    def __init__(self, journal: Journal, view: View, account: Account, gauge: Gauge) -> None:
        self.journal = journal
        self.view = view
        self.account = account
        self.gauge = gauge

    def settle(self, doubtful: Doubtful) -> list[Settled]:
        """Learn what became of intents and record it.

        The bounds are waited from now on, not from the intent: a request may have left long after its intent was
        recorded (the throttle held it back), but none leaves any more: our own have ended, and a deposed writer is
        stopped before each request.
        """
        quiet = self.account.now()
        settled: dict[int, Settled] = {}
        self._look(doubtful, settled)
        absent = [(intent, body) for intent, body in doubtful if intent.position not in settled]
        if absent:
            was = self._as_it_was(absent)
            bounds = self.gauge.bounds()
            while (left := quiet + bounds.total - self.account.now()) > 0:
                self.account.sleep(left)
            waited = self.account.now() - quiet
            self._look(absent, settled)
            absent = [(intent, body) for intent, body in absent if intent.position not in settled]
            now = self._present(absent)
            for intent, body in absent:
                same = self._same(body, was[intent.position], now.get((body.entity, body.id)))
                settled[intent.position] = self._absent(intent, body, waited, bounds, changed=not same)
        return [settled[intent.position] for intent, _ in doubtful]

    def erased(self, intent: Recorded) -> None:
        """Close the question about a write of a person who was erased: nothing of theirs may be asked for any more."""
        data = intent.data()
        body = WriteAbsent(
            target=data["target"], entity=data["entity"], intent=intent.position, action=data["action"], how="erased"
        )
        self._record(body, intent)

    # --- presence --------------------------------------------------------------------------------------------------

    def _look(self, asked: Doubtful, settled: dict[int, Settled]) -> None:
        """Settle what the account holds."""
        flows = [self.account.destination.find(question(*a)) for a in asked]
        results = self.account.wire.many(flows) if flows else []
        if failed := next((r for r in results if isinstance(r, AdapterError)), None):
            raise failed
        for (intent, body), result in zip(asked, results, strict=True):
            assert not isinstance(result, AdapterError)  # noqa: S101 - or it was raised
            if found := [copy for copy in result if self._may_be(intent, body, copy)]:
                settled[intent.position] = self._found(intent, body, found)

    def _may_be(self, intent: Recorded, body: WriteIntended, copy: Applied) -> bool:
        """Whether what was found may be of this intent: what stands for something else already, its twin, is not."""
        if body.action != "create" or body.entity == "options":
            return True
        known = self.view.by_id(self.account.target, body.entity, copy.id)
        return known is None or known == Part(body.entity, *subject_of(intent), body.part)

    def _found(self, intent: Recorded, body: WriteIntended, found: list[Applied]) -> WriteApplied:
        """The lowest id is ours; of the others the next sweep takes care, which looks at what people did with them."""
        first = min(found, key=lambda a: (len(a.id), a.id))
        how = "gone" if body.action == "delete" else "found"
        part = Part(body.entity, *subject_of(intent), body.part)
        known: Fields = {}
        if body.action == "update":
            known = base(self.journal, self.view.link(self.account.target, part))
            # how the record was read before is lost with the process: only what the write itself has changed is ours
            values = of_ours(self.account.destination, body, first.values, known)
            first = msgspec.structs.replace(first, values=values)
        done = applied(body, intent.position, first, how, Sent(), known)
        self._record(done, intent)
        return done

    # --- absence ---------------------------------------------------------------------------------------------------

    def _absent(
        self, intent: Recorded, body: WriteIntended, waited: float, bounds: Bounds, *, changed: bool
    ) -> WriteAbsent:
        absent = WriteAbsent(
            target=body.target,
            entity=body.entity,
            intent=intent.position,
            action=body.action,
            how="changed" if changed else "waited",
            waited=waited,
            settle=bounds.settle,
            visible=bounds.visible,
            measured=bounds.measured,
        )
        self._record(absent, intent)
        return absent

    def _as_it_was(self, asked: Doubtful) -> dict[int, Fields]:
        """By intent, the values that its record has if nobody but us writes: its before-image, else what it has now."""
        there = self._present(asked)
        was: dict[int, Fields] = {}
        for intent, body in asked:
            now = there.get((body.entity, body.id)) or {}
            before = {k: body.before.get(k, now.get(k)) for k in body.fields}
            was[intent.position] = before if body.action == "update" else now
        return was

    def _present(self, asked: Doubtful) -> dict[tuple[str, str], Fields]:
        """The present values of the records that updates and deletes are about, by entity and id."""
        found: dict[tuple[str, str], Fields] = {}
        changing = [body for _, body in asked if body.action != "create" and body.entity != "options"]
        for entity in dict.fromkeys(body.entity for body in changing):
            mine = [body for body in changing if body.entity == entity]
            keys = sorted({key for body in mine for key in body.fields})
            ids = list(dict.fromkeys(body.id for body in mine))
            there = self.account.wire.one(self.account.destination.fetch(entity, ids, keys))
            found |= {(entity, id): record.values for id, record in there.items()}
        return found

    def _same(self, body: WriteIntended, was: Fields, now: Fields | None) -> bool:
        """Whether a record is as it was. What is about to be made, and labels of a list, were nothing before."""
        if body.action == "create" or body.entity == "options":
            return True
        return now is not None and all(
            self.account.destination.same(body.entity, key, value, now.get(key)) for key, value in was.items()
        )

    def _record(self, body: Settled, intent: Recorded) -> None:
        self.journal.record_all([Entry(body, subject_of(intent), intent.position)])
