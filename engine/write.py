"""The write protocol: an intent is durable before its request leaves; a write in doubt is settled before anything else.

One intent is one unsafe request. Intents are recorded in waves, one commit for a wave; then the requests go out side by
side; then their outcomes are recorded, one commit again. What has an intent and no outcome is in doubt, after a lost
answer as after a crash: the destination is asked for the record that carries our key. Presence is proof at once;
absence only when the settle time has passed since the intent.
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
    Intent,
    Refused,
    RefusedError,
    StaleError,
    UnreachableError,
)
from engine.account import Account, Sent
from engine.changes import Change
from engine.events import WriteAbsent, WriteApplied, WriteIntended, WriteRejected
from engine.journal import Entry, Journal, Subject
from engine.times import rfc3339
from engine.view import Part, View
from engine.waves import waves
from engine.written import base
from eventstore.codec import Recorded

ATTEMPTS = 5
"""How often a write that was proven absent is sent again."""


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
        return isinstance(self.error, StaleError)

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
        intents = self.journal.record_all(entries, fenced=True)
        results = self._send(bodies, attempt)
        outcomes = [
            self._outcome(change, intent, body, sent, result)
            for (change, _), intent, body, (sent, result) in zip(wave, intents, bodies, results, strict=True)
        ]
        self._record(outcomes, intents)
        doubtful = [i for i, o in enumerate(outcomes) if o.body is None]
        settled = self.settle([(intents[i], bodies[i]) for i in doubtful])
        for i, body in zip(doubtful, settled, strict=True):
            outcomes[i] = Outcome(change=outcomes[i].change, body=body)
        return outcomes

    def _send(self, bodies: list[WriteIntended], attempt: int) -> list[tuple[Sent, Applied | AdapterError]]:
        """Send the requests of a wave side by side; what became of each body, with the request that carried it."""
        groups = self._groups(bodies, attempt)
        sent = [Sent() for _ in groups]
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
            undoes=undoes,
            partial=change.partial,
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
            result = RefusedError(Refused(status=0, code="unchangeable", message=_unchangeable(body)))
        if isinstance(result, Applied):
            if change.alone:
                result = msgspec.structs.replace(result, values={k: result.values.get(k) for k in body.fields})
            how = "gone" if body.action == "delete" and result.answer is None else "answered"
            known = change.base or self._base(_subject(change), body)
            return Outcome(change=change, body=_applied(body, intent.position, result, how, sent, known))
        if isinstance(result, RefusedError):
            verdict = result.verdict
            rejected = WriteRejected(
                target=body.target,
                entity=body.entity,
                intent=intent.position,
                wanted_hash=(change.goal or change).whole_hash,
                status=verdict.status,
                code=verdict.code,
                message=verdict.message,
                undoes=body.undoes,
                request=sent.body(),
            )
            return Outcome(change=change, body=rejected)
        if isinstance(result, InDoubtError):
            return Outcome(change=change, body=None, error=result)
        absent = WriteAbsent(target=body.target, entity=body.entity, intent=intent.position)
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
            fenced=True,  # who was deposed leaves its writes to the new owner, who may have settled them already
        )

    # --- settling --------------------------------------------------------------------------------------------------

    def settle_all(self) -> int:
        """Settle everything in doubt at this account; how many there were."""
        positions = self.view.in_doubt(self.account.target)
        asked = []
        for position in positions:
            recorded = self.journal.log.at(position)
            body = self.journal.body(recorded, WriteIntended)
            if body is None:  # the person was erased: nothing of theirs may be asked for any more
                data = recorded.data()
                absent = WriteAbsent(target=data["target"], entity=data["entity"], intent=position)
                self._settle_as(absent, recorded)
            else:
                asked.append((recorded, body))
        self.settle(asked)
        return len(positions)

    def settle(self, doubtful: Sequence[tuple[Recorded, WriteIntended]]) -> list[WriteApplied | WriteAbsent]:
        """Learn what became of intents and record it. Presence is proof at once; for absence the settle time is waited.

        It is waited from now on, not from the intent: a request may have left long after its intent was recorded (the
        throttle held it back), but none leaves any more: a deposed writer is stopped before each request.
        """
        settled: dict[int, WriteApplied | WriteAbsent] = {}
        for last_look in (False, True):
            asked = [(intent, body) for intent, body in doubtful if intent.position not in settled]
            for (intent, body), found in zip(asked, self._find(asked), strict=True):
                if found or last_look:
                    settled[intent.position] = self._settled(intent, body, found)
            if len(settled) < len(doubtful):
                self.account.sleep(self.account.settle_seconds)
        return [settled[intent.position] for intent, _ in doubtful]

    def _find(self, asked: Sequence[tuple[Recorded, WriteIntended]]) -> list[list[Applied]]:
        """What the account holds of each intent."""
        results = self.account.wire.many([self.account.destination.find(_question(*a)) for a in asked]) if asked else []
        found: list[list[Applied]] = []
        for result in results:
            if isinstance(result, AdapterError):
                raise result
            found.append(result)
        return found

    def _settled(self, intent: Recorded, body: WriteIntended, found: list[Applied]) -> WriteApplied | WriteAbsent:
        found = [copy for copy in found if self._may_be(intent, body, copy)]
        if not found:
            absent = WriteAbsent(target=body.target, entity=body.entity, intent=intent.position)
            self._settle_as(absent, intent)
            return absent
        first, *copies = sorted(found, key=lambda a: (len(a.id), a.id))
        how = "gone" if body.action == "delete" else "found"
        applied = _applied(body, intent.position, first, how, Sent(), self._base(_of(intent), body))
        self._drop_copies(body, copies, intent.position)  # first: a crash in between leaves the question open
        self._settle_as(applied, intent)
        return applied

    def _may_be(self, intent: Recorded, body: WriteIntended, copy: Applied) -> bool:
        """Whether what was found may be of this intent: what stands for something else already, its twin, is not."""
        if body.action != "create" or body.entity == "options":
            return True
        known = self.view.by_id(self.account.target, body.entity, copy.id)
        return known is None or known == Part(body.entity, *_of(intent), body.part)

    def _settle_as(self, body: WriteApplied | WriteAbsent, intent: Recorded) -> None:
        self.journal.record_all([Entry(body, _of(intent), intent.position)], fenced=True)

    def _drop_copies(self, body: WriteIntended, copies: list[Applied], cause: int) -> None:
        """A second copy of one create is compensated: the lowest id stays."""
        if body.action != "create":
            return
        changes = [
            Change(action="delete", part=Part(body.entity, "Copy", f"{body.entity}/{c.id}"), id=c.id, cause=cause)
            for c in copies
        ]
        self.write(changes)


def _applied(body: WriteIntended, intent: int, result: Applied, how: str, sent: Sent, known: Fields) -> WriteApplied:
    return WriteApplied(
        target=body.target,
        entity=body.entity,
        action=body.action,
        id=result.id if body.action == "create" else body.id,
        intent=intent,
        part=body.part,
        how=how,  # type: ignore[arg-type]
        map_version=body.map_version,
        whole_hash=body.whole_hash,
        undoes=body.undoes,
        partial=body.partial,
        children=result.children,
        request=sent.body(),
        answer=result.answer,
        values=known | _shown(body, result, how),
    )


def _unchangeable(body: WriteIntended) -> str:
    keys = ", ".join(sorted(body.fields))
    return f"The API cannot change {keys} of a {body.entity} that exists: nothing was sent. Change it there by hand."


def _shown(body: WriteIntended, result: Applied, how: str) -> Fields:
    """What a write has shown of its record; of what was found, the fields that lists leave out are as we wrote them."""
    return body.fields | result.values if how == "found" and body.action != "delete" else result.values


def _subject(change: Change) -> Subject:
    return change.part.object, change.part.key


def _of(recorded: Recorded) -> Subject:
    return recorded.object or "", recorded.key or ""


def _question(intent: Recorded, body: WriteIntended) -> Intent:
    return Intent(
        action=body.action,
        entity=body.entity,
        id=body.id,
        mark=body.mark,
        at=rfc3339(intent.at, timespec="seconds"),
        fields=body.fields,
        before=body.before,
    )
