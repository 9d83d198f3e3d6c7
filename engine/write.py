"""The write protocol: an intent is durable before its request leaves; a write in doubt is settled before anything else.

One intent is one unsafe request. Intents are recorded in waves, one commit for a wave; then the requests go out side by
side; then their outcomes are recorded, one commit again. What has an intent and no outcome is in doubt, after a lost
answer as after a crash: `engine.settle` asks the destination for the record that carries our key, by the bounds that
`engine.bounds` measures.
"""

from collections.abc import Sequence
from contextlib import suppress

import msgspec

from adapters.protocols import (
    AdapterError,
    Applied,
    Batches,
    BudgetSpentError,
    Fields,
    Flow,
    InDoubtError,
    RefusedError,
    StaleError,
    UnreachableError,
)
from engine.account import Account, Sent
from engine.binding import encoded
from engine.bounds import Acknowledged, Gauge
from engine.changes import Change
from engine.events import WriteAbsent, WriteApplied, WriteIntended, WriteRejected
from engine.journal import Entry, Journal, Subject
from engine.outcome import answered, applied, rejected, unchangeable
from engine.settle import Doubtful, Settled, Settler
from engine.view import Part, View
from engine.waves import waves
from engine.written import base
from eventstore.codec import Recorded

ATTEMPTS = 5
"""How often a write that was proven absent is sent again."""

FRESH_SECONDS = 60.0
"""Seconds after which an update that was held back (429, no connection) is merged anew instead of being sent."""


class BatchRefusedError(AdapterError):
    """A request that several creates shared was refused; none of them was created."""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one change: the recorded body, or None when the write was not sent or not settled."""

    change: Change
    body: WriteApplied | WriteRejected | WriteAbsent | None
    error: AdapterError | None = None

    @property
    def stale(self) -> bool:
        """The record had changed since it was read; nothing was written."""
        return isinstance(self.error, StaleError) or (isinstance(self.body, WriteAbsent) and self.body.how == "changed")

    @property
    def again(self) -> bool:
        """Whether the same write is to be sent again."""
        return isinstance(self.body, WriteAbsent) and not self.stale


class Writer:
    """Writes changes to one account under the protocol.

    Args:
        journal: must own the epoch.
        run: the position of the run that the writes belong to.
    """

    def __init__(self, journal: Journal, view: View, account: Account, *, run: int, map_version: int) -> None:
        self.journal = journal
        self.view = view
        self.account = account
        self.run = run
        self.map_version = map_version
        self.gauge = Gauge(journal, view, account, run=run)
        self.settler = Settler(journal, view, account, self.gauge)

    # --- writing ---------------------------------------------------------------------------------------------------

    def write(
        self, changes: Sequence[Change], befores: dict[int, Fields] | None = None, undoes: int | None = None
    ) -> list[Outcome]:
        """Write changes, in order of waves. `befores`: before-images by index of the change.

        Raises BudgetSpentError and UnreachableError after recording what became of the wave; InDoubtError when a write
        could not be settled.
        """
        outcomes: dict[int, Outcome] = {}
        for wave in waves(self.account.destination, changes):
            done = self._attempts([(changes[i], (befores or {}).get(i, {})) for i in wave], undoes)
            outcomes |= zip(wave, done, strict=True)
        return [outcomes[i] for i in range(len(changes))]

    def _attempts(self, wave: list[tuple[Change, Fields]], undoes: int | None) -> list[Outcome]:
        """Send a wave; what was proven absent is sent again as a new intent. Outcomes in the order of the wave."""
        done: dict[int, Outcome] = {}
        left = dict(enumerate(wave))
        for attempt in range(1, ATTEMPTS + 1):
            outcomes = dict(zip(left, self._wave(list(left.values()), attempt, undoes), strict=True))
            done |= {i: o for i, o in outcomes.items() if not o.again}
            errors = (o.error for o in outcomes.values())
            stop = next((e for e in errors if isinstance(e, BudgetSpentError | UnreachableError)), None)
            if stop:
                raise stop
            left = {i: left[i] for i, o in outcomes.items() if o.again}
            if not left:
                return [done[i] for i in range(len(wave))]
        first, _ = next(iter(left.values()))
        raise UnreachableError(
            f"{len(left)} writes to {self.account.target} were proven absent {ATTEMPTS} times over, "
            f"the first for {'/'.join(first.part[1:3])}: the account loses requests; try again later"
        )

    def _prepare(self, wave: list[tuple[Change, Fields]]) -> None:
        """Let the adapter learn once what all writes of a wave need to know; what refuses that refuses them as well."""
        keys: dict[str, set[str]] = {}
        for change, _ in wave:
            if change.action != "delete":
                keys.setdefault(change.part.entity, set()).update(change.fields, [change.fields.get("$mark", "")])
        for entity, names in keys.items():
            with suppress(RefusedError):
                self.account.wire.one(self.account.destination.prepare(entity, sorted(names)))

    def _wave(self, wave: list[tuple[Change, Fields]], attempt: int, undoes: int | None) -> list[Outcome]:
        self._prepare(wave)
        bodies = [self._intent(change, before, attempt, undoes) for change, before in wave]
        entries = [
            Entry(body, _subject(change), change.cause or self.run)
            for body, (change, _) in zip(bodies, wave, strict=True)
        ]
        intents = self.journal.record_all(entries)
        results = self._send(bodies, attempt)
        outcomes = [
            self._outcome(change, intent, body, sent, result)
            for (change, _), intent, body, (sent, result) in zip(wave, intents, bodies, results, strict=True)
        ]
        self._record(outcomes, intents)
        if not any(isinstance(o.error, BudgetSpentError | UnreachableError) for o in outcomes):
            self._probe(outcomes, intents, bodies, [sent for sent, _ in results])
        doubtful = [i for i, o in enumerate(outcomes) if o.body is None]
        settled = self.settle([(intents[i], bodies[i]) for i in doubtful])
        for i, body in zip(doubtful, settled, strict=True):
            outcomes[i] = Outcome(change=outcomes[i].change, body=body)
        return outcomes

    def _probe(
        self, outcomes: list[Outcome], intents: list[Recorded], bodies: list[WriteIntended], sent: list[Sent]
    ) -> None:
        """Let the bounds be measured by what was just acknowledged."""
        acknowledged = [
            Acknowledged(intent, body, o.body, exchange)
            for o, intent, body, exchange in zip(outcomes, intents, bodies, sent, strict=True)
            if isinstance(o.body, WriteApplied) and body.action == "create"
        ]
        self.gauge.probe(acknowledged)

    def _send(self, bodies: list[WriteIntended], attempt: int) -> list[tuple[Sent, Applied | AdapterError]]:
        """Send the requests of a wave side by side; what became of each body, with the request that carried it."""
        groups = self._groups(bodies, attempt)
        sent = [Sent(self.account.now, _within(bodies[group[0]])) for group in groups]
        flows = [s.watch(self._flow([bodies[i] for i in group])) for s, group in zip(sent, groups, strict=True)]
        found: dict[int, tuple[Sent, Applied | AdapterError]] = {}
        for s, group, result in zip(sent, groups, self.account.wire.many(flows), strict=True):
            if isinstance(result, RefusedError) and len(group) > 1:  # one of them was refused: each is asked by itself
                result = BatchRefusedError(str(result))
            for place, index in enumerate(group):
                found[index] = s, result if isinstance(result, AdapterError) else result[place]
        return [found[i] for i in range(len(bodies))]

    def _groups(self, bodies: list[WriteIntended], attempt: int) -> list[list[int]]:
        """Which intents share a request, by index; after a refusal each has its own."""
        destination = self.account.destination
        creates: dict[str, list[int]] = {}
        for index, body in enumerate(bodies):
            if body.action == "create" and attempt == 1 and isinstance(destination, Batches):
                creates.setdefault(body.entity, []).append(index)
        groups = [[i] for i, body in enumerate(bodies) if i not in creates.get(body.entity, ())]
        for entity, indexes in creates.items():
            assert isinstance(destination, Batches)  # noqa: S101 - or there would be none
            together = destination.together(entity, [bodies[i].fields for i in indexes])
            groups += [[indexes[place] for place in group] for group in together]
        return groups

    def _intent(self, change: Change, before: Fields, attempt: int, undoes: int | None) -> WriteIntended:
        mark, fields = "", change.fields
        if change.action == "create" and (key := change.fields.get("$mark")):
            subject = "/".join(filter(None, change.part[1:]))
            mark = f"{self.journal.log.migration}/{subject}/{self.run}.{attempt}"
            fields = {k: v for k, v in fields.items() if k != "$mark"} | {key: mark}
        return WriteIntended(
            target=self.account.target,
            entity=change.part.entity,
            action=change.action,
            id=change.id,
            part=change.part.part,
            attempt=attempt,
            mark=mark,
            map_version=self.map_version,
            run=self.run,
            epoch=self.journal.epoch or 0,
            undoes=undoes,
            partial=change.partial,
            fields_hash=self.journal.log.vault.hash(encoded(fields)),
            whole_hash=change.whole_hash,
            refs=change.refs,
            fields=fields,
            whole={k: v for k, v in change.whole.items() if k != "$mark"},
            before=before,
        )

    def _flow(self, bodies: list[WriteIntended]) -> Flow[list[Applied]]:
        """The flow of one request: of one intent, or of several creates that share it."""
        destination, body = self.account.destination, bodies[0]
        if len(bodies) > 1:
            assert isinstance(destination, Batches)  # noqa: S101 - only its groups have more than one
            return (yield from destination.create_many(body.entity, [b.fields for b in bodies]))
        if body.action == "create":
            return [(yield from destination.create(body.entity, body.fields))]
        if body.action == "update":
            return [(yield from destination.update(body.entity, body.id, body.fields, body.before))]
        return [(yield from destination.delete(body.entity, body.id))]

    def _outcome(
        self, change: Change, intent: Recorded, body: WriteIntended, sent: Sent, result: Applied | AdapterError
    ) -> Outcome:
        if isinstance(result, Applied) and sent.request is None and self._differs(body):
            result = RefusedError(unchangeable(body))
        if isinstance(result, Applied):
            if change.alone:
                result = msgspec.structs.replace(result, values={k: result.values.get(k) for k in body.fields})
            elif body.action == "update":
                shown = answered(self.account.destination, body, result.values, change.read)
                result = msgspec.structs.replace(result, values=shown)
            how = "gone" if body.action == "delete" and result.answer is None else "answered"
            known = change.base or self._base(_subject(change), body)
            return Outcome(change=change, body=applied(body, intent.position, result, how, sent, known))
        if isinstance(result, RefusedError):
            wanted = (change.goal or change).whole_hash
            return Outcome(change=change, body=rejected(body, intent.position, result.verdict, sent, wanted))
        if isinstance(result, InDoubtError):
            return Outcome(change=change, body=None, error=result)
        absent = WriteAbsent(
            target=body.target, entity=body.entity, intent=intent.position, action=body.action, how="unsent"
        )
        return Outcome(change=change, body=absent, error=result)

    def _differs(self, body: WriteIntended) -> bool:
        """Whether an update is of anything that the record does not hold already: else nothing need be sent."""
        same, before = self.account.destination.same, body.before
        return body.action == "update" and not all(
            key in before and same(body.entity, key, value, before[key]) for key, value in body.fields.items()
        )

    def _base(self, subject: Subject, body: WriteIntended) -> Fields:
        """What the destination has answered so far about a record that an update changes."""
        if body.action != "update":
            return {}
        return base(self.journal, self.view.link(self.account.target, Part(body.entity, *subject, body.part)))

    def _record(self, outcomes: list[Outcome], intents: list[Recorded]) -> None:
        self.journal.record_all(
            [
                Entry(o.body, _subject(o.change), i.position)
                for o, i in zip(outcomes, intents, strict=True)
                if o.body is not None
            ],
        )

    # --- settling --------------------------------------------------------------------------------------------------

    def settle_all(self) -> int:
        """Settle everything in doubt at this account; how many there were."""
        positions = self.view.in_doubt(self.account.target)
        asked = []
        for position in positions:
            recorded = self.journal.log.at(position)
            body = self.journal.body(recorded, WriteIntended)
            if body is None:
                self.settler.erased(recorded)
            else:
                asked.append((recorded, body))
        self.settle(asked)
        return len(positions)

    def settle(self, doubtful: Doubtful) -> list[Settled]:
        """Learn what became of intents and record it; see `engine.settle`."""
        return self.settler.settle(doubtful)


def _within(body: WriteIntended) -> float | None:
    """How long a request may be held back: a person may meanwhile change what an update was merged with."""
    return FRESH_SECONDS if body.action == "update" else None


def _subject(change: Change) -> Subject:
    return change.part.object, change.part.key
